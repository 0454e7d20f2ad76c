package web_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
	"menshen/web"
)

// TestFindByPhotograph: the question is recorded before the photograph is looked at, and whom it named before they are told.
func TestFindByPhotograph(t *testing.T) {
	for name, c := range map[string]struct {
		asked, purpose string
		subject        string
	}{"within a case": {"朝疾控2026-12", "", "case-1"}, "while one is requested": {"", " 流调 ", ""}} {
		t.Run(name, func(t *testing.T) {
			s := MustServe(t, newHouse(), web.Config{})
			res, err := s.client.Cases.FindByPhotograph(t.Context(), connect.NewRequest(&menshenv1.FindByPhotographRequest{Photograph: []byte("jpeg"), Case: c.asked, Purpose: c.purpose}))
			if err != nil {
				t.Fatal(err)
			}
			people := res.Msg.People
			if len(people) != 2 || people[0].Likeness != "sure" || string(people[0].Photograph) != "kept" || people[1].Likeness != "maybe" || people[1].Photograph != nil || len(res.Msg.Doubts) != 1 {
				t.Errorf("%v", res.Msg)
			}
			if len(s.audits) != 2 || s.audits[0].Action != "case.photograph" || s.audits[1].Action != "case.photograph_named" {
				t.Fatalf("%+v", s.audits)
			}
			if s.audits[0].Purpose != strings.TrimSpace(c.purpose) {
				t.Errorf("for the purpose of %q", s.audits[0].Purpose)
			}
			for _, a := range s.audits {
				if a.Subject != c.subject {
					t.Errorf("of %q: %+v", c.subject, a)
				}
			}
			if !strings.Contains(s.audits[1].Detail, "p-1") || !strings.Contains(s.audits[1].Detail, "p-2") || strings.Contains(s.audits[1].Detail, "王芳") {
				t.Errorf("named: %s", s.audits[1].Detail)
			}
			if i := slices.Index(s.events, "photograph"); i < 0 || slices.Index(s.events, "audit") > i {
				t.Errorf("in the order %q", s.events)
			}
		})
	}
}

func TestFindByPhotographRefused(t *testing.T) {
	for name, c := range map[string]struct {
		photograph []byte
		alter      func(*menshen.Case)
		code       connect.Code
		requesting bool
	}{
		"nothing":        {nil, nil, connect.CodeInvalidArgument, false},
		"20 MB and more": {make([]byte, 20<<20+1), nil, connect.CodeInvalidArgument, false},
		"not approved":   {[]byte("jpeg"), func(c *menshen.Case) { c.State = menshen.CaseRequested }, connect.CodePermissionDenied, false},
		"refused":        {[]byte("jpeg"), func(c *menshen.Case) { c.State = menshen.CaseRefused }, connect.CodePermissionDenied, false},
		"expired":        {[]byte("jpeg"), func(c *menshen.Case) { c.Expires = now.Add(-time.Hour) }, connect.CodePermissionDenied, false},
		"for no purpose": {[]byte("jpeg"), nil, connect.CodeInvalidArgument, true},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse()
			h.alter = c.alter
			s := MustServe(t, h, web.Config{})
			asked := "case-1"
			if c.requesting {
				asked = ""
			}
			_, err := s.client.Cases.FindByPhotograph(t.Context(), connect.NewRequest(&menshenv1.FindByPhotographRequest{Photograph: c.photograph, Case: asked}))
			if connect.CodeOf(err) != c.code || slices.Contains(s.events, "photograph") {
				t.Errorf("%v, %q", err, s.events)
			}
		})
	}
	s := MustServe(t, newHouse(), web.Config{})
	s.auditErr = menshen.Errorf(menshen.CodeUnavailable, "test", "the disk is full")
	if _, err := s.client.Cases.FindByPhotograph(t.Context(), connect.NewRequest(&menshenv1.FindByPhotographRequest{Photograph: []byte("jpeg"), Purpose: "流调"})); err == nil || slices.Contains(s.events, "photograph") {
		t.Errorf("without an audit log: %v %q", err, s.events)
	}
}
