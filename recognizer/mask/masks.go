package mask

import (
	"menshen"
	"menshen/recognizer"
)

// Masks implements recognizer.Masks.
type Masks struct{}

var _ recognizer.Masks = Masks{}

// Covered implements recognizer.Masks.
func (Masks) Covered(p recognizer.Picture, l menshen.Landmarks) bool { return Covered(p, l) >= covered }

// Drawn implements recognizer.Masks.
func (Masks) Drawn(p recognizer.Picture, l menshen.Landmarks) []recognizer.Picture {
	return Pictures(p, l)
}

// covered is the score from which a face counts as covered.
const covered = 0.5
