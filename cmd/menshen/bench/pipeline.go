package bench

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"gocv.io/x/gocv"

	"menshen"
	"menshen/config"
)

// PipelineOptions are the flags of menshen bench pipeline.
type PipelineOptions struct {
	ClipOptions

	Cameras []int  // numbers of cameras to run with, 1 to 64 each
	Seconds int    // how long each number is measured, 12 to 3600
	Faces   string // folder with a sub-folder of photographs for each person of truth.csv
}

func (o PipelineOptions) check() error {
	const op = "cmd.bench"
	if len(o.Cameras) == 0 {
		return menshen.Errorf(menshen.CodeInvalid, op, "--cameras names no number").WithHint("use for example 1,4,8")
	}
	for _, n := range o.Cameras {
		if n < 1 || n > 64 {
			return menshen.Errorf(menshen.CodeInvalid, op, "--cameras: %d is out of range", n).WithHint("use 1 to 64 each")
		}
	}
	if o.Seconds < 12 || o.Seconds > 3600 {
		return menshen.Errorf(menshen.CodeInvalid, op, "--seconds: %d is out of range", o.Seconds).WithHint("use 12 to 3600")
	}
	return o.ClipOptions.check()
}

// play is what is shown to the cameras.
type play struct {
	clip   string
	frames int
	length time.Duration
	people []actor
}

// openPlay looks into a clip and reads who is in it.
func openPlay(clip string) (p play, err error) {
	if p.clip, err = absolute(clip); err != nil {
		return p, err
	}
	if p.people, err = readTruth(p.clip); err != nil {
		return p, err
	}
	capture, err := gocv.VideoCaptureFileWithAPI(p.clip, gocv.VideoCaptureFFmpeg)
	if err != nil {
		return p, errors.Join(undecodableClip(clip), capture.Close())
	}
	p.frames = int(capture.Get(gocv.VideoCaptureFrameCount))
	rate := capture.Get(gocv.VideoCaptureFPS)
	if err := capture.Close(); err != nil {
		return p, err
	}
	if p.frames < 1 || !(rate >= 1 && rate <= 240) {
		return p, undecodableClip(clip)
	}
	p.length = time.Duration(float64(p.frames) / rate * float64(time.Second))
	for _, a := range p.people {
		if a.last >= p.frames {
			return p, menshen.Errorf(menshen.CodeInvalid, "cmd.bench", "truth.csv names the frame %d of a clip of %d frames", a.last, p.frames).
				WithHint("count frames from 0")
		}
	}
	return p, nil
}

// pipelineReport is what menshen bench pipeline prints.
type pipelineReport struct {
	Machine     machine       `json:"machine"`
	Engine      string        `json:"engine"`
	Clip        string        `json:"clip"`
	Seconds     int           `json:"seconds"`
	Recognizers int           `json:"recognizers"`
	Networks    int           `json:"networks_each"`
	Runs        []pipelineRun `json:"runs"`
}

// Pipeline runs menshen serve with cameras that play a clip, and times the way from capture to decision.
func Pipeline(ctx context.Context, p Program, o PipelineOptions) (Report, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	show, err := openPlay(o.Clip)
	if err != nil {
		return nil, err
	}
	for _, who := range show.people {
		if who.enrolled {
			if _, err := who.photographs(o.Faces, p.Photograph); err != nil {
				return nil, err
			}
		}
	}
	cfg, engine, err := p.engine(ctx, o.ClipOptions)
	if err != nil {
		return nil, err
	}
	r := pipelineReport{
		Machine: describeMachine(time.Now(), p.Version), Engine: engine.ID.String(), Clip: o.Clip, Seconds: o.Seconds,
		Recognizers: cfg.Engine.Recognizers, Networks: cfg.Engine.Networks,
	}
	for _, n := range o.Cameras {
		fmt.Fprintf(p.Progress, "%d camera(s): starting, then %d s of measuring\n", n, o.Seconds)
		run, err := p.runPipeline(ctx, cfg, o, show, n)
		if err != nil {
			return nil, err
		}
		r.Runs = append(r.Runs, run)
	}
	return r, nil
}

const (
	settle = 3 * time.Second // after enrolment, until the measurement begins
	drain  = 4 * time.Second // after it, until the last passes have come
)

