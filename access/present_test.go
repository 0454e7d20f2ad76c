package access_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"menshen"
	"menshen/access"
	"menshen/access/credential"
)

// siteKeys are those of the site, as the office has them.
type siteKeys struct {
	*credential.Site

	number []byte
}

func mustKeys(tb testing.TB, site string, seed byte) siteKeys {
	tb.Helper()
	number := bytes.Repeat([]byte{seed + 1}, 32)
	s, err := credential.NewSite(site, bytes.Repeat([]byte{seed}, 32), number)
	if err != nil {
		tb.Fatal(err)
	}
	return siteKeys{s, number}
}

// use puts the keys on the roll.
func (w *world) use(k siteKeys, mode menshen.SiteMode) {
	w.registry.apply(menshen.Change{Kind: menshen.ChangeSite, Site: &menshen.SiteSetting{Mode: mode, PermitKey: k.PermitKey(), NumberKey: k.number}})
}

// number gives somebody a card or a PIN.
func (w *world) number(k siteKeys, person string, kind menshen.CredentialKind, number string) string {
	w.tb.Helper()
	hash, err := k.Hash(kind, number)
	if err != nil {
		w.tb.Fatal(err)
	}
	return w.credential(menshen.Credential{ID: menshen.NewID(), Person: person, Kind: kind, Key: hash})
}

func (w *world) credential(c menshen.Credential) string {
	w.registry.apply(menshen.Change{Kind: menshen.ChangeCredential, Key: c.ID, Credential: &c})
	return c.ID
}

// phone gives somebody a QR, and the key that their phone has.
func (w *world) phone(k siteKeys, person string) credential.Key {
	w.tb.Helper()
	id := menshen.NewID()
	public, text, err := k.NewQRKey(id)
	if err != nil {
		w.tb.Fatal(err)
	}
	w.credential(menshen.Credential{ID: id, Person: person, Kind: menshen.CredentialQR, Key: public})
	key, err := credential.ParseKey(text)
	if err != nil {
		w.tb.Fatal(err)
	}
	return key
}

// permit issues one.
func (w *world) permit(p menshen.Permit) menshen.Permit {
	p.ID, p.From = menshen.NewID(), time.Now().Add(-time.Hour)
	w.registry.apply(menshen.Change{Kind: menshen.ChangePermit, Key: p.ID, Permit: &p})
	return p
}

func (w *world) health(person string, state menshen.HealthState) {
	w.registry.apply(menshen.Change{Kind: menshen.ChangeHealth, Key: person, Health: &menshen.Health{Person: person, State: state}})
}

// show presents something at a gate, going in, and gives the answer in words.
func (w *world) show(gate string, kind menshen.CredentialKind, value string) string {
	w.tb.Helper()
	p, err := w.Present(context.Background(), menshen.Presentation{Gate: gate, Direction: menshen.DirectionIn, Kind: kind, Value: menshen.Secret(value)})
	if err != nil {
		w.tb.Fatalf("Present: %v", err)
	}
	return fmt.Sprint(p.Decision.Outcome, p.Decision.Reasons)
}

func (w *world) code(k credential.Key, at time.Time) string {
	w.tb.Helper()
	text, err := k.Code(at)
	if err != nil {
		w.tb.Fatal(err)
	}
	return text
}

func (w *world) want(what, got, want string) {
	w.tb.Helper()
	if got != want {
		w.tb.Errorf("%s: %s, want %s", what, got, want)
	}
}

// A resident who gives no face passes as easily as one who does: the same permit, the same answer.
func TestAsEasilyAsByFace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := MustWorld(t, nil)
		k := mustKeys(t, "garden", 1)
		w.use(k, menshen.ModeClosed)
		permit := w.permit(menshen.Permit{Kind: menshen.PermitResident, Person: "ann"})
		w.walk("east-a", "t1", "ann", 3)
		time.Sleep(time.Minute)
		w.number(k, "ann", menshen.CredentialCard, "04A2B3C4")
		w.number(k, "ann", menshen.CredentialPIN, "12345678")
		phone := w.phone(k, "ann")
		for kind, value := range map[menshen.CredentialKind]func() string{
			menshen.CredentialCard: func() string { return "04:a2:b3:c4" }, menshen.CredentialPIN: func() string { return "12345678" },
			menshen.CredentialQR: func() string { return w.code(phone, time.Now()) },
		} {
			time.Sleep(time.Minute)
			w.want(string(kind), w.show("east", kind, value()), "allow[permit_valid]")
		}
		synctest.Wait()
		means := map[menshen.Means]bool{}
		for _, p := range w.records.kept {
			if p.Person != "ann" || p.Permit != permit.ID || p.Decision.Outcome != menshen.OutcomeAllow || !slices.Equal(p.Decision.Reasons, []menshen.Reason{menshen.ReasonPermitValid}) {
				t.Errorf("passed as %+v", p)
			}
			means[p.Means] = true
		}
		if len(means) != 4 || w.doors.at("east") != 4 {
			t.Errorf("passed by %v, the door opened %d times", means, w.doors.at("east"))
		}
	})
}

