package report

import (
	"slices"
	"strings"
	"time"

	"menshen"
	"menshen/tracing"
	"menshen/tracing/casebook"
)

// Source is everything that a file of a case is made of. Nothing in it is changed.
type Source struct {
	casebook.Report

	Site   menshen.Site
	Stays  []menshen.Stay // of the index person within the window, in order
	Passes []menshen.Pass // likewise
	// Missing is from when on passes are at hand, where some of the window are not any more; zero where all are.
	Missing time.Time
	// People is who is named by contacts and paths, by person id. Who is not in it is called by their id.
	People map[string]Person
	// Particulars says whether telephone and document numbers are written.
	Particulars bool
	Language    string // zh, en, or "" for both

	By      string // who exports it,
	At      time.Time
	Purpose string // and what for
}

// Person is what the registry knows of somebody.
type Person struct {
	Name     string
	Dwelling menshen.Dwelling
	menshen.Particulars
}

func (s Source) names() tracing.Names {
	return tracing.Names{Person: func(id string) string { return s.People[id].Name }, Site: s.Site}
}

func (s Source) location() *time.Location {
	if s.Site.Location != nil {
		return s.Site.Location
	}
	return time.UTC
}

// say gives a text in the language of the file, or in both with a stroke between them.
func (s Source) say(t menshen.Text) string {
	if s.Language != "" || t.ZH == t.EN || t.EN == "" || t.ZH == "" {
		return t.In(s.Language)
	}
	return t.ZH + " / " + t.EN
}

func (s Source) day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(s.location()).Format(time.DateOnly)
}

func (s Source) time(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(s.location()).Format("2006-01-02 15:04")
}

// name is what somebody is called: the registry's name, that of an interview, or the id.
func (s Source) name(c menshen.CaseContact) string {
	if n := s.People[c.Person].Name; n != "" {
		return n
	}
	if c.Name != "" {
		return c.Name
	}
	return c.Person
}

func (s Source) called(person string) string {
	if n := s.People[person].Name; n != "" {
		return n
	}
	return person
}

func dwelling(d menshen.Dwelling) string {
	if d == (menshen.Dwelling{}) {
		return ""
	}
	return d.String()
}

// sex and birth are in the number of a resident identity card (GB 11643-1999): the last but one digit is odd for men.
func (s Source) sex(p Person) string {
	n := p.Document.Number.Reveal()
	if p.Document.Kind != menshen.DocumentIDCard || len(n) != 18 {
		return ""
	}
	if (n[16]-'0')%2 == 1 {
		return s.say(menshen.Text{ZH: "男", EN: "male"})
	}
	return s.say(menshen.Text{ZH: "女", EN: "female"})
}

// age in whole years at the time of the file, -1 for not known.
func (s Source) age(p Person) int {
	born := p.Born
	if n := p.Document.Number.Reveal(); born.IsZero() && p.Document.Kind == menshen.DocumentIDCard && len(n) == 18 {
		born, _ = time.Parse("20060102", n[6:14])
	}
	if born.IsZero() {
		return -1
	}
	now := s.At.In(s.location())
	years := now.Year() - born.Year()
	if now.Month() < born.Month() || now.Month() == born.Month() && now.Day() < born.Day() {
		years--
	}
	return years
}

// contacts gives those that count, and after them, where all is set, those withdrawn and merged.
func (s Source) contacts(all bool) (out []casebook.ContactView) {
	for _, c := range s.Contacts {
		if counts(c.CaseContact) {
			out = append(out, c)
		}
	}
	if all {
		for _, c := range s.Contacts {
			if !counts(c.CaseContact) {
				out = append(out, c)
			}
		}
	}
	return out
}

func counts(c menshen.CaseContact) bool { return c.MergedInto == "" && c.WithdrawnFor == "" }

// PathOf gives the path of a contact with their name for an id, where the registry does not have them.
func PathOf(c menshen.CaseContact) []menshen.Hop {
	last := len(c.Path) - 1
	if last < 0 || c.Path[last].To != "" {
		return c.Path
	}
	path := slices.Clone(c.Path)
	path[last].To = c.Name
	return path
}

