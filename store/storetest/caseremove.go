package storetest

import (
	"testing"

	"menshen"
	"menshen/store"
)

// caseRemoved: a case goes with all that is its, and nothing else does.
func caseRemoved(t *testing.T, s Store) {
	ctx := t.Context()
	MustPeople(t, s, "p-1", "p-2")
	told := []menshen.CaseChange{said("c-1", "x-1", "x", "x"), said("c-1", "", "x", "x")}
	MustCase(t, s, store.CaseWrite{
		Contacts:  []menshen.CaseContact{sampleContact("x-1", "c-1", "p-2")},
		Tests:     []menshen.LabTest{{ID: "t-1", Case: "c-1", Kind: "pcr", Sampled: hour(8), Result: menshen.LabTestPending, At: hour(9), By: "zhao"}},
		FollowUps: []menshen.FollowUp{{ID: "f-1", Contact: "x-1", Day: "2026-03-02", Reached: true, Source: "staff", At: hour(9), By: "zhao"}}, Changes: told,
	})
	other := sampleCase("c-2", "2026-2", "p-2", 1)
	must(t, s.WriteCase(ctx, store.CaseWrite{
		Cases: []menshen.Case{other}, Contacts: []menshen.CaseContact{sampleContact("x-2", "c-2", "p-1")},
		Changes: []menshen.CaseChange{said("c-2", "", "x", "x"), said("c-2", "x-2", "x", "x")},
	}))
	must(t, s.RemoveCase(ctx, "c-1"))
	wantCode(t, s.RemoveCase(ctx, "c-1"), menshen.CodeNotFound)
	_, err := s.Case(ctx, "2026-1")
	wantCode(t, err, menshen.CodeNotFound)
	wantEqual(t, len(MustCollect(t, s.CaseContacts(ctx, store.ContactFilter{}))), 1)
	wantEqual(t, len(MustCollect(t, s.LabTests(ctx, store.LabTestFilter{}))), 0)
	wantEqual(t, len(MustCollect(t, s.FollowUps(ctx, store.FollowUpFilter{}))), 0)
	wantEqual(t, len(MustCollect(t, s.CaseChanges(ctx, "", ""))), 2)
	again := sampleCase("c-3", "2026-1", "p-1", 1)
	must(t, s.WriteCase(ctx, store.CaseWrite{Cases: []menshen.Case{again}, Changes: []menshen.CaseChange{said("c-3", "", "x", "x")}}))
	wantEqual(t, len(MustCollect(t, s.CaseChanges(ctx, "c-3", ""))), 1)
}

// caseLinks: the links of one subject can be ended, those of others and of other purposes stay.
func caseLinks(t *testing.T, s Store) {
	ctx := t.Context()
	link := func(n byte, purpose, subject string) store.Link {
		hash := make([]byte, 32)
		hash[0] = n
		return store.Link{Hash: hash, Purpose: purpose, Subject: subject, Expires: hour(100)}
	}
	all := []store.Link{link(1, "follow_up", "x-1"), link(2, "follow_up", "x-1"), link(3, "follow_up", "x-2"), link(4, "visit", "x-1")}
	for _, l := range all {
		must(t, s.AddLink(ctx, l))
	}
	n, err := s.EndLinks(ctx, "follow_up", "x-1")
	must(t, err)
	wantEqual(t, n, 2)
	for i, l := range all {
		if _, err := s.Link(ctx, l.Hash); (err != nil) != (i < 2) {
			t.Errorf("link %d: %v", i, err)
		}
	}
}
