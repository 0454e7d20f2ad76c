package account

import (
	"context"
	"slices"

	"menshen"
)

func unknownAccount() error {
	return menshen.Errorf(menshen.CodeNotFound, "account.find", "there is no such account").WithHint("see: menshen account list")
}

// By gives an account by id or name.
func (b *Book) By(ctx context.Context, idOrName string) (menshen.Account, error) {
	a, found, err := b.store.AccountBy(ctx, idOrName)
	if err == nil && !found {
		err = unknownAccount()
	}
	return a, err
}

// Invite makes an account and the code of its invitation.
func (b *Book) Invite(ctx context.Context, name, shown string, roles []menshen.AccountRole) (menshen.Account, string, error) {
	a, err := b.newAccount(name, shown, roles)
	if err != nil {
		return a, "", err
	}
	if err := b.store.PutAccount(ctx, a); err != nil {
		return a, "", err
	}
	code, err := b.invite(ctx, a)
	return a, code, err
}

func (b *Book) invite(ctx context.Context, a menshen.Account) (string, error) {
	code := newSecret()
	return code, b.store.PutAccountInvitation(ctx, menshen.AccountInvitation{Hash: hashOf(code), Account: a.ID, Expires: b.now().Add(invited).UTC()})
}

// Accept takes an invitation up: it sets the password and signs in.
func (b *Book) Accept(ctx context.Context, code, password, device, address string) (menshen.Account, menshen.AccountSession, string, error) {
	none := func(err error) (menshen.Account, menshen.AccountSession, string, error) {
		return menshen.Account{}, menshen.AccountSession{}, "", err
	}
	if err := checkPassword("", password); err != nil { // before the code is used up
		return none(err)
	}
	i, found, err := b.store.TakeAccountInvitation(ctx, hashOf(code))
	if err != nil {
		return none(err)
	}
	a, known := menshen.Account{}, false
	if found {
		if a, known, err = b.store.AccountBy(ctx, i.Account); err != nil {
			return none(err)
		}
	}
	if !known || a.Disabled || !b.now().Before(i.Expires) {
		return none(menshen.Errorf(menshen.CodeDenied, "account.accept", "this invitation is not valid any more").WithHint("ask an operator for a new one: each is good once, for three days"))
	}
	err = checkPassword(a.Name, password)
	if err == nil {
		a.Password, err = b.hashPassword(ctx, password)
	}
	if err != nil {
		_ = b.store.PutAccountInvitation(ctx, i) // it was not taken up; the first error matters
		return none(err)
	}
	a.SignedIn, a.Outside = b.now().UTC(), "" // the invitation was for whoever has it: no sign-in before counts
	if err := b.store.PutAccount(ctx, a); err != nil {
		return none(err)
	}
	if err := b.endOthers(ctx, a.ID, ""); err != nil {
		return none(err)
	}
	s, secret, err := b.begin(ctx, a, false, device, address)
	return a, s, secret, err
}

// Set changes an account. Its sessions end where its roles change or it is disabled.
func (b *Book) Set(ctx context.Context, id string, c menshen.AccountChange) (menshen.Account, error) {
	a, err := b.By(ctx, id)
	if err != nil {
		return a, err
	}
	before := a
	if c.Shown != "" {
		if a.Shown, err = checkShown(c.Shown); err != nil {
			return a, err
		}
	}
	if len(c.Roles) > 0 {
		if err := checkRoles(c.Roles); err != nil {
			return a, err
		}
		a.Roles = c.Roles
	}
	if c.Disabled != nil {
		a.Disabled = *c.Disabled
	}
	changed := a.Disabled != before.Disabled || !slices.Equal(a.Roles, before.Roles)
	if changed {
		a.Trusted = b.now().UTC()
	}
	if err := b.store.PutAccount(ctx, a); err != nil || !changed {
		return a, err
	}
	return a, b.endOthers(ctx, a.ID, "")
}

// Reset takes password, second factors and sessions of an account away, and gives the code of an invitation.
func (b *Book) Reset(ctx context.Context, id string) (menshen.Account, string, error) {
	a, err := b.By(ctx, id)
	if err != nil {
		return a, "", err
	}
	a.Password, a.Outside, a.Trusted = "", "", b.now().UTC()
	if err := b.store.PutAccount(ctx, a); err != nil {
		return a, "", err
	}
	factors, err := b.store.AccountFactors(ctx, a.ID)
	if err != nil {
		return a, "", err
	}
	for _, f := range factors {
		if err := b.store.RemoveAccountFactor(ctx, f.ID); err != nil {
			return a, "", err
		}
	}
	if err := b.endOthers(ctx, a.ID, ""); err != nil {
		return a, "", err
	}
	code, err := b.invite(ctx, a)
	return a, code, err
}

// SetPassword changes the own password and ends the other sessions.
func (b *Book) SetPassword(ctx context.Context, a menshen.Account, s menshen.AccountSession, old, wanted string) error {
	if err := b.provePassword(ctx, a, "old", old); err != nil {
		return err
	}
	if err := checkPassword(a.Name, wanted); err != nil {
		return err
	}
	var err error
	if a.Password, err = b.hashPassword(ctx, wanted); err != nil {
		return err
	}
	if err := b.store.PutAccount(ctx, a); err != nil {
		return err
	}
	return b.endOthers(ctx, a.ID, s.ID)
}
