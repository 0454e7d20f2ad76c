package main

import (
	"context"
	"strings"
	"time"

	"menshen"
	"menshen/web"
)

// openPostWeb serves readers and guards at the post. The operator's token of the post is its own; tokens of readers and guards
// lie in its folder, made with menshen token new.
func (p *post) openPostWeb(context.Context) error {
	token, err := web.EnsureToken(p.data.file(tokenFile))
	if err != nil {
		return err
	}
	tokens, err := web.NewTokens(web.Grant{Token: token, Actor: "operator@" + p.id})
	if err != nil {
		return err
	}
	view := postView{p}
	p.web, err = web.NewPost(web.PostDeps{
		Overview: view, People: view, Guards: p.controller, Auditor: p.copy, Tokens: tokens.With(web.TokenFolder(p.data.file(tokensFolder))), Log: p.log, Now: time.Now,
	}, web.Config{Listen: p.webAt, TLS: p.tls.of(p.webAt), KeyHash: p.tls.keyHash(p.webAt)})
	if err == nil {
		p.closers = append(p.closers, p.web)
	}
	return err
}

// postView answers from what the post knows.
type postView struct{ *post }

// Site implements web.Overview.
func (v postView) Site(context.Context) (menshen.Site, error) { return v.site, nil }

// Status implements web.Overview.
func (v postView) Status(ctx context.Context) (web.Status, error) {
	waiting, err := v.outbox.Len(ctx)
	if err != nil {
		return web.Status{}, err
	}
	return web.Status{Conditions: v.conditions(), Cameras: v.cameraStatuses(), Templates: uint64(v.gallery.Bare.Len()), Outbox: uint64(waiting)}, nil
}

// conditions joins what every part has to say.
func (p *post) conditions() []menshen.Condition {
	all := append(p.controller.Conditions(), p.server.Conditions()...)
	all = append(all, p.calibration.Conditions()...)
	all = append(all, p.tls.conditions("menshen certificate renew --post "+p.id)...)
	all = append(append(all, p.link.Conditions()...), p.checkpoints.conditions()...)
	all = append(all, p.keeper.Conditions()...)
	for _, c := range p.children {
		if cond, ok := c.condition(p.chinese); !ok {
			all = append(all, cond)
		}
	}
	if cond, ok := p.isolation.condition(p.children, time.Now()); !ok {
		all = append(all, cond)
	}
	return append(all, p.disk.conditions(p.data.path)...)
}

// PeopleByID implements web.People.
func (v postView) PeopleByID(_ context.Context, ids []string) (map[string]web.Registered, error) {
	found := map[string]web.Registered{}
	for _, id := range ids {
		if p, ok := v.roll.Person(id); ok {
			found[id] = web.Registered{Person: p}
		}
	}
	return found, nil
}

// FindPeople implements web.People. A post looks through everybody it knows: guards name people now and then only.
func (v postView) FindPeople(ctx context.Context, query string, limit int) ([]web.Registered, error) {
	var exact, part []web.Registered
	for c, err := range v.copy.All(ctx) {
		if err != nil {
			return nil, err
		}
		if c.Person == nil {
			continue
		}
		dwelling := ""
		if c.Person.Dwelling != (menshen.Dwelling{}) {
			dwelling = c.Person.Dwelling.String()
		}
		switch {
		case c.Person.ID == query || strings.EqualFold(c.Person.Name, query) || dwelling != "" && dwelling == query:
			exact = append(exact, web.Registered{Person: *c.Person})
		case strings.Contains(strings.ToLower(c.Person.Name+"\n"+dwelling), strings.ToLower(query)):
			part = append(part, web.Registered{Person: *c.Person})
		}
	}
	all := append(exact, part...)
	return all[:min(limit, len(all))], nil
}
