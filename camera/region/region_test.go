package region_test

import (
	"math"
	"testing"

	"menshen"
	"menshen/camera/region"
)

func TestContains(t *testing.T) {
	type p = menshen.Point
	l := region.Region{p{0, 0}, p{1, 0}, p{1, 0.5}, p{0.5, 0.5}, p{0.5, 1}, p{0, 1}} // an L upside down
	for _, c := range []struct {
		name string
		r    region.Region
		at   p
		want bool
	}{
		{"all", nil, p{0.1, 0.9}, true},
		{"rectangle, inside", region.Region{p{0.8, 0.2}, p{0.2, 0.6}}, p{0.5, 0.5}, true},
		{"rectangle, outside", region.Region{p{0.8, 0.2}, p{0.2, 0.6}}, p{0.5, 0.7}, false},
		{"polygon, inside", l, p{0.75, 0.25}, true},
		{"polygon, in the notch", l, p{0.75, 0.75}, false},
		{"polygon, outside the picture", l, p{-0.1, 0.1}, false},
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
		"one point":   {p{0.5, 0.5}},
		"outside":     {p{0, 0}, p{1.1, 1}},
		"not numbers": {p{math.NaN(), 0}, p{1, 1}},
		"a line":      {p{0, 0}, p{0.5, 0.5}, p{1, 1}},
		"flat":        {p{0, 0.5}, p{1, 0.5}},
		"too many":    make(region.Region, 65),
	} {
		err := r.Validate()
		if _, hint := menshen.ErrorMessage(err); menshen.ErrorCode(err) != menshen.CodeInvalid || hint == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
