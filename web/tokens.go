package web

import (
	"crypto/sha256"
	"crypto/subtle"

	"menshen"
)

// Grant lets the bearer of a token use the API under a name that the audit log keeps.
type Grant struct {
	Token Token
	Actor string // e.g. "operator@terminal"
}

// Tokens knows who bears which token. It keeps their SHA-256 only. Safe for concurrent use.
type Tokens struct{ known []knownToken }

type knownToken struct {
	hash  [sha256.Size]byte
	actor string
}

// NewTokens takes the tokens that are accepted. A grant without a name or with something that is no token is refused.
func NewTokens(grants ...Grant) (*Tokens, error) {
	t := &Tokens{}
	for _, g := range grants {
		token, err := ParseToken(g.Token.Reveal())
		if err != nil {
			return nil, err
		}
		if g.Actor == "" {
			return nil, menshen.Errorf(menshen.CodeInvalid, "web.tokens", "a token has no name for the audit log")
		}
		t.known = append(t.known, knownToken{sha256.Sum256([]byte(token.Reveal())), g.Actor})
	}
	return t, nil
}

// Actor gives whose token it is, and whether it is anybody's. It takes the same time for every wrong token.
func (t *Tokens) Actor(token string) (string, bool) {
	hash := sha256.Sum256([]byte(token))
	actor, found := "", false
	for _, k := range t.known {
		if subtle.ConstantTimeCompare(hash[:], k.hash[:]) == 1 {
			actor, found = k.actor, true
		}
	}
	return actor, found
}