// reason says in words why somebody counts: the path from the case, or that somebody told it.
func (s Source) reason(c menshen.CaseContact) menshen.Text {
	if len(c.Path) > 0 {
		return tracing.Explain(PathOf(c), s.names())
	}
	t := menshen.Text{ZH: "流调中由本人或知情人陈述", EN: "told in an interview"}
	if c.Note != "" {
		t.ZH, t.EN = t.ZH+"："+c.Note, t.EN+": "+c.Note
	}
	return t
}

// place says where somebody was exposed: of the last hop, which is their own.
func (s Source) place(c menshen.CaseContact) menshen.Text {
	if len(c.Path) == 0 {
		return menshen.Text{ZH: c.Note, EN: c.Note}
	}
	return s.placeOf(c.Path[len(c.Path)-1].Exposure)
}

func (s Source) placeOf(e menshen.Exposure) menshen.Text {
	switch e.Kind {
	case menshen.ExposureZone:
		if z, ok := s.Site.Zone(e.Zone); ok && z.Name != (menshen.Text{}) {
			return menshen.Text{ZH: z.Name.In("zh"), EN: z.Name.In("en")}
		}
		return menshen.Text{ZH: e.Zone, EN: e.Zone}
	case menshen.ExposureGate:
		if g, ok := s.Site.Gate(e.Gate); ok && g.Name != (menshen.Text{}) {
			return menshen.Text{ZH: g.Name.In("zh"), EN: g.Name.In("en")}
		}
		return menshen.Text{ZH: e.Gate, EN: e.Gate}
	}
	return relationOf(e)
}

// relation says how somebody and the one before in the chain met.
func (s Source) relation(c menshen.CaseContact) menshen.Text {
	if len(c.Path) == 0 {
		return relationOf(menshen.Exposure{Kind: menshen.ExposureReported})
	}
	return relationOf(c.Path[len(c.Path)-1].Exposure)
}

func relationOf(e menshen.Exposure) menshen.Text {
	switch e.Kind {
	case menshen.ExposureZone:
		return menshen.Text{ZH: "同处一区域", EN: "in one place"}
	case menshen.ExposureGate:
		return menshen.Text{ZH: "先后经过同一出入口", EN: "one gate"}
	case menshen.ExposureHousehold:
		return menshen.Text{ZH: "同住一户", EN: "same household"}
	case menshen.ExposureFloor:
		if e.Floors > 0 {
			return menshen.Text{ZH: "住相邻楼层", EN: "floors nearby"}
		}
		return menshen.Text{ZH: "住同一楼层", EN: "same floor"}
	case menshen.ExposureBuilding:
		return menshen.Text{ZH: "住同一楼栋", EN: "same building"}
	case menshen.ExposureReported:
		return menshen.Text{ZH: "流调陈述", EN: "interview"}
	}
	return menshen.Text{ZH: string(e.Kind), EN: string(e.Kind)}
}

func risk(r string) menshen.Text {
	switch r {
	case "high":
		return menshen.Text{ZH: "高", EN: "high"}
	case "medium":
		return menshen.Text{ZH: "中", EN: "medium"}
	case "low":
		return menshen.Text{ZH: "低", EN: "low"}
	}
	return menshen.Text{ZH: r, EN: r}
}

// rule gives the name of a rule of the policy.
func (s Source) rule(id string) menshen.Text {
	if s.Policy != nil {
		for _, r := range append(s.Policy.Rules[:len(s.Policy.Rules):len(s.Policy.Rules)], s.Policy.Next...) {
			if r.ID == id && r.Name != (menshen.Text{}) {
				return r.Name
			}
		}
	}
	return menshen.Text{ZH: id, EN: id}
}

// planned gives the days of a contact's follow-up, at most maxPlan.
func (s Source) planned(c menshen.CaseContact) (days []string) {
	if c.FollowFrom.IsZero() {
		return nil
	}
	last := s.day(c.FollowTo)
	for d := c.FollowFrom.In(s.location()); len(days) < maxPlan && d.Format(time.DateOnly) <= last; d = d.AddDate(0, 0, 1) {
		days = append(days, d.Format(time.DateOnly))
	}
	return days
}

const maxPlan = 60

func symptoms(all []string) string { return strings.Join(all, "、") }
