package access

import (
	"time"

	"menshen"
)

// Request is all that a decision rests on.
type Request struct {
	Match       menshen.Match  // Faces is 0 where no usable face came
	Person      menshen.Person // of Match.Person; zero unless Found
	Found       bool           // the registry has that person
	Gate        menshen.GateState
	RecordsFull bool                 // passes cannot be kept now
	Liveness    menshen.LivenessMode // of the gate
	NotLive     bool                 // the evidence speaks for a picture of a face
	Seen        bool                 // the face was checked, and in view long enough to see it change
	Masked      bool                 // the best face is covered
	// Direction and At are for rules by direction and hour (permits, quotas). Today's rules do not look at them: whoever
	// may go in may go out, at any hour.
	Direction menshen.Direction
	At        time.Time
}

// Decide is the policy: deny by default, first reason first. It is pure.
//
//	gate not open or guarded          deny    gate_closed
//	no usable face                    review  unreadable_face
//	nobody who is enrolled            deny    unknown_face
//	the same, in a mask               review  covered_face
//	perhaps somebody                  review  unsure_face
//	known, not in the registry        deny    not_in_registry
//	known, moved away or suspended    deny    inactive_person
//	known, active, passes not kept    review  records_full, active_resident
//	known, active, doubtful, required review  not_live, active_resident
//	known, active, unchecked, required review liveness_unseen, active_resident
//	known, active, doubtful, advised  allow   active_resident, not_live
//	known, active                     allow   active_resident
//
// Somebody known by a template but gone from the registry is denied, not reviewed: the record went because they moved
// away or withdrew consent, and a guard has nothing to compare the face with. Behind a closed gate the second reason
// says what the face alone would have led to. Passes that cannot be kept stop only what would be granted: a refusal
// needs no record to be safe.
func Decide(r Request) menshen.Decision {
	d := judge(r)
	if r.Gate != menshen.GateOpen && r.Gate != menshen.GateGuarded {
		return menshen.Decision{
			Outcome: menshen.OutcomeDeny,
			Reasons: append([]menshen.Reason{menshen.ReasonGateClosed}, d.Reasons...),
		}
	}
	return d
}

// judge is the policy of a gate that is in use.
func judge(r Request) menshen.Decision {
	switch {
	case r.Match.Faces == 0:
		return decision(menshen.OutcomeReview, menshen.ReasonUnreadableFace)
	case r.Match.Verdict == menshen.VerdictUnsure:
		return decision(menshen.OutcomeReview, menshen.ReasonUnsureFace)
	case r.Match.Verdict == menshen.VerdictUnknown && r.Masked:
		return decision(menshen.OutcomeReview, menshen.ReasonCoveredFace)
	case r.Match.Verdict != menshen.VerdictKnown || r.Match.Person() == "":
		return decision(menshen.OutcomeDeny, menshen.ReasonUnknownFace)
	case !r.Found || r.Person.ID != r.Match.Person():
		return decision(menshen.OutcomeDeny, menshen.ReasonNotInRegistry)
	case r.Person.State != menshen.PersonActive:
		return decision(menshen.OutcomeDeny, menshen.ReasonInactivePerson)
	case r.RecordsFull:
		return decision(menshen.OutcomeReview, menshen.ReasonRecordsFull, menshen.ReasonActiveResident)
	}
	switch require := r.Liveness == menshen.LivenessRequire; {
	case require && r.NotLive:
		return decision(menshen.OutcomeReview, menshen.ReasonNotLive, menshen.ReasonActiveResident)
	case require && !r.Seen:
		return decision(menshen.OutcomeReview, menshen.ReasonLivenessUnseen, menshen.ReasonActiveResident)
	case r.Liveness == menshen.LivenessAdvise && r.NotLive:
		return decision(menshen.OutcomeAllow, menshen.ReasonActiveResident, menshen.ReasonNotLive)
	}
	return decision(menshen.OutcomeAllow, menshen.ReasonActiveResident)
}

func decision(outcome menshen.Outcome, reasons ...menshen.Reason) menshen.Decision {
	return menshen.Decision{Outcome: outcome, Reasons: reasons}
}
