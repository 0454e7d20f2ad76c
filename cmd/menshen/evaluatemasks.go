package main

import (
	"context"
	"hash/fnv"
	"math"

	"github.com/spf13/cobra"

	"menshen"
	"menshen/recognizer"
	"menshen/recognizer/mask"
)

// maskOptions say who wears a mask, and what is done about it.
type maskOptions struct {
	share  float64
	handle bool
	seed   uint64
}

func (o *maskOptions) flags(c *cobra.Command) {
	c.Flags().Float64Var(&o.share, "masks", 0, "share of the probes that wear a drawn mask, of kinds that enrolment has not seen, 0 to 1")
	c.Flags().BoolVar(&o.handle, "masked-templates", true, "compare faces that look covered with masked templates, as a gate does")
}

func (o maskOptions) check() error {
	if !(o.share >= 0 && o.share <= 1) {
		return menshen.Errorf(menshen.CodeInvalid, "cmd.evaluate", "--masks: %g is out of range", o.share).WithHint("use a share from 0 to 1")
	}
	return nil
}

// draw gives a photograph two numbers, of 0 … 1 and of any size: whether it wears a mask, and which.
func (o maskOptions) draw(image string) (share float64, which uint64) {
	h := fnv.New64a()
	_, _ = h.Write([]byte(image)) // never fails
	z := (h.Sum64() ^ o.seed*0x9e3779b97f4a7c15) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>31) * 0x94d049bb133111eb
	z ^= z >> 29
	return float64(z>>11) / (1 << 53), z
}

// mask draws masks on a photograph: those for enrolment, and on a probe that is to wear one, one of the others. A mask that
// hides the face from the engine leaves no descriptor: that probe is never accepted.
func (q *acquirer) mask(ctx context.Context, image string, p recognizer.Picture, d menshen.Detection, got *acquired) error {
	keep := func(err error) error {
		if code := menshen.ErrorCode(err); code == menshen.CodeInvalid || code == menshen.CodeNotFound {
			return nil
		}
		return err
	}
	if q.masks.handle {
		for _, x := range mask.Pictures(p, d.Landmarks) {
			descriptor, err := q.embed(ctx, x, d)
			if err := keep(err); err != nil {
				return err
			}
			if descriptor != nil {
				got.masked = append(got.masked, descriptor)
			}
		}
	}
	share, which := q.masks.draw(image)
	if got.wearing = share < q.masks.share; !got.wearing {
		return nil
	}
	held := mask.HeldOut()
	worn, _, err := q.shoot(ctx, mask.Draw(p, d.Landmarks, held[which%uint64(len(held))], which))
	if err := keep(err); err != nil {
		return err
	}
	got.worn = worn
	return nil
}

// maskFigures are what the report says about masks.
type maskFigures struct {
	Share   float64 `json:"masks"`
	Handled bool    `json:"masked_templates"`
	Scale   float64 `json:"masked_scale"`    // distances to masked templates are multiplied by it, to lie on one scale with bare ones
	Wearing int     `json:"wearing"`         // photographs that wear a mask as probes
	Lost    int     `json:"masked_failed"`   // of those, how many the engine made nothing of
	Found   int     `json:"covered_found"`   // of the others, how many look covered
	Alarms  int     `json:"covered_wrongly"` // bare photographs that look covered
}

// comparer gives distances the way that a gate compares.
type comparer struct {
	faces   map[string]*acquired
	figures maskFigures
}

// newComparer counts, and finds the scale: that of the two operating points, 1 where there is none for masks.
func newComparer(faces map[string]*acquired, o maskOptions, bare recognizer.OperatingPoint, id menshen.EngineID) *comparer {
	c := &comparer{faces: faces, figures: maskFigures{Share: o.share, Handled: o.handle && o.share > 0, Scale: 1}}
	if p, err := recognizer.MaskedPointOf(id); err == nil && c.figures.Handled {
		c.figures.Scale = bare.Known / p.Known
	}
	for _, f := range faces {
		if f.wearing {
			c.figures.Wearing++
			switch {
			case f.worn.descriptor == nil:
				c.figures.Lost++
			case f.worn.covered:
				c.figures.Found++
			}
		}
		if f.bare.covered {
			c.figures.Alarms++
		}
	}
	return c
}

// distance of a probe to somebody who is enrolled with these photographs: to the nearest of the bare templates, or, where
// the probe looks covered, to the one masked template. +Inf where there is no descriptor.
func (c *comparer) distance(probe string, enrolled ...string) float64 {
	p := c.faces[probe]
	if p == nil {
		return math.Inf(1)
	}
	seen := p.bare
	if p.wearing {
		seen = p.worn
	}
	if seen.descriptor == nil {
		return math.Inf(1)
	}
	best := math.Inf(1)
	if !seen.covered || !c.figures.Handled {
		for _, image := range enrolled {
			if e := c.faces[image]; e != nil {
				best = min(best, seen.descriptor.Distance(e.bare.descriptor))
			}
		}
		return best
	}
	var all []menshen.Descriptor
	for _, image := range enrolled {
		if e := c.faces[image]; e != nil {
			all = append(append(all, e.bare.descriptor), e.masked...)
		}
	}
	if t := menshen.MeanDescriptor(all); t != nil {
		best = seen.descriptor.Distance(t) * c.figures.Scale
	}
	return best
}
