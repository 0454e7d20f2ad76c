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

const pageSize = 1 << 16

// columns gives the passes of a town as pages of columns, without making a pass of each.
func (t *town) columns(page func(passlog.Columns)) (people, gates []string) {
	manners := []menshen.Pass{newPass("", "", menshen.DirectionIn, day, 1), newPass("", "", menshen.DirectionOut, day, 1)}
	sequence := make([]uint64, t.gates)
	base := day.UnixNano() / int64(passlog.TickLength)
	c := passlog.Columns{Base: base, Manners: manners}
	t.each(func(i int, at int64, person, gate uint32, in bool) {
		if len(c.At) == pageSize {
			page(c)
			c = passlog.Columns{Base: base, Manners: manners}
		}
		sequence[gate]++
		manner := uint16(1)
		if in {
			manner = 0
		}
		c.At, c.Person, c.Gate = append(c.At, uint32(at)), append(c.Person, person+1), append(c.Gate, gate+1)
		c.Sequence, c.Manner = append(c.Sequence, sequence[gate]), append(c.Manner, manner)
	})
	page(c)
	return append([]string{""}, t.peopleIDs...), append([]string{""}, t.gateIDs...)
}

func mustBuild(tb testing.TB, pages []passlog.Columns, people, gates []string) *passlog.Log {
	bulk := passlog.NewBulk(passlog.Config{}, people, gates)
	for _, p := range pages {
		if err := bulk.Add(p); err != nil {
			tb.Fatal(err)
		}
	}
	l, err := bulk.Build()
	if err != nil {
		tb.Fatal(err)
	}
	return l
}

// BenchmarkBulk builds a whole log of columns; an operation is all of it.
func BenchmarkBulk(b *testing.B) {
	t := newTown(benchPasses(b))
	var pages []passlog.Columns
	people, gates := t.columns(func(c passlog.Columns) { pages = append(pages, c) })
	b.ReportAllocs()
	var size float64
	for b.Loop() {
		b.StopTimer()
		before := heap()
		b.StartTimer()
		l := mustBuild(b, pages, people, gates)
		b.StopTimer()
		size = float64(heap()-before) / float64(l.Count())
		runtime.KeepAlive(l)
		b.StartTimer()
	}
	b.ReportMetric(float64(t.n)*float64(b.N)/b.Elapsed().Seconds(), "passes/s")
	b.ReportMetric(size, "B/pass")
}

// BenchmarkWalk reads trails and registers of people and gates at random; ns/entry is what counts.
func BenchmarkWalk(b *testing.B) {
	t := newTown(benchPasses(b))
	var pages []passlog.Columns
	people, gates := t.columns(func(c passlog.Columns) { pages = append(pages, c) })
	l := mustBuild(b, pages, people, gates)
	rng := rand.New(rand.NewPCG(9, 9))
	walk := func(name string, f func(v passlog.View) int) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			entries := 0
			l.View(func(v passlog.View) {
				for b.Loop() {
					entries += f(v)
				}
			})
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(max(entries, 1)), "ns/entry")
		})
	}
	sink := uint32(0)
	walk("trail", func(v passlog.View) (n int) {
		for piece := range v.Trail(1 + uint32(rng.IntN(v.People()-1))) {
			for _, e := range piece {
				sink += e.At
			}
			n += len(piece)
		}
		return n
	})
	walk("register", func(v passlog.View) (n int) {
		for piece := range v.Register(uint32(rng.IntN(v.Gates())), 0, ^uint32(0)) {
			for i, at := range piece.At {
				sink += at + piece.Person[i]
			}
			n += len(piece.At)
		}
		return n
	})
	minute := uint32(time.Minute / passlog.TickLength)
	walk("minutes", func(v passlog.View) (n int) { // two minutes of a gate
		at := uint32(1<<30) + uint32(rng.IntN(14*24*60))*minute
		for piece := range v.Register(uint32(rng.IntN(v.Gates())), at, at+2*minute) {
			n += len(piece.At)
		}
		return n
	})
	var sinks []menshen.Pass
	walk("passes", func(v passlog.View) int {
		sinks = v.Passes(v.PersonID(1+uint32(rng.IntN(v.People()-1))), menshen.Span{})
		return len(sinks)
	})
	runtime.KeepAlive(sink)
}

// BenchmarkReassign gives single passes to others, and back.
func BenchmarkReassign(b *testing.B) {
	t := newTown(benchPasses(b))
	var pages []passlog.Columns
	people, gates := t.columns(func(c passlog.Columns) { pages = append(pages, c) })
	l := mustBuild(b, pages, people, gates)
	rng := rand.New(rand.NewPCG(10, 10))
	b.ReportAllocs()
	for b.Loop() {
		id := menshen.PassID{Gate: gates[1+rng.IntN(len(gates)-1)], Sequence: 1 + uint64(rng.IntN(2000))}
		if !l.Reassign(id, people[1+rng.IntN(len(people)-1)]) {
			b.Fatal(id)
		}
	}
}
