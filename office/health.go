package office

import (
	"cmp"
	"context"
	"strings"
	"time"

	"menshen"
	"menshen/store"
)

// HealthChange puts somebody into a health state.
type HealthChange struct {
	Person string // id or name
	State  menshen.HealthState
	Since  time.Time // now if zero
	Until  time.Time // of observation: by the policy if zero
	Reason string
}

// HealthView is a health record as lists show it.
type HealthView struct {
	menshen.Health
	Name     string
	Dwelling menshen.Dwelling
}

// SetHealth puts somebody into a health state: observation (from Since until Until, or as many days as the policy says),
// monitoring, isolated, recovered, or back to normal.
//
// Permits are left as they are: the policy refuses who is under observation or isolated whatever permit they hold, and when
// that ends, they need not queue for the same paper again. When observation or isolation ends - here by normal, monitoring or
// recovered - the record keeps its Since and its end in Until, because a returnee permit asks for them. Isolation ends when
// it is set so, whatever was before it: the policy's days are counted from its beginning.
func (o *Office) SetHealth(ctx context.Context, c HealthChange, by string) (menshen.Health, error) {
	const op = "office.health"
	if !c.State.Valid() {
		return menshen.Health{}, menshen.Errorf(menshen.CodeInvalid, op, "the health state %q is unknown", c.State).
			WithHint("use normal, observation, monitoring, isolated or recovered")
	}
	if !c.Until.IsZero() && c.State != menshen.HealthObservation {
		return menshen.Health{}, menshen.Errorf(menshen.CodeInvalid, op, "only home observation has an end").WithHint("leave the end out")
	}
	if err := checkText(op, c.Reason); err != nil {
		return menshen.Health{}, err
	}
	p, err := o.Person(ctx, c.Person)
	if err != nil {
		return menshen.Health{}, err
	}
	o.writing.Lock()
	defer o.writing.Unlock()
	old, err := o.deps.Store.Health(ctx, p.ID)
	if err != nil {
		return menshen.Health{}, err
	}
	next := o.next(old, c, by)
	if err := next.Validate(); err != nil {
		return menshen.Health{}, err
	}
	if err := o.deps.Store.SetHealth(ctx, next); err != nil {
		return menshen.Health{}, err
	}
	o.alertIsolation(ctx, p, old, next)
	return next, nil
}

// next gives the record that follows from a change.
func (o *Office) next(old menshen.Health, c HealthChange, by string) menshen.Health {
	now := o.deps.Clock()
	h := old
	h.State, h.Reason, h.Changed, h.By = c.State, strings.TrimSpace(c.Reason), now, by
	h.Since, h.Until = c.Since, time.Time{}
	if h.Since.IsZero() {
		h.Since = now
	}
	switch c.State {
	case menshen.HealthObservation:
		h.Until = c.Until
		if h.Until.IsZero() {
			h.Until = h.Since.In(o.zone()).AddDate(0, 0, o.deps.Policy.ObservationDays())
		}
	case menshen.HealthNormal, menshen.HealthMonitoring, menshen.HealthRecovered:
		h.Since, h.Until = lastConfinement(old, h.Since, now)
	}
	return h
}

// lastConfinement gives the beginning and end of the observation or isolation that a record tells of, as it ends now at the
// latest; without one since and no end.
func lastConfinement(old menshen.Health, since, now time.Time) (from, to time.Time) {
	from, to = old.Since, old.Until
	switch {
	case old.State == menshen.HealthIsolated, old.State == menshen.HealthObservation && (to.IsZero() || to.After(now)):
		to = now
	case to.IsZero():
		return since, time.Time{}
	}
	if !from.Before(to) {
		return since, time.Time{}
	}
	return from, to
}

// HealthRules gives from which temperature in °C it is a fever, and how many days home observation lasts, by the policy.
func (o *Office) HealthRules() (fever float64, observationDays int) {
	return o.deps.Policy.Fever(), o.deps.Policy.ObservationDays()
}

// SetHealthCode keeps the colour of somebody's health code (Person is id or name), and where it was seen; "" takes it away.
func (o *Office) SetHealthCode(ctx context.Context, person string, code menshen.HealthCode, source, by string) (menshen.Health, error) {
	p, err := o.Person(ctx, person)
	if err != nil {
		return menshen.Health{}, err
	}
	if err := checkText("office.health", source); err != nil {
		return menshen.Health{}, err
	}
	o.writing.Lock()
	defer o.writing.Unlock()
	h, err := o.deps.Store.Health(ctx, p.ID)
	if err != nil {
		return menshen.Health{}, err
	}
	now := o.deps.Clock()
	h.Code, h.CodeSource, h.CodeAt = code, cmp.Or(strings.TrimSpace(source), "office"), now
	if code == menshen.HealthCodeNone {
		h.CodeSource, h.CodeAt = "", time.Time{}
	}
	h.Changed, h.By = now, by
	if err := h.Validate(); err != nil {
		return menshen.Health{}, err
	}
	return h, o.deps.Store.SetHealth(ctx, h)
}

