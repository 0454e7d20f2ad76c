package office

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"menshen"
	"menshen/store"
)

// VisitRequest registers a visitor: asked, measured, registered (一问二测三登记).
type VisitRequest struct {
	ID           string // of the visit, chosen by the caller; "" for a new one
	Name         string
	Particulars  menshen.Particulars // phone is needed; the document if there is one
	Host         string              // id or name of the resident, or a dwelling
	Reason       string
	FromWhere    string
	Celsius      float64 // must be measured where Gate is given; 0 is not measured
	Plate        string
	menshen.Span        // From is now if zero; To is Config.VisitTime later if zero
	Gate         string // where the visitor is; "" if not there yet
}

// VisitRegistered is a visit that waits for the host.
type VisitRegistered struct {
	Visit menshen.Visit
	Link  Link // for the host to confirm
}

// RegisterVisit registers a visitor, who becomes a person of the registry without a household; one with the same document,
// or the same name and phone number, who came before stays the same person. Whose document or phone number is that of
// somebody isolated or under home observation is refused (CodeDenied), under whatever name. At a gate a temperature must have been measured; who is announced before they come is measured
// when they do. It is kept as a guard's reading, and fever refuses
// (CodeDenied): it is alerted, and nothing is registered. CodeConflict: the host is not active, or somebody in the host's dwelling is isolated or
// under observation; the visitor lives here or was suspended; the same visit is open already. The same request with the same ID
// once more registers nothing: it gives the visit with a new link, for whoever asks again has not had the first one. One that was
// refused for fever is refused again within a day, and alerts nobody again, as long as the Office lives.
func (o *Office) RegisterVisit(ctx context.Context, r VisitRequest, by string) (VisitRegistered, error) {
	now := o.deps.Clock()
	if again, found, err := o.registeredBefore(ctx, r, by, now); found || err != nil {
		return again, err
	}
	r, err := o.checkVisit(r, now)
	if err != nil {
		return VisitRegistered{}, err
	}
	host, err := o.host(ctx, r.Host, now)
	if err != nil {
		return VisitRegistered{}, err
	}
	with, err := complete(r.Particulars)
	if err != nil {
		return VisitRegistered{}, err
	}
	visit := menshen.Visit{
		ID: cmp.Or(r.ID, menshen.NewID()), Host: host.ID, Reason: r.Reason, From: r.FromWhere, Origin: r.Celsius, Plate: r.Plate,
		Span: r.Span, State: menshen.VisitAsked, Registered: now, RegisteredBy: by,
	}
	if err := o.addVisit(ctx, &visit, r.Name, r.Gate, with); err != nil {
		return VisitRegistered{}, err
	}
	return o.asking(ctx, visit, now)
}

// asking makes the link by which the host answers.
func (o *Office) asking(ctx context.Context, visit menshen.Visit, now time.Time) (VisitRegistered, error) {
	good := min(max(visit.To.Sub(now), time.Minute), o.cfg.LinkLimit)
	link, err := o.CreateLink(ctx, LinkRequest{Purpose: LinkVisit, Subject: visit.ID, For: good})
	return VisitRegistered{Visit: visit, Link: link}, err
}

// registeredBefore finds the visit that a request has made already. One that was answered meanwhile has no link.
func (o *Office) registeredBefore(ctx context.Context, r VisitRequest, by string, now time.Time) (VisitRegistered, bool, error) {
	if r.ID == "" {
		return VisitRegistered{}, false, nil
	}
	visit, err := o.deps.Store.Visit(ctx, r.ID)
	other := func(v menshen.Visit) bool {
		return v.RegisteredBy != by || v.Reason != strings.TrimSpace(r.Reason) || v.Origin != r.Celsius
	}
	switch {
	case menshen.ErrorCode(err) == menshen.CodeNotFound:
		before, found := o.refusedBefore(r.ID, now)
		if found && other(before.visit) {
			return VisitRegistered{}, false, otherEntry("office.visit", r.ID)
		}
		return VisitRegistered{}, false, before.err
	case err != nil:
		return VisitRegistered{}, false, err
	case other(visit):
		return VisitRegistered{}, false, otherEntry("office.visit", r.ID)
	case visit.State != menshen.VisitAsked:
		return VisitRegistered{Visit: visit}, true, nil
	}
	done, err := o.asking(ctx, visit, now)
	return done, true, err
}

