package menshen

import (
	"math"
	"time"
)

// CalibrationBasis says what the thresholds of a calibration rest on.
type CalibrationBasis string

const (
	CalibrationPublished CalibrationBasis = "published" // too few people are enrolled: the network's own thresholds
	CalibrationTightened CalibrationBasis = "tightened" // few people: the site's own thresholds where they are the stricter ones
	CalibrationSite      CalibrationBasis = "site"      // the site's own thresholds
	CalibrationBounded   CalibrationBasis = "bounded"   // the site's own would be looser than allowed: the loosest allowed
)

// Calibration is what distances mean at one site for one engine, found from the people enrolled there.
type Calibration struct {
	Engine    EngineID
	At        time.Time
	People    int     // with templates of the engine
	Templates int     // of all of them
	FPIR      float64 // aimed at: the share of strangers whose face is taken for somebody's, by a single picture; 0 … 1
	Known     float64 // up to this distance a face may count as a person's
	Unsure    float64 // up to this distance a guard is asked; at least Known
	MinMargin float64 // how much farther the runner-up must be
	Basis     CalibrationBasis
	Figures   CalibrationFigures
}

// CalibrationFigures is what the people enrolled show. Shares are 0 … 1 and of people, each of whom weighs the same however
// many templates they have; a figure that could not be found is 0.
type CalibrationFigures struct {
	Probed         int     `json:"probed"`          // people whose templates were compared with all others'
	Kin            int     `json:"kin"`             // of them, so near somebody that they are kin or enrolled twice: not counted as strangers
	Nearest1       float64 `json:"nearest_p1"`      // distance to the nearest stranger: 1 % are nearer
	Nearest50      float64 `json:"nearest_p50"`     // … half of them are nearer
	Taken          float64 `json:"taken"`           // strangers within Known: expected FPIR
	TakenLow       float64 `json:"taken_low"`       // 95 % confidence interval of it
	TakenHigh      float64 `json:"taken_high"`      //
	Asked          float64 `json:"asked"`           // strangers beyond Known and within Unsure
	TakenByNetwork float64 `json:"taken_published"` // strangers within the network's own Known
	FMR            float64 `json:"fmr"`             // one stranger and one enrolled person within Known
	Several        int     `json:"several"`         // people probed with several templates, on whom the next two rest
	Missed         float64 `json:"missed"`          // of their pictures, those beyond Known of all others of the person
	Refused        float64 `json:"refused"`         // … beyond Unsure
}

// Validate checks a calibration on its own.
func (c Calibration) Validate() error {
	const op = "menshen.calibration"
	share := func(v float64) bool { return v >= 0 && v <= 1 }
	switch {
	case c.Engine.Name == "" || c.Engine.Dim <= 0:
		return Errorf(CodeInvalid, op, "a calibration names no engine")
	case !(c.Known > 0) || !(c.Unsure >= c.Known) || !(c.MinMargin >= 0) || math.IsInf(c.Unsure, 0) || math.IsInf(c.MinMargin, 0):
		return Errorf(CodeInvalid, op, "the thresholds known %v, unsure %v and margin %v of a calibration make no sense", c.Known, c.Unsure, c.MinMargin)
	case !share(c.FPIR) || c.People < 0 || c.Templates < 0:
		return Errorf(CodeInvalid, op, "a calibration aims at %v for %d people", c.FPIR, c.People)
	}
	switch c.Basis {
	case CalibrationPublished, CalibrationTightened, CalibrationSite, CalibrationBounded:
		return nil
	}
	return Errorf(CodeInvalid, op, "a calibration has the unknown basis %q", c.Basis)
}

// Outgrown says that the gallery has grown or shrunk by a fifth or by 50 people since, whichever is less: then the
// thresholds are to be found anew. Fewer than 5 people do not matter.
func (c Calibration) Outgrown(people int) bool {
	change := people - c.People
	if change < 0 {
		change = -change
	}
	return change >= 50 || change >= 5 && 5*change >= c.People
}
