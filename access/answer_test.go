package access_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"menshen"
	"menshen/access"
)

// look has somebody stand at west, not near enough to be sure who it is, and gives the review that waits.
func (w *world) look(track, person string) menshen.Review {
	w.tb.Helper()
	for i := range 3 {
		f := w.face("west-a", track, i+1, person)
		f.Descriptor = faceOf(person, 0.55, w.rng)
		w.handle(f)
		time.Sleep(100 * time.Millisecond)
	}
	w.handle(menshen.Face{Camera: "west-a", Track: track, Sequence: 4, Captured: time.Now(), Last: true})
	synctest.Wait()
	all := w.Reviews("west")
	if len(all) == 0 {
		w.tb.Fatal("no review waits")
	}
	return all[len(all)-1]
}

func (w *world) answer(a menshen.GuardAnswer) (menshen.Pass, error) {
	a.By = "guard@west"
	return w.Answer(context.Background(), a)
}

func TestAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := MustWorld(t, nil)
		w.use(mustKeys(t, "garden", 1), menshen.ModeNormal)
		r := w.look("t1", "ann")
		if r.Default != menshen.OutcomeDeny || r.Until.Sub(r.Pass.Decided) != 30*time.Second || len(w.Reviews("")) != 1 || len(w.Reviews("east")) != 0 {
			t.Errorf("waits as %+v", r)
		}
		p, err := w.answer(menshen.GuardAnswer{Pass: r.Pass.ID, Allow: true, Person: "ann"})
		if err != nil || p.Decision.Outcome != menshen.OutcomeAllow || p.Decision.Reasons[0] != menshen.ReasonGuardAllowed || p.By != "guard@west" || p.Answers != r.Pass.ID.String() || p.Means != menshen.MeansGuard || p.Person != "ann" {
			t.Errorf("answered as %+v, %v", p, err)
		}
		synctest.Wait()
		if n := w.doors.at("west"); n != 1 {
			t.Errorf("the door opened %d times", n)
		}
		if _, err := w.answer(menshen.GuardAnswer{Pass: r.Pass.ID, Allow: true, Person: "ann"}); menshen.ErrorCode(err) != menshen.CodeNotFound {
			t.Errorf("answered twice: %v", err)
		}
		time.Sleep(time.Minute)
		r = w.look("t2", "bob")
		if p, err = w.answer(menshen.GuardAnswer{Pass: r.Pass.ID}); err != nil || p.Decision.Outcome != menshen.OutcomeDeny || p.Decision.Reasons[0] != menshen.ReasonGuardDenied {
			t.Errorf("refused as %+v, %v", p, err)
		}
		time.Sleep(time.Minute)
		w.expect("review unsure_face", "allow ann guard_allowed", "review unsure_face", "deny bob guard_denied")
	})
}

func TestAnswerRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := MustWorld(t, nil)
		w.use(mustKeys(t, "garden", 1), menshen.ModeNormal)
		w.health("bob", menshen.HealthIsolated)
		for what, c := range map[string]struct {
			a    menshen.GuardAnswer
			code menshen.Code
		}{
			"a pass that does not wait": {menshen.GuardAnswer{Pass: menshen.PassID{Gate: "west", Sequence: 9}, Allow: true, Person: "ann"}, menshen.CodeNotFound},
			"an unknown gate":           {menshen.GuardAnswer{Gate: "north", Direction: menshen.DirectionIn, Allow: true, Person: "ann"}, menshen.CodeNotFound},
			"nobody":                    {menshen.GuardAnswer{Gate: "west", Direction: menshen.DirectionIn, Allow: true}, menshen.CodeInvalid},
			"nobody who is known":       {menshen.GuardAnswer{Gate: "west", Direction: menshen.DirectionIn, Allow: true, Person: "zoe"}, menshen.CodeNotFound},
			"no direction":              {menshen.GuardAnswer{Gate: "west", Allow: true, Person: "ann"}, menshen.CodeInvalid},
		} {
			if _, err := w.answer(c.a); menshen.ErrorCode(err) != c.code {
				t.Errorf("%s: %v", what, err)
			}
		}
		p, err := w.answer(menshen.GuardAnswer{Gate: "west", Direction: menshen.DirectionOut, Allow: true, Person: "bob"})
		if err != nil || p.Decision.Outcome != menshen.OutcomeDeny || !slices.Contains(p.Decision.Reasons, menshen.ReasonIsolated) {
			t.Errorf("a guard let somebody under isolation pass: %+v, %v", p, err)
		}
		p, err = w.answer(menshen.GuardAnswer{Gate: "west", Direction: menshen.DirectionIn, Allow: true, Person: "ann"})
		if err != nil || p.Decision.Outcome != menshen.OutcomeAllow || p.Answers != "" {
			t.Errorf("whom no camera saw: %+v, %v", p, err)
		}
	})
}

// A guard overrules a refusal that may be overruled, for some minutes.
func TestAnswerARefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := MustWorld(t, nil)
		w.use(mustKeys(t, "garden", 1), menshen.ModeClosed)
		w.walk("west-a", "t1", "ann", 3)
		synctest.Wait()
		id := menshen.PassID{Gate: "west", Sequence: 1}
		if p, err := w.answer(menshen.GuardAnswer{Pass: id, Allow: true}); err != nil || p.Decision.Outcome != menshen.OutcomeAllow || p.Person != "ann" {
			t.Errorf("%+v, %v", p, err)
		}
		time.Sleep(time.Minute)
		w.walk("west-a", "t2", "bob", 3)
		time.Sleep(11 * time.Minute)
		if _, err := w.answer(menshen.GuardAnswer{Pass: menshen.PassID{Gate: "west", Sequence: 3}, Allow: true}); menshen.ErrorCode(err) != menshen.CodeNotFound {
			t.Errorf("after eleven minutes: %v", err)
		}
		w.expect("deny ann no_permit", "allow ann guard_allowed", "deny bob no_permit")
	})
}

