package storetest

import (
	"bytes"
	"testing"
	"time"

	"menshen"
	"menshen/store"
)

// RunCopy checks a gate post's copy of the registry. place gives a new, empty place, and each call of what it returns opens
// the copy in that place again after the one before was closed. The suite closes what it opens.
func RunCopy(t *testing.T, place func(testing.TB) func(testing.TB) Copy) {
	for _, c := range []struct {
		name string
		test func(*testing.T, func(testing.TB) Copy)
	}{
		{"ApplyRoundTrip", applyRoundTrip},
		{"ApplyTwice", applyTwice},
		{"ApplyIsAtomic", applyIsAtomic},
		{"ApplyRefusesToGoBack", applyRefusesToGoBack},
		{"Reset", resetCopy},
		{"NotePassed", notePassed},
		{"Whole", whole},
		{"CopyAudit", copyAudit},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, place(t)) })
	}
}

// Changes gives a change of each kind and one of an entry that is gone, from revision 3 on with gaps.
func Changes() []menshen.Change {
	p := samplePerson("p-1", "王小明", "3-2-14-1402")
	p.Household = "h-1"
	permit, h, c, template := Permit("e-1", "p-1", 1), sampleHealth("p-1"), sampleCredential("c-1", "p-1", 1), sampleTemplate("t-1", "p-1", Engine("opencv"), 1)
	return []menshen.Change{
		{Revision: 3, Kind: menshen.ChangePerson, Key: "p-1", Person: &p},
		{Revision: 4, Kind: menshen.ChangePermit, Key: "e-1", Permit: &permit},
		{Revision: 7, Kind: menshen.ChangeHealth, Key: "p-1", Health: &h},
		{Revision: 8, Kind: menshen.ChangeCredential, Key: "c-1", Credential: &c},
		{Revision: 9, Kind: menshen.ChangeTemplate, Key: "t-1", Template: &template},
		{Revision: 12, Kind: menshen.ChangeGate, Key: "east-1", Gate: &menshen.GateSetting{Gate: "east-1", State: menshen.GateClosed}},
		{Revision: 13, Kind: menshen.ChangeSite, Site: &menshen.SiteSetting{Mode: menshen.ModeClosed, PermitKey: bytes.Repeat([]byte{1}, 32), NumberKey: bytes.Repeat([]byte{2}, 32)}},
		{Revision: 14, Kind: menshen.ChangeRules, Rules: &menshen.RuleText{Version: 2, YAML: "rules: []\n", By: "office", Note: "注"}},
		{Revision: 15, Kind: menshen.ChangeTemplate, Key: "t-2"},
	}
}

func wantRevision(tb testing.TB, c Copy, want uint64) {
	tb.Helper()
	got, err := c.Revision(tb.Context())
	must(tb, err)
	wantEqual(tb, got, want)
}

func applyRoundTrip(t *testing.T, open func(testing.TB) Copy) {
	ctx := t.Context()
	c := open(t)
	wantRevision(t, c, 0)
	wantEqual(t, len(MustCollect(t, c.All(ctx))), 0)
	all := Changes()
	must(t, c.Apply(ctx, all[:4]))
	wantRevision(t, c, 8)
	must(t, c.Apply(ctx, all[4:]))
	must(t, c.Apply(ctx, nil))
	must(t, c.Close())

	c = open(t)
	wantRevision(t, c, 15)
	wantEqual(t, MustCollect(t, c.All(ctx)), all)

	// Only the latest state of an entry stays.
	gone, back := all[1], all[8]
	gone.Revision, gone.Permit = 20, nil
	template := sampleTemplate("t-2", "p-1", Engine("dlib"), 2)
	back.Revision, back.Template = 21, &template
	must(t, c.Apply(ctx, []menshen.Change{gone, back}))
	want := append(append([]menshen.Change{all[0]}, all[2:8]...), gone, back)
	wantEqual(t, MustCollect(t, c.All(ctx)), want)
	must(t, c.Close())
}

func applyTwice(t *testing.T, open func(testing.TB) Copy) {
	ctx := t.Context()
	c := open(t)
	all := Changes()
	must(t, c.Apply(ctx, all[:6]))
	must(t, c.Apply(ctx, all[:6]))
	must(t, c.Apply(ctx, all[2:])) // overlaps
	wantEqual(t, MustCollect(t, c.All(ctx)), all)
	// An older state of an entry that came late does not take the newer one's place.
	newer := all[0]
	p := *newer.Person
	p.State = menshen.PersonInactive
	newer.Revision, newer.Person = 30, &p
	must(t, c.Apply(ctx, []menshen.Change{newer}))
	must(t, c.Apply(ctx, all[:1]))
	got := MustCollect(t, c.All(ctx))
	wantEqual(t, got[len(got)-1], newer)
	wantRevision(t, c, 30)
	must(t, c.Close())
}

