package casebook_test

import (
	"context"
	"sync"
	"testing"

	"menshen"
	"menshen/tracing"
	"menshen/tracing/casebook"
)

// leaving is an engine whose caller goes away while it answers, so that the write that follows is cut off.
type leaving struct {
	casebook.Engine
	leave context.CancelFunc
}

func (l *leaving) Case(ctx context.Context, q tracing.CaseQuestion) (tracing.CaseAnswer, error) {
	a, err := l.Engine.Case(ctx, q)
	l.leave()
	return a, err
}

// TestCutOff: who goes away in the middle of a change leaves nothing of it.
func TestCutOff(t *testing.T) {
	w := MustWorld(t)
	c := w.MustOpenCase(t)
	before, err := w.History(t.Context(), c.ID, "")
	must(t, err)
	ctx, leave := context.WithCancel(t.Context())
	w.open(t, &leaving{Engine: w.tracer, leave: leave})
	if _, err := w.SetPolicy(ctx, c.ID, menshen.PolicyRef{ID: "nhc-8"}, by("li")); err == nil {
		t.Error("nothing was said")
	}
	now, err := w.Case(t.Context(), c.ID)
	must(t, err)
	after, err := w.History(t.Context(), c.ID, "")
	must(t, err)
	if now.Revision != c.Revision || now.Policy != c.Policy || len(after) != len(before) {
		t.Errorf("%+v, %d changes more", now, len(after)-len(before))
	}
	wantNames(t, w.MustContacts(t, c), "王", "赵")
	w.replay(t, c.ID)
}

// TestManyEditors: many people work on one case at once. Each change is there once, with its entry, or was refused.
func TestManyEditors(t *testing.T) {
	w := MustWorld(t)
	c := w.MustOpenCase(t)
	_, contacts := w.MustJudge(t, c)
	x := contacts["李"]
	var wg sync.WaitGroup
	var mu sync.Mutex
	done := map[string]int{}
	try := func(what string, f func() error) {
		wg.Go(func() {
			switch err := f(); menshen.ErrorCode(err) {
			case "":
				mu.Lock()
				done[what]++
				mu.Unlock()
			case menshen.CodeConflict, menshen.CodeInvalid:
			default:
				t.Errorf("%s: %v", what, err)
			}
		})
	}
	for range 6 {
		stale := by("li")
		stale.Revision = x.Revision
		try("stale", func() error { return second(w.SetNote(t.Context(), x.ID, "独居", stale)) })
		try("status", func() error {
			return second(w.SetStatus(t.Context(), x.ID, casebook.StatusChange{Status: menshen.ContactNotified}, by("wu")))
		})
		try("follow-up", func() error {
			return second(w.RecordFollowUp(t.Context(), x.ID, casebook.FollowUpEntry{Celsius: 36.5, Reached: true}, casebook.Act{By: "zhao"}))
		})
		try("interview", func() error {
			return second(w.AddContact(t.Context(), c.ID, casebook.NewContact{Person: "钱"}, by("wu")))
		})
		try("judge", func() error { return second(w.Judge(t.Context(), c.ID, by("li"))) })
	}
	wg.Wait()
	if done["stale"] > 1 || done["status"] != 1 || done["follow-up"] != 1 || done["interview"] != 1 || done["judge"] != 6 {
		t.Errorf("%v", done)
	}
	w.replay(t, c.ID)
}
