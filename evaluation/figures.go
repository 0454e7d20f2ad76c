package evaluation

import (
	"fmt"
	"math"

	"menshen"
)

// Curve names a verification for a plot of several.
type Curve struct {
	Name string
	ROC  []ROCPoint
}

// PlotDET draws curves of the two errors against each other, both logarithmic (Martin et al. 1997, here with logarithms
// in place of normal deviates, as NIST does), texts in the language of a BCP 47 tag.
func PlotDET(title menshen.Text, lang string, curves ...Curve) Plot {
	p := Plot{
		Title: title.In(lang),
		X:     Axis{Label: menshen.Text{ZH: "误接受率 FAR", EN: "false accept rate (FAR)"}.In(lang), Min: 1e-4, Max: 1, Log: true},
		Y:     Axis{Label: menshen.Text{ZH: "误拒绝率 1 − TAR", EN: "false reject rate (1 − TAR)"}.In(lang), Min: 1e-3, Max: 1, Log: true},
	}
	least := 1.0
	for _, c := range curves {
		s := Series{Name: c.Name}
		for _, r := range c.ROC {
			if r.FAR > 0 {
				least = min(least, r.FAR)
				s.Points = append(s.Points, [2]float64{r.FAR, 1 - r.TAR})
			}
		}
		p.Series = append(p.Series, s)
	}
	p.X.Min = min(math.Pow(10, math.Floor(math.Log10(least))), 0.1)
	return p
}

// Growth names an identification for a plot of several.
type Growth struct {
	Name string
	Identification
}

// PlotGrowth draws the FNIR at one FPIR as the gallery grows: measured with its interval, and beyond that, dashed, as
// extrapolated.
func PlotGrowth(title menshen.Text, lang string, fpir float64, all ...Growth) Plot {
	p := Plot{
		Title: title.In(lang),
		Note: menshen.Text{
			ZH: "实线：实测，色带为 95 % 置信区间；虚线：按 1 − (1 − FMR)^N 外推", EN: "solid: measured, with its 95 % interval; dashed: extrapolated by 1 − (1 − FMR)^N",
		}.In(lang),
		X: Axis{Label: menshen.Text{ZH: "库中人数", EN: "people in the gallery"}.In(lang), Min: 1, Max: 10, Log: true},
		Y: Axis{Label: menshen.Text{ZH: fmt.Sprintf("漏识率 FNIR（FPIR = %g %%）", 100*fpir), EN: fmt.Sprintf("FNIR at FPIR %g %%", 100*fpir)}.In(lang), Max: 0.05},
	}
	for _, g := range all {
		s := Series{Name: g.Name, Marks: true}
		for _, x := range g.Galleries {
			for _, at := range x.Points {
				if at.FPIR == fpir {
					s.Points = append(s.Points, [2]float64{float64(x.Size), at.FNIR})
					s.Band = append(s.Band, [2]float64{at.Interval.Low, at.Interval.High})
					p.X.Max, p.Y.Max = max(p.X.Max, float64(x.Size)), max(p.Y.Max, at.Interval.High)
				}
			}
		}
		p.Series = append(p.Series, s)
	}
	for i, g := range all {
		s := Series{Dashed: true, Colour: i + 1} // the note names it
		for _, b := range g.Beyond {
			if b.FPIR == fpir {
				s.Points = append(s.Points, [2]float64{float64(b.Size), b.FNIR})
				p.X.Max, p.Y.Max = max(p.X.Max, float64(b.Size)), max(p.Y.Max, b.FNIR)
			}
		}
		p.Series = append(p.Series, s)
	}
	p.Y.Max = min(math.Ceil(p.Y.Max*10)/10, 1)
	return p
}
