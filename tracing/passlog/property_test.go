package passlog_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"menshen"
	"menshen/tracing/passlog"
)

// TestAgainstList does the same random things to a log and to a plain list, thousands of times, and compares all that can
// be asked: batches in and out of order, doubled, late, corrections before and after their pass, nights.
func TestAgainstList(t *testing.T) {
	for seed := range uint64(3000) {
		againstList(t, seed, 12, 40)
	}
	for seed := range uint64(60) { // trails and registers of many chunks
		againstList(t, 1<<32+seed, 12, 600)
	}
}

func againstList(t *testing.T, seed uint64, steps, batch int) {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 4))
	source := &randomSource{
		rng: rng, sequence: map[string]uint64{}, people: 1 + rng.IntN(20), gates: 1 + rng.IntN(5),
		span: []time.Duration{time.Second / 5, time.Minute, time.Hour, 40 * 24 * time.Hour}[rng.IntN(4)], wild: rng.IntN(10) == 0,
	}
	ordered := rng.IntN(3) == 0
	log, want := passlog.New(passlog.Config{Grade: grade}), &reference{wanted: map[menshen.PassID]string{}}
	var all []menshen.Pass
	for range 1 + rng.IntN(steps) {
		switch k := rng.IntN(10); {
		case k < 6:
			fresh := source.many(1 + rng.IntN(batch))
			if ordered {
				slices.SortFunc(fresh, byCapture)
			}
			for range rng.IntN(4) { // what comes again, sometimes saying something else
				if len(all) > 0 {
					p := all[rng.IntN(len(all))]
					p.Person = "p1"
					fresh = append(fresh, p)
				}
			}
			all = append(all, fresh...)
			n, err := log.Append(fresh...)
			if w := want.append(fresh...); err != nil || n != w {
				t.Fatalf("seed %d: added %d, want %d: %v", seed, n, w, err)
			}
		case k < 9:
			for range 1 + rng.IntN(8) {
				id := menshen.PassID{Gate: fmt.Sprintf("g-%d", rng.IntN(5)), Sequence: 1 + uint64(rng.IntN(2*batch))}
				person := []string{"", "p1", "p2", "somebody-new"}[rng.IntN(4)]
				if moved, w := log.Reassign(id, person), want.reassign(id, person); moved != w {
					t.Fatalf("seed %d: reassigned %v: %v, want %v", seed, id, moved, w)
				}
			}
		default:
			before := day.Add(time.Duration(rng.Int64N(int64(source.span)))).Truncate(passlog.TickLength)
			if n, w := log.Forget(before), want.forget(before); n != w {
				t.Fatalf("seed %d: forgot %d, want %d", seed, n, w)
			}
		}
	}
	wantSame(t, log, want)
	if t.Failed() {
		t.Fatalf("seed %d", seed)
	}
	span := menshen.Span{From: day.Add(time.Duration(rng.Int64N(int64(source.span)))).Truncate(passlog.TickLength)}
	span.To = span.From.Add(time.Duration(rng.Int64N(int64(source.span)))).Truncate(passlog.TickLength)
	for _, span := range []menshen.Span{{}, span, {From: span.From}, {To: span.To}} {
		wantPasses(t, fmt.Sprint("seed ", seed, span), log.Passes("p1", span), want.filter(func(p menshen.Pass) bool { return p.Person == "p1" && within(p, span) }))
	}
	slices.Reverse(want.list)
	wantPasses(t, fmt.Sprint("latest, seed ", seed), log.Latest(7, ""), want.list[:min(7, len(want.list))])
	at := want.filter(func(p menshen.Pass) bool { return p.ID.Gate == "g-0" })
	wantPasses(t, fmt.Sprint("latest of g-0, seed ", seed), log.Latest(5, "g-0"), at[:min(5, len(at))])
}
