package access

import (
	"slices"

	"menshen"
	"menshen/access/policy"
	"menshen/access/roll"
)

// Past is what the policy was asked about a pass, as far as the pass and today's registry tell: what is known of the person,
// permits and health are those of today, looked at as of then; what the gate saw is in the pass. Passes that a guard decided
// are asked about as if the guard were asked again.
func Past(r *roll.Roll, p menshen.Pass) policy.Request {
	has := func(reason menshen.Reason) bool { return slices.Contains(p.Decision.Reasons, reason) }
	q := policy.Request{
		Means: p.Means, Direction: p.Direction, At: p.Captured, Past: true, Match: &p.Match,
		NotLive: has(menshen.ReasonNotLive), Seen: !has(menshen.ReasonLivenessUnseen), Masked: has(menshen.ReasonCoveredFace),
		Credential: faultOf(p), Sheet: has(menshen.ReasonPermitSheet), Guard: p.Means == menshen.MeansGuard,
	}
	person := p.Person
	if person == "" && p.Means == menshen.MeansFace && p.Match.Verdict == menshen.VerdictKnown {
		person = p.Match.Person()
	}
	r.Fill(&q, person, p.ID.Gate)
	q.RecordsFull, q.Full = has(menshen.ReasonRecordsFull), has(menshen.ReasonZoneFull)
	switch {
	case has(menshen.ReasonGateClosed):
		q.Gate.State = menshen.GateClosed
	case q.Gate.State == menshen.GateClosed:
		q.Gate.State = menshen.GateGuarded // it was in use then
	}
	return q
}

// faultOf gives what was wrong with what was shown, as the reasons of the pass tell.
func faultOf(p menshen.Pass) menshen.CredentialFault {
	for fault, reason := range map[menshen.CredentialFault]menshen.Reason{
		menshen.CredentialUnknown: menshen.ReasonCredentialUnknown, menshen.CredentialForged: menshen.ReasonCredentialForged,
		menshen.CredentialForeign: menshen.ReasonCredentialForeign, menshen.CredentialExpired: menshen.ReasonCredentialExpired,
		menshen.CredentialEarly: menshen.ReasonCredentialEarly, menshen.CredentialReplayed: menshen.ReasonCredentialReplayed,
		menshen.CredentialRevoked: menshen.ReasonCredentialRevoked, menshen.CredentialLocked: menshen.ReasonCredentialLocked,
	} {
		if slices.Contains(p.Decision.Reasons, reason) {
			return fault
		}
	}
	return menshen.CredentialFine
}
