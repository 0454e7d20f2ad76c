package menshen

import "time"

// CredentialKind says what somebody shows in the place of a face.
type CredentialKind string

const (
	CredentialQR   CredentialKind = "qr"   // a key that signs short-lived codes
	CredentialPIN  CredentialKind = "pin"  // digits for a keypad
	CredentialCard CredentialKind = "card" // the number of a card
)

// Valid reports whether k is one of the kinds above.
func (k CredentialKind) Valid() bool {
	switch k {
	case CredentialQR, CredentialPIN, CredentialCard:
		return true
	}
	return false
}

// Means gives the word that a pass has for the kind.
func (k CredentialKind) Means() Means { return Means(k) }

// Credential (凭证) identifies its person at a gate. It opens nothing by itself: permits and policy apply as with a face.
type Credential struct {
	ID     string
	Person string
	Kind   CredentialKind
	// Key is the Ed25519 public key, 32 bytes, for a QR; for PIN and card the HMAC-SHA256, 32 bytes, of the number under the
	// site's key, so that whoever sees the registry cannot use it.
	Key     []byte
	Label   string // for people, e.g. "mother's card"
	Issued  time.Time
	Revoked time.Time // zero while it is good
}

// Validate checks a credential on its own.
func (c Credential) Validate() error {
	const op = "menshen.credential"
	switch {
	case c.ID == "" || c.Person == "":
		return Errorf(CodeInvalid, op, "a credential has no id or no person")
	case !c.Kind.Valid():
		return Errorf(CodeInvalid, op, "the kind of credential %q is unknown", c.Kind).WithHint("use qr, pin or card")
	case len(c.Key) != 32:
		return Errorf(CodeInvalid, op, "the key of a credential has %d bytes", len(c.Key))
	}
	return nil
}

// CredentialFault says what is wrong with what was shown; "" is nothing.
type CredentialFault string

const (
	CredentialFine     CredentialFault = ""
	CredentialUnknown  CredentialFault = "unknown"  // no such credential, or not readable
	CredentialForged   CredentialFault = "forged"   // the signature is wrong
	CredentialForeign  CredentialFault = "foreign"  // of another site
	CredentialExpired  CredentialFault = "expired"  // made too long ago
	CredentialEarly    CredentialFault = "early"    // made in the future: a clock is wrong, or not valid yet
	CredentialReplayed CredentialFault = "replayed" // used before
	CredentialRevoked  CredentialFault = "revoked"
	CredentialLocked   CredentialFault = "locked" // too many wrong tries at this gate
)

// Presentation is what somebody showed to a reader at a gate.
type Presentation struct {
	Gate      string
	Direction Direction
	Kind      CredentialKind
	Value     Secret // the text of the QR, the PIN, or the number of the card
	Reader    string // which reader; "" where there is one only

	Celsius float64 // measured with it at the gate; 0 for none
}