func applyIsAtomic(t *testing.T, open func(testing.TB) Copy) {
	ctx := t.Context()
	c := open(t)
	all := Changes()
	for name, bad := range map[string][]menshen.Change{
		"order":       {all[0], all[2], all[1]},
		"twice":       {all[0], all[0]},
		"no revision": {all[0], {Kind: menshen.ChangePerson, Key: "p"}},
		"no kind":     {all[0], {Revision: 9}},
		"too large":   {all[0], {Revision: 1 << 63, Kind: menshen.ChangePerson}},
	} {
		if err := c.Apply(ctx, bad); menshen.ErrorCode(err) != menshen.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
		wantRevision(t, c, 0)
	}
	must(t, c.Close())
	wantCode(t, c.Apply(ctx, all), menshen.CodeUnavailable)
}

func applyRefusesToGoBack(t *testing.T, open func(testing.TB) Copy) {
	ctx := t.Context()
	c := open(t)
	all := Changes()
	must(t, c.Apply(ctx, all))
	other := samplePerson("p-2", "别人", "")
	back := []menshen.Change{{Revision: 5, Kind: menshen.ChangePerson, Key: "p-2", Person: &other}, {Revision: 16, Kind: menshen.ChangePermit, Key: "e-1"}}
	err := c.Apply(ctx, back)
	wantCode(t, err, menshen.CodeConflict)
	if _, hint := menshen.ErrorMessage(err); hint == "" {
		t.Error("no hint for a registry that has gone back")
	}
	// The same entry, but later than the copy has it, and not beyond what it has.
	wantCode(t, c.Apply(ctx, []menshen.Change{{Revision: 11, Kind: menshen.ChangePermit, Key: "e-1"}}), menshen.CodeConflict)
	wantEqual(t, MustCollect(t, c.All(ctx)), all)
	must(t, c.Close())
}

func resetCopy(t *testing.T, open func(testing.TB) Copy) {
	ctx := t.Context()
	c := open(t)
	all := Changes()
	must(t, c.Apply(ctx, all))
	must(t, c.Reset(ctx))
	wantRevision(t, c, 0)
	must(t, c.Apply(ctx, all[:2]))
	wantEqual(t, MustCollect(t, c.All(ctx)), all[:2])
	must(t, c.Close())
}

// elsewhere gives a pass at another gate as a copy keeps it.
func elsewhere(n uint64) menshen.Pass {
	p := Pass("west-1", n, "p-1")
	return menshen.Pass{
		ID: p.ID, Site: p.Site, Person: p.Person, Direction: p.Direction, Captured: p.Captured, Credential: p.Credential,
		Decision: menshen.Decision{Outcome: menshen.OutcomeAllow},
	}
}

func notePassed(t *testing.T, open func(testing.TB) Copy) {
	ctx := t.Context()
	c := open(t)
	cursor := func(want uint64) {
		t.Helper()
		got, err := c.PassedCursor(ctx)
		must(t, err)
		wantEqual(t, got, want)
	}
	cursor(0)
	must(t, c.NotePassed(ctx, 7, []menshen.Pass{Pass("west-1", 2, "p-1"), Pass("west-1", 1, "p-1")}, time.Time{}))
	must(t, c.NotePassed(ctx, 9, []menshen.Pass{Pass("west-1", 2, "p-1"), Pass("west-1", 3, "p-1")}, elsewhere(2).Captured)) // one comes again
	must(t, c.Close())
	c = open(t)
	cursor(9)
	wantEqual(t, MustCollect(t, c.Passed(ctx)), []menshen.Pass{elsewhere(2), elsewhere(3)})
	wantRevision(t, c, 0)
	must(t, c.Reset(ctx))
	cursor(0)
	wantEqual(t, MustCollect(t, c.Passed(ctx)), []menshen.Pass(nil))
	must(t, c.Close())
}

// copyAudit: a post's audit log stays when the copy is begun anew, and when it is opened again.
func copyAudit(t *testing.T, open func(testing.TB) Copy) {
	c := open(t)
	e := menshen.AuditEntry{At: time.Unix(1_770_000_000, 0).UTC(), Actor: "guard@lodge", Action: "guard.answer", Subject: "east:7", Detail: "{}"}
	if err := c.Audit(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	if err := c.Audit(t.Context(), menshen.AuditEntry{At: e.At}); menshen.ErrorCode(err) != menshen.CodeInvalid {
		t.Errorf("an entry of nobody: %v", err)
	}
	if err := c.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	var got []menshen.AuditEntry
	for x, err := range open(t).AuditEntries(t.Context(), store.AuditFilter{}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, x)
	}
	if len(got) != 1 || got[0] != e {
		t.Errorf("kept %+v, want %+v", got, e)
	}
}

// whole: a copy is whole once that was said, also when it is opened again, and until it is begun anew.
func whole(t *testing.T, open func(testing.TB) Copy) {
	c := open(t)
	want := func(what string, c Copy, want bool) {
		t.Helper()
		if got, err := c.Whole(t.Context()); err != nil || got != want {
			t.Errorf("%s: whole %v, %v", what, got, err)
		}
	}
	want("new", c, false)
	if err := c.Apply(t.Context(), Changes()); err != nil {
		t.Fatal(err)
	}
	want("in part", c, false)
	for range 2 {
		if err := c.SetWhole(t.Context(), time.Unix(1_770_000_000, 0)); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	c = open(t)
	want("opened again", c, true)
	if err := c.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	want("begun anew", c, false)
}
