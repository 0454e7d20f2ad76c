package casebook_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"
	"time"

	"menshen"
	"menshen/store"
	"menshen/tracing/casebook"
)

// TestHistoryTellsAll does random things to a case, many of them refused, some from a stale state, some with the gates cut.
// After each the history, replayed, must give the case, its contacts, tests and follow-ups exactly as they are: what was
// before an entry is what the entries before it made.
func TestHistoryTellsAll(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			w := MustWorld(t)
			c := w.MustOpenCase(t)
			p := &player{world: w, c: c.ID, rand: rand.New(rand.NewPCG(seed, 1))}
			done := 0
			for i := range 300 {
				name, err := p.act(t.Context())
				switch menshen.ErrorCode(err) {
				case "":
					done++
				case menshen.CodeInternal, menshen.CodeCorrupt, menshen.CodeUnavailable:
					t.Fatalf("step %d, %s: %v", i, name, err)
				}
				if i%10 == 9 {
					w.replay(t, c.ID)
				}
			}
			if done < 100 {
				t.Errorf("only %d of 300 things could be done", done)
			}
		})
	}
}

// player does random things.
type player struct {
	*world

	c    string
	rand *rand.Rand
}

func pick[T any](p *player, list ...T) T { return list[p.rand.IntN(len(list))] }

// contact gives any contact, as the player last saw it or a while ago.
func (p *player) contact(ctx context.Context) (string, casebook.Act) {
	a := by(pick(p, "li", "wu", "zhao"))
	list, err := p.Contacts(ctx, p.c, casebook.ContactQuery{All: true})
	if err != nil || len(list.Contacts) == 0 {
		return "none", a
	}
	x := pick(p, list.Contacts...)
	if p.rand.IntN(3) == 0 {
		a.Revision = x.Revision - uint64(p.rand.IntN(2))
	}
	return x.ID, a
}

// double gives another record that may be of the same person, if there is one.
func (p *player) double(ctx context.Context, id string) string {
	list, err := p.Contacts(ctx, p.c, casebook.ContactQuery{All: true})
	if err != nil {
		return "none"
	}
	var of casebook.ContactView
	for _, x := range list.Contacts {
		if x.ID == id {
			of = x
		}
	}
	var all []string
	for _, x := range list.Contacts {
		if x.ID != id && x.MergedInto == "" && (x.Person == of.Person || x.Person == "" || of.Person == "") {
			all = append(all, x.ID)
		}
	}
	return pick(p, append(all, id)...)
}

