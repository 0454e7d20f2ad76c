package enrolment

import "menshen"

// Config holds the limits. Distances are those of the engine in use.
type Config struct {
	Engine menshen.EngineID // of the gallery; required

	Known     float64 // distance up to which two faces are one person; of the engine's operating point; required
	Same      float64 // distance beyond which photographs of one request are of different people; 1.2·Known if 0
	Identical float64 // distance up to which two photographs are the same one; 0.02·Known if 0

	MinEyes      float64 // pixels between the eyes; 25 if 0
	MinSharpness float64 // of menshen.Quality, 0 … 1; 0.60 if 0, which refuses faces of 85 px blurred by a Gaussian of 3 px
	MinPose      float64 // the same; 0.10 if 0
	MinLight     float64 // the same; 0.40 if 0
	Dominance    float64 // how many times the area of any other face the main one must have; 2 if 0

	MaxPhotos    int // of one request; more are refused; 10 if 0
	MaxTemplates int // of one person, made of photographs; the best are kept; 12 if 0

	Consents Consents // who may be enrolled; required

	KeepPhotographs bool // keep what is accepted, so that another engine can make templates of it
	Adaptation      Adaptation
	Parallel        int // photographs analysed at once; 2 if 0
}

func (c Config) withDefaults() Config {
	set := func(v *float64, d float64) {
		if *v == 0 {
			*v = d
		}
	}
	set(&c.Same, 1.2*c.Known)
	set(&c.Identical, 0.02*c.Known)
	set(&c.MinEyes, 25)
	set(&c.MinSharpness, 0.60)
	set(&c.MinPose, 0.10)
	set(&c.MinLight, 0.40)
	set(&c.Dominance, 2)
	if c.MaxPhotos == 0 {
		c.MaxPhotos = 10
	}
	if c.MaxTemplates == 0 {
		c.MaxTemplates = 12
	}
	c.Adaptation = c.Adaptation.withDefaults()
	if c.Parallel == 0 {
		c.Parallel = 2
	}
	return c
}

func (c Config) validate() error {
	share := func(v float64) bool { return v > 0 && v <= 1 }
	if c.Engine.Dim <= 0 || c.Engine.Name == "" {
		return menshen.Errorf(menshen.CodeInvalid, "enrolment.config", "the engine of the gallery is not named")
	}
	if c.Consents == nil {
		return menshen.Errorf(menshen.CodeInvalid, "enrolment.config", "nobody says who may be enrolled")
	}
	ok := c.Known > 0 && c.Same >= c.Known && c.Identical > 0 && c.Identical < c.Known &&
		c.MinEyes > 0 && share(c.MinSharpness) && share(c.MinPose) && share(c.MinLight) &&
		c.Dominance >= 1 && c.MaxPhotos > 0 && c.MaxTemplates > 0 && c.Parallel > 0 && c.Adaptation.valid()
	if !ok {
		return menshen.Errorf(menshen.CodeInvalid, "enrolment.config", "the limits of enrolment do not fit together: %+v", c).
			WithHint("known must be positive and at most same; qualities are 0 … 1; dominance is 1 or more")
	}
	return nil
}
