package office

import (
	"context"
	"errors"
	"fmt"
	"time"

	"menshen"
	"menshen/store"
)

// forgetAlerts is how long after it was last due an alert may come again.
const forgetAlerts = 24 * time.Hour

// Due alerts what time has brought: home observation that is over, visitors who are overdue. It is for calling about once a
// minute; each of them is alerted once as long as the Office lives, so after a start of the hub what is still due is said
// again. States stay as they are: the office looks at each person and ends the observation, or prolongs it. Passes of
// visitors that Passed could not follow are followed here.
func (o *Office) Due(ctx context.Context) error {
	now := o.deps.Clock()
	// What goes wrong with one kind of them is for the end: the others are said all the same.
	return errors.Join(o.observationsOver(ctx, now), o.followAgain(ctx, now), o.visitorsOverdue(ctx, now))
}

func (o *Office) observationsOver(ctx context.Context, now time.Time) error {
	records, err := gather(o.deps.Store.HealthRecords(ctx, menshen.HealthObservation))
	if err != nil {
		return err
	}
	for _, h := range records {
		if h.Until.IsZero() || now.Before(h.Until) || !o.first(fmt.Sprintf("over/%s/%d", h.Person, h.Until.Unix()), 0) {
			continue
		}
		p, err := o.deps.Store.Person(ctx, h.Person)
		if err != nil {
			return err
		}
		o.alert(ctx, menshen.AlertObservationOver, p.ID, "", menshen.Text{
			ZH: fmt.Sprintf("%s的居家观察已于%s期满，请核对后解除或延长", who(p), o.day(h.Until)),
			EN: fmt.Sprintf("home observation of %s ended at %s: look, then end or prolong it", who(p), o.day(h.Until)),
		})
	}
	return nil
}

func (o *Office) visitorsOverdue(ctx context.Context, now time.Time) error {
	visits, err := gather(o.deps.Store.Visits(ctx, store.VisitFilter{State: menshen.VisitInside}))
	if err != nil {
		return err
	}
	for _, v := range visits {
		if !v.Overdue(now) || !o.first("visit/"+v.ID, 0) {
			continue
		}
		p, err := o.deps.Store.Person(ctx, v.Person)
		if err != nil {
			return err
		}
		o.alert(ctx, menshen.AlertOverdueVisit, p.ID, "", menshen.Text{
			ZH: fmt.Sprintf("访客%s应于%s前离开，仍在小区内", p.Name, o.day(v.To)),
			EN: fmt.Sprintf("the visitor %s should have left by %s and is still inside", p.Name, o.day(v.To)),
		})
	}
	return nil
}

// first reports whether an alert is to be given: not twice within a pause, or not again as long as it is due (pause 0).
func (o *Office) first(key string, pause time.Duration) bool {
	now := o.deps.Clock()
	o.alerting.Lock()
	defer o.alerting.Unlock()
	for k, at := range o.alerted {
		if now.Sub(at) > forgetAlerts {
			delete(o.alerted, k)
		}
	}
	last, before := o.alerted[key]
	if before && pause > 0 && now.Sub(last) >= pause {
		before = false
	}
	if !before || pause == 0 {
		o.alerted[key] = now
	}
	return !before
}

func (o *Office) alert(ctx context.Context, kind menshen.AlertKind, person, gate string, text menshen.Text) {
	o.deps.Alerter.Alert(ctx, menshen.Alert{Kind: kind, Person: person, Gate: gate, At: o.deps.Clock(), Text: text})
}

func (o *Office) alertFever(ctx context.Context, p menshen.Person, gate string, celsius float64) {
	if !o.first("fever/"+p.ID+"/"+p.Name, o.cfg.AlertPause) {
		return
	}
	o.alert(ctx, menshen.AlertFever, p.ID, gate, menshen.Text{
		ZH: fmt.Sprintf("%s发热：%.1f ℃", who(p), celsius),
		EN: fmt.Sprintf("%s has a fever of %.1f °C", who(p), celsius),
	})
}

// alertIsolation tells of somebody who is isolated from now on. Why is between them and the office, and guards hear this.
func (o *Office) alertIsolation(ctx context.Context, p menshen.Person, old, h menshen.Health) {
	if h.State != menshen.HealthIsolated || old.State == menshen.HealthIsolated {
		return
	}
	o.alert(ctx, menshen.AlertIsolation, p.ID, "", menshen.Text{ZH: who(p) + "已列为隔离", EN: who(p) + " is isolated"})
}

// alertBroken tells of somebody at a gate who should be at home.
func (o *Office) alertBroken(ctx context.Context, person string, pass menshen.Pass) error {
	h, err := o.deps.Store.Health(ctx, person)
	if err != nil {
		return err
	}
	if h.State != menshen.HealthIsolated && !observed(h, pass.Captured) || pass.Captured.Before(h.Since) ||
		!o.first("broken/"+person, o.cfg.AlertPause) {
		return nil
	}
	p, err := o.deps.Store.Person(ctx, person)
	if err != nil {
		return err
	}
	gate, _ := o.deps.Site().Gate(pass.ID.Gate)
	state, at := h.State.Text(), o.day(pass.Captured)
	o.alert(ctx, menshen.AlertObservationBroken, p.ID, pass.ID.Gate, menshen.Text{
		ZH: fmt.Sprintf("%s（%s）%s出现在出入口%s", who(p), state.ZH, at, gate.Name.In("zh")),
		EN: fmt.Sprintf("%s (%s) was at gate %s at %s", who(p), state.EN, gate.Name.In("en"), at),
	})
	return nil
}

// who names a person for people: name and dwelling.
func who(p menshen.Person) string {
	if p.Dwelling == (menshen.Dwelling{}) {
		return p.Name
	}
	return p.Name + " " + p.Dwelling.String()
}
