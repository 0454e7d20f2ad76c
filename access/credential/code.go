package credential

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strings"
	"time"

	"github.com/google/uuid"

	"menshen"
)

// prefix begins the text of every code, so that a reader knows one of ours, and its version.
const prefix = "MS1."

// context goes before what is signed, so that a signature for anything else is never one of a code.
const context = "menshen code 1\n"

// kind is the first byte of a code.
type kind byte

const (
	personal kind = 1
	permit   kind = 2
)

// flagSheet marks the code of a printed sheet.
const flagSheet = 1

// Layout of a code, all numbers big-endian: kind 1, site tag 8, id 16, from 8, then for a permit to 8 and flags 1, then
// the signature 64. Times are Unix seconds; a to of 0 is without end.
const (
	tagSize      = 8
	personalSize = 1 + tagSize + 16 + 8
	permitSize   = personalSize + 8 + 1
)

var encoding = base64.RawURLEncoding.Strict()

// Tag names a site in a code: two sites of the same id have different keys, and so different tags.
type Tag [tagSize]byte

// TagOf gives the tag of a site with the public key of its permits' codes.
func TagOf(site string, permitKey ed25519.PublicKey) (t Tag) {
	sum := sha256.Sum256(append([]byte("menshen site 1\n"+site+"\n"), permitKey...))
	copy(t[:], sum[:])
	return t
}

// Code is what a code says. It is not to be trusted before Verify.
type Code struct {
	Site         Tag
	Credential   string    // id, of a personal code
	Permit       string    // id, of a permit's code
	Made         time.Time // of a personal code, whole seconds
	menshen.Span           // of a permit's code; To zero is without end
	Sheet        bool      // printed

	signed    []byte
	signature []byte
}

// Parse reads the text of a code. It reports false for anything that is no code of this version.
func Parse(text string) (Code, bool) {
	body, ok := strings.CutPrefix(strings.TrimSpace(text), prefix)
	if !ok || len(body) > 256 {
		return Code{}, false
	}
	b, err := encoding.DecodeString(body)
	if err != nil || len(b) < personalSize+ed25519.SignatureSize {
		return Code{}, false
	}
	cut := len(b) - ed25519.SignatureSize
	c := Code{Site: Tag(b[1 : 1+tagSize]), signed: b[:cut], signature: b[cut:]}
	id := uuid.UUID(b[1+tagSize : 1+tagSize+16]).String()
	from, ok := instant(b[1+tagSize+16:])
	switch {
	case !ok:
		return Code{}, false
	case kind(b[0]) == personal && cut == personalSize:
		c.Credential, c.Made = id, from
		return c, true
	case kind(b[0]) == permit && cut == permitSize:
		c.Permit, c.From = id, from
		if c.To, ok = instant(b[personalSize:]); !ok {
			return Code{}, false
		}
		c.Sheet = b[permitSize-1]&flagSheet != 0
		return c, true
	}
	return Code{}, false
}

// instant reads Unix seconds of the years that make sense; 0 is the zero time.
func instant(b []byte) (time.Time, bool) {
	s := binary.BigEndian.Uint64(b)
	switch {
	case s == 0:
		return time.Time{}, true
	case s > 1<<33: // the year 2242
		return time.Time{}, false
	}
	return time.Unix(int64(s), 0), true
}

// Verify reports whether the holder of a key signed the code.
func (c Code) Verify(key ed25519.PublicKey) bool {
	return len(key) == ed25519.PublicKeySize && ed25519.Verify(key, append([]byte(context), c.signed...), c.signature)
}

// compose makes the text of a code.
func compose(k kind, site Tag, id string, key ed25519.PrivateKey, from time.Time, rest ...byte) (string, error) {
	parsed, err := uuid.Parse(id)
	if err != nil {
		return "", menshen.Errorf(menshen.CodeInvalid, "credential.code", "%q is no id that a code can carry", id).WithCause(err)
	}
	b := append([]byte{byte(k)}, site[:]...)
	b = append(b, parsed[:]...)
	b = seconds(b, from)
	b = append(b, rest...)
	return prefix + encoding.EncodeToString(append(b, ed25519.Sign(key, append([]byte(context), b...))...)), nil
}

// seconds appends a time as Unix seconds; the zero time is 0.
func seconds(b []byte, t time.Time) []byte {
	if t.IsZero() {
		return binary.BigEndian.AppendUint64(b, 0)
	}
	return binary.BigEndian.AppendUint64(b, uint64(max(t.Unix(), 1)))
}
