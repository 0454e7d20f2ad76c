package calibration

import (
	"cmp"
	"math"
	"slices"

	"menshen"
	"menshen/recognizer"
)

// Config says what a calibration aims at. A zero field takes its default.
type Config struct {
	Engine     menshen.EngineID
	Network    recognizer.OperatingPoint // what is known of the network elsewhere; required
	FPIR       float64                   // aimed at with Known, 0 … 0.5; default 0.003, at which NIST reports FNIR
	UnsureFPIR float64                   // aimed at with Unsure, at least FPIR; default 0.05: 5 % of strangers go to the guard
	People     int                       // size of the gallery to calibrate for; default: as it is
	Resamples  int                       // of the bootstrap; default 200
}

const (
	// DefaultFPIR is the share of strangers that may be taken for somebody, by a single picture.
	DefaultFPIR = 0.003
	// MinPeople is how many people there must be for their distances to say anything: a tail of fewer than 15 does not.
	MinPeople = 50
	// EnoughPeople is from how many on the site's own thresholds may also be looser than the network's. With fewer, the
	// 95 % interval of the FPIR spans more than a factor of ten.
	EnoughPeople = 200
	// MaxLoosening is how much looser than the network's a threshold may get. Templates of enrolment are better pictures
	// than a gate takes, and the people of one site are few kinds of people, so they do not prove everything.
	MaxLoosening = 1.05
)

func (c Config) withDefaults(s Sample) Config {
	c.FPIR = cmp.Or(c.FPIR, DefaultFPIR)
	c.UnsureFPIR = max(cmp.Or(c.UnsureFPIR, 0.05), c.FPIR)
	c.People = cmp.Or(c.People, s.Gallery)
	c.Resamples = cmp.Or(c.Resamples, 200)
	return c
}

func (c Config) validate() error {
	const op = "calibration.config"
	if !(c.FPIR > 0 && c.FPIR <= 0.5 && c.UnsureFPIR <= 0.5) || c.People < 0 {
		return menshen.Errorf(menshen.CodeInvalid, op, "a calibration cannot aim at an FPIR of %v", c.FPIR).WithHint("use more than 0, for example 0.003, and at most 0.5")
	}
	return c.Network.Validate()
}

// Calibrate finds thresholds. At and the engine's row in a store are the caller's business. The same sample gives the
// same answer.
//
// With fewer than MinPeople the network's point stands; with fewer than EnoughPeople the site's thresholds stand where they
// are stricter; else the site's stand, up to MaxLoosening beyond the network's. The margin and the number of faces stay
// the network's: a margin only keeps more strangers out than is calculated here.
func Calibrate(s Sample, cfg Config) (menshen.Calibration, error) {
	cfg = cfg.withDefaults(s)
	if err := cfg.validate(); err != nil {
		return menshen.Calibration{}, err
	}
	c := menshen.Calibration{
		Engine: cfg.Engine, People: s.Gallery, Templates: s.Templates, FPIR: cfg.FPIR,
		Known: cfg.Network.Known, Unsure: cfg.Network.Unsure, MinMargin: cfg.Network.MinMargin, Basis: menshen.CalibrationPublished,
	}
	near, kin := s.strangers()
	c.Figures.Probed, c.Figures.Kin = len(s.subjects), kin
	t := fitTail(near, fitShare(len(s.subjects)))
	scale := growth(s.Gallery, cfg.People)
	if t.shape > 0 && s.Gallery >= MinPeople {
		settle(&c, cfg, t.threshold(hazardOf(cfg.FPIR)/scale), t.threshold(hazardOf(cfg.UnsureFPIR)/scale))
	}
	describe(&c.Figures, c, cfg, s, t, scale)
	if t.shape > 0 {
		c.Figures.TakenLow, c.Figures.TakenHigh = interval(near, len(s.subjects), c.Known, scale, cfg.Resamples)
	}
	return c, nil
}

