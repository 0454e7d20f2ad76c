package proto

import (
	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// vocabulary joins the words of the domain with the numbers they travel as. A word without a number, or a number without
// a word, has no silent meaning: going out it becomes "unspecified", coming in it is refused.
type vocabulary[D ~string, W ~int32] []struct {
	word   D
	number W
}

// toWire gives the number of a word, 0 (unspecified) for an unknown one.
func (v vocabulary[D, W]) toWire(word D) W {
	for _, e := range v {
		if e.word == word {
			return e.number
		}
	}
	return 0
}

// fromWire gives the word of a number. There must be one.
func (v vocabulary[D, W]) fromWire(what string, number W) (D, error) {
	for _, e := range v {
		if e.number == number {
			return e.word, nil
		}
	}
	return "", invalid("proto."+what, "%s %d is not known", what, number)
}

func directions() vocabulary[menshen.Direction, menshenv1.Direction] {
	return vocabulary[menshen.Direction, menshenv1.Direction]{
		{menshen.DirectionIn, menshenv1.Direction_DIRECTION_IN},
		{menshen.DirectionOut, menshenv1.Direction_DIRECTION_OUT},
	}
}

// DirectionToWire converts a direction; an unknown one becomes unspecified.
func DirectionToWire(w menshen.Direction) menshenv1.Direction { return directions().toWire(w) }

// DirectionFromWire converts a direction. There must be one.
func DirectionFromWire(w menshenv1.Direction) (menshen.Direction, error) {
	return directions().fromWire("direction", w)
}

func means() vocabulary[menshen.Means, menshenv1.Means] {
	return vocabulary[menshen.Means, menshenv1.Means]{
		{menshen.MeansFace, menshenv1.Means_MEANS_FACE},
		{menshen.MeansQR, menshenv1.Means_MEANS_QR},
		{menshen.MeansCard, menshenv1.Means_MEANS_CARD},
		{menshen.MeansPIN, menshenv1.Means_MEANS_PIN},
		{menshen.MeansGuard, menshenv1.Means_MEANS_GUARD},
	}
}

// MeansToWire converts a means; an unknown one becomes unspecified.
func MeansToWire(w menshen.Means) menshenv1.Means { return means().toWire(w) }

// MeansFromWire converts a means. There must be one.
func MeansFromWire(w menshenv1.Means) (menshen.Means, error) {
	return means().fromWire("means", w)
}

func outcomes() vocabulary[menshen.Outcome, menshenv1.Outcome] {
	return vocabulary[menshen.Outcome, menshenv1.Outcome]{
		{menshen.OutcomeAllow, menshenv1.Outcome_OUTCOME_ALLOW},
		{menshen.OutcomeDeny, menshenv1.Outcome_OUTCOME_DENY},
		{menshen.OutcomeReview, menshenv1.Outcome_OUTCOME_REVIEW},
	}
}

// OutcomeToWire converts an outcome; an unknown one becomes unspecified.
func OutcomeToWire(w menshen.Outcome) menshenv1.Outcome { return outcomes().toWire(w) }

// OutcomeFromWire converts an outcome. There must be one.
func OutcomeFromWire(w menshenv1.Outcome) (menshen.Outcome, error) {
	return outcomes().fromWire("outcome", w)
}

func verdicts() vocabulary[menshen.Verdict, menshenv1.Verdict] {
	return vocabulary[menshen.Verdict, menshenv1.Verdict]{
		{menshen.VerdictKnown, menshenv1.Verdict_VERDICT_KNOWN},
		{menshen.VerdictUnsure, menshenv1.Verdict_VERDICT_UNSURE},
		{menshen.VerdictUnknown, menshenv1.Verdict_VERDICT_UNKNOWN},
	}
}

// VerdictToWire converts a verdict; an unknown one becomes unspecified.
func VerdictToWire(w menshen.Verdict) menshenv1.Verdict { return verdicts().toWire(w) }

// VerdictFromWire converts a verdict. There must be one.
func VerdictFromWire(w menshenv1.Verdict) (menshen.Verdict, error) {
	return verdicts().fromWire("verdict", w)
}

func doorActions() vocabulary[menshen.DoorAction, menshenv1.DoorAction] {
	return vocabulary[menshen.DoorAction, menshenv1.DoorAction]{
		{menshen.DoorOpen, menshenv1.DoorAction_DOOR_ACTION_OPEN},
		{menshen.DoorHold, menshenv1.DoorAction_DOOR_ACTION_HOLD},
		{menshen.DoorLock, menshenv1.DoorAction_DOOR_ACTION_LOCK},
		{menshen.DoorNormal, menshenv1.DoorAction_DOOR_ACTION_NORMAL},
		{menshen.DoorEmergency, menshenv1.DoorAction_DOOR_ACTION_EMERGENCY},
	}
}

func doorPositions() vocabulary[menshen.DoorPosition, menshenv1.DoorPosition] {
	return vocabulary[menshen.DoorPosition, menshenv1.DoorPosition]{
		{menshen.PositionUnknown, menshenv1.DoorPosition_DOOR_POSITION_UNSPECIFIED},
		{menshen.PositionClosed, menshenv1.DoorPosition_DOOR_POSITION_CLOSED},
		{menshen.PositionOpen, menshenv1.DoorPosition_DOOR_POSITION_OPEN},
	}
}

func doorLocks() vocabulary[menshen.LockState, menshenv1.DoorLock] {
	return vocabulary[menshen.LockState, menshenv1.DoorLock]{
		{menshen.LockUnknown, menshenv1.DoorLock_DOOR_LOCK_UNSPECIFIED},
		{menshen.LockLocked, menshenv1.DoorLock_DOOR_LOCK_LOCKED},
		{menshen.LockUnlocked, menshenv1.DoorLock_DOOR_LOCK_UNLOCKED},
		{menshen.LockHeld, menshenv1.DoorLock_DOOR_LOCK_HELD},
	}
}
