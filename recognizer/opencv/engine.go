package opencv

import (
	"context"
	"errors"
	"image"
	"image/color"
	"math"
	"sync"

	"gocv.io/x/gocv"

	"menshen"
	"menshen/recognizer"
)

// Name of this engine in an EngineID and in the configuration.
const Name = "opencv"

// Dim is the length of a descriptor, divided by its L2 norm: distances are 0 … 2, cosine = 1 − d²/2.
const Dim = 128

// chipSide is the side of an aligned face in pixels.
const chipSide = recognizer.AlignedSide

// Config names the verified files of an engine.
type Config struct {
	Detector     string // YuNet, ONNX
	Embedder     string // SFace or a network of the same interface, ONNX
	EmbedderHash string // SHA-256 of the embedder's file, lower-case hex; becomes part of the EngineID
	Networks     int    // copies of the embedder, each computing on its own; 1 if 0
}

// Engine is YuNet and an embedder of SFace's interface: 112×112 RGB in, 128 numbers out, normalisation inside the
// network. It implements recognizer.Engine.
type Engine struct {
	id       menshen.EngineID
	detector *Detector
	nets     chan *gocv.Net // idle ones; Close takes all of them
	count    int

	closing sync.Once
	closed  chan struct{}
}

var _ recognizer.Engine = (*Engine)(nil)

// New loads the two networks. CodeMissing or CodeCorrupt where a file is not there or the embedder's is not of the hash
// that is given. The detector's must have been verified: OpenCV ends the process on a broken one.
func New(cfg Config) (*Engine, error) {
	if err := recognizer.CheckFile(cfg.Embedder, cfg.EmbedderHash); err != nil {
		return nil, err
	}
	det, err := NewDetector(cfg.Detector, DetectorConfig{})
	if err != nil {
		return nil, err
	}
	n := max(cfg.Networks, 1)
	e := &Engine{
		id:       menshen.EngineID{Name: Name, ModelHash: cfg.EmbedderHash, Dim: Dim, Metric: menshen.MetricEuclidean},
		detector: det, nets: make(chan *gocv.Net, n), closed: make(chan struct{}),
	}
	for range n {
		net, err := readNet(cfg.Embedder)
		if err != nil {
			return nil, errors.Join(err, e.Close())
		}
		e.count++
		e.nets <- &net
	}
	return e, nil
}

// ID implements recognizer.Engine.
func (e *Engine) ID() menshen.EngineID { return e.id }

// Align implements recognizer.Engine: a similarity transform that takes the five points to their places.
func (e *Engine) Align(p recognizer.Picture, d menshen.Detection) (recognizer.Chip, error) {
	const op = "opencv.align"
	if err := e.open(op); err != nil {
		return recognizer.Chip{}, err
	}
	m, err := mat(p)
	if err != nil {
		return recognizer.Chip{}, err
	}
	defer m.Close()
	t, ok := recognizer.Align(d.Landmarks)
	c := d.Box.Center()
	if !ok || c.X < 0 || c.Y < 0 || c.X >= float64(p.Width) || c.Y >= float64(p.Height) {
		return recognizer.Chip{}, menshen.Errorf(menshen.CodeInvalid, op, "the face lies outside the picture or its points make no face")
	}
	warp := gocv.NewMatWithSize(2, 3, gocv.MatTypeCV64F)
	defer warp.Close()
	for i, v := range []float64{t.A, -t.B, t.DX, t.B, t.A, t.DY} {
		warp.SetDoubleAt(i/3, i%3, v)
	}
	chip := gocv.NewMat()
	defer chip.Close()
	gocv.WarpAffineWithParams(m, &chip, warp, image.Pt(chipSide, chipSide), gocv.InterpolationLinear, gocv.BorderConstant, color.RGBA{})
	return recognizer.Chip{
		Picture: recognizer.Picture{Width: chipSide, Height: chipSide, Pix: chip.ToBytes()},
		Engine:  e.id,
	}, nil
}

// Embed implements recognizer.Engine.
func (e *Engine) Embed(ctx context.Context, c recognizer.Chip) (menshen.Descriptor, error) {
	const op = "opencv.embed"
	if c.Engine != e.id || c.Width != chipSide || c.Height != chipSide || !c.Valid() {
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "this is no aligned face of the engine %s", e.id)
	}
	if err := e.open(op); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-e.closed:
		return nil, closedError(op)
	case net := <-e.nets:
		defer func() { e.nets <- net }()
		return embed(net, c)
	}
}

func embed(net *gocv.Net, c recognizer.Chip) (menshen.Descriptor, error) {
	const op = "opencv.embed"
	m, err := mat(c.Picture)
	if err != nil {
		return nil, err
	}
	defer m.Close()
	blob := gocv.BlobFromImage(m, 1, image.Pt(chipSide, chipSide), gocv.NewScalar(0, 0, 0, 0), true, false)
	defer blob.Close()
	net.SetInput(blob, "")
	out := net.Forward("")
	defer out.Close()
	raw, err := out.DataPtrFloat32()
	if err != nil || len(raw) != Dim {
		return nil, menshen.Errorf(menshen.CodeInternal, op, "the embedder gave %d numbers instead of %d", len(raw), Dim).
			WithHint("run: menshen models verify").WithCause(err)
	}
	norm := 0.0
	for _, v := range raw {
		norm += float64(v) * float64(v)
	}
	norm = math.Sqrt(norm)
	if !(norm > 1e-6) || math.IsInf(norm, 0) {
		return nil, menshen.Errorf(menshen.CodeNotFound, op, "the face gives no usable descriptor")
	}
	d := make(menshen.Descriptor, Dim)
	for i, v := range raw {
		d[i] = float32(float64(v) / norm)
	}
	return d, nil
}

func (e *Engine) open(op string) error {
	select {
	case <-e.closed:
		return closedError(op)
	default:
		return nil
	}
}

// Close implements recognizer.Engine.
func (e *Engine) Close() error {
	var errs []error
	e.closing.Do(func() {
		close(e.closed)
		for range e.count {
			errs = append(errs, (<-e.nets).Close())
		}
		errs = append(errs, e.detector.Close())
	})
	return errors.Join(errs...)
}

// mat gives a view of a picture for OpenCV. It shares the picture's memory and must not be written to.
func mat(p recognizer.Picture) (gocv.Mat, error) {
	if !p.Valid() {
		return gocv.Mat{}, menshen.Errorf(menshen.CodeInvalid, "opencv.picture", "the picture is empty or not as large as it says")
	}
	m, err := gocv.NewMatFromBytes(p.Height, p.Width, gocv.MatTypeCV8UC3, p.Pix)
	if err != nil {
		return gocv.Mat{}, menshen.Errorf(menshen.CodeInternal, "opencv.picture", "the picture cannot be handed to OpenCV").WithCause(err)
	}
	return m, nil
}
