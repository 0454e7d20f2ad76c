package mask

import (
	"menshen"
	"menshen/recognizer"
)

// Pictures gives a picture once for each kind of Enrolment, that mask drawn on the face of these five points. The points
// hold for all of them.
func Pictures(p recognizer.Picture, l menshen.Landmarks) []recognizer.Picture {
	var all []recognizer.Picture
	for _, k := range Enrolment() {
		all = append(all, Draw(p, l, k, 0))
	}
	return all
}
