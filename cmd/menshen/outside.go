package main

import (
	"context"
	"os"
	"strings"
	"time"

	"menshen"
	"menshen/account"
	"menshen/web"
)

// outsideView lets in whom the site's provider of sign-ins vouches for.
type outsideView struct {
	*account.Provider

	book    *account.Book
	newRole menshen.AccountRole
}

// outside gives the provider of the configuration, nil where there is none.
func (h *hub) outside() (web.Outside, error) {
	o := h.cfg.Web.OIDC
	if o.Issuer == "" {
		return nil, nil //nolint:nilnil // none is none
	}
	path := h.cfg.OIDCSecretFile()
	b, err := os.ReadFile(path)
	secret := strings.TrimSpace(string(b))
	if err != nil || secret == "" {
		return nil, menshen.Errorf(menshen.CodeInvalid, "cmd.oidc", "web.oidc.secret_file: %s is missing or empty", path).
			WithHint("put the secret in it that the provider gave to the client, and chmod 600 it").WithCause(err)
	}
	return outsideView{account.NewProvider(account.ProviderConfig{
		Issuer: o.Issuer, ClientID: o.ClientID, Secret: menshen.Secret(secret), Name: o.Name, Claim: o.Claim,
		TrustFactor: o.SecondFactor == "provider", ACR: o.ACR,
	}, time.Now), h.accounts, menshen.AccountRole(o.NewRole)}, nil
}

// Finish implements web.Outside.
func (v outsideView) Finish(ctx context.Context, state, code, device, address string) (menshen.Account, menshen.AccountSession, string, error) {
	who, err := v.Provider.Finish(ctx, state, code)
	if err != nil {
		return menshen.Account{}, menshen.AccountSession{}, "", err
	}
	return v.book.SignInOutside(ctx, who, v.newRole, device, address)
}
