package roll

import (
	"strconv"
	"strings"
	"time"

	"menshen"
	"menshen/access/policy"
)

// Passed notes a pass of any gate of the site: whoever was allowed is in another zone now, has gone out once more, and has
// used their code. Passes may come in any order and more than once; which crossing is the last goes by capture time, and
// an outing counts once by the id of its pass. A pass may be noted as soon as it is decided, before it has a number, and again with
// it: that is one. Passes that allow nothing, of nobody, or of a gate that the site does not have change nothing.
func (r *Roll) Passed(p menshen.Pass) {
	if p.Decision.Outcome != menshen.OutcomeAllow || p.Person == "" || p.Site != "" && p.Site != r.site.id {
		return
	}
	if id, made, ok := strings.Cut(p.Credential, "@"); ok {
		if at, err := strconv.ParseInt(made, 10, 64); err == nil {
			r.codes.use(id, at)
		}
	}
	gate, ok := r.site.byGate[p.ID.Gate]
	if !ok {
		return
	}
	r.writing.Lock()
	defer r.writing.Unlock()
	day := policy.Day(p.Captured, r.site.location)
	counts := r.counts(gate, p, day)
	g := &r.site.gates[gate]
	part, e := r.hold(p.Person)
	if counts && p.Direction == menshen.DirectionOut && g.From == menshen.OutsideZone {
		var o policy.Outings
		if e.outings != nil {
			o = *e.outings
		}
		o = o.Add(day)
		part.mu.Lock()
		e.outings = &o
		part.mu.Unlock()
		if e.household != nil {
			r.count(e.household)
		}
	}
	if zone := g.Into(p.Direction); zone != "" && e.last.after(p.Captured, p.ID) {
		before := ""
		if e.last != nil {
			before = e.last.Zone
		}
		next := &last{Crossing: policy.Crossing{Gate: g.ID, Direction: p.Direction, Zone: zone, At: p.Captured}, id: menshen.PassID{Gate: g.ID, Sequence: p.ID.Sequence}}
		part.mu.Lock()
		e.last = next
		part.mu.Unlock()
		if e.found {
			r.move(before, zone)
		}
	}
}

// earlyKey tells a pass that has no number yet from others.
type earlyKey struct {
	gate     int
	person   string
	captured int64
}

// Early passes get their numbers within seconds; those that never do, since they were lost, are forgotten some time.
const (
	maxEarly  = 4096
	earlyLife = time.Hour
)

// counts says whether a pass is new.
func (r *Roll) counts(gate int, p menshen.Pass, day int32) bool {
	key := earlyKey{gate, p.Person, p.Captured.UnixNano()}
	_, noted := r.early[key]
	if p.ID.Sequence > 0 {
		delete(r.early, key)
		return r.seen[gate].note(p.ID.Sequence, day) && !noted
	}
	if len(r.early) >= maxEarly {
		for k, at := range r.early {
			if p.Captured.Sub(at) > earlyLife {
				delete(r.early, k)
			}
		}
	}
	r.early[key] = p.Captured
	return !noted
}

// move counts somebody out of a zone and into another, with the zones around them. "" is nowhere.
func (r *Roll) move(from, to string) {
	for _, m := range []struct {
		zone string
		by   int64
	}{{from, -1}, {to, 1}} {
		if z, ok := r.site.byZone[m.zone]; ok && m.zone != menshen.OutsideZone {
			for _, z := range r.site.parents[z] {
				r.inside[z].Add(m.by)
			}
		}
	}
}

// Occupancy gives how many people are in each zone but outside, those in zones within it included: by their last crossing.
func (r *Roll) Occupancy() map[string]int {
	all := map[string]int{}
	for i, z := range r.site.zones {
		if z.ID != menshen.OutsideZone {
			all[z.ID] = int(r.inside[i].Load())
		}
	}
	return all
}

// Full reports whether a zone has as many people as it may have. A zone without a limit, or that is none, is never full.
func (r *Roll) Full(zone string) bool {
	z, ok := r.site.byZone[zone]
	return ok && r.fullZone(z)
}

func (r *Roll) fullZone(z int) bool {
	limit := r.site.zones[z].Capacity
	return limit > 0 && r.inside[z].Load() >= int64(limit)
}

// full looks at all zones that a gate leads into: from its near side up to what is around both sides.
func (r *Roll) full(g *doorway) bool {
	if g.to < 0 {
		return false
	}
	for _, z := range r.site.parents[g.to] {
		if g.from >= 0 && r.site.within(r.site.zones[g.from].ID, z) {
			return false
		}
		if r.fullZone(z) {
			return true
		}
	}
	return false
}

// seen are the passes of a gate that were noted: a bit each, in pages of 64.
type seen struct {
	pages  map[uint64]*seenPage
	newest int32 // day
	pruned int32
}

type seenPage struct {
	bits uint64
	last int32 // day of the latest pass
}

// seenDays is how long passes are told from others. Older ones do not count: no quota looks back as far.
const seenDays = 40

// note says whether a pass is new.
func (s *seen) note(sequence uint64, day int32) bool {
	if s.pages == nil {
		s.pages, s.newest, s.pruned = map[uint64]*seenPage{}, day, day
	}
	s.newest = max(s.newest, day)
	if day < s.newest-seenDays {
		return false
	}
	if s.newest > s.pruned {
		for k, p := range s.pages {
			if p.last < s.newest-seenDays {
				delete(s.pages, k)
			}
		}
		s.pruned = s.newest
	}
	page := s.pages[sequence/64]
	if page == nil {
		page = &seenPage{last: day}
		s.pages[sequence/64] = page
	}
	page.last = max(page.last, day)
	bit := uint64(1) << (sequence % 64)
	if page.bits&bit != 0 {
		return false
	}
	page.bits |= bit
	return true
}
