package enrolment

import (
	"context"
	"slices"

	"menshen"
)

// Found says whom a photograph may be of.
type Found struct {
	People  []FoundPerson // nearest first
	Doubts  []Code        // what on the photograph makes it less sure, and would have refused it at enrolment
	Refused Code          // why nobody could be looked for: no face that is meant, or none that can be compared; "" otherwise
}

// FoundPerson is somebody enrolled who is like the face on a photograph.
type FoundPerson struct {
	menshen.Person

	Distance   float64
	Sure       bool                // within what counts as known at the gates, on a photograph without doubts
	Photograph *menshen.Photograph // kept at enrolment; nil for none
}

// Find gives at most k people who are enrolled with the face of a photograph, as far as the distance unsure. Nothing of it is
// kept. limit gives the stricter distance up to which somebody who has look-alikes is known; 0 for all others.
func (e *Enroller) Find(ctx context.Context, photograph []byte, unsure float64, limit func(person string) float64, k int) (Found, error) {
	shots, err := e.analyse(ctx, []Photo{{Data: photograph}})
	if err != nil {
		return Found{}, err
	}
	s := shots[0]
	var found Found
	switch s.code {
	case "":
	case CodeTurned, CodeBadLight, CodeBlurred:
		found.Doubts = append(found.Doubts, s.code)
	default:
		return Found{Refused: s.code}, nil
	}
	if s.face.Descriptor.Validate(e.cfg.Engine) != nil {
		return Found{Refused: CodeNoTemplate}, nil
	}
	if s.face.Masked {
		found.Doubts = append(found.Doubts, CodeCovered)
	}
	near, err := e.gallery.Search(s.face.Descriptor, k)
	if err != nil {
		return Found{}, err
	}
	near = slices.DeleteFunc(near, func(c menshen.Candidate) bool { return !(c.Distance <= unsure) })
	for _, c := range near {
		known := e.nearness()
		if own := limit(c.Person); own > 0 {
			known = min(known, own)
		}
		p, err := e.registry.Person(ctx, c.Person)
		if menshen.ErrorCode(err) == menshen.CodeNotFound {
			continue // erased a moment ago
		}
		if err != nil {
			return Found{}, err
		}
		one := FoundPerson{Person: p, Distance: c.Distance, Sure: c.Distance <= known && len(found.Doubts) == 0}
		for photo, err := range e.registry.Photographs(ctx, c.Person) {
			if err != nil {
				return Found{}, err
			}
			one.Photograph = &photo
			break
		}
		found.People = append(found.People, one)
	}
	return found, nil
}
