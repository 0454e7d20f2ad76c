package tracing

import (
	"fmt"
	"strings"
	"time"

	"menshen"
)

// Names is what explanations call things by.
type Names struct {
	Person func(id string) string // nil, or "" from it: the id
	Site   menshen.Site           // of zones, gates and the time that people read
}

func (n Names) person(id string) string {
	if n.Person != nil {
		if s := n.Person(id); s != "" {
			return s
		}
	}
	return id
}

func (n Names) location() *time.Location {
	if n.Site.Location != nil {
		return n.Site.Location
	}
	return time.UTC
}

// Explain says in words how the infection can have come to the person: "李四 → 王五，11月3日 12:03–12:41，3号楼电梯". Inferred
// bounds are marked.
func (f Finding) Explain(names Names) menshen.Text { return Explain(f.Path, names) }

// Explain says a path in words, hop by hop.
func Explain(path []menshen.Hop, names Names) menshen.Text {
	var zh, en strings.Builder
	for i, h := range path {
		if i == 0 {
			zh.WriteString(names.person(h.From))
			en.WriteString(names.person(h.From))
		}
		at := names.exposure(h.Exposure)
		fmt.Fprintf(&zh, " → %s，%s", names.person(h.To), at.ZH)
		fmt.Fprintf(&en, " → %s, %s", names.person(h.To), at.EN)
	}
	return menshen.Text{ZH: zh.String(), EN: en.String()}
}

// ExplainExposure says one exposure in words.
func ExplainExposure(e menshen.Exposure, names Names) menshen.Text { return names.exposure(e) }

func (n Names) exposure(e menshen.Exposure) menshen.Text {
	when := n.span(e.Span)
	where := n.place(e)
	if e.Inferred {
		when.ZH += "（推定）"
		when.EN += " (inferred)"
	}
	return menshen.Text{ZH: when.ZH + "，" + where.ZH, EN: when.EN + ", " + where.EN}
}

// span writes a span at the site: one minute alone, two of one day, or two with their days.
func (n Names) span(s menshen.Span) menshen.Text {
	from, to := s.From.In(n.location()), s.To.In(n.location())
	day := func(t time.Time) menshen.Text {
		return menshen.Text{ZH: t.Format("1月2日"), EN: t.Format("2 Jan")}
	}
	begin := day(from)
	out := menshen.Text{ZH: begin.ZH + " " + from.Format("15:04"), EN: begin.EN + " " + from.Format("15:04")}
	if from.Format("2006-01-02 15:04") == to.Format("2006-01-02 15:04") {
		return out
	}
	until := to.Format("15:04")
	if from.Format(time.DateOnly) != to.Format(time.DateOnly) {
		end := day(to)
		return menshen.Text{ZH: out.ZH + "–" + end.ZH + " " + until, EN: out.EN + " – " + end.EN + " " + until}
	}
	return menshen.Text{ZH: out.ZH + "–" + until, EN: out.EN + "–" + until}
}

// place says where, or by what, two people met.
func (n Names) place(e menshen.Exposure) menshen.Text {
	named := func(t menshen.Text, id string) menshen.Text {
		if t.ZH == "" && t.EN == "" {
			return menshen.Text{ZH: id, EN: id}
		}
		return menshen.Text{ZH: t.In("zh"), EN: t.In("en")}
	}
	switch e.Kind {
	case menshen.ExposureZone:
		z, _ := n.Site.Zone(e.Zone)
		return named(z.Name, e.Zone)
	case menshen.ExposureGate:
		g, _ := n.Site.Gate(e.Gate)
		at := named(g.Name, e.Gate)
		return menshen.Text{ZH: "先后经过" + at.ZH, EN: "one after the other at " + at.EN}
	case menshen.ExposureHousehold:
		return menshen.Text{ZH: "同住一户", EN: "same household"}
	case menshen.ExposureFloor:
		switch e.Floors {
		case 0:
			return menshen.Text{ZH: "住同一楼层", EN: "living on the same floor"}
		case 1:
			return menshen.Text{ZH: "住相邻楼层", EN: "living on the next floor"}
		}
		return menshen.Text{ZH: fmt.Sprintf("住处相隔%d层", e.Floors), EN: fmt.Sprintf("living %d floors apart", e.Floors)}
	case menshen.ExposureBuilding:
		return menshen.Text{ZH: "住同一楼栋", EN: "living in the same building"}
	case menshen.ExposureReported:
		return menshen.Text{ZH: "本人或知情人陈述", EN: "as told in an interview"}
	}
	return menshen.Text{ZH: string(e.Kind), EN: string(e.Kind)}
}
