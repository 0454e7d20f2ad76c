package gallery

import "menshen"

// Faces is the bare and the masked templates of one engine, apart: a covered face is compared with masked templates
// only, any other one with bare ones. Safe for concurrent use.
type Faces struct {
	Bare   *Gallery
	Masked *Gallery
}

// NewFaces makes two empty galleries for templates of one engine.
func NewFaces(engine menshen.EngineID) *Faces { return &Faces{Bare: New(engine), Masked: New(engine)} }

// Insert adds templates to the gallery that each belongs to; see Gallery.Insert. Those of one gallery are seen together.
func (f *Faces) Insert(templates ...menshen.Template) error {
	var kinds [2][]menshen.Template
	for i := range templates {
		t := &templates[i]
		if err := f.Bare.check(t); err != nil {
			return err // before anything is taken
		}
		if t.Masked {
			kinds[1] = append(kinds[1], *t)
		} else {
			kinds[0] = append(kinds[0], *t)
		}
	}
	if err := f.Bare.Insert(kinds[0]...); err != nil {
		return err
	}
	return f.Masked.Insert(kinds[1]...)
}

// RemovePerson removes all templates of a person and says how many there were.
func (f *Faces) RemovePerson(person string) int {
	return f.Bare.RemovePerson(person) + f.Masked.RemovePerson(person)
}

// RemoveTemplate removes one template and says whether it was there.
func (f *Faces) RemoveTemplate(id string) bool {
	return f.Bare.RemoveTemplate(id) || f.Masked.RemoveTemplate(id)
}

// Search finds people by a bare face; see Gallery.Search.
func (f *Faces) Search(d menshen.Descriptor, k int) ([]menshen.Candidate, error) {
	return f.Bare.Search(d, k)
}
