package storetest

import (
	"context"
	"math"
	"slices"
	"sync"
	"testing"

	"menshen"
)

// RunOutbox checks an outbox. place gives a new, empty place, and each call of what it returns opens the outbox in that
// place again after the one before was closed. The suite closes what it opens.
func RunOutbox(t *testing.T, place func(testing.TB) func(testing.TB) Outbox) {
	for _, c := range []struct {
		name string
		test func(*testing.T, func(testing.TB) Outbox)
	}{
		{"AppendRoundTrip", appendRoundTrip},
		{"AppendRefuses", appendRefuses},
		{"AppendMany", appendMany},
		{"AppendCancelled", appendCancelled},
		{"AppendConcurrently", appendConcurrently},
		{"NumbersAreNeverUsedAgain", numbersAreNeverUsedAgain},
		{"CursorsAreNeverUsedAgain", cursorsAreNeverUsedAgain},
		{"PendingInPortions", pendingInPortions},
		{"Remove", remove},
		{"RemoveMany", removeMany},
		{"Import", importInPortions},
		{"Advance", advance},
		{"Changed", changed},
		{"CloseDrains", closeDrains},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, place(t)) })
	}
}

// MustAppend appends one pass and fails the test on an error.
func MustAppend(tb testing.TB, o Outbox, p menshen.Pass) menshen.Pass {
	tb.Helper()
	kept, err := o.Append(context.Background(), p)
	must(tb, err)
	return kept
}

// MustPending gives all passes that wait.
func MustPending(tb testing.TB, o Outbox) []menshen.Pass {
	tb.Helper()
	passes, _, err := o.Pending(context.Background(), 0, math.MaxInt32)
	must(tb, err)
	return passes
}

func appendRoundTrip(t *testing.T, open func(testing.TB) Outbox) {
	o := open(t)
	var want []menshen.Pass
	for _, c := range []struct {
		gate   string
		n      uint64
		person string
	}{{"east-1", 1, "p-1"}, {"east-1", 2, ""}, {"west-1", 1, "p-1"}, {"east-1", 3, "p-2"}} {
		kept := MustAppend(t, o, Unnumbered(c.gate, c.n, c.person))
		wantEqual(t, kept, Pass(c.gate, c.n, c.person))
		want = append(want, kept)
	}
	wantEqual(t, MustPending(t, o), want)
	must(t, o.Close())

	o = open(t)
	wantEqual(t, MustPending(t, o), want)
	n, err := o.Len(t.Context())
	must(t, err)
	wantEqual(t, n, 4)
	must(t, o.Close())
}

func appendRefuses(t *testing.T, open func(testing.TB) Outbox) {
	ctx := t.Context()
	o := open(t)
	bad := Unnumbered("east-1", 1, "p-1")
	bad.Direction = "up"
	nan := Unnumbered("east-1", 1, "p-1")
	nan.Match.Candidates[0].Distance = math.Inf(1)
	for _, p := range []menshen.Pass{bad, nan, Pass("east-1", 1, "p-1"), Unnumbered("East", 1, "p-1")} {
		_, err := o.Append(ctx, p)
		wantCode(t, err, menshen.CodeInvalid)
	}
	// In company, only the bad one is refused, and the numbers have no gap.
	const many = 200
	var wg sync.WaitGroup
	for range many {
		wg.Go(func() {
			if _, err := o.Append(ctx, bad); menshen.ErrorCode(err) != menshen.CodeInvalid {
				t.Errorf("a bad pass: %v", err)
			}
		})
		wg.Go(func() {
			if _, err := o.Append(ctx, Unnumbered("east-1", 1, "p-1")); err != nil {
				t.Errorf("a good pass beside bad ones: %v", err)
			}
		})
	}
	wg.Wait()
	wantSequences(t, MustPending(t, o), many)
	must(t, o.Close())
}

