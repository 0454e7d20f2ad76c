package menshen

import (
	"math"
	"time"
)

// Point is a place in an image in pixels, x to the right and y down, from the upper left corner.
type Point struct{ X, Y float64 }

// Box is a rectangle in an image in pixels. It may reach over the borders.
type Box struct{ X, Y, W, H float64 }

// Center gives the middle of the box.
func (b Box) Center() Point { return Point{b.X + b.W/2, b.Y + b.H/2} }

// IoU is the intersection of two boxes over their union, 0 … 1.
func (b Box) IoU(o Box) float64 {
	w := math.Min(b.X+b.W, o.X+o.W) - math.Max(b.X, o.X)
	h := math.Min(b.Y+b.H, o.Y+o.H) - math.Max(b.Y, o.Y)
	if w <= 0 || h <= 0 {
		return 0
	}
	return w * h / (b.W*b.H + o.W*o.H - w*h)
}

// Landmarks are the five points of a face in the detector's order: the eye at the image's left, the eye at the
// image's right, the tip of the nose, the corner of the mouth at the image's left, and that at its right.
type Landmarks [5]Point

// EyeDistance is the distance between the two eyes in pixels.
func (l Landmarks) EyeDistance() float64 { return math.Hypot(l[1].X-l[0].X, l[1].Y-l[0].Y) }

// Detection is one face found in an image.
type Detection struct {
	Box       Box
	Landmarks Landmarks
	Score     float64 // 0 … 1
}

// Quality says how good a picture of a face is for recognition. Each part is 0 … 1, 1 is best.
type Quality struct {
	Size      float64 // eyes 60 px apart or more is 1
	Sharpness float64 // high frequencies in the face
	Pose      float64 // facing the camera, from the five points
	Light     float64 // mean brightness and contrast
}

// Score joins the parts: their geometric mean, so that one very bad part spoils the whole.
func (q Quality) Score() float64 {
	return math.Pow(max(q.Size, 0)*max(q.Sharpness, 0)*max(q.Pose, 0)*max(q.Light, 0), 0.25)
}

// Sighting (抓拍) is the best shot so far of one tracked appearance of a face before one camera. It lives in memory and
// on core NATS only and is never stored.
type Sighting struct {
	Camera   string
	Track    string    // unique over cameras and restarts
	Sequence int       // 1, 2, … within the track
	Captured time.Time // when the frame was read
	Crop     []byte    // JPEG of the face with a margin, cut from the full frame
	Origin   Point     // where the crop's upper left corner lies in the frame
	Face     Detection // in pixels of the frame
	Quality  Quality
	Last     bool // the track ended; Crop is empty
}

// Face is what a recognizer makes of a sighting: numbers only, pixels end there.
type Face struct {
	Camera     string
	Track      string
	Sequence   int
	Captured   time.Time
	Engine     EngineID
	Descriptor Descriptor // empty where no template could be made, or where the track ended
	Quality    Quality
	Masked     bool // mouth and nose are covered
	Box        Box
	Last       bool   // the track ended
	Refusal    string // why there is no descriptor; "" where there is one
	Liveness   Liveness
}

// Liveness (活体) is what speaks for a living face before the camera, and not a picture of one. It is a signal that asks a
// guard to look, never proof (ISO/IEC 30107-3 calls the attack a presentation attack).
type Liveness struct {
	Faces  int     // faces that were checked; 0 where nothing was
	Score  float64 // mean share of "real" of their checks, 0 … 1; from 0.5 on the networks take a face for real
	Change float64 // largest distance between two descriptors of the track; a printed face hardly changes
}

// Scaled gives the detection in a picture k times as large whose upper left corner lies at o of the new one.
func (d Detection) Scaled(k float64, o Point) Detection {
	d.Box = Box{X: d.Box.X*k + o.X, Y: d.Box.Y*k + o.Y, W: d.Box.W * k, H: d.Box.H * k}
	for i, p := range d.Landmarks {
		d.Landmarks[i] = Point{X: p.X*k + o.X, Y: p.Y*k + o.Y}
	}
	return d
}
