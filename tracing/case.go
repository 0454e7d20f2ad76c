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
	// Held is who else is isolated when; a zero To is open. From the first isolation that ends after their exposure on they
	// pass nothing on. May be nil.
	Held map[string][]menshen.Span
	// Known are who was exposed to the index person by report: generation 1. May be nil.
	Known []Known
}

// Known was exposed to the index person in Span, by report.
type Known struct {
	Person string
	menshen.Span
	Level menshen.ContactLevel // close if ""
	Risk  string               // high if ""
}

// Finding is one person whom a case may have infected, directly or by others; asked backward, who may have infected it.
type Finding struct {
	Person     string
	Generation int // hops from the index person, the fewest there are
	Level      menshen.ContactLevel
	Risk       string // high, medium or low
	Rule       string // id of the first rule of the policy that the exposures below match
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
//     Latency says, strictly, until Held or now. Exposures that began earlier or end later are cut, not dropped.
//   - Asked backward it is the same on reversed time, within the time from Window.From on.
//   - Exposures to the index person are judged by the policy's Rules, all others by Next. The time from which somebody counts
//     as exposed is the policy's NextFrom, the earliest of all who may have exposed them with the same number of hops.
//   - Nobody is found twice, and the index person never.
//
// Errors: invalid for a question that makes no sense; not_found for somebody who has neither a pass nor a residence.
func (t *Tracer) Case(ctx context.Context, q CaseQuestion) (CaseAnswer, error) {
	const op = "tracing.case"
	if err := q.validate(op); err != nil {
		return CaseAnswer{}, err
	}
	if err := ctx.Err(); err != nil {
		return CaseAnswer{}, err
	}
	answer := CaseAnswer{Window: q.Window}
	var err error
	t.log.View(func(v passlog.View) {
		r := t.newRun(ctx, v, &q)
		defer r.close()
		if err = r.begin(op); err != nil {
			return
		}
		if err = r.rounds(); err != nil {
			return
		}
		answer.Findings, err = r.findings()
	})
	return answer, err
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