// RecordTemperature keeps a reading (Person is id or name, At is now if zero) and says whether it is fever by the policy.
// Fever is alerted. The same reading with the same ID once more is kept and alerted once.
func (o *Office) RecordTemperature(ctx context.Context, t menshen.Temperature, by string) (menshen.Temperature, bool, error) {
	p, err := o.Person(ctx, t.Person)
	if err != nil {
		return menshen.Temperature{}, false, err
	}
	now := o.deps.Clock()
	id := t.ID
	t.ID, t.Person, t.By = cmp.Or(id, menshen.NewID()), p.ID, by
	if t.At.IsZero() {
		t.At = now
	}
	if t.At.After(now.Add(time.Minute)) {
		return menshen.Temperature{}, false, menshen.Errorf(menshen.CodeInvalid, "office.temperature", "a temperature was measured in the future").
			WithHint("check the clock of the device, or leave the time out")
	}
	if t.Gate != "" {
		if err := o.checkGates([]string{t.Gate}); err != nil {
			return menshen.Temperature{}, false, err
		}
	}
	if err := t.Validate(); err != nil {
		return menshen.Temperature{}, false, err
	}
	o.writing.Lock()
	defer o.writing.Unlock()
	fever := t.Celsius >= o.deps.Policy.Fever()
	err = o.deps.Store.AddTemperature(ctx, t)
	if id != "" && menshen.ErrorCode(err) == menshen.CodeConflict {
		return t, fever, o.recordedBefore(ctx, t)
	}
	if err != nil {
		return menshen.Temperature{}, false, err
	}
	if fever {
		o.alertFever(ctx, p, t.Gate, t.Celsius)
	}
	return t, fever, nil
}

// recordedBefore says whether the reading that has an id already is the same.
func (o *Office) recordedBefore(ctx context.Context, t menshen.Temperature) error {
	for kept, err := range o.deps.Store.Temperatures(ctx, store.TemperatureFilter{Person: t.Person}) {
		if err != nil {
			return err
		}
		if kept.ID == t.ID && kept.Celsius == t.Celsius && kept.Source == t.Source && kept.Gate == t.Gate && kept.By == t.By {
			return nil
		}
	}
	return otherEntry("office.temperature", t.ID)
}

// HealthList gives who is in a state; "" is everybody not normal, by state, health code or fever.
func (o *Office) HealthList(ctx context.Context, state menshen.HealthState) ([]HealthView, error) {
	if state != "" && !state.Valid() {
		return nil, menshen.Errorf(menshen.CodeInvalid, "office.health", "the health state %q is unknown", state).
			WithHint("use normal, observation, monitoring, isolated or recovered")
	}
	records, err := gather(o.deps.Store.HealthRecords(ctx, state))
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(records))
	for i, h := range records {
		ids[i] = h.Person
	}
	people, err := o.deps.Store.PeopleByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	var out []HealthView
	for _, h := range records {
		p := people[h.Person]
		out = append(out, HealthView{Health: h, Name: p.Name, Dwelling: p.Dwelling})
	}
	return out, nil
}

// TemperatureQuery selects temperatures; zero fields select all.
type TemperatureQuery struct {
	Person string    // id or name
	From   time.Time // 14 days ago if zero
	Fever  bool      // only fever
	Limit  int       // 1 … 10000, 100 if 0
}

// Temperatures lists readings, latest first.
func (o *Office) Temperatures(ctx context.Context, q TemperatureQuery) ([]menshen.Temperature, error) {
	limit, err := bounded(q.Limit)
	if err != nil {
		return nil, err
	}
	f := store.TemperatureFilter{Span: menshen.Span{From: q.From}, Latest: limit}
	if q.From.IsZero() {
		f.From = o.deps.Clock().AddDate(0, 0, -14)
	}
	if q.Person != "" {
		p, err := o.Person(ctx, q.Person)
		if err != nil {
			return nil, err
		}
		f.Person = p.ID
	}
	if q.Fever {
		f.AtLeast = o.deps.Policy.Fever()
	}
	return gather(o.deps.Store.Temperatures(ctx, f))
}
