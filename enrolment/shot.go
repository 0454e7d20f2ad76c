package enrolment

import (
	"crypto/sha256"
	"fmt"
	"math"

	"menshen"
)

// shot is a photograph on its way through the checks. A code ends its way.
type shot struct {
	photo Photo
	sum   [sha256.Size]byte

	face   menshen.AnalysedFace // the main one
	code   Code
	detail menshen.Text // replaces the code's own text where set
	advice menshen.Text // replaces the code's own hint where set
	other  string       // id of whom it looks like, for CodeAlreadyEnrolled
}

func (s *shot) good() bool { return s.code == "" }

func (s *shot) refuse(c Code) { s.code = c }

func (s *shot) result() PhotoResult {
	r := PhotoResult{Name: s.photo.Name, Accepted: s.good(), Code: s.code}
	if !r.Accepted {
		r.Message, r.Hint = s.code.Text(), s.code.Hint()
		if s.detail != (menshen.Text{}) {
			r.Message = s.detail
		}
		if s.advice != (menshen.Text{}) {
			r.Hint = s.advice
		}
		r.Other = s.other
	}
	return r
}

// judge looks at one analysis on its own: is there one face meant, and is its picture good enough.
func (s *shot) judge(a menshen.Analysis, cfg Config) {
	main, alone := mainFace(a, cfg.Dominance)
	if main < 0 {
		s.refuse(CodeNoFace)
		return
	}
	f := a.Faces[main]
	eyes := f.Landmarks.EyeDistance()
	s.face = f
	switch q := f.Quality; {
	case !alone:
		s.refuse(CodeSeveralFaces)
	case !(eyes >= cfg.MinEyes):
		s.refuse(CodeTooSmall)
		s.detail = menshen.Text{
			ZH: fmt.Sprintf("照片中的人脸太小：两眼间距 %.0f 像素，至少需要 %.0f", eyes, cfg.MinEyes),
			EN: fmt.Sprintf("the face on the photograph is too small: %.0f pixels between the eyes, %.0f are needed", eyes, cfg.MinEyes),
		}
	case !(q.Pose >= cfg.MinPose):
		s.refuse(CodeTurned)
	case !(q.Light >= cfg.MinLight):
		s.refuse(CodeBadLight)
	case !(q.Sharpness >= cfg.MinSharpness):
		s.refuse(CodeBlurred)
	case f.Descriptor.Validate(a.Engine) != nil:
		s.refuse(CodeNoTemplate)
	}
}

// mainFace gives the index of the face that is meant: large and near the middle, by the measure that LFW is commonly
// read with, area − 2·(distance from the middle)². alone is false where another face comes near it in size. −1 for no
// face.
func mainFace(a menshen.Analysis, dominance float64) (main int, alone bool) {
	main = -1
	best := math.Inf(-1)
	for i, f := range a.Faces {
		c := f.Box.Center()
		dx, dy := c.X-float64(a.Width)/2, c.Y-float64(a.Height)/2
		if v := f.Box.W*f.Box.H - 2*(dx*dx+dy*dy); v > best {
			main, best = i, v
		}
	}
	if main < 0 {
		return -1, false
	}
	area := a.Faces[main].Box.W * a.Faces[main].Box.H
	for i, f := range a.Faces {
		if i != main && f.Box.W*f.Box.H*dominance > area {
			return main, false
		}
	}
	return main, true
}
