package office_test

import (
	"sync"
	"testing"

	"menshen"
	"menshen/store"
)

// TestNoPassesWithoutASecondPerson: an approval gives the passes of its person for its time, so many times, and nothing else gives them.
func TestNoPassesWithoutASecondPerson(t *testing.T) {
	h := MustHouse(t)
	ctx := t.Context()
	wang, li := h.MustPerson(t, "王芳", "3-2-14-1402", nil), h.MustPerson(t, "李强", "3-2-14-1403", nil)
	const asker, second = "account@office", "account@approver"
	take := func(id string) error {
		_, err := h.TakePack(ctx, id, wang.ID)
		return err
	}
	request := func() menshen.PackRequest {
		t.Helper()
		r, err := h.RequestPack(ctx, wang.ID, "本人，已核对身份证", asker)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	decide := func(id, by string, approve bool) error {
		_, err := h.DecidePack(ctx, id, approve, "已核实", by)
		return err
	}
	_, err := h.RequestPack(ctx, wang.ID, "  ", asker)
	h.check(t, "nobody asked", err, menshen.CodeInvalid, "asked_by")
	_, err = h.RequestPack(ctx, "nobody", "本人", asker)
	h.check(t, "of nobody", err, menshen.CodeNotFound)

	r := request()
	h.check(t, "before the decision", take(r.ID), menshen.CodeDenied, "waits")
	h.check(t, "self-approval", decide(r.ID, asker, true), menshen.CodeDenied, "second person")
	h.check(t, "self-refusal", decide(r.ID, asker, false), menshen.CodeDenied, "second person")
	h.check(t, "after self-approval", take(r.ID), menshen.CodeDenied, "waits")
	_, err = h.RequestPack(ctx, wang.ID, "本人", asker)
	h.check(t, "twice", err, menshen.CodeConflict, asker)
	_, err = h.DecidePack(ctx, r.ID, true, " ", second)
	h.check(t, "without a reason", err, menshen.CodeInvalid, "why")

	h.clock.Set("2020-03-21 10:00") // 30 days
	h.check(t, "too late", decide(r.ID, second, true), menshen.CodeConflict, "too old")
	if err := decide(r.ID, second, false); err != nil {
		t.Error(err)
	}
	h.check(t, "after the refusal", take(r.ID), menshen.CodeDenied, "not approved")
	h.check(t, "decided twice", decide(r.ID, second, true), menshen.CodeConflict, second)

	r = request()
	if err := decide(r.ID, second, true); err != nil {
		t.Fatal(err)
	}
	_, err = h.TakePack(ctx, r.ID, li.ID)
	h.check(t, "of somebody else", err, menshen.CodeDenied, "somebody else")
	h.check(t, "by no request", take("nothing"), menshen.CodeNotFound)
	_, err = h.RequestPack(ctx, wang.ID, "本人", asker)
	h.check(t, "while it can be fetched", err, menshen.CodeConflict, r.ID)

	// Many at once do not get more than the approval gives.
	var wait sync.WaitGroup
	got := make(chan error, 20)
	for range cap(got) {
		wait.Go(func() { got <- take(r.ID) })
	}
	wait.Wait()
	close(got)
	fetched := 0
	for err := range got {
		if err == nil {
			fetched++
		}
	}
	if fetched != menshen.PackFetches {
		t.Errorf("fetched %d times", fetched)
	}
	h.check(t, "once more", take(r.ID), menshen.CodeDenied, "3 times")

	r = request() // what was used up can be asked for anew
	if err := decide(r.ID, second, true); err != nil {
		t.Fatal(err)
	}
	h.clock.Set("2020-03-28 10:00") // 7 days
	h.check(t, "after its time", take(r.ID), menshen.CodeDenied, "expired at 2020-03-28 10:00")

	views, err := h.PackRequests(ctx, store.PackFilter{Person: wang.ID})
	if err != nil || len(views) != 3 || views[0].Name != "王芳" || views[0].Dwelling.Room != "1402" || !views[0].Expired || views[0].AskedBy == "" {
		t.Errorf("%+v, %v", views, err)
	}
	if err := h.store.RemovePerson(ctx, wang.ID); err != nil {
		t.Fatal(err)
	}
	if views, err = h.PackRequests(ctx, store.PackFilter{}); err != nil || len(views) != 0 {
		t.Errorf("after the erasure: %+v, %v", views, err)
	}
	_, err = h.RequestPack(ctx, wang.ID, "本人", asker)
	h.check(t, "of somebody erased", err, menshen.CodeConflict, "erased")
}
