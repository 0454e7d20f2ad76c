// Package camera reads one camera and tells which faces walked past it: capture by OpenCV's FFmpeg and V4L2 back ends
// (gocv), a motion gate, detection, tracking, and the choice of the shots worth sending. It owns everything up to the
// sighting; it recognises nobody, and knows neither the network the sightings go out on nor the detector's kind.
//
// Run one Camera in a process, and nothing else of importance: FFmpeg may hang in a read that nothing but the end of
// the process can end, opening holds a lock of the whole process, and OpenCV takes its options from the environment.
// The subpackages address, probe, region, stamp, motion, track, shot and queue are plain Go, and most of the reasoning is there.
package camera

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"gocv.io/x/gocv"

	"menshen"
	"menshen/camera/queue"
)

// Detector finds faces in an 8-bit BGR picture, in its pixels. It is called from one goroutine at a time.
type Detector interface {
	Detect(picture gocv.Mat) ([]menshen.Detection, error)
}

// Assessor measures the quality of a face in an 8-bit BGR frame. It is called from one goroutine at a time.
type Assessor interface {
	Assess(frame gocv.Mat, face menshen.Detection) menshen.Quality
}

// Publisher takes what the camera has to say. Its methods are called from two goroutines; either may block until ctx
// is done, and frames do not wait for them. The crop of a sighting belongs to the publisher.
type Publisher interface {
	PublishSighting(ctx context.Context, s menshen.Sighting) error
	PublishReport(ctx context.Context, r menshen.Report) error
}

// Camera is one camera that is read. Make it with New and Run it once.
type Camera struct {
	cfg      Config
	detector Detector
	assessor Assessor
	pub      Publisher
	log      *slog.Logger
	now      func() time.Time

	slot    *slot
	figures *figures
	out     *queue.Queue
	stills  Stills // of a camera whose pictures are sent; else nil
}

// New checks the configuration, and that the file or the device is there. The detector, the assessor and the publisher
// stay the caller's.
func New(detector Detector, assessor Assessor, pub Publisher, log *slog.Logger, now func() time.Time, cfg Config) (*Camera, error) {
	cfg = cfg.withDefaults()
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	c := &Camera{
		cfg: cfg, detector: detector, assessor: assessor, pub: pub, now: now,
		log: log.With("camera", cfg.Camera), figures: &figures{first: make(chan struct{})},
	}
	c.out = queue.New(pub.PublishSighting)
	return c, nil
}

const (
	stopLimit  = 500 * time.Millisecond // for a read under way when Run is to end
	flushLimit = 2 * time.Second        // for sightings that wait when Run ends
)

// Run reads the camera until ctx is done (nil), a file that is not looped ends (nil), or the camera fails: then it
// publishes a report with the reason and returns it as *menshen.Error.
//
// It returns promptly even where FFmpeg hangs: then the reading goroutine, the capture and its pictures are left
// behind on purpose, because closing a capture during a read uses memory after it was freed. The process is to end.
func (c *Camera) Run(ctx context.Context) error {
	look, err := newAnalyser(c)
	if err != nil {
		return err
	}
	c.slot = newSlot()
	c.figures.start(c.now())
	outside := ctx
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()

	var reporting, looking, sending sync.WaitGroup
	reporting.Go(func() { c.report(ctx) })
	sending.Go(func() { c.out.Run(ctx) })
	analysed := make(chan error, 1)
	looking.Go(func() { analysed <- look.run(ctx) })
	read := make(chan error, 1)
	go func() { read <- c.read(ctx) }()

	readEnded := false
	select {
	case <-ctx.Done():
	case err = <-read:
		readEnded = true
	case err = <-analysed:
	}
	cancel()
	looking.Wait() // it looks at one more frame at most, and then ends its tracks
	if !readEnded {
		select {
		case <-read:
			readEnded = true
		case <-time.After(stopLimit):
			c.log.Warn("a read hangs and is left behind")
		}
	}
	if readEnded {
		err = errors.Join(err, c.slot.close())
	}
	err = errors.Join(err, look.close())
	c.out.Close(flushLimit)
	sending.Wait()
	reporting.Wait()
	if outside.Err() != nil || err == nil {
		return nil
	}
	c.reportFailure(outside, err)
	return firstError(err)
}

// firstError gives the *menshen.Error in a chain, which is what a caller shows, or wraps what is none.
func firstError(err error) error {
	if e, ok := errors.AsType[*menshen.Error](err); ok {
		return e
	}
	return menshen.Errorf(menshen.CodeInternal, "camera.run", "the camera's process failed").WithCause(err)
}
