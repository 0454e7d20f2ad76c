package door

import (
	"fmt"
	"log/slog"
)

// Secret is a text that shows itself nowhere: not in logs, not in %v, not in JSON or YAML.
type Secret string

const redacted = "[redacted]"

// String hides the secret, but tells whether there is one.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return redacted
}

// Format hides the secret from every verb.
func (s Secret) Format(f fmt.State, _ rune) { fmt.Fprint(f, s.String()) }

// LogValue hides the secret from log/slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText hides the secret from encoders.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
