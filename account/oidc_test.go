package account_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"menshen"
	"menshen/account"
	"menshen/account/oidctest"
)

// visit sends a browser to the provider and gives what it brings back.
func visit(t *testing.T, p *account.Provider) (state, code string) {
	t.Helper()
	address, state, err := p.Begin(t.Context(), "https://gate.example/oidc/callback")
	if err != nil {
		t.Fatal(err)
	}
	c := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := c.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	back, err := url.Parse(res.Header.Get("Location"))
	if err != nil || back.Host != "gate.example" || back.Query().Get("state") != state {
		t.Fatalf("%s: back to %v, %v", res.Status, back, err)
	}
	return state, back.Query().Get("code")
}

func TestProviderVouches(t *testing.T) {
	b, now := MustBook(t)
	clock := func() time.Time { return *now }
	issuer := oidctest.New(t, clock)
	issuer.Claims = map[string]any{"sub": "1234", "email": "Wang@Gate.example", "email_verified": true, "name": "王芳", "amr": []string{"pwd", "mfa"}}
	provider := func(change func(c *account.ProviderConfig)) *account.Provider {
		c := account.ProviderConfig{Issuer: issuer.URL, ClientID: oidctest.ClientID, Secret: oidctest.Secret, Name: "Gate", Claim: "email"}
		if change != nil {
			change(&c)
		}
		return account.NewProvider(c, clock)
	}
	p := provider(nil)
	signIn := func(p *account.Provider, newRole menshen.AccountRole) (menshen.Account, menshen.AccountSession, error) {
		state, code := visit(t, p)
		who, err := p.Finish(t.Context(), state, code)
		if err != nil {
			return menshen.Account{}, menshen.AccountSession{}, err
		}
		a, s, _, err := b.SignInOutside(t.Context(), who, newRole, "", "")
		return a, s, err
	}
	if _, _, err := signIn(p, menshen.AccountGuard); menshen.ErrorCode(err) != menshen.CodeNotFound {
		t.Errorf("before the first account: %v", err)
	}
	code, _ := b.SetUpCode(t.Context())
	first, _, _, err := b.SetUp(t.Context(), code, "li", "", "correct horse battery", "", "")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := signIn(p, ""); menshen.ErrorCode(err) != menshen.CodeNotFound {
		t.Errorf("nobody invited them: %v", err)
	}
	invited, _, err := b.Invite(t.Context(), "wang@gate.example", "", []menshen.AccountRole{menshen.AccountInvestigator})
	if err != nil {
		t.Fatal(err)
	}
	a, s, err := signIn(p, "")
	if err != nil || a.ID != invited.ID || s.Done {
		t.Errorf("an investigator: %+v, %+v, %v", a, s, err)
	}
	if _, s, err := signIn(provider(func(c *account.ProviderConfig) { c.TrustFactor = true }), ""); err != nil || !s.Done {
		t.Errorf("with the provider's second factor: %+v, %v", s, err)
	}
	// The address went to somebody else.
	issuer.Claims["sub"] = "5678"
	if _, _, err := signIn(p, ""); menshen.ErrorCode(err) != menshen.CodeDenied {
		t.Errorf("another person of the same address: %v", err)
	}
	issuer.Claims["sub"], issuer.Claims["email"] = "1234", "wang.fang@gate.example"
	if a, _, err := signIn(p, ""); err != nil || a.ID != invited.ID {
		t.Errorf("with a new address: %+v, %v", a, err)
	}
	yes := true
	if _, err := b.Set(t.Context(), invited.ID, menshen.AccountChange{Disabled: &yes}); err != nil {
		t.Fatal(err)
	}
	if _, _, err := signIn(p, ""); menshen.ErrorCode(err) != menshen.CodeDenied {
		t.Errorf("disabled: %v", err)
	}
	issuer.Claims = map[string]any{"sub": "9", "email": "zhao@gate.example"}
	if _, _, err := signIn(p, menshen.AccountGuard); menshen.ErrorCode(err) != menshen.CodeDenied {
		t.Errorf("an address that is not verified: %v", err)
	}
	issuer.Claims["email_verified"] = true
	if a, s, err := signIn(p, menshen.AccountGuard); err != nil || !a.Has(menshen.AccountGuard) || !s.Done {
		t.Errorf("somebody new: %+v, %v", a, err)
	}
	issuer.Claims["preferred_username"] = "zhao"
	if a, _, err := signIn(provider(func(c *account.ProviderConfig) { c.Claim = "preferred_username" }), ""); err != nil || a.Name != "zhao@gate.example" {
		t.Errorf("known by the provider's number already: %+v, %v", a, err)
	}
	issuer.Nonce = "another"
	if _, _, err := signIn(p, ""); menshen.ErrorCode(err) != menshen.CodeDenied {
		t.Errorf("the answer to another sign-in: %v", err)
	}
	issuer.Nonce = ""
	state, got := visit(t, p)
	if _, err := p.Finish(t.Context(), state, "wrong"); menshen.ErrorCode(err) != menshen.CodeUnavailable {
		t.Errorf("a wrong code: %v", err)
	}
	if _, err := p.Finish(t.Context(), state, got); menshen.ErrorCode(err) != menshen.CodeInvalid {
		t.Errorf("a state for the second time: %v", err)
	}
	state, got = visit(t, p)
	*now = now.Add(11 * time.Minute)
	if _, err := p.Finish(t.Context(), state, got); menshen.ErrorCode(err) != menshen.CodeInvalid {
		t.Errorf("too late: %v", err)
	}
	issuer.Claims = map[string]any{"sub": "77", "preferred_username": "LI"}
	chosen := provider(func(c *account.ProviderConfig) { c.Claim = "preferred_username" })
	if _, _, err := signIn(chosen, ""); menshen.ErrorCode(err) != menshen.CodeDenied {
		t.Errorf("the name of an account with a password: %v", err)
	}
	if _, _, err := b.Reset(t.Context(), first.ID); err != nil {
		t.Fatal(err)
	}
	if _, _, err := signIn(chosen, ""); menshen.ErrorCode(err) != menshen.CodeDenied {
		t.Errorf("an operator's after a reset: %v", err)
	}
	guard, taking, err := b.Invite(t.Context(), "zhou", "", []menshen.AccountRole{menshen.AccountGuard})
	if err != nil {
		t.Fatal(err)
	}
	issuer.Claims["preferred_username"] = "Zhou"
	a, _, err = signIn(chosen, "")
	if err != nil || a.ID != guard.ID {
		t.Errorf("an invited guard: %+v, %v", a, err)
	}
	// Somebody else had taken the name there: whoever has the invitation takes the account back.
	if a, _, _, err = b.Accept(t.Context(), taking, "correct horse battery", "", ""); err != nil || a.Outside != "" {
		t.Errorf("the invitation: %+v, %v", a, err)
	}
	if sessions, err := b.Sessions(t.Context(), guard.ID); err != nil || len(sessions) != 1 {
		t.Errorf("%d sessions, %v", len(sessions), err)
	}
	if _, _, err := signIn(chosen, ""); menshen.ErrorCode(err) != menshen.CodeDenied {
		t.Errorf("with that name again: %v", err)
	}
	if _, _, err := provider(func(c *account.ProviderConfig) { c.Issuer = "http://127.0.0.1:1" }).Begin(t.Context(), ""); menshen.ErrorCode(err) != menshen.CodeUnavailable {
		t.Errorf("no provider: %v", err)
	}
}

