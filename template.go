package menshen

import (
	"fmt"
	"math"
	"time"
)

// Metric says how two descriptors are compared.
type Metric string

// MetricEuclidean is the Euclidean distance (not squared).
const MetricEuclidean Metric = "euclidean"

// EngineID says what made a descriptor. Descriptors of different engines are never compared: EngineID is comparable
// with ==, and everything that holds templates holds those of one EngineID only.
type EngineID struct {
	Name      string // "opencv" or "dlib"
	ModelHash string // SHA-256 of the embedding network's file, lower-case hex
	Dim       int    // length of a descriptor
	Metric    Metric
}

// String gives a short form for logs and pages, e.g. "opencv/793362600dda/128".
func (e EngineID) String() string {
	return fmt.Sprintf("%s/%.12s/%d", e.Name, e.ModelHash, e.Dim)
}

// Descriptor is a point in an engine's space: Dim numbers of float32.
type Descriptor []float32

// Validate checks that d belongs to the engine's space: the right length, every number finite, not all zero.
func (d Descriptor) Validate(e EngineID) error {
	if len(d) != e.Dim {
		return Errorf(CodeInvalid, "menshen.descriptor", "a descriptor of %d numbers does not fit the engine %s", len(d), e)
	}
	sum := 0.0
	for _, v := range d {
		sum += float64(v) * float64(v)
	}
	if math.IsNaN(sum) || math.IsInf(sum, 0) || sum == 0 {
		return Errorf(CodeInvalid, "menshen.descriptor", "a descriptor of the engine %s is zero or not finite", e)
	}
	return nil
}

// Distance is the Euclidean distance of two descriptors of the same length.
func (d Descriptor) Distance(o Descriptor) float64 {
	sum := 0.0
	for i, v := range d {
		x := float64(v) - float64(o[i])
		sum += x * x
	}
	return math.Sqrt(sum)
}

// MeanDescriptor joins descriptors of one person to one: their mean, as long as they are on average, so that distances mean
// what they did. Masked templates are made so, of bare and masked faces of all photographs. One mean is nearer to the same person under an unknown mask than the
// nearest of the single ones is (docs/evaluation.md has the figures): what is particular to a mask averages out. nil where
// there is none, or they cancel each other out; descriptors of another length than the first are passed over.
func MeanDescriptor(all []Descriptor) Descriptor {
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
	mean := make(Descriptor, len(sum))
	for i, v := range sum {
		mean[i] = float32(v / total * length / n)
	}
	return mean
}

// Template (人脸模板) is one enrolled descriptor of one person.
type Template struct {
	ID         string
	Person     string
	Engine     EngineID
	Descriptor Descriptor
	Quality    float64 // 0 … 1, see Quality.Score
	Masked     bool
	Adapted    bool // learnt at a gate from a sure pass, not made of a photograph
	Created    time.Time
}

// Validate checks a template on its own.
func (t Template) Validate() error {
	if t.ID == "" || t.Person == "" {
		return Errorf(CodeInvalid, "menshen.template", "a template has no id or no person")
	}
	return t.Descriptor.Validate(t.Engine)
}