func TestCodes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := MustWorld(t, nil)
		k, other := mustKeys(t, "garden", 1), mustKeys(t, "garden", 9)
		w.use(k, menshen.ModeNormal)
		phone := w.phone(k, "ann")
		now := time.Now()
		good := w.code(phone, now)
		w.want("fresh", w.show("east", menshen.CredentialQR, good), "allow[active_resident]")
		w.want("the same again, at once", w.show("east", menshen.CredentialQR, good), "deny[credential_replayed]")
		w.want("the same at another gate", w.show("west", menshen.CredentialQR, good), "deny[credential_replayed]")
		time.Sleep(time.Minute)
		w.want("a phone's clock an hour behind", w.show("east", menshen.CredentialQR, w.code(phone, time.Now().Add(-time.Hour))), "deny[credential_expired]")
		w.want("a phone's clock an hour ahead", w.show("east", menshen.CredentialQR, w.code(phone, time.Now().Add(time.Hour))), "deny[credential_early]")
		w.want("another site", w.show("east", menshen.CredentialQR, w.code(w.phone(other, "ann"), time.Now())), "deny[credential_foreign]")
		w.want("no code", w.show("east", menshen.CredentialQR, "https://example.org"), "deny[credential_unknown]")
		forged := phone
		stranger := w.phone(k, "bob")
		forged.Private = stranger.Private
		w.want("another's key", w.show("east", menshen.CredentialQR, w.code(forged, time.Now())), "deny[credential_forged]")
		nobody := phone
		nobody.Credential = menshen.NewID()
		w.want("nobody's", w.show("east", menshen.CredentialQR, w.code(nobody, time.Now())), "deny[credential_unknown]")
		w.credential(menshen.Credential{ID: phone.Credential, Person: "ann", Kind: menshen.CredentialQR, Key: phone.Public(), Revoked: time.Now()})
		w.want("revoked", w.show("east", menshen.CredentialQR, w.code(phone, time.Now())), "deny[credential_revoked]")
		synctest.Wait()
		for _, p := range w.records.kept {
			if p.Decision.Outcome == menshen.OutcomeDeny && p.Person != "" {
				t.Errorf("what is not genuine names somebody: %+v", p)
			}
		}
	})
}

func TestPermitCodes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := MustWorld(t, nil)
		k := mustKeys(t, "garden", 1)
		w.use(k, menshen.ModeNormal)
		w.registry.apply(menshen.Change{Kind: menshen.ChangePerson, Key: "vic", Person: &menshen.Person{ID: "vic", Name: "vic", State: menshen.PersonActive}})
		visit := w.permit(menshen.Permit{Kind: menshen.PermitVisitor, Person: "vic", Gates: []string{"east"}, Span: menshen.Span{To: time.Now().Add(4 * time.Hour)}})
		other := w.permit(menshen.Permit{Kind: menshen.PermitTemporary, Person: "vic", Span: menshen.Span{To: time.Now().Add(4 * time.Hour)}})
		text := func(p menshen.Permit, sheet bool) string {
			s, err := k.PermitCode(p, sheet)
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		w.want("printed", w.show("east", menshen.CredentialQR, text(visit, true)), "review[permit_sheet permit_valid]")
		time.Sleep(time.Minute)
		w.want("at a gate that it is not for, though another permit is", w.show("west", menshen.CredentialQR, text(visit, false)), "deny[permit_gate]")
		time.Sleep(time.Minute)
		w.want("on the phone", w.show("east", menshen.CredentialQR, text(visit, false)), "allow[permit_valid]")
		time.Sleep(time.Minute)
		w.want("a copy of it, sent to a friend", w.show("east", menshen.CredentialQR, text(visit, false)), "deny[passback permit_valid]")
		visit.Revoked = time.Now()
		w.registry.apply(menshen.Change{Kind: menshen.ChangePermit, Key: visit.ID, Permit: &visit})
		time.Sleep(time.Minute)
		w.want("revoked, though another permit is good", w.show("east", menshen.CredentialQR, text(visit, false)), "deny[credential_revoked]")
		time.Sleep(5 * time.Hour)
		w.want("expired", w.show("east", menshen.CredentialQR, text(other, false)), "deny[credential_expired]")
	})
}

