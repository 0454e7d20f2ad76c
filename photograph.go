package menshen

import (
	"crypto/sha256"
	"time"
)

// Photograph is an enrolment photograph as it came, kept where a site chose to: JPEG or PNG.
type Photograph struct {
	Name    string // of the file, for reports
	Data    []byte
	Created time.Time
}

// Sum is the SHA-256 of the data.
func (p Photograph) Sum() [sha256.Size]byte { return sha256.Sum256(p.Data) }
