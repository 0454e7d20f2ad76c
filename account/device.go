package account

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"

	"menshen"
)

// A browser that somebody signed in with keeps a mark: a number of its own, and for each account a sum that nobody can make without the
// hash of its password. Failures in such a browser are counted apart, so that whoever guesses elsewhere keeps the holder out of nothing.
// A new password makes the mark worthless.
const (
	maxMarks   = 10 // accounts of one browser, such as a tablet at a gate
	deviceSize = 22 // of a number, in base64
)

// Known gives the mark of a browser in which an account signed in, from the one that it had before; "" for none.
func (b *Book) Known(a menshen.Account, mark string) string {
	parts := strings.Split(mark, ".")
	id, sums := parts[0], parts[1:]
	if len(id) != deviceSize {
		id, sums = newSecret()[:deviceSize], nil
	}
	sum := markOf(a, id)
	if sum == "" {
		return mark
	}
	sums = slices.DeleteFunc(sums, func(s string) bool { return s == sum })
	sums = append([]string{sum}, sums...)
	return strings.Join(append([]string{id}, sums[:min(len(sums), maxMarks)]...), ".")
}

// deviceOf gives the number of a browser that an account has signed in with before, and whether it is one.
func deviceOf(a menshen.Account, mark string) (string, bool) {
	parts := strings.Split(mark, ".")
	if len(parts) < 2 || len(parts) > maxMarks+1 || len(parts[0]) != deviceSize {
		return "", false
	}
	want := markOf(a, parts[0])
	known := false
	for _, sum := range parts[1:] {
		known = known || want != "" && hmac.Equal([]byte(sum), []byte(want))
	}
	return parts[0], known
}

func markOf(a menshen.Account, id string) string {
	if a.Password == "" {
		return ""
	}
	m := hmac.New(sha256.New, []byte(a.Password))
	m.Write([]byte("device " + id + " " + a.ID))
	return base64.RawURLEncoding.EncodeToString(m.Sum(nil)[:16])
}
