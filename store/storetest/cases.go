package storetest

import (
	"context"
	"fmt"
	"iter"
	"math"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"menshen"
	"menshen/store"
)

// CaseRecords is the part of a site's database that contact tracing is about.
type CaseRecords interface {
	WriteCase(ctx context.Context, w store.CaseWrite) error
	Case(ctx context.Context, ref string) (menshen.Case, error)
	Cases(ctx context.Context, f store.CaseFilter) iter.Seq2[menshen.Case, error]
	CaseContact(ctx context.Context, id string) (store.ContactEntry, error)
	CaseContacts(ctx context.Context, f store.ContactFilter) iter.Seq2[store.ContactEntry, error]
	CountCaseContacts(ctx context.Context, f store.ContactFilter) (int, error)
	ContactCounts(ctx context.Context) (map[string]int, error)
	LabTests(ctx context.Context, f store.LabTestFilter) iter.Seq2[menshen.LabTest, error]
	FollowUps(ctx context.Context, f store.FollowUpFilter) iter.Seq2[menshen.FollowUp, error]
	ReachedDays(ctx context.Context, caseID string) (map[string]string, error)
	CaseChanges(ctx context.Context, caseID, contact string) iter.Seq2[menshen.CaseChange, error]
	CaseOrders(ctx context.Context) iter.Seq2[store.CaseOrder, error]
	EndCaseOrder(ctx context.Context, id string) error
	RemoveCase(ctx context.Context, id string) error
	AddTracingPolicy(ctx context.Context, p store.TracingPolicy) (version uint64, err error)
	TracingPolicy(ctx context.Context, id string, version uint64) (store.TracingPolicy, error)
	TracingPolicies(ctx context.Context) ([]store.TracingPolicy, error)
}

// caseTests are the part of the suite for CaseRecords.
func caseTests() []siteTest {
	return []siteTest{
		{"Cases", cases},
		{"CaseNumbers", caseNumbers},
		{"CaseRevisions", caseRevisions},
		{"CaseConcurrent", caseConcurrent},
		{"CaseContacts", caseContacts},
		{"CaseSilent", caseSilent},
		{"CaseAtomic", caseAtomic},
		{"CaseFollowUps", caseFollowUps},
		{"CaseMoves", caseMoves},
		{"CaseHistory", caseHistory},
		{"CaseOrders", caseOrders},
		{"CaseRemoved", caseRemoved},
		{"CaseLinks", caseLinks},
		{"TracingPolicies", tracingPolicies},
	}
}

func sampleCase(id, number, person string, n int) menshen.Case {
	return menshen.Case{
		ID: id, Number: number, Person: person, Purpose: "密接判定", Expires: hour(n + 720), State: menshen.CaseRequested,
		Clinical: menshen.Clinical{Onset: hour(n - 48), Sampled: hour(n - 24), Symptoms: []string{"发热", "干咳"}},
		Policy:   menshen.PolicyRef{ID: "nhc-9", Version: 2}, RequestedBy: "li", Requested: hour(n),
	}
}

func sampleContact(id, of, person string) menshen.CaseContact {
	return menshen.CaseContact{
		ID: id, Case: of, Person: person, Source: menshen.SourceDerived, Generation: 1, Level: menshen.LevelClose, Risk: "high", Rule: "lift",
		Policy: menshen.PolicyRef{ID: "nhc-9", Version: 2}, First: hour(1), Threshold: hour(2), Last: hour(3), Together: 90*time.Minute + 1, Least: time.Minute,
		Sureness: 0.1 + 0.2, Note: "同乘电梯", Central: []menshen.Span{{From: hour(5), To: hour(6)}, {From: hour(7)}},
		Said:   menshen.Said{Level: menshen.LevelGeneral, Risk: "low", Span: menshen.Span{From: hour(1), To: hour(2)}, Judged: true},
		Status: menshen.ContactToNotify, FollowFrom: hour(24), FollowTo: hour(240), Created: hour(4), CreatedBy: "guard@east “王”",
		Path: []menshen.Hop{{From: "p-1", To: person, Exposed: hour(1), Exposure: menshen.Exposure{
			Kind: menshen.ExposureZone, Zone: "lift-3", Span: menshen.Span{From: hour(1), To: hour(2)}, Inferred: true, Least: time.Second, Sureness: 0.7,
		}}},
	}
}

func said(of, contact, field, after string) menshen.CaseChange {
	return menshen.CaseChange{Case: of, Contact: contact, At: hour(5), By: "li", Why: "复核", Field: field, After: after}
}

