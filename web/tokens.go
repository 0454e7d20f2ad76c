package web

import (
	"crypto/sha256"
	"crypto/subtle"
	"time"

	"menshen"
)

// Grant lets the bearer of a token use the API under a name that the audit log keeps.
type Grant struct {
	Token Token
	Actor string   // e.g. "operator@terminal"
	Role  Role     // "" is operator
	Gates []string // the only gates that a guard or reader may act at; empty is every gate
}

// Bearer is who bears a token and what they may do.
type Bearer struct {
	Actor  string
	Role   Role
	Gates  []string
	Issued time.Time // when the token was made; zero for one of the hub itself, which is there from its first start

	markRecorded func() error // notes that the issue of the token is in the audit log; nil where it is already
}

// Tokens knows who bears which token. It keeps their SHA-256 only. Safe for concurrent use.
type Tokens struct {
	known  []knownToken
	folder TokenFolder
}

type knownToken struct {
	hash   [sha256.Size]byte
	bearer Bearer
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
		if g.Role == "" {
			g.Role = RoleOperator
		}
		if !g.Role.Valid() {
			return nil, unknownRole(g.Role)
		}
		t.known = append(t.known, knownToken{hashOf(token), Bearer{Actor: g.Actor, Role: g.Role, Gates: g.Gates}})
	}
	return t, nil
}

// With gives tokens that accept those of a folder too, as it is when a call comes.
func (t *Tokens) With(folder TokenFolder) *Tokens { return &Tokens{t.known, folder} }

// Bearer gives whose token it is, and whether it is anybody's. Neither way takes a time that tells of the tokens: the ones
// given are all compared, and those of the folder are found by their hash.
func (t *Tokens) Bearer(token string) (Bearer, bool) {
	hash := hashOf(Token(token))
	who, found := Bearer{}, false
	for _, k := range t.known {
		if subtle.ConstantTimeCompare(hash[:], k.hash[:]) == 1 {
			who, found = k.bearer, true
		}
	}
	if found || t.folder == "" {
		return who, found
	}
	return t.folder.bearer(hash)
}

func hashOf(t Token) [sha256.Size]byte { return sha256.Sum256([]byte(t.Reveal())) }