// settle chooses between the site's thresholds and the network's.
func settle(c *menshen.Calibration, cfg Config, known, unsure float64) {
	loosest, basis := 1.0, menshen.CalibrationTightened
	if c.People >= EnoughPeople {
		loosest, basis = MaxLoosening, menshen.CalibrationSite
		if known > MaxLoosening*cfg.Network.Known {
			basis = menshen.CalibrationBounded
		}
	}
	c.Known = min(known, loosest*cfg.Network.Known)
	c.Unsure = max(c.Known, min(unsure, loosest*cfg.Network.Unsure))
	c.Basis = basis
}

// growth is by how much the chance to meet somebody near grows from a probe's gallery, which lacks the person probed, to
// one of so many people.
func growth(gallery, people int) float64 {
	if gallery < 2 {
		return 1
	}
	return float64(people) / float64(gallery-1)
}

func hazardOf(share float64) float64 { return -math.Log1p(-share) }

func shareOf(hazard float64) float64 { return -math.Expm1(-hazard) }

// fitShare is which part of the nearest distances is fitted: about 60 people's, but at most 30 % (above, the tail is no
// tail; on 134 real people 50 % makes the threshold a third too strict in FPIR) and at least 5 %.
func fitShare(people int) float64 {
	return min(0.3, max(0.05, 60/float64(max(people, 1))))
}

// strangers gives the distance of each probe to the nearest stranger, in order, and how many people have somebody so near
// that it is no chance: twins, or one person enrolled twice. Those pairs are left out. They say nothing of strangers, and
// a handful of them bends a fit out of all use; they get thresholds of their own, see LookAlikes.
func (s *Sample) strangers() (near []observation, kin int) {
	near, _ = s.beyond(0)
	return s.beyond(kinBelow(near, len(s.subjects)))
}

// beyond gives the distance of each probe to the nearest stranger who is not nearer than a distance.
func (s *Sample) beyond(distance float64) (near []observation, kin int) {
	for i, one := range s.subjects {
		related := false
		for _, found := range one.nearest {
			o := observation{distance: math.Inf(1), weight: 1 / float64(len(one.nearest)), subject: i}
			for _, c := range found {
				if c.Distance >= distance {
					o.distance = c.Distance
					break
				}
				related = true
			}
			near = append(near, o)
		}
		if related {
			kin++
		}
	}
	slices.SortFunc(near, func(a, b observation) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.subject, b.subject))
	})
	return near, kin
}

// kinBelow is the distance below which one pair of strangers is to be expected in fifty galleries like this one, by a
// Weibull line through the nearest tenth and the median: far from the few that are kin, so that these do not bend it.
func kinBelow(sorted []observation, people int) float64 {
	t := newTail(sorted)
	low, high := t.quantile(0.1), t.quantile(0.5)
	if !(low > 0) || !(high > low) || math.IsInf(high, 1) {
		return 0
	}
	shape := math.Log(hazardOf(0.5)/hazardOf(0.1)) / math.Log(high/low)
	return high * math.Pow(0.02/float64(people)/hazardOf(0.5), 1/shape)
}

// describe fills in what the people enrolled show of the thresholds chosen.
func describe(f *menshen.CalibrationFigures, c menshen.Calibration, cfg Config, s Sample, t tail, scale float64) {
	if t.total > 0 {
		f.Nearest1, f.Nearest50 = finite(t.quantile(0.01)), finite(t.quantile(0.5))
		f.Taken = shareOf(scale * t.hazard(c.Known))
		f.Asked = shareOf(scale*t.hazard(c.Unsure)) - f.Taken
		f.TakenByNetwork = shareOf(scale * t.hazard(cfg.Network.Known))
		f.FMR = shareOf(t.hazard(c.Known) / float64(max(s.Gallery-1, 1)))
	}
	missed, refused := 0.0, 0.0
	for _, one := range s.subjects {
		if len(one.genuine) == 0 {
			continue
		}
		f.Several++
		for _, d := range one.genuine {
			if d > c.Known {
				missed += 1 / float64(len(one.genuine))
			}
			if d > c.Unsure {
				refused += 1 / float64(len(one.genuine))
			}
		}
	}
	if f.Several > 0 {
		f.Missed, f.Refused = missed/float64(f.Several), refused/float64(f.Several)
	}
}

func finite(v float64) float64 {
	if math.IsInf(v, 0) {
		return 0
	}
	return v
}
