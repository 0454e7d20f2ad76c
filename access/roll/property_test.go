package roll_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"menshen"
	"menshen/access/policy"
	"menshen/access/roll"
)

// TestNoSequenceLetsIsolatedPass makes things happen at random, and has everybody ask at every gate by every means after
// each. Whoever is under isolation is never let through.
func TestNoSequenceLetsIsolatedPass(t *testing.T) {
	for seed := range uint64(12) {
		checkIsolation(t, seed, 120)
	}
}

func FuzzIsolation(f *testing.F) {
	for seed := range uint64(2) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) { checkIsolation(t, seed, 60) })
}

// life is a random sequence of events.
type life struct {
	*rand.Rand
	r        *roll.Roll
	site     menshen.Site
	people   []string
	isolated map[string]bool
	known    map[string]bool
	at       time.Time
	sequence uint64
	rules    []string
	log      []string
}

func checkIsolation(t *testing.T, seed uint64, steps int) {
	t.Helper()
	site := mustSite(t)
	l := &life{
		Rand: rand.New(rand.NewPCG(seed, 9)), r: roll.New(site), site: site, people: []string{"ann", "bob", "cyd"},
		isolated: map[string]bool{}, known: map[string]bool{}, at: monday(8),
	}
	const isolation = "format: 1\nrules:\n  - {id: isolated, title: {zh: 隔离, en: isolation}, when: [isolated], then: deny, reason: isolated}\n"
	l.rules = []string{
		"", string(policy.DefaultText), isolation,
		isolation + "  - {id: all, title: {zh: 全部, en: all}, when: [active, in or out], then: allow, reason: active_resident}\n",
		isolation + "  - {id: known, title: {zh: 在册, en: known}, when: [active], then: allow, reason: active_resident}\n",
		"format: 1\nrules:\n  - {id: all, title: {zh: 全部, en: all}, when: [active, in or out], then: allow, reason: active_resident}\n", // refused
		"nonsense",
	}
	allowed := 0
	for range steps {
		l.step(t)
		allowed += l.ask(t)
	}
	if steps > 100 && allowed == 0 {
		t.Errorf("seed %d: nobody was ever let in: this shows nothing", seed)
	}
}

// step is one event. Changes that are refused are among them.
func (l *life) step(t *testing.T) {
	t.Helper()
	l.at = l.at.Add(time.Duration(l.IntN(36)) * time.Hour / 4)
	who := l.people[l.IntN(len(l.people))]
	var c menshen.Change
	switch l.IntN(10) {
	case 0:
		c = person(who, []string{"", "h", "h2"}[l.IntN(3)])
		if l.IntN(5) == 0 {
			c.Person.State = menshen.PersonInactive
		}
		l.known[who] = true
	case 1:
		if l.IntN(3) > 0 {
			return
		}
		c = gone(menshen.ChangePerson, who)
		l.known[who] = false
	case 2, 3, 4:
		states := []menshen.HealthState{"", menshen.HealthNormal, menshen.HealthObservation, menshen.HealthMonitoring, menshen.HealthIsolated, menshen.HealthIsolated, menshen.HealthRecovered}
		c = health(who, states[l.IntN(len(states))])
		if c.Health.State == menshen.HealthObservation && l.IntN(2) == 0 {
			c.Health.Since, c.Health.Until = l.at, l.at.Add(48*time.Hour)
		}
		if l.IntN(2) == 0 {
			c.Health.Celsius, c.Health.MeasuredAt = 36+3*l.Float64(), l.at
		}
		l.isolated[who] = c.Health.State == menshen.HealthIsolated
	case 5:
		kinds := []menshen.PermitKind{menshen.PermitResident, menshen.PermitReturnee, menshen.PermitTemporary, menshen.PermitVisitor, menshen.PermitWorker}
		c = permit(fmt.Sprintf("p%d", l.IntN(6)), who, kinds[l.IntN(len(kinds))])
		if l.IntN(4) == 0 {
			c.Permit.Revoked = l.at
		}
	case 6:
		c = mode([]menshen.SiteMode{"", menshen.ModeNormal, menshen.ModeClosed, menshen.ModeLockdown}[l.IntN(4)])
	case 7:
		states := []menshen.GateState{menshen.GateOpen, menshen.GateGuarded, menshen.GateClosed}
		c = menshen.Change{Kind: menshen.ChangeGate, Key: "east", Gate: &menshen.GateSetting{Gate: "east", State: states[l.IntN(3)]}}
	case 8:
		c = menshen.Change{Kind: menshen.ChangeRules, Rules: &menshen.RuleText{Version: 1, YAML: l.rules[l.IntN(len(l.rules))]}}
	case 9:
		l.sequence++
		l.r.Passed(pass(l.site.Gates[l.IntN(4)].ID, l.sequence, who, []menshen.Direction{menshen.DirectionIn, menshen.DirectionOut}[l.IntN(2)], l.at))
		return
	}
	l.log = append(l.log, fmt.Sprintf("%v %s %s", l.at, c.Kind, c.Key))
	if err := l.r.Apply(c); err != nil && c.Kind != menshen.ChangeRules {
		t.Fatal(err)
	}
}

