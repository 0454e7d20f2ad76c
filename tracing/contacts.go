package tracing

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"menshen"
	"menshen/tracing/passlog"
)

// Contacts gives everybody who met a person in the span: both in one zone of a kind that counts at the same time, or
// both at one gate within the gate window, whichever way they went and whatever the gate answered. The exposures lie
// within the span and are in order of From; nested zones give one each. Who is the same person is never a contact, and
// who has no name (an unknown face) cannot be one.
//
// A zone exposure is inferred where a bound of either stay is; being inside still is not such a bound. A gate exposure
// reaches from the earlier to the later pass; those of one pair at one gate that touch are one.
//
// Contacts are symmetric: with the same span and options, two people have the same exposures to each other. They are
// ordered by the time together, longest first, then by the number of exposures, the first of them, and the id.
//
// Errors are as for Movements, and invalid for options out of range.
func (t *Tracer) Contacts(ctx context.Context, person string, span menshen.Span, opt ContactOptions) ([]menshen.Contact, error) {
	const op = "tracing.contacts"
	if err := checkSpan(op, person, span); err != nil {
		return nil, err
	}
	if err := opt.validate(op); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	opt = opt.withDefaults()
	var contacts []menshen.Contact
	var err error
	t.log.View(func(v passlog.View) {
		var root uint32
		if root, err = known(op, v, person); err != nil {
			return
		}
		from, to := bounds(span)
		q := &inquiry{
			look: t.newLook(v), root: root, from: from, to: to, opt: opt, stays: make(map[int][]presence),
			found: map[uint32][]menshen.Exposure{},
		}
		if err = q.zones(ctx); err != nil {
			return
		}
		if err = q.gates(ctx); err != nil {
			return
		}
		contacts = q.contacts()
	})
	return contacts, err
}

// inquiry is one question for contacts.
type inquiry struct {
	*look
	root     uint32
	from, to int64 // the span, half open
	opt      ContactOptions
	stays    map[int][]presence // of the root by zone, clipped to the span; those that count
	found    map[uint32][]menshen.Exposure
}

// zones finds the exposures in zones.
func (q *inquiry) zones(ctx context.Context) error {
	for _, s := range q.presences(q.root) {
		if s, ok := q.clip(s); ok && slices.Contains(q.opt.Kinds, q.plan.zones[s.zone].Kind) {
			q.stays[s.zone] = append(q.stays[s.zone], s)
		}
	}
	for n, person := range q.candidates() {
		if n%64 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		next := make(map[int]int, 4) // by zone, the first of the root's stays that may still matter
		for _, s := range q.presences(person) {
			roots := q.stays[s.zone]
			i := next[s.zone]
			for i < len(roots) && roots[i].to <= s.from {
				i++
			}
			next[s.zone] = i
			for ; i < len(roots) && roots[i].from < s.to; i++ {
				q.meet(person, roots[i], s)
			}
		}
	}
	return nil
}

func (q *inquiry) clip(s presence) (presence, bool) {
	s.from, s.to = max(s.from, q.from), min(s.to, q.to)
	return s, s.from < s.to
}

// meet keeps the overlap of a stay of the root with one of another person, if it is long enough.
func (q *inquiry) meet(person uint32, root, other presence) {
	from, to := max(root.from, other.from), min(root.to, other.to)
	if to-from < int64(q.opt.MinTogether) {
		return
	}
	q.found[person] = append(q.found[person], menshen.Exposure{
		Kind: menshen.ExposureZone, Zone: q.plan.zones[root.zone].ID, Span: spanOf(from, to),
		Inferred: root.inferred() || other.inferred(),
		Least:    time.Duration(max(0, min(to, root.proved(), other.proved())-max(from, root.first, other.first))),
	})
}

func (s presence) inferred() bool { return !s.fromSeen || !s.toSeen && !s.open }

// proved gives until when the person is proved to have been in the zone.
func (s presence) proved() int64 {
	if s.open {
		return s.to
	}
	return s.last
}

// candidates gives whoever may have been in a zone together with the root. Who is in a zone at some time has a pass
// that proves it within the zone's cap of that time, before or after, or one on either side that have it as one stay.
func (q *inquiry) candidates() []uint32 {
	met := make([]bool, q.view.People())
	var list []uint32
	for z, stays := range q.stays {
		reach := q.plan.farthest(z)
		for _, gate := range q.ground.touching[z] {
			end := int64(math.MinInt64) // of what was looked through at this gate
			for _, s := range stays {
				from, to := max(s.from-reach, end), s.to+reach
				end = to
				for piece := range q.view.Register(gate, q.tick(from), q.tick(to)) {
					for _, n := range piece.Person {
						if n != 0 && n != q.root && !met[n] {
							met[n] = true
							list = append(list, n)
						}
					}
				}
			}
		}
	}
	return list
}

// contacts puts what was found in order.
func (q *inquiry) contacts() []menshen.Contact {
	type row struct {
		menshen.Contact
		together time.Duration
	}
	rows := make([]row, 0, len(q.found))
	for person, exposures := range q.found {
		slices.SortFunc(exposures, func(a, b menshen.Exposure) int {
			return cmp.Or(a.From.Compare(b.From), a.To.Compare(b.To), cmp.Compare(a.Zone, b.Zone), cmp.Compare(a.Gate, b.Gate))
		})
		c := menshen.Contact{Person: q.view.PersonID(person), Exposures: exposures}
		rows = append(rows, row{Contact: c, together: c.Together()})
	}
	slices.SortFunc(rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(b.together, a.together), cmp.Compare(len(b.Exposures), len(a.Exposures)),
			a.Exposures[0].From.Compare(b.Exposures[0].From), cmp.Compare(a.Person, b.Person))
	})
	out := make([]menshen.Contact, len(rows))
	for i, r := range rows {
		out[i] = r.Contact
	}
	return out
}
