package storetest

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"testing"

	"menshen"
)

// mustFill puts one entry of each kind into a registry and gives the changes of it.
func mustFill(tb testing.TB, s Store) []menshen.Change {
	tb.Helper()
	ctx := tb.Context()
	p := samplePerson("p-1", "王小明", "3-2-14-1402")
	must(tb, s.AddPerson(ctx, p, []menshen.Template{sampleTemplate("t-1", "p-1", Engine("opencv"), 1)}))
	must(tb, s.AddPermit(ctx, Permit("e-1", "p-1", 1)))
	must(tb, s.SetHealth(ctx, sampleHealth("p-1")))
	must(tb, s.AddCredential(ctx, sampleCredential("c-1", "p-1", 1)))
	must(tb, s.SetGates(ctx, menshen.GateSetting{Gate: "east-1", State: menshen.GateClosed}))
	site := menshen.SiteSetting{Mode: menshen.ModeClosed, PermitKey: bytes.Repeat([]byte{1}, 32), NumberKey: bytes.Repeat([]byte{2}, 32)}
	must(tb, s.SetSite(ctx, site))
	for range 2 {
		_, err := s.AddRules(ctx, menshen.RuleText{YAML: "rules: []", By: "office"}, start())
		must(tb, err)
	}
	return MustChanges(tb, s, 0)
}

func changesOfEveryKind(t *testing.T, s Store) {
	none, n, err := s.Changes(t.Context(), 0, 10)
	must(t, err)
	wantEqual(t, len(none), 0)
	wantEqual(t, n, uint64(0))

	got := mustFill(t, s)
	p, err := s.Person(t.Context(), "p-1")
	must(t, err)
	template, permit, h, c := sampleTemplate("t-1", "p-1", Engine("opencv"), 1), Permit("e-1", "p-1", 1), sampleHealth("p-1"), sampleCredential("c-1", "p-1", 1)
	site, err := s.SiteSetting(t.Context())
	must(t, err)
	want := []menshen.Change{
		{Kind: menshen.ChangePerson, Key: "p-1", Person: &p},
		{Kind: menshen.ChangeTemplate, Key: "t-1", Template: &template},
		{Kind: menshen.ChangePermit, Key: "e-1", Permit: &permit},
		{Kind: menshen.ChangeHealth, Key: "p-1", Health: &h},
		{Kind: menshen.ChangeCredential, Key: "c-1", Credential: &c},
		{Kind: menshen.ChangeGate, Key: "east-1", Gate: &menshen.GateSetting{Gate: "east-1", State: menshen.GateClosed}},
		{Kind: menshen.ChangeSite, Site: &site},
		{Kind: menshen.ChangeRules, Rules: &menshen.RuleText{Version: 2, YAML: "rules: []", By: "office"}},
	}
	for i := range min(len(got), len(want)) {
		want[i].Revision = got[i].Revision
		wantEqual(t, got[i], want[i])
	}
	wantEqual(t, keysOf(got), keysOf(want))
}

func changesAreCompact(t *testing.T, s Store) {
	ctx := t.Context()
	MustPeople(t, s, "p-1", "p-2")
	must(t, s.AddTemplates(ctx, []menshen.Template{sampleTemplate("t-1", "p-1", Engine("opencv"), 1), sampleTemplate("t-2", "p-1", Engine("dlib"), 1)}))
	after := latest(t, s)
	must(t, s.SetPersonState(ctx, "p-1", menshen.PersonInactive))
	must(t, s.RemoveTemplates(ctx, []string{"t-2", "t-9"}))
	must(t, s.SetPersonState(ctx, "p-1", menshen.PersonActive))
	must(t, s.AddPeople(ctx, nil))
	// The latest state of each, by the order of the latest changes; what never was there is not gone.
	wantEqual(t, keysOf(MustChanges(t, s, 0)), []string{"person p-2", "template t-1", "template t-2 gone", "person p-1"})
	changes := MustChanges(t, s, after)
	wantEqual(t, keysOf(changes), []string{"template t-2 gone", "person p-1"})
	wantEqual(t, changes[1].Person.State, menshen.PersonActive)
	wantCode(t, s.SetPersonState(ctx, "p-9", menshen.PersonActive), menshen.CodeNotFound)
	wantEqual(t, latest(t, s), changes[1].Revision)
}

