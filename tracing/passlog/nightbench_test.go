package passlog_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
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

// BenchmarkPlace builds a whole log of MENSHEN_BENCH_PASSES passes of pages that are made twice, as a start reads them twice; most
// of the time is the making. peak-B/pass is the most memory that the process had, all in.
func BenchmarkPlace(b *testing.B) {
	t := newTown(benchPasses(b))
	manners := []menshen.Pass{newPass("", "", menshen.DirectionIn, day, 1), newPass("", "", menshen.DirectionOut, day, 1)}
	people, gates := append([]string{""}, t.peopleIDs...), append([]string{""}, t.gateIDs...)
	t.peopleIDs, t.gateIDs = nil, nil
	rounds := func(f func([]passlog.Columns)) {
		sequence := make([]uint64, t.gates)
		pages := make([]passlog.Columns, 16)
		for i := range pages {
			pages[i] = passlog.Columns{Base: day.UnixNano() / int64(passlog.TickLength), Manners: manners}
		}
		k := 0
		t.each(func(i int, at int64, person, gate uint32, in bool) {
			sequence[gate]++
			c := &pages[k]
			c.At, c.Person, c.Gate = append(c.At, uint32(at)), append(c.Person, person+1), append(c.Gate, gate+1)
			c.Sequence, c.Manner = append(c.Sequence, sequence[gate]), append(c.Manner, uint16(i%2))
			if len(c.At) == pageSize {
				k++
			}
			if k == len(pages) || i == t.n-1 {
				f(pages)
				k = 0
				for i := range pages {
					c := &pages[i]
					c.At, c.Person, c.Gate, c.Sequence, c.Manner = c.At[:0], c.Person[:0], c.Gate[:0], c.Sequence[:0], c.Manner[:0]
				}
			}
		})
	}
	for b.Loop() {
		bulk := passlog.NewBulk(passlog.Config{}, people, gates)
		rounds(func(pages []passlog.Columns) {
			for _, err := range bulk.Count(pages) {
				if err != nil {
					b.Fatal(err)
				}
			}
		})
		var spent time.Duration
		rounds(func(pages []passlog.Columns) {
			began := time.Now()
			if err := bulk.Place(pages); err != nil {
				b.Fatal(err)
			}
			spent += time.Since(began)
		})
		l, err := bulk.Build()
		if err != nil || l.Count() != t.n {
			b.Fatal(l.Count(), err)
		}
		b.ReportMetric(float64(l.Bytes())/float64(t.n), "own-B/pass")
		b.ReportMetric(float64(t.n)/spent.Seconds(), "placed/s")
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Skip("no /proc")
	}
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	if kilobytes, err := strconv.Atoi(strings.Fields(after)[0]); err == nil && b.N == 1 {
		b.ReportMetric(float64(kilobytes)*1024/float64(t.n), "peak-B/pass")
	}
}
