package passlog_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"time"

	"menshen"
	"menshen/tracing/passlog"
)

// benchPasses is how many passes the benchmarks hold: MENSHEN_BENCH_PASSES, or 2 million.
func benchPasses(tb testing.TB) int {
	s := os.Getenv("MENSHEN_BENCH_PASSES")
	if s == "" {
		return 2_000_000
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		tb.Fatal(err)
	}
	return n
}

// town makes n passes in order of capture, some 222 a person and 5,000 a gate, within 14 days; each person keeps to a few
// gates. Each yields them one by one; p is reused.
type town struct {
	n, people, gates int
	peopleIDs        []string
	gateIDs          []string
}

func newTown(n int) *town {
	t := &town{n: n, people: max(n/222, 10), gates: max(n/5000, 8)}
	for i := range t.people {
		t.peopleIDs = append(t.peopleIDs, fmt.Sprintf("0198c0de-0000-7000-8000-%012d", i))
	}
	for i := range t.gates {
		t.gateIDs = append(t.gateIDs, fmt.Sprintf("community-%03d-gate-%d", i/8, i))
	}
	return t
}

// each yields who passed where, with its tick, in order of capture.
func (t *town) each(yield func(i int, at int64, person, gate uint32, in bool)) {
	rng := rand.New(rand.NewPCG(7, 7))
	step := float64(14*24*time.Hour/passlog.TickLength) / float64(t.n)
	for i := range t.n {
		person := uint32(rng.IntN(t.people))
		gate := (person/22*8 + uint32(rng.IntN(12))) % uint32(t.gates)
		yield(i, int64(float64(i)*step), person, gate, i%2 == 0)
	}
}

func (t *town) passes() []menshen.Pass {
	sequence := make([]uint64, t.gates)
	out := make([]menshen.Pass, 0, t.n)
	t.each(func(_ int, at int64, person, gate uint32, in bool) {
		sequence[gate]++
		way := menshen.DirectionOut
		if in {
			way = menshen.DirectionIn
		}
		out = append(out, newPass(t.peopleIDs[person], t.gateIDs[gate], way, day.Add(time.Duration(at)*passlog.TickLength), sequence[gate]))
	})
	return out
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func mustAppend(tb testing.TB, l *passlog.Log, passes []menshen.Pass) {
	if _, err := l.Append(passes...); err != nil {
		tb.Fatal(err)
	}
}

// BenchmarkAppend fills a log in batches; an operation is a whole log.
func BenchmarkAppend(b *testing.B) {
	passes := newTown(benchPasses(b)).passes()
	late := slices.Clone(passes) // one in ten comes up to ten minutes late
	rng := rand.New(rand.NewPCG(8, 8))
	delays := map[menshen.PassID]time.Duration{}
	for _, p := range late {
		if rng.IntN(10) == 0 {
			delays[p.ID] = time.Duration(rng.Int64N(int64(10 * time.Minute)))
		}
	}
	delay := func(p menshen.Pass) time.Time { return p.Captured.Add(delays[p.ID]) }
	slices.SortStableFunc(late, func(a, b menshen.Pass) int { return delay(a).Compare(delay(b)) })
	for _, c := range []struct {
		name  string
		batch int
		from  []menshen.Pass
	}{{"batch=1", 1, passes}, {"batch=1000", 1000, passes}, {"late/batch=1", 1, late}, {"late/batch=1000", 1000, late}} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			var size float64
			for b.Loop() {
				b.StopTimer()
				before := heap()
				b.StartTimer()
				l := passlog.New(passlog.Config{})
				for i := 0; i < len(c.from); i += c.batch {
					mustAppend(b, l, c.from[i:min(i+c.batch, len(c.from))])
				}
				b.StopTimer()
				size = float64(heap()-before) / float64(l.Count())
				b.ReportMetric(float64(l.Bytes())/float64(l.Count()), "own-B/pass")
				b.StartTimer()
			}
			b.ReportMetric(float64(len(c.from))*float64(b.N)/b.Elapsed().Seconds(), "passes/s")
			b.ReportMetric(size, "B/pass")
		})
	}
}
