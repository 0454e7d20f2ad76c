package web_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
	"menshen/proto/menshen/v1/menshenv1connect"
	"menshen/web"
)

// packQuestions has a valid call of every procedure about what is handed to people.
var packQuestions = map[string]func(s *served) error{
	menshenv1connect.RegistryServicePackPersonProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.PackPersonRequest]) (*connect.Response[menshenv1.PackPersonResponse], error) {
		return s.client.Registry.PackPerson
	}, &menshenv1.PackPersonRequest{Person: "p-1", AskedBy: "王芳"}),
	menshenv1connect.RegistryServiceRequestPackProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.RequestPackRequest]) (*connect.Response[menshenv1.RequestPackResponse], error) {
		return s.client.Registry.RequestPack
	}, &menshenv1.RequestPackRequest{Person: "p-1", AskedBy: "王芳"}),
	menshenv1connect.RegistryServiceDecidePackProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.DecidePackRequest]) (*connect.Response[menshenv1.DecidePackResponse], error) {
		return s.client.Registry.DecidePack
	}, &menshenv1.DecidePackRequest{Request: "pack-1", Approve: true, Why: "x"}),
	menshenv1connect.RegistryServiceListPacksProcedure: call(func(s *served) func(context.Context, *connect.Request[menshenv1.ListPacksRequest]) (*connect.Response[menshenv1.ListPacksResponse], error) {
		return s.client.Registry.ListPacks
	}, &menshenv1.ListPacksRequest{Person: "p-1"}),
}

func TestPersonIsPackedForWhoeverAsked(t *testing.T) {
	h := newHouse()
	s := MustServe(t, h, web.Config{})
	_, err := s.client.Registry.PackPerson(t.Context(), connect.NewRequest(&menshenv1.PackPersonRequest{Person: "p-1"}))
	wantError(t, err, menshen.CodeInvalid, "asked_by")
	res, err := s.client.Registry.PackPerson(t.Context(), connect.NewRequest(&menshenv1.PackPersonRequest{Person: "p-1", AskedBy: "本人"}))
	if err != nil || res.Msg.Name != "p-1.zip" || strings.Join(h.events, " ") != "audit pack p-1 本人" {
		t.Fatalf("%v, %v, %v", res, err, h.events)
	}
	if a := h.audits[0]; a.Action != "person.pack" || a.Subject != "p-1" || a.Purpose != "本人" {
		t.Errorf("audit %+v", a)
	}
}

// TestPackIsAskedForAndDecided: each step is in the audit log first, by ids and without what people wrote.
func TestPackIsAskedForAndDecided(t *testing.T) {
	h := newHouse()
	s := MustServe(t, h, web.Config{})
	registry, ctx := s.client.Registry, t.Context()
	const words = "本人，已核对身份证"
	_, err := registry.RequestPack(ctx, connect.NewRequest(&menshenv1.RequestPackRequest{Person: "p-1"}))
	wantError(t, err, menshen.CodeInvalid, "asked_by")
	_, err = registry.DecidePack(ctx, connect.NewRequest(&menshenv1.DecidePackRequest{Request: "pack-1", Approve: true}))
	wantError(t, err, menshen.CodeInvalid, "why")
	if len(h.events) != 0 {
		t.Errorf("wrong questions: %v", h.events)
	}
	asked, err := registry.RequestPack(ctx, connect.NewRequest(&menshenv1.RequestPackRequest{Person: "p-1", AskedBy: words}))
	if err != nil || asked.Msg.Request.Person.Name != "王芳" || asked.Msg.Request.State != "requested" || asked.Msg.Request.Fetches != menshen.PackFetches {
		t.Fatalf("%v, %v", asked, err)
	}
	if _, err = registry.DecidePack(ctx, connect.NewRequest(&menshenv1.DecidePackRequest{Request: "pack-1", Approve: true, Why: words})); err != nil {
		t.Fatal(err)
	}
	if _, err = registry.PackPerson(ctx, connect.NewRequest(&menshenv1.PackPersonRequest{Person: "p-1", Request: "pack-1"})); err != nil {
		t.Fatal(err)
	}
	_, err = registry.DecidePack(ctx, connect.NewRequest(&menshenv1.DecidePackRequest{Request: "nothing", Approve: true, Why: words}))
	wantError(t, err, menshen.CodeNotFound, "nothing")
	const want = "audit|request p-1 " + words + " operator@terminal|find|audit|decide pack-1 true " + words + " operator@terminal|audit|passes p-1 pack-1|audit"
	if got := strings.Join(h.events, "|"); got != want {
		t.Errorf("%s", got)
	}
	for i, action := range []string{"pack.request", "pack.decide", "person.pack", "pack.decide"} {
		a := h.audits[i]
		if a.Action != action || i < 3 && a.Subject != "p-1" || strings.Contains(a.Purpose+a.Detail, "本人") {
			t.Errorf("audit %+v", a)
		}
	}
}

// TestSecondPersonOfAPack: whoever may decide, an approval shows a second person; nobody needs one to refuse.
func TestSecondPersonOfAPack(t *testing.T) {
	h := newHouse()
	s := MustServe(t, h, web.Config{})
	approver := s.MustSignIn(t, "approver", menshen.AccountApprover)
	both := s.MustSignIn(t, "both", menshen.AccountOffice, menshen.AccountApprover)
	after, before := now.Add(time.Hour), now.Add(-time.Hour)
	for name, x := range map[string]struct {
		cookie, by string // cookie "" is the operator's token
		requested  time.Time
		approve    bool
		refused    string
	}{
		"an approver":                   {approver, "account@desk", after, true, ""},
		"who is of the office too":      {both, "account@desk", after, true, ""},
		"one who was made later":        {approver, "account@desk", before, true, "after the request"},
		"one who was made later, to no": {approver, "account@desk", before, false, ""},
		"the operator":                  {"", "account@desk", after, true, ""},
		"the operator of their own":     {"", "operator@terminal", after, true, "operator"},
		"the operator of another":       {"", "operator@desk", after, true, "operator"},
		"an approver for the operator":  {approver, "operator@terminal", after, true, ""},
	} {
		h.events = nil
		h.alterPack = func(r *menshen.PackRequest) { r.RequestedBy, r.Requested = x.by, x.requested }
		body := `{"request":"pack-1","why":"x","approve":` + map[bool]string{true: "true", false: "false"}[x.approve] + `}`
		var state int
		var text string
		if x.cookie != "" {
			state, text, _ = s.ask(t, x.cookie, "RegistryService/DecidePack", body)
		} else {
			_, err := s.client.Registry.DecidePack(t.Context(), connect.NewRequest(&menshenv1.DecidePackRequest{Request: "pack-1", Why: "x", Approve: x.approve}))
			if state = 200; err != nil {
				state, text = 403, err.Error()
			}
		}
		decided := strings.Contains(strings.Join(h.events, " "), "decide pack-1")
		if decided != (x.refused == "") || (state == 200) != decided || !strings.Contains(text, x.refused) {
			t.Errorf("%s: %d %s after %v", name, state, text, h.events)
		}
	}
}
