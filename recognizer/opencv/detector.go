// Package opencv is the default engine: YuNet finds faces and their five points, SFace (or MobileFaceNet in
// evaluations) makes descriptors, both through OpenCV's DNN module by gocv. It also has what the camera process needs
// of OpenCV beside capture: the detector and the quality assessor.
//
// gocv does not catch C++ exceptions: a wrong size or type ends the process. So everything is checked here before a
// call crosses over, and this package runs in camera and recognizer processes only, never in the hub.
package opencv

import (
	"cmp"
	"errors"
	"image"
	"image/color"
	"math"
	"slices"
	"sync"

	"gocv.io/x/gocv"

	"menshen"
	"menshen/recognizer"
)

// DetectorConfig tunes YuNet.
type DetectorConfig struct {
	MinScore float64 // faces below are left out, 0 … 1; 0.6 if 0
	MaxIoU   float64 // boxes that overlap more are one face, 0 … 1; 0.3 if 0
}

// Detector is YuNet (Wu, Peng, Yu: "YuNet: A Tiny Millisecond-level Face Detector", 2023). Safe for concurrent use;
// calls take turns.
type Detector struct {
	cfg DetectorConfig

	mu     sync.Mutex
	net    gocv.Net
	padded gocv.Mat
	blob   gocv.Mat
	closed bool
}

// strides of YuNet's three outputs. Sides of its input must be multiples of the last.
var strides = [...]int{8, 16, 32}

var outputNames = []string{
	"cls_8", "cls_16", "cls_32", "obj_8", "obj_16", "obj_32",
	"bbox_8", "bbox_16", "bbox_32", "kps_8", "kps_16", "kps_32",
}

// outputWidths is how many numbers each of the outputs has for a cell, in the order of outputNames.
var outputWidths = [...]int{1, 1, 4, 10}

// maxDetectSide bounds what the network is asked to look at; 4K fits.
const maxDetectSide = 4096

// NewDetector loads YuNet from an ONNX file that was verified before: OpenCV ends the process on a broken one.
func NewDetector(path string, cfg DetectorConfig) (*Detector, error) {
	if cfg.MinScore == 0 {
		cfg.MinScore = 0.6
	}
	if cfg.MaxIoU == 0 {
		cfg.MaxIoU = 0.3
	}
	net, err := readJoined(path, outputNames)
	if err != nil {
		return nil, err
	}
	return &Detector{cfg: cfg, net: net, padded: gocv.NewMat(), blob: gocv.NewMat()}, nil
}

// Detect finds faces in an 8-bit BGR picture of any size up to 4096 pixels a side, largest first, coordinates in its
// pixels. Boxes may reach over the borders.
func (d *Detector) Detect(frame gocv.Mat) ([]menshen.Detection, error) {
	const op = "opencv.detect"
	if frame.Empty() || frame.Type() != gocv.MatTypeCV8UC3 || frame.Cols() > maxDetectSide || frame.Rows() > maxDetectSide {
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "the picture is empty, not in colour, or larger than %d pixels a side", maxDetectSide)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil, closedError(op)
	}
	in := frame
	w, h := roundUp(frame.Cols()), roundUp(frame.Rows())
	if w != frame.Cols() || h != frame.Rows() {
		gocv.CopyMakeBorder(frame, &d.padded, 0, h-frame.Rows(), 0, w-frame.Cols(), gocv.BorderConstant, color.RGBA{})
		in = d.padded
	}
	gocv.BlobFromImages([]gocv.Mat{in}, &d.blob, 1, image.Pt(w, h), gocv.NewScalar(0, 0, 0, 0), false, false, gocv.MatTypeCV32F)
	d.net.SetInput(d.blob, "")
	out := d.net.Forward(joinedOutput)
	defer out.Close()
	found, err := d.decode(out, w, h)
	if err != nil {
		return nil, err
	}
	return suppress(found, d.cfg.MaxIoU), nil
}

// DetectIn is Detect for a decoded picture.
func (d *Detector) DetectIn(p recognizer.Picture) ([]menshen.Detection, error) {
	m, err := mat(p)
	if err != nil {
		return nil, err
	}
	defer m.Close()
	return d.Detect(m)
}

