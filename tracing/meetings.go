package tracing

import (
	"cmp"
	"context"
	"slices"

	"menshen"
)

// meeting is two passes at one gate, by the times of the earlier and the later.
type meeting struct {
	person, gate uint32
	from, to     int64
}

// gates finds the exposures at gates.
func (q *inquiry) gates(ctx context.Context) error {
	var meetings []meeting
	window := int64(q.opt.GateWindow)
	for piece := range q.view.Trail(q.root) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		for _, own := range piece {
			at := q.at(own.At)
			if at < q.from || at >= q.to {
				continue
			}
			for met := range q.view.Register(own.Gate(), q.tick(max(at-window, q.from)), q.tick(at+window)) {
				for i, person := range met.Person {
					other := q.at(met.At[i])
					if person == 0 || person == q.root || other < max(at-window, q.from) || other > at+window || other >= q.to {
						continue
					}
					meetings = append(meetings, meeting{person: person, gate: own.Gate(), from: min(other, at), to: max(other, at)})
				}
			}
		}
	}
	slices.SortFunc(meetings, func(a, b meeting) int {
		return cmp.Or(cmp.Compare(a.person, b.person), cmp.Compare(a.gate, b.gate), cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to))
	})
	for i := 0; i < len(meetings); {
		m := meetings[i]
		for i++; i < len(meetings) && meetings[i].person == m.person && meetings[i].gate == m.gate && meetings[i].from <= m.to; i++ {
			m.to = max(m.to, meetings[i].to)
		}
		q.found[m.person] = append(q.found[m.person], menshen.Exposure{
			Kind: menshen.ExposureGate, Gate: q.view.GateID(m.gate), Span: spanOf(m.from, m.to),
		})
	}
	return nil
}
