package main

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"menshen"
	"menshen/cmd/menshen/bench"
	"menshen/evaluation"
	"menshen/recognizer"
)

// evaluateOptions are the flags that both evaluations have.
type evaluateOptions struct {
	images string
	engine string
	format string
	plot   string
	seed   uint64
	masks  maskOptions
}

func (o *evaluateOptions) flags(c *cobra.Command) {
	c.Flags().StringVar(&o.images, "images", "", "folder of photographs, a sub-folder for each person")
	c.Flags().StringVar(&o.engine, "engine", "", "opencv or dlib; the configuration's if empty")
	c.Flags().StringVar(&o.format, "format", "table", "table or json")
	c.Flags().StringVar(&o.plot, "plot", "", "draw the curve into this SVG file")
	c.Flags().Uint64Var(&o.seed, "seed", 1, "of everything random; the same seed gives the same figures")
	o.masks.flags(c)
	_ = c.MarkFlagRequired("images") // the flag is there
}

func (o *evaluateOptions) check() error {
	const op = "cmd.evaluate"
	if o.format != "table" && o.format != "json" {
		return menshen.Errorf(menshen.CodeInvalid, op, "--format: %q is not known", o.format).WithHint("use table or json")
	}
	if o.engine != "" && o.engine != "opencv" && o.engine != "dlib" {
		return menshen.Errorf(menshen.CodeInvalid, op, "--engine: %q is not known", o.engine).WithHint("use opencv or dlib")
	}
	if info, err := os.Stat(o.images); err != nil || !info.IsDir() {
		return menshen.Errorf(menshen.CodeNotFound, op, "--images: there is no folder %s", o.images).
			WithHint("give the folder that has a sub-folder of photographs for each person").WithCause(err)
	}
	if o.plot != "" {
		if info, err := os.Stat(filepath.Dir(o.plot)); err != nil || !info.IsDir() {
			return menshen.Errorf(menshen.CodeNotFound, op, "--plot: there is no folder %s", filepath.Dir(o.plot)).WithHint("make it, or give another path").WithCause(err)
		}
	}
	o.masks.seed = o.seed
	return o.masks.check()
}

func (a *app) evaluateCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "evaluate", Short: "Measure how well an engine tells people apart, with photographs of your own", Args: cobra.NoArgs,
		Long: `Measure how well an engine tells people apart, in the terms of ISO/IEC 19795 and NIST, with photographs of people of whom there are
several. Of each photograph the largest face near the middle counts. One of which no template can be made counts as failed, is
listed, and is never accepted for anybody. All intervals are of 95 %, by people. Nothing is stored and nobody is enrolled.`,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	var one evaluateVerification
	verification := &cobra.Command{
		Use: "verification --images DIR [--pairs PAIRS.csv]", Short: "One photograph against one: accuracy, TAR at FAR", Args: cobra.NoArgs,
		Long: `Compare pairs of photographs: accuracy at the best threshold and over ten folds, TAR at FAR 1e-2, 1e-3 and 1e-4 with their thresholds.
PAIRS.csv has the columns image1, image2 (paths below --images) and same (1 or 0). Without it, every photograph is compared with every
other one.`,
		RunE: func(c *cobra.Command, _ []string) error { return a.evaluateVerification(c, one) },
	}
	one.flags(verification)
	verification.Flags().StringVar(&one.pairs, "pairs", "", "CSV table of pairs; all pairs if empty")
	var many evaluateIdentification
	identification := &cobra.Command{
		Use: "identification --images DIR", Short: "One photograph against a gallery, with strangers: FNIR at FPIR, rank-1", Args: cobra.NoArgs,
		Long: `Search for people in galleries that grow: in each of many random splits some people are enrolled with some of their photographs, and
searched for with the others; all others are strangers. FNIR at FPIR 0.3 % and 1 %, rank-1. What the number of strangers cannot
resolve is marked, and beside it stands what is to be expected from single comparisons, 1 − (1 − FMR)^N.`,
		RunE: func(c *cobra.Command, _ []string) error { return a.evaluateIdentification(c, many) },
	}
	many.flags(identification)
	identification.Flags().Float64Var(&many.enrolled, "enrolled", 0.5, "share of the people who are enrolled, between 0 and 1")
	identification.Flags().IntVar(&many.templates, "templates", 3, "photographs that each is enrolled with, 1 to 100")
	identification.Flags().IntVar(&many.splits, "splits", 50, "random splits, 1 to 10000")
	c.AddCommand(verification, identification, a.evaluateLivenessCommand())
	return c
}

// evaluationEngine loads the engine that is asked for. Networks for evaluation only are welcome: this is one.
func (a *app) evaluationEngine(c *cobra.Command, o evaluateOptions, copies int) (engineChoice, recognizer.Engine, error) {
	cfg, err := a.loadConfig(c)
	if err != nil {
		return engineChoice{}, nil, err
	}
	cfg.Engine.Name, cfg.Engine.Evaluation = cmp.Or(o.engine, cfg.Engine.Name), true
	choice, err := chooseEngine(c.Context(), cfg)
	if err != nil {
		return choice, nil, err
	}
	engine, err := openEngine(choice.settings(copies))
	return choice, engine, err
}

// people reads the folder of photographs.
func (o *evaluateOptions) people() ([]evaluation.Person, error) {
	return evaluation.People(os.DirFS(o.images))
}

// writePlot draws into the file that is asked for, if one is.
func (o *evaluateOptions) writePlot(p evaluation.Plot) (err error) {
	if o.plot == "" {
		return nil
	}
	failed := func(err error) error {
		code := menshen.CodeUnavailable
		if errors.Is(err, fs.ErrPermission) {
			code = menshen.CodeDenied
		}
		return menshen.Errorf(code, "cmd.evaluate", "the plot %s cannot be written", o.plot).WithHint("check the folder, its permissions and the disk").WithCause(err)
	}
	f, err := os.Create(o.plot)
	if err != nil {
		return failed(err)
	}
	if err := errors.Join(p.WriteSVG(f), f.Close()); err != nil {
		return failed(err)
	}
	return nil
}

// evaluationHead is what both reports begin with.
type evaluationHead struct {
	Machine        bench.Machine `json:"machine"`
	Engine         string        `json:"engine"`
	EvaluationOnly bool          `json:"evaluation_only"` // the network may not be used at a gate
	acquisition
	maskFigures
}

func newEvaluationHead(choice engineChoice, f acquisition, m maskFigures) evaluationHead {
	return evaluationHead{Machine: bench.DescribeMachine(time.Now(), version()), Engine: choice.ID.String(), EvaluationOnly: choice.EvaluationOnly, acquisition: f, maskFigures: m}
}
