package proto

import (
	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// The words that travel as enums. Each way is a switch, so that a word without a number, or a number without a word, has
// no silent meaning: going out it becomes "unspecified", coming in it is refused.

// DirectionToWire converts a direction; an unknown one becomes unspecified.
func DirectionToWire(d menshen.Direction) menshenv1.Direction {
	switch d {
	case menshen.DirectionIn:
		return menshenv1.Direction_DIRECTION_IN
	case menshen.DirectionOut:
		return menshenv1.Direction_DIRECTION_OUT
	}
	return menshenv1.Direction_DIRECTION_UNSPECIFIED
}

// DirectionFromWire converts a direction. There must be one.
func DirectionFromWire(d menshenv1.Direction) (menshen.Direction, error) {
	switch d {
	case menshenv1.Direction_DIRECTION_IN:
		return menshen.DirectionIn, nil
	case menshenv1.Direction_DIRECTION_OUT:
		return menshen.DirectionOut, nil
	}
	return "", invalid("proto.direction", "direction %d is not known", d)
}

// MeansToWire converts a means; an unknown one becomes unspecified.
func MeansToWire(m menshen.Means) menshenv1.Means {
	switch m {
	case menshen.MeansFace:
		return menshenv1.Means_MEANS_FACE
	case menshen.MeansQR:
		return menshenv1.Means_MEANS_QR
	case menshen.MeansCard:
		return menshenv1.Means_MEANS_CARD
	case menshen.MeansPIN:
		return menshenv1.Means_MEANS_PIN
	case menshen.MeansGuard:
		return menshenv1.Means_MEANS_GUARD
	}
	return menshenv1.Means_MEANS_UNSPECIFIED
}

// MeansFromWire converts a means. There must be one.
func MeansFromWire(m menshenv1.Means) (menshen.Means, error) {
	switch m {
	case menshenv1.Means_MEANS_FACE:
		return menshen.MeansFace, nil
	case menshenv1.Means_MEANS_QR:
		return menshen.MeansQR, nil
	case menshenv1.Means_MEANS_CARD:
		return menshen.MeansCard, nil
	case menshenv1.Means_MEANS_PIN:
		return menshen.MeansPIN, nil
	case menshenv1.Means_MEANS_GUARD:
		return menshen.MeansGuard, nil
	}
	return "", invalid("proto.means", "means %d is not known", m)
}

// OutcomeToWire converts an outcome; an unknown one becomes unspecified.
func OutcomeToWire(o menshen.Outcome) menshenv1.Outcome {
	switch o {
	case menshen.OutcomeAllow:
		return menshenv1.Outcome_OUTCOME_ALLOW
	case menshen.OutcomeDeny:
		return menshenv1.Outcome_OUTCOME_DENY
	case menshen.OutcomeReview:
		return menshenv1.Outcome_OUTCOME_REVIEW
	}
	return menshenv1.Outcome_OUTCOME_UNSPECIFIED
}

// OutcomeFromWire converts an outcome. There must be one.
func OutcomeFromWire(o menshenv1.Outcome) (menshen.Outcome, error) {
	switch o {
	case menshenv1.Outcome_OUTCOME_ALLOW:
		return menshen.OutcomeAllow, nil
	case menshenv1.Outcome_OUTCOME_DENY:
		return menshen.OutcomeDeny, nil
	case menshenv1.Outcome_OUTCOME_REVIEW:
		return menshen.OutcomeReview, nil
	}
	return "", invalid("proto.outcome", "outcome %d is not known", o)
}

// VerdictToWire converts a verdict; an unknown one becomes unspecified.
func VerdictToWire(v menshen.Verdict) menshenv1.Verdict {
	switch v {
	case menshen.VerdictKnown:
		return menshenv1.Verdict_VERDICT_KNOWN
	case menshen.VerdictUnsure:
		return menshenv1.Verdict_VERDICT_UNSURE
	case menshen.VerdictUnknown:
		return menshenv1.Verdict_VERDICT_UNKNOWN
	}
	return menshenv1.Verdict_VERDICT_UNSPECIFIED
}

// VerdictFromWire converts a verdict. There must be one.
func VerdictFromWire(v menshenv1.Verdict) (menshen.Verdict, error) {
	switch v {
	case menshenv1.Verdict_VERDICT_KNOWN:
		return menshen.VerdictKnown, nil
	case menshenv1.Verdict_VERDICT_UNSURE:
		return menshen.VerdictUnsure, nil
	case menshenv1.Verdict_VERDICT_UNKNOWN:
		return menshen.VerdictUnknown, nil
	}
	return "", invalid("proto.verdict", "verdict %d is not known", v)
}
