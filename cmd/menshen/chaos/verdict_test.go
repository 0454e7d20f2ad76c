package chaos_test

import (
	"testing"
	"time"

	"menshen"
	"menshen/cmd/menshen/chaos"
)

// story is a ledger of one gate in which ten people passed in one life, all of them acknowledged, and the log of it.
func story(t *testing.T) (*chaos.Ledger, int, []chaos.Row) {
	t.Helper()
	l, err := chaos.NewLedger(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	life := l.Begin("hub")
	var rows []chaos.Row
	for i := range uint64(10) {
		rows = append(rows, pass(t, l, life, i+1))
	}
	return l, life, rows
}

// pass has somebody pass, and gives the row of it.
func pass(t *testing.T, l *chaos.Ledger, life int, n uint64) chaos.Row {
	t.Helper()
	r := answered(l, life, n)
	l.Acknowledge(map[menshen.PassID]chaos.Ack{r.ID: {Person: r.Person, Direction: r.Direction, Decided: r.Decided}}, map[string]uint64{"east": n})
	return r
}

// answered has somebody pass, which nobody has heard of as committed.
func answered(l *chaos.Ledger, life int, n uint64) chaos.Row {
	r := chaos.Row{ID: menshen.PassID{Gate: "east", Sequence: n}, Person: string(rune('a' + n)), Direction: menshen.DirectionIn, Outcome: menshen.OutcomeAllow}
	a := l.Present(chaos.Attempt{Gate: "east", Person: r.Person, Direction: r.Direction, Life: life, Sent: time.Now()})
	r.Decided = time.Now()
	l.Answer(a, menshen.Decision{Outcome: r.Outcome})
	return r
}

// The verdict sees each kind of damage to a log, and nothing where there is none.
func TestVerdictSeesDamage(t *testing.T) {
	for name, tt := range map[string]struct {
		damage func(t *testing.T, l *chaos.Ledger, life int, rows []chaos.Row) []chaos.Row
		wrong  func(v chaos.Verdict) bool // nil for good
	}{
		"nothing": {func(_ *testing.T, _ *chaos.Ledger, _ int, rows []chaos.Row) []chaos.Row { return rows }, nil},
		"the last one lost": {func(_ *testing.T, _ *chaos.Ledger, _ int, rows []chaos.Row) []chaos.Row { return rows[:9] },
			func(v chaos.Verdict) bool { return v.Lost > 0 }},
		"one in the middle lost": {func(_ *testing.T, _ *chaos.Ledger, _ int, rows []chaos.Row) []chaos.Row {
			return append(rows[:4:4], rows[5:]...)
		},
			func(v chaos.Verdict) bool { return v.Lost > 0 && v.Gaps == 1 }},
		"answered but lost before another": {func(t *testing.T, l *chaos.Ledger, life int, rows []chaos.Row) []chaos.Row {
			answered(l, life, 11)
			r := answered(l, life, 12)
			r.ID.Sequence = 11
			return append(rows, r)
		}, func(v chaos.Verdict) bool { return v.Lost == 1 && v.Gaps == 0 }},
		"answered and lost in good order": {func(t *testing.T, l *chaos.Ledger, life int, rows []chaos.Row) []chaos.Row {
			answered(l, life, 11)
			if err := l.End(life, false); err != nil {
				t.Fatal(err)
			}
			return rows
		}, func(v chaos.Verdict) bool { return v.Lost == 1 }},
		"answered and cut off": {func(t *testing.T, l *chaos.Ledger, life int, rows []chaos.Row) []chaos.Row {
			answered(l, life, 11)
			if err := l.End(life, true); err != nil {
				t.Fatal(err)
			}
			return rows
		}, nil},
		"one twice": {func(_ *testing.T, _ *chaos.Ledger, _ int, rows []chaos.Row) []chaos.Row {
			again := rows[3]
			again.ID.Sequence = 11
			return append(rows, again)
		}, func(v chaos.Verdict) bool { return v.Doubled == 1 }},
		"one that nobody showed": {func(_ *testing.T, _ *chaos.Ledger, _ int, rows []chaos.Row) []chaos.Row {
			return append(rows, chaos.Row{ID: menshen.PassID{Gate: "east", Sequence: 11}, Person: "z", Direction: menshen.DirectionIn, Decided: time.Now()})
		}, func(v chaos.Verdict) bool { return v.Invented == 1 }},
		"another person": {func(_ *testing.T, _ *chaos.Ledger, _ int, rows []chaos.Row) []chaos.Row {
			rows[3].Person = rows[4].Person
			return rows
		}, func(v chaos.Verdict) bool { return v.Changed == 1 && v.Doubled+v.Invented == 1 }},
		"a number given out twice": {func(_ *testing.T, l *chaos.Ledger, _ int, rows []chaos.Row) []chaos.Row {
			l.Acknowledge(map[menshen.PassID]chaos.Ack{rows[3].ID: {Person: "z", Direction: menshen.DirectionIn, Decided: time.Now()}}, nil)
			return rows
		}, func(v chaos.Verdict) bool { return v.Faults == 1 }},
		"a gate that counts back": {func(_ *testing.T, l *chaos.Ledger, _ int, rows []chaos.Row) []chaos.Row {
			l.Acknowledge(nil, map[string]uint64{"east": 3})
			return rows
		}, func(v chaos.Verdict) bool { return v.Faults == 1 }},
		"two numbers exchanged": {func(_ *testing.T, _ *chaos.Ledger, _ int, rows []chaos.Row) []chaos.Row {
			rows[3].ID, rows[4].ID = rows[4].ID, rows[3].ID
			return rows
		}, func(v chaos.Verdict) bool { return v.Order == 1 && v.Changed == 2 }},
	} {
		t.Run(name, func(t *testing.T) {
			l, life, rows := story(t)
			v := l.Judge(tt.damage(t, l, life, rows))
			if tt.wrong == nil && !v.Good() || tt.wrong != nil && (v.Good() || !tt.wrong(v)) {
				t.Errorf("%+v", v)
			}
		})
	}
}
