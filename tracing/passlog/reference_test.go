package passlog_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"menshen"
	"menshen/tracing/passlog"
)

// day is midnight of the first day of the tests.
var day = time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)

// reference is a log that is slow and obviously right: a plain list.
type reference struct {
	list   []menshen.Pass
	floor  time.Time
	wanted map[menshen.PassID]string
}

func (r *reference) append(passes ...menshen.Pass) (added int) {
	for _, p := range passes {
		p.Captured = p.Captured.UTC().Truncate(passlog.TickLength)
		if p.Captured.Before(r.floor) || slices.ContainsFunc(r.list, func(q menshen.Pass) bool { return q.ID == p.ID }) {
			continue
		}
		if who, ok := r.wanted[p.ID]; ok {
			p.Person = who
			delete(r.wanted, p.ID)
		}
		r.list = append(r.list, p)
		added++
	}
	slices.SortFunc(r.list, byCapture)
	return added
}

func (r *reference) reassign(id menshen.PassID, person string) bool {
	for i := range r.list {
		if r.list[i].ID == id {
			r.list[i].Person = person
			return true
		}
	}
	r.wanted[id] = person
	return false
}

func (r *reference) forget(before time.Time) int {
	if !before.After(r.floor) {
		return 0
	}
	r.floor = before
	had := len(r.list)
	r.list = slices.DeleteFunc(r.list, func(p menshen.Pass) bool { return p.Captured.Before(before) })
	return had - len(r.list)
}

func (r *reference) filter(keep func(menshen.Pass) bool) (out []menshen.Pass) {
	for _, p := range r.list {
		if keep(p) {
			out = append(out, p)
		}
	}
	return out
}

func within(p menshen.Pass, span menshen.Span) bool {
	return (span.From.IsZero() || !p.Captured.Before(span.From)) && (span.To.IsZero() || p.Captured.Before(span.To))
}

func byCapture(a, b menshen.Pass) int {
	return cmp.Or(a.Captured.Compare(b.Captured), cmp.Compare(a.ID.Gate, b.ID.Gate), cmp.Compare(a.ID.Sequence, b.ID.Sequence))
}

func newPass(person, gate string, way menshen.Direction, at time.Time, seq uint64) menshen.Pass {
	return menshen.Pass{
		ID: menshen.PassID{Gate: gate, Sequence: seq}, Site: "yard", Person: person, Direction: way, Captured: at,
		Means:    menshen.MeansFace,
		Decision: menshen.Decision{Outcome: menshen.OutcomeAllow, Reasons: []menshen.Reason{menshen.ReasonActiveResident}},
	}
}

func showPasses(list []menshen.Pass) string {
	var b strings.Builder
	for _, p := range list {
		fmt.Fprintf(&b, "\n\t%s %s %q %s %s %s %v", p.Captured.Format(time.RFC3339Nano), p.ID, p.Person, p.Site, p.Direction, p.Means, p.Decision)
	}
	return b.String()
}

func wantPasses(tb testing.TB, what string, got, want []menshen.Pass) {
	tb.Helper()
	if a, b := showPasses(got), showPasses(want); a != b {
		tb.Fatalf("%s: got%s\nwant%s", what, a, b)
	}
}

// grade gives a pass a grade that follows from its track, which the log does not keep.
func grade(p *menshen.Pass) uint8 { return uint8(len(p.Track)) }

