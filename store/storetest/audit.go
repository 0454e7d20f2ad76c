package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"menshen"
	"menshen/store"
)

func audit(t *testing.T, s Store) {
	ctx := t.Context()
	entry := func(n int, actor, action, subject string) menshen.AuditEntry {
		return menshen.AuditEntry{
			At: start().Add(time.Duration(n)), Actor: actor, Action: action, Subject: subject, Purpose: "流调 “1”", Detail: `{"n":1}`,
		}
	}
	// The second is earlier by its clock, but was appended later.
	a, b, c := entry(5, "wang", "trace.contacts", "p-1"), entry(1, "li", "trace.contacts", "p-2"), entry(9, "wang", "people.remove", "p-1")
	for _, e := range []menshen.AuditEntry{a, b, c} {
		must(t, s.Audit(ctx, e))
	}
	for name, x := range map[string]struct {
		filter store.AuditFilter
		want   []menshen.AuditEntry
	}{
		"all":     {store.AuditFilter{}, []menshen.AuditEntry{a, b, c}},
		"actor":   {store.AuditFilter{Actor: "wang"}, []menshen.AuditEntry{a, c}},
		"action":  {store.AuditFilter{Action: "trace.contacts"}, []menshen.AuditEntry{a, b}},
		"subject": {store.AuditFilter{Subject: "p-2"}, []menshen.AuditEntry{b}},
		"span":    {store.AuditFilter{Span: menshen.Span{From: b.At, To: c.At}}, []menshen.AuditEntry{a, b}},
		"latest":  {store.AuditFilter{Latest: 2}, []menshen.AuditEntry{b, c}},
		"joined":  {store.AuditFilter{Actor: "wang", Subject: "p-1", Latest: 1}, []menshen.AuditEntry{c}},
		"none":    {store.AuditFilter{Actor: "x"}, nil},
	} {
		t.Run(name, func(t *testing.T) { wantEqual(t, MustCollect(t, s.AuditEntries(ctx, x.filter)), x.want) })
	}
	for _, bad := range []menshen.AuditEntry{entry(1, "", "x", ""), entry(1, "x", "", ""), {Actor: "x", Action: "y"}, entry(1, "x", "y", "\xff")} {
		wantCode(t, s.Audit(ctx, bad), menshen.CodeInvalid)
	}
}

func cancelled(t *testing.T, s Store) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.CommitPasses(ctx, []menshen.Pass{Pass("east-1", 1, "")})
	wantCode(t, err, menshen.CodeUnavailable)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the cause is lost: %v", err)
	}
	for _, err := range s.People(ctx) {
		wantCode(t, err, menshen.CodeUnavailable)
	}
	n, err := s.PassCount(t.Context())
	must(t, err)
	wantEqual(t, n, 0)
}

// concurrent has several consumers commit overlapping passes while others read: each pass is fresh exactly once.
func concurrent(t *testing.T, s Store) {
	ctx := t.Context()
	const workers, many = 6, 60
	var wg sync.WaitGroup
	fresh := make([]int, workers)
	for w := range workers {
		wg.Go(func() {
			for n := uint64(1); n <= many; n += 2 {
				r, err := s.CommitPasses(ctx, []menshen.Pass{Pass("east-1", n, "p-1"), Pass("east-1", n+1, "p-1")})
				if err != nil {
					t.Error(err)
					return
				}
				fresh[w] += len(r.Fresh)
			}
		})
		wg.Go(func() {
			for i := range 10 {
				if err := s.AddPerson(ctx, samplePerson(fmt.Sprintf("p-%d-%d", w, i), "X", fmt.Sprintf("1-1-1-%d", i)), nil); err != nil {
					t.Error(err)
				}
				var last time.Time
				for p, err := range s.Passes(ctx, menshen.PassFilter{Person: "p-1"}) {
					if err != nil || p.Captured.Before(last) {
						t.Errorf("read %v after %v: %v", p.Captured, last, err)
					}
					last = p.Captured
				}
			}
		})
	}
	wg.Wait()
	sum := 0
	for _, n := range fresh {
		sum += n
	}
	wantEqual(t, sum, many)
	c, err := s.Counts(ctx)
	must(t, err)
	wantEqual(t, c, store.Counts{People: workers * 10, Active: workers * 10, Households: 10, Passes: many})
}

func closed(t *testing.T, s Store) {
	must(t, s.Close())
	_, err := s.PassCount(t.Context())
	wantCode(t, err, menshen.CodeUnavailable)
	wantCode(t, s.Audit(t.Context(), menshen.AuditEntry{At: start(), Actor: "x", Action: "y"}), menshen.CodeUnavailable)
	must(t, s.Close())
}
