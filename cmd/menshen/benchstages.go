package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"menshen"
)

// benchStages are the flags of menshen bench stages.
type benchStages struct {
	benchOptions

	times int
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

// stageLimit is how long one stage is measured at most.
const stageLimit = 20 * time.Second

func (a *app) benchStages(c *cobra.Command, o benchStages) error {
	if err := o.check(); err != nil {
		return err
	}
	if o.times < 1 || o.times > 100_000 {
		return menshen.Errorf(menshen.CodeInvalid, "cmd.bench", "--times: %d is out of range", o.times).WithHint("use 1 to 100000")
	}
	if !a.oneThread() {
		return a.again(c.Context(), o)
	}
	cfg, choice, err := a.benchConfig(c, o.benchOptions)
	if err != nil {
		return err
	}
	detector, err := detectorPath(cfg)
	if err != nil {
		return err
	}
	r := stageReport{Machine: describeMachine(time.Now()), Engine: choice.ID.String(), Clip: o.clip}
	if r.Stages, err = measureStages(c.Context(), o, choice, detector); err != nil {
		return err
	}
	if o.format == "json" {
		return writeJSON(a.out, r)
	}
	r.print(a)
	return nil
}

func (r stageReport) print(a *app) {
	fmt.Fprintf(a.out, "%s\nengine %s · clip %s · one thread (decoding: FFmpeg's own)\n", r.Machine, r.Engine, r.Clip)
	t := newTable("stage", "per", "p50 ms", "p95 ms", "mean ms", "CPU ms", "times")
	for _, s := range r.Stages {
		t.add(s.Stage, s.Per, millis(s.P50), millis(s.P95), millis(s.Mean), millis(s.CPU), fmt.Sprint(s.Count))
	}
	t.print(a.out)
}

// threadVariables keep native libraries to one thread. They read them when they are loaded, before main.
var threadVariables = []string{"OPENCV_FOR_THREADS_NUM=1", "OPENBLAS_NUM_THREADS=1", "OMP_NUM_THREADS=1"}

func (a *app) oneThread() bool {
	return !slices.ContainsFunc(threadVariables, func(v string) bool { return !slices.Contains(a.environ, v) })
}

// again runs this very command in a process whose native libraries keep to one thread.
func (a *app) again(ctx context.Context, o benchStages) error {
	program, err := os.Executable()
	if err != nil {
		return menshen.Errorf(menshen.CodeInternal, "cmd.bench", "the path of this program cannot be found").WithCause(err)
	}
	cmd := exec.CommandContext(ctx, program, "bench", "stages", "--config", a.configPath, "--clip", o.clip, "--engine", o.engine,
		"--format", o.format, "--times", fmt.Sprint(o.times))
	if _, err := os.Stat(a.configPath); err != nil {
		cmd.Args = slices.Delete(cmd.Args, 3, 5) // the default name, which need not be there
	}
	var complaint strings.Builder
	cmd.Env = append(slices.Clone(a.environ), threadVariables...)
	cmd.Stdout, cmd.Stderr = a.out, &complaint
	cmd.Cancel = func() error { return cmd.Process.Signal(unix.SIGTERM) }
	cmd.WaitDelay = childEndLimit
	err = cmd.Run()
	if err == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	return relayed(err, complaint.String())
}

// relayed makes an error of what a process of this program said and of its exit code.
func relayed(err error, said string) error {
	e := menshen.Errorf(menshen.CodeInternal, "cmd.bench", "the measuring process failed").WithCause(err)
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		for _, x := range exitCodes {
			if x.exit == exit.ExitCode() {
				e.Code = x.code
			}
		}
	}
	for line := range strings.Lines(said) {
		line = strings.TrimSpace(line)
		if message, ok := strings.CutPrefix(line, "menshen: "); ok {
			e.Message = message
		} else if hint, ok := strings.CutPrefix(line, "→ "); ok {
			e.Hint = hint
		}
	}
	return e
}

// stopwatch measures stages.
type stopwatch struct {
	ctx   context.Context // of one run
	times int
	all   []stageFigures
}

// measure runs a stage once to warm up and then so many times; do gets the number of the run.
func (w *stopwatch) measure(stage, per string, do func(i int) error) error {
	if err := do(0); err != nil {
		return err
	}
	var took durations
	var cpu time.Duration
	for end := time.Now().Add(stageLimit); len(took) < w.times && time.Now().Before(end); {
		if err := w.ctx.Err(); err != nil {
			return err
		}
		used, begin := processTime(), time.Now()
		if err := do(len(took) + 1); err != nil {
			return err
		}
		took = append(took, time.Since(begin))
		cpu += processTime() - used
	}
	w.all = append(w.all, stageFigures{Stage: stage, Per: per, spread: took.spread(), CPU: inMilliseconds(cpu) / float64(len(took))})
	return nil
}

// processTime is the processor time of all threads of this process.
func processTime() time.Duration {
	var t unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &t) // cannot fail on Linux
	return time.Duration(t.Nano())
}
