package main_test

import (
	"context"
	"iter"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"menshen"
	program "menshen/cmd/menshen"
	"menshen/store"
	"menshen/tracing"
	"menshen/tracing/passlog"
	"menshen/tracing/policy"
)

// slowHomes takes a while to be read, and says when that began. It is read by one at a time.
type slowHomes struct {
	mu      sync.Mutex
	people  []string
	reads   int
	started chan struct{}
	proceed chan struct{}
}

func (s *slowHomes) Residences(context.Context) iter.Seq2[store.Residence, error] {
	return func(yield func(store.Residence, error) bool) {
		s.mu.Lock()
		s.reads++
		people := slices.Clone(s.people)
		s.mu.Unlock()
		s.started <- struct{}{}
		<-s.proceed
		for _, p := range people {
			if !yield(store.Residence{Person: p, Household: "h", Dwelling: menshen.Dwelling{Building: "1", Unit: "1", Floor: 1, Room: "1"}}, nil) {
				return
			}
		}
	}
}

// mustCaseEngine makes the engine of a compound at whose gate p-a went in an hour ago.
func mustCaseEngine(tb testing.TB, homes program.Residences) *program.CaseEngine {
	tb.Helper()
	name := menshen.Text{ZH: "院", EN: "yard"}
	site := menshen.Site{
		ID: "yard", Name: name, Location: time.UTC,
		Zones: []menshen.Zone{{ID: "outside", Name: name, Kind: menshen.ZoneOutside}, {ID: "compound", Name: name, Kind: menshen.ZoneCompound}},
		Gates: []menshen.Gate{{ID: "east", Name: name, From: "outside", To: "compound", State: menshen.GateOpen}},
	}
	now := time.Now()
	log := passlog.New(passlog.Config{Origin: now.AddDate(0, 0, -30)})
	tracer, err := tracing.New(log, site, tracing.Config{})
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := log.Append(menshen.Pass{
		ID: menshen.PassID{Gate: "east", Sequence: 1}, Site: "yard", Person: "p-a", Direction: menshen.DirectionIn, Captured: now.Add(-time.Hour), Means: menshen.MeansFace,
		Decision: menshen.Decision{Outcome: menshen.OutcomeAllow, Reasons: []menshen.Reason{menshen.ReasonActiveResident}},
	}); err != nil {
		tb.Fatal(err)
	}
	return program.NewCaseEngine(tracer, func() time.Time { return now.AddDate(0, 0, -30) }, homes)
}

func usualPolicy(tb testing.TB) *policy.Policy {
	tb.Helper()
	for _, p := range policy.Builtin() {
		if p.ID == "nhc-9" {
			return p
		}
	}
	tb.Fatal("no nhc-9")
	return nil
}

