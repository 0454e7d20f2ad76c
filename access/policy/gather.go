package policy

import (
	"cmp"
	"time"

	"menshen"
)

// gather finds the facts of a request, and the id of the permit that counts.
func (r *Rules) gather(q *Request) (s set, permit string) {
	gatherMeans(&s, q.Means)
	switch q.Direction {
	case menshen.DirectionIn:
		s.add(in)
	case menshen.DirectionOut:
		s.add(out)
	}
	switch q.Mode {
	case menshen.ModeNormal, "":
		s.add(modeNormal)
	case menshen.ModeLockdown:
		s.add(modeLockdown)
	default: // a mode that this program does not know is hardly a laxer one
		s.add(modeClosed)
	}
	switch q.Gate.State {
	case menshen.GateOpen:
	case menshen.GateGuarded:
		s.add(gateGuarded)
	default:
		s.add(gateClosed)
	}
	if q.RecordsFull {
		s.add(recordsFull)
	}
	if q.Full && s.has(in) {
		s.add(zoneFull)
	}
	return s, r.gatherPerson(&s, q)
}

func gatherMeans(s *set, m menshen.Means) {
	switch m {
	case menshen.MeansFace:
		s.add(byFace)
	case menshen.MeansQR:
		s.add(byQR)
	case menshen.MeansCard:
		s.add(byCard)
	case menshen.MeansPIN:
		s.add(byPIN)
	case menshen.MeansGuard:
		s.add(byGuard)
	}
}

// gatherPerson finds what holds of the person that the evidence names, if it does.
func (r *Rules) gatherPerson(s *set, q *Request) (permit string) {
	standing := &q.Standing
	found := standing.Found && standing.Person.ID != ""
	evidence := evidenceOf(q)
	if q.Guard { // the guard sees who it is
		s[0] &^= 1<<byFace | 1<<byQR | 1<<byCard | 1<<byPIN
		s.add(byGuard)
		s.add(guardLooks)
	} else if q.Means == menshen.MeansFace && (evidence != identified && evidence != faceUnsure || standing.Person.ID != q.Match.Person()) {
		found = false // the face names nobody, or the standing is somebody else's
	}
	if evidence < factCount {
		s.add(evidence)
	}
	// Somebody who is perhaps under isolation is not let in for want of certainty.
	if found && standing.Health.Isolated() {
		s.add(isolated)
	}
	switch {
	case evidence != identified:
		return ""
	case !found:
		s.add(notInRegistry)
		return ""
	case standing.Person.State != menshen.PersonActive:
		s.add(inactive)
		return ""
	}
	s.add(active)
	if standing.Person.Household != "" {
		s.add(resident)
	}
	if q.Sheet && s.has(byQR) {
		s.add(sheet)
	}
	r.gatherHealth(s, q)
	gatherDoubts(s, q)
	again := r.again(q)
	if !again {
		gatherPassback(s, q)
	}
	if !s.has(resident) || r.parameters.NeedsPermit(cmp.Or(q.Mode, menshen.ModeNormal)) || !cmp.Or(q.Mode, menshen.ModeNormal).Valid() {
		s.add(permitNeeded)
	}
	return r.gatherPermits(s, q, again)
}

// evidenceOf says how sure it is who is there. It gives factCount where nothing was shown that this program knows.
func evidenceOf(q *Request) fact {
	switch {
	case q.Guard:
		return identified
	case q.Means == menshen.MeansGuard:
		return identified
	case q.Means == menshen.MeansFace:
		return faceOf(q)
	case q.Means != menshen.MeansQR && q.Means != menshen.MeansCard && q.Means != menshen.MeansPIN:
		return factCount
	}
	switch q.Credential {
	case menshen.CredentialFine:
		return identified
	case menshen.CredentialForged:
		return credentialForged
	case menshen.CredentialForeign:
		return credentialForeign
	case menshen.CredentialExpired:
		return credentialExpired
	case menshen.CredentialEarly:
		return credentialEarly
	case menshen.CredentialReplayed:
		return credentialReplayed
	case menshen.CredentialRevoked:
		return credentialRevoked
	case menshen.CredentialLocked:
		return credentialLocked
	}
	return credentialUnknown
}

func faceOf(q *Request) fact {
	m := q.Match
	switch {
	case m == nil || m.Faces == 0:
		return faceUnreadable
	case m.Verdict == menshen.VerdictUnsure:
		return faceUnsure
	case m.Verdict == menshen.VerdictUnknown && q.Masked:
		return faceCovered
	case m.Verdict != menshen.VerdictKnown || m.Person() == "":
		return faceUnknown
	}
	return identified
}

