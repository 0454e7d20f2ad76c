package recognizer

import (
	"menshen"
)

// OperatingPoint says what a distance means for one engine and network.
type OperatingPoint struct {
	Known     float64 // up to this distance a face may count as that person's; > 0
	Unsure    float64 // up to this distance, and beyond Known, a guard is asked; beyond it the face is nobody's. At least Known
	MinFaces  int     // faces that must agree before somebody is known; at least 1
	MinMargin float64 // how much farther the runner-up must be; 0 asks for nothing
	Source    string  // where the figures come from, for operators
}

// Validate checks a point, wherever it comes from.
func (p OperatingPoint) Validate() error {
	const op = "recognizer.operating_point"
	switch {
	case !(p.Known > 0) || !(p.Unsure >= p.Known) || p.Unsure > maxDistance:
		return menshen.Errorf(menshen.CodeInvalid, op, "the distances known %g and unsure %g make no sense together", p.Known, p.Unsure).
			WithHint("set engine.known above 0, and engine.unsure to the same or more, at most %g", float64(maxDistance))
	case p.MinFaces < 1:
		return menshen.Errorf(menshen.CodeInvalid, op, "%d faces must agree", p.MinFaces).WithHint("set 1 or more, usually 2")
	case !(p.MinMargin >= 0):
		return menshen.Errorf(menshen.CodeInvalid, op, "the margin to the runner-up is %g", p.MinMargin).WithHint("set 0 or more")
	}
	return nil
}

// maxDistance is beyond what either engine's descriptors can be apart: 2 on the unit sphere, about as much for dlib's.
const maxDistance = 4

// Networks whose operating points are known, by the SHA-256 of their files.
const (
	hashSFace         = "0ba9fbfa01b5270c96627c4ef784da859931e02f04419c829e83484087c34e79"
	hashMobileFaceNet = "793362600dda59069b6dee06d3adb3461de37e14784442a0a5a54e4a69e1d57c"
	hashDlib          = "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30"
	hashDlibStandIn   = "dc0b4943c077ce151ff2f694adf4316e77458ea5ad4e61f9d5650e7def8fa545"
)

// OperatingPointOf gives the point of a network that somebody measured. CodeMissing for any other: a threshold that
// nobody measured would open doors to strangers. A point holds for galleries of a few hundred people; the chance to
// take a stranger for somebody grows with the gallery.
func OperatingPointOf(id menshen.EngineID) (OperatingPoint, error) {
	if id.Metric == menshen.MetricEuclidean && id.Dim == 128 {
		switch id.Name + "/" + id.ModelHash {
		case "opencv/" + hashMobileFaceNet:
			return OperatingPoint{Known: 1.00, Unsure: 1.16, MinFaces: 2,
				Source: "LFW, 1:N with 311 people: at 1.00 97.3 % right, 0.12 % of strangers taken; 1.16 is a false match rate of 0.1 % per pair"}, nil
		case "opencv/" + hashSFace:
			return OperatingPoint{Known: 1.00, Unsure: 1.128, MinFaces: 2,
				Source: "1.128 as its authors publish for pairs; 1.00 stricter as for MobileFaceNet; not measured here"}, nil
		case "dlib/" + hashDlib:
			// Its author's threshold for pairs, 0.60, is of little use at a gate: of 1,286 photographs of 134 people of one
			// region and profession (each against three others of everybody), the nearest person is within 0.45 for 97 % of
			// strangers. A distance of 0.40 with a margin of 0.06 takes 1.9 % of them, and sends most residents to a guard too.
			return OperatingPoint{Known: 0.40, Unsure: 0.60, MinFaces: 3, MinMargin: 0.06,
				Source: "0.60 as its author publishes for pairs; 0.40 with a margin of 0.06 takes 1.9 % of strangers of a hard set of 134 people"}, nil
		case "dlib/" + hashDlibStandIn:
			return OperatingPoint{Known: 0.60, Unsure: 0.62, MinFaces: 2,
				Source: "stand-in for tests: enrolled 0.30 to 0.60, stranger from 0.63 in the test clips"}, nil
		}
	}
	return OperatingPoint{}, menshen.Errorf(menshen.CodeMissing, "recognizer.operating_point", "no operating point is known for the network %s", id).
		WithHint("set engine.known and engine.unsure to distances that you measured with it")
}

// MaskedPointOf gives the point for faces whose lower half is covered, compared with masked templates (package mask).
// CodeMissing for a network with which nobody measured it: covered faces then are a guard's to decide.
func MaskedPointOf(id menshen.EngineID) (OperatingPoint, error) {
	if id.Metric == menshen.MetricEuclidean && id.Dim == 128 {
		switch id.Name + "/" + id.ModelHash {
		case "opencv/" + hashMobileFaceNet:
			return OperatingPoint{Known: 0.87, Unsure: 1.00, MinFaces: 3,
				Source: "240 photographs of 40 people under drawn masks that enrolment had not seen: 0.87 takes as many strangers as 1.00 bare, and finds about half of the enrolled people from one photograph; 1.00 is a false match rate of 0.1 %, and finds about 82 %"}, nil
		}
	}
	return OperatingPoint{}, menshen.Errorf(menshen.CodeMissing, "recognizer.masked_point", "no operating point for covered faces is known for the network %s", id).
		WithHint("let a guard look at people who wear masks, or ask them to lower the mask")
}
