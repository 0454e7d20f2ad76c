// Command compare draws what several runs of menshen evaluate … --format json said into one plot, as in docs/evaluation.md:
//
//	go run ./evaluation/compare -out growth.svg -title "As the gallery grows" "bare=a.json" "masked=b.json"
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"

	"menshen"
	"menshen/evaluation"
)

func main() {
	out := flag.String("out", "", "SVG file to write")
	title := flag.String("title", "", "above the plot")
	lang := flag.String("lang", "en", "en or zh")
	fpir := flag.Float64("fpir", 0.01, "of identifications")
	flag.Parse()
	if err := run(*out, *title, *lang, *fpir, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
}

func run(out, title, lang string, fpir float64, args []string) error {
	var growths []evaluation.Growth
	var curves []evaluation.Curve
	for _, arg := range args {
		name, path, ok := strings.Cut(arg, "=")
		if !ok {
			return fmt.Errorf("%q is no NAME=REPORT.json", arg)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var report struct {
			evaluation.Identification
			ROC []evaluation.ROCPoint `json:"roc"`
		}
		if err := json.Unmarshal(data, &report); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		if len(report.ROC) > 0 {
			curves = append(curves, evaluation.Curve{Name: name, ROC: report.ROC})
		} else {
			growths = append(growths, evaluation.Growth{Name: name, Identification: report.Identification})
		}
	}
	text := menshen.Text{ZH: title, EN: title}
	plot := evaluation.PlotDET(text, lang, curves...)
	if len(growths) > 0 {
		plot = evaluation.PlotGrowth(text, lang, fpir, growths...)
	}
	f, err := os.Create(out)
	if err != nil {
		return err
	}
	if err := plot.WriteSVG(f); err != nil {
		_ = f.Close() // the other error says more
		return err
	}
	return f.Close()
}
