package casebook_test

import (
	"testing"

	"menshen"
	"menshen/store"
	"menshen/tracing/casebook"
)

// TestNoTracingWithoutACase asks a casebook everything that looks at passes, in cases of every state: what is not open, approved by
// somebody else and unexpired answers nothing. What was found before can be read of a closed case, until it expires, and of no other.
func TestNoTracingWithoutACase(t *testing.T) {
	made := map[string]func(w *world) menshen.Case{
		"requested": func(w *world) menshen.Case {
			c, err := w.Request(t.Context(), w.request(), by("li"))
			must(t, err)
			return c
		},
		"refused": func(w *world) menshen.Case {
			c, err := w.Request(t.Context(), w.request(), by("li"))
			must(t, err)
			must(t, second(w.Decide(t.Context(), c.ID, false, by("wu"))))
			return c
		},
		"self-approved": func(w *world) menshen.Case {
			c, err := w.Request(t.Context(), w.request(), by("li"))
			must(t, err)
			_, err = w.Decide(t.Context(), c.ID, true, by("li"))
			w.check(t, "own request", err, menshen.CodeDenied)
			// Nor does a row help that says so, however it came there.
			c, err = w.Decide(t.Context(), c.ID, true, by("wu"))
			must(t, err)
			c.DecidedBy = c.RequestedBy
			must(t, w.store.WriteCase(t.Context(), store.CaseWrite{Cases: []menshen.Case{c}, Changes: []menshen.CaseChange{{Case: c.ID, At: w.clock.Now(), By: "li", Field: "decided", Why: "x"}}}))
			return c
		},
		"closed": func(w *world) menshen.Case {
			c := w.MustOpenCase(t)
			w.MustJudge(t, c)
			must(t, second(w.Close(t.Context(), c.ID, by("li"))))
			return c
		},
		"expired": func(w *world) menshen.Case {
			c := w.MustOpenCase(t)
			w.MustJudge(t, c)
			w.clock.now = c.Expires
			return c
		},
	}
	looks := map[string]func(w *world, c menshen.Case) error{
		"judge": func(w *world, c menshen.Case) error { return second(w.Judge(t.Context(), c.ID, by("li"))) },
		"what if": func(w *world, c menshen.Case) error {
			return second(w.WhatIf(t.Context(), c.ID, menshen.PolicyRef{ID: "nhc-9"}))
		},
		"trace": func(w *world, c menshen.Case) error {
			_, _, err := w.Trace(t.Context(), casebook.TraceRequest{Cases: []string{c.ID}})
			return err
		},
		"trace backward": func(w *world, c menshen.Case) error {
			_, _, err := w.Trace(t.Context(), casebook.TraceRequest{Cases: []string{c.ID}, Backward: true})
			return err
		},
		"another policy": func(w *world, c menshen.Case) error {
			return second(w.SetPolicy(t.Context(), c.ID, menshen.PolicyRef{ID: "nhc-9"}, by("li")))
		},
		"clinical": func(w *world, c menshen.Case) error {
			return second(w.SetClinical(t.Context(), c.ID, menshen.Clinical{Onset: at("2020-03-02 08:00")}, by("li")))
		},
		"add a contact": func(w *world, c menshen.Case) error {
			return second(w.AddContact(t.Context(), c.ID, casebook.NewContact{Person: "李"}, by("li")))
		},
	}
	records := map[string]func(w *world, c menshen.Case) error{
		"contacts": func(w *world, c menshen.Case) error {
			return second(w.Contacts(t.Context(), c.ID, casebook.ContactQuery{}))
		},
		"history": func(w *world, c menshen.Case) error { return second(w.History(t.Context(), c.ID, "")) },
		"export":  func(w *world, c menshen.Case) error { return second(w.Report(t.Context(), c.ID)) },
		"tests":   func(w *world, c menshen.Case) error { return second(w.Tests(t.Context(), c.ID, "")) },
	}
	for state, make := range made {
		t.Run(state, func(t *testing.T) {
			w := MustWorld(t)
			c := make(w)
			for what, look := range looks {
				err := look(w, c)
				if code := menshen.ErrorCode(err); code != menshen.CodeDenied && !(state == "closed" && code == menshen.CodeConflict) {
					t.Errorf("%s: %v", what, err)
				}
			}
			for what, read := range records {
				err := read(w, c)
				if code := menshen.ErrorCode(err); state == "closed" && err != nil || state != "closed" && code != menshen.CodeDenied {
					t.Errorf("%s: %v", what, err)
				}
			}
		})
	}
}
