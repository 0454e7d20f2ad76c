package enrolment

import (
	"context"
	"math"

	"menshen"
)

// Of frames alone: they could be enrolled, but a better one is a moment away.
const (
	CodeFar   Code = "far"   // nearer, the face would have more pixels
	CodeAside Code = "aside" // at the edge of the frame
)

// Glance is what one frame of a camera shows, measured by what enrolment asks for.
type Glance struct {
	Width, Height int
	Faces         int
	Box           menshen.Box // of the face that is meant; zero for none
	Eyes          float64     // pixels between them
	Quality       menshen.Quality
	Code          Code // what is wrong; "" for a frame to take
}

// better is how many times the smallest distance between the eyes a frame should have: whoever stands before a camera can
// come nearer.
const better = 1.6

// Look measures one frame of a camera, JPEG. Nothing is kept and nobody is searched for. CodeInvalid says that it is no picture.
func (e *Enroller) Look(ctx context.Context, frame []byte) (Glance, error) {
	a, err := e.analyser.Analyse(ctx, frame)
	if err != nil {
		return Glance{}, err
	}
	g := Glance{Width: a.Width, Height: a.Height, Faces: len(a.Faces)}
	s := &shot{}
	s.judge(a, e.cfg)
	g.Code = s.code
	if s.code == CodeNoFace {
		return g, nil
	}
	f := s.face
	g.Box, g.Eyes, g.Quality = f.Box, f.Landmarks.EyeDistance(), f.Quality
	switch {
	case g.Code != "":
	case f.Masked:
		g.Code = CodeCovered
	case g.Eyes < better*e.cfg.MinEyes:
		g.Code = CodeFar
	case aside(f.Box, a):
		g.Code = CodeAside
	}
	return g, nil
}

// aside reports whether a face is far from the middle of its frame: its own middle lies outside the middle two thirds.
func aside(b menshen.Box, a menshen.Analysis) bool {
	c := b.Center()
	off := func(v float64, side int) bool { return math.Abs(v/float64(side)-0.5) > 1.0/3 }
	return off(c.X, a.Width) || off(c.Y, a.Height)
}

// EraseFace takes a person's templates and photographs away, from the gates first; the person stays as they are. An enrolment
// under way is waited for. CodeNotFound for nobody.
func (e *Enroller) EraseFace(ctx context.Context, person string) error {
	return e.erase(ctx, person, e.registry.RemoveFace)
}
