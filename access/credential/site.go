package credential

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/width"

	"menshen"
)

// Site makes the codes of permits and the keys of PINs and cards. It does not change; safe for concurrent use.
type Site struct {
	tag       Tag
	private   ed25519.PrivateKey
	numberKey []byte
}

// NewSite takes the Ed25519 seed of the permits' codes and the key of numbers, 32 bytes each.
func NewSite(id string, seed, numberKey []byte) (*Site, error) {
	if len(seed) != ed25519.SeedSize || len(numberKey) != 32 {
		return nil, menshen.Errorf(menshen.CodeInvalid, "credential.site", "a key of the site has the wrong length")
	}
	private := ed25519.NewKeyFromSeed(seed)
	return &Site{tag: TagOf(id, private.Public().(ed25519.PublicKey)), private: private, numberKey: numberKey}, nil
}

// Tag names the site in codes.
func (s *Site) Tag() Tag { return s.tag }

// PermitKey is what gates check the codes of permits with.
func (s *Site) PermitKey() ed25519.PublicKey { return s.private.Public().(ed25519.PublicKey) }

// PermitCode makes the code of a permit: sheet where it is to be printed, so that a guard is asked to look.
func (s *Site) PermitCode(p menshen.Permit, sheet bool) (string, error) {
	rest := seconds(nil, p.To)
	flags := byte(0)
	if sheet {
		flags |= flagSheet
	}
	return compose(permit, s.tag, p.ID, s.private, p.From, append(rest, flags)...)
}

// NewQRKey makes the key of a new QR credential: what the registry keeps, and the text for the person's device.
func (s *Site) NewQRKey(credential string) (public []byte, text menshen.Secret, err error) {
	k, err := NewKey(s.tag, credential)
	if err != nil {
		return nil, "", err
	}
	text, err = k.Text()
	return k.Public(), text, err
}

// Hash gives what is kept of a PIN or card number; see NumberHash.
func (s *Site) Hash(kind menshen.CredentialKind, number string) ([]byte, error) {
	n, err := NormalizeNumber(kind, number)
	if err != nil {
		return nil, err
	}
	return NumberHash(s.numberKey, kind, n), nil
}

// pinDigits is how long a PIN is: among 10,000 people one try in 10,000 finds somebody's, and a gate locks after five.
const pinDigits = 8

// NormalizeNumber gives the form that is compared: a PIN's digits, a card's letters and digits in upper case. Readers write
// the number of one card with colons, spaces or none.
func NormalizeNumber(kind menshen.CredentialKind, number string) (string, error) {
	n := strings.Map(func(r rune) rune {
		if r == ':' || r == '-' || unicode.IsSpace(r) {
			return -1
		}
		return unicode.ToUpper(r)
	}, width.Narrow.String(number)) // full-width digits come from Chinese keyboards
	bad := func(what, hint string) error {
		return menshen.Errorf(menshen.CodeInvalid, "credential.number", "%s", what).WithHint("%s", hint)
	}
	switch kind {
	case menshen.CredentialPIN:
		if len(n) != pinDigits || strings.Trim(n, "0123456789") != "" {
			return "", bad("a PIN has 8 digits", "enter all 8")
		}
	case menshen.CredentialCard:
		if len(n) < 4 || len(n) > 64 || strings.Trim(n, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
			return "", bad("this is no card number", "hold the card to the reader again; a number has 4 to 64 letters and digits")
		}
	default:
		return "", bad("only PINs and cards have numbers", "use pin or card")
	}
	return n, nil
}

// NumberHash gives what the registry keeps of a normalised number: HMAC-SHA256 (RFC 2104) under the site's key, 32 bytes.
func NumberHash(numberKey []byte, kind menshen.CredentialKind, number string) []byte {
	m := hmac.New(sha256.New, numberKey)
	m.Write([]byte(string(kind) + "\n" + number))
	return m.Sum(nil)
}

// Freshness says how old a personal code may be.
type Freshness struct {
	Life time.Duration // a code is good for so long; default 60 s
	Skew time.Duration // clocks may differ by so much; default 30 s
}

// WithDefaults fills zero fields in.
func (f Freshness) WithDefaults() Freshness {
	if f.Life == 0 {
		f.Life = time.Minute
	}
	if f.Skew == 0 {
		f.Skew = 30 * time.Second
	}
	return f
}

// Fault says what is wrong with the time of a genuine code, if anything: made too long ago or in the future for a personal
// one, before or after its span for a permit's.
func (f Freshness) Fault(c Code, now time.Time) menshen.CredentialFault {
	from, to := c.From, c.To
	if c.Credential != "" {
		from, to = c.Made, c.Made.Add(f.Life)
	}
	switch {
	case now.Add(f.Skew).Before(from):
		return menshen.CredentialEarly
	case !to.IsZero() && !now.Add(-f.Skew).Before(to):
		return menshen.CredentialExpired
	}
	return menshen.CredentialFine
}
