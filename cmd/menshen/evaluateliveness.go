package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"menshen"
	"menshen/evaluation"
	"menshen/recognizer/liveness"
	"menshen/recognizer/opencv"
)

// livenessOptions are the flags of menshen evaluate liveness.
type livenessOptions struct {
	live, attacks, format string
	threshold             float64
}

func (a *app) evaluateLivenessCommand() *cobra.Command {
	var o livenessOptions
	c := &cobra.Command{
		Use: "liveness --live DIR [--attacks DIR]", Short: "Living faces against pictures of faces: BPCER and APCER", Args: cobra.NoArgs,
		Long: `Measure the liveness check in the terms of ISO/IEC 30107-3, with photographs taken by a camera at a gate: of living people (--live)
and of prints and screens held before it (--attacks). BPCER is the share of living faces below the threshold, APCER the share of
attacks that reach it. A figure holds for that camera, light and those attacks, and for no others.`,
		RunE: func(c *cobra.Command, _ []string) error { return a.evaluateLiveness(c, o) },
	}
	c.Flags().StringVar(&o.live, "live", "", "folder of photographs of living people, with its sub-folders")
	c.Flags().StringVar(&o.attacks, "attacks", "", "folder of photographs of prints and screens")
	c.Flags().Float64Var(&o.threshold, "threshold", 0.5, "mean score from which a face counts as alive, 0 to 1")
	c.Flags().StringVar(&o.format, "format", "table", "table or json")
	_ = c.MarkFlagRequired("live") // the flag is there
	return c
}

// livenessReport is the answer; its rates are shares with 95 % intervals (Wilson).
type livenessReport struct {
	Threshold float64         `json:"threshold"`
	BPCER     classification  `json:"bpcer"`
	APCER     *classification `json:"apcer,omitempty"` // where attacks were given
}

type classification struct {
	Images   int                 `json:"images"`
	Failed   int                 `json:"failed"` // without a face
	Wrong    int                 `json:"wrong"`
	Rate     float64             `json:"rate"`
	Interval evaluation.Interval `json:"interval"`
	Median   float64             `json:"median_score"`
}

func (a *app) evaluateLiveness(c *cobra.Command, o livenessOptions) error {
	const op = "cmd.evaluate"
	if o.format != "table" && o.format != "json" {
		return menshen.Errorf(menshen.CodeInvalid, op, "--format: %q is not known", o.format).WithHint("use table or json")
	}
	if !(o.threshold >= 0 && o.threshold <= 1) {
		return menshen.Errorf(menshen.CodeInvalid, op, "--threshold: %g is out of range", o.threshold).WithHint("use 0 to 1, usually 0.5")
	}
	cfg, err := a.loadConfig(c)
	if err != nil {
		return err
	}
	cfg.Engine.Evaluation = true // this is one
	detector, err := detectorPath(cfg)
	if err != nil {
		return err
	}
	var s livenessSettings
	if err := s.locate(cfg); err != nil {
		return err
	}
	q := livenessRun{app: a}
	if q.detector, err = opencv.NewDetector(detector, opencv.DetectorConfig{}); err != nil {
		return err
	}
	defer func() { _ = q.detector.Close() }() // says nothing that matters at the end
	if q.checker, err = liveness.New(liveness.Config{Near: s.Near, Wide: s.Wide}); err != nil {
		return err
	}
	defer func() { _ = q.checker.Close() }()
	report := livenessReport{Threshold: o.threshold}
	if report.BPCER, err = q.classify(c.Context(), "--live", o.live, func(score float64) bool { return score < o.threshold }); err != nil {
		return err
	}
	if o.attacks != "" {
		attacks, err := q.classify(c.Context(), "--attacks", o.attacks, func(score float64) bool { return score >= o.threshold })
		if err != nil {
			return err
		}
		report.APCER = &attacks
	}
	if o.format == "json" {
		return writeJSON(a.out, report)
	}
	report.print(a)
	return nil
}