func (p *player) act(ctx context.Context) (string, error) {
	id, a := p.contact(ctx)
	now := p.clock.Now()
	day := now.AddDate(0, 0, -p.rand.IntN(3)).In(zone()).Format(time.DateOnly)
	switch p.rand.IntN(22) {
	case 0:
		// Hours, so that several things happen on a day.
		p.clock.mu.Lock()
		p.clock.now = now.Add(time.Duration(1+p.rand.IntN(12)) * time.Hour)
		p.clock.mu.Unlock()
		return "time", nil
	case 1:
		return "judge", second(p.Judge(ctx, p.c, unseen(a)))
	case 2:
		return "policy", second(p.SetPolicy(ctx, p.c, menshen.PolicyRef{ID: pick(p, "nhc-9", "nhc-8", "shanghai-home", "cdc-2020")}, unseen(a)))
	case 3:
		return "clinical", second(p.SetClinical(ctx, p.c, menshen.Clinical{
			Onset: at("2020-03-03 08:00").AddDate(0, 0, -p.rand.IntN(4)), Symptoms: pick(p, nil, []string{"发热"}, []string{"发热", "乏力"}),
		}, unseen(a)))
	case 4, 5, 6:
		return "status", second(p.SetStatus(ctx, id, casebook.StatusChange{Status: pick(p,
			menshen.ContactNotified, menshen.ContactHomeObservation, menshen.ContactCentralIsolation, menshen.ContactReleased)}, a))
	case 7:
		return "owner", second(p.SetOwner(ctx, id, pick(p, "", "zhao", "qian"), a))
	case 8:
		return "level", second(p.SetLevel(ctx, id, pick(p, "", menshen.LevelClose, menshen.LevelGeneral), a))
	case 9:
		return "days", second(p.SetFollow(ctx, id, "", pick(p, "", "2020-03-10"), a))
	case 10:
		return "note", second(p.SetNote(ctx, id, pick(p, "", "独居", "养狗"), a))
	case 11, 12, 20, 21:
		return "follow-up", second(p.RecordFollowUp(ctx, id, casebook.FollowUpEntry{Day: day, Celsius: 36 + float64(p.rand.IntN(20))/10, Reached: true}, unseen(a)))
	case 13:
		return "not reached", second(p.RecordFollowUp(ctx, id, casebook.FollowUpEntry{Day: day, Note: "无人应门"}, unseen(a)))
	case 14:
		return "test", second(p.AddTest(ctx, p.c, pick(p, id, ""), menshen.LabTest{Kind: "pcr", Sampled: now, Result: pick(p, menshen.LabTestNegative, menshen.LabTestPositive)}, unseen(a)))
	case 15:
		return "interview", second(p.AddContact(ctx, p.c, casebook.NewContact{Person: pick(p, "李", "周", "钱", "孙"), From: at("2020-03-01 12:00"), To: at("2020-03-01 12:30")}, unseen(a)))
	case 16:
		return "stranger", second(p.AddContact(ctx, p.c, casebook.NewContact{Name: pick(p, "甲", "乙"), Phone: menshen.Secret(pick(p, "13800001111", "13800002222")), Note: "邻桌"}, unseen(a)))
	case 17:
		return "merge", second(p.Merge(ctx, id, p.double(ctx, id), a))
	case 18:
		p.gates.mu.Lock()
		p.gates.broken = pick(p, nil, error(menshen.Errorf(menshen.CodeExhausted, "x", "full")))
		p.gates.mu.Unlock()
		return "gates", nil
	default:
		r := p.request()
		r.Number = fmt.Sprint("2020-", 100+p.rand.IntN(50))
		child, err := p.Promote(ctx, id, r, a)
		if err == nil {
			_, err = p.Decide(ctx, child.ID, p.rand.IntN(3) > 0, by(pick(p, "li", "wu", "zhao")))
		}
		return "promote", err
	}
}

// replay holds the history of a case against what is stored.
func (w *world) replay(t *testing.T, caseID string) {
	t.Helper()
	ctx := t.Context()
	state := map[string]map[string]string{} // by contact, "" for the case
	for h, err := range w.store.CaseChanges(ctx, caseID, "") {
		must(t, err)
		if h.By == "" || h.Why == "" || h.At.IsZero() {
			t.Errorf("an entry without who, why or when: %+v", h)
		}
		if h.Field == "promoted" || h.Field == "merged" || h.Field == "link" {
			continue // events, not states
		}
		if state[h.Contact] == nil {
			state[h.Contact] = map[string]string{}
		}
		if got := state[h.Contact][h.Field]; got != h.Before {
			t.Fatalf("%s of %q was %q, and the history says %q", h.Field, h.Contact, got, h.Before)
		}
		state[h.Contact][h.Field] = h.After
		if h.After == "" {
			delete(state[h.Contact], h.Field)
		}
	}
	want := map[string]map[string]string{}
	c, err := w.store.Case(ctx, caseID)
	must(t, err)
	want[""] = casebook.CaseState(c, zone())
	for e, err := range w.store.CaseContacts(ctx, store.ContactFilter{Case: caseID, Paths: true}) {
		must(t, err)
		want[e.ID] = casebook.ContactState(e.CaseContact, zone())
	}
	for f, err := range w.store.FollowUps(ctx, store.FollowUpFilter{Case: caseID}) {
		must(t, err)
		field, text := casebook.FollowUpState(f)
		want[f.Contact][field] = text
	}
	for x, err := range w.store.LabTests(ctx, store.LabTestFilter{Case: caseID}) {
		must(t, err)
		field, text := casebook.LabTestState(x, zone())
		want[x.Contact][field] = text
	}
	for id, fields := range want {
		if !maps.Equal(state[id], fields) {
			t.Fatalf("of %q the history gives\n%v\nand the store\n%v", id, state[id], fields)
		}
	}
	if len(state) != len(want) {
		t.Fatalf("the history tells of %d, the store of %d", len(state), len(want))
	}
}

// unseen is an act of somebody who did not look at the case before.
func unseen(a casebook.Act) casebook.Act {
	a.Revision = 0
	return a
}