func appendMany(t *testing.T, open func(testing.TB) Outbox) {
	ctx := t.Context()
	o := open(t)
	const many = 5000
	passes := make([]menshen.Pass, many)
	for i := range passes {
		passes[i] = Unnumbered("east-1", uint64(i+1), "p-1")
	}
	kept, err := o.AppendMany(ctx, passes)
	must(t, err)
	wantEqual(t, passes[0].ID.Sequence, uint64(0)) // what was given is not changed
	for i, p := range kept {
		wantEqual(t, p, Pass("east-1", uint64(i+1), "p-1"))
	}
	wantEqual(t, MustPending(t, o), kept)

	passes[many-1].Site = "?"
	kept, err = o.AppendMany(ctx, passes)
	wantCode(t, err, menshen.CodeInvalid)
	wantEqual(t, len(kept), 0)
	kept, err = o.AppendMany(ctx, nil)
	must(t, err)
	wantEqual(t, len(kept), 0)
	n, err := o.Len(ctx)
	must(t, err)
	wantEqual(t, n, many)
	must(t, o.Close())
}

// appendCancelled gives up many appends at once: each was kept and acknowledged, or neither.
func appendCancelled(t *testing.T, open func(testing.TB) Outbox) {
	o := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	var mu sync.Mutex
	var kept []uint64
	var wg sync.WaitGroup
	for range 200 {
		wg.Go(func() {
			p, err := o.Append(ctx, Unnumbered("east-1", 1, "p-1"))
			if err != nil {
				if menshen.ErrorCode(err) != menshen.CodeUnavailable {
					t.Error(err)
				}
				return
			}
			mu.Lock()
			defer mu.Unlock()
			if kept = append(kept, p.ID.Sequence); len(kept) == 1 {
				cancel()
			}
		})
	}
	wg.Wait()
	cancel()
	// Close drains, so that nothing can still be under way.
	must(t, o.Close())
	o = open(t)
	wantSequences(t, MustPending(t, o), len(kept))
	must(t, o.Close())
}

func appendConcurrently(t *testing.T, open func(testing.TB) Outbox) {
	ctx := t.Context()
	o := open(t)
	gates := []string{"east-1", "west-1", "north-1"}
	const workers, each = 8, 40
	var wg sync.WaitGroup
	for _, gate := range gates {
		for range workers {
			wg.Go(func() {
				var before uint64
				for range each {
					p, err := o.Append(ctx, Unnumbered(gate, 1, "p-1"))
					if err != nil || p.ID.Sequence <= before {
						t.Errorf("sequence %d after %d: %v", p.ID.Sequence, before, err)
						return
					}
					before = p.ID.Sequence
				}
			})
		}
	}
	wg.Wait()
	of := map[string][]menshen.Pass{}
	for _, p := range MustPending(t, o) {
		of[p.ID.Gate] = append(of[p.ID.Gate], p)
	}
	for _, gate := range gates {
		wantSequences(t, of[gate], workers*each)
	}
	must(t, o.Close())
}

// wantSequences checks that the sequences are 1 to n in that order.
func wantSequences(tb testing.TB, passes []menshen.Pass, n int) {
	tb.Helper()
	if len(passes) != n {
		tb.Fatalf("%d passes, want %d", len(passes), n)
	}
	for i, p := range passes {
		if p.ID.Sequence != uint64(i+1) {
			tb.Fatalf("sequence %d at place %d", p.ID.Sequence, i+1)
		}
	}
}

func numbersAreNeverUsedAgain(t *testing.T, open func(testing.TB) Outbox) {
	ctx := t.Context()
	for n := uint64(1); n <= 5; n++ {
		o := open(t)
		p := MustAppend(t, o, Unnumbered("east-1", n, ""))
		wantEqual(t, p.ID.Sequence, n)
		must(t, o.Remove(ctx, "east-1", []uint64{n}))
		left, err := o.Len(ctx)
		must(t, err)
		wantEqual(t, left, 0)
		must(t, o.Close())
	}
}

