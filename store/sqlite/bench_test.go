package sqlite_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"menshen"
	"menshen/store"
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

// BenchmarkPutPeople changes 10,000 people with their particulars, as a repeated import of a table does.
func BenchmarkPutPeople(b *testing.B) {
	s := MustOpen(b, filepath.Join(b.TempDir(), "site.db"), sqlite.Options{Key: key()})
	records := make([]store.Record, 10_000)
	for i := range records {
		records[i] = store.Record{
			Person:      menshen.Person{ID: fmt.Sprintf("p-%06d", i), Name: fmt.Sprint("人", i), State: menshen.PersonActive},
			Particulars: &menshen.Particulars{Phone: fmt.Sprint(13800000000 + i), Document: menshen.Document{Kind: menshen.DocumentPassport, Number: menshen.Secret(fmt.Sprint("E", 10000000+i))}},
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		must(b, s.PutPeople(b.Context(), records))
	}
}

// BenchmarkCopy brings 100,000 people with three permits each from a registry into a gate post's copy, 5,000 changes at a
// time, then reads the copy as a post does when it starts.
func BenchmarkCopy(b *testing.B) {
	const people, permits, portion = 100_000, 3, 5000
	ctx := b.Context()
	s := MustOpen(b, filepath.Join(b.TempDir(), "site.db"), sqlite.Options{Key: key()})
	all := make([]menshen.Person, people)
	issued := make([]menshen.Permit, 0, people*permits)
	for i := range all {
		d, err := menshen.ParseDwelling(fmt.Sprintf("%d-%d-%d-%d", i/3/400+1, i/3/100%4+1, i/3/4%25+1, i/3))
		must(b, err)
		all[i] = menshen.Person{ID: fmt.Sprintf("p-%06d", i), Name: fmt.Sprint("人", i), Dwelling: d, State: menshen.PersonActive}
		for n := range permits {
			issued = append(issued, storetest.Permit(fmt.Sprintf("e-%06d-%d", i, n), all[i].ID, n))
		}
	}
	must(b, s.AddPeople(ctx, all))
	must(b, s.AddPermits(ctx, issued))
	b.Run("changes", func(b *testing.B) {
		for b.Loop() {
			for after := uint64(0); ; {
				changes, _, err := s.Changes(ctx, after, portion)
				must(b, err)
				if len(changes) == 0 {
					break
				}
				after = changes[len(changes)-1].Revision
			}
		}
	})
	changes, _, err := s.Changes(ctx, 0, 0)
	must(b, err)
	b.Run("apply", func(b *testing.B) {
		for b.Loop() {
			c := MustOpenCopy(b, filepath.Join(b.TempDir(), menshen.NewID(), "copy.db"), sqlite.Options{Key: key()})
			for part := range slices.Chunk(changes, portion) {
				must(b, c.Apply(ctx, part))
			}
			must(b, c.Close())
		}
	})
	c := MustOpenCopy(b, filepath.Join(b.TempDir(), "copy.db"), sqlite.Options{Key: key()})
	for part := range slices.Chunk(changes, portion) {
		must(b, c.Apply(ctx, part))
	}
	b.Run("all", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			n := 0
			for _, err := range c.All(ctx) {
				must(b, err)
				n++
			}
			if n != len(changes) {
				b.Fatal(n)
			}
		}
	})
}

// BenchmarkOpenRegistry opens a site with 100,000 people of one template each, and reads what a hub reads when it starts; then it
// searches for a name.
func BenchmarkOpenRegistry(b *testing.B) {
	const people = 100_000
	ctx := b.Context()
	path := filepath.Join(b.TempDir(), "site.db")
	e := menshen.EngineID{Name: "opencv", ModelHash: "793362600dda", Dim: 128, Metric: "euclidean"}
	s, err := sqlite.Open(ctx, path, sqlite.Options{Key: key()})
	must(b, err)
	for from := 0; from < people; from += 10_000 {
		var some []menshen.Person
		var templates []menshen.Template
		for i := from; i < from+10_000; i++ {
			id := fmt.Sprintf("p-%06d", i)
			d := make(menshen.Descriptor, e.Dim)
			for j := range d {
				d[j] = float32(i%97) + float32(j)
			}
			some = append(some, menshen.Person{ID: id, Name: fmt.Sprint("人", i), State: menshen.PersonActive})
			templates = append(templates, menshen.Template{ID: "t-" + id, Person: id, Engine: e, Descriptor: d, Quality: 1})
		}
		must(b, s.AddPeople(ctx, some))
		must(b, s.AddTemplates(ctx, templates))
	}
	must(b, s.Close())
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			s, err := sqlite.Open(ctx, path, sqlite.Options{Key: key()})
			must(b, err)
			must(b, s.Close())
		}
	})
	s = MustOpen(b, path, sqlite.Options{Key: key()})
	b.Run("templates", func(b *testing.B) {
		for b.Loop() {
			for _, err := range s.Templates(ctx, e) {
				must(b, err)
			}
		}
	})
	b.Run("people", func(b *testing.B) {
		for b.Loop() {
			for _, err := range s.People(ctx) {
				must(b, err)
			}
		}
	})
	b.Run("find", func(b *testing.B) {
		for b.Loop() {
			_, err := s.FindPeople(ctx, "人99999", 10)
			must(b, err)
		}
	})
}

// BenchmarkRemoveOldPasses removes 20,000 passes of 1,000 people with their pages, 200 in a transaction as the hub does.
func BenchmarkRemoveOldPasses(b *testing.B) {
	const passes, people, atOnce = 20_000, 1_000, 200
	for b.Loop() {
		b.StopTimer()
		s := MustOpen(b, filepath.Join(b.TempDir(), "site.db"), sqlite.Options{Key: key()})
		all := make([]menshen.Pass, passes)
		for i := range all {
			all[i] = storetest.Pass("east-1", uint64(i+1), fmt.Sprintf("p-%d", i%people))
		}
		_, err := s.CommitPasses(b.Context(), all)
		must(b, err)
		_, err = s.KeepPages(b.Context(), true)
		must(b, err)
		b.StartTimer()
		for n := 1; n > 0; {
			n, err = s.RemoveOld(b.Context(), "passes", time.Now().AddDate(100, 0, 0), atOnce)
			must(b, err)
		}
	}
	b.ReportMetric(float64(passes)*float64(b.N)/b.Elapsed().Seconds(), "passes/s")
}
