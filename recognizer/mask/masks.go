package mask

import (
	"menshen"
	"menshen/recognizer"
)

// Masks implements recognizer.Masks.
type Masks struct {
	Draw bool // whether masks are drawn at all; without a masked operating point the templates would be of no use
}

// For gives what a worker with a network needs.
func For(engine menshen.EngineID) Masks {
	_, err := recognizer.MaskedPointOf(engine)
	return Masks{Draw: err == nil}
}

var _ recognizer.Masks = Masks{}

// Covered implements recognizer.Masks.
func (Masks) Covered(p recognizer.Picture, l menshen.Landmarks) bool { return Covered(p, l) >= covered }

// Drawn implements recognizer.Masks.
func (m Masks) Drawn(p recognizer.Picture, l menshen.Landmarks) []recognizer.Picture {
	if !m.Draw {
		return nil
	}
	return Pictures(p, l)
}

// covered is the score from which a face counts as covered.
const covered = 0.5
