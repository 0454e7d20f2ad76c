package region_test

import (
	"math"
	"testing"

	"menshen"
	"menshen/camera/region"
)

func TestContains(t *testing.T) {
	type p = menshen.Point
	l := region.Region{p{X: 0, Y: 0}, p{X: 1, Y: 0}, p{X: 1, Y: 0.5}, p{X: 0.5, Y: 0.5}, p{X: 0.5, Y: 1}, p{X: 0, Y: 1}} // an L upside down
	for _, c := range []struct {
		name string
		r    region.Region
		at   p
		want bool
	}{
		{"all", nil, p{X: 0.1, Y: 0.9}, true},
		{"rectangle, inside", region.Region{p{X: 0.8, Y: 0.2}, p{X: 0.2, Y: 0.6}}, p{X: 0.5, Y: 0.5}, true},
		{"rectangle, outside", region.Region{p{X: 0.8, Y: 0.2}, p{X: 0.2, Y: 0.6}}, p{X: 0.5, Y: 0.7}, false},
		{"polygon, inside", l, p{X: 0.75, Y: 0.25}, true},
		{"polygon, in the notch", l, p{X: 0.75, Y: 0.75}, false},
		{"polygon, outside the picture", l, p{X: -0.1, Y: 0.1}, false},
	} {
		if err := c.r.Validate(); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if got := c.r.Contains(c.at); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestValidate(t *testing.T) {
	type p = menshen.Point
	for name, r := range map[string]region.Region{
		"one point":   {p{X: 0.5, Y: 0.5}},
		"outside":     {p{X: 0, Y: 0}, p{X: 1.1, Y: 1}},
		"not numbers": {p{X: math.NaN(), Y: 0}, p{X: 1, Y: 1}},
		"a line":      {p{X: 0, Y: 0}, p{X: 0.5, Y: 0.5}, p{X: 1, Y: 1}},
		"flat":        {p{X: 0, Y: 0.5}, p{X: 1, Y: 0.5}},
		"too many":    make(region.Region, 65),
	} {
		err := r.Validate()
		if _, hint := menshen.ErrorMessage(err); menshen.ErrorCode(err) != menshen.CodeInvalid || hint == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