// MustCase keeps an open case c-1 of p-1, with what else w has.
func MustCase(tb testing.TB, s Store, w store.CaseWrite) menshen.Case {
	tb.Helper()
	c := sampleCase("c-1", "2026-1", "p-1", 0)
	c.State, c.DecidedBy, c.Decided = menshen.CaseOpen, "wu", hour(1)
	w.Cases = append(w.Cases, c)
	w.Changes = append(w.Changes, said("c-1", "", "state", "open"))
	for _, x := range w.Contacts {
		w.Changes = append(w.Changes, said(x.Case, x.ID, "status", string(x.Status)))
	}
	must(tb, s.WriteCase(tb.Context(), w))
	c.Revision = 1
	return c
}

func cases(t *testing.T, s Store) {
	ctx := t.Context()
	MustPeople(t, s, "p-1", "p-2")
	a, b := sampleCase("c-a", "2026-1", "p-1", 1), sampleCase("c-b", "2026-2", "p-2", 2)
	b.Clinical, b.Parent, b.Purpose = menshen.Clinical{Sampled: hour(1)}, "c-a", ""
	must(t, s.WriteCase(ctx, store.CaseWrite{Cases: []menshen.Case{a, b}, Changes: []menshen.CaseChange{said("c-a", "", "state", "x"), said("c-b", "", "state", "x")}}))
	a.Revision, b.Revision = 1, 1
	for _, ref := range []string{"c-a", "2026-1"} {
		got, err := s.Case(ctx, ref)
		must(t, err)
		wantEqual(t, got, a)
	}
	a.State, a.DecidedBy, a.Decided, a.Closed, a.ClosedBy, a.Judged = menshen.CaseClosed, "wu", hour(2), hour(4), "li", hour(3)
	a.Isolated, a.SymptomFree = hour(2), hour(3)
	must(t, s.WriteCase(ctx, store.CaseWrite{Cases: []menshen.Case{a}, Changes: []menshen.CaseChange{said("c-a", "", "state", "closed")}}))
	a.Revision = 2
	for name, x := range map[string]struct {
		filter store.CaseFilter
		want   []menshen.Case
	}{
		"all":    {store.CaseFilter{}, []menshen.Case{b, a}},
		"state":  {store.CaseFilter{State: menshen.CaseClosed}, []menshen.Case{a}},
		"person": {store.CaseFilter{Person: "p-2"}, []menshen.Case{b}},
		"parent": {store.CaseFilter{Parent: "c-a"}, []menshen.Case{b}},
		"latest": {store.CaseFilter{Latest: 1}, []menshen.Case{b}},
	} {
		t.Run(name, func(t *testing.T) { wantEqual(t, MustCollect(t, s.Cases(ctx, x.filter)), x.want) })
	}
	_, err := s.Case(ctx, "c-9")
	wantCode(t, err, menshen.CodeNotFound)
}

func caseNumbers(t *testing.T, s Store) {
	ctx := t.Context()
	MustPeople(t, s, "p-1")
	put := func(c menshen.Case) error {
		return s.WriteCase(ctx, store.CaseWrite{Cases: []menshen.Case{c}, Changes: []menshen.CaseChange{said(c.ID, "", "state", "x")}})
	}
	a := sampleCase("c-a", "2026-1", "p-1", 1)
	must(t, put(a))
	wantCode(t, put(sampleCase("c-b", "2026-1", "p-1", 2)), menshen.CodeConflict)
	wantCode(t, put(sampleCase("c-b", "2026-2", "p-9", 2)), menshen.CodeNotFound)
	a.Revision, a.State = 1, menshen.CaseRefused
	must(t, put(a))
	must(t, put(sampleCase("c-b", "2026-1", "p-1", 2))) // of a request that was refused it can be used again
	got, err := s.Case(ctx, "2026-1")
	must(t, err)
	wantEqual(t, got.ID, "c-b")
	for _, bad := range []func(*menshen.Case){
		func(c *menshen.Case) { c.ID = "" }, func(c *menshen.Case) { c.Number = "" }, func(c *menshen.Case) { c.State = "lost" },
		func(c *menshen.Case) { c.Expires = time.Time{} }, func(c *menshen.Case) { c.Purpose = "\xff" }, func(c *menshen.Case) { c.Symptoms = []string{"\xff"} },
	} {
		c := sampleCase("c-c", "2026-3", "p-1", 3)
		bad(&c)
		wantCode(t, put(c), menshen.CodeInvalid)
	}
}

