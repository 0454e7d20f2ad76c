package tracing_test

import (
	"testing"

	"menshen"
	"menshen/tracing"
	"menshen/tracing/passlog"
)

// TestGrade gives doubtful passes less confidence than sure ones, and never none.
func TestGrade(t *testing.T) {
	for _, c := range []struct {
		confidence float64
		reasons    []menshen.Reason
		want       uint8
	}{
		{0, nil, 0},
		{1, nil, 0},
		{0.5, nil, passlog.Grades / 2},
		{0, []menshen.Reason{menshen.ReasonActiveResident}, 0},
		{0, []menshen.Reason{menshen.ReasonGuardAllowed, menshen.ReasonPassback}, passlog.Grades / 2},
		{1, []menshen.Reason{menshen.ReasonPermitValid, menshen.ReasonPermitSheet}, passlog.Grades / 4},
		{1, []menshen.Reason{menshen.ReasonNotLive}, passlog.Grades / 2},
		{0.5, []menshen.Reason{menshen.ReasonPassback}, passlog.Grades * 3 / 4},
		{0.01, []menshen.Reason{menshen.ReasonPassback, menshen.ReasonNotLive}, passlog.Grades - 1},
	} {
		if got := tracing.Grade(&menshen.Pass{Confidence: c.confidence, Decision: menshen.Decision{Reasons: c.reasons}}); got != c.want {
			t.Errorf("confidence %v, %v: grade %d, want %d", c.confidence, c.reasons, got, c.want)
		}
	}
}
