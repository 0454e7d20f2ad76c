package evaluation

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// Plot is a line chart of one set of axes.
type Plot struct {
	Title  string
	Note   string // a line below; may be empty
	X, Y   Axis
	Series []Series
}

// Axis is one axis. Values outside lie on its border.
type Axis struct {
	Label    string
	Min, Max float64
	Log      bool // Min and Max are above 0
}

// Series is one curve.
type Series struct {
	Name   string // "" is left out of the legend
	Points [][2]float64
	Band   [][2]float64 // low and high of each point; empty for none
	Dashed bool
	Marks  bool
	Colour int // number of a colour, from 1; by its place among the curves if 0
}

func (s Series) colour(place int) string {
	if s.Colour > 0 {
		place = s.Colour - 1
	}
	return palette[place%len(palette)]
}

// Sizes in user units of the drawing, which scales to any size.
const (
	plotWidth, plotHeight         = 720.0, 460.0
	plotLeft, plotRight           = 76.0, 24.0
	plotTop, plotBottom           = 76.0, 84.0
	innerWidth, innerHeight       = plotWidth - plotLeft - plotRight, plotHeight - plotTop - plotBottom
	legendSwatch, legendCharacter = 26.0, 7.3
)

// palette is that of Okabe and Ito (2008), which people with any colour vision can tell apart.
var palette = []string{"#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00"}

// WriteSVG draws the plot. The file is on its own: no scripts, no fonts, nothing fetched.
func (p Plot) WriteSVG(w io.Writer) error {
	d := &drawing{plot: p}
	d.printf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %g %g" role="img" aria-label="%s" font-family="system-ui,'Noto Sans','Noto Sans CJK SC',sans-serif" font-size="12">`+"\n",
		plotWidth, plotHeight, escape(p.Title))
	d.printf(`<title>%s</title>`+"\n", escape(p.Title))
	d.printf(`<rect width="%g" height="%g" fill="#fff"/>`+"\n", plotWidth, plotHeight)
	d.printf(`<text x="%g" y="26" font-size="16" font-weight="600" fill="#111">%s</text>`+"\n", plotLeft, escape(p.Title))
	d.legend()
	d.axes()
	d.printf(`<clipPath id="inner"><rect x="%g" y="%g" width="%g" height="%g"/></clipPath>`+"\n", plotLeft-4, plotTop-4, innerWidth+8, innerHeight+8)
	d.printf(`<g clip-path="url(#inner)">` + "\n")
	for i, s := range p.Series {
		d.series(s, s.colour(i))
	}
	d.printf("</g>\n")
	if p.Note != "" {
		d.printf(`<text x="%g" y="%g" font-size="11" fill="#555">%s</text>`+"\n", plotLeft, plotHeight-12, escape(p.Note))
	}
	d.printf("</svg>\n")
	_, err := w.Write(d.out.Bytes())
	return err
}

type drawing struct {
	plot Plot
	out  bytes.Buffer
}

func (d *drawing) printf(format string, args ...any) { fmt.Fprintf(&d.out, format, args...) }

// legend puts the names of the curves in lines between title and plot.
func (d *drawing) legend() {
	x, y := plotLeft, 48.0
	for i, s := range d.plot.Series {
		if s.Name == "" {
			continue
		}
		wide := legendSwatch + 22 + legendCharacter*cells(s.Name)
		if x+wide > plotWidth-plotRight && x > plotLeft {
			x, y = plotLeft, y+17
		}
		d.printf(`<line x1="%s" y1="%s" x2="%s" y2="%s" stroke="%s" stroke-width="2.5"%s/>`+"\n",
			num(x), num(y-4), num(x+legendSwatch), num(y-4), s.colour(i), dash(s.Dashed))
		d.printf(`<text x="%s" y="%s" fill="#333">%s</text>`+"\n", num(x+legendSwatch+6), num(y), escape(s.Name))
		x += wide
	}
}

// cells is about how wide a text is, in Latin letters.
func cells(s string) float64 {
	n := 0.0
	for _, r := range s {
		if n++; r > 0x2e80 {
			n++
		}
	}
	return n
}

