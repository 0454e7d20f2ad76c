package web

import (
	"context"
	"time"

	"menshen"
)

// Glance is what one frame of a camera shows, measured by what enrolment asks for.
type Glance struct {
	Width, Height int
	Faces         int
	Box           menshen.Box // of the face that is meant; zero for none
	Eyes          float64     // pixels between them
	Quality       menshen.Quality
	Code          string // what is wrong; "" for a frame to take
}

// Consents keeps what people were told of the use of their face, and what they said. Safe for concurrent use.
type Consents interface {
	// ConsentTexts gives all versions, latest first; there is always one.
	ConsentTexts(ctx context.Context) ([]menshen.ConsentText, error)
	// PutConsentText keeps another text and gives its version. CodeConflict where the latest is not the one that was changed.
	PutConsentText(ctx context.Context, text menshen.Text, after int, by string) (int, error)
	// RecordConsent keeps an answer to the latest text.
	RecordConsent(ctx context.Context, c menshen.Consent, by string) (menshen.Consent, error)
	// Consents gives what somebody said, latest first, without signatures, and whether their face may be enrolled.
	Consents(ctx context.Context, person string) (all []menshen.Consent, enrollable bool, err error)
	// Consent gives one with its signature, or CodeNotFound.
	Consent(ctx context.Context, id string) (menshen.Consent, error)
}

// Certificate proves that something of a person was erased.
type Certificate struct {
	Number      int64
	Scope       string // face, person
	At          time.Time
	Text        menshen.Text
	Signed      []byte // JSON, as it was signed
	Fingerprint string // of the key that signed it
}

// Certificates keeps erasure certificates. Safe for concurrent use.
type Certificates interface {
	// Certificates gives those of a person, latest first; none for nobody.
	Certificates(ctx context.Context, person string) ([]Certificate, error)
}
