package evidence

import (
	"cmp"
	"time"

	"menshen"
)

// Config holds the operating point and when evidence is enough. A zero field takes its default.
type Config struct {
	OperatingPoint
	MinQuality   float64       // faces below this quality are not looked at; 0 … 1, default 0.1
	GoodQuality  float64       // from this quality on a face that speaks for nobody weighs against a name; default 0.5
	MinWeight    float64       // the quality of the agreeing faces must add up to this; default 0.4
	MinShare     float64       // of the agreeing and the good contrary faces, this part must agree; 0 … 1, default 1/3
	UnknownFaces int           // so many good faces that speak for nobody, and no other, are a stranger before the track ends; default 5
	UnknownSpan  time.Duration // … if they are spread over this time of capture; default 1.5 s
	MinLive      float64       // mean liveness below this is a doubt; 0 … 1, default 0.5, as the networks' authors decide
	MinChange    float64       // a face that changes less over StaticSpan is perhaps a print; default 0.02·Known
	StaticSpan   time.Duration // faces at least so far apart are asked to differ by MinChange; default 500 ms
	Patience     time.Duration // how long unsure evidence may wait for better faces; default 2.5 s
	Grace        time.Duration // how long to wait for faces that the end of their track overtook; default 500 ms
	Idle         time.Duration // a track without faces for so long has ended, its end got lost; default 5 s
}

// WithDefaults fills the zero fields.
func (c Config) WithDefaults() Config {
	c.MinAgreeing = cmp.Or(c.MinAgreeing, 2)
	c.MinQuality = cmp.Or(c.MinQuality, 0.1)
	c.GoodQuality = cmp.Or(c.GoodQuality, 0.5)
	c.MinWeight = cmp.Or(c.MinWeight, 0.4)
	c.MinShare = cmp.Or(c.MinShare, 1.0/3)
	c.UnknownFaces = cmp.Or(c.UnknownFaces, 5)
	c.UnknownSpan = cmp.Or(c.UnknownSpan, 1500*time.Millisecond)
	c.MinLive = cmp.Or(c.MinLive, 0.5)
	c.StaticSpan = cmp.Or(c.StaticSpan, 500*time.Millisecond)
	c.Patience = cmp.Or(c.Patience, 2500*time.Millisecond)
	c.Grace = cmp.Or(c.Grace, 500*time.Millisecond)
	c.Idle = cmp.Or(c.Idle, 5*time.Second)
	return c
}

// Validate checks a configuration whose defaults are filled in.
func (c Config) Validate() error {
	const op = "evidence.config"
	if err := c.OperatingPoint.Validate(); err != nil {
		return err
	}
	for _, part := range []struct {
		name  string
		value float64
	}{{"lowest quality", c.MinQuality}, {"good quality", c.GoodQuality}, {"share of agreeing faces", c.MinShare}, {"lowest liveness", c.MinLive}} {
		if !(part.value >= 0 && part.value <= 1) {
			return menshen.Errorf(menshen.CodeInvalid, op, "the %s is %v", part.name, part.value).WithHint("set 0 … 1")
		}
	}
	switch {
	case !(c.MinWeight >= 0 && c.MinWeight <= float64(maxLooks)/2):
		return menshen.Errorf(menshen.CodeInvalid, op, "the quality to add up is %v", c.MinWeight).WithHint("set 0 … %d", maxLooks/2)
	case !(c.MinChange >= 0 && c.MinChange < c.Known):
		return menshen.Errorf(menshen.CodeInvalid, op, "the least change of a living face is %v", c.MinChange).WithHint("set 0, or a small part of the distance for known faces")
	case c.UnknownFaces < 1 || c.UnknownFaces > maxLooks:
		return menshen.Errorf(menshen.CodeInvalid, op, "%d faces make a stranger", c.UnknownFaces).WithHint("set 1 … %d", maxLooks)
	}
	for _, part := range []struct {
		name  string
		value time.Duration
	}{{"span of a stranger's faces", c.UnknownSpan}, {"patience", c.Patience}, {"span of a static face", c.StaticSpan}, {"grace", c.Grace}, {"idle time", c.Idle}} {
		if part.value < 0 || part.value > time.Minute {
			return menshen.Errorf(menshen.CodeInvalid, op, "the %s is %v", part.name, part.value).WithHint("set 0s … 1m")
		}
	}
	return nil
}
