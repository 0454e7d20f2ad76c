package tracing_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"menshen"
	"menshen/tracing"
)

// together sums the zone overlaps second by second.
func together(list []met, least bool) (n int) {
	in := map[int]bool{}
	for _, m := range list {
		from, to := m.from, m.to
		if least {
			from, to = m.leastFrom, m.leastT
		}
		for s := from; m.Kind == menshen.ExposureZone && s < to; s++ {
			in[s] = true
		}
	}
	return len(in)
}

func (r *caseReference) show(c *carrier, generation int) string {
	m := c.met
	sure := 1.0
	var hops []string
	for h := c; h.before != nil; h = h.before {
		top := 0.0
		for _, e := range h.met.list {
			top = max(top, e.Sureness)
		}
		sure *= top
		e := h.met.list[0].Exposure
		from, to := h.before.person, h.person
		if r.q.Backward {
			for _, x := range h.met.list {
				if x.to > sec(e.To) {
					e = x.Exposure
				}
			}
			from, to = to, from
		}
		hops = append(hops, fmt.Sprintf("%s>%s at %s by %s", from, to, clock(at(h.label)), showExposure(e)))
	}
	if !r.q.Backward {
		slices.Reverse(hops)
	}
	exposures := make([]menshen.Exposure, len(m.list))
	for i := range m.list {
		exposures[i] = m.list[i].Exposure
	}
	return showFinding(tracing.Finding{
		Person: c.person, Generation: generation, Level: m.rule.Level, Risk: m.rule.Risk, Rule: m.rule.ID,
		First: at(m.first), Threshold: at(m.threshold), Last: at(m.last),
		Together: time.Duration(together(m.list, false)) * time.Second, Least: time.Duration(together(m.list, true)) * time.Second,
		Sureness: sure, Exposures: exposures,
	}, hops)
}

func showHops(path []menshen.Hop) []string {
	out := make([]string, len(path))
	for i, h := range path {
		out[i] = fmt.Sprintf("%s>%s at %s by %s", h.From, h.To, clock(h.Exposed), showExposure(h.Exposure))
	}
	return out
}

func showFinding(f tracing.Finding, hops []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %d %s %s %s first %s counts %s last %s together %v least %v sure %.4f\n\t\tpath %s", f.Person, f.Generation, f.Level, f.Risk, f.Rule,
		clock(f.First), clock(f.Threshold), clock(f.Last), f.Together, f.Least, f.Sureness, strings.Join(hops, "; "))
	for _, e := range f.Exposures {
		fmt.Fprintf(&b, "\n\t\t%s least %v floors %d sure %.4f", showExposure(e), e.Least, e.Floors, e.Sureness)
	}
	return b.String()
}