func (d *drawing) axes() {
	bottom, right := plotTop+innerHeight, plotLeft+innerWidth
	for _, t := range d.plot.X.ticks() {
		x := plotLeft + d.plot.X.share(t.at)*innerWidth
		d.printf(`<line x1="%[1]s" y1="%[2]g" x2="%[1]s" y2="%[3]g" stroke="%[4]s"/>`+"\n", num(x), plotTop, bottom, t.colour())
		if t.label != "" {
			d.printf(`<text x="%s" y="%g" text-anchor="middle" fill="#333">%s</text>`+"\n", num(x), bottom+18, t.label)
		}
	}
	for _, t := range d.plot.Y.ticks() {
		y := bottom - d.plot.Y.share(t.at)*innerHeight
		d.printf(`<line x1="%[1]g" y1="%[2]s" x2="%[3]g" y2="%[2]s" stroke="%[4]s"/>`+"\n", plotLeft, num(y), right, t.colour())
		if t.label != "" {
			d.printf(`<text x="%g" y="%s" text-anchor="end" fill="#333">%s</text>`+"\n", plotLeft-8, num(y+4), t.label)
		}
	}
	d.printf(`<path d="M%g %gV%gH%g" fill="none" stroke="#333"/>`+"\n", plotLeft, plotTop, bottom, right)
	d.printf(`<text x="%g" y="%g" text-anchor="middle" fill="#111">%s</text>`+"\n", plotLeft+innerWidth/2, bottom+40, escape(d.plot.X.Label))
	d.printf(`<text transform="translate(18 %g) rotate(-90)" text-anchor="middle" fill="#111">%s</text>`+"\n", plotTop+innerHeight/2, escape(d.plot.Y.Label))
}

func (d *drawing) place(x, y float64) string {
	return num(plotLeft+d.plot.X.share(x)*innerWidth) + " " + num(plotTop+(1-d.plot.Y.share(y))*innerHeight)
}

func (d *drawing) series(s Series, colour string) {
	if len(s.Points) == 0 {
		return
	}
	if len(s.Band) == len(s.Points) {
		var path []string
		for i, p := range s.Points {
			path = append(path, d.place(p[0], s.Band[i][1]))
		}
		for i := len(s.Points) - 1; i >= 0; i-- {
			path = append(path, d.place(s.Points[i][0], s.Band[i][0]))
		}
		d.printf(`<path d="M%sZ" fill="%s" fill-opacity="0.15"/>`+"\n", strings.Join(path, "L"), colour)
	}
	path := make([]string, len(s.Points))
	for i, p := range s.Points {
		path[i] = d.place(p[0], p[1])
	}
	d.printf(`<path d="M%s" fill="none" stroke="%s" stroke-width="2" stroke-linejoin="round"%s/>`+"\n", strings.Join(path, "L"), colour, dash(s.Dashed))
	if s.Marks {
		for _, p := range s.Points {
			x, y, _ := strings.Cut(d.place(p[0], p[1]), " ")
			d.printf(`<circle cx="%s" cy="%s" r="3.5" fill="%s"/>`+"\n", x, y, colour)
		}
	}
}

func dash(yes bool) string {
	if yes {
		return ` stroke-dasharray="6 4"`
	}
	return ""
}

// share is where a value lies on the axis, 0 … 1.
func (a Axis) share(v float64) float64 {
	low, high := a.Min, a.Max
	if a.Log {
		low, high, v = math.Log(low), math.Log(high), math.Log(max(v, a.Min))
	}
	return min(max((v-low)/(high-low), 0), 1)
}

// tick is a line of the grid; those between the labelled ones have no label.
type tick struct {
	at    float64
	label string
}

func (t tick) colour() string {
	if t.label == "" {
		return "#f0f0f0"
	}
	return "#d8d8d8"
}

func (a Axis) ticks() (all []tick) {
	if a.Log {
		for e := math.Floor(math.Log10(a.Min)); e <= math.Ceil(math.Log10(a.Max)); e++ {
			for k := 1.0; k < 10; k++ {
				v := k * math.Pow(10, e)
				if v < a.Min*0.999 || v > a.Max*1.001 {
					continue
				}
				t := tick{at: v}
				if k == 1 || a.Max/a.Min <= 50 && (k == 2 || k == 5) {
					t.label = plain(v)
				}
				all = append(all, t)
			}
		}
		return all
	}
	step := math.Pow(10, math.Floor(math.Log10((a.Max-a.Min)/5)))
	for _, k := range []float64{10, 5, 2} {
		if (a.Max-a.Min)/(step*k) >= 4 {
			step *= k
			break
		}
	}
	for v := math.Ceil(a.Min/step-1e-9) * step; v <= a.Max+step*1e-9; v += step {
		all = append(all, tick{at: v, label: plain(v)})
	}
	return all
}

// plain writes a number without an exponent unless it would be long.
func plain(v float64) string {
	if v != 0 && (math.Abs(v) < 1e-5 || math.Abs(v) >= 1e6) {
		return strconv.FormatFloat(v, 'e', 0, 64)
	}
	return strconv.FormatFloat(math.Round(v*1e9)/1e9+0, 'f', -1, 64) // + 0 makes 0 of −0
}

func num(v float64) string { return strconv.FormatFloat(math.Round(v*100)/100, 'f', -1, 64) }

func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(s)
}
