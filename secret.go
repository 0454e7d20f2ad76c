package menshen

import "log/slog"

// Secret is a string that must not reach a log, a page or an error: it prints as [secret]. Reading one from
// configuration works as for a string.
type Secret string

const redacted = "[secret]"

// Reveal gives the secret itself, for the one place that needs it.
func (s Secret) Reveal() string { return string(s) }

// String gives "[secret]", or "" for an empty one.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return redacted
}

// GoString redacts %#v.
func (s Secret) GoString() string { return `menshen.Secret("` + s.String() + `")` }

// LogValue redacts it in slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText redacts it in JSON and YAML.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads it from JSON and YAML.
func (s *Secret) UnmarshalText(b []byte) error {
	*s = Secret(b)
	return nil
}
