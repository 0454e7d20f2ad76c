package bench

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"

	"menshen"
	"menshen/access/policy"
	"menshen/access/roll"
)

// AccessOptions are the flags of menshen bench access.
type AccessOptions struct {
	People    int    // in the registry, 1 to 1 million
	Permits   int    // of all of them together, 0 to 5 million
	Decisions int    // 1000 to 100 million
	Threads   int    // that decide at the same time, 1 to 256
	Seed      uint64 // of the registry and the requests
}

func (o AccessOptions) check() error {
	for _, x := range []struct {
		flag     string
		value    int
		from, to int
	}{
		{"people", o.People, 1, 1_000_000}, {"permits", o.Permits, 0, 5_000_000}, {"decisions", o.Decisions, 1000, 100_000_000},
		{"threads", o.Threads, 1, 256},
	} {
		if x.value < x.from || x.value > x.to {
			return menshen.Errorf(menshen.CodeInvalid, "cmd.bench", "--%s: %d is out of range", x.flag, x.value).
				WithHint("use %d to %d", x.from, x.to)
		}
	}
	return nil
}

// accessReport is what menshen bench access prints.
type accessReport struct {
	Machine   Machine `json:"machine"`
	People    int     `json:"people"`
	Permits   int     `json:"permits"`
	Decisions int     `json:"decisions"`
	Threads   int     `json:"threads"`
	Seed      uint64  `json:"seed"`

	PerSecond   float64            `json:"decisions_per_s"`       // look-up and decision, of all threads together
	QuietPerSec float64            `json:"quiet_decisions_per_s"` // of one thread in its best 1000 in a row, by processor time: what others on the machine leave unharmed
	Nanoseconds float64            `json:"decision_ns"`           // mean, processor time
	Allocations float64            `json:"allocations_per_decision"`
	Outcomes    map[string]float64 `json:"outcomes"` // shares

	Changes  int     `json:"changes"`
	ApplyMS  float64 `json:"apply_ms"` // all of them
	MemoryMB float64 `json:"memory_mb"`
	PassNS   float64 `json:"pass_ns"` // to note a pass, mean
}

// Access measures decisions over a computed registry in memory: finding what is known of somebody and deciding, together.
func Access(ctx context.Context, p Program, o AccessOptions) (Report, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	r := accessReport{
		Machine: DescribeMachine(time.Now(), p.Version), People: o.People, Permits: o.Permits, Decisions: o.Decisions, Threads: o.Threads, Seed: o.Seed,
	}
	town := newTownship(o)
	before := liveBytes()
	fmt.Fprintln(p.Progress, "filling the registry")
	rolled, err := r.fill(ctx, town)
	if err != nil {
		return nil, err
	}
	r.MemoryMB = float64(liveBytes()-before) / (1 << 20)
	fmt.Fprintln(p.Progress, "deciding")
	if err := r.decide(ctx, town, rolled); err != nil {
		return nil, err
	}
	r.pass(town, rolled)
	return r, nil
}

// fill applies the changes in batches, as they come from a database, and times that alone.
func (r *accessReport) fill(ctx context.Context, t *township) (*roll.Roll, error) {
	const batch = 1000
	var took time.Duration
	begin := time.Now()
	rolled := roll.New(t.site)
	took += time.Since(begin)
	r.Changes = t.size()
	for i := 0; i < r.Changes; i += batch {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		var changes []menshen.Change
		for j := i; j < min(i+batch, r.Changes); j++ {
			changes = append(changes, t.change(j))
		}
		begin := time.Now()
		if err := rolled.Apply(changes...); err != nil {
			return nil, err
		}
		took += time.Since(begin)
	}
	r.ApplyMS = inMilliseconds(took)
	return rolled, nil
}

// quietBatch is how many decisions in a row are timed together.
const quietBatch = 1000

// tally is what one thread measured.
type tally struct {
	outcomes map[menshen.Outcome]int
	took     time.Duration // processor time
	quiet    time.Duration // of the fastest batch, processor time
	n        int
}

func (r *accessReport) decide(ctx context.Context, t *township, rolled *roll.Roll) error {
	questions := t.questions(min(r.Decisions, 1<<20))
	newAsker(t, rolled).ask(ctx, questions, len(questions)) // what the rules make of the facts that meet here is known from now on
	tallies := make([]tally, r.Threads)
	var first, last runtime.MemStats
	runtime.ReadMemStats(&first)
	begin := time.Now()
	var wait sync.WaitGroup
	for i := range tallies {
		wait.Go(func() {
			a := newAsker(t, rolled)
			at := i * len(questions) / r.Threads
			tallies[i] = a.ask(ctx, append(questions[at:len(questions):len(questions)], questions[:at]...), r.Decisions/r.Threads)
		})
	}
	wait.Wait()
	elapsed := time.Since(begin)
	runtime.ReadMemStats(&last)
	if err := ctx.Err(); err != nil {
		return err
	}
	total, took, quiet := 0, time.Duration(0), tallies[0].quiet
	r.Outcomes = map[string]float64{}
	for _, x := range tallies {
		total, took, quiet = total+x.n, took+x.took, min(quiet, x.quiet)
		for outcome, n := range x.outcomes {
			r.Outcomes[string(outcome)] += float64(n)
		}
	}
	for outcome := range r.Outcomes {
		r.Outcomes[outcome] /= float64(total)
	}
	r.PerSecond = float64(total) / elapsed.Seconds()
	r.Nanoseconds = float64(took) / float64(total)
	r.QuietPerSec = float64(min(quietBatch, total)) / quiet.Seconds()
	r.Allocations = float64(last.Mallocs-first.Mallocs) / float64(total)
	return nil
}

