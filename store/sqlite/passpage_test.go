package sqlite_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"menshen"
	"menshen/store"
	"menshen/store/sqlite"
	"menshen/store/storetest"
	"menshen/tracing"
)

// wantPages reads the passes of a store as a start does, and compares them with its rows.
func wantPages(tb testing.TB, s *sqlite.Site) store.PassesRead {
	tb.Helper()
	list := &storetest.PassList{}
	read, err := s.ReadPasses(tb.Context(), time.Time{}, list)
	must(tb, err)
	list.WantPasses(tb, time.Time{}, storetest.MustCollect(tb, s.Passes(tb.Context(), menshen.PassFilter{})))
	return read
}

func mustKeep(tb testing.TB, s *sqlite.Site, all bool) int {
	tb.Helper()
	n, err := s.KeepPages(tb.Context(), all)
	must(tb, err)
	return n
}

func randomPass(rng *rand.Rand, n uint64) menshen.Pass {
	p := storetest.Pass(fmt.Sprintf("gate-%d", rng.IntN(3)), n, []string{"p-1", "p-2", "p-3", ""}[rng.IntN(4)])
	p.Captured = p.Captured.Add(time.Duration(rng.Int64N(int64(time.Hour))))
	p.Confidence = []float64{0, 0.5, 1, rng.Float64()}[rng.IntN(4)]
	if rng.IntN(20) == 0 {
		p.Captured = p.Captured.AddDate(rng.IntN(40)-20, 0, 0)
	}
	return p
}

// TestPagesAgainstRows does random things to rows, also behind the store's back, and writes pages in between: what a start
// reads is always exactly what the rows have.
func TestPagesAgainstRows(t *testing.T) {
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(seed, 2))
		path := filepath.Join(t.TempDir(), "site.db")
		opts := sqlite.Options{PageRows: 1 + rng.IntN(40)}
		s := MustOpen(t, path, opts)
		raw := MustRaw(t, path)
		n := uint64(0)
		for range 25 {
			switch k := rng.IntN(10); {
			case k < 4:
				var passes []menshen.Pass
				for range rng.IntN(60) {
					n++
					passes = append(passes, randomPass(rng, n))
				}
				_, err := s.CommitPasses(t.Context(), passes)
				must(t, err)
			case k < 6:
				mustKeep(t, s, rng.IntN(2) == 0)
			case k < 7:
				mustExec(t, raw, "DELETE FROM passes WHERE rowid % 37 = ?", rng.IntN(37))
			case k < 8:
				mustExec(t, raw, "UPDATE passes SET person = 'p-9' WHERE rowid % 41 = ?", rng.IntN(41))
			case k < 9:
				mustExec(t, raw, "DELETE FROM passes WHERE person = ?", []string{"p-1", "p-2", "p-9"}[rng.IntN(3)])
			default:
				must(t, s.Close())
				s = MustOpen(t, path, opts)
			}
			wantPages(t, s)
			var left int
			must(t, raw.QueryRow("SELECT count(*) FROM pass_people WHERE id NOT IN (SELECT person FROM passes WHERE person IS NOT NULL)").Scan(&left))
			if left > 0 {
				t.Fatalf("seed %d: %d people without a pass have numbers", seed, left)
			}
		}
		mustKeep(t, s, true)
		if read := wantPages(t, s); read.Pages == 0 && n > 0 && read.Rows > int(n)/10 {
			t.Errorf("seed %d: %+v", seed, read)
		}
		must(t, s.Close())
	}
}

