package enrolment

import (
	"context"
	"fmt"
	"math"
	"slices"

	"menshen"
)

// compare looks at the photographs beside each other, beside the person's own templates, and beside everybody enrolled.
// It gives the person they are of: p, or somebody enrolled with the name, the dwelling and the face asked for, or the
// zero Person for somebody new.
func (e *Enroller) compare(ctx context.Context, req Request, p menshen.Person, shots []*shot) (menshen.Person, error) {
	e.refuseRepeats(shots)
	if p.ID == "" {
		refuseCovered(shots)
	}
	e.refuseOutsiders(shots)
	others, p, err := e.nearest(ctx, req, p, shots)
	if err != nil {
		return p, err
	}
	if req.LookAlike {
		// A twin's photograph is like another person's; the very same photograph is a file that was mixed up.
		for s, o := range others {
			if o.distance > e.cfg.Identical {
				delete(others, s)
			}
		}
	}
	e.refuseOthers(others, shots)
	return p, e.refuseStrangers(ctx, p, shots)
}

// refuseRepeats keeps the first of photographs that are the same.
func (e *Enroller) refuseRepeats(shots []*shot) {
	for i, s := range shots {
		for _, earlier := range shots[:i] {
			if s.good() && earlier.good() && (s.sum == earlier.sum || s.face.Descriptor.Distance(earlier.face.Descriptor) <= e.cfg.Identical) {
				s.refuse(CodeDuplicate)
			}
		}
	}
}

// refuseCovered refuses photographs of somebody new that all show a mask: who they are could not be told later.
func refuseCovered(shots []*shot) {
	if slices.ContainsFunc(shots, func(s *shot) bool { return s.good() && !s.face.Masked }) {
		return
	}
	for _, s := range shots {
		if s.good() {
			s.refuse(CodeCovered)
		}
	}
}

// refuseOutsiders keeps those photographs that agree with the one that most others agree with; of equals the first.
func (e *Enroller) refuseOutsiders(shots []*shot) {
	var center *shot
	most := -1
	for _, s := range shots {
		if !s.good() {
			continue
		}
		n := 0
		for _, o := range shots {
			if o.good() && e.alike(s, o) {
				n++
			}
		}
		if n > most {
			center, most = s, n
		}
	}
	for _, s := range shots {
		if s.good() && !e.alike(s, center) {
			s.refuse(CodeUnlikeOthers)
		}
	}
}

func (e *Enroller) alike(a, b *shot) bool {
	return a.face.Descriptor.Distance(b.face.Descriptor) <= e.same(a.face.Masked || b.face.Masked)
}

// same is the distance beyond which two faces of one request are of different people. Covered faces are nearer to each
// other than bare ones, whoever they are of, so less is granted.
func (e *Enroller) same(covered bool) float64 {
	if covered {
		return e.cfg.Known
	}
	return e.cfg.Same
}

// other is somebody enrolled whom a photograph is like.
type other struct {
	menshen.Person

	distance float64
}

// nearest looks for people who are enrolled with the face of a photograph: somebody else, by photograph; and, where
// somebody new has the name, the dwelling and the face of a person enrolled, that person, so that a request that is
// repeated does not make a second one.
func (e *Enroller) nearest(ctx context.Context, req Request, p menshen.Person, shots []*shot) (others map[*shot]other, self menshen.Person, err error) {
	others = map[*shot]other{}
	known := e.nearness()
	for _, s := range shots {
		if !s.good() {
			continue
		}
		found, err := e.gallery.Search(s.face.Descriptor, 1)
		if err != nil {
			return nil, p, err
		}
		if len(found) == 0 || found[0].Distance > known || found[0].Person == p.ID {
			continue
		}
		q, err := e.registry.Person(ctx, found[0].Person)
		switch {
		case menshen.ErrorCode(err) == menshen.CodeNotFound: // erased a moment ago
		case err != nil:
			return nil, p, err
		case p.ID == "" && q.Name == req.Name && q.Dwelling == req.Dwelling:
			p = q
		default:
			others[s] = other{q, found[0].Distance}
		}
	}
	return others, p, nil
}

// refuseOthers refuses every photograph that is nearest to somebody else: as a template it would let one pass for the
// other. Where half of the photographs or more are of one other person, they all are: the person is enrolled already.
func (e *Enroller) refuseOthers(others map[*shot]other, shots []*shot) {
	good, votes := 0, map[string]int{}
	for _, s := range shots {
		if s.good() {
			good++
			if q, ok := others[s]; ok {
				votes[q.ID]++
			}
		}
	}
	var enrolled *other
	for _, s := range shots {
		if q, ok := others[s]; ok && s.good() && 2*votes[q.ID] >= good && (enrolled == nil || votes[q.ID] > votes[enrolled.ID]) {
			enrolled = &q
		}
	}
	for _, s := range shots {
		if !s.good() {
			continue
		}
		q, ok := others[s]
		if enrolled != nil {
			q, ok = *enrolled, true
		}
		if ok {
			s.refuse(CodeAlreadyEnrolled)
			s.other = q.ID
			s.detail = menshen.Text{
				ZH: fmt.Sprintf("此人已登记为%s（%s）", q.Name, q.Dwelling),
				EN: fmt.Sprintf("this person is enrolled already as %s (%s)", q.Name, q.Dwelling),
			}
		}
	}
}

// refuseStrangers keeps the photographs that look like the templates that the person has, if any, and are not among
// them.
func (e *Enroller) refuseStrangers(ctx context.Context, p menshen.Person, shots []*shot) error {
	if p.ID == "" || !slices.ContainsFunc(shots, (*shot).good) {
		return nil
	}
	var own []menshen.Template
	for t, err := range e.registry.TemplatesOf(ctx, e.cfg.Engine, p.ID) {
		if err != nil {
			return err
		}
		own = append(own, t)
	}
	if len(own) == 0 {
		return nil
	}
	for _, s := range shots {
		if !s.good() {
			continue
		}
		d := math.Inf(1)
		for _, t := range own {
			if s.face.Masked || !t.Masked { // a bare face says nothing beside a mean of masked ones
				d = min(d, s.face.Descriptor.Distance(t.Descriptor))
			}
		}
		switch {
		case d <= e.cfg.Identical:
			s.refuse(CodeDuplicate)
		case d > e.same(s.face.Masked) && !math.IsInf(d, 1):
			s.refuse(CodeUnlikePerson)
		}
	}
	return nil
}
