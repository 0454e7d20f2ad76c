package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"menshen"
	"menshen/cmd/menshen/bench"
	"menshen/config"
	"menshen/recognizer"
	"menshen/web/client"
)

func (a *app) benchCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "bench", Short: "Measure this machine: each stage on one thread, the way from camera to decision, the gallery, access control, the way of passes, tracing", Args: cobra.NoArgs,
		Long: `Measure how fast this machine is. Other programs that run meanwhile make the figures worse; the tables say how busy the machine was.`,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(a.benchStagesCommand(), a.benchPipelineCommand(), a.benchGalleryCommand(), a.benchAccessCommand(), a.benchIngestCommand(), a.benchStartCommand(), a.benchSoakCommand(), a.benchTraceCommand())
	return c
}

func (a *app) benchStagesCommand() *cobra.Command {
	var o bench.StagesOptions
	c := &cobra.Command{Use: "stages", Short: "Time of each stage for one frame, face or search, on one thread"}
	clipFlags(c, &o.ClipOptions)
	c.Flags().IntVar(&o.Times, "times", 300, "measurements of each stage, 1 to 100000")
	return a.benchmark(c, func(ctx context.Context, p bench.Program) (bench.Report, error) { return bench.Stages(ctx, p, o) })
}

func (a *app) benchPipelineCommand() *cobra.Command {
	var o bench.PipelineOptions
	c := &cobra.Command{
		Use: "pipeline", Short: "Run menshen serve with RTSP cameras and time the way from capture to decision",
		Long: `Run this program as menshen serve in a temporary folder, with cameras that play a clip over RTSP, and enrol the people of the clip
from other photographs. Every pass is compared with what truth.csv, beside the clip, says: who is in the picture from which frame to
which.

The cameras do not see the same at the same time: each plays the clip later than the one before, spread over its length.`,
	}
	clipFlags(c, &o.ClipOptions)
	c.Flags().IntSliceVar(&o.Cameras, "cameras", []int{1, 4, 8}, "numbers of cameras to run with, 1 to 64 each")
	c.Flags().IntVar(&o.Seconds, "seconds", 36, "how long each number is measured, 12 to 3600")
	c.Flags().StringVar(&o.Faces, "faces", "../shared/testdata/faces", "folder with a sub-folder of photographs for each person of truth.csv")
	return a.benchmark(c, func(ctx context.Context, p bench.Program) (bench.Report, error) { return bench.Pipeline(ctx, p, o) })
}

func (a *app) benchStartCommand() *cobra.Command {
	var o bench.StartOptions
	c := &cobra.Command{
		Use: "start", Short: "Time the start of menshen serve with a large pass log, after an end in order and after kill -9",
		Long: `Fill a pass log and a registry in a temporary folder (TMPDIR), start this program there as menshen serve again and again, and time each
start until the first answer over the API.`,
	}
	c.Flags().StringVar(&o.Engine, "engine", "", "opencv or dlib; the configuration's if empty")
	c.Flags().IntVar(&o.Passes, "passes", 1_000_000, "passes, 0 to 100000000")
	c.Flags().IntVar(&o.People, "people", 10_000, "people, 1 to 1000000")
	c.Flags().IntVar(&o.Days, "days", 60, "over which the passes are spread, 1 to 365")
	c.Flags().IntVar(&o.Times, "times", 3, "starts of each kind, 1 to 100")
	c.Flags().BoolVar(&o.Rows, "rows", false, "measure a start without any page of passes too, which reads every row")
	return a.benchmark(c, func(ctx context.Context, p bench.Program) (bench.Report, error) { return bench.Start(ctx, p, o) })
}

func (a *app) benchSoakCommand() *cobra.Command {
	var o bench.SoakOptions
	c := &cobra.Command{
		Use: "soak", Short: "Run menshen serve with cameras for long, and show whether memory, files and goroutines grow",
		Long: `Run this program as menshen serve in a temporary folder, with cameras that play a clip over RTSP again and again, and look at every
process from time to time. With a program built with -tags matprofile the cameras also count the pictures that OpenCV holds.`,
	}
	clipFlags(c, &o.ClipOptions)
	c.Flags().IntVar(&o.Minutes, "minutes", 60, "how long, 1 to 10080")
	c.Flags().IntVar(&o.Cameras, "cameras", 2, "cameras, 1 to 64")
	c.Flags().IntVar(&o.Every, "every", 5, "seconds between two looks, 1 to 3600")
	c.Flags().StringVar(&o.Faces, "faces", "../shared/testdata/faces", "folder with a sub-folder of photographs for each person of truth.csv")
	return a.benchmark(c, func(ctx context.Context, p bench.Program) (bench.Report, error) { return bench.Soak(ctx, p, o) })
}

