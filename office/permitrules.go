package office

import (
	"context"
	"slices"
	"strings"
	"time"

	"menshen"
)

// checkKind checks whether somebody may have a permit of a kind, by household and health.
func (o *Office) checkKind(ctx context.Context, kind menshen.PermitKind, holder menshen.Person, now time.Time) error {
	const op = "office.permit"
	h, err := o.deps.Store.Health(ctx, holder.ID)
	if err != nil {
		return err
	}
	if h.State == menshen.HealthIsolated {
		return menshen.Errorf(menshen.CodeConflict, op, "%s is isolated, and no permit is issued until that ends", holder.Name).
			WithHint("set the health state when the isolation has ended, then issue the permit")
	}
	switch kind {
	case menshen.PermitResident:
		if holder.Household == "" {
			return menshen.Errorf(menshen.CodeConflict, op, "%s belongs to no household", holder.Name).
				WithHint("give the person a dwelling, or issue a temporary or worker permit")
		}
		if observed(h, now) {
			return menshen.Errorf(menshen.CodeConflict, op, "%s is under home observation until %s", holder.Name, o.day(h.Until)).
				WithHint("issue a returnee permit when the observation has ended")
		}
	case menshen.PermitReturnee:
		return o.checkReturnee(holder, h, now)
	}
	return nil
}

// observed reports whether somebody is under home observation at a time.
func observed(h menshen.Health, now time.Time) bool {
	return h.State == menshen.HealthObservation && (h.Until.IsZero() || now.Before(h.Until))
}

// checkReturnee asks for home observation, or isolation, that has ended. Ending it early does not help: the policy's days must have gone
// by since it began. Since and Until of a health record stay those of what was last when it is ended, see SetHealth.
func (o *Office) checkReturnee(holder menshen.Person, h menshen.Health, now time.Time) error {
	const op = "office.permit"
	if h.Since.IsZero() || h.State != menshen.HealthObservation && h.Until.IsZero() {
		return menshen.Errorf(menshen.CodeConflict, op, "%s has not been under home observation", holder.Name).
			WithHint("register the return first: the returnee questionnaire, or home observation from the day of return")
	}
	from := h.Since.In(o.zone()).AddDate(0, 0, o.deps.Policy.ObservationDays())
	if h.State == menshen.HealthObservation && h.Until.IsZero() {
		return menshen.Errorf(menshen.CodeConflict, op, "%s is under home observation without an end", holder.Name).
			WithHint("end the observation first, after %d days, on %s", o.deps.Policy.ObservationDays(), o.day(from))
	}
	if h.State == menshen.HealthObservation && h.Until.After(from) {
		from = h.Until
	}
	if now.Before(from) {
		return menshen.Errorf(menshen.CodeConflict, op, "a returnee permit for %s is possible from %s on", holder.Name, o.day(from)).
			WithHint("home observation lasts %d days by the policy; issue the permit then", o.deps.Policy.ObservationDays())
	}
	return nil
}

// checkGates refuses gates that the site has not, and names those that are written like them.
func (o *Office) checkGates(gates []string) error {
	site := o.deps.Site()
	for i, id := range gates {
		if slices.Contains(gates[:i], id) {
			return menshen.Errorf(menshen.CodeInvalid, "office.gate", "gate %q is named twice", id).WithHint("name each gate once")
		}
		if _, ok := site.Gate(id); ok {
			continue
		}
		e := menshen.Errorf(menshen.CodeNotFound, "office.gate", "the site has no gate %q", id)
		if near := nearGates(site, id); len(near) > 0 {
			return e.WithHint("perhaps one of these is meant: %s", strings.Join(near, ", "))
		}
		return e.WithHint("use the id of a gate as in the list of gates")
	}
	return nil
}

// nearGates gives at most five gates whose ids are nearest to one that is not there, the nearest first.
func nearGates(site menshen.Site, id string) []string {
	type near struct {
		id    string
		steps int
	}
	var found []near
	if len(id) > 100 {
		return nil // nothing that somebody mistyped
	}
	for _, g := range site.Gates {
		if n := menshen.Edits(id, g.ID); n <= max(2, len(id)/2) || g.Name.ZH == id || g.Name.EN == id {
			found = append(found, near{g.ID, n})
		}
	}
	slices.SortStableFunc(found, func(a, b near) int { return a.steps - b.steps })
	var ids []string
	for _, n := range found[:min(len(found), 5)] {
		ids = append(ids, n.id)
	}
	return ids
}