func changesInPortions(t *testing.T, s Store) {
	ctx := t.Context()
	all := mustFill(t, s)
	var got []menshen.Change
	for after := uint64(0); ; {
		part, latest, err := s.Changes(ctx, after, 3)
		must(t, err)
		wantEqual(t, latest, all[len(all)-1].Revision)
		if len(part) == 0 {
			break
		}
		if len(part) > 3 {
			t.Fatalf("%d changes at once", len(part))
		}
		got = append(got, part...)
		after = part[len(part)-1].Revision
	}
	wantEqual(t, got, all)
	none, _, err := s.Changes(ctx, 1<<64-1, 3)
	must(t, err)
	wantEqual(t, len(none), 0)
}

func changesOfARemoval(t *testing.T, s Store) {
	ctx := t.Context()
	mustFill(t, s)
	ended := Permit("e-0", "p-1", 0)
	ended.Revoked, ended.RevokedFor = hour(1), "搬走"
	must(t, s.AddPermit(ctx, ended))
	full := sampleParticulars()
	p, err := s.Person(ctx, "p-1")
	must(t, err)
	must(t, s.PutPerson(ctx, p, &full))
	after := latest(t, s)
	must(t, s.RemovePerson(ctx, "p-1"))
	wantEqual(t, keysOf(MustChanges(t, s, after)), []string{"person p-1", "template t-1 gone", "credential c-1 gone", "health p-1 gone", "permit e-0", "permit e-1"})
	permit, err := s.Permit(ctx, "e-1")
	must(t, err)
	if permit.Revoked.IsZero() || permit.RevokedFor != "removed" {
		t.Errorf("%+v", permit)
	}
	permit, err = s.Permit(ctx, "e-0")
	must(t, err)
	ended.RevokedFor = "" // what somebody wrote goes
	wantEqual(t, permit, ended)
	kept, err := s.Particulars(ctx, "p-1")
	must(t, err)
	wantEqual(t, kept, menshen.Particulars{})
	wantEqual(t, MustCollect(t, s.Credentials(ctx, "p-1")), []menshen.Credential(nil))
	_, err = s.Credential(ctx, "c-1")
	wantCode(t, err, menshen.CodeNotFound)
}

func changedWakes(t *testing.T, s Store) {
	ctx := t.Context()
	select {
	case <-s.Changed():
		t.Error("woken by an empty registry")
	default:
	}
	MustPeople(t, s, "p-1", "p-2") // two commits, one wake-up
	<-s.Changed()
	select {
	case <-s.Changed():
		t.Error("woken twice")
	default:
	}
	_, err := s.CommitPasses(ctx, []menshen.Pass{Pass("east-1", 1, "p-1")})
	must(t, err)
	wantCode(t, s.SetHealth(ctx, sampleHealth("p-9")), menshen.CodeNotFound)
	select {
	case <-s.Changed():
		t.Error("woken by a pass, or by what was refused")
	default:
	}
	must(t, s.SetHealth(ctx, sampleHealth("p-1")))
	<-s.Changed()
}

// changesWhileWriting follows a registry that several write to: nothing is missed, nothing comes out of order.
func changesWhileWriting(t *testing.T, s Store) {
	const workers, many = 4, 25
	MustPeople(t, s, "p-1")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := range many {
				if err := s.AddPermit(ctx, Permit(fmt.Sprintf("e-%d-%d", w, i), "p-1", i)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	got, after := map[string]bool{}, uint64(0)
	for len(got) < workers*many {
		<-s.Changed()
		for _, c := range MustChanges(t, s, after) {
			after = c.Revision
			if c.Kind != menshen.ChangePermit {
				continue
			}
			if c.Permit == nil || got[c.Key] {
				t.Fatalf("%+v", c)
			}
			got[c.Key] = true
		}
	}
	wg.Wait()
}