// TestErasedFromPages shows that neither the number nor the name of a person stays in the file's tables, nor their bytes in
// the file, when their rows are deleted.
func TestErasedFromPages(t *testing.T) {
	path := filepath.Join(t.TempDir(), "site.db")
	s := MustOpen(t, path, sqlite.Options{PageRows: 10})
	var passes []menshen.Pass
	for n := range uint64(40) {
		passes = append(passes, storetest.Pass("east-1", n+1, []string{"p-1", "p-2"}[n/20]))
	}
	_, err := s.CommitPasses(t.Context(), passes)
	must(t, err)
	if n := mustKeep(t, s, true); n != 4 {
		t.Fatalf("%d pages", n)
	}
	raw := MustRaw(t, path)
	mustExec(t, raw, "DELETE FROM passes WHERE person = 'p-1'")
	var pages, people int
	must(t, raw.QueryRow("SELECT (SELECT count(*) FROM pass_pages), (SELECT count(*) FROM pass_people)").Scan(&pages, &people))
	if pages != 2 || people != 1 {
		t.Errorf("%d pages and %d people are left", pages, people)
	}
	if read := wantPages(t, s); read.Pages != 2 || read.Rows != 0 {
		t.Errorf("%+v", read)
	}
	if n := mustKeep(t, s, true); n != 0 {
		t.Errorf("%d pages were written of nothing", n)
	}
}

// TestDamagedPages flips bytes of pages, and cuts them: each is noticed, its rows are read, and the next one is sound.
func TestDamagedPages(t *testing.T) {
	path := filepath.Join(t.TempDir(), "site.db")
	s := MustOpen(t, path, sqlite.Options{PageRows: 20})
	rng := rand.New(rand.NewPCG(1, 1))
	var passes []menshen.Pass
	for n := range uint64(100) {
		passes = append(passes, randomPass(rng, n+1))
	}
	_, err := s.CommitPasses(t.Context(), passes)
	must(t, err)
	raw := MustRaw(t, path)
	for range 60 {
		mustKeep(t, s, true)
		var first int64
		var data []byte
		must(t, raw.QueryRow("SELECT first, data FROM pass_pages ORDER BY random()").Scan(&first, &data))
		if rng.IntN(4) == 0 {
			data = data[:rng.IntN(len(data))]
		} else {
			data[rng.IntN(len(data))] ^= byte(1 + rng.IntN(255))
		}
		mustExec(t, raw, "UPDATE pass_pages SET data = ? WHERE first = ?", data, first)
		if read := wantPages(t, s); read.Damaged != 1 || read.Pages != 4 || read.Rows < 20 {
			t.Fatalf("%+v", read)
		}
		if read := wantPages(t, s); read.Damaged != 0 {
			t.Fatalf("the damaged page is there still: %+v", read)
		}
	}
	// A sound page in the place of another is not that one's.
	mustKeep(t, s, true)
	mustExec(t, raw, "UPDATE pass_pages SET data = (SELECT data FROM pass_pages ORDER BY first DESC LIMIT 1) WHERE first = (SELECT min(first) FROM pass_pages)")
	if read := wantPages(t, s); read.Damaged != 1 {
		t.Fatalf("%+v", read)
	}
}

// TestPagesOfACopy shows that pages whose rows have other numbers now, as in a copied file, are not trusted.
func TestPagesOfACopy(t *testing.T) {
	path := filepath.Join(t.TempDir(), "site.db")
	s := MustOpen(t, path, sqlite.Options{PageRows: 10})
	var passes []menshen.Pass
	for n := range uint64(100) {
		passes = append(passes, storetest.Pass("east-1", n+1, "p-1"))
	}
	_, err := s.CommitPasses(t.Context(), passes)
	must(t, err)
	mustKeep(t, s, true)
	backup := filepath.Join(t.TempDir(), "backup.db")
	must(t, s.Backup(t.Context(), backup))
	b := MustOpen(t, backup, sqlite.Options{PageRows: 10})
	wantPages(t, b)
	must(t, b.Close())
	must(t, s.Close())

	raw := MustRaw(t, path)
	var trigger string
	must(t, raw.QueryRow("SELECT sql FROM sqlite_schema WHERE name = 'passes_changed'").Scan(&trigger))
	mustExec(t, raw, "DROP TRIGGER passes_changed")
	mustExec(t, raw, "UPDATE passes SET rowid = rowid + 1000")
	mustExec(t, raw, trigger)
	must(t, raw.Close())
	s = MustOpen(t, path, sqlite.Options{PageRows: 10})
	if read := wantPages(t, s); read.Pages != 0 || read.Rows != 100 {
		t.Errorf("%+v", read)
	}
	if n := mustKeep(t, s, true); n != 10 {
		t.Errorf("%d pages", n)
	}
}