func caseRevisions(t *testing.T, s Store) {
	ctx := t.Context()
	MustPeople(t, s, "p-1", "p-2")
	x := sampleContact("x-1", "c-1", "p-2")
	c := MustCase(t, s, store.CaseWrite{Contacts: []menshen.CaseContact{x}})
	stale, lost := c, c
	stale.Revision, lost.ID = 7, "c-9"
	change := []menshen.CaseChange{said("c-1", "", "state", "x"), said("c-9", "", "state", "x"), said("c-1", "x-1", "owner", "x"), said("c-1", "x-9", "owner", "x")}
	wantCode(t, s.WriteCase(ctx, store.CaseWrite{Cases: []menshen.Case{stale}, Changes: change[:1]}), menshen.CodeConflict)
	wantCode(t, s.WriteCase(ctx, store.CaseWrite{Cases: []menshen.Case{lost}, Changes: change[1:2]}), menshen.CodeNotFound)
	wantCode(t, s.WriteCase(ctx, store.CaseWrite{Contacts: []menshen.CaseContact{x}, Changes: change[2:3]}), menshen.CodeConflict) // as a new one
	x.Revision = 2
	wantCode(t, s.WriteCase(ctx, store.CaseWrite{Contacts: []menshen.CaseContact{x}, Changes: change[2:3]}), menshen.CodeConflict)
	x.Revision, x.ID = 1, "x-9"
	wantCode(t, s.WriteCase(ctx, store.CaseWrite{Contacts: []menshen.CaseContact{x}, Changes: change[3:]}), menshen.CodeNotFound)
	wantEqual(t, len(MustCollect(t, s.CaseChanges(ctx, "c-1", ""))), 2)
}