// runPipeline measures with one number of cameras.
func (p Program) runPipeline(ctx context.Context, cfg config.Config, o PipelineOptions, what play, cameras int) (run pipelineRun, err error) {
	delays := make([]time.Duration, cameras)
	for i := range delays {
		delays[i] = what.length * time.Duration(i) / time.Duration(cameras)
	}
	show, err := openTheatre(ctx, what.clip, what.frames, delays)
	if err != nil {
		return run, err
	}
	defer show.close()
	if err := sleep(ctx, delays[cameras-1]); err != nil { // so that every address has a first frame
		return run, err
	}
	var sources []string
	for i := range delays {
		sources = append(sources, show.camera(i))
	}
	hub, err := p.startSite(ctx, cfg, sources)
	if err != nil {
		return run, err
	}
	defer func() { err = errors.Join(err, hub.close()) }()
	if err := hub.enrol(ctx, what.people, o.Faces, p.Photograph); err != nil {
		return run, err
	}
	if err := hub.watching(ctx); err != nil {
		return run, err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	passes, err := hub.collect(ctx)
	if err != nil {
		return run, err
	}
	if err := sleep(ctx, settle); err != nil {
		return run, err
	}
	window, load, err := observe(ctx, hub, show, time.Duration(o.Seconds)*time.Second)
	if err != nil {
		return run, err
	}
	if err := sleep(ctx, drain); err != nil {
		return run, err
	}
	stop()
	seen, err := passes()
	if err != nil {
		return run, err
	}
	return pipelineRun{Cameras: cameras, score: judge(what.people, show.shown, cameras, window, seen), load: load}, nil
}

// Page implements Report.
func (r pipelineReport) Page() Page {
	p := Page{
		Head: fmt.Sprintf("%s\nengine %s · %d recognizer(s) of %d network(s) · clip %s · %d s each", r.Machine, r.Engine, r.Recognizers, r.Networks, r.Clip, r.Seconds),
		Foot: `Capture is when the frame came that the decision rests on last; a decision needs two agreeing faces 200 ms apart.
"camera" is the sum over all camera processes, "bench" this program with its RTSP server and ffmpeg, "others" what else ran on the machine.`,
	}
	line := func(name string, cell func(pipelineRun) string) {
		cells := []string{name}
		for _, run := range r.Runs {
			cells = append(cells, cell(run))
		}
		p.Rows = append(p.Rows, cells)
	}
	three := func(s spread) string {
		if s.Count == 0 {
			return "–"
		}
		return fmt.Sprintf("%.0f / %.0f / %.0f", s.P50, s.P95, s.P99)
	}
	line("cameras", func(r pipelineRun) string { return fmt.Sprint(r.Cameras) })
	line("walks past a camera by enrolled people", func(r pipelineRun) string { return fmt.Sprint(r.Expected) })
	line("  allowed / not allowed / allowed twice", func(r pipelineRun) string { return fmt.Sprintf("%d / %d / %d", r.Allowed, r.Missed, r.Doubled) })
	line("passes of strangers and the unsure", func(r pipelineRun) string { return fmt.Sprint(r.Refused) })
	line("allowed after they had gone", func(r pipelineRun) string { return fmt.Sprint(r.Late) })
	line("allowed wrongly (must be 0)", func(r pipelineRun) string { return fmt.Sprint(r.Wrong) })
	line("capture to decision, p50/p95/p99 ms", func(r pipelineRun) string { return three(r.Decision) })
	line("face whole in view to decision, p50/p95/p99 ms", func(r pipelineRun) string { return three(r.InView) })
	line("frames read, per camera and second", func(r pipelineRun) string { return fmt.Sprintf("%.1f", r.Frames) })
	line("searches for faces, per camera and second", func(r pipelineRun) string { return fmt.Sprintf("%.1f", r.Searches) })
	line("time of a search, ms", func(r pipelineRun) string { return fmt.Sprintf("%.1f", r.Search) })
	line("frames / shots dropped", func(r pipelineRun) string { return fmt.Sprintf("%.0f / %.0f", r.Dropped, r.ShotsDropped) })
	var roles []string
	for _, run := range r.Runs {
		roles = append(roles, slices.Collect(maps.Keys(run.CPU))...)
	}
	slices.Sort(roles)
	for _, role := range slices.Compact(roles) {
		line("processors used: "+role, func(r pipelineRun) string { return fmt.Sprintf("%.2f", r.CPU[role]) })
	}
	for _, role := range slices.Compact(roles) {
		if !slices.ContainsFunc(r.Runs, func(run pipelineRun) bool { return run.Resident[role] > 0 }) {
			continue
		}
		line("resident memory, MB: "+role, func(r pipelineRun) string { return fmt.Sprintf("%.0f", r.Resident[role]) })
	}
	return p
}