// TestUnusableRow has a row that nobody can read below a page: the page is written without it, and who reads learns of it.
func TestUnusableRow(t *testing.T) {
	path := filepath.Join(t.TempDir(), "site.db")
	s := MustOpen(t, path, sqlite.Options{})
	_, err := s.CommitPasses(t.Context(), []menshen.Pass{storetest.Pass("east-1", 1, "p-1"), storetest.Pass("east-1", 2, "p-1")})
	must(t, err)
	raw := MustRaw(t, path)
	mustExec(t, raw, "UPDATE passes SET direction = 'up' WHERE sequence = 2")
	if n := mustKeep(t, s, true); n != 1 {
		t.Errorf("%d pages", n)
	}
	_, err = s.ReadPasses(t.Context(), time.Time{}, &storetest.PassList{})
	wantFault(t, err, menshen.CodeCorrupt)
	mustExec(t, raw, "UPDATE passes SET direction = 'in' WHERE sequence = 2")
	wantPages(t, s)
}

// TestPagesWhileWorking writes and reads pages while passes come, change and go.
func TestPagesWhileWorking(t *testing.T) {
	path := filepath.Join(t.TempDir(), "site.db")
	s := MustOpen(t, path, sqlite.Options{PageRows: 30})
	done := make(chan struct{})
	var wg sync.WaitGroup
	work := func(f func()) {
		wg.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
					f()
				}
			}
		})
	}
	work(func() {
		if _, err := s.KeepPages(t.Context(), true); err != nil {
			t.Error(err)
		}
	})
	work(func() {
		list := &storetest.PassList{}
		if _, err := s.ReadPasses(t.Context(), time.Time{}, list); err != nil {
			t.Error(err)
		}
	})
	rng := rand.New(rand.NewPCG(2, 2))
	raw := MustRaw(t, path)
	mustExec(t, raw, "PRAGMA busy_timeout = 5000")
	n := uint64(0)
	for i := range 60 {
		var passes []menshen.Pass
		for range 20 {
			n++
			passes = append(passes, randomPass(rng, n))
		}
		_, err := s.CommitPasses(t.Context(), passes)
		must(t, err)
		if i%4 == 3 {
			mustExec(t, raw, "DELETE FROM passes WHERE sequence = ?", 1+rng.IntN(int(n)))
			mustExec(t, raw, "UPDATE passes SET person = 'p-9' WHERE sequence = ?", 1+rng.IntN(int(n)))
		}
	}
	close(done)
	wg.Wait()
	wantPages(t, s)
}

// TestPageConfidence shows that a confidence from a page has the grade of the one that was written.
func TestPageConfidence(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	for i := range 10_000 {
		c := rng.Float64()
		if i <= 64 {
			c = float64(i) / 64
		}
		a, b := tracing.Grade(&menshen.Pass{Confidence: c}), tracing.Grade(&menshen.Pass{Confidence: sqlite.PageConfidence(c)})
		if a != b {
			t.Fatalf("%v has grade %d, from a page %d", c, a, b)
		}
	}
}

func TestPutPages(t *testing.T) {
	s := MustOpen(t, filepath.Join(t.TempDir(), "site.db"), sqlite.Options{})
	p := store.PassPage{
		Base: 178_000_000_000, At: []uint32{0, 7}, Person: []uint32{1, 2}, Gate: []uint32{1, 1}, Sequence: []uint64{1, 2}, Manner: []uint16{0, 0},
		Manners: []menshen.Pass{{Site: "yard", Direction: menshen.DirectionIn, Means: menshen.MeansFace, Decision: menshen.Decision{Outcome: menshen.OutcomeAllow}}},
	}
	must(t, s.PutPages(t.Context(), []string{"", "p-1", "p-2"}, []string{"", "east-1"}, slices.Values([]store.PassPage{p, p})))
	list := &storetest.PassList{}
	read, err := s.ReadPasses(t.Context(), time.UnixMilli(178_000_000_007*10), list)
	must(t, err)
	if read.Pages != 2 || read.Paged != 4 {
		t.Errorf("%+v", read)
	}
}