// wantSame compares everything that a log can be asked with the list.
func wantSame(tb testing.TB, l *passlog.Log, r *reference) {
	tb.Helper()
	people, gates := map[string][]menshen.Pass{}, map[string][]menshen.Pass{}
	for _, p := range r.list {
		if p.Person != "" {
			people[p.Person] = append(people[p.Person], p)
		}
		gates[p.ID.Gate] = append(gates[p.ID.Gate], p)
	}
	if l.Count() != len(r.list) {
		tb.Fatalf("the log counts %d of %d passes", l.Count(), len(r.list))
	}
	flags := func(p menshen.Pass) string {
		return fmt.Sprint(p.Direction == menshen.DirectionIn, p.Decision.Outcome == menshen.OutcomeAllow, min(len(p.Track), passlog.Grades-1))
	}
	l.View(func(v passlog.View) {
		if v.Count() != len(r.list) {
			tb.Fatalf("the view counts %d of %d passes", v.Count(), len(r.list))
		}
		seen := 0
		for n := range uint32(v.People()) {
			want := people[v.PersonID(n)]
			var got, copied []passlog.Entry
			for piece := range v.Trail(n) {
				if len(piece) == 0 {
					tb.Fatal("an empty piece of a trail")
				}
				got = append(got, piece...)
			}
			if copied = v.AppendTrail(nil, n, 0, ^uint32(0)); !slices.Equal(got, copied) {
				tb.Fatalf("the trail of %q is %v and %v", v.PersonID(n), got, copied)
			}
			if len(got) != len(want) || v.TrailLength(n) != len(want) {
				tb.Fatalf("the trail of %q has %d entries (%d), want %d", v.PersonID(n), len(got), v.TrailLength(n), len(want))
			}
			for i, e := range got {
				line := fmt.Sprint(v.Time(e.At), v.GateID(e.Gate()), e.Flags().In(), e.Flags().Allowed(), e.Flags().Grade())
				if p := want[i]; line != fmt.Sprint(p.Captured, p.ID.Gate, flags(p)) {
					tb.Fatalf("entry %d of %q is %s, want %s %s %s", i, v.PersonID(n), line, p.Captured, p.ID, flags(p))
				}
			}
			if number, ok := v.PersonNumber(v.PersonID(n)); ok != (len(want) > 0) || ok && number != n {
				tb.Fatalf("%q has number %d, %v", v.PersonID(n), number, ok)
			}
			seen += len(got)
		}
		named := 0
		for n := range uint32(v.Gates()) {
			want := gates[v.GateID(n)]
			i := 0
			guests := v.Guests(n)
			if !slices.IsSorted(guests) || len(guests) > 0 && guests[0] == 0 {
				tb.Fatalf("guests at %s are %v", v.GateID(n), guests)
			}
			for piece := range v.Register(n, 0, ^uint32(0)) {
				for k, at := range piece.At {
					f := v.Flags(piece.Manner[k])
					line := fmt.Sprint(v.Time(at), v.PersonID(piece.Person[k]), f.In(), f.Allowed(), f.Grade())
					if i == len(want) || line != fmt.Sprint(want[i].Captured, want[i].Person, flags(want[i])) {
						tb.Fatalf("pass %d of %d at %s is %s", i, len(want), v.GateID(n), line)
					}
					if want[i].Person != "" {
						named++
						if _, ok := slices.BinarySearch(guests, piece.Person[k]); !ok {
							tb.Fatalf("%s is no guest at %s", want[i].Person, v.GateID(n))
						}
					}
					i++
				}
			}
			if i != len(want) || v.RegisterLength(n) != i {
				tb.Fatalf("%d passes at %s (%d), want %d", i, v.GateID(n), v.RegisterLength(n), len(want))
			}
		}
		if seen != named {
			tb.Fatalf("%d entries of trails, %d named passes in registers", seen, named)
		}
	})
	for person, want := range people {
		wantPasses(tb, person, l.Passes(person, menshen.Span{}), want)
	}
}

// randomSource makes random passes of some people at some gates; capture times often coincide, and sequences are mostly
// in order.
type randomSource struct {
	rng      *rand.Rand
	sequence map[string]uint64
	people   int
	gates    int
	span     time.Duration
	wild     bool // sequences far apart
}

func (s *randomSource) next() menshen.Pass {
	rng := s.rng
	gate := fmt.Sprintf("g-%d", rng.IntN(s.gates))
	s.sequence[gate] += 1 + uint64(rng.IntN(3)/2)
	seq := s.sequence[gate]
	if s.wild {
		seq = rng.Uint64()>>(rng.IntN(64)) + 1
	}
	person := ""
	if k := rng.IntN(s.people); k > 0 {
		person = fmt.Sprintf("p%d", k)
	}
	p := newPass(person, gate, []menshen.Direction{"in", "out"}[rng.IntN(2)], day.Add(time.Duration(rng.Int64N(int64(s.span)))), seq)
	p.Track = strings.Repeat("t", rng.IntN(20)/4)
	if person == "" || rng.IntN(5) == 0 {
		p.Decision = menshen.Decision{Outcome: menshen.OutcomeDeny, Reasons: []menshen.Reason{menshen.ReasonUnknownFace, menshen.ReasonSimulated}}
		p.Means = []menshen.Means{menshen.MeansCard, menshen.MeansQR, menshen.MeansFace}[rng.IntN(3)]
	}
	return p
}

func (s *randomSource) many(n int) []menshen.Pass {
	out := make([]menshen.Pass, n)
	for i := range out {
		out[i] = s.next()
	}
	return out
}
