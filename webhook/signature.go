package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"menshen"
)

// Headers of a call.
const (
	HeaderSignature = "Menshen-Signature" // "t=<Unix seconds>,v1=<hex of HMAC-SHA256>"
	HeaderID        = "Menshen-Event-Id"  // the event's id
)

// Tolerance is how far a receiver's clock may be from ours, and how old a call may be, before Verify refuses it.
const Tolerance = 5 * time.Minute

// Sign gives the signature header of a body: HMAC-SHA256 over "<t>.<body>", keyed with the secret as it stands in the
// configuration. A new one is made for every try.
func Sign(secret menshen.Secret, at time.Time, body []byte) string {
	t := strconv.FormatInt(at.Unix(), 10)
	return "t=" + t + ",v1=" + hex.EncodeToString(sum(secret, t, body))
}

func sum(secret menshen.Secret, t string, body []byte) []byte {
	h := hmac.New(sha256.New, []byte(secret.Reveal()))
	h.Write([]byte(t + "."))
	h.Write(body)
	return h.Sum(nil)
}

// Verify checks a signature header as receivers do: CodeDenied for one that is malformed, wrong, or older or newer than
// Tolerance. Unknown parts of the header are ignored.
func Verify(secret menshen.Secret, header string, body []byte, now time.Time) error {
	denied := menshen.Errorf(menshen.CodeDenied, "webhook.verify", "the signature of the call is missing, wrong or too old")
	var t string
	var given [][]byte
	for part := range strings.SplitSeq(header, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case "t":
			t = value
		case "v1":
			if b, err := hex.DecodeString(value); err == nil {
				given = append(given, b)
			}
		}
	}
	seconds, err := strconv.ParseInt(t, 10, 64)
	if err != nil || now.Sub(time.Unix(seconds, 0)).Abs() > Tolerance {
		return denied
	}
	want := sum(secret, t, body)
	for _, b := range given {
		if hmac.Equal(b, want) {
			return nil
		}
	}
	return denied
}