// cursorsAreNeverUsedAgain empties the outbox in between: who reads on after the old cursor must see the new pass.
func cursorsAreNeverUsedAgain(t *testing.T, open func(testing.TB) Outbox) {
	ctx := t.Context()
	o := open(t)
	MustAppend(t, o, Unnumbered("east-1", 1, ""))
	MustAppend(t, o, Unnumbered("east-1", 2, ""))
	_, cursor, err := o.Pending(ctx, 0, 10)
	must(t, err)
	must(t, o.Remove(ctx, "east-1", []uint64{1, 2}))
	must(t, o.Close())
	o = open(t)
	third := MustAppend(t, o, Unnumbered("east-1", 3, ""))
	passes, next, err := o.Pending(ctx, cursor, 10)
	must(t, err)
	wantEqual(t, passes, []menshen.Pass{third})
	if next <= cursor {
		t.Errorf("cursor %d after %d", next, cursor)
	}
	must(t, o.Close())
}

func pendingInPortions(t *testing.T, open func(testing.TB) Outbox) {
	ctx := t.Context()
	o := open(t)
	passes, next, err := o.Pending(ctx, 0, 10)
	must(t, err)
	wantEqual(t, len(passes), 0)
	wantEqual(t, next, int64(0))
	var want, got []menshen.Pass
	for n := range uint64(25) {
		want = append(want, MustAppend(t, o, Unnumbered([]string{"east-1", "west-1"}[n%2], n/2+1, "")))
	}
	var cursor int64
	for {
		passes, next, err := o.Pending(ctx, cursor, 10)
		must(t, err)
		if len(passes) == 0 {
			wantEqual(t, next, cursor)
			break
		}
		got = append(got, passes...)
		cursor = next
	}
	wantEqual(t, got, want)
	passes, next, err = o.Pending(ctx, 7, 0)
	must(t, err)
	wantEqual(t, len(passes), 0)
	wantEqual(t, next, int64(7))
	must(t, o.Close())
}

func remove(t *testing.T, open func(testing.TB) Outbox) {
	ctx := t.Context()
	o := open(t)
	for n := range uint64(10) {
		MustAppend(t, o, Unnumbered("east-1", n+1, ""))
		MustAppend(t, o, Unnumbered("west-1", n+1, ""))
	}
	must(t, o.Remove(ctx, "east-1", []uint64{9, 1, 2, 2, 77, 0, math.MaxUint64}))
	must(t, o.Remove(ctx, "north-1", []uint64{3}))
	must(t, o.Remove(ctx, "west-1", nil))
	var east []uint64
	for _, p := range MustPending(t, o) {
		if p.ID.Gate == "east-1" {
			east = append(east, p.ID.Sequence)
		}
	}
	wantEqual(t, east, []uint64{3, 4, 5, 6, 7, 8, 10})
	n, err := o.Len(ctx)
	must(t, err)
	wantEqual(t, n, 17)
	must(t, o.Close())
}

func advance(t *testing.T, open func(testing.TB) Outbox) {
	ctx := t.Context()
	o := open(t)
	MustAppend(t, o, Unnumbered("east-1", 1, ""))
	must(t, o.Advance(ctx, map[string]uint64{"east-1": 41, "west-1": 7, "north-1": 0}))
	must(t, o.Advance(ctx, map[string]uint64{"east-1": 3}))
	must(t, o.Advance(ctx, nil))
	wantCode(t, o.Advance(ctx, map[string]uint64{"east-1": 50, "East": 1}), menshen.CodeInvalid)
	wantCode(t, o.Advance(ctx, map[string]uint64{"east-1": math.MaxUint64}), menshen.CodeInvalid)
	must(t, o.Close())
	o = open(t)
	for gate, want := range map[string]uint64{"east-1": 42, "west-1": 8, "north-1": 1} {
		wantEqual(t, MustAppend(t, o, Unnumbered(gate, 1, "")).ID.Sequence, want)
	}
	must(t, o.Close())
}

func changed(t *testing.T, open func(testing.TB) Outbox) {
	ready := func(o Outbox) bool {
		select {
		case <-o.Changed():
			return true
		default:
			return false
		}
	}
	o := open(t)
	wantEqual(t, ready(o), false)
	MustAppend(t, o, Unnumbered("east-1", 1, ""))
	MustAppend(t, o, Unnumbered("east-1", 2, ""))
	wantEqual(t, ready(o), true)
	wantEqual(t, ready(o), false)
	must(t, o.Remove(t.Context(), "east-1", []uint64{1}))
	wantEqual(t, ready(o), false)
	must(t, o.Close())
	o = open(t)
	wantEqual(t, ready(o), true) // one waits from before
	must(t, o.Close())
}