// A card that is handed back over the gate gets nobody in: each crossing is a pass of its own.
func TestOneCardOneCrossing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := MustWorld(t, func(c *access.Config) { c.Site.Gates[0].Passback = menshen.PassbackHard })
		k := mustKeys(t, "garden", 1)
		w.use(k, menshen.ModeNormal)
		w.number(k, "ann", menshen.CredentialCard, "04A2B3C4")
		w.want("first", w.show("east", menshen.CredentialCard, "04A2B3C4"), "allow[active_resident]")
		time.Sleep(time.Second)
		w.want("read twice", w.show("east", menshen.CredentialCard, "04A2B3C4"), "allow[active_resident]")
		for range 6 {
			time.Sleep(8 * time.Second)
			w.want("handed back", w.show("east", menshen.CredentialCard, "04A2B3C4"), "deny[passback active_resident]")
		}
		synctest.Wait()
		if n := w.doors.at("east"); n != 1 {
			t.Errorf("the door opened %d times", n)
		}
		w.expect("allow ann active_resident", "deny ann passback")
	})
}

// Two of a household with one outing between them: the second is refused though the first is not on the disk yet.
func TestQuotaIsSpentOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := MustWorld(t, nil)
		k := mustKeys(t, "garden", 1)
		w.use(k, menshen.ModeClosed)
		for _, id := range []string{"ann", "bob"} {
			w.registry.apply(menshen.Change{Kind: menshen.ChangePerson, Key: id, Person: &menshen.Person{ID: id, Name: id, Household: "home", State: menshen.PersonActive}})
			w.permit(menshen.Permit{Kind: menshen.PermitResident, Person: id, Quota: menshen.Quota{Outings: 1, Days: 2, Household: true}})
			w.number(k, id, menshen.CredentialCard, "card-"+id)
		}
		release := w.records.hang("east")
		out := func(id string) string {
			p, err := w.Present(t.Context(), menshen.Presentation{Gate: "east", Direction: menshen.DirectionOut, Kind: menshen.CredentialCard, Value: menshen.Secret("card-" + id)})
			if err != nil {
				t.Fatal(err)
			}
			return fmt.Sprint(p.Decision.Outcome, p.Decision.Reasons)
		}
		w.want("the first", out("ann"), "allow[permit_valid]")
		w.want("the second", out("bob"), "deny[quota_used]")
		release()
		synctest.Wait()
		time.Sleep(25 * time.Hour)
		w.want("the next day", out("bob"), "deny[quota_used]")
		time.Sleep(24 * time.Hour)
		w.want("the day after", out("bob"), "allow[permit_valid]")
	})
}

func TestPINsCannotBeGuessed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := MustWorld(t, nil)
		k := mustKeys(t, "garden", 1)
		w.use(k, menshen.ModeNormal)
		w.number(k, "ann", menshen.CredentialPIN, "12345678")
		w.number(k, "ann", menshen.CredentialCard, "04A2B3C4")
		for i := range 5 {
			w.want("wrong", w.show("east", menshen.CredentialPIN, fmt.Sprintf("0000000%d", i)), "deny[credential_unknown]")
		}
		w.want("right, too late", w.show("east", menshen.CredentialPIN, "12345678"), "deny[credential_locked]")
		w.want("a card is no PIN", w.show("east", menshen.CredentialCard, "04A2B3C4"), "allow[active_resident]")
		w.want("another gate", w.show("west", menshen.CredentialPIN, "12345678"), "allow[active_resident]")
		w.expectConditions("pin-guessing:east")
		time.Sleep(61 * time.Second)
		w.want("after a minute", w.show("east", menshen.CredentialPIN, "12345678"), "allow[active_resident]")
		for i := range 5 {
			w.show("east", menshen.CredentialPIN, fmt.Sprintf("1000000%d", i))
		}
		time.Sleep(61 * time.Second)
		w.want("the second time it takes longer", w.show("east", menshen.CredentialPIN, "12345678"), "deny[credential_locked]")
	})
}

