package access_test

import (
	"slices"
	"testing"

	"menshen"
	"menshen/access"
)

func TestDecide(t *testing.T) {
	const (
		allow, deny, review = menshen.OutcomeAllow, menshen.OutcomeDeny, menshen.OutcomeReview
		open, closed        = menshen.GateOpen, menshen.GateClosed
	)
	known := menshen.Match{Verdict: menshen.VerdictKnown, Candidates: []menshen.Candidate{{Person: "ann", Distance: 0.3}}, Faces: 2, Agreeing: 2}
	unsure, unknown, nameless, odd := known, known, known, known
	unsure.Verdict, unknown.Verdict, odd.Verdict = menshen.VerdictUnsure, menshen.VerdictUnknown, "certain"
	nameless.Candidates = nil
	blank := menshen.Match{Verdict: menshen.VerdictUnknown}
	active := menshen.Person{ID: "ann", State: menshen.PersonActive}
	inactive := menshen.Person{ID: "ann", State: menshen.PersonInactive}
	odder := menshen.Person{ID: "ann", State: "resting"}
	other := menshen.Person{ID: "bob", State: menshen.PersonActive}
	for _, tc := range []struct {
		name    string
		match   menshen.Match
		person  menshen.Person
		found   bool
		gate    menshen.GateState
		full    bool
		outcome menshen.Outcome
		reasons []menshen.Reason
	}{
		{"active", known, active, true, open, false, allow, []menshen.Reason{menshen.ReasonActiveResident}},
		{"active, guarded", known, active, true, menshen.GateGuarded, false, allow, []menshen.Reason{menshen.ReasonActiveResident}},
		{"active, closed", known, active, true, closed, false, deny, []menshen.Reason{menshen.ReasonGateClosed, menshen.ReasonActiveResident}},
		{"active, gate in no state", known, active, true, "", false, deny, []menshen.Reason{menshen.ReasonGateClosed, menshen.ReasonActiveResident}},
		{"active, full", known, active, true, open, true, review, []menshen.Reason{menshen.ReasonRecordsFull, menshen.ReasonActiveResident}},
		{"active, full, closed", known, active, true, closed, true, deny, []menshen.Reason{menshen.ReasonGateClosed, menshen.ReasonRecordsFull, menshen.ReasonActiveResident}},
		{"inactive", known, inactive, true, open, false, deny, []menshen.Reason{menshen.ReasonInactivePerson}},
		{"inactive, full", known, inactive, true, open, true, deny, []menshen.Reason{menshen.ReasonInactivePerson}},
		{"inactive, closed", known, inactive, true, closed, false, deny, []menshen.Reason{menshen.ReasonGateClosed, menshen.ReasonInactivePerson}},
		{"in no state", known, odder, true, open, false, deny, []menshen.Reason{menshen.ReasonInactivePerson}},
		{"not in the registry", known, menshen.Person{}, false, open, false, deny, []menshen.Reason{menshen.ReasonNotInRegistry}},
		{"another person's record", known, other, true, open, false, deny, []menshen.Reason{menshen.ReasonNotInRegistry}},
		{"unsure", unsure, active, true, open, false, review, []menshen.Reason{menshen.ReasonUnsureFace}},
		{"unsure, closed", unsure, active, true, closed, false, deny, []menshen.Reason{menshen.ReasonGateClosed, menshen.ReasonUnsureFace}},
		{"unsure, full", unsure, active, true, open, true, review, []menshen.Reason{menshen.ReasonUnsureFace}},
		{"unknown", unknown, active, true, open, false, deny, []menshen.Reason{menshen.ReasonUnknownFace}},
		{"unknown, full", unknown, menshen.Person{}, false, open, true, deny, []menshen.Reason{menshen.ReasonUnknownFace}},
		{"known without a name", nameless, menshen.Person{State: menshen.PersonActive}, true, open, false, deny, []menshen.Reason{menshen.ReasonUnknownFace}},
		{"a verdict that is none", odd, active, true, open, false, deny, []menshen.Reason{menshen.ReasonUnknownFace}},
		{"unreadable", blank, menshen.Person{}, false, open, false, review, []menshen.Reason{menshen.ReasonUnreadableFace}},
		{"unreadable, closed", blank, menshen.Person{}, false, closed, false, deny, []menshen.Reason{menshen.ReasonGateClosed, menshen.ReasonUnreadableFace}},
	} {
		for _, direction := range []menshen.Direction{menshen.DirectionIn, menshen.DirectionOut} {
			d := access.Decide(access.Request{
				Match: tc.match, Person: tc.person, Found: tc.found, Gate: tc.gate, RecordsFull: tc.full, Direction: direction,
			})
			if d.Outcome != tc.outcome || !slices.Equal(d.Reasons, tc.reasons) {
				t.Errorf("%s, %s: %s %v, want %s %v", tc.name, direction, d.Outcome, d.Reasons, tc.outcome, tc.reasons)
			}
		}
	}
}

