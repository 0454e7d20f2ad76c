package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/schollz/progressbar/v3"

	"menshen"
	"menshen/evaluation"
	"menshen/recognizer"
	"menshen/recognizer/mask"
	"menshen/recognizer/opencv"
)

// acquisition says of how many photographs templates could be made.
type acquisition struct {
	Images   int                 `json:"images"`
	Failed   int                 `json:"failed"` // failures to acquire
	Failure  evaluation.Interval `json:"failed_interval"`
	Failures []failedImage       `json:"failed_images"`
	Millis   float64             `json:"ms_per_face"` // detection, alignment and embedding of one photograph at a time, mean
}

// failedImage is a photograph of which no template could be made.
type failedImage struct {
	Image string `json:"image"`
	Why   string `json:"why"`
}

// acquired is what was made of a photograph; nil of one that failed.
type acquired struct {
	bare    seenFace
	worn    seenFace             // with a mask drawn on that enrolment has not seen; of probes that wear one
	masked  []menshen.Descriptor // with the masks for enrolment drawn on
	wearing bool
}

// seenFace is a face as a gate sees it.
type seenFace struct {
	descriptor menshen.Descriptor // nil where there is none
	covered    bool               // as it looks, whatever it is
}

// acquirer makes descriptors of photographs.
type acquirer struct {
	app    *app
	engine recognizer.Engine
	folder string
	masks  maskOptions
	mu     sync.Mutex
	done   map[string]*acquired
	failed []failedImage
	took   []time.Duration // of photographs that were looked at one at a time
}

// timedImages are looked at one after another, to time them; the first is not counted.
const timedImages = 21

// acquire looks at all photographs with several goroutines, some of them first one at a time.
func (a *app) acquire(ctx context.Context, engine recognizer.Engine, folder string, images []string, masks maskOptions, workers int) (map[string]*acquired, acquisition, error) {
	q := &acquirer{app: a, engine: engine, folder: folder, masks: masks, done: map[string]*acquired{}, failed: []failedImage{}}
	progress := progressbar.NewOptions(len(images), progressbar.OptionSetWriter(a.err), progressbar.OptionShowCount(), progressbar.OptionClearOnFinish(),
		progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetVisibility(isTerminal(a.err)))
	defer func() { _ = progress.Close() }() // a bar
	first := min(timedImages, len(images))
	for i, image := range images[:first] {
		took, err := q.one(ctx, image)
		if err != nil {
			return nil, acquisition{}, err
		}
		if i > 0 && took > 0 {
			q.took = append(q.took, took)
		}
		_ = progress.Add(1)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	next := make(chan string)
	failures := make([]error, workers)
	var running sync.WaitGroup
	for w := range workers {
		running.Go(func() {
			for image := range next {
				if _, err := q.one(ctx, image); err != nil {
					failures[w] = err
					cancel()
					return
				}
				_ = progress.Add(1)
			}
		})
	}
feed:
	for _, image := range images[first:] {
		select {
		case next <- image:
		case <-ctx.Done():
			break feed
		}
	}
	close(next)
	running.Wait()
	if err := errors.Join(failures...); err != nil {
		return nil, acquisition{}, err
	}
	if err := ctx.Err(); err != nil {
		return nil, acquisition{}, err
	}
	slices.SortFunc(q.failed, func(a, b failedImage) int { return strings.Compare(a.Image, b.Image) })
	f := acquisition{
		Images: len(images), Failed: len(q.failed), Failure: evaluation.Wilson(len(q.failed), len(images)), Failures: q.failed,
		Millis: meanMillis(q.took),
	}
	return q.done, f, nil
}

// meanMillis is the arithmetic mean in milliseconds, 0 for none.
func meanMillis(took []time.Duration) float64 {
	sum := time.Duration(0)
	for _, d := range took {
		sum += d
	}
	return float64(sum) / float64(time.Millisecond) / float64(max(len(took), 1))
}

func evaluationWorkers() int { return min(runtime.GOMAXPROCS(0), 8) }

// one looks at a photograph. What lies in the photograph is a failure to acquire, what lies in the engine an error.
func (q *acquirer) one(ctx context.Context, image string) (took time.Duration, err error) {
	got, took, err := q.look(ctx, image)
	q.mu.Lock()
	defer q.mu.Unlock()
	switch menshen.ErrorCode(err) {
	case "":
		q.done[image] = got
		return took, nil
	case menshen.CodeInvalid, menshen.CodeNotFound:
		message, _ := menshen.ErrorMessage(err)
		q.failed = append(q.failed, failedImage{Image: image, Why: message})
		return 0, nil
	}
	return 0, err
}

func (q *acquirer) look(ctx context.Context, image string) (*acquired, time.Duration, error) {
	const op = "cmd.evaluate"
	data, err := os.ReadFile(filepath.Join(q.folder, filepath.FromSlash(image)))
	if err != nil {
		return nil, 0, menshen.Errorf(menshen.CodeNotFound, op, "the photograph cannot be read").WithHint("check the path and its permissions").WithCause(err)
	}
	p, err := opencv.Decode(data)
	if err != nil {
		return nil, 0, err
	}
	begin := time.Now()
	bare, d, err := q.shoot(ctx, p)
	if err != nil {
		return nil, 0, err
	}
	got, took := &acquired{bare: bare}, time.Since(begin)
	if q.masks.share > 0 {
		if err := q.mask(ctx, image, p, d, got); err != nil {
			return nil, 0, err
		}
	}
	return got, took, nil
}

// shoot makes a descriptor of the main face of a picture.
func (q *acquirer) shoot(ctx context.Context, p recognizer.Picture) (seenFace, menshen.Detection, error) {
	found, err := q.engine.Detect(ctx, p)
	if err != nil {
		return seenFace{}, menshen.Detection{}, err
	}
	main, ok := evaluation.MainFace(p.Width, p.Height, found)
	if !ok {
		return seenFace{}, main, menshen.Errorf(menshen.CodeNotFound, "cmd.evaluate", "no face was found").
			WithHint("use a picture with a sharp face, looking at the camera, 80 pixels wide or more")
	}
	descriptor, err := q.embed(ctx, p, main)
	return seenFace{descriptor: descriptor, covered: mask.Covered(p, main.Landmarks) >= 0.5}, main, err
}

func (q *acquirer) embed(ctx context.Context, p recognizer.Picture, d menshen.Detection) (menshen.Descriptor, error) {
	chip, err := q.engine.Align(p, d)
	if err != nil {
		return nil, err
	}
	return q.engine.Embed(ctx, chip)
}