// livenessRun checks folders of photographs.
type livenessRun struct {
	app      *app
	detector *opencv.Detector
	checker  *liveness.Checker
}

func (q *livenessRun) classify(ctx context.Context, flag, folder string, wrong func(score float64) bool) (r classification, err error) {
	paths, err := pictures(flag, folder)
	if err != nil {
		return r, err
	}
	progress := progressbar.NewOptions(len(paths), progressbar.OptionSetWriter(q.app.err), progressbar.OptionShowCount(), progressbar.OptionClearOnFinish(),
		progressbar.OptionSetVisibility(isTerminal(q.app.err)))
	defer func() { _ = progress.Close() }() // a bar
	var scores []float64
	for _, path := range paths {
		score, ok, err := q.look(ctx, path)
		if err != nil {
			return r, err
		}
		_ = progress.Add(1)
		r.Images++
		if !ok {
			r.Failed++
			continue
		}
		scores = append(scores, score)
		if wrong(score) {
			r.Wrong++
		}
	}
	r.Interval = evaluation.Wilson(r.Wrong, len(scores))
	if len(scores) > 0 {
		r.Rate = float64(r.Wrong) / float64(len(scores))
		slices.Sort(scores)
		r.Median = scores[len(scores)/2]
	}
	return r, nil
}

// look checks the main face of a photograph; ok is false where there is none, or no picture.
func (q *livenessRun) look(ctx context.Context, path string) (score float64, ok bool, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return 0, false, menshen.Errorf(menshen.CodeUnavailable, "cmd.evaluate", "%s cannot be read", path).WithHint("check its permissions").WithCause(err)
	}
	p, err := opencv.Decode(data)
	if err != nil {
		return 0, false, nil //nolint:nilerr // a photograph that is none counts as failed
	}
	found, err := q.detector.DetectIn(p)
	if err != nil {
		return 0, false, err
	}
	face, ok := evaluation.MainFace(p.Width, p.Height, found)
	if !ok {
		return 0, false, nil
	}
	score, err = q.checker.Check(ctx, p, face.Box)
	return score, err == nil, err
}

// pictures gives the JPEG and PNG files below a folder.
func pictures(flag, folder string) (paths []string, err error) {
	err = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		switch strings.ToLower(filepath.Ext(path)) {
		case ".jpg", ".jpeg", ".png":
			if err == nil && d.Type().IsRegular() {
				paths = append(paths, path)
			}
		}
		return err
	})
	if err != nil || len(paths) == 0 {
		return nil, menshen.Errorf(menshen.CodeNotFound, "cmd.evaluate", "%s: there are no photographs in %s", flag, folder).
			WithHint("give a folder with JPEG or PNG files").WithCause(err)
	}
	return paths, nil
}

func (r livenessReport) print(a *app) {
	t := newTable("", a.text(menshen.Text{ZH: "照片", EN: "photographs"}), a.text(menshen.Text{ZH: "无人脸", EN: "no face"}),
		a.text(menshen.Text{ZH: "判错", EN: "wrong"}), a.text(menshen.Text{ZH: "比例", EN: "rate"}), "95 %", a.text(menshen.Text{ZH: "中位分数", EN: "median score"}))
	row := func(name string, c classification) {
		t.add(name, fmt.Sprint(c.Images), fmt.Sprint(c.Failed), fmt.Sprint(c.Wrong), share4(c.Rate), between(c.Interval), fmt.Sprintf("%.2f", c.Median))
	}
	row("BPCER", r.BPCER)
	if r.APCER != nil {
		row("APCER", *r.APCER)
	}
	t.print(a.out)
	if r.APCER == nil {
		fmt.Fprintln(a.out, a.text(menshen.Text{ZH: "没有攻击样本，因此没有 APCER。", EN: "No attacks were given, so there is no APCER."}))
	}
}
