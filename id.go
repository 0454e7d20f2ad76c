package menshen

import "github.com/google/uuid"

// Identifiers that people write in configuration (site, zone, gate, camera) are slugs: they become tokens of NATS
// subjects and parts of file names, so they are limited to what is harmless in both.
const maxSlug = 48

// ValidateSlug reports whether s can name a site, zone, gate or camera: 1 to 48 of a–z, 0–9 and '-', no '-' at either end.
// kind names the thing in the error.
func ValidateSlug(kind, s string) error {
	ok := s != "" && len(s) <= maxSlug && s[0] != '-' && s[len(s)-1] != '-'
	for _, r := range s {
		ok = ok && (r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-')
	}
	if !ok {
		return Errorf(CodeInvalid, "menshen.id", "%s id %q is not usable", kind, s).
			WithHint("use 1 to %d lower-case letters, digits and '-', for example %q", maxSlug, kind+"-1")
	}
	return nil
}

// NewID makes the identifier of a person, household or template: a UUID of version 7, so that ids sort by creation.
func NewID() string { return uuid.Must(uuid.NewV7()).String() }
