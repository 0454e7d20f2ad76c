package credential

import (
	"crypto/ed25519"
	"strings"
	"time"

	"github.com/google/uuid"

	"menshen"
)

// keyPrefix begins the text of a device's key.
const keyPrefix = "MSKEY1."

// Key is what a person's device makes codes with. It is a secret.
type Key struct {
	Site       Tag
	Credential string // id
	Private    ed25519.PrivateKey
}

// NewKey makes the key of a new credential.
func NewKey(site Tag, credential string) (Key, error) {
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		return Key{}, menshen.Errorf(menshen.CodeInternal, "credential.key", "no key can be made").WithCause(err)
	}
	return Key{Site: site, Credential: credential, Private: private}, nil
}

// Public gives the key that the registry keeps.
func (k Key) Public() ed25519.PublicKey { return k.Private.Public().(ed25519.PublicKey) }

// Text gives the form in which the key is handed to a device, once.
func (k Key) Text() (menshen.Secret, error) {
	id, err := uuid.Parse(k.Credential)
	if err != nil {
		return "", menshen.Errorf(menshen.CodeInvalid, "credential.key", "%q is no id that a key can carry", k.Credential).WithCause(err)
	}
	b := append(append(append([]byte{}, k.Site[:]...), id[:]...), k.Private.Seed()...)
	return menshen.Secret(keyPrefix + encoding.EncodeToString(b)), nil
}

// ParseKey reads what Text gives.
func ParseKey(text menshen.Secret) (Key, error) {
	bad := menshen.Errorf(menshen.CodeInvalid, "credential.key", "this is no key for codes").
		WithHint("use the text that was shown when the QR was issued; it begins with %s", keyPrefix)
	body, ok := strings.CutPrefix(strings.TrimSpace(text.Reveal()), keyPrefix)
	if !ok {
		return Key{}, bad
	}
	b, err := encoding.DecodeString(body)
	if err != nil || len(b) != tagSize+16+ed25519.SeedSize {
		return Key{}, bad
	}
	return Key{
		Site: Tag(b[:tagSize]), Credential: uuid.UUID(b[tagSize : tagSize+16]).String(), Private: ed25519.NewKeyFromSeed(b[tagSize+16:]),
	}, nil
}

// Code makes the code of a moment. A device shows a new one every few seconds.
func (k Key) Code(now time.Time) (string, error) {
	return compose(personal, k.Site, k.Credential, k.Private, now)
}
