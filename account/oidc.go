package account

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"menshen"
	"menshen/reach"
)

// ProviderConfig is the site's provider of sign-ins.
type ProviderConfig struct {
	Issuer   string // as its discovery document says
	ClientID string
	Secret   menshen.Secret
	Name     string // on the button
	Claim    string // compared with the names of accounts: email (which must be verified), preferred_username or sub
	// TrustFactor: where the provider says that it asked for two factors (amr has mfa, or acr is ACR), Menshen asks for none.
	TrustFactor bool
	ACR         string
}

// Identity is whom the provider vouches for.
type Identity struct {
	Outside string // issuer and subject
	Name    string // lower case, as names of accounts are
	Shown   string
	Chosen  bool // people may choose the name themselves, so that it alone proves nothing
	Strong  bool // by two factors
}

// Provider speaks OpenID Connect with the site's provider of sign-ins: the authorization code flow with PKCE, state and nonce. It
// asks for the provider's addresses at the first sign-in, so that a start waits for nobody; none of them may lead to this machine
// or to a special network but where the issuer is named so. Safe for concurrent use.
type Provider struct {
	cfg    ProviderConfig
	client *http.Client
	now    func() time.Time

	asking chan struct{} // holds one token: whoever has it asks for the provider's addresses

	mu     sync.Mutex
	found  *oidc.Provider
	failed error
	again  time.Time        // nobody asks before, after failed
	begun  map[string]begun // by state
}

// begun is a sign-in that was sent to the provider.
type begun struct {
	nonce, verifier, redirect string
	until                     time.Time
}

const (
	providerTime = 10 * time.Second // for an answer
	providerRest = 5 * time.Second  // after it gave none
	begunTime    = 10 * time.Minute
	maxBegun     = 1000
)

// NewProvider asks nobody yet.
func NewProvider(cfg ProviderConfig, now func() time.Time) *Provider {
	return &Provider{cfg: cfg, client: &http.Client{Timeout: providerTime, Transport: reach.Transport(cfg.Issuer)}, now: now, asking: make(chan struct{}, 1), begun: map[string]begun{}}
}

// Name is how the provider is called.
func (p *Provider) Name() string { return p.cfg.Name }

func unreachable(err error) error {
	return menshen.Errorf(menshen.CodeUnavailable, "account.oidc", "the provider of sign-ins does not answer as it should").
		WithHint("sign in with a password, or try later; an operator looks at web.oidc and the log").WithCause(err)
}

// discover gives the provider's addresses and keys. While one sign-in asks for them the others wait; where the provider gave
// none a moment ago, nobody waits.
func (p *Provider) discover(ctx context.Context) (*oidc.Provider, error) {
	select {
	case p.asking <- struct{}{}:
		defer func() { <-p.asking }()
	case <-ctx.Done():
		return nil, unreachable(ctx.Err())
	}
	if found, err := p.known(); found != nil || err != nil {
		return found, err
	}
	// The provider keeps the context for the keys that it fetches later.
	found, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), p.client), p.cfg.Issuer)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		p.failed, p.again = unreachable(err), p.now().Add(providerRest)
		return nil, p.failed
	}
	p.found = found
	return found, nil
}

// known gives what is known of the provider: nothing, its addresses, or that it did not answer a moment ago.
func (p *Provider) known() (*oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found == nil && p.now().Before(p.again) {
		return nil, p.failed
	}
	return p.found, nil
}

func (p *Provider) oauth(found *oidc.Provider, redirect string) *oauth2.Config {
	return &oauth2.Config{
		ClientID: p.cfg.ClientID, ClientSecret: p.cfg.Secret.Reveal(), Endpoint: found.Endpoint(), RedirectURL: redirect, Scopes: []string{oidc.ScopeOpenID, "profile", "email"},
	}
}

// Begin gives where a browser is sent to sign in, and the state that it comes back with. redirect is where to.
func (p *Provider) Begin(ctx context.Context, redirect string) (address, state string, err error) {
	found, err := p.discover(ctx)
	if err != nil {
		return "", "", err
	}
	state = newSecret()
	b := begun{nonce: newSecret(), verifier: oauth2.GenerateVerifier(), redirect: redirect, until: p.now().Add(begunTime)}
	p.mu.Lock()
	for key, old := range p.begun {
		if !p.now().Before(old.until) || len(p.begun) >= maxBegun { // where somebody floods us, any may go
			delete(p.begun, key)
		}
	}
	p.begun[state] = b
	p.mu.Unlock()
	options := []oauth2.AuthCodeOption{oidc.Nonce(b.nonce), oauth2.S256ChallengeOption(b.verifier)}
	if p.cfg.ACR != "" {
		options = append(options, oauth2.SetAuthURLParam("acr_values", p.cfg.ACR))
	}
	return p.oauth(found, redirect).AuthCodeURL(state, options...), state, nil
}

