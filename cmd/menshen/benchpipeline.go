package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"gocv.io/x/gocv"

	"menshen"
	"menshen/config"
)

// benchPipeline are the flags of menshen bench pipeline.
type benchPipeline struct {
	benchOptions

	cameras []int
	seconds int
	faces   string
}

func (o benchPipeline) check() error {
	const op = "cmd.bench"
	if len(o.cameras) == 0 {
		return menshen.Errorf(menshen.CodeInvalid, op, "--cameras names no number").WithHint("use for example 1,4,8")
	}
	for _, n := range o.cameras {
		if n < 1 || n > 64 {
			return menshen.Errorf(menshen.CodeInvalid, op, "--cameras: %d is out of range", n).WithHint("use 1 to 64 each")
		}
	}
	if o.seconds < 12 || o.seconds > 3600 {
		return menshen.Errorf(menshen.CodeInvalid, op, "--seconds: %d is out of range", o.seconds).WithHint("use 12 to 3600")
	}
	return o.benchOptions.check()
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

func (a *app) benchPipeline(c *cobra.Command, o benchPipeline) error {
	if err := o.check(); err != nil {
		return err
	}
	p, err := openPlay(o.clip)
	if err != nil {
		return err
	}
	for _, who := range p.people {
		if who.enrolled {
			if _, err := who.photographs(o.faces); err != nil {
				return err
			}
		}
	}
	cfg, choice, err := a.benchConfig(c, o.benchOptions)
	if err != nil {
		return err
	}
	r := pipelineReport{
		Machine: describeMachine(time.Now()), Engine: choice.ID.String(), Clip: o.clip, Seconds: o.seconds,
		Recognizers: cfg.Engine.Recognizers, Networks: cfg.Engine.Networks,
	}
	for _, n := range o.cameras {
		fmt.Fprintf(a.err, "%d camera(s): starting, then %d s of measuring\n", n, o.seconds)
		run, err := a.runPipeline(c.Context(), cfg, o, p, n)
		if err != nil {
			return err
		}
		r.Runs = append(r.Runs, run)
	}
	if o.format == "json" {
		return writeJSON(a.out, r)
	}
	r.print(a)
	return nil
}

const (
	benchSettle = 3 * time.Second // after enrolment, until the measurement begins
	benchDrain  = 4 * time.Second // after it, until the last passes have come
)

// runPipeline measures with one number of cameras.
func (a *app) runPipeline(ctx context.Context, cfg config.Config, o benchPipeline, p play, cameras int) (run pipelineRun, err error) {
	delays := make([]time.Duration, cameras)
	for i := range delays {
		delays[i] = p.length * time.Duration(i) / time.Duration(cameras)
	}
	show, err := openTheatre(ctx, p.clip, p.frames, delays)
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
	site, err := startSite(ctx, cfg, a.environ, sources)
	if err != nil {
		return run, err
	}
	defer func() { err = errors.Join(err, site.close()) }()
	if err := site.enrol(ctx, p.people, o.faces); err != nil {
		return run, err
	}
	if err := site.watching(ctx); err != nil {
		return run, err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	passes, err := site.collect(ctx)
	if err != nil {
		return run, err
	}
	if err := sleep(ctx, benchSettle); err != nil {
		return run, err
	}
	window, load, err := observe(ctx, site, show, time.Duration(o.seconds)*time.Second)
	if err != nil {
		return run, err
	}
	if err := sleep(ctx, benchDrain); err != nil {
		return run, err
	}
	stop()
	seen, err := passes()
	if err != nil {
		return run, err
	}
	return pipelineRun{Cameras: cameras, score: judge(p.people, show.shown, cameras, window, seen), load: load}, nil
}

func (r pipelineReport) print(a *app) {
	fmt.Fprintf(a.out, "%s\nengine %s · %d recognizer(s) of %d network(s) · clip %s · %d s each\n", r.Machine, r.Engine, r.Recognizers, r.Networks, r.Clip, r.Seconds)
	t := &table{}
	line := func(name string, cell func(pipelineRun) string) {
		cells := []string{name}
		for _, run := range r.Runs {
			cells = append(cells, cell(run))
		}
		t.add(cells...)
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
	t.print(a.out)
	fmt.Fprintln(a.out, strings.TrimSpace(`
Capture is when the frame came that the decision rests on last; a decision needs two agreeing faces 200 ms apart.
"camera" is the sum over all camera processes, "bench" this program with its RTSP server and ffmpeg, "others" what else ran on the machine.`))
}
