package menshen_test

import (
	"slices"
	"testing"
	"time"

	"menshen"
)

func TestCorrected(t *testing.T) {
	at := time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)
	said := func(id string, minute int, kind menshen.AnnotationKind, person string) menshen.Annotation {
		return menshen.Annotation{ID: id, Kind: kind, Person: person, At: at.Add(time.Duration(minute) * time.Minute)}
	}
	for name, c := range map[string]struct {
		said      []menshen.Annotation
		person    string
		corrected bool
	}{
		"nothing":        {},
		"notes":          {said: []menshen.Annotation{said("a", 0, menshen.AnnotationNote, ""), said("b", 1, menshen.AnnotationHelp, "p-1")}},
		"not them":       {[]menshen.Annotation{said("a", 0, menshen.AnnotationNotThem, "")}, "", true},
		"identity":       {[]menshen.Annotation{said("a", 0, menshen.AnnotationNotThem, ""), said("b", 1, menshen.AnnotationIdentity, "p-1"), said("c", 2, menshen.AnnotationNote, "")}, "p-1", true},
		"visitor":        {[]menshen.Annotation{said("a", 0, menshen.AnnotationIdentity, "p-1"), said("b", 1, menshen.AnnotationVisitor, "p-2")}, "p-2", true},
		"taken back":     {[]menshen.Annotation{said("a", 0, menshen.AnnotationIdentity, "p-1"), said("b", 1, menshen.AnnotationNotThem, "")}, "", true},
		"of one moment":  {[]menshen.Annotation{said("a", 0, menshen.AnnotationIdentity, "p-1"), said("b", 0, menshen.AnnotationIdentity, "p-2")}, "p-2", true},
		"not them named": {[]menshen.Annotation{said("a", 0, menshen.AnnotationNotThem, "p-1")}, "", true}, // whom it is not
	} {
		for range 2 { // in any order
			if person, corrected := menshen.Corrected(c.said); person != c.person || corrected != c.corrected {
				t.Errorf("%s: %q, %v", name, person, corrected)
			}
			slices.Reverse(c.said)
		}
	}
}
