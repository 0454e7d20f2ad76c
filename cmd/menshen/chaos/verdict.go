package chaos

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"menshen"
)

// Row is a pass as the pass log has it.
type Row struct {
	ID        menshen.PassID
	Person    string
	Direction menshen.Direction
	Captured  time.Time
	Decided   time.Time
	Outcome   menshen.Outcome
	Answers   string // the pass whose review it concludes; "" for none
}

// Verdict compares a ledger with a pass log. All but the counts at the top must be 0.
type Verdict struct {
	Answered     int `json:"answered"`     // presentations that were answered
	Acknowledged int `json:"acknowledged"` // passes that the outboxes said they keep
	Kept         int `json:"kept"`         // passes in the pass log
	Concluded    int `json:"concluded"`    // of them, reviews that nobody answered and the gate concluded by itself
	CutOff       int `json:"cut_off"`      // answered in the last moments before a kill and never acknowledged
	CutOffMillis int `json:"cut_off_ms"`   // how long before the kill the first of them was answered, at most

	Lost     int `json:"lost"`     // acknowledged, or answered before others of its gate and life that were kept, and not in the log
	Doubled  int `json:"doubled"`  // one presentation, two passes
	Invented int `json:"invented"` // passes that nobody presented
	Changed  int `json:"changed"`  // passes that are not as the outbox had them
	Gaps     int `json:"gaps"`     // numbers that no pass has
	Order    int `json:"order"`    // passes numbered in another order than they were decided in
	Faults   int `json:"faults"`   // what the outboxes, the databases or a scenario found wrong beside

	Examples []string `json:"examples,omitempty"`
}

// Good says that nothing is wrong.
func (v Verdict) Good() bool {
	return v.Lost+v.Doubled+v.Invented+v.Changed+v.Gaps+v.Order+v.Faults == 0
}

const maxExamples = 12

func (v *Verdict) example(format string, args ...any) {
	if len(v.Examples) < maxExamples {
		v.Examples = append(v.Examples, fmt.Sprintf(format, args...))
	}
}

// fault notes what else is wrong.
func (v *Verdict) fault(format string, args ...any) {
	v.Faults++
	v.example(format, args...)
}

// slack is how far the time of a decision may lie outside of the time between sending and answer: the clock is read in
// another process, and jumps a little where it is set right.
const slack = 50 * time.Millisecond

// unanswered is how long after it was sent a presentation without an answer may still have been decided.
const unanswered = 20 * time.Second

// Judge compares. rows are all passes of the log, in any order.
func (l *Ledger) Judge(rows []Row) Verdict {
	l.mu.Lock()
	defer l.mu.Unlock()
	var v Verdict
	v.Kept = len(rows)
	for _, f := range slices.Sorted(maps.Keys(l.faults)) {
		v.fault("%s", f)
	}
	byGate := map[string][]Row{}
	there := map[menshen.PassID]Row{}
	for _, r := range rows {
		byGate[r.ID.Gate] = append(byGate[r.ID.Gate], r)
		if _, twice := there[r.ID]; twice {
			v.Doubled++
			v.example("%s is there twice", r.ID)
		}
		there[r.ID] = r
	}
	for gate, last := range l.last {
		v.Acknowledged += int(last)
		for n := uint64(1); n <= last; n++ {
			if _, ok := there[menshen.PassID{Gate: gate, Sequence: n}]; !ok {
				v.Lost++
				v.example("%s:%d was acknowledged and is lost", gate, n)
			}
		}
	}
	for id, ack := range l.acks {
		r, ok := there[id]
		switch {
		case !ok && id.Sequence > l.last[id.Gate]: // else it is counted above
			v.Lost++
			v.example("%s was acknowledged and is lost", id)
		case ok && (r.Person != ack.Person || r.Direction != ack.Direction || !r.Decided.Equal(ack.Decided)):
			v.Changed++
			v.example("%s was of %s at %s in the outbox, and is of %s at %s in the log", id, ack.Person, ack.Decided, r.Person, r.Decided)
		}
	}
	gates := map[string]bool{}
	for gate := range byGate {
		gates[gate] = true
	}
	for gate := range l.attempts {
		gates[gate] = true
	}
	for gate := range gates {
		l.judgeGate(&v, gate, byGate[gate])
	}
	return v
}

