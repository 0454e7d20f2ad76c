package sqlite_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"menshen"
	"menshen/store"
	"menshen/store/sqlite"
)

func manyContacts(tb testing.TB, s *sqlite.Site, n int) store.CaseWrite {
	tb.Helper()
	ctx := context.Background()
	at := time.Date(2020, 3, 1, 8, 0, 0, 0, time.UTC)
	people := []menshen.Person{{ID: "index", Name: "张", State: menshen.PersonActive}}
	for i := range n {
		people = append(people, menshen.Person{
			ID: fmt.Sprintf("p-%06d", i), Name: "王小明", State: menshen.PersonActive,
			Dwelling: menshen.Dwelling{Building: fmt.Sprint(i/1200 + 1), Unit: fmt.Sprint(i / 300 % 4), Floor: i/12%25 + 1, Room: fmt.Sprint(i / 3 % 4)},
		})
	}
	must(tb, s.AddPeople(ctx, people))
	w := store.CaseWrite{
		Cases: []menshen.Case{{
			ID: "c", Number: "2020-1", Person: "index", Purpose: "密接判定", Expires: at.AddDate(0, 1, 0), State: menshen.CaseOpen,
			Policy: menshen.PolicyRef{ID: "nhc-9"}, RequestedBy: "li", Requested: at, DecidedBy: "wu", Decided: at,
		}},
		Changes: []menshen.CaseChange{{Case: "c", At: at, By: "li", Why: "复核", Field: "state", After: "open"}},
	}
	for i := range n {
		id := fmt.Sprintf("x-%06d", i)
		w.Contacts = append(w.Contacts, menshen.CaseContact{
			ID: id, Case: "c", Person: people[i+1].ID, Source: menshen.SourceDerived, Generation: 1 + i%2, Level: menshen.LevelClose, Risk: "high",
			Rule: "lift", Policy: menshen.PolicyRef{ID: "nhc-9"}, First: at, Threshold: at, Last: at.Add(time.Hour), Together: time.Hour, Least: time.Minute,
			Sureness: 0.75, Status: menshen.ContactToNotify, FollowFrom: at, FollowTo: at.AddDate(0, 0, 14), Created: at, CreatedBy: "li",
			Path: []menshen.Hop{{From: "index", To: people[i+1].ID, Exposure: menshen.Exposure{Kind: menshen.ExposureZone, Zone: "lift-3", Span: menshen.Span{From: at, To: at.Add(time.Hour)}}, Exposed: at}},
		})
		for _, f := range []string{"person", "source", "judged", "exposure", "status", "follow"} {
			w.Changes = append(w.Changes, menshen.CaseChange{Case: "c", Contact: id, At: at, By: "li", Why: "判定", Field: f, After: "close generation 1 risk high"})
		}
	}
	return w
}

func BenchmarkListContacts(b *testing.B) {
	s := MustOpen(b, filepath.Join(b.TempDir(), "site.db"), sqlite.Options{Key: key()})
	must(b, s.WriteCase(b.Context(), manyContacts(b, s, 20_000)))
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for _, err := range s.CaseContacts(b.Context(), store.ContactFilter{Case: "c", Counting: true}) {
			must(b, err)
			n++
		}
		if n != 20_000 {
			b.Fatal(n)
		}
	}
}

func BenchmarkWriteContacts(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		s := MustOpen(b, filepath.Join(b.TempDir(), "site.db"), sqlite.Options{Key: key()})
		w := manyContacts(b, s, 2_000)
		b.StartTimer()
		must(b, s.WriteCase(b.Context(), w))
	}
}

// TestCaseSecretsAreBound: what is sealed of cases can be opened only where it was put.
func TestCaseSecretsAreBound(t *testing.T) {
	ctx := t.Context()
	for name, damage := range map[string]string{
		"a case":      "UPDATE cases SET sealed = (SELECT sealed FROM case_contacts)",
		"a contact":   "UPDATE case_contacts SET sealed = (SELECT sealed FROM follow_ups)",
		"a follow-up": "UPDATE follow_ups SET id = 'f-2'",
		"a change":    "DROP TRIGGER case_changes_stay; UPDATE case_changes SET changed_by = 'wu'",
		"its order":   "DROP TRIGGER case_changes_stay; UPDATE case_changes SET number = number + 10",
		"an order":    "UPDATE case_orders SET id = 'o-2'",
	} {
		path := filepath.Join(t.TempDir(), "site.db")
		s := MustOpen(t, path, sqlite.Options{Key: key()})
		mustFillSecrets(t, s)
		db := MustRaw(t, path)
		mustExec(t, db, damage)
		must(t, db.Close())
		var errs []error
		_, err := s.Case(ctx, "c-1")
		errs = append(errs, err)
		_, err = s.CaseContact(ctx, "x-1")
		errs = append(errs, err)
		for _, err := range s.FollowUps(ctx, store.FollowUpFilter{}) {
			errs = append(errs, err)
		}
		for _, err := range s.CaseChanges(ctx, "c-1", "") {
			errs = append(errs, err)
		}
		for _, err := range s.CaseOrders(ctx) {
			errs = append(errs, err)
		}
		noticed := 0
		for _, err := range errs {
			if err != nil {
				wantFault(t, err, menshen.CodeCorrupt)
				noticed++
			}
		}
		if noticed == 0 {
			t.Errorf("%s: not noticed", name)
		}
	}
}

// TestHistoryStays: what is in the history can be neither changed nor taken out.
func TestHistoryStays(t *testing.T) {
	path := filepath.Join(t.TempDir(), "site.db")
	s := MustOpen(t, path, sqlite.Options{Key: key()})
	mustFillSecrets(t, s)
	db := MustRaw(t, path)
	defer db.Close()
	for _, query := range []string{"DELETE FROM case_changes", "UPDATE case_changes SET at = 0", "UPDATE case_changes SET field = 'x' WHERE contact = 'x-1'"} {
		if _, err := db.Exec(query); err == nil {
			t.Errorf("%s: done", query)
		}
	}
}

// TestDamagedContacts: what is not what was written is said to be so.
func TestDamagedContacts(t *testing.T) {
	for _, damage := range []string{
		"UPDATE case_contacts SET facts = ''", "UPDATE case_contacts SET facts = replace(facts, ' ', '  ')", "UPDATE case_contacts SET path = '[{'",
		"UPDATE case_contacts SET status = 'a' || char(31) || 'b'",
	} {
		path := filepath.Join(t.TempDir(), "site.db")
		s := MustOpen(t, path, sqlite.Options{Key: key()})
		mustFillSecrets(t, s)
		db := MustRaw(t, path)
		mustExec(t, db, damage)
		must(t, db.Close())
		_, err := s.CaseContact(t.Context(), "x-1")
		if menshen.ErrorCode(err) != menshen.CodeCorrupt {
			t.Errorf("%s: %v", damage, err)
		}
	}
}