func (a *app) benchGalleryCommand() *cobra.Command {
	var o bench.GalleryOptions
	c := &cobra.Command{
		Use: "gallery", Short: "Time searches, inserts and removals in a gallery, and compare the answers with a plain scan",
		Long: `Fill a gallery with computed descriptors that lie to each other as those of faces do, and search it; every other query is of
somebody who is not in it. The answers are compared with those of a plain scan, all of them or as many as 20 seconds allow.`,
	}
	c.Flags().IntVar(&o.People, "people", 100_000, "people in the gallery, 1 to 5000000")
	c.Flags().IntVar(&o.Templates, "templates-per-person", 1, "templates of each, 1 to 100")
	c.Flags().IntVar(&o.Dim, "dim", 128, "numbers of a descriptor, 1 to 4096")
	c.Flags().IntVar(&o.Queries, "queries", 2000, "searches, 2 to 1000000")
	c.Flags().IntVar(&o.Threads, "threads", 1, "threads that search at the same time, 1 to 256")
	c.Flags().Uint64Var(&o.Seed, "seed", 1, "another number gives other faces")
	c.Flags().IntVar(&o.Nearest, "nearest", 1, "people that each search asks for, 1 to 1000")
	c.Flags().Float64Var(&o.Within, "within", 0, "distance that each search asks for, 0 for any")
	c.Flags().StringVar(&o.Peer, "peer", "", "program to compare with, see make bench-gallery")
	return a.benchmark(c, func(ctx context.Context, p bench.Program) (bench.Report, error) { return bench.Gallery(ctx, p, o) })
}

func (a *app) benchAccessCommand() *cobra.Command {
	var o bench.AccessOptions
	c := &cobra.Command{
		Use: "access", Short: "Time decisions over a registry in memory, its start, and its memory",
		Long: `Fill a gate's copy of the registry with computed people and permits, and decide about people who come by face, code and card:
what is known of somebody is looked up and the rules that come with Menshen decide. One of twelve is a stranger.`,
	}
	c.Flags().IntVar(&o.People, "people", 100_000, "people in the registry, 1 to 1000000")
	c.Flags().IntVar(&o.Permits, "permits", 300_000, "permits of all of them together, 0 to 5000000")
	c.Flags().IntVar(&o.Decisions, "decisions", 5_000_000, "decisions, 1000 to 100000000")
	c.Flags().IntVar(&o.Threads, "threads", 1, "threads that decide at the same time, 1 to 256")
	c.Flags().Uint64Var(&o.Seed, "seed", 1, "another number gives another registry")
	return a.benchmark(c, func(ctx context.Context, p bench.Program) (bench.Report, error) { return bench.Access(ctx, p, o) })
}

// clipFlags are those of benchmarks that work on a clip. The clip lies beside the checkout unless told otherwise.
func clipFlags(c *cobra.Command, o *bench.ClipOptions) {
	c.Flags().StringVar(&o.Clip, "clip", "../shared/testdata/video/walkin.mp4", "video of people who walk up to a camera")
	c.Flags().StringVar(&o.Engine, "engine", "", "opencv or dlib; the configuration's if empty")
}

// benchmark gives a command what all benchmarks have: --format, and a report that is printed.
func (a *app) benchmark(c *cobra.Command, measure func(context.Context, bench.Program) (bench.Report, error)) *cobra.Command {
	var format string
	c.Flags().StringVar(&format, "format", "table", "table or json")
	c.Args = cobra.NoArgs
	c.RunE = func(c *cobra.Command, _ []string) error {
		if format != "table" && format != "json" {
			return menshen.Errorf(menshen.CodeInvalid, "cmd.bench", "--format: %q is not known", format).WithHint("use table or json")
		}
		report, err := measure(c.Context(), a.benchProgram(c))
		if err != nil {
			return err
		}
		if format == "json" {
			return writeJSON(a.out, report)
		}
		page, t := report.Page(), &table{}
		for _, row := range page.Rows {
			t.add(row...)
		}
		fmt.Fprintln(a.out, page.Head)
		t.print(a.out)
		if page.Foot != "" {
			fmt.Fprintln(a.out, page.Foot)
		}
		return nil
	}
	return c
}

// benchProgram is this program as benchmarks see it.
func (a *app) benchProgram(c *cobra.Command) bench.Program {
	return bench.Program{
		Version: version(), Environ: a.environ, ConfigPath: a.configPath, Progress: a.err,
		Config: func() (config.Config, error) { return a.loadConfig(c) }, Engine: benchEngine,
		Connect: func(data string) (*client.Client, error) { return connectTo(data, "") }, Photograph: readPhoto, Disk: diskError, Code: codeOf, Way: a.benchWay,
	}
}

func benchEngine(ctx context.Context, cfg config.Config) (bench.Engine, error) {
	choice, err := chooseEngine(ctx, cfg)
	return bench.Engine{
		ID: choice.ID, Open: func() (recognizer.Engine, error) { return openEngine(choice.settings(1)) },
		Detector: func() (string, error) { return detectorPath(cfg) },
	}, err
}
