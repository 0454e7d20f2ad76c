package evaluation_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"menshen"
	"menshen/evaluation"
)

// mustDraw writes a plot and makes sure that it is well-formed XML.
func mustDraw(t *testing.T, p evaluation.Plot) string {
	t.Helper()
	var out bytes.Buffer
	if err := p.WriteSVG(&out); err != nil {
		t.Fatal(err)
	}
	for d := xml.NewDecoder(bytes.NewReader(out.Bytes())); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("%v in\n%s", err, out.String())
		}
	}
	for _, bad := range []string{"NaN", "Inf", "%!"} {
		if strings.Contains(out.String(), bad) {
			t.Errorf("%s in\n%s", bad, out.String())
		}
	}
	return out.String()
}

func TestPlotDET(t *testing.T) {
	pairs, distances := drawn(60, 20, 0.3)
	v, err := evaluation.Verify(pairs, distances, 1)
	if err != nil {
		t.Fatal(err)
	}
	title := menshen.Text{ZH: "一对一", EN: `One to one: <"a" & b>`}
	svg := mustDraw(t, evaluation.PlotDET(title, "en", evaluation.Curve{Name: "opencv", ROC: v.ROC}, evaluation.Curve{Name: "empty"}))
	for _, want := range []string{"&lt;&quot;a&quot; &amp; b&gt;", "false accept rate", ">0.01<", ">0.1<", "opencv"} {
		if !strings.Contains(svg, want) {
			t.Errorf("%q is not in\n%s", want, svg)
		}
	}
	if svg := mustDraw(t, evaluation.PlotDET(title, "zh", evaluation.Curve{Name: "opencv", ROC: v.ROC})); !strings.Contains(svg, "误接受率") {
		t.Error("no Chinese")
	}
}

func TestPlotGrowth(t *testing.T) {
	people, score := crowd(40, 24, 0.9)
	r, err := evaluation.OpenSet{Splits: 10}.Identify(people, score)
	if err != nil {
		t.Fatal(err)
	}
	svg := mustDraw(t, evaluation.PlotGrowth(menshen.Text{EN: "growth"}, "en", 0.003, evaluation.Growth{Name: "bare", Identification: r}))
	for _, want := range []string{"stroke-dasharray", "fill-opacity", "extrapolated", ">10000<", "FNIR at FPIR 0.3 %"} {
		if !strings.Contains(svg, want) {
			t.Errorf("%q is not in\n%s", want, svg)
		}
	}
}
