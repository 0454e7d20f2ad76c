package storetest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"menshen"
	"menshen/store"
)

func permitRoundTrip(t *testing.T, s Store) {
	ctx := t.Context()
	MustPeople(t, s, "p-1")
	want := Permit("e-1", "p-1", 1)
	want.Revoked, want.RevokedBy, want.RevokedFor = hour(9), "office", "搬走了"
	bare := menshen.Permit{ID: "e-2", Kind: menshen.PermitVehicle, Person: "p-1", Plate: "京A12345", Span: menshen.Span{From: hour(0)}}
	must(t, s.AddPermits(ctx, []menshen.Permit{want, bare}))
	for _, p := range []menshen.Permit{want, bare} {
		got, err := s.Permit(ctx, p.ID)
		must(t, err)
		wantEqual(t, got, p)
	}
	empty := bare
	empty.ID, empty.Gates = "e-3", []string{}
	must(t, s.AddPermit(ctx, empty))
	got, err := s.Permit(ctx, "e-3")
	must(t, err)
	empty.Gates = nil
	wantEqual(t, got, empty)
	_, err = s.Permit(ctx, "e-9")
	wantCode(t, err, menshen.CodeNotFound)
}

func permitRefuses(t *testing.T, s Store) {
	ctx := t.Context()
	MustPeople(t, s, "p-1")
	must(t, s.AddPermit(ctx, Permit("e-1", "p-1", 1)))
	before := latest(t, s)
	for name, c := range map[string]struct {
		change func(*menshen.Permit)
		code   menshen.Code
	}{
		"id in use":   {func(p *menshen.Permit) { p.ID = "e-1" }, menshen.CodeConflict},
		"nobody":      {func(p *menshen.Permit) { p.Person = "p-9" }, menshen.CodeNotFound},
		"kind":        {func(p *menshen.Permit) { p.Kind = "golden" }, menshen.CodeInvalid},
		"inside out":  {func(p *menshen.Permit) { p.To = p.From }, menshen.CodeInvalid},
		"empty hours": {func(p *menshen.Permit) { p.Hours = menshen.DayHours{From: 5, To: 5} }, menshen.CodeInvalid},
		"far away":    {func(p *menshen.Permit) { p.To = time.Date(3000, 1, 1, 0, 0, 0, 0, time.UTC) }, menshen.CodeInvalid},
		"UTF-8":       {func(p *menshen.Permit) { p.IssuedBy = "\xff" }, menshen.CodeInvalid},
		"many gates":  {func(p *menshen.Permit) { p.Gates = slices.Repeat([]string{"a"}, 5000) }, menshen.CodeInvalid},
		"long":        {func(p *menshen.Permit) { p.RevokedFor = strings.Repeat("x", 5000) }, menshen.CodeInvalid},
	} {
		bad := Permit("e-3", "p-1", 1)
		c.change(&bad)
		if err := s.AddPermits(ctx, []menshen.Permit{Permit("e-2", "p-1", 1), bad}); menshen.ErrorCode(err) != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	wantEqual(t, len(MustCollect(t, s.Permits(ctx, store.PermitFilter{}))), 1)
	wantEqual(t, latest(t, s), before)
}

func replaceAndRevoke(t *testing.T, s Store) {
	ctx := t.Context()
	MustPeople(t, s, "p-1")
	old, next := Permit("e-1", "p-1", 1), Permit("e-2", "p-1", 2)
	must(t, s.AddPermit(ctx, old))
	old.Revoked, old.RevokedBy, old.RevokedFor = hour(5), "office", "renewed"
	before := latest(t, s)

	// Neither is done where one cannot be.
	taken := next
	taken.ID = "e-1"
	wantCode(t, s.ReplacePermit(ctx, old, taken), menshen.CodeConflict)
	got, err := s.Permit(ctx, "e-1")
	must(t, err)
	wantEqual(t, got, Permit("e-1", "p-1", 1))
	wantEqual(t, latest(t, s), before)

	must(t, s.ReplacePermit(ctx, old, next))
	got, err = s.Permit(ctx, "e-1")
	must(t, err)
	wantEqual(t, got, old)
	wantEqual(t, keysOf(MustChanges(t, s, before)), []string{"permit e-1", "permit e-2"})
	wantCode(t, s.ReplacePermit(ctx, old, Permit("e-3", "p-1", 3)), menshen.CodeConflict)
	old.ID = "e-9"
	wantCode(t, s.ReplacePermit(ctx, old, Permit("e-3", "p-1", 3)), menshen.CodeNotFound)

	before = latest(t, s)
	got, err = s.RevokePermit(ctx, "e-2", hour(6), "office", "发热")
	must(t, err)
	next.Revoked, next.RevokedBy, next.RevokedFor = hour(6), "office", "发热"
	wantEqual(t, got, next)
	changes := MustChanges(t, s, before)
	wantEqual(t, keysOf(changes), []string{"permit e-2"})
	wantEqual(t, *changes[0].Permit, next)
	_, err = s.RevokePermit(ctx, "e-2", hour(7), "office", "again")
	wantCode(t, err, menshen.CodeConflict)
	_, err = s.RevokePermit(ctx, "e-9", hour(7), "office", "")
	wantCode(t, err, menshen.CodeNotFound)
	_, err = s.RevokePermit(ctx, "e-2", time.Time{}, "office", "")
	wantCode(t, err, menshen.CodeInvalid)
	wantEqual(t, latest(t, s), changes[0].Revision)
}

func permitFilter(t *testing.T, s Store) {
	ctx := t.Context()
	MustPeople(t, s, "p-1", "p-2")
	a, b, c, d := Permit("e-a", "p-1", 3), Permit("e-b", "p-2", 1), Permit("e-c", "p-1", 2), Permit("e-d", "p-1", 4)
	b.Kind, b.Visit = menshen.PermitVisitor, "v-1"
	c.To = time.Time{}
	d.Revoked = hour(6)
	must(t, s.AddPermits(ctx, []menshen.Permit{a, b, c, d}))
	for name, x := range map[string]struct {
		filter store.PermitFilter
		want   []menshen.Permit
	}{
		"all":       {store.PermitFilter{}, []menshen.Permit{d, a, c, b}},
		"person":    {store.PermitFilter{Person: "p-1"}, []menshen.Permit{d, a, c}},
		"kind":      {store.PermitFilter{Kind: menshen.PermitVisitor}, []menshen.Permit{b}},
		"visit":     {store.PermitFilter{Visit: "v-1"}, []menshen.Permit{b}},
		"latest":    {store.PermitFilter{Latest: 2}, []menshen.Permit{d, a}},
		"begun":     {store.PermitFilter{ValidAt: hour(3)}, []menshen.Permit{a, c, b}},
		"not yet":   {store.PermitFilter{ValidAt: hour(1).Add(-1)}, nil},
		"unrevoked": {store.PermitFilter{ValidAt: hour(6).Add(-1), Latest: 1}, []menshen.Permit{d}},
		"revoked":   {store.PermitFilter{ValidAt: hour(6)}, []menshen.Permit{a, c, b}},
		"ended":     {store.PermitFilter{ValidAt: hour(27)}, []menshen.Permit{c}},
		"joined":    {store.PermitFilter{Person: "p-2", Kind: menshen.PermitResident}, nil},
	} {
		t.Run(name, func(t *testing.T) { wantEqual(t, MustCollect(t, s.Permits(ctx, x.filter)), x.want) })
	}
}

func credentials(t *testing.T, s Store) {
	ctx := t.Context()
	MustPeople(t, s, "p-1", "p-2")
	a, b := sampleCredential("c-2", "p-1", 1), sampleCredential("c-1", "p-2", 1)
	b.Kind = menshen.CredentialPIN // the same key is another credential
	must(t, s.AddCredential(ctx, a))
	must(t, s.AddCredential(ctx, b))
	got, err := s.Credential(ctx, "c-2")
	must(t, err)
	wantEqual(t, got, a)
	wantEqual(t, MustCollect(t, s.Credentials(ctx, "")), []menshen.Credential{a, b})
	wantEqual(t, MustCollect(t, s.Credentials(ctx, "p-2")), []menshen.Credential{b})

	wantCode(t, s.AddCredential(ctx, sampleCredential("c-3", "p-2", 1)), menshen.CodeConflict)
	wantCode(t, s.AddCredential(ctx, sampleCredential("c-2", "p-2", 2)), menshen.CodeConflict)
	wantCode(t, s.AddCredential(ctx, sampleCredential("c-3", "p-9", 2)), menshen.CodeNotFound)
	wantCode(t, s.AddCredential(ctx, menshen.Credential{ID: "c-3", Person: "p-1", Kind: menshen.CredentialQR}), menshen.CodeInvalid)

	// A card that was given back can be given to somebody else.
	must(t, s.RevokeCredential(ctx, "c-2", hour(8)))
	got, err = s.Credential(ctx, "c-2")
	must(t, err)
	a.Revoked = hour(8)
	wantEqual(t, got, a)
	must(t, s.AddCredential(ctx, sampleCredential("c-3", "p-2", 1)))
	wantCode(t, s.RevokeCredential(ctx, "c-2", hour(9)), menshen.CodeConflict)
	wantCode(t, s.RevokeCredential(ctx, "c-9", hour(9)), menshen.CodeNotFound)
	wantCode(t, s.RevokeCredential(ctx, "c-3", time.Time{}), menshen.CodeInvalid)
	_, err = s.Credential(ctx, "c-9")
	wantCode(t, err, menshen.CodeNotFound)
}