// TestDecideMasked: a resident in a mask is often not recognised, and must not be refused like a stranger for it.
func TestDecideMasked(t *testing.T) {
	for verdict, want := range map[menshen.Verdict]menshen.Outcome{
		menshen.VerdictUnknown: menshen.OutcomeReview, menshen.VerdictUnsure: menshen.OutcomeReview, menshen.VerdictKnown: menshen.OutcomeAllow, "odd": menshen.OutcomeDeny,
	} {
		r := access.Request{
			Gate: menshen.GateOpen, Found: true, Person: menshen.Person{ID: "ann", State: menshen.PersonActive}, Masked: true,
			Match: menshen.Match{Verdict: verdict, Candidates: []menshen.Candidate{{Person: "ann"}}, Faces: 2},
		}
		d := access.Decide(r)
		if d.Outcome != want || verdict == menshen.VerdictUnknown && d.Reasons[0] != menshen.ReasonCoveredFace {
			t.Errorf("%q: %+v", verdict, d)
		}
		r.Gate = menshen.GateClosed
		if d := access.Decide(r); d.Outcome != menshen.OutcomeDeny {
			t.Errorf("%q, closed: %+v", verdict, d)
		}
	}
}

func TestDecideLiveness(t *testing.T) {
	const off, advise, require = menshen.LivenessOff, menshen.LivenessAdvise, menshen.LivenessRequire
	const resident, notLive, unseen = menshen.ReasonActiveResident, menshen.ReasonNotLive, menshen.ReasonLivenessUnseen
	for _, c := range []struct {
		mode    menshen.LivenessMode
		checked int
		not     bool
		outcome menshen.Outcome
		reasons []menshen.Reason
	}{
		{"", 2, true, menshen.OutcomeAllow, []menshen.Reason{resident}},
		{off, 2, true, menshen.OutcomeAllow, []menshen.Reason{resident}},
		{advise, 2, false, menshen.OutcomeAllow, []menshen.Reason{resident}},
		{advise, 0, false, menshen.OutcomeAllow, []menshen.Reason{resident}},
		{advise, 2, true, menshen.OutcomeAllow, []menshen.Reason{resident, notLive}},
		{require, 2, false, menshen.OutcomeAllow, []menshen.Reason{resident}},
		{require, 0, false, menshen.OutcomeReview, []menshen.Reason{unseen, resident}},
		{require, 1, true, menshen.OutcomeReview, []menshen.Reason{notLive, resident}},
	} {
		r := access.Request{
			Gate: menshen.GateOpen, Found: true, Person: menshen.Person{ID: "ann", State: menshen.PersonActive}, Liveness: c.mode, NotLive: c.not, Seen: c.checked > 1,
			Match: menshen.Match{Verdict: menshen.VerdictKnown, Candidates: []menshen.Candidate{{Person: "ann"}}, Faces: 2, Liveness: menshen.Liveness{Faces: c.checked}},
		}
		if d := access.Decide(r); d.Outcome != c.outcome || !slices.Equal(d.Reasons, c.reasons) {
			t.Errorf("%q, %d checked, doubtful %t: %+v", c.mode, c.checked, c.not, d)
		}
		r.Person.State = menshen.PersonInactive // no sign of life opens a door to somebody who may not enter
		if d := access.Decide(r); d.Outcome != menshen.OutcomeDeny {
			t.Errorf("inactive, %q: %+v", c.mode, d)
		}
	}
}

// Whatever the request, allow needs every condition at once.
func TestDecideDeniesByDefault(t *testing.T) {
	for _, verdict := range []menshen.Verdict{menshen.VerdictKnown, menshen.VerdictUnsure, menshen.VerdictUnknown, ""} {
		for _, gate := range []menshen.GateState{menshen.GateOpen, menshen.GateGuarded, menshen.GateClosed, ""} {
			for _, state := range []menshen.PersonState{menshen.PersonActive, menshen.PersonInactive, ""} {
				for bits := range 16 {
					full, found, faces, same := bits&1 > 0, bits&2 > 0, bits&4 > 0, bits&8 > 0
					r := access.Request{Gate: gate, RecordsFull: full, Found: found, Person: menshen.Person{ID: "ann", State: state}}
					r.Match = menshen.Match{Verdict: verdict, Candidates: []menshen.Candidate{{Person: "ann"}}}
					if faces {
						r.Match.Faces = 2
					}
					if !same {
						r.Person.ID = "bob"
					}
					may := verdict == menshen.VerdictKnown && (gate == menshen.GateOpen || gate == menshen.GateGuarded) &&
						state == menshen.PersonActive && found && same && faces && !full
					d := access.Decide(r)
					if (d.Outcome == menshen.OutcomeAllow) != may || len(d.Reasons) == 0 {
						t.Errorf("%+v gives %+v", r, d)
					}
				}
			}
		}
	}
}
