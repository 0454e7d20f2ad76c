package account_test

import (
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"
	"github.com/pquerna/otp/totp"

	"menshen"
	"menshen/account"
)

const origin = "https://gate.example"

// MustSetUp makes the first account.
func MustSetUp(t *testing.T, b *account.Book) (menshen.Account, menshen.AccountSession) {
	t.Helper()
	code, err := b.SetUpCode(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	a, s, _, err := b.SetUp(t.Context(), code, "li", "", "correct horse battery", "", "")
	if err != nil {
		t.Fatal(err)
	}
	return a, s
}

func TestSecurityKey(t *testing.T) {
	b, _ := MustBook(t)
	a, s := MustSetUp(t, b)
	site := virtualwebauthn.RelyingParty{Name: "Menshen", ID: "gate.example", Origin: origin}
	device := virtualwebauthn.NewAuthenticator()
	device.Options.UserHandle = []byte(a.ID)
	key := virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)
	add := func(at string) error {
		options, err := b.BeginAddKey(t.Context(), a, s, at)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := virtualwebauthn.ParseAttestationOptions(options)
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = b.AddKey(t.Context(), a, s, at, "blue key", virtualwebauthn.CreateAttestationResponse(site, device, key, *parsed))
		return err
	}
	if err := add("https://elsewhere.example"); menshen.ErrorCode(err) != menshen.CodeDenied {
		t.Errorf("a key for another site: %v", err)
	}
	if err := add(origin); err != nil {
		t.Fatal(err)
	}
	device.AddCredential(key)
	if _, _, err := b.AddKey(t.Context(), a, s, origin, "", "{}"); menshen.ErrorCode(err) != menshen.CodeDenied {
		t.Errorf("an answer that nobody asked for: %v", err)
	}

	_, half, _, err := b.SignIn(t.Context(), "li", "correct horse battery", "", "", "")
	if err != nil || half.Done {
		t.Fatalf("the password alone: %+v, %v", half, err)
	}
	answer := func(s menshen.AccountSession, with virtualwebauthn.Credential) string {
		options, err := b.BeginKey(t.Context(), a, s, origin)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := virtualwebauthn.ParseAssertionOptions(options)
		if err != nil {
			t.Fatal(err)
		}
		return virtualwebauthn.CreateAssertionResponse(site, device, with, *parsed)
	}
	key.Counter++
	right := answer(half, key)
	done, secret, err := b.AnswerKey(t.Context(), a, half, origin, right)
	if err != nil || !done.Done || secret == "" {
		t.Fatalf("the key: %+v, %v", done, err)
	}
	if _, _, err := b.AnswerKey(t.Context(), a, half, origin, right); menshen.ErrorCode(err) != menshen.CodeDenied {
		t.Errorf("the answer again: %v", err)
	}
	copied := key
	copied.Counter = 0 // as of a key that was copied before
	if _, _, err := b.AnswerKey(t.Context(), a, half, origin, answer(half, copied)); menshen.ErrorCode(err) != menshen.CodeDenied {
		t.Errorf("a copied key: %v", err)
	}
	other := virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)
	for range 3 {
		if _, _, err := b.AnswerKey(t.Context(), a, half, origin, answer(half, other)); menshen.ErrorCode(err) != menshen.CodeDenied {
			t.Errorf("another key: %v", err)
		}
	}
	key.Counter++
	if _, _, err := b.AnswerKey(t.Context(), a, half, origin, answer(half, key)); menshen.ErrorCode(err) != menshen.CodeExhausted {
		t.Errorf("after five failures: %v", err)
	}
}

