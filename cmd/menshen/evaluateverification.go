package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"menshen"
	"menshen/cmd/menshen/bench"
	"menshen/evaluation"
)

// evaluateVerification are the flags of menshen evaluate verification.
type evaluateVerification struct {
	evaluateOptions

	pairs string
}

// verificationReport is what menshen evaluate verification prints.
type verificationReport struct {
	evaluationHead
	evaluation.Verification
}

func (a *app) evaluateVerification(c *cobra.Command, o evaluateVerification) error {
	if err := o.check(); err != nil {
		return err
	}
	pairs, err := o.read()
	if err != nil {
		return err
	}
	choice, engine, err := a.evaluationEngine(c, o.evaluateOptions, evaluationWorkers())
	if err != nil {
		return err
	}
	defer engine.Close()
	faces, got, err := a.acquire(c.Context(), engine, o.images, imagesOf(pairs), o.masks, evaluationWorkers())
	if err != nil {
		return err
	}
	compare := newComparer(faces, o.masks, choice.Point, choice.ID)
	distances := make([]float64, len(pairs))
	for i, p := range pairs {
		distances[i] = compare.distance(p.Second, p.First)
	}
	r := verificationReport{evaluationHead: newEvaluationHead(choice, got, compare.figures)}
	if r.Verification, err = evaluation.Verify(pairs, distances, o.seed); err != nil {
		return err
	}
	title := menshen.Text{ZH: "一对一比对的错误率", EN: "Errors of one-to-one comparison"}
	if err := o.writePlot(evaluation.PlotDET(title, a.tag(), evaluation.Curve{Name: r.Engine, ROC: r.ROC})); err != nil {
		return err
	}
	if o.format == "json" {
		return writeJSON(a.out, r)
	}
	r.print(a)
	return nil
}

// read gives the pairs to compare: those of the table, or all.
func (o *evaluateVerification) read() ([]evaluation.Pair, error) {
	if o.pairs == "" {
		people, err := o.people()
		return evaluation.AllPairs(people), err
	}
	f, err := os.Open(o.pairs)
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeNotFound, "cmd.evaluate", "the table %s cannot be read", o.pairs).WithHint("check the path and its permissions").WithCause(err)
	}
	defer f.Close()
	pairs, err := evaluation.ReadPairs(f)
	if err != nil {
		return nil, err
	}
	images := imagesOf(pairs)
	if !slices.ContainsFunc(images, func(image string) bool { return exists(o.images, image) }) {
		return nil, menshen.Errorf(menshen.CodeNotFound, "cmd.evaluate", "none of the photographs in %s is in the folder %s", o.pairs, o.images).
			WithHint("paths in the table are relative to --images, such as %s", images[0])
	}
	return pairs, nil
}

// imagesOf gives the photographs of pairs, each once, sorted.
func imagesOf(pairs []evaluation.Pair) []string {
	var images []string
	for _, p := range pairs {
		images = append(images, p.First, p.Second)
	}
	slices.Sort(images)
	return slices.Compact(images)
}

func (r verificationReport) print(a *app) {
	r.evaluationHead.print(a)
	fmt.Fprintln(a.out, a.text(menshen.Text{
		ZH: fmt.Sprintf("%d 对（同一人 %d，不同人 %d），%d 人", r.Pairs, r.Same, r.Different, r.People),
		EN: fmt.Sprintf("%d pairs (%d of one person, %d of two), %d people", r.Pairs, r.Same, r.Different, r.People),
	}))
	t := newTable(a.text(menshen.Text{ZH: "指标", EN: "figure"}), a.text(menshen.Text{ZH: "值", EN: "value"}), a.text(menshen.Text{ZH: "95 % 区间", EN: "95 % interval"}),
		a.text(menshen.Text{ZH: "阈值", EN: "threshold"}), "")
	t.add(a.text(menshen.Text{ZH: "准确率（最佳阈值）", EN: "accuracy (best threshold)"}), share4(r.Accuracy), between(r.AccuracyInterval), share4(r.Threshold))
	t.add(a.text(menshen.Text{ZH: "准确率（十折）", EN: "accuracy (ten folds)"}), share4(r.TenFold), "± "+share4(r.TenFoldError))
	t.add(a.text(menshen.Text{ZH: "等错误率 EER", EN: "equal error rate"}), share4(r.EqualError))
	for _, p := range r.Points {
		note := ""
		if !p.Resolved {
			note = a.text(menshen.Text{ZH: "不同人的对数不足以分辨此 FAR", EN: "too few pairs of two people to resolve this FAR"})
		}
		t.add("TAR @ FAR "+p.Name(), share4(p.TAR), between(p.Interval), share4(p.Threshold), note)
	}
	t.print(a.out)
}

func (h evaluationHead) print(a *app) {
	fmt.Fprintf(a.out, "%s\n%s %s · %s\n", h.Machine, a.text(menshen.Text{ZH: "引擎", EN: "engine"}), h.Engine, a.text(menshen.Text{
		ZH: fmt.Sprintf("%d 张照片，%d 张无法提取（%s），每张 %s 毫秒", h.Images, h.Failed, between(h.Failure), bench.Millis(h.Millis)),
		EN: fmt.Sprintf("%d photographs, %d failed to acquire (%s), %s ms each", h.Images, h.Failed, between(h.Failure), bench.Millis(h.Millis)),
	}))
	if h.EvaluationOnly {
		fmt.Fprintln(a.out, a.text(menshen.Text{ZH: "此模型仅供评测，不得用于正式出入口", EN: "this network is for evaluation only and must not be used at a real gate"}))
	}
	if h.Share > 0 {
		fmt.Fprintln(a.out, a.text(menshen.Text{
			ZH: fmt.Sprintf("%d 张探测照片画有口罩：%d 张无法提取，%d 张看得出被遮挡；未画口罩的照片中 %d 张误判为被遮挡", h.Wearing, h.Lost, h.Found, h.Alarms),
			EN: fmt.Sprintf("%d probes wear a drawn mask: %d failed to acquire, %d look covered; of the bare photographs %d look covered", h.Wearing, h.Lost, h.Found, h.Alarms),
		}))
	}
	for _, f := range h.Failures {
		fmt.Fprintf(a.out, "✗ %s: %s\n", f.Image, a.said(f.Why))
	}
}

func share4(v float64) string { return fmt.Sprintf("%.4f", v) }

func between(i evaluation.Interval) string {
	return strings.Join([]string{share4(i.Low), share4(i.High)}, " – ")
}
