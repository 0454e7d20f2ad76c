package office

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/big"
	"strings"

	"menshen"
)

// CredentialRequest asks for a credential.
type CredentialRequest struct {
	Person    string // id or name
	Kind      menshen.CredentialKind
	Card      menshen.Secret // number, for a card
	PublicKey []byte         // for a QR: made on the person's device; empty has one made here
	Label     string
}

// CredentialIssued is a credential with what is shown this once.
type CredentialIssued struct {
	Credential menshen.Credential // without its key
	Secret     menshen.Secret     // digits of a PIN, or the QR key as Numbers made it; "" where there is none
}

// IssueCredential issues what counts as much as a face: a QR key, a PIN of 8 random digits that nobody else has, or a card.
// CodeConflict for a card or a key that is in use, and for somebody who is not active.
func (o *Office) IssueCredential(ctx context.Context, r CredentialRequest) (CredentialIssued, error) {
	const op = "office.credential"
	bad := func(format string, args ...any) *menshen.Error {
		return menshen.Errorf(menshen.CodeInvalid, op, format, args...)
	}
	p, err := o.active(ctx, r.Person)
	if err != nil {
		return CredentialIssued{}, err
	}
	r.Label = strings.TrimSpace(r.Label)
	if err := checkText(op, r.Label); err != nil {
		return CredentialIssued{}, err
	}
	switch {
	case r.Kind != menshen.CredentialQR && len(r.PublicKey) > 0:
		return CredentialIssued{}, bad("only a QR has a public key").WithHint("leave the key out")
	case r.Kind != menshen.CredentialCard && r.Card != "":
		return CredentialIssued{}, bad("only a card has a card number").WithHint("leave the number out")
	}
	c := menshen.Credential{ID: menshen.NewID(), Person: p.ID, Kind: r.Kind, Label: r.Label, Issued: o.deps.Clock()}
	secret := menshen.Secret("")
	switch r.Kind {
	case menshen.CredentialPIN:
		return o.issuePIN(ctx, c)
	case menshen.CredentialCard:
		if c.Key, err = o.deps.Numbers.Hash(menshen.CredentialCard, r.Card.Reveal()); err != nil {
			return CredentialIssued{}, err
		}
	case menshen.CredentialQR:
		c.Key = r.PublicKey
		if len(c.Key) == 0 {
			if c.Key, secret, err = o.deps.Numbers.NewQRKey(c.ID); err != nil {
				return CredentialIssued{}, err
			}
		}
		if len(c.Key) != 32 {
			return CredentialIssued{}, bad("the public key has %d bytes", len(c.Key)).WithHint("give an Ed25519 public key of 32 bytes")
		}
	}
	if err := c.Validate(); err != nil {
		return CredentialIssued{}, err
	}
	if err := o.deps.Store.AddCredential(ctx, c); err != nil {
		return CredentialIssued{}, err
	}
	return CredentialIssued{Credential: bare(c), Secret: secret}, nil
}

// issuePIN draws numbers until one is free.
func (o *Office) issuePIN(ctx context.Context, c menshen.Credential) (CredentialIssued, error) {
	const tries = 20 // with a million PINs in use, twenty fail together once in 10²⁰
	var err error
	for range tries {
		var n *big.Int
		if n, err = rand.Int(rand.Reader, big.NewInt(100_000_000)); err != nil {
			return CredentialIssued{}, menshen.Errorf(menshen.CodeInternal, "office.credential", "no random number could be had").WithCause(err)
		}
		digits := fmt.Sprintf("%08d", n)
		if c.Key, err = o.deps.Numbers.Hash(menshen.CredentialPIN, digits); err != nil {
			return CredentialIssued{}, err
		}
		if err = c.Validate(); err != nil {
			return CredentialIssued{}, err
		}
		if err = o.deps.Store.AddCredential(ctx, c); err == nil {
			return CredentialIssued{Credential: bare(c), Secret: menshen.Secret(digits)}, nil
		}
		if menshen.ErrorCode(err) != menshen.CodeConflict {
			return CredentialIssued{}, err
		}
	}
	return CredentialIssued{}, err
}

// bare takes the key out: nobody needs to see it.
func bare(c menshen.Credential) menshen.Credential {
	c.Key = nil
	return c
}

// RevokeCredential revokes a credential: CodeNotFound, or CodeConflict for one that was revoked already.
func (o *Office) RevokeCredential(ctx context.Context, id string) error {
	o.writing.Lock()
	defer o.writing.Unlock()
	c, err := o.deps.Store.Credential(ctx, id)
	if err != nil {
		return err
	}
	if !c.Revoked.IsZero() {
		return menshen.Errorf(menshen.CodeConflict, "office.credential", "the credential was revoked already").WithHint("look at the list of credentials")
	}
	return o.deps.Store.RevokeCredential(ctx, id, o.deps.Clock())
}

// Credentials lists the credentials of a person, by id or name, those revoked too; "" is everybody. Keys are left out.
func (o *Office) Credentials(ctx context.Context, person string) ([]menshen.Credential, error) {
	if person != "" {
		p, err := o.Person(ctx, person)
		if err != nil {
			return nil, err
		}
		person = p.ID
	}
	list, err := gather(o.deps.Store.Credentials(ctx, person))
	for i := range list {
		list[i] = bare(list[i])
	}
	return list, err
}
