package tracing

import (
	"math"

	"menshen"
	"menshen/tracing/passlog"
)

// Grade gives the grade of confidence under which the log keeps a pass: hand it to passlog.Config. A pass of which no
// confidence is said, as of a card, has full confidence.
func Grade(p *menshen.Pass) uint8 {
	if p.Confidence <= 0 || p.Confidence >= 1 {
		return 0
	}
	return uint8(min(math.Round((1-p.Confidence)*passlog.Grades), passlog.Grades-1))
}

// sureness gives the confidence, 0 … 1, that a grade stands for.
func sureness(grade uint8) float64 { return 1 - float64(grade)/passlog.Grades }