// A gate that knows nobody yet stays shut, or opens to the outside where it is to fail safe, and says so.
func TestNoRegistry(t *testing.T) {
	for name, c := range map[string]struct {
		fail menshen.FailMode
		want string
		open int
	}{"secure": {menshen.FailSecure, "deny[no_registry]", 0}, "safe": {menshen.FailSafe, "allow[no_registry]", 1}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := mustWorldOf(t, func(c2 *access.Config) { c2.Site.Gates[0].Fail = c.fail }, func(d *access.Deps) { d.Ready = func() bool { return false } })
				k := mustKeys(t, "garden", 1)
				w.use(k, menshen.ModeNormal)
				w.number(k, "ann", menshen.CredentialCard, "04A2B3C4")
				p, err := w.Present(t.Context(), menshen.Presentation{Gate: "east", Direction: menshen.DirectionOut, Kind: menshen.CredentialCard, Value: "04A2B3C4"})
				if err != nil {
					t.Fatal(err)
				}
				w.want("out", fmt.Sprint(p.Decision.Outcome, p.Decision.Reasons), c.want)
				synctest.Wait()
				if n := w.doors.at("east"); n != c.open {
					t.Errorf("the door opened %d times", n)
				}
				w.expectConditions("no-registry:east")
			})
		})
	}
}

func TestPresentRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := MustWorld(t, nil)
		for what, c := range map[string]struct {
			p    menshen.Presentation
			code menshen.Code
		}{
			"unknown gate": {menshen.Presentation{Gate: "north", Direction: menshen.DirectionIn, Kind: menshen.CredentialCard}, menshen.CodeNotFound},
			"no direction": {menshen.Presentation{Gate: "east", Kind: menshen.CredentialCard}, menshen.CodeInvalid},
			"no kind":      {menshen.Presentation{Gate: "east", Direction: menshen.DirectionIn}, menshen.CodeInvalid},
		} {
			if _, err := w.Present(t.Context(), c.p); menshen.ErrorCode(err) != c.code {
				t.Errorf("%s: %v", what, err)
			}
		}
	})
}

// A temperature that a reader sends along counts for the decision, and is handed on to be kept.
func TestMeasuredAtTheGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kept []menshen.Temperature
		w := mustWorldOf(t, nil, func(d *access.Deps) { d.Measured = func(m menshen.Temperature) { kept = append(kept, m) } })
		k := mustKeys(t, "garden", 1)
		w.use(k, menshen.ModeNormal)
		w.number(k, "ann", menshen.CredentialCard, "04A2B3C4")
		for _, c := range []struct {
			celsius float64
			want    string
		}{{37.2, "allow[active_resident]"}, {37.3, "deny[fever active_resident]"}, {0, "allow[active_resident]"}} {
			time.Sleep(time.Minute)
			p, err := w.Present(t.Context(), menshen.Presentation{Gate: "east", Direction: menshen.DirectionIn, Kind: menshen.CredentialCard, Value: "04A2B3C4", Celsius: c.celsius})
			if err != nil {
				t.Fatal(err)
			}
			w.want(fmt.Sprint(c.celsius), fmt.Sprint(p.Decision.Outcome, p.Decision.Reasons), c.want)
		}
		if len(kept) != 2 || kept[1].Celsius != 37.3 || kept[1].Person != "ann" || kept[1].Gate != "east" || kept[1].Source != menshen.TemperatureGate {
			t.Errorf("kept %+v", kept)
		}
		_, err := w.Present(t.Context(), menshen.Presentation{Gate: "east", Direction: menshen.DirectionIn, Kind: menshen.CredentialCard, Value: "04A2B3C4", Celsius: 12})
		if menshen.ErrorCode(err) != menshen.CodeInvalid {
			t.Errorf("12 °C: %v", err)
		}
	})
}
