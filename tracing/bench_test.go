package tracing_test

import (
	"math/rand/v2"
	"slices"
	"syscall"
	"testing"
	"time"

	"menshen"
	"menshen/tracing"
	"menshen/tracing/policy"
)

// processorTime gives what the process has used, of all processors: where others use them as well it says more than a clock.
func processorTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// percentiles runs a question for random people and reports how long it takes. Set MENSHEN_TOWN=150 for a township of 100
// million passes.
func percentiles(b *testing.B, t *township, ask func(person string) int) {
	rng := rand.New(rand.NewPCG(4, 4))
	var times []float64
	found := 0
	for range 20 {
		ask(t.people[1+rng.IntN(len(t.people)-1)])
	}
	b.ReportAllocs()
	used := processorTime()
	for b.Loop() {
		person := t.people[1+rng.IntN(len(t.people)-1)]
		start := time.Now()
		found += ask(person)
		times = append(times, float64(time.Since(start).Microseconds())/1000)
	}
	b.ReportMetric(float64((processorTime()-used).Microseconds())/1000/float64(len(times)), "processor-ms")
	slices.Sort(times)
	b.ReportMetric(times[0], "least-ms")
	b.ReportMetric(times[len(times)/2], "p50-ms")
	b.ReportMetric(times[len(times)*95/100], "p95-ms")
	b.ReportMetric(times[len(times)*99/100], "p99-ms")
	b.ReportMetric(float64(found)/float64(len(times)), "found")
}

func BenchmarkTownship(b *testing.B) {
	t := MustTownship(b, communities())
	b.Logf("%d passes of %d people", t.log.Count(), len(t.people)-1)
	span := menshen.Span{From: day, To: t.end}
	b.Run("movements", func(b *testing.B) {
		percentiles(b, t, func(person string) int {
			passes, _, err := t.tracer.Movements(b.Context(), person, span)
			if err != nil {
				b.Fatal(err)
			}
			return len(passes)
		})
	})
	policies := map[string]*policy.Policy{}
	for _, p := range policy.Builtin() {
		policies[p.ID] = p
	}
	question := func(person, id string, generations int, backward bool) tracing.CaseQuestion {
		return tracing.CaseQuestion{Person: person, Window: span, Policy: policies[id], Generations: generations, Backward: backward}
	}
	reach := func(b *testing.B, q tracing.CaseQuestion) int {
		answer, err := t.tracer.Reach(b.Context(), q)
		if err != nil {
			b.Fatal(err)
		}
		return len(answer.People)
	}
	for _, id := range []string{"gates-and-lifts", "all-zones", "cdc-2020", "nhc-9"} {
		for g, name := range []string{"one", "two"} {
			b.Run(id+"/reach/"+name, func(b *testing.B) {
				percentiles(b, t, func(person string) int { return reach(b, question(person, id, g+1, false)) })
			})
			b.Run(id+"/full/"+name, func(b *testing.B) {
				percentiles(b, t, func(person string) int {
					answer, err := t.tracer.Case(b.Context(), question(person, id, g+1, false))
					if err != nil {
						b.Fatal(err)
					}
					return len(answer.Findings)
				})
			})
		}
	}
	b.Run("gates-and-lifts/reach/backward", func(b *testing.B) {
		percentiles(b, t, func(person string) int { return reach(b, question(person, "gates-and-lifts", 2, true)) })
	})
	for _, id := range []string{"gates-and-lifts", "all-zones"} {
		b.Run("outbreak/"+id, func(b *testing.B) {
			found := 0
			for b.Loop() {
				rng := rand.New(rand.NewPCG(8, 8))
				order := rng.Perm(len(t.people) - 1)[:min(1000, len(t.people)/10)]
				q := question(t.people[1+order[0]], id, 2, false)
				for _, k := range order[1:] {
					q.Others = append(q.Others, tracing.Index{Person: t.people[1+k], Window: span})
				}
				found = reach(b, q)
			}
			b.ReportMetric(float64(found), "found")
		})
	}
}
