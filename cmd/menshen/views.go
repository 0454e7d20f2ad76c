package main

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"menshen"
	"menshen/enrolment"
	bureau "menshen/office"
	"menshen/tracing"
	"menshen/web"
)

// The types here fit the hub's parts to what the API asks for.

// passLog gives passes from the store, which has their matches too.
type passLog struct{ *pipeline }

// Passes implements web.PassLog.
func (p passLog) Passes(ctx context.Context, f menshen.PassFilter) ([]menshen.Pass, error) {
	var all []menshen.Pass
	for pass, err := range p.store.Passes(ctx, f) {
		if err != nil {
			return nil, err
		}
		all = append(all, pass)
	}
	return all, nil
}

// peopleView gives people from the registry.
type peopleView struct{ *hub }

// PeopleByID implements web.People.
func (v peopleView) PeopleByID(ctx context.Context, ids []string) (map[string]web.Registered, error) {
	entries, err := v.pipeline.store.PeopleByID(ctx, ids)
	found := make(map[string]web.Registered, len(entries))
	for id, e := range entries {
		found[id] = web.Registered(e)
	}
	return found, err
}

// FindPeople implements web.People.
func (v peopleView) FindPeople(ctx context.Context, query string, limit int) ([]web.Registered, error) {
	entries, err := v.pipeline.store.FindPeople(ctx, query, limit)
	found := make([]web.Registered, len(entries))
	for i, e := range entries {
		found[i] = web.Registered(e)
	}
	return found, err
}

// SearchPeople implements web.People.
func (v peopleView) SearchPeople(ctx context.Context, q web.PeopleQuery) (web.PeopleFound, error) {
	ids, total := v.finder.Find(bureau.FindQuery(q))
	entries, err := v.PeopleByID(ctx, ids)
	found := web.PeopleFound{Total: total}
	for _, id := range ids {
		if e, ok := entries[id]; ok {
			found.People = append(found.People, e)
		}
	}
	return found, err
}

// patientAnalyser waits for a recognizer that is just starting, as it is after menshen serve began and after a crash.
type patientAnalyser struct{ enrolment.Analyser }

const recognizerPatience = 20 * time.Second

// Analyse implements enrolment.Analyser.
func (p patientAnalyser) Analyse(ctx context.Context, image []byte) (menshen.Analysis, error) {
	for end := time.Now().Add(recognizerPatience); ; {
		a, err := p.Analyser.Analyse(ctx, image)
		if menshen.ErrorCode(err) != menshen.CodeUnavailable || time.Now().After(end) {
			return a, err
		}
		select {
		case <-ctx.Done():
			return a, err
		case <-time.After(250 * time.Millisecond):
		}
	}
}

// enrolView changes registry, gallery and directory together.
type enrolView struct{ *hub }

// Enrol implements web.Enroller.
func (v enrolView) Enrol(ctx context.Context, e web.Enrolment) (web.EnrolmentResult, error) {
	if v.noEngine != nil {
		return web.EnrolmentResult{}, v.noEngine
	}
	if e.Person == "" { // who was removed and comes back is the same person
		e.Person = v.people.inactive(e.Name, e.Dwelling)
	}
	req := enrolment.Request{Name: e.Name, Dwelling: e.Dwelling, Person: e.Person, LookAlike: e.LookAlike}
	if c := e.Consent; c != nil {
		req.Consent = func(ctx context.Context, person string) error {
			texts, err := v.bureau.ConsentTexts(ctx)
			if err != nil {
				return err
			}
			_, err = v.bureau.RecordConsent(ctx, menshen.Consent{Person: person, Version: texts[0].Version, Signer: c.Signer, Guardian: c.Guardian}, c.By)
			return err
		}
	}
	for _, p := range e.Photos {
		req.Photos = append(req.Photos, enrolment.Photo(p))
	}
	res, err := v.enroller.Enroll(ctx, req)
	if res.Person != "" { // also where only the gallery failed
		v.calibration.Changed(res.Person)
	}
	if err != nil {
		return web.EnrolmentResult{}, err
	}
	if res.Person != "" {
		if err := errors.Join(v.people.reload(ctx, v.pipeline.store, res.Person), v.findAnew(ctx, res.Person)); err != nil {
			return web.EnrolmentResult{}, err
		}
	}
	return web.EnrolmentResult{Person: res.Person, Photos: photoResults(res.Photos)}, nil
}