func caseConcurrent(t *testing.T, s Store) {
	ctx := t.Context()
	MustPeople(t, s, "p-1", "p-2")
	x := sampleContact("x-1", "c-1", "p-2")
	MustCase(t, s, store.CaseWrite{Contacts: []menshen.CaseContact{x}})
	x.Revision = 1
	var done atomic.Int32
	var wg sync.WaitGroup
	for n := range 8 {
		wg.Go(func() {
			mine := x
			mine.Owner = fmt.Sprint("owner ", n)
			switch err := s.WriteCase(ctx, store.CaseWrite{Contacts: []menshen.CaseContact{mine}, Changes: []menshen.CaseChange{said("c-1", "x-1", "owner", mine.Owner)}}); menshen.ErrorCode(err) {
			case "":
				done.Add(1)
			case menshen.CodeConflict:
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	wantEqual(t, done.Load(), int32(1))
	got, err := s.CaseContact(ctx, "x-1")
	must(t, err)
	history := MustCollect(t, s.CaseChanges(ctx, "c-1", "x-1"))
	wantEqual(t, got.Revision, uint64(2))
	wantEqual(t, len(history), 2)
	wantEqual(t, history[1].After, got.Owner)
}

func caseContacts(t *testing.T, s Store) {
	ctx := t.Context()
	must(t, s.AddPeople(ctx, []menshen.Person{samplePerson("p-1", "张", ""), samplePerson("p-2", "王小明", "3-2-14-1402"), samplePerson("p-3", "\x1f李", "")}))
	a, b := sampleContact("x-a", "c-1", "p-2"), sampleContact("x-b", "c-1", "p-3")
	b.Generation, b.Level, b.Owner, b.WithdrawnFor, b.Fixed = 2, menshen.LevelSecondary, "zhao", "policy nhc-9@0", []string{"follow", "level"}
	b.Status, b.IsolatedFrom, b.IsolatedTo = menshen.ContactCentralIsolation, hour(5), hour(50)
	c := menshen.CaseContact{
		ID: "x-c", Case: "c-1", Name: "孙", Phone: "13800001111", Source: menshen.SourceInterview, Generation: 1, Level: menshen.LevelGeneral,
		Status: menshen.ContactNotified, MergedInto: "x-a", Created: hour(6), CreatedBy: "li",
	}
	MustCase(t, s, store.CaseWrite{Contacts: []menshen.CaseContact{a, b, c}})
	a.Revision, b.Revision, c.Revision = 1, 1, 1
	ea := store.ContactEntry{CaseContact: a, RegistryName: "王小明", Dwelling: samplePerson("x", "x", "3-2-14-1402").Dwelling}
	eb := store.ContactEntry{CaseContact: b, RegistryName: "\x1f李"}
	ec := store.ContactEntry{CaseContact: c}
	for name, x := range map[string]struct {
		filter store.ContactFilter
		want   []store.ContactEntry
	}{
		"all":        {store.ContactFilter{}, []store.ContactEntry{ea, ec, eb}},
		"case":       {store.ContactFilter{Case: "c-9"}, nil},
		"counting":   {store.ContactFilter{Case: "c-1", Counting: true}, []store.ContactEntry{ea}},
		"person":     {store.ContactFilter{Person: "p-3"}, []store.ContactEntry{eb}},
		"id":         {store.ContactFilter{Case: "c-1", Named: "p-3"}, []store.ContactEntry{ec, eb}},
		"name":       {store.ContactFilter{Case: "c-1", Named: "王小明"}, []store.ContactEntry{ea, ec}},
		"no name":    {store.ContactFilter{Case: "c-1", Named: "王小"}, []store.ContactEntry{ec}},
		"phone":      {store.ContactFilter{Phone: "+86 138-0000-1111"}, []store.ContactEntry{ec}},
		"status":     {store.ContactFilter{Status: menshen.ContactCentralIsolation}, []store.ContactEntry{eb}},
		"level":      {store.ContactFilter{Level: menshen.LevelClose}, []store.ContactEntry{ea}},
		"generation": {store.ContactFilter{Generation: 2}, []store.ContactEntry{eb}},
		"source":     {store.ContactFilter{Source: menshen.SourceInterview}, []store.ContactEntry{ec}},
		"owner":      {store.ContactFilter{Owner: "zhao"}, []store.ContactEntry{eb}},
		"merged":     {store.ContactFilter{Merged: "x-a"}, []store.ContactEntry{ec}},
		"due":        {store.ContactFilter{Due: hour(240)}, []store.ContactEntry{ea, eb}},
		"not due":    {store.ContactFilter{Due: hour(241)}, nil},
		"page":       {store.ContactFilter{Offset: 1, Limit: 1}, []store.ContactEntry{ec}},
		"rest":       {store.ContactFilter{Offset: 2}, []store.ContactEntry{eb}},
	} {
		t.Run(name, func(t *testing.T) {
			x.filter.Paths = true
			wantEqual(t, MustCollect(t, s.CaseContacts(ctx, x.filter)), x.want)
			x.filter.Offset, x.filter.Limit = 0, 0
			n, err := s.CountCaseContacts(ctx, x.filter)
			must(t, err)
			wantEqual(t, n, len(MustCollect(t, s.CaseContacts(ctx, x.filter))))
		})
	}
	got, err := s.CaseContact(ctx, "x-a")
	must(t, err)
	wantEqual(t, got, ea)
	ea.Path = nil // lists leave it out
	wantEqual(t, MustCollect(t, s.CaseContacts(ctx, store.ContactFilter{Counting: true})), []store.ContactEntry{ea})
	_, err = s.CaseContact(ctx, "x-9")
	wantCode(t, err, menshen.CodeNotFound)
	counts, err := s.ContactCounts(ctx)
	must(t, err)
	wantEqual(t, counts, map[string]int{"c-1": 1})
	for _, bad := range []func(*menshen.CaseContact){
		func(x *menshen.CaseContact) { x.ID = "" }, func(x *menshen.CaseContact) { x.Case = "" }, func(x *menshen.CaseContact) { x.Person = "" },
		func(x *menshen.CaseContact) { x.Level = "worst" }, func(x *menshen.CaseContact) { x.Status = "lost" }, func(x *menshen.CaseContact) { x.Source = "dream" },
		func(x *menshen.CaseContact) { x.Sureness = math.NaN() }, func(x *menshen.CaseContact) { x.Rule = "a rule" }, func(x *menshen.CaseContact) { x.Rule = "-" },
		func(x *menshen.CaseContact) { x.Owner = "a\x1fb" }, func(x *menshen.CaseContact) { x.Note = "\xff" }, func(x *menshen.CaseContact) { x.Created = time.Time{} },
		func(x *menshen.CaseContact) { x.Fixed = []string{"level", "a b"} },
	} {
		x := sampleContact("x-d", "c-1", "p-2")
		bad(&x)
		wantCode(t, s.WriteCase(ctx, store.CaseWrite{Contacts: []menshen.CaseContact{x}, Changes: []menshen.CaseChange{said("c-1", x.ID, "x", "x"), said("c-1", "", "x", "x")}}), menshen.CodeInvalid)
	}
	for _, nowhere := range []menshen.CaseContact{sampleContact("x-d", "c-9", "p-2"), sampleContact("x-d", "c-1", "p-9")} {
		wantCode(t, s.WriteCase(ctx, store.CaseWrite{Contacts: []menshen.CaseContact{nowhere}, Changes: []menshen.CaseChange{said(nowhere.Case, "x-d", "x", "x")}}), menshen.CodeNotFound)
	}
}

// caseSilent: nothing changes of which the history says nothing.
func caseSilent(t *testing.T, s Store) {
	ctx := t.Context()
	MustPeople(t, s, "p-1", "p-2", "p-3")
	x := sampleContact("x-1", "c-1", "p-2")
	c := MustCase(t, s, store.CaseWrite{Contacts: []menshen.CaseContact{x, sampleContact("x-2", "c-1", "p-3")}})
	x.Revision = 1
	f := menshen.FollowUp{ID: "f-1", Contact: "x-1", Day: "2026-03-02", Reached: true, Source: "staff", At: hour(9), By: "zhao"}
	test := menshen.LabTest{ID: "t-1", Case: "c-1", Contact: "x-1", Kind: "pcr", Sampled: hour(8), Result: menshen.LabTestPending, At: hour(9), By: "zhao"}
	of := func(contact string) []menshen.CaseChange { return []menshen.CaseChange{said("c-1", contact, "x", "x")} }
	for name, w := range map[string]store.CaseWrite{
		"case":      {Cases: []menshen.Case{c}, Changes: of("x-1")},
		"contact":   {Contacts: []menshen.CaseContact{x}, Changes: of("")},
		"another":   {Contacts: []menshen.CaseContact{x}, Changes: of("x-2")},
		"test":      {Tests: []menshen.LabTest{test}, Changes: of("")},
		"follow-up": {FollowUps: []menshen.FollowUp{f}, Changes: of("x-2")},
		"move":      {Moves: []store.ContactMove{{From: "x-1", To: "x-2"}}, Changes: of("x-1")},
		"no reason": {Contacts: []menshen.CaseContact{x}, Changes: []menshen.CaseChange{{Case: "c-1", Contact: "x-1", At: hour(1), By: "li", Field: "x"}}},
		"nobody":    {Contacts: []menshen.CaseContact{x}, Changes: []menshen.CaseChange{{Case: "c-1", Contact: "x-1", At: hour(1), Why: "w", Field: "x"}}},
		"no time":   {Contacts: []menshen.CaseContact{x}, Changes: []menshen.CaseChange{{Case: "c-1", Contact: "x-1", By: "li", Why: "w", Field: "x"}}},
	} {
		t.Run(name, func(t *testing.T) { wantCode(t, s.WriteCase(ctx, w), menshen.CodeInvalid) })
	}
	got, err := s.CaseContact(ctx, "x-1")
	must(t, err)
	wantEqual(t, got.Revision, uint64(1))
}

// caseAtomic: a write that fails at its end leaves nothing of its beginning.
func caseAtomic(t *testing.T, s Store) {
	ctx := t.Context()
	MustPeople(t, s, "p-1", "p-2")
	c := MustCase(t, s, store.CaseWrite{})
	c.State = menshen.CaseClosed
	x := sampleContact("x-1", "c-1", "p-2")
	order := store.CaseOrder{ID: "o-1", Contact: "x-1", Health: menshen.Health{Person: "p-2", State: menshen.HealthIsolated, Since: hour(1)}}
	w := store.CaseWrite{
		Cases: []menshen.Case{c}, Contacts: []menshen.CaseContact{x}, Orders: []store.CaseOrder{order},
		Changes: []menshen.CaseChange{said("c-1", "", "state", "closed"), said("c-1", "x-1", "status", "x"), said("c-9", "", "x", "x")},
	}
	wantCode(t, s.WriteCase(ctx, w), menshen.CodeNotFound)
	got, err := s.Case(ctx, "c-1")
	must(t, err)
	wantEqual(t, got.State, menshen.CaseOpen)
	wantEqual(t, len(MustCollect(t, s.CaseContacts(ctx, store.ContactFilter{}))), 0)
	wantEqual(t, len(MustCollect(t, s.CaseOrders(ctx))), 0)
	wantEqual(t, len(MustCollect(t, s.CaseChanges(ctx, "", ""))), 1)
}
