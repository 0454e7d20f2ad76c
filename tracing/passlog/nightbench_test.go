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

// longestWait looks at a log again and again until stop is called, which gives the longest that it was kept waiting.
func longestWait(l *passlog.Log) (stop func() time.Duration) {
	done, most := make(chan struct{}), make(chan time.Duration)
	go func() {
		longest := time.Duration(0)
		for {
			select {
			case <-done:
				most <- longest
				return
			default:
			}
			began := time.Now()
			l.View(func(passlog.View) {})
			longest = max(longest, time.Since(began))
			time.Sleep(100 * time.Microsecond)
		}
	}()
	return func() time.Duration {
		close(done)
		return <-most
	}
}

// BenchmarkNight is what happens to a log of MENSHEN_BENCH_PASSES passes once a day or less: a day is forgotten; the passes of a
// post come that was away for three days; the origin moves. ms-wait is the longest that a reader was kept waiting meanwhile.
func BenchmarkNight(b *testing.B) {
	t := newTown(benchPasses(b))
	var pages []passlog.Columns
	people, gates := t.columns(func(c passlog.Columns) { pages = append(pages, c) })
	l := mustBuild(b, pages, people, gates)
	pages = nil
	once := func(name string, f func()) {
		b.Run(name, func(b *testing.B) {
			b.StopTimer()
			stop := longestWait(l)
			b.StartTimer()
			for range b.N {
				f()
			}
			b.StopTimer()
			b.ReportMetric(float64(stop().Microseconds())/1000, "ms-wait")
		})
	}
	rng := rand.New(rand.NewPCG(3, 3))
	sequence := uint64(1 << 30)
	away := func(gate func(int) string) (passes []menshen.Pass) {
		const n = 50_000
		for i := range n {
			sequence++
			at := day.Add(11*24*time.Hour + 72*time.Hour/n*time.Duration(i))
			passes = append(passes, newPass(t.peopleIDs[rng.IntN(min(5000, t.people))], gate(i), menshen.DirectionIn, at, sequence))
		}
		return passes
	}
	own := func(i int) string { return fmt.Sprint("away-", i%4) }
	shared := func(i int) string { return t.gateIDs[i%4] }
	for name, passes := range map[string][]menshen.Pass{"away/own gates": away(own), "away/shared gates": away(shared)} {
		once(name+"/at once", func() { mustAppend(b, l, passes[:len(passes)/2]) })
		once(name+"/by 500", func() {
			for part := range slices.Chunk(passes[len(passes)/2:], 500) {
				mustAppend(b, l, part)
			}
		})
	}
	days := 0
	once("forget", func() {
		days++
		l.Forget(day.AddDate(0, 0, min(days, 12)))
	})
	once("origin", func() {
		mustAppend(b, l, []menshen.Pass{newPass("far", "far", menshen.DirectionIn, day.AddDate(0, 0, 400), 1)})
	})
}
