package sqlite_test

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"menshen"
	"menshen/store"
	"menshen/store/sqlite"
	"menshen/store/storetest"
	"menshen/tracing/passlog"
)

// starter builds a log of what a store has, as a start does.
type starter struct {
	bulk *passlog.Bulk
	log  *passlog.Log
}

func (s *starter) Names(people, gates []string) {
	s.bulk = passlog.NewBulk(passlog.Config{}, people, gates)
}

func (s *starter) Count(pages []store.PassPage) []error { return s.bulk.Count(columnsOf(pages)) }

func (s *starter) Place(pages []store.PassPage) error { return s.bulk.Place(columnsOf(pages)) }

// columnsOf gives pages as a log takes them.
func columnsOf(pages []store.PassPage) []passlog.Columns {
	columns := make([]passlog.Columns, len(pages))
	for i, p := range pages {
		columns[i] = passlog.Columns(p)
	}
	return columns
}

func (s *starter) Passes(passes []menshen.Pass) error {
	if err := s.build(); err != nil {
		return err
	}
	_, err := s.log.Append(passes...)
	return err
}

func (s *starter) build() (err error) {
	if s.log == nil {
		s.log, err = s.bulk.Build()
	}
	return err
}

// randomPages makes n passes of 14 days, some 222 a person and 5,000 a gate, in order of capture.
func randomPages(n int) (people, gates []string, pages iter.Seq[store.PassPage]) {
	people, gates = []string{""}, []string{""}
	for i := range max(n/222, 10) {
		people = append(people, fmt.Sprintf("0198c0de-0000-7000-8000-%012d", i))
	}
	for i := range max(n/5000, 8) {
		gates = append(gates, fmt.Sprintf("community-%03d-gate-%d", i/8, i))
	}
	decision := menshen.Decision{Outcome: menshen.OutcomeAllow, Reasons: []menshen.Reason{menshen.ReasonActiveResident}}
	manners := []menshen.Pass{
		{Site: "garden", Direction: menshen.DirectionIn, Means: menshen.MeansFace, Decision: decision},
		{Site: "garden", Direction: menshen.DirectionOut, Means: menshen.MeansFace, Decision: decision},
	}
	return people, gates, func(yield func(store.PassPage) bool) {
		rng := rand.New(rand.NewPCG(7, 7))
		sequence := make([]uint64, len(gates))
		step := float64(14*24*time.Hour/passlog.TickLength) / float64(n)
		p := store.PassPage{Base: 178_000_000_000, Manners: manners}
		for i := range n {
			person := uint32(1 + rng.IntN(len(people)-1))
			gate := 1 + (person/22*8+uint32(rng.IntN(12)))%uint32(len(gates)-1)
			sequence[gate]++
			p.At, p.Person, p.Gate = append(p.At, uint32(float64(i)*step)), append(p.Person, person), append(p.Gate, gate)
			p.Sequence, p.Manner = append(p.Sequence, sequence[gate]), append(p.Manner, uint16(i%2))
			if len(p.At) == 1<<16 || i == n-1 {
				if !yield(p) {
					return
				}
				p.At, p.Person, p.Gate, p.Sequence, p.Manner = p.At[:0], p.Person[:0], p.Gate[:0], p.Sequence[:0], p.Manner[:0]
			}
		}
	}
}

func benchPasses(tb testing.TB, usual int) int {
	s := os.Getenv("MENSHEN_BENCH_PASSES")
	if s == "" {
		return usual
	}
	n, err := strconv.Atoi(s)
	must(tb, err)
	return n
}

// processorTime is what the process has used so far, of all processors.
func processorTime(tb testing.TB) time.Duration {
	var u syscall.Rusage
	must(tb, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// forgetPeak has the most memory that the process has had counted anew, and gives how to ask for it, in bytes.
func forgetPeak(tb testing.TB) func() int {
	debug.FreeOSMemory()
	must(tb, os.WriteFile("/proc/self/clear_refs", []byte("5"), 0))
	return func() int {
		status, err := os.ReadFile("/proc/self/status")
		must(tb, err)
		_, after, _ := strings.Cut(string(status), "VmHWM:")
		kilobytes, err := strconv.Atoi(strings.Fields(after)[0])
		must(tb, err)
		return kilobytes << 10
	}
}

// BenchmarkStart reads pages of MENSHEN_BENCH_PASSES passes (10 million) into a log in memory; an operation is a start.
func BenchmarkStart(b *testing.B) {
	n := benchPasses(b, 10_000_000)
	path := filepath.Join(b.TempDir(), "site.db")
	s := MustOpen(b, path, sqlite.Options{})
	people, gates, pages := randomPages(n)
	must(b, s.PutPages(b.Context(), people, gates, pages))
	info, err := os.Stat(path)
	must(b, err)
	b.ReportAllocs()
	spent := processorTime(b)
	peak := forgetPeak(b)
	for b.Loop() {
		var r starter
		_, err := s.ReadPasses(b.Context(), time.Time{}, &r)
		must(b, err)
		must(b, r.build())
		if r.log.Count() != n {
			b.Fatal(r.log.Count())
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "passes/s")
	b.ReportMetric(float64(n)*float64(b.N)/(processorTime(b)-spent).Seconds(), "passes/cpu-s") // where others use the machine too
	b.ReportMetric(float64(info.Size())/float64(n), "file-B/pass")
	if b.N == 1 { // the log before is still there
		b.ReportMetric(float64(peak())/1e6, "peak-MB")
	}
}

// BenchmarkPages commits rows, reads them as a start without pages does, writes their pages, and reads those.
func BenchmarkPages(b *testing.B) {
	n := benchPasses(b, 300_000)
	s := MustOpen(b, filepath.Join(b.TempDir(), "site.db"), sqlite.Options{})
	batch := make([]menshen.Pass, 0, 5000)
	for i := range n {
		p := storetest.Pass(fmt.Sprintf("east-%d", i%60), uint64(i/60+1), fmt.Sprintf("0198c0de-0000-7000-8000-%012d", i*7919%5000))
		p.Captured = p.Captured.Add(time.Duration(i) * time.Second)
		if batch = append(batch, p); len(batch) == cap(batch) || i == n-1 {
			_, err := s.CommitPasses(b.Context(), batch)
			must(b, err)
			batch = batch[:0]
		}
	}
	rate := func(b *testing.B) { b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "passes/s") }
	start := func(b *testing.B) {
		for b.Loop() {
			var r starter
			_, err := s.ReadPasses(b.Context(), time.Time{}, &r)
			must(b, err)
			must(b, r.build())
		}
		rate(b)
	}
	b.Run("rows", start)
	began := time.Now()
	_, err := s.KeepPages(b.Context(), true)
	must(b, err)
	b.Logf("pages written at %.0f passes/s", float64(n)/time.Since(began).Seconds())
	b.Run("read", start)
}