func TestAFactorGoesWithAProofOnly(t *testing.T) {
	b, _ := MustBook(t)
	a, s := MustSetUp(t, b)
	for name, p := range map[string]menshen.AccountProof{"nothing": {}, "a wrong password": {Password: "wrong and wrong"}} {
		if err := b.Prove(t.Context(), a, s, origin, p); menshen.ErrorCode(err) != menshen.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, p := range map[string]menshen.AccountProof{"a code of no app": {Code: "123456"}, "no key": {Key: "{}"}} {
		if err := b.Prove(t.Context(), a, s, origin, p); menshen.ErrorCode(err) != menshen.CodeDenied {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := b.Prove(t.Context(), a, s, origin, menshen.AccountProof{Password: "correct horse battery"}); err != nil {
		t.Error(err)
	}
}

// Whoever guesses elsewhere does not keep the holder out of a browser that is known.
func TestAKnownBrowserIsNotSlowedDown(t *testing.T) {
	b, _ := MustBook(t)
	a, _ := MustSetUp(t, b)
	mark := b.Known(a, "")
	try := func(password, mark, address string) error {
		_, _, _, err := b.SignIn(t.Context(), "li", password, mark, "", address)
		return err
	}
	for range 6 {
		_ = try("wrong and wrong", "", "192.0.2.1")
	}
	if err := try("correct horse battery", "", "192.0.2.2"); menshen.ErrorCode(err) != menshen.CodeExhausted {
		t.Errorf("an unknown browser: %v", err)
	}
	for _, bad := range []string{"x", mark[:len(mark)-1] + "?", mark[:22] + "." + mark[:22]} {
		if err := try("correct horse battery", bad, "192.0.2.1"); menshen.ErrorCode(err) != menshen.CodeExhausted {
			t.Errorf("a forged mark: %v", err)
		}
	}
	if err := try("correct horse battery", mark, "192.0.2.1"); err != nil {
		t.Errorf("a known browser: %v", err)
	}
	for range 5 {
		if err := try("wrong and wrong", mark, "192.0.2.1"); menshen.ErrorCode(err) != menshen.CodeDenied {
			t.Errorf("wrong in a known browser: %v", err)
		}
	}
	if err := try("correct horse battery", mark, "192.0.2.1"); menshen.ErrorCode(err) != menshen.CodeExhausted {
		t.Errorf("guessing in a known browser: %v", err)
	}
	// Others who sign in there keep their own marks.
	if again := b.Known(a, b.Known(menshen.Account{ID: "other", Password: "x"}, mark)); len(again) <= len(mark) || again[:22] != mark[:22] {
		t.Errorf("marks %q, %q", mark, again)
	}
}

func TestSweepEndsWhatIsOpen(t *testing.T) {
	b, now := MustBook(t)
	_, s := MustSetUp(t, b)
	ended := 0
	b.OnEnd(s.ID, func() { ended++ })
	if err := b.Sweep(t.Context()); err != nil || ended != 0 {
		t.Fatalf("at once: %d, %v", ended, err)
	}
	*now = now.Add(31 * time.Minute)
	if err := b.Sweep(t.Context()); err != nil || ended != 1 {
		t.Errorf("half an hour later: %d, %v", ended, err)
	}
}

func TestAChangeKeepsWhatIsNotGiven(t *testing.T) {
	b, _ := MustBook(t)
	MustSetUp(t, b)
	a, _, err := b.Invite(t.Context(), "zhao", "赵工", []menshen.AccountRole{menshen.AccountGuard})
	if err != nil {
		t.Fatal(err)
	}
	yes := true
	if a, err = b.Set(t.Context(), a.ID, menshen.AccountChange{Disabled: &yes}); err != nil || a.Shown != "赵工" || !a.Has(menshen.AccountGuard) || !a.Disabled {
		t.Errorf("disabled: %+v, %v", a, err)
	}
	if a, err = b.Set(t.Context(), a.ID, menshen.AccountChange{Shown: "赵师傅"}); err != nil || a.Shown != "赵师傅" || !a.Disabled {
		t.Errorf("named: %+v, %v", a, err)
	}
	if _, err = b.Set(t.Context(), a.ID, menshen.AccountChange{Roles: []menshen.AccountRole{"king"}}); menshen.ErrorCode(err) != menshen.CodeInvalid {
		t.Errorf("an unknown role: %v", err)
	}
}

// Whoever found a browser open cannot add a factor of their own, and prove with it that they may remove the holder's.
func TestAFactorOfThisSessionProvesNothing(t *testing.T) {
	b, now := MustBook(t)
	a, s := MustSetUp(t, b)
	*now = now.Add(time.Minute)
	const secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
	code := func() string {
		code, err := totp.GenerateCode(secret, *now)
		if err != nil {
			t.Fatal(err)
		}
		return code
	}
	s, _, err := b.AddCode(t.Context(), a, s, secret, code())
	if err != nil {
		t.Fatal(err)
	}
	*now = now.Add(time.Minute)
	if err := b.Prove(t.Context(), a, s, origin, menshen.AccountProof{Code: code()}); menshen.ErrorCode(err) != menshen.CodeDenied {
		t.Errorf("in the session that added it: %v", err)
	}
	*now = now.Add(time.Minute)
	_, later, _, err := b.SignIn(t.Context(), "li", "correct horse battery", "", "", "")
	if err != nil {
		t.Fatal(err)
	}
	*now = now.Add(time.Minute)
	if err := b.Prove(t.Context(), a, later, origin, menshen.AccountProof{Code: code()}); err != nil {
		t.Errorf("in a later one: %v", err)
	}
}