func (r *Rules) gatherHealth(s *set, q *Request) {
	h, p := &q.Standing.Health, &r.parameters
	switch {
	case h.Observed(q.At):
		s.add(observation)
	case h.state == stateMonitoring:
		s.add(monitoring)
	}
	switch h.code {
	case codeRed:
		s.add(redCode)
	case codeYellow:
		s.add(yellowCode)
	}
	if h.Celsius != 0 && h.feverish(p.Fever) && h.measured(q.At, p.FeverValid, q.Past) {
		s.add(fever)
	}
	if len(p.TemperatureRequired) > 0 && s.has(in) && p.NeedsTemperature(cmp.Or(q.Mode, menshen.ModeNormal)) &&
		!h.measured(q.At, p.TemperatureValid, q.Past) {
		s.add(temperatureMissing)
	}
}

// gatherDoubts finds what the gate makes of doubts whether the face is alive.
func gatherDoubts(s *set, q *Request) {
	if !s.has(byFace) {
		return
	}
	switch require := q.Gate.Liveness == menshen.LivenessRequire; {
	case require && q.NotLive:
		s.add(doubtRequired)
	case require && !q.Seen:
		s.add(unseenRequired)
	case q.Gate.Liveness == menshen.LivenessAdvise && q.NotLive:
		s.add(doubtAdvised)
	}
}

// again says that this is no second crossing: the door opened for a face, and the face is still there.
func (r *Rules) again(q *Request) bool {
	l := q.Standing.Last
	return l != nil && q.Means == menshen.MeansFace && l.Gate == q.Gate.ID && l.Direction == q.Direction &&
		q.At.Sub(l.At).Abs() < r.parameters.SameCrossing
}

// passbackTime is the PassbackTime of gates that do not say.
const passbackTime = 5 * time.Minute

func gatherPassback(s *set, q *Request) {
	if !q.Inside || !s.has(in) {
		return
	}
	switch q.Gate.Passback {
	case menshen.PassbackSoft:
		s.add(passbackSoft)
	case menshen.PassbackTimed:
		if l := q.Standing.Last; l != nil && q.At.Sub(l.At) < cmp.Or(q.Gate.PassbackTime, passbackTime) {
			s.add(passbackTimed)
		}
	case menshen.PassbackHard:
		s.add(passbackHard)
	}
}

// gatherPermits finds the valid permits, or else what is wrong with the one that is nearest to being valid.
func (r *Rules) gatherPermits(s *set, q *Request, again bool) (best string) {
	permits := q.Standing.Permits
	if len(permits) == 0 {
		s.add(permitNone)
		return ""
	}
	w := whereOf(q, again)
	nearest, kind := faultNone, uint8(len(kinds))
	over := faultNone // of permits of visitors and temporary ones: how they ended
	for i := range permits {
		p := &permits[i]
		if int(p.kind) >= len(kinds) {
			continue // of a kind that this program does not know
		}
		f := p.fault(&w, r.quotas[p.kind])
		nearest = max(nearest, f)
		if k := kinds[p.kind]; (f == faultRevoked || f == faultExpired) && (k == menshen.PermitVisitor || k == menshen.PermitTemporary) {
			over = max(over, f)
		}
		if f != faultless {
			continue
		}
		s.add(workerPermit + fact(p.kind))
		if p.kind < kind {
			kind, best = p.kind, p.ID
		}
	}
	// Whoever came in as a guest must be able to get out. A permit for another day does not keep them in.
	if over != faultNone && nearest <= faultEarly && s.has(out) && !s.has(resident) {
		nearest = over
		s.add(leaving)
	}
	s.add(permitFacts[nearest])
	return best
}

var permitFacts = [...]fact{
	faultNone: permitNone, faultRevoked: permitRevoked, faultExpired: permitExpired, faultEarly: permitEarly, faultGate: permitGate,
	faultDay: permitDay, faultHour: permitHour, faultQuota: permitQuota, faultless: permitValid,
}

func whereOf(q *Request, again bool) where {
	w := where{at: q.At.UnixMilli(), gate: q.Gate.ID, past: q.Past, outings: q.Standing.Outings, shared: q.Standing.Household}
	w.day, w.minute = local(q.At, q.Location)
	w.outing = !again && q.Direction == menshen.DirectionOut && q.Gate.From == menshen.OutsideZone
	if q.Standing.Person.Household == "" {
		w.shared = w.outings
	}
	return w
}