// ask has everybody ask for everything.
func (l *life) ask(t *testing.T) (allowed int) {
	t.Helper()
	for _, who := range l.people {
		for _, gate := range l.site.Gates {
			for _, d := range []menshen.Direction{menshen.DirectionIn, menshen.DirectionOut} {
				for _, q := range l.requests(who) {
					q.Direction, q.At = d, l.at
					res := l.r.Decide(&q, who, gate.ID)
					if res.Decision.Outcome != menshen.OutcomeAllow {
						if l.isolated[who] && l.known[who] && (res.Decision.Outcome == menshen.OutcomeReview || res.Overridable) {
							t.Fatalf("a guard could let %s pass: %+v after %v", who, res, l.log)
						}
						continue
					}
					allowed++
					if l.isolated[who] || !l.known[who] || len(res.Decision.Reasons) == 0 {
						t.Fatalf("%s is let through %s by %s: %+v after %v", who, gate.ID, q.Means, res, l.log)
					}
				}
			}
		}
	}
	return allowed
}

func (l *life) requests(who string) (all []policy.Request) {
	for _, verdict := range []menshen.Verdict{menshen.VerdictKnown, menshen.VerdictUnsure} {
		all = append(all, policy.Request{
			Means: menshen.MeansFace, Seen: true, Match: &menshen.Match{Verdict: verdict, Faces: 2, Candidates: []menshen.Candidate{{Person: who}}},
		})
	}
	for _, m := range []menshen.Means{menshen.MeansQR, menshen.MeansCard, menshen.MeansPIN, menshen.MeansGuard} {
		all = append(all, policy.Request{Means: m})
	}
	all = append(all, policy.Request{Means: menshen.MeansQR, Sheet: true})
	for _, q := range slices.Clone(all) {
		q.Guard = true
		all = append(all, q)
	}
	return append(all, policy.Request{Means: menshen.MeansCard, Past: true}, policy.Request{Means: menshen.MeansCard, RecordsFull: true, Guard: true})
}

// Readers and writers at once: what is read is whole. Run with -race it finds what is not guarded.
func TestConcurrentUse(t *testing.T) {
	r := roll.New(mustSite(t))
	mustApply(t, r, person("ann", "h"), health("ann", menshen.HealthIsolated))
	done := make(chan struct{})
	var writers, readers sync.WaitGroup
	for w := range 2 {
		writers.Go(func() {
			for i := range 500 {
				id := fmt.Sprintf("p%d-%d", w, i%20)
				_ = r.Apply(person(id, "h"), permit("permit-"+id, id, menshen.PermitResident), health(id, menshen.HealthNormal), mode(menshen.ModeClosed))
				r.Passed(pass("east", uint64(w*1000+i+1), id, menshen.DirectionOut, monday(9).Add(time.Duration(i)*time.Minute)))
				r.Passed(pass("unit", uint64(w*1000+i+1), "ann", menshen.DirectionIn, monday(9).Add(time.Duration(i)*time.Minute)))
				if i%5 == 0 {
					_ = r.Apply(gone(menshen.ChangePermit, "permit-"+id), gone(menshen.ChangePerson, id), gone(menshen.ChangeHealth, id))
				}
			}
		})
	}
	for range 2 {
		readers.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-done:
					return
				default:
				}
				if d := decide(r, "ann", "east", menshen.DirectionOut, monday(12)); d.Outcome != menshen.OutcomeDeny {
					t.Errorf("%+v", d)
					return
				}
				id := fmt.Sprintf("p%d-%d", i%2, i%20)
				if s, ok := r.Standing(id); ok && s.Person.ID != id {
					t.Errorf("%s is %+v", id, s.Person)
					return
				}
				r.Permit("permit-" + id)
				r.Occupancy()
				r.UsedCode(id, monday(9).Add(time.Duration(i)*time.Second))
			}
		})
	}
	writers.Wait()
	close(done)
	readers.Wait()
}
