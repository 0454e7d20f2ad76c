package retention_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"menshen"
	"menshen/retention"
)

// shelf has rows by the time they were over.
type shelf struct {
	rows []time.Time
	fail error
}

func (s *shelf) Old(_ context.Context, _ retention.Class, before time.Time) (kept, due int, err error) {
	for _, at := range s.rows {
		if at.Before(before) {
			due++
		}
	}
	return len(s.rows), due, nil
}

func (s *shelf) RemoveOld(_ context.Context, _ retention.Class, before time.Time, most int) (n int, err error) {
	if s.fail != nil {
		return 0, s.fail
	}
	s.rows = slices.DeleteFunc(s.rows, func(at time.Time) bool {
		if n == most || !at.Before(before) {
			return false
		}
		n++
		return true
	})
	return n, nil
}

// journal is one in memory.
type journal struct {
	entries []menshen.AuditEntry
	state   retention.ClockState
	looks   map[retention.Class]retention.Look
	fail    error
}

func (j *journal) Audit(_ context.Context, e menshen.AuditEntry) error {
	if j.fail != nil {
		return j.fail
	}
	j.entries = append(j.entries, e)
	return nil
}
func (j *journal) ClockState(context.Context) (retention.ClockState, error) { return j.state, nil }
func (j *journal) PutClockState(_ context.Context, s retention.ClockState) error {
	j.state = s
	return nil
}
func (j *journal) PutLook(_ context.Context, c retention.Class, at time.Time, removed int) error {
	l := j.looks[c]
	j.looks[c] = retention.Look{At: at, Removed: removed, Total: l.Total + removed}
	return nil
}
func (j *journal) Looks(context.Context) (map[retention.Class]retention.Look, error) {
	return j.looks, nil
}

type keeper struct {
	*retention.Keeper
	*journal

	passes, visits *shelf
	moment         retention.Moment
	held           time.Time
	registry       *prometheus.Registry
}