// asker asks for decisions on one thread, with a request that it uses again and again as a gate does.
type asker struct {
	t       *township
	rolled  *roll.Roll
	request policy.Request
	match   menshen.Match
	nearest [1]menshen.Candidate
}

func newAsker(t *township, rolled *roll.Roll) *asker { return &asker{t: t, rolled: rolled} }

// ask asks so often, from the first question on again where they end.
func (a *asker) ask(ctx context.Context, questions []question, times int) tally {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	result := tally{outcomes: map[menshen.Outcome]int{}}
	var allow, deny, review int
	at := 0
	for result.n < times && ctx.Err() == nil {
		n := min(quietBatch, times-result.n)
		begin := threadTime()
		for range n {
			switch a.decide(&questions[at]) {
			case menshen.OutcomeAllow:
				allow++
			case menshen.OutcomeDeny:
				deny++
			default:
				review++
			}
			if at++; at == len(questions) {
				at = 0
			}
		}
		took := threadTime() - begin
		result.took += took
		if n == quietBatch || result.quiet == 0 {
			if result.quiet == 0 || took < result.quiet {
				result.quiet = took
			}
		}
		result.n += n
	}
	result.outcomes[menshen.OutcomeAllow], result.outcomes[menshen.OutcomeDeny], result.outcomes[menshen.OutcomeReview] = allow, deny, review
	return result
}

func (a *asker) decide(q *question) menshen.Outcome {
	a.request = policy.Request{Means: questionMeans[q.means], Seen: true, Direction: menshen.DirectionIn, At: a.t.now.Add(time.Duration(q.minute) * time.Minute)}
	if q.out {
		a.request.Direction = menshen.DirectionOut
	}
	person := ""
	if q.person >= 0 {
		person = a.t.people[q.person]
	}
	if a.request.Means == menshen.MeansFace {
		a.nearest[0] = menshen.Candidate{Person: person, Distance: 0.3}
		a.match = menshen.Match{Verdict: menshen.VerdictKnown, Candidates: a.nearest[:], Faces: 2, Agreeing: 2}
		switch {
		case person == "":
			a.match.Verdict = menshen.VerdictUnknown
		case q.uncertain:
			a.match.Verdict = menshen.VerdictUnsure
		}
		a.request.Match = &a.match
	}
	return a.rolled.Decide(&a.request, person, a.t.site.Gates[q.gate].ID).Decision.Outcome
}

// pass notes passes of a day.
func (r *accessReport) pass(t *township, rolled *roll.Roll) {
	const passes = 50_000
	begin := time.Now()
	for i := range passes {
		direction := menshen.DirectionOut
		if i%2 == 1 {
			direction = menshen.DirectionIn
		}
		rolled.Passed(menshen.Pass{
			ID: menshen.PassID{Gate: t.site.Gates[i%9].ID, Sequence: uint64(i/9 + 1)}, Site: t.site.ID, Person: t.people[i/2%len(t.people)],
			Direction: direction, Captured: t.now.Add(time.Duration(i) * time.Second), Decision: menshen.Decision{Outcome: menshen.OutcomeAllow},
		})
	}
	r.PassNS = float64(time.Since(begin)) / passes
}

// Page gives the report for people to read.
func (r accessReport) Page() Page {
	p := Page{Head: r.Machine.String() + fmt.Sprintf("\n%d people with %d permits, closed management", r.People, r.Permits)}
	add := func(what, value, note string) { p.Rows = append(p.Rows, []string{what, value, note}) }
	add("decisions a second", fmt.Sprintf("%.0f", r.PerSecond), fmt.Sprintf("%d thread(s); what is known of somebody, and the decision", r.Threads))
	add("  in the quietest moment", fmt.Sprintf("%.0f", r.QuietPerSec), "1000 in a row on one thread, by its processor time")
	add("a decision", fmt.Sprintf("%.0f ns", r.Nanoseconds), fmt.Sprintf("mean of processor time; %.0f %% allowed, %.0f %% denied, %.0f %% to review", 100*r.Outcomes["allow"], 100*r.Outcomes["deny"], 100*r.Outcomes["review"]))
	add("  allocations", fmt.Sprintf("%.4f", r.Allocations), "a decision")
	add("start", fmt.Sprintf("%.0f ms", r.ApplyMS), fmt.Sprintf("%d changes", r.Changes))
	add("memory", fmt.Sprintf("%.1f MB", r.MemoryMB), "")
	add("to note a pass", fmt.Sprintf("%.0f ns", r.PassNS), "mean")
	return p
}