// TestProviderDown: a provider that does not answer is not asked by everybody one after the other.
func TestProviderDown(t *testing.T) {
	asked := make(chan struct{}, 10)
	silent := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		time.Sleep(50 * time.Millisecond)
		w.WriteHeader(http.StatusBadGateway)
	}))
	t.Cleanup(silent.Close)
	_, now := MustBook(t)
	p := account.NewProvider(account.ProviderConfig{Issuer: silent.URL, ClientID: oidctest.ClientID, Claim: "sub"}, func() time.Time { return *now })
	var group sync.WaitGroup
	for range 10 {
		group.Go(func() {
			if _, _, err := p.Begin(t.Context(), ""); menshen.ErrorCode(err) != menshen.CodeUnavailable {
				t.Errorf("%v", err)
			}
		})
	}
	group.Wait()
	if len(asked) != 1 {
		t.Errorf("asked %d times", len(asked))
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	*now = now.Add(6 * time.Second)
	if _, _, err := p.Begin(gone, ""); menshen.ErrorCode(err) != menshen.CodeUnavailable {
		t.Errorf("asked by somebody who left: %v", err)
	}
	if _, _, err := p.Begin(t.Context(), ""); menshen.ErrorCode(err) != menshen.CodeUnavailable || len(asked) < 2 {
		t.Errorf("never asked again: %v, %d", err, len(asked))
	}
}

// TestProviderLeadsNowhereElse: neither a redirect nor what the provider says of itself leads to another service of this machine.
func TestProviderLeadsNowhereElse(t *testing.T) {
	asked := make(chan string, 10)
	hub := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked <- r.URL.Path }))
	t.Cleanup(hub.Close)
	_, now := MustBook(t)
	begin := func(provider http.HandlerFunc) (*account.Provider, string, error) {
		s := httptest.NewServer(provider)
		t.Cleanup(s.Close)
		p := account.NewProvider(account.ProviderConfig{Issuer: s.URL, ClientID: oidctest.ClientID, Claim: "sub"}, func() time.Time { return *now })
		_, state, err := p.Begin(t.Context(), "https://gate.example/oidc/callback")
		return p, state, err
	}
	_, _, err := begin(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, hub.URL, http.StatusFound) })
	if menshen.ErrorCode(err) != menshen.CodeUnavailable || !strings.Contains(err.Error(), "special network") {
		t.Errorf("redirected: %v", err)
	}
	p, state, err := begin(func(w http.ResponseWriter, r *http.Request) {
		_ = json.NewEncoder(w).Encode(map[string]string{
			"issuer": "http://" + r.Host, "authorization_endpoint": "http://" + r.Host + "/authorize", "token_endpoint": hub.URL + "/token", "jwks_uri": hub.URL + "/keys",
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = p.Finish(t.Context(), state, "code"); menshen.ErrorCode(err) != menshen.CodeUnavailable || !strings.Contains(err.Error(), "special network") {
		t.Errorf("its token: %v", err)
	}
	if len(asked) > 0 {
		t.Errorf("the other service was asked for %s", <-asked)
	}
}