// refusedVisit is one that was not registered for fever. It is nowhere in the store.
type refusedVisit struct {
	visit menshen.Visit
	err   error // what was answered
}

// refusedBefore finds the visit of a request that was refused for fever lately.
func (o *Office) refusedBefore(id string, now time.Time) (refusedVisit, bool) {
	o.writing.Lock()
	defer o.writing.Unlock()
	maps.DeleteFunc(o.feverish, func(_ string, r refusedVisit) bool { return now.Sub(r.visit.Registered) > forgetAlerts })
	r, found := o.feverish[id]
	return r, found
}

// otherEntry refuses an id that the caller chose and something else has.
func otherEntry(op, id string) *menshen.Error {
	return menshen.Errorf(menshen.CodeConflict, op, "the id %q belongs to another entry", id).WithHint("choose a new id at random for each entry")
}

// checkVisit completes and checks what a visitor says of themselves.
func (o *Office) checkVisit(r VisitRequest, now time.Time) (VisitRequest, error) {
	const op = "office.visit"
	bad := func(format string, args ...any) *menshen.Error {
		return menshen.Errorf(menshen.CodeInvalid, op, format, args...)
	}
	r.Name, r.Reason, r.FromWhere = strings.TrimSpace(r.Name), strings.TrimSpace(r.Reason), strings.TrimSpace(r.FromWhere)
	r.Plate = strings.ToUpper(strings.Join(strings.Fields(r.Plate), ""))
	if r.From.IsZero() {
		r.From = now
	}
	if r.To.IsZero() {
		r.To = r.From.Add(o.cfg.VisitTime)
	}
	switch {
	case r.Name == "":
		return r, bad("the visitor has no name").WithHint("ask for the name")
	case strings.TrimSpace(r.Particulars.Phone) == "":
		return r, bad("the visitor has no phone number").WithHint("ask for the number, so that the visitor can be reached later")
	case r.Reason == "":
		return r, bad("the visit has no reason").WithHint("ask why they come")
	case r.Celsius == 0 && r.Gate != "":
		return r, bad("the visitor's temperature was not measured").WithHint("measure it first, then register the visit")
	case r.Celsius != 0 && !(r.Celsius >= 30 && r.Celsius <= 45):
		return r, bad("a temperature of %.1f °C is out of range", r.Celsius).WithHint("measure again; use 30 to 45 °C")
	case !r.From.Before(r.To):
		return r, bad("the visit ends before it begins").WithHint("give an end after the beginning")
	case !r.To.After(now):
		return r, bad("the visit would be over already").WithHint("give an end in the future")
	case r.To.Sub(r.From) > o.cfg.VisitLimit:
		return r, bad("a visit of %v is too long", r.To.Sub(r.From)).WithHint("use at most %v; who stays longer needs a temporary permit", o.cfg.VisitLimit)
	}
	if err := checkText(op, r.Reason, r.FromWhere, r.Plate); err != nil {
		return r, err
	}
	if r.Gate != "" {
		return r, o.checkGates([]string{r.Gate})
	}
	return r, nil
}