// closeDrains closes while many append: whoever got a number finds the pass again, everybody else got an error.
func closeDrains(t *testing.T, open func(testing.TB) Outbox) {
	o := open(t)
	var mu sync.Mutex
	var kept []uint64
	begun := make(chan struct{})
	var once sync.Once
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for {
				p, err := o.Append(context.Background(), Unnumbered("east-1", 1, ""))
				if err != nil {
					if menshen.ErrorCode(err) != menshen.CodeUnavailable {
						t.Error(err)
					}
					return
				}
				mu.Lock()
				kept = append(kept, p.ID.Sequence)
				mu.Unlock()
				once.Do(func() { close(begun) })
			}
		})
	}
	<-begun
	must(t, o.Close())
	wg.Wait()
	must(t, o.Close())
	o = open(t)
	slices.Sort(kept)
	passes := MustPending(t, o)
	wantSequences(t, passes, len(kept))
	for i, p := range passes {
		wantEqual(t, p.ID.Sequence, kept[i])
	}
	must(t, o.Close())
}

func removeMany(t *testing.T, open func(testing.TB) Outbox) {
	ctx := t.Context()
	o := open(t)
	for n := range uint64(3) {
		MustAppend(t, o, Unnumbered("east-1", n+1, ""))
		MustAppend(t, o, Unnumbered("west-1", n+1, ""))
	}
	must(t, o.RemoveMany(ctx, nil))
	must(t, o.RemoveMany(ctx, map[string][]uint64{"east-1": {1, 3, 9}, "west-1": {2}, "north-1": nil}))
	var left []string
	for _, p := range MustPending(t, o) {
		left = append(left, p.ID.String())
	}
	wantEqual(t, left, []string{"west-1:1", "east-1:2", "west-1:3"})
}

// importInPortions takes passes in beside those that wait, and opens the place anew half way: none is lost, none comes twice, and
// numbers go on where those of the gate are.
func importInPortions(t *testing.T, open func(testing.TB) Outbox) {
	ctx := t.Context()
	o := open(t)
	MustAppend(t, o, Unnumbered("east-1", 1, "p-1"))
	portion := func(first uint64) (passes []menshen.Pass) {
		for n := first; n < first+3; n++ {
			passes = append(passes, Unnumbered("east-1", n, "p-1"), Unnumbered("west-1", n, "p-2"))
		}
		return passes
	}
	names := func(passes []menshen.Pass, err error) (ids []string) {
		t.Helper()
		must(t, err)
		for _, p := range passes {
			ids = append(ids, p.ID.String())
		}
		return ids
	}
	first, err := o.Import(ctx, portion(2), 0)
	wantEqual(t, names(first, err), []string{"east-1:2", "west-1:1", "east-1:3", "west-1:2", "east-1:4", "west-1:3"})
	second, err := o.Import(ctx, portion(5), len(first))
	wantEqual(t, names(second, err), []string{"east-1:5", "west-1:4", "east-1:6", "west-1:5", "east-1:7", "west-1:6"})
	left, err := o.Imports(ctx)
	must(t, err)
	wantEqual(t, left, second)
	wantEqual(t, names(MustPending(t, o), nil), []string{"east-1:1"})

	bad := portion(8)
	bad[4].Direction = "sideways"
	_, err = o.Import(ctx, bad, len(second))
	wantCode(t, err, menshen.CodeInvalid)
	must(t, o.Close())
	_, err = o.Import(ctx, portion(8), 0)
	wantCode(t, err, menshen.CodeUnavailable)

	o = open(t)
	left, err = o.Imports(ctx)
	must(t, err)
	wantEqual(t, left, second)
	wantEqual(t, MustAppend(t, o, Unnumbered("west-1", 7, "")).ID.String(), "west-1:7")
	_, err = o.Import(ctx, nil, len(second))
	must(t, err)
	left, err = o.Imports(ctx)
	must(t, err)
	wantEqual(t, len(left), 0)
	wantEqual(t, len(MustPending(t, o)), 2)
}