// Look implements web.Enroller.
func (v enrolView) Look(ctx context.Context, frame []byte) (web.Glance, error) {
	if v.noEngine != nil {
		return web.Glance{}, v.noEngine
	}
	g, err := v.enroller.Look(ctx, frame)
	return web.Glance{Width: g.Width, Height: g.Height, Faces: g.Faces, Box: g.Box, Eyes: g.Eyes, Quality: g.Quality, Code: string(g.Code)}, err
}

// Photographs implements web.Enroller.
func (v enrolView) Photographs(ctx context.Context, person string, limit int) ([]menshen.Photograph, error) {
	var all []menshen.Photograph
	for p, err := range v.pipeline.store.Photographs(ctx, person) {
		if err != nil {
			return nil, err
		}
		if all = append(all, p); len(all) > limit {
			all = all[1:]
		}
	}
	slices.Reverse(all)
	return all, nil
}

// EraseFace implements web.Enroller.
func (v enrolView) EraseFace(ctx context.Context, person string) error {
	defer v.calibration.Changed(person)
	if err := v.enroller.EraseFace(ctx, person); err != nil {
		return err
	}
	return v.certificates.issue(ctx)
}

// Remove implements web.Enroller.
func (v enrolView) Remove(ctx context.Context, person string) error {
	err := v.enroller.Remove(ctx, person)
	v.calibration.Changed(person)
	if err != nil {
		return err
	}
	if err := errors.Join(v.certificates.issue(ctx), v.findAnew(ctx, person)); err != nil {
		return err
	}
	return v.people.reload(ctx, v.pipeline.store, person)
}

// traceView asks the tracer in the API's words, and refuses what it cannot answer whole.
type traceView struct{ *caseEngine }

func (v traceView) complete(span menshen.Span) error {
	if since := v.since(); span.From.Before(since) {
		return menshen.Errorf(menshen.CodeInvalid, "cmd.trace", "passes before %s are not at hand, and an answer without them would be wrong", since.Format(time.RFC3339)).
			WithHint("begin later with --from, or set tracing.days to more and start Menshen again")
	}
	return nil
}

// Movements implements web.Tracer.
func (v traceView) Movements(ctx context.Context, person string, span menshen.Span) ([]menshen.Pass, []menshen.Stay, error) {
	if err := v.complete(span); err != nil {
		return nil, nil, err
	}
	return v.caseEngine.Movements(ctx, person, span)
}

// Contacts implements web.Tracer.
func (v traceView) Contacts(ctx context.Context, person string, span menshen.Span, gateWindow, minTogether time.Duration) ([]menshen.Contact, error) {
	if err := v.complete(span); err != nil {
		return nil, err
	}
	return v.caseEngine.Contacts(ctx, person, span, tracing.ContactOptions{GateWindow: gateWindow, MinTogether: minTogether})
}

func metricsHandler(reg *prometheus.Registry) http.Handler {
	return promhttp.HandlerFor(reg, promhttp.HandlerOpts{})
}

// frontCommands are shown on the front page and at the start of menshen serve.
func frontCommands() []web.Command {
	return []web.Command{
		{Line: "menshen status", About: menshen.Text{ZH: "是否正常，该做什么", EN: "how all is, and what to do"}},
		{Line: "menshen passes watch", About: menshen.Text{ZH: "实时通行", EN: "passes as they happen"}},
		{Line: "menshen people list", About: menshen.Text{ZH: "人员", EN: "who is enrolled"}},
		{Line: "menshen trace movements --person <ID>", About: menshen.Text{ZH: "去过哪里", EN: "where somebody was"}},
		{Line: "menshen trace contacts --person <ID>", About: menshen.Text{ZH: "和谁在一起", EN: "and who was with them"}},
		{Line: "menshen enroll --name NAME --dwelling 3-2-14-1402 --consent NAME photo.jpg", About: menshen.Text{ZH: "登记人脸", EN: "enrol somebody"}},
	}
}