// addVisit keeps a visit with its visitor, and refuses fever.
func (o *Office) addVisit(ctx context.Context, visit *menshen.Visit, name, gate string, with menshen.Particulars) error {
	const op = "office.visit"
	o.writing.Lock()
	defer o.writing.Unlock()
	if before, found := o.feverish[visit.ID]; found { // sent again while the first was under way
		return before.err
	}
	visitor, registered, err := o.visitor(ctx, name, &with, visit.Registered)
	if err != nil {
		return err
	}
	if visit.Origin >= o.deps.Policy.Fever() {
		if !registered {
			visitor.ID = "" // stays nobody of the registry
		}
		o.alertFever(ctx, visitor, gate, visit.Origin)
		refused := menshen.Errorf(menshen.CodeDenied, op, "%s has a fever of %.1f °C and cannot be registered as a visitor", name, visit.Origin).
			WithHint("measure again after 15 minutes; with a fever send them to a fever clinic and tell the office")
		o.feverish[visit.ID] = refusedVisit{*visit, refused}
		return refused
	}
	open, err := gather(o.deps.Store.Visits(ctx, store.VisitFilter{Person: visitor.ID}))
	if err != nil {
		return err
	}
	for _, v := range open {
		if v.ID == visit.ID { // sent again while the first was under way
			*visit = v
			return nil
		}
		if v.Host == visit.Host && isOpen(v) && overlap(v.Span, visit.Span) {
			return menshen.Errorf(menshen.CodeConflict, op, "%s is registered for this host already, from %s to %s", name, o.day(v.Span.From), o.day(v.To)).
				WithHint("use that visit (%s), or end it first", v.ID)
		}
	}
	visit.Person = visitor.ID
	var reading *menshen.Temperature
	if visit.Origin != 0 {
		reading = &menshen.Temperature{
			ID: menshen.NewID(), Person: visitor.ID, At: visit.Registered, Celsius: visit.Origin, Source: menshen.TemperatureGuard, Gate: gate, By: visit.RegisteredBy,
		}
	}
	return o.deps.Store.AddVisit(ctx, *visit, visitor, with, reading)
}

// isOpen reports whether a visit is neither refused nor over.
func isOpen(v menshen.Visit) bool {
	return v.State == menshen.VisitAsked || v.State == menshen.VisitConfirmed || v.State == menshen.VisitInside
}

// host finds whom a visit is to: by id, name or dwelling, and checks that they may have visitors.
func (o *Office) host(ctx context.Context, ref string, now time.Time) (menshen.Person, error) {
	const op = "office.visit"
	ref = strings.TrimSpace(ref)
	var p menshen.Person
	var err error
	if d, wrong := menshen.ParseDwelling(ref); wrong == nil {
		p, err = o.headOf(ctx, d)
	} else {
		p, err = o.active(ctx, ref)
	}
	if err != nil {
		return p, err
	}
	if p.Household == "" {
		return p, menshen.Errorf(menshen.CodeConflict, op, "%s lives nowhere here and can have no visitors", p.Name).WithHint("name a resident or a dwelling")
	}
	home, err := o.deps.Store.HouseholdPeople(ctx, p.Household)
	if err != nil {
		return p, err
	}
	for _, other := range home {
		h, err := o.deps.Store.Health(ctx, other.ID)
		if err != nil {
			return p, err
		}
		if h.State == menshen.HealthIsolated || observed(h, now) {
			return p, menshen.Errorf(menshen.CodeConflict, op, "nobody may visit %s now: somebody there is isolated or under home observation", p.Dwelling.String()).
				WithHint("let the visitor come when that has ended, or take at the gate what they bring")
		}
	}
	return p, nil
}

// headOf gives whom to ask in a dwelling: the head of the household, else the first adult.
func (o *Office) headOf(ctx context.Context, d menshen.Dwelling) (menshen.Person, error) {
	homes, err := o.deps.Store.Households(ctx, d.String(), 0)
	if err != nil {
		return menshen.Person{}, err
	}
	at := slices.IndexFunc(homes, func(h menshen.Household) bool { return h.Dwelling == d })
	var people []menshen.Person
	if at >= 0 {
		if people, err = o.deps.Store.HouseholdPeople(ctx, homes[at].ID); err != nil {
			return menshen.Person{}, err
		}
	}
	now := o.deps.Clock()
	var first *menshen.Person
	for _, p := range people {
		with, err := o.deps.Store.Particulars(ctx, p.ID)
		switch {
		case err != nil:
			return menshen.Person{}, err
		case p.State != menshen.PersonActive || with.Child(now):
		case with.Role == menshen.RoleHead:
			return p, nil
		case first == nil:
			first = &p
		}
	}
	if first == nil {
		return menshen.Person{}, menshen.Errorf(menshen.CodeNotFound, "office.visit", "nobody lives in %s", d.String()).
			WithHint("check the dwelling, or give the name of the resident")
	}
	return *first, nil
}
