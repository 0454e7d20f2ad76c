package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"time"

	"menshen"
	"menshen/camera"
	"menshen/config"
	"menshen/recognizer/opencv"
	"menshen/supervisor"
)

// stillReport is what the process that takes a still says on its standard output.
type stillReport struct {
	Still *camera.Still `json:",omitempty"`
	Code  string        `json:",omitempty"` // of the error, else
	Words string        `json:",omitempty"`
	Hint  string        `json:",omitempty"`
}

const (
	stillLimit = 20 * time.Second // for one still, the start of its process included
	maxStill   = 8 << 20          // bytes of a report
)

// takeStill is the process that takes one picture: what is decoded there cannot harm the hub.
func (a *app) takeStill(ctx context.Context) error {
	yieldTo(cameraNice)
	var s cameraSettings
	stdin, err := supervisor.ReadSettings(a.in, &s)
	if err != nil {
		return err
	}
	ctx, cancel := supervisor.UntilParentEnds(ctx, stdin)
	defer cancel()
	if err := quietLibraries(); err != nil {
		return err
	}
	shutIn(s.plan(), slog.New(slog.DiscardHandler)) // a kernel that lacks something is named by the camera processes
	var r stillReport
	still, err := stillOf(ctx, s)
	if err == nil {
		r.Still = &still
	} else {
		r.Code = string(menshen.ErrorCode(err))
		r.Words, r.Hint = menshen.ErrorMessage(err)
	}
	return json.NewEncoder(a.out).Encode(r)
}

func stillOf(ctx context.Context, s cameraSettings) (still camera.Still, err error) {
	cfg, err := s.camera()
	if err != nil {
		return still, err
	}
	if err := cfg.Validate(); err != nil {
		return still, err
	}
	detector, err := opencv.NewDetector(s.Detector, opencv.DetectorConfig{})
	if err != nil {
		return still, err
	}
	defer func() { err = errors.Join(err, detector.Close()) }()
	cam, err := camera.New(detector, opencv.Assessor{}, nowhere{}, slog.New(slog.DiscardHandler), time.Now, cfg)
	if err != nil {
		return still, err
	}
	return cam.Still(ctx)
}

// nowhere takes no sightings: a still makes none.
type nowhere struct{}

// PublishSighting implements camera.Publisher.
func (nowhere) PublishSighting(context.Context, menshen.Sighting) error { return nil }

// PublishReport implements camera.Publisher.
func (nowhere) PublishReport(context.Context, menshen.Report) error { return nil }

// still takes a picture of a camera in a process of its own, one at a time.
func (h *hub) still(ctx context.Context, cam config.Camera) (camera.Still, error) {
	const op = "cmd.still"
	detector, err := detectorPath(h.cfg)
	if err != nil {
		return camera.Still{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, stillLimit)
	defer cancel()
	select {
	case h.stills <- struct{}{}:
		defer func() { <-h.stills }()
	case <-ctx.Done():
		return camera.Still{}, menshen.Errorf(menshen.CodeUnavailable, op, "another camera is being tried").WithHint("try again when that is done")
	}
	settings, err := json.Marshal(cameraSettingsOf(cam, detector, link{}))
	if err != nil {
		return camera.Still{}, menshen.Errorf(menshen.CodeInternal, op, "the settings of the camera cannot be written").WithCause(err)
	}
	program, err := os.Executable()
	if err != nil {
		return camera.Still{}, menshen.Errorf(menshen.CodeInternal, op, "the path of this program cannot be found").WithCause(err)
	}
	child := exec.CommandContext(ctx, program, "camera", "--still")
	child.Env, child.WaitDelay = childEnvironment(), time.Second
	in, err := child.StdinPipe() // open until the child is done: its end tells the child to end
	if err != nil {
		return camera.Still{}, menshen.Errorf(menshen.CodeInternal, op, "the process for a camera cannot be started").WithCause(err)
	}
	out := &bounded{most: maxStill}
	child.Stdout = out
	if err := child.Start(); err != nil {
		return camera.Still{}, menshen.Errorf(menshen.CodeUnavailable, op, "the process for a camera cannot be started").WithCause(err)
	}
	_, err = in.Write(append(settings, '\n'))
	err = errors.Join(err, child.Wait(), in.Close())
	var r stillReport
	if decodeErr := json.Unmarshal(out.Bytes(), &r); decodeErr != nil || r.Still == nil && r.Words == "" {
		if ctx.Err() != nil {
			return camera.Still{}, menshen.Errorf(menshen.CodeUnavailable, op, "the camera gave no picture within %v", stillLimit).
				WithHint("check its address, power and network, or try the other transport")
		}
		return camera.Still{}, menshen.Errorf(menshen.CodeUnavailable, op, "the process that reads the camera ended without a picture").
			WithHint("try another stream of the camera; the log of the hub tells more").WithCause(errors.Join(err, decodeErr))
	}
	if r.Still == nil {
		e := menshen.Errorf(menshen.Code(r.Code), op, "%s", r.Words)
		if r.Hint != "" {
			e = e.WithHint("%s", r.Hint)
		}
		return camera.Still{}, e
	}
	return *r.Still, nil
}

// bounded keeps what is written to it, up to a number of bytes, and refuses more.
type bounded struct {
	bytes.Buffer

	most int
}

// Write implements io.Writer.
func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > b.most {
		return 0, io.ErrShortWrite
	}
	return b.Buffer.Write(p)
}