// decode reads the twelve outputs, joined, as their authors' repository describes it: row i of stride s is the cell
// (i mod W/s, i div W/s), the score is the geometric mean of class and object, sizes are exponentials.
func (d *Detector) decode(out gocv.Mat, w, h int) ([]menshen.Detection, error) {
	all, err := out.DataPtrFloat32()
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeInternal, "opencv.detect", "the detector's output cannot be read").WithCause(err)
	}
	var data [len(outputWidths) * len(strides)][]float32
	for k, width := range outputWidths {
		for i, s := range strides {
			n := width * (w / s) * (h / s)
			if len(all) < n {
				return nil, menshen.Errorf(menshen.CodeInternal, "opencv.detect", "the detector's output is shorter than its input asks for")
			}
			data[k*len(strides)+i], all = all[:n], all[n:]
		}
	}
	if len(all) > 0 {
		return nil, menshen.Errorf(menshen.CodeInternal, "opencv.detect", "the detector's output is longer than its input asks for")
	}
	var found []menshen.Detection
	for k, s := range strides {
		cls, obj, box, kps := data[k], data[3+k], data[6+k], data[9+k]
		cols := w / s
		n := cols * (h / s)
		for i := range n {
			score := math.Sqrt(clamp01(cls[i]) * clamp01(obj[i]))
			if !(score >= d.cfg.MinScore) {
				continue
			}
			c, r, st := float64(i%cols), float64(i/cols), float64(s)
			bw, bh := math.Exp(float64(box[4*i+2]))*st, math.Exp(float64(box[4*i+3]))*st
			f := menshen.Detection{Score: score, Box: menshen.Box{
				X: (c+float64(box[4*i]))*st - bw/2, Y: (r+float64(box[4*i+1]))*st - bh/2, W: bw, H: bh,
			}}
			for j := range f.Landmarks {
				f.Landmarks[j] = menshen.Point{X: (c + float64(kps[10*i+2*j])) * st, Y: (r + float64(kps[10*i+2*j+1])) * st}
			}
			if plausible(f, float64(w), float64(h)) {
				found = append(found, f)
			}
		}
	}
	return found, nil
}

// plausible reports whether a face can lie in a picture of w×h pixels. YuNet invents faces in pictures of unusual form, a
// strip of a few pixels' height for one: infinitely large, or a million pixels away.
func plausible(f menshen.Detection, w, h float64) bool {
	most := 2 * max(w, h)
	c := f.Box.Center()
	if !(f.Box.W > 0 && f.Box.W <= most && f.Box.H > 0 && f.Box.H <= most && c.X >= 0 && c.X <= w && c.Y >= 0 && c.Y <= h) {
		return false // NaN too
	}
	for _, p := range f.Landmarks {
		if !(math.Abs(p.X) <= most && math.Abs(p.Y) <= most) {
			return false
		}
	}
	return true
}

// suppress is greedy non-maximum suppression by score; the result is sorted by area, largest first.
func suppress(found []menshen.Detection, maxIoU float64) []menshen.Detection {
	slices.SortStableFunc(found, func(a, b menshen.Detection) int { return cmp.Compare(b.Score, a.Score) })
	var kept []menshen.Detection
	for _, f := range found {
		if !overlaps(kept, f, maxIoU) {
			kept = append(kept, f)
		}
	}
	sortBySize(kept)
	return kept
}

func overlaps(kept []menshen.Detection, f menshen.Detection, maxIoU float64) bool {
	return slices.ContainsFunc(kept, func(k menshen.Detection) bool { return k.Box.IoU(f.Box) > maxIoU })
}

func sortBySize(found []menshen.Detection) {
	slices.SortStableFunc(found, func(a, b menshen.Detection) int { return cmp.Compare(b.Box.W*b.Box.H, a.Box.W*a.Box.H) })
}

// Close frees the network. It waits for a call under way.
func (d *Detector) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return nil
	}
	d.closed = true
	return errors.Join(d.padded.Close(), d.blob.Close(), d.net.Close())
}

// minInput is the shortest side that the network is given. With a single row of cells at a stride OpenCV 4.6 reads what
// the last picture left in memory, and finds faces there.
const minInput = 64

// roundUp gives the side that a side of n pixels is padded to.
func roundUp(n int) int { return max((n+31)/32*32, minInput) }

func clamp01(v float32) float64 { return math.Min(math.Max(float64(v), 0), 1) }

func closedError(op string) error {
	return menshen.Errorf(menshen.CodeUnavailable, op, "the engine is closed")
}
