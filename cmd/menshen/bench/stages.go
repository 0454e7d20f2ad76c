package bench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"menshen"
	"menshen/recognizer/opencv"
)

// StagesOptions are the flags of menshen bench stages.
type StagesOptions struct {
	ClipOptions

	Times int // measurements of each stage, 1 to 100000
}

// stageFigures is what was measured of one stage.
type stageFigures struct {
	Stage string `json:"stage"`
	Per   string `json:"per"`
	spread
	CPU float64 `json:"cpu_ms"` // processor time on all threads, mean
}

// stageReport is what menshen bench stages prints.
type stageReport struct {
	Machine machine        `json:"machine"`
	Engine  string         `json:"engine"`
	Clip    string         `json:"clip"`
	Stages  []stageFigures `json:"stages"`
}

// Stages measures each stage alone, on one thread. Where the native libraries of this process may use more, another
// process of this program measures.
func Stages(ctx context.Context, p Program, o StagesOptions) (Report, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	if o.Times < 1 || o.Times > 100_000 {
		return nil, menshen.Errorf(menshen.CodeInvalid, "cmd.bench", "--times: %d is out of range", o.Times).WithHint("use 1 to 100000")
	}
	var r stageReport
	if !p.oneThread() {
		err := p.again(ctx, &r, "stages", "--clip", o.Clip, "--engine", o.Engine, "--times", fmt.Sprint(o.Times))
		return r, err
	}
	_, engine, err := p.engine(ctx, o.ClipOptions)
	if err != nil {
		return nil, err
	}
	detector, err := engine.Detector()
	if err != nil {
		return nil, err
	}
	r = stageReport{Machine: describeMachine(time.Now(), p.Version), Engine: engine.ID.String(), Clip: o.Clip}
	r.Stages, err = measureStages(ctx, o, engine, detector)
	return r, err
}

// measureStages measures all stages in the order in which a frame goes through them.
func measureStages(ctx context.Context, o StagesOptions, choice Engine, detectorFile string) (all []stageFigures, err error) {
	w := &stopwatch{ctx: ctx, times: o.Times}
	clip := &footage{}
	defer func() { err = errors.Join(err, clip.close()) }()
	if err := clip.decode(w, o.Clip); err != nil {
		return nil, err
	}
	detector, err := opencv.NewDetector(detectorFile, opencv.DetectorConfig{})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, detector.Close()) }()
	if err := clip.look(w, detector); err != nil {
		return nil, err
	}
	if err := clip.cut(w); err != nil {
		return nil, err
	}
	engine, err := choice.Open()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, engine.Close()) }()
	if err := clip.recognise(w, engine); err != nil {
		return nil, err
	}
	return w.all, measureSearch(w, choice.ID)
}

// Page implements Report.
func (r stageReport) Page() Page {
	p := Page{
		Head: fmt.Sprintf("%s\nengine %s · clip %s · one thread (decoding: FFmpeg's own)", r.Machine, r.Engine, r.Clip),
		Rows: [][]string{{"stage", "per", "p50 ms", "p95 ms", "mean ms", "CPU ms", "times"}},
	}
	for _, s := range r.Stages {
		p.Rows = append(p.Rows, []string{s.Stage, s.Per, millis(s.P50), millis(s.P95), millis(s.Mean), millis(s.CPU), fmt.Sprint(s.Count)})
	}
	return p
}
