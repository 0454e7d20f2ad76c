package track

import (
	"encoding/base32"
	"encoding/hex"
	"strings"

	"menshen"
)

// encoding keeps the order of what it encodes and uses only lower-case letters and digits.
var encoding = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// NewID makes a track id of 16 characters: the 48 bits of time and 32 of the random bits of a version 7 UUID. It is
// unique over cameras and restarts, and ids sort by time.
func NewID() string {
	raw, err := hex.DecodeString(strings.ReplaceAll(menshen.NewID(), "-", ""))
	if err != nil || len(raw) != 16 {
		// NewID is a UUID by contract; should that ever change, its whole text is unique too.
		return menshen.NewID()
	}
	return encoding.EncodeToString(append(raw[:6:6], raw[12:]...))
}
