package tracing

import (
	"math"
	"menshen/tracing/passlog"
	"sync"
)

// sheet is what is known of everybody within a run, by number. It is reused.
type sheet struct {
	best    []uint64 // the best label so far; unreached for none
	touched []uint32 // whose best is set
	at      [][]stay // the stays that are known; nil for those that are not
	upto    []uint32 // the stays that begin by then are known
	rank    []uint32 // 1 + place in the layer that is followed; 0 for none
	sieve   []uint64 // a bit for each of rank: who is in the layer
	guests  []uint32 // who may come by in a round
	left    []uint32 // those of them to whom a better offer may come
}

// desk is what one goroutine works with. It is reused.
type desk struct {
	run     *run
	walker  walker
	offers  []uint64 // by person: label, as run.key has it, and rank
	offered []uint32
	stays   []stay
	trail   []passlog.Entry
	trailed *node    // whose passes byGate has
	slots   []uint32 // by gate: 1 + place in byGate
	byGate  []atGate
	near    []uint8 // by gate: it touches a zone that trailed was in
	nearby  []uint32
	sieve   [sieveBits / 64]uint64
	shift   uint8
	passes  []passlog.Entry // of trailed, gate by gate
	spare   []passlog.Entry
	at      []uint32 // of a register in several pieces
	times   []gateTime
	timed   []uint32 // by gate: 1 + place in times
	layered []uint32 // passes of the layer in a register
	person  []uint32
	over    []overlap
	pieces  []piece
	part    []stay   // of a visitor
	sums    []uint32 // by rank
	summed  []uint32
	pockets []uint32 // whose stays are in stays
	marks   []kinds  // by person
	marked  []uint32
	inside  []uint32 // by person: 1 + since when, at one door; 0 for not
	came    []uint32 // who was
	spans   []span
	judged  judgement
	counts  []bool
	freed   []stay
	gaps    []gap
	facts   []fact
	own     []passlog.Entry
	other   []passlog.Entry
	keys    []uint64
	refs    []ref
	terms   []term
	picked  []overlap
}

const unreached = math.MaxUint64

var (
	sheets = sync.Pool{New: func() any { return new(sheet) }}
	desks  = sync.Pool{New: func() any { return new(desk) }}
)

func (s *sheet) fit(n int) {
	for len(s.best) < n {
		s.best = append(s.best, unreached)
	}
	if len(s.at) < n {
		s.at = append(s.at, make([][]stay, n-len(s.at))...)
		s.upto = append(s.upto, make([]uint32, n-len(s.upto))...)
		s.rank = append(s.rank, make([]uint32, n-len(s.rank))...)
		s.sieve = append(s.sieve, make([]uint64, n/64+1-len(s.sieve))...)
	}
}

// offer says that somebody can have been exposed at a time by the one of the layer at a place.
func (d *desk) offer(person, label, place uint32) {
	r := d.run
	key := r.key(label) | uint64(place)
	if key >= d.offers[person] {
		return
	}
	if d.offers[person] == unreached {
		d.offered = append(d.offered, person)
	}
	d.offers[person] = key
}

// place says who is in the layer that is followed.
func (s *sheet) place(layer []node) {
	for i, n := range layer {
		s.rank[n.person] = uint32(i + 1)
		s.sieve[n.person>>6] |= 1 << (n.person & 63)
	}
}

// displace takes that back.
func (s *sheet) displace(layer []node) {
	for _, n := range layer {
		s.rank[n.person] = 0
		s.sieve[n.person>>6] = 0
	}
}