// TestQuestionsWaitForHomes: whoever asks while homes are read anew is answered by the new ones, on every path.
func TestQuestionsWaitForHomes(t *testing.T) {
	homes := &slowHomes{people: []string{"p-a", "p-b"}, started: make(chan struct{}, 10), proceed: make(chan struct{})}
	e := mustCaseEngine(t, homes)
	q := tracing.CaseQuestion{Person: "p-a", Policy: usualPolicy(t), Window: menshen.Span{From: time.Now().AddDate(0, 0, -3), To: time.Now()}}
	span := menshen.Span{From: time.Now().AddDate(0, 0, -1), To: time.Now()}
	asks := map[string]func() error{
		"case": func() error {
			a, err := e.Case(t.Context(), q)
			if err == nil && (len(a.Findings) != 1 || a.Findings[0].Person != "p-b") {
				t.Errorf("found %v", a.Findings)
			}
			return err
		},
		"movements": func() error { _, _, err := e.Movements(t.Context(), "p-a", span); return err },
		"contacts": func() error {
			_, err := e.Contacts(t.Context(), "p-a", span, tracing.ContactOptions{})
			return err
		},
	}
	done := make(chan error, 2*len(asks))
	for range 2 {
		for _, ask := range asks {
			go func() { done <- ask() }()
		}
	}
	<-homes.started
	select {
	case err := <-done:
		t.Errorf("answered while homes were being read: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	close(homes.proceed)
	for range 2 * len(asks) {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if homes.reads != 1 {
		t.Errorf("homes were read %d times", homes.reads)
	}
}

// TestMovesWhileHomesAreRead are for the next question: they are not lost.
func TestMovesWhileHomesAreRead(t *testing.T) {
	homes := &slowHomes{people: []string{"p-a"}, started: make(chan struct{}, 10), proceed: make(chan struct{})}
	e := mustCaseEngine(t, homes)
	q := tracing.CaseQuestion{Person: "p-a", Policy: usualPolicy(t), Window: menshen.Span{From: time.Now().AddDate(0, 0, -3), To: time.Now()}}
	done := make(chan error, 1)
	go func() { _, err := e.Case(t.Context(), q); done <- err }()
	<-homes.started
	homes.mu.Lock()
	homes.people = append(homes.people, "p-b")
	homes.mu.Unlock()
	e.HomesMoved()
	close(homes.proceed)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if a, err := e.Case(t.Context(), q); err != nil || len(a.Findings) != 1 {
		t.Errorf("after the move: %v, %v", a.Findings, err)
	}
}

// TestWindowsAreWholeOrCut: an answer begins only where all passes that may tell of a stay are in memory, a day and a half after
// the first of them.
func TestWindowsAreWholeOrCut(t *testing.T) {
	homes := &slowHomes{people: []string{"p-a"}, started: make(chan struct{}, 10), proceed: make(chan struct{})}
	close(homes.proceed)
	e := mustCaseEngine(t, homes)
	now := time.Now()
	first := now.AddDate(0, 0, -30)
	if d := e.Since().Sub(first); d < 72*time.Hour-time.Second || d > 72*time.Hour+time.Second {
		t.Errorf("stays are known from %v after the first pass on", d)
	}
	ask := func(from, to time.Time) (tracing.CaseAnswer, error) {
		return e.Case(t.Context(), tracing.CaseQuestion{Person: "p-a", Policy: usualPolicy(t), Window: menshen.Span{From: from, To: to}})
	}
	if a, err := ask(first.Add(time.Hour), now); err != nil || !a.Window.From.Equal(e.Since()) {
		t.Errorf("a window that begins before: %v, %v", a.Window, err)
	}
	if a, err := ask(first.Add(96*time.Hour), now); err != nil || !a.Window.From.Equal(first.Add(96*time.Hour)) {
		t.Errorf("a whole window: %v, %v", a.Window, err)
	}
	if _, err := ask(first.Add(-time.Hour), first.Add(time.Hour)); menshen.ErrorCode(err) != menshen.CodeInvalid {
		t.Errorf("a window before all: %v", err)
	}
}

// TestNoMovementsOfNoWindow: a case that was isolated before its window opens has no movements, and that is no error.
func TestNoMovementsOfNoWindow(t *testing.T) {
	homes := &slowHomes{started: make(chan struct{}, 10), proceed: make(chan struct{})}
	close(homes.proceed)
	e := mustCaseEngine(t, homes)
	now := time.Now()
	for name, x := range map[string]struct {
		window  menshen.Span
		passes  int
		missing bool
	}{
		"as usual":    {menshen.Span{From: now.AddDate(0, 0, -2), To: now}, 1, false},
		"upside down": {menshen.Span{From: now, To: now.AddDate(0, 0, -2)}, 0, false},
		"a moment":    {menshen.Span{From: now, To: now}, 0, false},
		"cut":         {menshen.Span{From: now.AddDate(0, 0, -40), To: now}, 1, true},
		"all before":  {menshen.Span{From: now.AddDate(0, 0, -50), To: now.AddDate(0, 0, -40)}, 0, true},
	} {
		_, passes, missing, err := e.MovementsOf(t.Context(), "p-a", x.window)
		if err != nil || len(passes) != x.passes || missing.IsZero() == x.missing {
			t.Errorf("%s: %d passes, missing before %v, %v", name, len(passes), missing, err)
		}
	}
	if _, passes, _, err := e.MovementsOf(t.Context(), "p-z", menshen.Span{From: now.AddDate(0, 0, -2), To: now}); err != nil || len(passes) != 0 {
		t.Errorf("of somebody never seen: %v, %v", passes, err)
	}
}

// TestAlertsAreToldApart: two strangers with a fever are two alerts, and one again is one. Nothing of a case goes outside but that
// there is something.
func TestAlertsAreToldApart(t *testing.T) {
	var b program.AlertBoard
	now := time.Now()
	of := func(subject, person, text string) menshen.Alert {
		return menshen.Alert{Kind: menshen.AlertFever, Audience: menshen.AudienceCases, Subject: subject, Person: person, At: now, Text: menshen.Text{ZH: text, EN: text}}
	}
	for _, a := range []menshen.Alert{of("k-1", "", "孙莉"), of("k-2", "", "吴用"), of("k-1", "", "孙莉 again"), {Kind: menshen.AlertFever, Person: "p-1", At: now}, of("k-3", "p-1", "李四")} {
		b.Put(a, now)
	}
	all := b.Conditions(now)
	var ids []string
	for _, c := range all {
		ids = append(ids, c.ID)
		if (c.Audience == menshen.AudienceCases) != strings.HasPrefix(c.ID, "fever:k-") {
			t.Errorf("%s is for %q", c.ID, c.Audience)
		}
	}
	slices.Sort(ids)
	if strings.Join(ids, " ") != "fever:k-1 fever:k-2 fever:k-3 fever:p-1" {
		t.Errorf("on the board: %v", ids)
	}
	if a := program.Outside(of("k-3", "p-1", "李四")); a.Person != "" || a.Subject != "" || strings.Contains(a.Text.ZH+a.Text.EN, "李四") || a.Kind != menshen.AlertFever || a.Audience != menshen.AudienceCases {
		t.Errorf("told outside: %+v", a)
	}
	help := menshen.Alert{Kind: menshen.AlertHelp, Gate: "east", Person: "p-1", At: now}
	if program.Outside(help) != help {
		t.Error("a call for help is told outside otherwise")
	}
}
