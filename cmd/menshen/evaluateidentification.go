package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"menshen"
	"menshen/evaluation"
)

// evaluateIdentification are the flags of menshen evaluate identification.
type evaluateIdentification struct {
	evaluateOptions

	enrolled  float64
	templates int
	splits    int
}

// identificationReport is what menshen evaluate identification prints.
type identificationReport struct {
	evaluationHead
	evaluation.Identification
}

func (o *evaluateIdentification) check() error {
	const op = "cmd.evaluate"
	switch {
	case !(o.enrolled > 0 && o.enrolled < 1):
		return menshen.Errorf(menshen.CodeInvalid, op, "--enrolled: %g is out of range", o.enrolled).WithHint("use a share between 0 and 1, such as 0.5")
	case o.templates < 1 || o.templates > 100:
		return menshen.Errorf(menshen.CodeInvalid, op, "--templates: %d is out of range", o.templates).WithHint("use 1 to 100")
	case o.splits < 1 || o.splits > 10_000:
		return menshen.Errorf(menshen.CodeInvalid, op, "--splits: %d is out of range", o.splits).WithHint("use 1 to 10000")
	}
	return o.evaluateOptions.check()
}

func (a *app) evaluateIdentification(c *cobra.Command, o evaluateIdentification) error {
	if err := o.check(); err != nil {
		return err
	}
	people, err := o.people()
	if err != nil {
		return err
	}
	choice, engine, err := a.evaluationEngine(c, o.evaluateOptions, evaluationWorkers())
	if err != nil {
		return err
	}
	defer engine.Close()
	var images []string
	for _, p := range people {
		images = append(images, p.Images...)
	}
	faces, got, err := a.acquire(c.Context(), engine, o.images, images, o.masks, evaluationWorkers())
	if err != nil {
		return err
	}
	compare := newComparer(faces, o.masks, choice.Point, choice.ID)
	r := identificationReport{evaluationHead: newEvaluationHead(choice, got, compare.figures)}
	set := evaluation.OpenSet{Enrolled: o.enrolled, Templates: o.templates, Splits: o.splits, Seed: o.seed}
	r.Identification, err = set.Identify(people, func(probe int, enrolled []int) float64 {
		names := make([]string, len(enrolled))
		for i, e := range enrolled {
			names[i] = images[e]
		}
		return compare.distance(images[probe], names...)
	})
	if err != nil {
		return err
	}
	title := menshen.Text{ZH: "一对多检索：库越大", EN: "Searches as the gallery grows"}
	if err := o.writePlot(evaluation.PlotGrowth(title, a.tag(), 0.003, evaluation.Growth{Name: r.Engine, Identification: r.Identification})); err != nil {
		return err
	}
	if o.format == "json" {
		return writeJSON(a.out, r)
	}
	r.print(a)
	return nil
}

func (r identificationReport) print(a *app) {
	r.evaluationHead.print(a)
	fmt.Fprintln(a.out, a.text(menshen.Text{
		ZH: fmt.Sprintf("%d 人：每次随机划分登记 %d 人（每人 %d 张照片），其余 %d 人为陌生人；%d 次划分", r.People, r.Enrolled, r.Templates, r.Strangers, r.Splits),
		EN: fmt.Sprintf("%d people: in each random split %d are enrolled (%d photographs each) and %d are strangers; %d splits", r.People, r.Enrolled, r.Templates, r.Strangers, r.Splits),
	}))
	t := newTable(a.text(menshen.Text{ZH: "库中人数", EN: "gallery"}), "rank-1", a.text(menshen.Text{ZH: "95 % 区间", EN: "95 % interval"}), "FPIR",
		a.text(menshen.Text{ZH: "实测", EN: "measured"}), a.text(menshen.Text{ZH: "按 FMR 预期", EN: "by FMR"}), a.text(menshen.Text{ZH: "阈值", EN: "threshold"}),
		"FNIR", a.text(menshen.Text{ZH: "95 % 区间", EN: "95 % interval"}), "")
	for _, g := range r.Galleries {
		for _, p := range g.Points {
			note := ""
			if !p.Resolved {
				note = a.text(menshen.Text{ZH: fmt.Sprintf("陌生人照片仅 %d 张，不足以分辨", g.NonMatedFaces), EN: fmt.Sprintf("%d photographs of strangers cannot resolve it", g.NonMatedFaces)})
			}
			t.add(fmt.Sprint(g.Size), share4(g.Rank1), between(g.Rank1Interval), share4(p.FPIR), share4(p.Measured), share4(p.Expected), share4(p.Threshold),
				share4(p.FNIR), between(p.Interval), note)
		}
	}
	t.print(a.out)
	if len(r.Beyond) == 0 {
		return
	}
	fmt.Fprintln(a.out, a.text(menshen.Text{
		ZH: "外推（FPIR = 1 − (1 − FMR)^N，不是测量）：", EN: "carried on (FPIR = 1 − (1 − FMR)^N; no measurement):",
	}))
	t = newTable(a.text(menshen.Text{ZH: "库中人数", EN: "gallery"}), "FPIR", "FMR", a.text(menshen.Text{ZH: "阈值", EN: "threshold"}), "FNIR", "")
	for _, b := range r.Beyond {
		note := ""
		if b.Fitted {
			note = a.text(menshen.Text{ZH: "FMR 低于可测范围，由尾部拟合", EN: "the FMR is beyond what was measured, from the fitted tail"})
		}
		t.add(fmt.Sprint(b.Size), share4(b.FPIR), fmt.Sprintf("%.1e", b.FMR), share4(b.Threshold), share4(b.FNIR), note)
	}
	t.print(a.out)
}

// exists reports whether a photograph, whose path has slashes, is in a folder.
func exists(folder, image string) bool {
	_, err := os.Stat(filepath.Join(folder, filepath.FromSlash(image)))
	return err == nil
}
