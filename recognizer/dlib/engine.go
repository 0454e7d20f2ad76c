// Package dlib is the engine on dlib's ResNet v1 through go-face: a HOG detector, a five-point shape predictor and a
// network of 29 convolutions, 128 numbers compared by Euclidean distance, not normalised. It owns what it takes to use
// go-face safely, and nothing else of recognition. It contains native code and runs in recognizer processes only.
//
// What go-face is like, and what is done about it here:
//
//   - It takes JPEG files and nothing else, of three components only, and allocates from their header. It gets none but
//     those encoded here, from pictures that are decoded and bounded already.
//   - It takes no rectangles and no aligned faces: it finds the face again. So Align cuts out the face with a margin,
//     upright and always of one size, in the middle of the chip, and Embed takes the face found there, if there is one.
//     A face somewhere else in the chip is a neighbour's and never taken. A miss is "no template" (CodeNotFound), never
//     "unknown person". Its detector sees faces of about 80 pixels or more: that is why faces are enlarged.
//   - A recognizer works at one face at a time. Config.Recognizers of them work side by side; each loads its own
//     networks: about 35 MB with its working memory.
//   - Its Classify functions compare squared distances with the threshold that is given, and one of them has none. They
//     are not used: the gallery searches.
//   - Its Close is not synchronised. Close here waits for the calls under way.
//   - Errors of C++ come back as errors of Go, those of a damaged file of networks included. Running out of memory does
//     not, nor does a fault in native code: they end the process.
//   - Its compiler flags say -march=native: build with scripts/toolchain/menshen-cxx as the C++ compiler, or the program
//     may stop on another processor.
//   - OpenBLAS starts threads of its own for every call. Set OPENBLAS_NUM_THREADS=1 in the environment of the process:
//     several recognizers use the processors better.
package dlib

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"

	face "github.com/Kagami/go-face"

	"menshen"
	"menshen/recognizer"
)

// Name of this engine in an EngineID and in the configuration.
const Name = "dlib"

// Dim is the length of a descriptor.
const Dim = 128

// The names that go-face gives its files. It opens all three, though the last is used by calls only that are not made
// here.
const (
	FileNetwork   = "dlib_face_recognition_resnet_model_v1.dat"
	FileLandmarks = "shape_predictor_5_face_landmarks.dat"
	FileDetector  = "mmod_human_face_detector.dat"
)

// Config says where the networks are.
type Config struct {
	Folder      string // holds the three files under the names above, verified before
	ModelHash   string // SHA-256 of FileNetwork, lower-case hex; becomes part of the EngineID
	Recognizers int    // how many faces are worked at side by side; 1 if 0
}

// Engine is a pool of go-face's recognizers. It implements recognizer.Engine.
type Engine struct {
	id    menshen.EngineID
	idle  chan *face.Recognizer // Close takes all of them
	count int

	closing sync.Once
	closed  chan struct{}
}

var _ recognizer.Engine = (*Engine)(nil)

// New loads the networks, once for each recognizer. CodeMissing names the files that are not there, CodeCorrupt those
// that are not what they should be.
func New(cfg Config) (*Engine, error) {
	if err := checkFolder(cfg.Folder); err != nil {
		return nil, err
	}
	if err := recognizer.CheckFile(filepath.Join(cfg.Folder, FileNetwork), cfg.ModelHash); err != nil {
		return nil, err
	}
	n := max(cfg.Recognizers, 1)
	e := &Engine{
		id:   menshen.EngineID{Name: Name, ModelHash: cfg.ModelHash, Dim: Dim, Metric: menshen.MetricEuclidean},
		idle: make(chan *face.Recognizer, n), closed: make(chan struct{}),
	}
	for range n {
		rec, err := face.NewRecognizer(cfg.Folder)
		if err != nil {
			return nil, errors.Join(menshen.Errorf(menshen.CodeCorrupt, "dlib.load", "the networks in %q cannot be loaded: one of %s is damaged", cfg.Folder, fileList()).
				WithHint("run: menshen models verify").WithCause(err), e.Close())
		}
		e.count++
		e.idle <- rec
	}
	return e, nil
}

func checkFolder(folder string) error {
	var missing []string
	for _, name := range files() {
		if _, err := os.Stat(filepath.Join(folder, name)); err != nil {
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return menshen.Errorf(menshen.CodeMissing, "dlib.load", "the folder %q lacks %s", folder, strings.Join(missing, ", ")).
			WithHint("run: menshen models fetch")
	}
	return nil
}

func files() []string { return []string{FileNetwork, FileLandmarks, FileDetector} }

func fileList() string { return strings.Join(files(), ", ") }

// ID implements recognizer.Engine.
func (e *Engine) ID() menshen.EngineID { return e.id }

// Close implements recognizer.Engine.
func (e *Engine) Close() error {
	e.closing.Do(func() {
		close(e.closed)
		for range e.count {
			(<-e.idle).Close()
		}
	})
	return nil
}

// recognize lends out a recognizer for one picture.
func (e *Engine) recognize(ctx context.Context, op string, p recognizer.Picture) ([]face.Face, error) {
	if err := e.open(op); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	data, err := encode(op, p)
	if err != nil {
		return nil, err
	}
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-e.closed:
		return nil, closedError(op)
	case rec := <-e.idle:
		defer func() { e.idle <- rec }()
		found, err := rec.Recognize(data)
		if err != nil {
			return nil, menshen.Errorf(menshen.CodeInternal, op, "dlib cannot work at the picture").
				WithHint("run: menshen models verify").WithCause(err)
		}
		return found, nil
	}
}

func (e *Engine) open(op string) error {
	select {
	case <-e.closed:
		return closedError(op)
	default:
		return nil
	}
}

func closedError(op string) error {
	return menshen.Errorf(menshen.CodeUnavailable, op, "the engine is closed")
}
