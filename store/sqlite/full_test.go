package sqlite_test

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"menshen"
	"menshen/store/sqlite"
	"menshen/store/storetest"
)

// TestFull fills an outbox to its limit with many callers at once: what was acknowledged is there, numbers have no gap,
// and appending goes on by itself after passes have been taken out.
func TestFull(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "gate.db")
	opts := sqlite.Options{MaxBytes: 256 << 10}
	o := MustOpenOutbox(t, path, opts)
	var mu sync.Mutex
	kept := 0
	var wg sync.WaitGroup
	for range 32 {
		wg.Go(func() {
			for {
				_, err := o.Append(ctx, storetest.Unnumbered("east-1", 1, "p-1"))
				if err != nil {
					if menshen.ErrorCode(err) != menshen.CodeExhausted {
						t.Error(err)
					}
					return
				}
				mu.Lock()
				kept++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	// Where a batch did not fit, a single pass may.
	var err error
	for err == nil {
		if _, err = o.Append(ctx, storetest.Unnumbered("east-1", 1, "p-1")); err == nil {
			kept++
		}
	}
	wantFault(t, err, menshen.CodeExhausted)
	many := make([]menshen.Pass, 5000)
	for i := range many {
		many[i] = storetest.Unnumbered("east-1", 1, "p-1")
	}
	_, err = o.AppendMany(ctx, many)
	wantFault(t, err, menshen.CodeExhausted)
	if kept == 0 {
		t.Fatal("nothing was kept before the file was full")
	}

	passes := storetest.MustPending(t, o)
	if len(passes) != kept {
		t.Fatalf("%d passes are there, %d were acknowledged", len(passes), kept)
	}
	var first []uint64
	for i, p := range passes {
		if p.ID.Sequence != uint64(i+1) {
			t.Fatalf("sequence %d at place %d", p.ID.Sequence, i+1)
		}
		if i < kept/2 {
			first = append(first, p.ID.Sequence)
		}
	}
	must(t, o.Remove(ctx, "east-1", first))
	next := storetest.MustAppend(t, o, storetest.Unnumbered("east-1", 1, "p-1"))
	if next.ID.Sequence != uint64(kept+1) {
		t.Errorf("sequence %d after the full disk, want %d", next.ID.Sequence, kept+1)
	}
	must(t, o.Close())

	o = MustOpenOutbox(t, path, sqlite.Options{CheckLimit: -1})
	if n := len(storetest.MustPending(t, o)); n != kept-len(first)+1 {
		t.Errorf("%d passes after reopening, want %d", n, kept-len(first)+1)
	}
}

// TestReserve stops appending while there is still space for taking passes out.
func TestReserve(t *testing.T) {
	path := filepath.Join(t.TempDir(), "gate.db")
	o := MustOpenOutbox(t, path, sqlite.Options{})
	storetest.MustAppend(t, o, storetest.Unnumbered("east-1", 1, "p-1"))
	must(t, o.Close())
	o = MustOpenOutbox(t, path, sqlite.Options{Reserve: math.MaxInt64})
	_, err := o.Append(t.Context(), storetest.Unnumbered("east-1", 1, "p-1"))
	wantFault(t, err, menshen.CodeExhausted)
	must(t, o.Remove(t.Context(), "east-1", []uint64{1}))
	must(t, o.Close())
	o = MustOpenOutbox(t, path, sqlite.Options{Reserve: -1})
	if p := storetest.MustAppend(t, o, storetest.Unnumbered("east-1", 2, "p-1")); p.ID.Sequence != 2 {
		t.Errorf("sequence %d, want 2", p.ID.Sequence)
	}
}

// TestAppendManyFull gives back what was kept before the file was full.
func TestAppendManyFull(t *testing.T) {
	o := MustOpenOutbox(t, filepath.Join(t.TempDir(), "gate.db"), sqlite.Options{MaxBytes: 256 << 10, MaxBatch: 50})
	many := make([]menshen.Pass, 5000)
	for i := range many {
		many[i] = storetest.Unnumbered("east-1", 1, "p-1")
	}
	kept, err := o.AppendMany(t.Context(), many)
	wantFault(t, err, menshen.CodeExhausted)
	if len(kept) == 0 || len(kept)%50 != 0 {
		t.Errorf("%d were kept", len(kept))
	}
	if n := len(storetest.MustPending(t, o)); n != len(kept) {
		t.Errorf("%d are there, %d were acknowledged", n, len(kept))
	}
}

func TestSiteFull(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "site.db")
	s := MustOpen(t, path, sqlite.Options{MaxBytes: 440 << 10})
	var kept uint64
	var err error
	for err == nil {
		var batch []menshen.Pass
		for i := range uint64(20) {
			batch = append(batch, storetest.Pass("east-1", kept+i+1, "p-1"))
		}
		if _, err = s.CommitPasses(ctx, batch); err == nil {
			kept += 20
		}
	}
	wantFault(t, err, menshen.CodeExhausted)
	n, err := s.PassCount(ctx)
	must(t, err)
	if n != int(kept) {
		t.Errorf("%d passes, %d were acknowledged", n, kept)
	}
	must(t, s.Close())
	s = MustOpen(t, path, sqlite.Options{})
	r, err := s.CommitPasses(ctx, []menshen.Pass{storetest.Pass("east-1", 1, "p-1"), storetest.Pass("east-1", kept+1, "p-1")})
	must(t, err)
	if r.Known != 1 || len(r.Fresh) != 1 {
		t.Errorf("after there is space again: %+v", r)
	}
}

func TestLocked(t *testing.T) {
	ctx := t.Context()
	opts := sqlite.Options{BusyTimeout: 20 * time.Millisecond}
	path := filepath.Join(t.TempDir(), "gate.db")
	o := MustOpenOutbox(t, path, opts)
	other := MustRaw(t, path)
	mustExec(t, other, "BEGIN IMMEDIATE")
	wantFault(t, open(path, opts), menshen.CodeConflict)
	_, err := o.Append(ctx, storetest.Unnumbered("east-1", 1, "p-1"))
	wantFault(t, err, menshen.CodeConflict)
	wantFault(t, o.Remove(ctx, "east-1", []uint64{1}), menshen.CodeConflict)
	if n := len(storetest.MustPending(t, o)); n != 0 { // reading goes on
		t.Errorf("%d passes", n)
	}
	mustExec(t, other, "COMMIT")
	storetest.MustAppend(t, o, storetest.Unnumbered("east-1", 1, "p-1"))
}

// TestSiteAndOutbox carries passes from one to the other as the relay does, with a crash before the receipt.
func TestSiteAndOutbox(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	s := MustOpen(t, filepath.Join(dir, "site.db"), sqlite.Options{})
	o := MustOpenOutbox(t, filepath.Join(dir, "gate.db"), sqlite.Options{})
	for n := range uint64(30) {
		storetest.MustAppend(t, o, storetest.Unnumbered("east-1", n+1, fmt.Sprint("p-", n)))
	}
	first, _, err := o.Pending(ctx, 0, 20)
	must(t, err)
	_, err = s.CommitPasses(ctx, first)
	must(t, err)
	// No receipt came: all are sent again.
	all := storetest.MustPending(t, o)
	r, err := s.CommitPasses(ctx, all)
	must(t, err)
	if r.Known != 20 || len(r.Fresh) != 10 || len(r.Conflicts)+len(r.Refused) != 0 {
		t.Errorf("known %d, fresh %d, conflicts %v, refused %v", r.Known, len(r.Fresh), r.Conflicts, r.Refused)
	}
	var asked []uint64
	for _, p := range all {
		asked = append(asked, p.ID.Sequence)
	}
	done, err := s.Committed(ctx, "east-1", asked)
	must(t, err)
	must(t, o.Remove(ctx, "east-1", done))
	if left := storetest.MustPending(t, o); len(left) != 0 {
		t.Errorf("%d passes stay in the outbox", len(left))
	}
	// gate.db is lost: a new one must not give out the numbers again.
	fresh := MustOpenOutbox(t, filepath.Join(dir, "gate-new.db"), sqlite.Options{})
	last, err := s.LastSequences(ctx)
	must(t, err)
	must(t, fresh.Advance(ctx, last))
	if p := storetest.MustAppend(t, fresh, storetest.Unnumbered("east-1", 1, "")); p.ID.Sequence != 31 {
		t.Errorf("the new outbox begins at %d", p.ID.Sequence)
	}
}