// What follows where no guard answers: as the gate says, and never for somebody of whom it is not certain who it is.
func TestUnanswered(t *testing.T) {
	for name, c := range map[string]struct {
		fallback  menshen.Outcome
		arrive    func(*world)
		meanwhile func(*world)
		want      []string
	}{
		"refused":                         {"", func(w *world) { w.look("t1", "ann") }, nil, []string{"review unsure_face", "deny review_over"}},
		"an uncertain face is not let in": {menshen.OutcomeAllow, func(w *world) { w.look("t1", "ann") }, nil, []string{"review unsure_face", "deny review_over"}},
		"somebody known is": {menshen.OutcomeAllow, func(w *world) {
			w.registry.apply(menshen.Change{Kind: menshen.ChangeHealth, Key: "ann", Health: &menshen.Health{Person: "ann", Code: menshen.HealthCodeYellow}})
			w.walk("west-a", "t1", "ann", 3)
		}, nil, []string{"review ann yellow_code", "allow ann review_over"}},
		"but not who was put under observation meanwhile": {menshen.OutcomeAllow, func(w *world) {
			w.registry.apply(menshen.Change{Kind: menshen.ChangeHealth, Key: "ann", Health: &menshen.Health{Person: "ann", Code: menshen.HealthCodeYellow}})
			w.walk("west-a", "t1", "ann", 3)
		}, func(w *world) { w.health("ann", menshen.HealthObservation) }, []string{"review ann yellow_code", "deny ann review_over"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := MustWorld(t, func(cfg *access.Config) {
					cfg.Site.Gates[1].ReviewDefault, cfg.Site.Gates[1].ReviewWait = c.fallback, 20*time.Second
				})
				w.use(mustKeys(t, "garden", 1), menshen.ModeNormal)
				c.arrive(w)
				time.Sleep(10 * time.Second)
				if c.meanwhile != nil {
					c.meanwhile(w)
				}
				time.Sleep(15 * time.Second)
				w.expect(c.want...)
				if n := w.Reviews(""); len(n) != 0 {
					t.Errorf("still waits: %v", n)
				}
			})
		})
	}
}

// Whatever happens at the gates - faces, cards, codes, guards, defaults, modes - nobody under isolation is let through.
func TestIsolatedNeverPassTheGates(t *testing.T) {
	for seed := range uint64(20) {
		synctest.Test(t, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(seed, 11))
			w := MustWorld(t, func(cfg *access.Config) {
				for i := range cfg.Site.Gates {
					cfg.Site.Gates[i].ReviewDefault, cfg.Site.Gates[i].ReviewWait, cfg.Site.Gates[i].Fail = menshen.OutcomeAllow, 5*time.Second, menshen.FailSafe
				}
			})
			k := mustKeys(t, "garden", 1)
			w.use(k, menshen.ModeNormal)
			people := []string{"ann", "bob"}
			for _, id := range people {
				w.number(k, id, menshen.CredentialCard, "card-"+id)
			}
			isolated := map[string][]menshen.Span{}
			now := map[string]bool{}
			for i := range 300 {
				time.Sleep(time.Duration(rng.IntN(4000)) * time.Millisecond)
				id, gate := people[rng.IntN(2)], []string{"east", "west"}[rng.IntN(2)]
				switch rng.IntN(9) {
				case 0:
					synctest.Wait()
					if now[id] = !now[id]; now[id] {
						w.health(id, menshen.HealthIsolated)
						isolated[id] = append(isolated[id], menshen.Span{From: time.Now(), To: time.Now().AddDate(1, 0, 0)})
					} else {
						isolated[id][len(isolated[id])-1].To = time.Now()
						w.health(id, menshen.HealthNormal)
					}
				case 1:
					w.use(k, []menshen.SiteMode{menshen.ModeNormal, menshen.ModeClosed, menshen.ModeLockdown}[rng.IntN(3)])
				case 2:
					w.permit(menshen.Permit{Kind: menshen.PermitWorker, Person: id})
				case 3:
					w.SetGateState(gate, []menshen.GateState{menshen.GateOpen, menshen.GateGuarded, menshen.GateClosed}[rng.IntN(3)])
				case 4:
					w.show(gate, menshen.CredentialCard, "card-"+id)
				case 5:
					if _, err := w.answer(menshen.GuardAnswer{Gate: gate, Direction: menshen.DirectionOut, Allow: true, Person: id}); err != nil {
						t.Fatal(err)
					}
				case 6:
					for _, r := range w.Reviews("") {
						if _, err := w.answer(menshen.GuardAnswer{Pass: r.Pass.ID, Allow: true, Person: id}); err != nil {
							t.Fatal(err)
						}
					}
				default:
					w.walk(gate+"-a", fmt.Sprint("t", i), id, 3)
				}
			}
			time.Sleep(time.Minute)
			synctest.Wait()
			for _, p := range w.records.kept {
				for _, span := range isolated[p.Person] {
					if p.Decision.Outcome == menshen.OutcomeAllow && !p.Decided.Before(span.From) && p.Decided.Before(span.To) {
						t.Errorf("seed %d: %s passed under isolation: %+v", seed, p.Person, p)
					}
				}
			}
		})
	}
}
