package storetest

import (
	"context"
	"iter"
	"testing"
	"time"

	"menshen"
	"menshen/store"
)

// PackRequests is the part of a site's database that has who asked for the passes of whom, for that person.
type PackRequests interface {
	AddPackRequest(ctx context.Context, r menshen.PackRequest) error
	ChangePackRequest(ctx context.Context, seen, next menshen.PackRequest) error
	PackRequest(ctx context.Context, id string) (menshen.PackRequest, error)
	PackRequests(ctx context.Context, f store.PackFilter) iter.Seq2[menshen.PackRequest, error]
}

func packRequests(t *testing.T, s Store) {
	ctx := t.Context()
	must(t, s.AddPerson(ctx, samplePerson("p-1", "王芳", ""), nil))
	must(t, s.AddPerson(ctx, samplePerson("p-2", "李强", ""), nil))
	request := func(id, person string) menshen.PackRequest {
		return menshen.PackRequest{
			ID: id, Person: person, AskedBy: "本人，已核对身份证", State: menshen.PackRequested,
			RequestedBy: "account@office", Requested: start(), Expires: start().Add(menshen.PackWaits),
		}
	}
	first, second, other := request("r-1", "p-1"), request("r-2", "p-1"), request("r-3", "p-2")
	for _, r := range []menshen.PackRequest{first, second, other} {
		must(t, s.AddPackRequest(ctx, r))
	}
	got, err := s.PackRequest(ctx, "r-1")
	must(t, err)
	wantEqual(t, got, first)
	_, err = s.PackRequest(ctx, "nothing")
	wantCode(t, err, menshen.CodeNotFound)
	wantCode(t, s.AddPackRequest(ctx, request("r-4", "nobody")), menshen.CodeNotFound)

	approved := first
	approved.State, approved.DecidedBy, approved.Decided, approved.Why = menshen.PackApproved, "account@approver", start().Add(time.Hour), "已核实"
	approved.Expires = approved.Decided.Add(menshen.PackLasts)
	must(t, s.ChangePackRequest(ctx, first, approved))
	wantCode(t, s.ChangePackRequest(ctx, first, approved), menshen.CodeConflict) // decided once
	fetched := approved
	fetched.Fetched++
	must(t, s.ChangePackRequest(ctx, approved, fetched))
	wantCode(t, s.ChangePackRequest(ctx, approved, fetched), menshen.CodeConflict) // counted once
	got, err = s.PackRequest(ctx, "r-1")
	must(t, err)
	wantEqual(t, got, fetched)

	// Whoever asked for it is not its second person, whatever a program says.
	own := second
	own.State, own.DecidedBy, own.Decided = menshen.PackApproved, second.RequestedBy, start()
	if err := s.ChangePackRequest(ctx, second, own); err == nil {
		t.Error("a request was kept as approved by whoever asked for it")
	}

	wantEqual(t, MustCollect(t, s.PackRequests(ctx, store.PackFilter{})), []menshen.PackRequest{other, second, fetched})
	wantEqual(t, MustCollect(t, s.PackRequests(ctx, store.PackFilter{Person: "p-1", Latest: 1})), []menshen.PackRequest{second})
	wantEqual(t, MustCollect(t, s.PackRequests(ctx, store.PackFilter{State: menshen.PackApproved})), []menshen.PackRequest{fetched})

	must(t, s.RemovePerson(ctx, "p-1"))
	wantEqual(t, MustCollect(t, s.PackRequests(ctx, store.PackFilter{})), []menshen.PackRequest{other})
}
