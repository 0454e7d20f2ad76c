package sqlite_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"menshen"
	"menshen/store/sqlite"
	"menshen/store/storetest"
)

// BenchmarkOutboxAppend appends single passes from many goroutines; an operation is one acknowledged pass.
func BenchmarkOutboxAppend(b *testing.B) {
	for _, callers := range []int{1, 16, 256, 1024} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			o := MustOpenOutbox(b, filepath.Join(b.TempDir(), "gate.db"), sqlite.Options{})
			p := storetest.Unnumbered("east-1", 1, "0198c0de-0000-7000-8000-000000000001")
			b.ReportAllocs()
			work := make(chan struct{}, callers)
			done := make(chan error, callers)
			b.ResetTimer()
			for range callers {
				go func() {
					for range work {
						if _, err := o.Append(b.Context(), p); err != nil {
							done <- err
							return
						}
					}
					done <- nil
				}()
			}
			for range b.N {
				work <- struct{}{}
			}
			close(work)
			for range callers {
				must(b, <-done)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "passes/s")
		})
	}
}

// BenchmarkOutboxAppendMany appends as the simulator does.
func BenchmarkOutboxAppendMany(b *testing.B) {
	o := MustOpenOutbox(b, filepath.Join(b.TempDir(), "gate.db"), sqlite.Options{})
	many := make([]menshen.Pass, 1000)
	for i := range many {
		many[i] = storetest.Unnumbered("east-1", 1, "0198c0de-0000-7000-8000-000000000001")
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := o.AppendMany(b.Context(), many); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*len(many))/b.Elapsed().Seconds(), "passes/s")
}

// BenchmarkCommitPasses commits batches of 500 to the pass log, then reads them all.
func BenchmarkCommitPasses(b *testing.B) {
	s := MustOpen(b, filepath.Join(b.TempDir(), "site.db"), sqlite.Options{})
	sequence := uint64(0)
	b.Run("commit", func(b *testing.B) {
		batch := make([]menshen.Pass, 500)
		b.ReportAllocs()
		for b.Loop() {
			for i := range batch {
				sequence++
				batch[i] = storetest.Pass("east-1", sequence, fmt.Sprintf("0198c0de-0000-7000-8000-%012d", sequence*7919%5000))
			}
			if _, err := s.CommitPasses(b.Context(), batch); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.N*len(batch))/b.Elapsed().Seconds(), "passes/s")
	})
	b.Run("read", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for _, err := range s.Passes(b.Context(), menshen.PassFilter{}) {
				if err != nil {
					b.Fatal(err)
				}
			}
		}
		b.ReportMetric(float64(b.N)*float64(sequence)/b.Elapsed().Seconds(), "passes/s")
	})
}

// BenchmarkAddPeople adds a community of 100,000 people in 33,334 households at once.
func BenchmarkAddPeople(b *testing.B) {
	people := make([]menshen.Person, 100_000)
	for i := range people {
		d, err := menshen.ParseDwelling(fmt.Sprintf("%d-%d-%d-%d", i/3/400+1, i/3/100%4+1, i/3/4%25+1, i/3))
		must(b, err)
		people[i] = menshen.Person{ID: fmt.Sprintf("p-%06d", i), Name: fmt.Sprint("人", i), Dwelling: d, State: menshen.PersonActive}
	}
	b.ReportAllocs()
	for b.Loop() {
		s := MustOpen(b, filepath.Join(b.TempDir(), "site.db"), sqlite.Options{})
		must(b, s.AddPeople(b.Context(), people))
	}
}
