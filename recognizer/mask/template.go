package mask

import (
	"math"

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

// Template joins descriptors of one person, bare and masked, of all photographs, to one: their mean, as long as they are on
// average, so that distances mean what they did. One mean is nearer to the same person under an unknown mask than the
// nearest of the single ones is (docs/evaluation.md has the figures): what is particular to a mask averages out. nil where
// there is none, or they cancel each other out; descriptors of another length than the first are passed over.
func Template(all []menshen.Descriptor) menshen.Descriptor {
	var sum []float64
	length, n := 0.0, 0.0
	for _, d := range all {
		if len(d) == 0 || sum != nil && len(d) != len(sum) {
			continue
		}
		if sum == nil {
			sum = make([]float64, len(d))
		}
		own := 0.0
		for i, v := range d {
			sum[i] += float64(v)
			own += float64(v) * float64(v)
		}
		length += math.Sqrt(own)
		n++
	}
	total := 0.0
	for _, v := range sum {
		total += v * v
	}
	total = math.Sqrt(total)
	if !(total > 1e-6*length) {
		return nil
	}
	mean := make(menshen.Descriptor, len(sum))
	for i, v := range sum {
		mean[i] = float32(v / total * length / n)
	}
	return mean
}
