package main

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"menshen"
	"menshen/config"
)

// Where the clip and the photographs lie that benchmarks use unless told otherwise: beside the checkout.
const (
	benchClip  = "../shared/testdata/video/walkin.mp4"
	benchFaces = "../shared/testdata/faces"
)

// benchOptions are the flags that both benchmarks have.
type benchOptions struct {
	clip   string
	engine string
	format string
}

func (o *benchOptions) flags(c *cobra.Command) {
	c.Flags().StringVar(&o.clip, "clip", benchClip, "video of people who walk up to a camera")
	c.Flags().StringVar(&o.engine, "engine", "", "opencv or dlib; the configuration's if empty")
	c.Flags().StringVar(&o.format, "format", "table", "table or json")
}

func (o *benchOptions) check() error {
	const op = "cmd.bench"
	if o.format != "table" && o.format != "json" {
		return menshen.Errorf(menshen.CodeInvalid, op, "--format: %q is not known", o.format).WithHint("use table or json")
	}
	if o.engine != "" && o.engine != "opencv" && o.engine != "dlib" {
		return menshen.Errorf(menshen.CodeInvalid, op, "--engine: %q is not known", o.engine).WithHint("use opencv or dlib")
	}
	if info, err := os.Stat(o.clip); err != nil || !info.Mode().IsRegular() {
		return menshen.Errorf(menshen.CodeMissing, op, "there is no video %s to measure with", o.clip).
			WithHint("give one with --clip: H.264, 1280×720, of people who walk up to the camera").WithCause(err)
	}
	return nil
}

func (a *app) benchCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "bench", Short: "Measure this machine: each stage on one thread, and the way from camera to decision", Args: cobra.NoArgs,
		Long: `Measure how fast this machine is. Other programs that run meanwhile make the figures worse; the tables say how busy the machine was.`,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	var stages benchStages
	one := &cobra.Command{
		Use: "stages", Short: "Time of each stage for one frame, face or search, on one thread", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.benchStages(c, stages) },
	}
	stages.flags(one)
	one.Flags().IntVar(&stages.times, "times", 300, "measurements of each stage, 1 to 100000")
	var pipeline benchPipeline
	all := &cobra.Command{
		Use: "pipeline", Short: "Run menshen serve with RTSP cameras and time the way from capture to decision", Args: cobra.NoArgs,
		Long: `Run this program as menshen serve in a temporary folder, with cameras that play a clip over RTSP, and enrol the people of the clip
from other photographs. Every pass is compared with what truth.csv, beside the clip, says: who is in the picture from which frame to
which.

The cameras do not see the same at the same time: each plays the clip later than the one before, spread over its length.`,
		RunE: func(c *cobra.Command, _ []string) error { return a.benchPipeline(c, pipeline) },
	}
	pipeline.flags(all)
	all.Flags().IntSliceVar(&pipeline.cameras, "cameras", []int{1, 4, 8}, "numbers of cameras to run with, 1 to 64 each")
	all.Flags().IntVar(&pipeline.seconds, "seconds", 36, "how long each number is measured, 12 to 3600")
	all.Flags().StringVar(&pipeline.faces, "faces", benchFaces, "folder with a sub-folder of photographs for each person of truth.csv")
	c.AddCommand(one, all)
	return c
}

// benchConfig loads the configuration, for its networks alone, and verifies the engine's.
func (a *app) benchConfig(c *cobra.Command, o benchOptions) (config.Config, engineChoice, error) {
	cfg, err := a.loadConfig(c)
	if err != nil {
		return cfg, engineChoice{}, err
	}
	cfg.Engine.Name = cmp.Or(o.engine, cfg.Engine.Name)
	choice, err := chooseEngine(c.Context(), cfg)
	return cfg, choice, err
}

// machine is what a measurement was made on.
type machine struct {
	Date       string `json:"date"`
	Version    string `json:"version"`
	CPU        string `json:"cpu"`
	Processors int    `json:"processors"`
	GoMaxProcs int    `json:"gomaxprocs"`
}

func describeMachine(now time.Time) machine {
	return machine{
		Date: now.Format(time.DateOnly), Version: version(), CPU: processorName(), Processors: runtime.NumCPU(), GoMaxProcs: runtime.GOMAXPROCS(0),
	}
}

func (m machine) String() string {
	return fmt.Sprintf("%s · %s, %d processor(s), GOMAXPROCS %d · menshen %s", m.Date, m.CPU, m.Processors, m.GoMaxProcs, m.Version)
}

// processorName is what Linux calls the processor.
func processorName() string {
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if key, value, ok := strings.Cut(s.Text(), ":"); ok && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

// absolute gives a path that holds whatever folder a child process runs in.
func absolute(path string) (string, error) {
	p, err := filepath.Abs(path)
	if err != nil {
		return "", menshen.Errorf(menshen.CodeInternal, "cmd.bench", "the working folder cannot be found").WithCause(err)
	}
	return p, nil
}

// sleep waits, or gives the error of a context that ends first.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
