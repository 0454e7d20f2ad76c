package enrolment

import (
	"context"
	"strings"

	"menshen"
)

// Photo is one photograph as it came: JPEG or PNG.
type Photo struct {
	Name string // file name, for the report
	Data []byte
}

// Request asks to enrol a new person, or to add photographs to one who is enrolled.
type Request struct {
	Name     string // of a new person
	Dwelling menshen.Dwelling
	Person   string // id of somebody in the registry, to add photographs; Name and Dwelling are not looked at then
	Photos   []Photo
	// LookAlike says that whoever asks has made sure that this is not the person enrolled whom the photographs look like,
	// but for example a twin: they are not refused for it. Both then get stricter thresholds from the calibration.
	LookAlike bool

	// Consent keeps what the person, or the guardian of a child, has just said to the use of their face. It is called with the id
	// before there is a template. nil: they must have consented before.
	Consent func(ctx context.Context, person string) error
	Signer  string // who signed such a consent, for whoever passes the request on to the hub; "" for none

	renewal  bool   // asked by nobody: it must not bring back who was removed
	erasures uint64 // of the person's face, before a renewal looked at the photographs
}

// PhotoResult says what became of a photograph.
type PhotoResult struct {
	Name     string
	Accepted bool
	Code     Code         // why not; "" for an accepted one
	Message  menshen.Text // empty for an accepted one; so for Hint
	Hint     menshen.Text
	Other    string // id of whom it looks like, for CodeAlreadyEnrolled
}

// Result says what became of a request. A new person of the same name, dwelling and face as somebody enrolled is that
// somebody: Person is their id, and Created is false.
type Result struct {
	Person  string // "" where no photograph was accepted and nobody was there before: nothing was stored
	Created bool   // a new person was made
	Photos  []PhotoResult
}

// Accepted counts the accepted photographs.
func (r Result) Accepted() int {
	n := 0
	for _, p := range r.Photos {
		if p.Accepted {
			n++
		}
	}
	return n
}

// check refuses what cannot be enrolled whatever the photographs show.
func (r *Request) check() error {
	const op = "enrolment.request"
	if len(r.Photos) == 0 {
		return menshen.Errorf(menshen.CodeInvalid, op, "there are no photographs").WithHint("give at least one photograph")
	}
	if r.Person != "" {
		return nil
	}
	r.Name = strings.TrimSpace(r.Name)
	if err := (menshen.Person{ID: "new", Name: r.Name, State: menshen.PersonActive}).Validate(); err != nil {
		return err
	}
	if err := menshen.CheckName(r.Name); err != nil {
		return err
	}
	if d, err := menshen.ParseDwelling(r.Dwelling.String()); err != nil || d != r.Dwelling {
		return menshen.Errorf(menshen.CodeInvalid, op, "the dwelling %q is not usable", r.Dwelling).
			WithHint("write it like 3-2-14-1402: building 3, unit 2, floor 14, room 1402")
	}
	return nil
}
