package tracing

import (
	"cmp"
	"slices"
	"sort"

	"menshen/tracing/policy"
)

// runSums finds who was in zones together with somebody of the layer for as long as a rule asks. Sums are of pairs, so that
// each of the layer counts for itself.
func (r *run) runSums(layer []node, rule *policy.Rule) error {
	b, err := r.board(layer, kindsOf(rule.Zones))
	if err != nil {
		return err
	}
	list, err := r.visitors(b)
	if err != nil {
		return err
	}
	ends := make([][]uint32, len(b.terms)) // by zone: the latest end of this and all before
	for i, terms := range b.terms {
		ends[i] = make([]uint32, len(terms))
		latest := uint32(0)
		for k, t := range terms {
			latest = max(latest, t.to)
			ends[i][k] = latest
		}
	}
	return r.each(len(list), 16, func(d *desk, i int) {
		d.sum(b, ends, list[i].person, d.free(list[i].person, d.walk(list[i].person)), layer, rule)
	})
}

// sum adds up the overlaps of somebody with each of the layer.
func (d *desk) sum(b *board, ends [][]uint32, person uint32, stays []stay, layer []node, rule *policy.Rule) {
	each, total := ticksOf(rule.Each), ticksOf(rule.Total)
	if len(d.sums) < len(layer) {
		d.sums = make([]uint32, len(layer))
	}
	d.over, d.summed = d.over[:0], d.summed[:0]
	for _, s := range stays {
		k := b.index[s.zone]
		if k == 0 {
			continue
		}
		to, terms, ends := s.to, b.terms[k-1], ends[k-1]
		for i := sort.Search(len(terms), func(i int) bool { return terms[i].from >= to }) - 1; i >= 0 && ends[i] > s.from; i-- {
			t := terms[i]
			o := overlap{from: max(t.from, s.from), to: min(t.to, to), rank: t.place}
			if layer[t.place].person == person || o.from >= o.to || o.to-o.from < each {
				continue
			}
			if d.sums[t.place] == 0 {
				d.summed = append(d.summed, t.place)
			}
			d.sums[t.place] = later(d.sums[t.place], o.to-o.from)
			d.over = append(d.over, o)
		}
	}
	enough := d.over[:0]
	for _, o := range d.over {
		if d.sums[o.rank] >= total {
			enough = append(enough, o)
		}
	}
	for _, place := range d.summed {
		d.sums[place] = 0
	}
	slices.SortFunc(enough, func(a, b overlap) int { return cmp.Compare(a.rank, b.rank) })
	for i := 0; i < len(enough); {
		k := i
		for k < len(enough) && enough[k].rank == enough[i].rank {
			k++
		}
		if _, label, ok := d.reckon(enough[i:k], rule); ok {
			d.offer(person, label, enough[i].rank)
		}
		i = k
	}
}

// reckon gives when the overlaps of two people, all long enough each, come to count by a rule for zones, and the label that
// follows by the policy's NextFrom (other than last).
func (d *desk) reckon(list []overlap, rule *policy.Rule) (threshold, label uint32, ok bool) {
	if len(list) == 0 {
		return 0, 0, false
	}
	first, last := list[0].from, list[0].to
	d.pieces = d.pieces[:0]
	for _, o := range list {
		first, last = min(first, o.from), max(last, o.to)
		d.pieces = append(d.pieces, piece{int64(o.from), int64(o.to)})
	}
	back := last - min(last, ticksOf(rule.Each))
	threshold = first + ticksOf(rule.Each)
	if total := int64(ticksOf(rule.Total)); total > 0 {
		d.pieces = unite(d.pieces)
		at, ok := reached(d.pieces, total, int64(ticksOf(rule.Per)))
		if !ok {
			return 0, 0, false
		}
		threshold = uint32(at)
		if d.run.q.Backward {
			at, _ = reached(mirror(d.pieces), total, int64(ticksOf(rule.Per)))
			back = uint32(-at)
		}
	}
	switch byThreshold := d.run.q.Policy.NextFrom == policy.AnchorThreshold; {
	case d.run.q.Backward && byThreshold:
		return threshold, back, true
	case d.run.q.Backward:
		return threshold, last, true
	case byThreshold:
		return threshold, threshold, true
	}
	return threshold, first, true
}