func mustKeeper(t *testing.T) *keeper {
	t.Helper()
	k := &keeper{journal: &journal{looks: map[retention.Class]retention.Look{}}, passes: &shelf{}, visits: &shelf{}, registry: prometheus.NewRegistry(),
		moment: retention.Moment{Wall: start, Boot: "a", Up: time.Hour}}
	var err error
	k.Keeper, err = retention.New(t.Context(), retention.Deps{
		Shelves: map[retention.Class]retention.Shelf{retention.Passes: k.passes, retention.Visits: k.visits}, Journal: k.journal,
		Held: func(context.Context, time.Time) (time.Time, error) { return k.held, nil }, Notice: func(context.Context, time.Time) error { return nil },
		Moment: func() retention.Moment { return k.moment }, Newest: func(context.Context) (time.Time, error) { return time.Time{}, nil },
		Log: slog.New(slog.DiscardHandler), Metrics: k.registry,
	}, []retention.Rule{{Class: retention.Passes, Key: "retention.passes", Days: 90}, {Class: retention.Visits, Key: "retention.visits", Days: 30}})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func (k *keeper) mustRun(t *testing.T) []retention.Count {
	t.Helper()
	counts, err := k.Run(t.Context(), "menshen")
	if err != nil {
		t.Fatal(err)
	}
	return counts
}

// TestRunRemovesWhatIsDue and nothing else, says so before and after, and counts.
func TestRunRemovesWhatIsDue(t *testing.T) {
	k := mustKeeper(t)
	limit := start.AddDate(0, 0, -90)
	k.passes.rows = append(slices.Repeat([]time.Time{limit.Add(-time.Nanosecond)}, 450), limit, start) // more than go at once
	k.visits.rows = []time.Time{start.AddDate(0, 0, -30)}
	k.mustRun(t)
	if len(k.passes.rows) != 2 || len(k.visits.rows) != 1 {
		t.Errorf("%d passes and %d visits are left", len(k.passes.rows), len(k.visits.rows))
	}
	if len(k.entries) != 2 || k.entries[0].Action != "retention.begin" || !strings.Contains(k.entries[0].Detail, `"passes":450`) || strings.Contains(k.entries[0].Detail, "visits") ||
		k.entries[1].Action != "retention.end" || !strings.Contains(k.entries[1].Detail, `"passes":450`) {
		t.Errorf("%+v", k.entries)
	}
	if l := k.looks[retention.Passes]; l.Removed != 450 || l.Total != 450 || !l.At.Equal(start) {
		t.Errorf("%+v", l)
	}
	k.mustRun(t)
	if len(k.entries) != 2 { // nothing was due: there is nothing to say
		t.Errorf("%+v", k.entries)
	}
	if l := k.looks[retention.Passes]; l.Removed != 0 || l.Total != 450 {
		t.Errorf("%+v", l)
	}
	want := `
		# HELP menshen_retention_removed_total What was removed because its time was over, by class.
		# TYPE menshen_retention_removed_total counter
		menshen_retention_removed_total{class="passes"} 450
		menshen_retention_removed_total{class="visits"} 0
	`
	if err := testutil.GatherAndCompare(k.registry, strings.NewReader(want), "menshen_retention_removed_total"); err != nil {
		t.Error(err)
	}
}

// TestNothingGoesByAJump: a clock that is a day, or a year, ahead removes nothing that was not due before.
func TestNothingGoesByAJump(t *testing.T) {
	k := mustKeeper(t)
	k.mustRun(t)
	k.visits.rows = []time.Time{start.AddDate(0, 0, -30), start.AddDate(0, 0, -29)}
	for _, by := range []time.Duration{day, 365 * day} {
		k.moment.Wall = start.Add(by)
		k.mustRun(t)
		if len(k.visits.rows) != 2 {
			t.Fatalf("by a jump of %s there are %d left", by, len(k.visits.rows))
		}
		cond := k.Conditions()
		if len(cond) != 1 || cond[0].ID != "clock-jumped" || cond[0].Meaning.ZH == "" || cond[0].Action.EN == "" {
			t.Errorf("%+v", cond)
		}
		k.moment.Wall = start
		k.mustRun(t)
		if len(k.Conditions()) != 0 {
			t.Errorf("put right: %+v", k.Conditions())
		}
	}
	// Somebody made sure: then it counts, and it is written down who said so.
	k.moment.Wall = start.Add(day)
	if err := k.Believe(t.Context(), "operator@terminal"); err != nil {
		t.Fatal(err)
	}
	k.mustRun(t)
	if len(k.visits.rows) != 1 || k.entries[0].Action != "retention.clock" || k.entries[0].Actor != "operator@terminal" {
		t.Errorf("%d left, %+v", len(k.visits.rows), k.entries)
	}
}

// TestCasesHoldPasses that they reach back to.
func TestCasesHoldPasses(t *testing.T) {
	k := mustKeeper(t)
	k.held = start.AddDate(0, 0, -100)
	k.passes.rows = []time.Time{start.AddDate(0, 0, -101), start.AddDate(0, 0, -100), start.AddDate(0, 0, -91)}
	k.visits.rows = []time.Time{start.AddDate(0, 0, -99)}
	k.mustRun(t)
	if len(k.passes.rows) != 2 || len(k.visits.rows) != 0 {
		t.Errorf("%v, %v", k.passes.rows, k.visits.rows)
	}
	k.held = time.Time{}
	k.mustRun(t)
	if len(k.passes.rows) != 0 {
		t.Errorf("%v", k.passes.rows)
	}
}

// TestNothingGoesUnsaid: without the audit log nothing is removed; one class that fails holds up no other, and is a condition.
func TestNothingGoesUnsaid(t *testing.T) {
	k := mustKeeper(t)
	k.passes.rows = []time.Time{start.AddDate(-1, 0, 0)}
	k.visits.rows = []time.Time{start.AddDate(-1, 0, 0)}
	k.journal.fail = errors.New("disk")
	if _, err := k.Run(t.Context(), "menshen"); err == nil || len(k.passes.rows)+len(k.visits.rows) != 2 {
		t.Errorf("%v, %v, %v", err, k.passes.rows, k.visits.rows)
	}
	k.journal.fail = nil
	k.passes.fail = menshen.Errorf(menshen.CodeExhausted, "test", "no room")
	if _, err := k.Run(t.Context(), "menshen"); menshen.ErrorCode(err) != menshen.CodeExhausted || len(k.passes.rows) != 1 || len(k.visits.rows) != 0 {
		t.Errorf("%v, %v, %v", err, k.passes.rows, k.visits.rows)
	}
	if cond := k.Conditions(); len(cond) != 1 || cond[0].ID != "retention-failed:passes" || cond[0].Detail != "no room" {
		t.Errorf("%+v", cond)
	}
	k.passes.fail = nil
	k.mustRun(t)
	if len(k.Conditions()) != 0 || len(k.passes.rows) != 0 {
		t.Errorf("%+v", k.Conditions())
	}
}

func TestCountsRemoveNothing(t *testing.T) {
	k := mustKeeper(t)
	k.visits.rows = []time.Time{start.AddDate(-1, 0, 0)}
	counts, err := k.Counts(t.Context())
	if err != nil || counts[1].Due != 1 || counts[1].Kept != 1 || len(k.visits.rows) != 1 || len(k.entries) != 0 {
		t.Errorf("%+v, %v", counts, err)
	}
}
