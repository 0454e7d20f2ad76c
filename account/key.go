package account

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"menshen"
)

// holder is an account as the library for security keys sees it.
type holder struct {
	account menshen.Account
	keys    []webauthn.Credential
}

func (h holder) WebAuthnID() []byte                         { return []byte(h.account.ID) }
func (h holder) WebAuthnName() string                       { return h.account.Name }
func (h holder) WebAuthnDisplayName() string                { return h.account.Shown }
func (h holder) WebAuthnCredentials() []webauthn.Credential { return h.keys }

func refusedKey(err error) error {
	return menshen.Errorf(menshen.CodeDenied, "account.key", "the security key was not accepted").WithHint("begin anew, with the key that belongs to this account").WithCause(err)
}

// party is this site for security keys, at the origin under which the browser knows it.
func party(origin string) (*webauthn.WebAuthn, error) {
	u, err := url.Parse(origin)
	if err == nil {
		var w *webauthn.WebAuthn
		if w, err = webauthn.New(&webauthn.Config{RPID: u.Hostname(), RPDisplayName: "Menshen", RPOrigins: []string{origin}}); err == nil {
			return w, nil
		}
	}
	return nil, menshen.Errorf(menshen.CodeInvalid, "account.key", "security keys do not work at this address").WithHint("open the pages by a name, over https, or at localhost").WithCause(err)
}

func (b *Book) holder(ctx context.Context, a menshen.Account) (holder, []menshen.AccountFactor, error) {
	h := holder{account: a}
	factors, err := b.store.AccountFactors(ctx, a.ID)
	for _, f := range factors {
		var c webauthn.Credential
		if f.Kind == "key" && json.Unmarshal(f.Secret, &c) == nil {
			h.keys = append(h.keys, c)
		}
	}
	return h, factors, err
}

// ask keeps a challenge until it is answered or replaced.
func (b *Book) ask(s menshen.AccountSession, what string, data *webauthn.SessionData, options any) (string, error) {
	b.mu.Lock()
	if len(b.asked) >= maxTracked {
		clear(b.asked)
	}
	b.asked[what+s.ID] = *data
	b.mu.Unlock()
	text, err := json.Marshal(options)
	return string(text), err
}

func (b *Book) askedOf(s menshen.AccountSession, what string) (webauthn.SessionData, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	data, ok := b.asked[what+s.ID]
	delete(b.asked, what+s.ID)
	return data, ok
}

// BeginKey gives the options of navigator.credentials.get.
func (b *Book) BeginKey(ctx context.Context, a menshen.Account, s menshen.AccountSession, origin string) (string, error) {
	w, err := party(origin)
	if err != nil {
		return "", err
	}
	h, _, err := b.holder(ctx, a)
	if err != nil {
		return "", err
	}
	options, data, err := w.BeginLogin(h)
	if err != nil {
		return "", refusedKey(err)
	}
	return b.ask(s, "get ", data, options.Response)
}

// AnswerKey completes a session with a security key.
func (b *Book) AnswerKey(ctx context.Context, a menshen.Account, s menshen.AccountSession, origin, answer string) (menshen.AccountSession, string, error) {
	if err := b.useKey(ctx, a, s, origin, answer, b.now()); err != nil {
		return s, "", err
	}
	return b.done(ctx, s)
}

// useKey takes the answer of a security key to a challenge, which is not good any more then. Failures count as those of codes do.
func (b *Book) useKey(ctx context.Context, a menshen.Account, s menshen.AccountSession, origin, answer string, before time.Time) error {
	key := factorTries(a)
	if err := b.tries.wait(key, longestPer); err != nil {
		return err
	}
	err := b.checkKey(ctx, a, s, origin, answer, before)
	switch {
	case err == nil:
		b.tries.clear(key)
	case menshen.ErrorCode(err) == menshen.CodeDenied:
		b.tries.fail(key)
	}
	return err
}

func (b *Book) checkKey(ctx context.Context, a menshen.Account, s menshen.AccountSession, origin, answer string, before time.Time) error {
	w, err := party(origin)
	if err != nil {
		return err
	}
	data, ok := b.askedOf(s, "get ")
	if !ok {
		return refusedKey(nil)
	}
	h, factors, err := b.holder(ctx, a)
	if err != nil {
		return err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBody(strings.NewReader(answer))
	if err != nil {
		return refusedKey(err)
	}
	c, err := w.ValidateLogin(h, data, parsed)
	if err != nil || c.Authenticator.CloneWarning {
		return refusedKey(err)
	}
	for _, f := range factors {
		var kept webauthn.Credential
		if f.Kind != "key" || f.Added.After(before) || json.Unmarshal(f.Secret, &kept) != nil || string(kept.ID) != string(c.ID) {
			continue
		}
		if f.Secret, err = json.Marshal(c); err != nil {
			return refusedKey(err)
		}
		f.Used = b.now().UTC()
		return b.store.PutAccountFactor(ctx, f)
	}
	return refusedKey(nil)
}

// BeginAddKey gives the options of navigator.credentials.create.
func (b *Book) BeginAddKey(ctx context.Context, a menshen.Account, s menshen.AccountSession, origin string) (string, error) {
	w, err := party(origin)
	if err != nil {
		return "", err
	}
	h, _, err := b.holder(ctx, a)
	if err != nil {
		return "", err
	}
	options, data, err := w.BeginRegistration(h, webauthn.WithExclusions(webauthn.Credentials(h.keys).CredentialDescriptors()))
	if err != nil {
		return "", refusedKey(err)
	}
	return b.ask(s, "create ", data, options.Response)
}

// AddKey keeps a security key.
func (b *Book) AddKey(ctx context.Context, a menshen.Account, s menshen.AccountSession, origin, name, answer string) (menshen.AccountSession, string, error) {
	w, err := party(origin)
	if err != nil {
		return s, "", err
	}
	data, ok := b.askedOf(s, "create ")
	if !ok {
		return s, "", refusedKey(nil)
	}
	h, _, err := b.holder(ctx, a)
	if err != nil {
		return s, "", err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBody(strings.NewReader(answer))
	if err != nil {
		return s, "", refusedKey(err)
	}
	c, err := w.CreateCredential(h, data, parsed)
	if err != nil {
		return s, "", refusedKey(err)
	}
	secret, err := json.Marshal(c)
	if err != nil {
		return s, "", refusedKey(err)
	}
	if name = strings.TrimSpace(name); name == "" || len(name) > 200 {
		name = "WebAuthn"
	}
	f := menshen.AccountFactor{ID: menshen.NewID(), Account: a.ID, Kind: "key", Name: name, Secret: secret, Added: b.now().UTC()}
	if err := b.store.PutAccountFactor(ctx, f); err != nil {
		return s, "", err
	}
	return b.done(ctx, s)
}
