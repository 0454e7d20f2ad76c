package evidence

import "menshen"

// OperatingPoint says what distances mean for one engine and one size of the gallery. It comes from calibration.
type OperatingPoint struct {
	Known       float64 // up to this distance a face may count as that person's; > 0
	Unsure      float64 // beyond this distance a face is nobody's who is enrolled; at least Known
	MinMargin   float64 // how much farther the runner-up must be for a face to count; 0 asks for nothing
	MinAgreeing int     // faces that must agree, 1 … 8; default 2. With 1 a lone face opens a door

	Masked Thresholds // for faces that are covered; zero: as for those that are not
	// MinAgreeingMasked is how many faces must agree where most of them are covered; MinAgreeing if less than that.
	MinAgreeingMasked int
	// Personal holds stricter thresholds of some people (look-alikes) by id; nil for none. They can only tighten. Whoever
	// hands the map in does not change it afterwards.
	Personal map[string]Limit
}

// Thresholds are the distances of one kind of comparison, as in OperatingPoint.
type Thresholds struct {
	Known, Unsure, MinMargin float64
}

// Limit is stricter than the thresholds of everybody: for uncovered faces. For covered ones Known shrinks in the same
// proportion.
type Limit struct {
	Known     float64 // > 0
	MinMargin float64
}

// Validate checks the point; a MinAgreeing of 0 stands for the default.
func (p OperatingPoint) Validate() error {
	const op = "evidence.operating_point"
	if err := p.plain().validate(); err != nil {
		return err
	}
	if p.Masked != (Thresholds{}) {
		if err := p.Masked.validate(); err != nil {
			return err
		}
	}
	for _, l := range p.Personal {
		if !(l.Known > 0) || !(l.MinMargin >= 0) {
			return menshen.Errorf(menshen.CodeInvalid, op, "a person has the distance for known faces %v and the margin %v", l.Known, l.MinMargin).
				WithHint("calibrate the engine again")
		}
	}
	for _, n := range []int{p.MinAgreeing, p.MinAgreeingMasked} {
		if n < 0 || n > maxLooks/2 {
			return menshen.Errorf(menshen.CodeInvalid, op, "%d faces must agree", n).WithHint("set 1 … %d", maxLooks/2)
		}
	}
	return nil
}

func (t Thresholds) validate() error {
	const op = "evidence.operating_point"
	switch {
	case !(t.Known > 0):
		return menshen.Errorf(menshen.CodeInvalid, op, "the distance for known faces is %v", t.Known).
			WithHint("calibrate the engine, or set a distance above 0")
	case !(t.Unsure >= t.Known):
		return menshen.Errorf(menshen.CodeInvalid, op, "the distance for unsure faces, %v, is below that for known ones, %v", t.Unsure, t.Known).
			WithHint("set it to the distance for known faces or more")
	case !(t.MinMargin >= 0):
		return menshen.Errorf(menshen.CodeInvalid, op, "the margin to the runner-up is %v", t.MinMargin).WithHint("set 0 or more")
	}
	return nil
}

func (p *OperatingPoint) plain() Thresholds { return Thresholds{p.Known, p.Unsure, p.MinMargin} }

// of gives the thresholds for covered or uncovered faces.
func (p *OperatingPoint) of(masked bool) Thresholds {
	if masked && p.Masked.Known > 0 {
		return p.Masked
	}
	return p.plain()
}

// person gives the thresholds for a face whose nearest person it is.
func (p *OperatingPoint) person(id string, masked bool) Thresholds {
	t := p.of(masked)
	if l, ok := p.Personal[id]; ok {
		t.Known = min(t.Known, l.Known*(t.Known/p.Known))
		t.MinMargin = max(t.MinMargin, l.MinMargin)
	}
	return t
}
