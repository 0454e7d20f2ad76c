package tracing

import (
	"context"
	"time"

	"menshen"
	"menshen/tracing/passlog"
	"menshen/tracing/policy"
)

// CaseQuestion asks for the contacts of a case, and theirs.
type CaseQuestion struct {
	Person string // index person
	// Window is when the index person passes the infection on; asked backward, when they can have caught it.
	Window menshen.Span
	// Isolated is since when nothing is passed on by the index person; zero for never.
	Isolated    time.Time
	Policy      *policy.Policy
	Generations int  // 1 … 5; 0 is the policy's
	Backward    bool // who may have infected them, instead of whom they may have infected
	// Held is who is isolated when, in any order; a zero To is without end. Whoever is exposed passes it on until the first
	// isolation that ends later begins, and not at all if they are in it. For an index person it is the same with the
	// beginning of the window, but that they pass it on after an isolation in which that lies. Asked backward, a carrier
	// counts whenever they are not isolated. May be nil.
	Held map[string][]menshen.Span
	// Known are exposures to Person that are known from elsewhere, as by interview. May be nil.
	Known []Known
	// Others are further index people, of an outbreak: found is everybody whom any of them may have infected, with the fewest
	// hops there are and then the earliest. They are never found, and pass it on by their own Window alone. Not backward.
	Others []Index
}

// Index is one of several index people.
type Index struct {
	Person   string
	Window   menshen.Span
	Isolated time.Time // since when they pass nothing on; zero for never
}

// Known is an exposure to the index person that somebody reported. It counts as far as it lies in the window, as any other,
// and passes on; where no rule of the policy matches, the person is found by the rule "reported". Who has neither a pass nor a
// residence is left out.
type Known struct {
	Person       string
	menshen.Span                      // a zero bound is open; where both are the same it is a moment
	Level        menshen.ContactLevel // where no rule matches, by the first of the person's in the window; "" is close
	Risk         string               // likewise; "" is high
}

// Finding is one person whom a case may have infected, directly or by others; asked backward, who may have infected it.
type Finding struct {
	Person     string
	Generation int // hops from the index person, the fewest there are
	Level      menshen.ContactLevel
	Risk       string // high, medium or low
	Rule       string // id of the first rule of the policy that the exposures below match
	// Exposed is when they were reached: from then on (and the policy's latency) they pass it on. It is the first exposure, the
	// threshold or the end of the last, as the policy's NextFrom says, and the same as in the hop to them. Asked backward, it is
	// the latest time at which they can have passed it on.
	Exposed time.Time
	// First exposure, when it came to count, and the end of the last: of the exposures below, all of them included.
	First, Threshold, Last time.Time
	Together               time.Duration // in zones, nested ones counted once
	Least                  time.Duration // of Together, what observed bounds alone prove
	Sureness               float64       // 0 … 1: the product along Path of each pair's surest exposure
	// Path leads from the index person to this one, in the order in which the infection goes: asked backward, from this
	// one to the index person. Each hop has the pair's first exposure.
	Path []menshen.Hop
	// Exposures are those to the one before in Path that count, at most MaxExposures, in order of From.
	Exposures []menshen.Exposure
}

// MaxExposures is how many exposures a Finding lists; its times and sums are of all.
const MaxExposures = 200

// CaseAnswer is what a CaseQuestion finds.
type CaseAnswer struct {
	Window   menshen.Span
	Findings []Finding // by generation, level, time together (the longest first), first exposure, id
}

// Case finds whom a case may have infected by the policy, or, asked backward, by whom it may have been infected. All of it
// is of one instant of the log. docs/tracing.md says in full what counts; in short:
//
//   - The index person passes it on within Window, until Isolated; whoever was exposed, from so long after as the policy's
//     Latency says, strictly, until isolated (Held) or now. Exposures that began earlier or end later are cut, not dropped.
//   - Asked backward it is the same on reversed time, within the time from Window.From on.
//   - Exposures to the index person are judged by the policy's Rules, all others by Next. The time from which somebody counts
//     as exposed is the policy's NextFrom, the earliest of all who may have exposed them with the same number of hops.
//   - Where the policy's NextOf names a risk, those who are found by a rule of less risk pass nothing on.
//   - Nobody is found twice, and the index person never.
//
// Errors: invalid for a question that makes no sense; not_found for somebody who has neither a pass nor a residence.
func (t *Tracer) Case(ctx context.Context, q CaseQuestion) (CaseAnswer, error) {
	answer := CaseAnswer{Window: q.Window}
	err := t.ask(ctx, "tracing.case", &q, func(r *run) (err error) {
		answer.Findings, err = r.findings()
		return err
	})
	return answer, err
}

// ask follows a case and then makes the answer.
func (t *Tracer) ask(ctx context.Context, op string, q *CaseQuestion, answer func(r *run) error) error {
	if err := q.validate(op); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	var err error
	t.log.View(func(v passlog.View) {
		r := t.newRun(ctx, v, q)
		defer r.close()
		if err = r.begin(op); err != nil {
			return
		}
		if err = r.rounds(); err != nil {
			return
		}
		err = answer(r)
	})
	return err
}

func (q *CaseQuestion) validate(op string) error {
	if err := checkSpan(op, q.Person, q.Window); err != nil {
		return err
	}
	if q.Policy == nil {
		return menshen.Errorf(menshen.CodeInvalid, op, "policy is empty").WithHint("list the policies with: menshen trace policy list")
	}
	if n := q.generations(); n < 1 || n > MaxGenerations {
		return menshen.Errorf(menshen.CodeInvalid, op, "generations is %d", n).WithHint("use 1 to %d; 0 is the policy's", MaxGenerations)
	}
	for i := range q.Others {
		if err := checkSpan(op, q.Others[i].Person, q.Others[i].Window); err != nil {
			return err
		}
	}
	if q.Backward && len(q.Others) > 0 {
		return menshen.Errorf(menshen.CodeInvalid, op, "several index people are asked about backward").WithHint("ask backward about each alone")
	}
	if q.Policy.Latency < 0 {
		return menshen.Errorf(menshen.CodeInvalid, op, "latency is %v", q.Policy.Latency).WithHint("use 0 or more")
	}
	return nil
}

// MaxGenerations is how many generations can be asked for.
const MaxGenerations = 5

func (q *CaseQuestion) generations() int {
	if q.Generations != 0 {
		return q.Generations
	}
	return q.Policy.Generations
}
