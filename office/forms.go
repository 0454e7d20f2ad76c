package office

import (
	"context"
	"slices"
	"strings"
	"time"

	"menshen"
	"menshen/office/form"
	"menshen/store"
)

// Submission is what a filled-in form led to.
type Submission struct {
	Answer menshen.FormAnswer
	Health menshen.Health // of the person, afterwards
}

// Forms gives the latest version of each form, in order of id: those that were put and those that come with Menshen.
func (o *Office) Forms(ctx context.Context) ([]menshen.Form, error) {
	forms, err := o.deps.Store.Forms(ctx)
	if err != nil {
		return nil, err
	}
	defaults, err := form.Defaults()
	if err != nil {
		return nil, err
	}
	for _, d := range defaults {
		if !slices.ContainsFunc(forms, func(f menshen.Form) bool { return f.ID == d.ID }) {
			forms = append(forms, d)
		}
	}
	slices.SortFunc(forms, func(a, b menshen.Form) int { return strings.Compare(a.ID, b.ID) })
	return forms, nil
}

// FormText gives a form as the YAML that PutForm reads.
func (o *Office) FormText(f menshen.Form) (string, error) { return form.Write(f) }

// Form gives a version of a form, 0 the latest. One that comes with Menshen and was never used is version 1.
func (o *Office) Form(ctx context.Context, id string, version int) (menshen.Form, error) {
	f, err := o.deps.Store.Form(ctx, id, version)
	if menshen.ErrorCode(err) != menshen.CodeNotFound || version > 1 {
		return f, err
	}
	defaults, wrong := form.Defaults()
	if wrong != nil {
		return menshen.Form{}, wrong
	}
	for _, d := range defaults {
		if d.ID == id {
			return d, nil
		}
	}
	return menshen.Form{}, err
}

// keep makes sure that a form that comes with Menshen is in the store before the first answer to it: its next version may
// come with another Menshen. The lock for writing is held.
func (o *Office) keep(ctx context.Context, f menshen.Form) error {
	_, err := o.deps.Store.Form(ctx, f.ID, f.Version)
	if menshen.ErrorCode(err) == menshen.CodeNotFound {
		return o.deps.Store.AddForm(ctx, f)
	}
	return err
}

// PutForm keeps a new version of a form, written in YAML; CodeInvalid says what is wrong with it. A form that is as its
// latest version gives that one. With dryRun nothing is kept, and the answer is what it would be.
func (o *Office) PutForm(ctx context.Context, yaml string, dryRun bool) (menshen.Form, error) {
	f, err := form.Parse(yaml)
	if err != nil {
		return menshen.Form{}, err
	}
	o.writing.Lock()
	defer o.writing.Unlock()
	last, err := o.Form(ctx, f.ID, 0)
	switch menshen.ErrorCode(err) {
	case "":
		f.Version = last.Version
		if form.Same(f, last) {
			if dryRun {
				return last, nil
			}
			return last, o.keep(ctx, last)
		}
		if dryRun {
			break
		}
		if err := o.keep(ctx, last); err != nil {
			return menshen.Form{}, err
		}
	case menshen.CodeNotFound:
	default:
		return menshen.Form{}, err
	}
	f.Version++
	if dryRun {
		return f, nil
	}
	return f, o.deps.Store.AddForm(ctx, f)
}

// SubmitForm fills in the latest version of a form for a person, by id or name. Answer and what follows from it for the
// person's health state are kept together. Answers never make a state milder, nor an observation shorter. CodeInvalid
// names the question that is not answered right.
func (o *Office) SubmitForm(ctx context.Context, id, person string, answers map[string]string, by string) (Submission, error) {
	p, err := o.Person(ctx, person)
	if err != nil {
		return Submission{}, err
	}
	f, err := o.Form(ctx, id, 0)
	if err != nil {
		return Submission{}, err
	}
	return o.submit(ctx, f, p, answers, by, nil)
}

// submit keeps answers and what follows from them. link is the hash of the link that is used up by it, or nil.
func (o *Office) submit(ctx context.Context, f menshen.Form, p menshen.Person, answers map[string]string, by string, link []byte) (Submission, error) {
	now := o.deps.Clock()
	local := now.In(o.zone())
	kept, err := form.Check(f, answers, dayOf(local))
	if err != nil {
		return Submission{}, err
	}
	o.writing.Lock()
	defer o.writing.Unlock()
	if err := o.keep(ctx, f); err != nil {
		return Submission{}, err
	}
	old, err := o.deps.Store.Health(ctx, p.ID)
	if err != nil {
		return Submission{}, err
	}
	a := menshen.FormAnswer{ID: menshen.NewID(), Form: f.ID, Version: f.Version, Person: p.ID, Answers: kept, At: now, By: by}
	c := form.Decide(f, kept, local, o.deps.Policy.ObservationDays())
	a.State, a.Reason = c.State, c.Reason
	h, changed := o.stricter(old, c, by)
	var put *menshen.Health
	if changed {
		put = &h
	}
	if err := o.use(ctx, link); err != nil {
		return Submission{}, err
	}
	if err := o.deps.Store.AddFormAnswer(ctx, a, put); err != nil {
		return Submission{}, err
	}
	o.alertIsolation(ctx, p, old, h)
	return Submission{Answer: a, Health: h}, nil
}

// stricter gives the record that follows from answers, and whether it is another one.
func (o *Office) stricter(old menshen.Health, c form.Consequence, by string) (menshen.Health, bool) {
	if c.State == "" {
		return old, false
	}
	now := o.deps.Clock()
	h := o.next(old, HealthChange{State: c.State, Since: c.Since, Until: c.Until, Reason: c.Reason.In("zh")}, by)
	before, after := rank(old, now), rank(h, now)
	switch {
	case after > before:
		return h, true
	case after == before && observed(h, now) && !old.Until.IsZero() && h.Until.After(old.Until):
		if old.Since.Before(h.Since) {
			h.Since = old.Since // one observation that goes on
		}
		return h, true
	}
	return old, false
}

// rank orders states by how strict they are at a time.
func rank(h menshen.Health, now time.Time) int {
	switch {
	case h.State == menshen.HealthIsolated:
		return 3
	case observed(h, now):
		return 2
	case h.State == menshen.HealthMonitoring:
		return 1
	}
	return 0
}

// dayOf gives midnight UTC of the calendar day that a local time lies in.
func dayOf(local time.Time) time.Time {
	y, m, d := local.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// FormAnswers lists what was answered, latest first. Empty form or person (id or name) is all; limit is 1 … 10000, 100 if 0.
func (o *Office) FormAnswers(ctx context.Context, person, id string, limit int) ([]menshen.FormAnswer, error) {
	limit, err := bounded(limit)
	if err != nil {
		return nil, err
	}
	f := store.AnswerFilter{Form: id, Latest: limit}
	if person != "" {
		p, err := o.Person(ctx, person)
		if err != nil {
			return nil, err
		}
		f.Person = p.ID
	}
	return gather(o.deps.Store.FormAnswers(ctx, f))
}