// move is who passed in which direction.
type move struct {
	person    string
	direction menshen.Direction
}

// judgeGate compares one gate.
func (l *Ledger) judgeGate(v *Verdict, gate string, rows []Row) {
	slices.SortFunc(rows, func(a, b Row) int { return cmp.Compare(a.ID.Sequence, b.ID.Sequence) })
	for i, r := range rows {
		before := uint64(0)
		if i > 0 {
			before = rows[i-1].ID.Sequence
		}
		if r.ID.Sequence > before+1 {
			missing := int(r.ID.Sequence - before - 1)
			v.Gaps += missing
			v.example("gate %s has no passes numbered %d to %d", gate, before+1, r.ID.Sequence-1)
		}
	}
	attempts := l.attempts[gate]
	index := map[move][]int{}
	for i, a := range attempts {
		m := move{a.Person, a.Direction}
		index[m] = append(index[m], i)
		if a.Outcome == menshen.OutcomeDeny { // a gate that knows nobody yet keeps no name
			nobody := move{"", a.Direction}
			index[nobody] = append(index[nobody], i)
		}
		if !a.Answered.IsZero() {
			v.Answered++
		}
	}
	kept := make([]bool, len(attempts))
	latest := -1
	reviews := map[string]bool{}
	for _, r := range rows {
		if r.Outcome == menshen.OutcomeReview {
			reviews[r.ID.String()] = true
		}
		if reviews[r.Answers] {
			delete(reviews, r.Answers) // each is concluded once
			v.Concluded++
			continue
		}
		i := find(attempts, index[move{r.Person, r.Direction}], kept, r)
		switch {
		case i < 0:
			v.Invented++
			v.example("%s: nobody presented %s %s at %s", r.ID, r.Person, r.Direction, r.Decided.Format(time.RFC3339Nano))
			continue
		case kept[i]:
			v.Doubled++
			v.example("%s is the second pass of what %s showed at %s", r.ID, r.Person, attempts[i].Sent.Format(time.RFC3339Nano))
			continue
		case i < latest:
			v.Order++
			v.example("%s was presented before the passes numbered before it", r.ID)
		}
		kept[i] = true
		latest = max(latest, i)
	}
	// From the end: what is missing after the last kept pass of a life that was killed was cut off.
	after := map[int]bool{} // lives of which a later attempt was kept
	for i := len(attempts) - 1; i >= 0; i-- {
		a := attempts[i]
		if kept[i] {
			after[a.Life] = true
			continue
		}
		if a.Answered.IsZero() {
			continue
		}
		life := l.lives[a.Life]
		if after[a.Life] || !life.Killed {
			v.Lost++
			v.example("what %s showed at gate %s at %s was answered and is lost", a.Person, gate, a.Answered.Format(time.RFC3339Nano))
			continue
		}
		v.CutOff++
		v.CutOffMillis = max(v.CutOffMillis, int(life.Ended.Sub(a.Answered).Milliseconds()))
	}
}

// find gives which of the attempts of a move a pass is of, -1 for none: the last one that was sent before it was decided. Passes
// without a name are alike: each is of the first that has none yet.
func find(attempts []*Attempt, of []int, kept []bool, r Row) int {
	if r.Person == "" {
		for _, i := range of {
			if !kept[i] && fits(attempts[i], r) {
				return i
			}
		}
		return -1
	}
	for _, i := range slices.Backward(of) {
		if fits(attempts[i], r) {
			return i
		}
	}
	return -1
}

// fits reports whether a pass was decided between the sending of an attempt and its answer.
func fits(a *Attempt, r Row) bool {
	until := a.Answered
	if until.IsZero() {
		until = a.Sent.Add(unanswered)
	}
	decided := r.Decided.Add(-a.Ahead) // the gate's clock may have been moved
	return !decided.Before(a.Sent.Add(-slack)) && !decided.After(until.Add(slack))
}
