package web_test

import (
	"context"
	"testing"
	"time"

	"connectrpc.com/connect"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
	"menshen/web"
)

// caseStates are all in which passes may not be looked at, but for the last.
var caseStates = map[string]func(*menshen.Case){
	"requested":     func(c *menshen.Case) { c.State, c.DecidedBy, c.Decided = menshen.CaseRequested, "", time.Time{} },
	"refused":       func(c *menshen.Case) { c.State = menshen.CaseRefused },
	"closed":        func(c *menshen.Case) { c.State, c.Closed = menshen.CaseClosed, now },
	"expired":       func(c *menshen.Case) { c.Expires = now },
	"self-approved": func(c *menshen.Case) { c.DecidedBy = c.RequestedBy },
	"open":          func(*menshen.Case) {},
}

// TestNoTracingWithoutACase asks everything that leads from a person to passes, or from a face to a person, and that the API decides
// about by itself, within a case of every state, by whoever may ask at all: of a case that is not open, approved by somebody else and
// unexpired, and without a case, nothing is asked of the tracer. What casebooks decide is in their own test of the same name.
func TestNoTracingWithoutACase(t *testing.T) {
	ask := map[string]func(s *served, inCase string) error{
		"movements": func(s *served, inCase string) error {
			_, err := s.client.Tracing.Movements(context.Background(), connect.NewRequest(&menshenv1.MovementsRequest{Person: "p-1", Purpose: "x", Case: inCase}))
			return err
		},
		"contacts": func(s *served, inCase string) error {
			_, err := s.client.Tracing.Contacts(context.Background(), connect.NewRequest(&menshenv1.ContactsRequest{Person: "p-1", Purpose: "x", Case: inCase}))
			return err
		},
		"annotate": func(s *served, inCase string) error {
			_, err := s.client.Guard.Annotate(context.Background(), connect.NewRequest(&menshenv1.AnnotateRequest{Pass: "east-1:3", Kind: "not_them", Text: "x", Case: inCase}))
			return err
		},
		"photograph": func(s *served, inCase string) error {
			if inCase == "" {
				return nil // for a request, before there is a case: TestPhotographForARequest
			}
			_, err := s.client.Cases.FindByPhotograph(context.Background(), connect.NewRequest(&menshenv1.FindByPhotographRequest{Photograph: []byte("A"), Case: inCase}))
			return err
		},
	}
	for what, f := range ask {
		for state, alter := range caseStates {
			t.Run(what+" "+state, func(t *testing.T) {
				h := newHouse()
				h.alter = alter
				s := MustServeTo(t, h, web.Config{}, web.Grant{Token: web.NewToken(), Actor: "investigator@li", Role: web.RoleInvestigator})
				err := f(s, "case-1")
				if state == "open" {
					if err != nil {
						t.Errorf("%v", err)
					}
					return
				}
				if menshen.ErrorCode(err) != menshen.CodeDenied || len(h.audits) == 0 {
					t.Errorf("%v, audits %v", err, h.audits)
				}
				for _, e := range h.events {
					if e != "audit" && e != "find" && e != "byid" { // which case and who are meant
						t.Errorf("it was done all the same: %v", h.events)
					}
				}
			})
		}
		t.Run(what+" without a case", func(t *testing.T) {
			h := newHouse()
			s := MustServeTo(t, h, web.Config{}, web.Grant{Token: web.NewToken(), Actor: "investigator@li", Role: web.RoleInvestigator})
			if err := f(s, ""); what != "photograph" && err == nil {
				t.Error("it was answered")
			}
		})
	}
	// Of a real site the operator's token needs a case too.
	for _, what := range []string{"movements", "contacts"} {
		h := newHouse()
		h.real = true
		s := MustServe(t, h, web.Config{})
		if err := ask[what](s, ""); menshen.ErrorCode(err) != menshen.CodeInvalid || len(h.events) != 0 {
			t.Errorf("%s by the operator: %v, %v", what, err, h.events)
		}
		h.alter = caseStates["self-approved"]
		if err := ask[what](s, "case-1"); menshen.ErrorCode(err) != menshen.CodeDenied {
			t.Errorf("%s by the operator: %v", what, err)
		}
	}
}
