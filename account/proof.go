package account

import (
	"context"

	"menshen"
)

// Prove checks that it is still the holder of the account who asks, and not whoever found their browser open: what was added in
// this session, by one or the other, proves nothing.
func (b *Book) Prove(ctx context.Context, a menshen.Account, s menshen.AccountSession, origin string, p menshen.AccountProof) error {
	switch {
	case p.Key != "":
		return b.useKey(ctx, a, s, origin, p.Key, s.Began)
	case p.Code != "":
		return b.useCode(ctx, a, p.Code, s.Began)
	case p.Password != "":
		return b.provePassword(ctx, a, "password", p.Password)
	}
	return menshen.Errorf(menshen.CodeInvalid, "account.prove", "password: nothing shows that this is the holder of the account").
		WithHint("give the password, a code of the authenticator app or the security key")
}

// provePassword checks the password of somebody who is signed in, as slowly as a sign-in does.
func (b *Book) provePassword(ctx context.Context, a menshen.Account, field, password string) error {
	key := "account " + a.Name
	may := func() error { return b.tries.wait(key, longestPer) }
	if err := may(); err != nil {
		return err
	}
	right, err := b.passwordIs(ctx, a.Password, password, may)
	if err != nil {
		return err
	}
	if !right {
		b.tries.fail(key)
		return menshen.Errorf(menshen.CodeInvalid, "account.prove", "%s: this is not the password of the account", field).
			WithHint("type the password that you signed in with")
	}
	return nil
}
