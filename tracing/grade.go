package tracing

import (
	"math"

	"menshen"
	"menshen/tracing/passlog"
)

// Grade gives the grade of confidence under which the log keeps a pass: hand it to passlog.Config. A pass of which no
// confidence is said, as of a card, has full confidence, unless the decision itself says that it may not have been they, or
// that an earlier pass of theirs is missing: then the confidence is what doubt leaves of it.
func Grade(p *menshen.Pass) uint8 {
	c := p.Confidence
	if c <= 0 || c > 1 {
		c = 1
	}
	for _, r := range p.Decision.Reasons {
		c *= doubt(r)
	}
	return uint8(min(math.Round((1-c)*passlog.Grades), passlog.Grades-1))
}

// doubt is what a reason leaves of the confidence of a pass. No gate sees who walks in close behind another; that somebody did is
// told by the records only, when they come in twice without having gone out.
func doubt(r menshen.Reason) float64 {
	switch r {
	case menshen.ReasonPassback, menshen.ReasonNotLive:
		return 0.5 // as likely as not: lent, or tailgated before; a picture
	case menshen.ReasonPermitSheet, menshen.ReasonLivenessUnseen:
		return 0.75 // anybody may carry paper; nobody could check
	}
	return 1
}

// sureness gives the confidence, 0 … 1, that a grade stands for.
func sureness(grade uint8) float64 { return 1 - float64(grade)/passlog.Grades }
