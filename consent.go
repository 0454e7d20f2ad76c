package menshen

import "time"

// ConsentText is what people are told about the use of their face before they say yes or no.
type ConsentText struct {
	Version int // from 1
	Text    Text
	At      time.Time
	By      string
}

// Consent is what somebody, or a child's guardian, said to a text.
type Consent struct {
	ID        string
	Person    string
	Refused   bool
	Version   int // of the text
	Signer    string
	Guardian  bool      // the signer answers for a child
	Signature Signature // "" where the name was typed, or the signature was not asked for
	Drawn     bool      // there is a signature
	At        time.Time
	By        string    // who recorded it
	Ended     time.Time // by a later answer, or by the removal of the person; zero for what counts
}

// Signature is drawn by hand: the lines of an SVG path in a box of 600×200, with M and L and whole numbers alone.
type Signature string

// maxSignature is the longest signature in bytes.
const maxSignature = 32 << 10

// Validate refuses what is no such path, so that it can be drawn anywhere as it is.
func (s Signature) Validate() error {
	bad := Errorf(CodeInvalid, "menshen.signature", "the signature is no drawing, or a very long one").WithHint("clear it and sign again")
	if s == "" {
		return nil
	}
	if len(s) > maxSignature || s[0] != 'M' {
		return bad
	}
	for _, r := range s {
		if (r < '0' || r > '9') && r != 'M' && r != 'L' && r != ' ' {
			return bad
		}
	}
	return nil
}
