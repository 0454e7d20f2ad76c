package web_test

import (
	"slices"
	"testing"

	"connectrpc.com/connect"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
	"menshen/web"
)

func TestTemplates(t *testing.T) {
	h := newHouse()
	c := MustServe(t, h, web.Config{}).client
	res, err := c.Templates.GetTemplates(t.Context(), connect.NewRequest(&menshenv1.GetTemplatesRequest{}))
	if err != nil {
		t.Fatal(err)
	}
	if e, u := res.Msg.GetEngines(), res.Msg.GetUntemplated(); len(e) != 1 || e[0].GetTemplates() != 3 || !e[0].GetInUse() ||
		len(u) != 2 || u[0].GetPerson() != "p-1" || u[0].GetPhotographs() != 2 || u[1].GetName() != "李强" {
		t.Errorf("%v", res.Msg)
	}
	if !slices.Equal(h.events, []string{"audit", "engines", "untemplated"}) {
		t.Errorf("in the order %v", h.events)
	}
}

// TestRenew: each person is in the audit log before their photographs are looked at, and the answer says how far it is.
func TestRenew(t *testing.T) {
	h := newHouse()
	c := MustServe(t, h, web.Config{}).client
	stream, err := c.Templates.Renew(t.Context(), connect.NewRequest(&menshenv1.RenewRequest{}))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stream.Close() }()
	var got []*menshenv1.RenewResponse
	for stream.Receive() {
		m := stream.Msg()
		got = append(got, &menshenv1.RenewResponse{Done: m.GetDone(), Total: m.GetTotal(), Person: m.GetPerson(), Templates: m.GetTemplates(), Refused: m.GetRefused()})
	}
	if err := stream.Err(); err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0].GetTemplates() != 1 || got[0].GetRefused()[0].GetCode() != "blurred" || got[1].GetDone() != 2 || got[1].GetTotal() != 2 || got[1].GetTemplates() != 0 {
		t.Errorf("%v", got)
	}
	if want := []string{"audit", "untemplated", "audit", "renew", "audit", "renew"}; !slices.Equal(h.events, want) {
		t.Errorf("in the order %v", h.events)
	}
	if a := h.audits; a[1].Action != "person.renew" || a[1].Subject != "p-1" {
		t.Errorf("%+v", a)
	}
}

func TestForget(t *testing.T) {
	h := newHouse()
	c := MustServe(t, h, web.Config{}).client
	res, err := c.Templates.Forget(t.Context(), connect.NewRequest(&menshenv1.ForgetRequest{Person: "p-1"}))
	if err != nil || res.Msg.GetTemplates() != 2 || !slices.Equal(h.events, []string{"audit", "forget p-1"}) {
		t.Errorf("%v, %v, %v", res, err, h.events)
	}
	h.events = nil
	res, err = c.Templates.Forget(t.Context(), connect.NewRequest(&menshenv1.ForgetRequest{Photographs: true}))
	if err != nil || res.Msg.GetPhotographs() != 5 || !slices.Equal(h.events, []string{"audit", "forget photographs "}) {
		t.Errorf("%v, %v, %v", res, err, h.events)
	}
	h.auditErr = menshen.Errorf(menshen.CodeExhausted, "test", "full")
	if _, err := c.Templates.Forget(t.Context(), connect.NewRequest(&menshenv1.ForgetRequest{})); err == nil || slices.Contains(h.events, "forget ") {
		t.Errorf("without an audit entry: %v, %v", err, h.events)
	}
}