// Finish takes what a browser brought back. Each state is good once.
func (p *Provider) Finish(ctx context.Context, state, code string) (Identity, error) {
	const op = "account.oidc"
	p.mu.Lock()
	b, ok := p.begun[state]
	delete(p.begun, state)
	p.mu.Unlock()
	if !ok || !p.now().Before(b.until) {
		return Identity{}, menshen.Errorf(menshen.CodeInvalid, op, "this sign-in was begun too long ago, or is done already").WithHint("begin anew")
	}
	found, err := p.discover(ctx)
	if err != nil {
		return Identity{}, err
	}
	ctx = oidc.ClientContext(ctx, p.client)
	token, err := p.oauth(found, b.redirect).Exchange(ctx, code, oauth2.VerifierOption(b.verifier))
	if err != nil {
		return Identity{}, unreachable(err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := found.VerifierContext(ctx, &oidc.Config{ClientID: p.cfg.ClientID, Now: p.now}).Verify(ctx, raw)
	if err != nil {
		return Identity{}, unreachable(err)
	}
	if id.Nonce != b.nonce {
		return Identity{}, menshen.Errorf(menshen.CodeDenied, op, "the provider of sign-ins answered another sign-in").WithHint("begin anew")
	}
	return p.identity(id)
}

func (p *Provider) identity(id *oidc.IDToken) (Identity, error) {
	const op = "account.oidc"
	var claims struct {
		Email             string   `json:"email"`
		EmailVerified     any      `json:"email_verified"` // some say "true"
		PreferredUsername string   `json:"preferred_username"`
		Name              string   `json:"name"`
		AMR               []string `json:"amr"`
		ACR               string   `json:"acr"`
	}
	if err := id.Claims(&claims); err != nil {
		return Identity{}, unreachable(err)
	}
	out := Identity{Outside: id.Issuer + " " + id.Subject, Shown: claims.Name}
	switch p.cfg.Claim {
	case "sub":
		out.Name = id.Subject
	case "preferred_username":
		out.Name, out.Chosen = claims.PreferredUsername, true
	default:
		out.Name = claims.Email
		if verified := claims.EmailVerified; verified != true && verified != "true" {
			return Identity{}, menshen.Errorf(menshen.CodeDenied, op, "the provider of sign-ins has not verified this e-mail address").WithHint("have it verified there, then sign in again")
		}
	}
	out.Name = strings.ToLower(strings.TrimSpace(out.Name))
	if out.Name == "" {
		return Identity{}, menshen.Errorf(menshen.CodeDenied, op, "the provider of sign-ins does not say who this is").WithHint("an operator looks at web.oidc.claim and what the provider sends")
	}
	out.Strong = p.cfg.TrustFactor && (slices.Contains(claims.AMR, "mfa") || p.cfg.ACR != "" && claims.ACR == p.cfg.ACR)
	return out, nil
}

// SignInOutside begins a session of the account that the provider vouches for. An account is matched by its name once, by the
// provider's own number of the person from then on: a name that is given to somebody else opens nothing. A name that people choose
// themselves opens no account that has a password, or a role beyond guard and office. newRole is of whoever has no account yet; "" for nobody.
func (b *Book) SignInOutside(ctx context.Context, who Identity, newRole menshen.AccountRole, device, address string) (menshen.Account, menshen.AccountSession, string, error) {
	const op = "account.outside"
	none := func(err error) (menshen.Account, menshen.AccountSession, string, error) {
		return menshen.Account{}, menshen.AccountSession{}, "", err
	}
	a, found, err := b.outside(ctx, who)
	if err != nil {
		return none(err)
	}
	if !found {
		if newRole == "" {
			return none(menshen.Errorf(menshen.CodeNotFound, op, "nobody here has the account %q", who.Name).WithHint("ask an operator to invite that name"))
		}
		if empty, err := b.Empty(ctx); err != nil || empty {
			return none(menshen.Errorf(menshen.CodeNotFound, op, "the first account is made with the link of the terminal").WithHint("open the link that menshen serve printed").WithCause(err))
		}
		if a, err = b.newAccount(who.Name, who.Shown, []menshen.AccountRole{newRole}); err != nil {
			return none(err)
		}
	}
	if a.Disabled {
		return none(menshen.Errorf(menshen.CodeDenied, op, "this account is disabled").WithHint("ask an operator"))
	}
	a.Outside = who.Outside
	return b.enter(ctx, a, who.Strong, device, address)
}

// outside finds the account of somebody the provider vouches for.
func (b *Book) outside(ctx context.Context, who Identity) (menshen.Account, bool, error) {
	all, err := b.store.AllAccounts(ctx)
	if err != nil {
		return menshen.Account{}, false, err
	}
	for _, a := range all {
		if a.Outside == who.Outside {
			return a, true, nil
		}
	}
	for _, a := range all {
		if a.Name != who.Name {
			continue
		}
		if a.Outside != "" {
			return a, false, menshen.Errorf(menshen.CodeDenied, "account.outside", "the account %q belongs to somebody else at the provider of sign-ins", a.Name).
				WithHint("if it is the same person, ask an operator to reset the account")
		}
		if who.Chosen && (a.Password != "" || !ordinary(a)) {
			return a, false, menshen.Errorf(menshen.CodeDenied, "account.outside", "people choose the name %q themselves at the provider of sign-ins: it does not open this account", a.Name).
				WithHint("sign in with the password, or take up the invitation")
		}
		return a, true, nil
	}
	return menshen.Account{}, false, nil
}

// ordinary reports whether an account has no role beyond those that the provider may give by itself.
func ordinary(a menshen.Account) bool {
	return !slices.ContainsFunc(a.Roles, func(r menshen.AccountRole) bool { return r != menshen.AccountGuard && r != menshen.AccountOffice })
}
