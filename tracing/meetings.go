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
	for n, position := range q.log.between(q.log.person[q.root], q.from, q.to) {
		if n%64 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		own := q.log.record(position)
		from, to := max(own.at-window, q.from), min(own.at+window+1, q.to) // within the window, its ends included
		for _, position := range q.log.between(q.log.gate[own.gate], from, to) {
			r := q.log.record(position)
			if r.person != 0 && r.person != q.root {
				meetings = append(meetings, meeting{person: r.person, gate: r.gate, from: min(r.at, own.at), to: max(r.at, own.at)})
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
			Kind: menshen.ExposureGate, Gate: q.log.gates.list[m.gate], Span: spanOf(m.from, m.to),
		})
	}
	return nil
}
