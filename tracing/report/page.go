package report

import (
	"bytes"
	"cmp"
	_ "embed" // the page
	"html/template"
	"slices"
	"strconv"
	"strings"
	"time"

	"menshen"
	"menshen/tracing"
	"menshen/tracing/casebook"
)

//go:embed page.html
var pageText string

// Page makes the report of an investigation (流调报告) as a page of HTML to print, complete in itself.
func Page(s Source) ([]byte, error) {
	const op = "report.page"
	t, err := template.New("report").Parse(pageText)
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeInternal, op, "the page cannot be made").WithCause(err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, s.view()); err != nil {
		return nil, menshen.Errorf(menshen.CodeInternal, op, "the page cannot be made").WithCause(err)
	}
	return b.Bytes(), nil
}

// pageView is what the page shows: all texts in their language already.
type pageView struct {
	Lang, Title, Second, Site, Secret, Foot string // Second is the title in the second language
	Head                                    []line
	Parts                                   []part
}

type line struct{ Label, Value string }

// part is a section of the page: lines, a table, a picture or a list.
type part struct {
	Number  int
	Title   string
	Note    string
	Empty   string // in place of a table without rows
	Lines   []line
	Columns []string
	Rows    []row
	Wide    bool // a table that needs small print
	Chain   *picture
	Tree    []branch
}

type row struct {
	Cells []cell
	Faint bool // counts no longer
}

type cell struct {
	Text string
	Kind string // class: num, bad, good, none
	Sub  string // in small print below
}

func (s Source) t(zh, en string) string { return s.say(menshen.Text{ZH: zh, EN: en}) }

func (s Source) view() pageView {
	title := menshen.Text{ZH: "流行病学调查报告", EN: "Epidemiological investigation"}
	v := pageView{
		Lang: "zh-CN", Title: title.In(s.firstLanguage()), Site: s.say(s.Site.Name),
		Secret: s.t("机密　仅限疫情防控使用", "Confidential – for the control of the epidemic only"),
		Foot:   s.t("导出人", "exported by") + "：" + s.By + "　" + s.time(s.At) + "　" + s.t("用途", "purpose") + "：" + s.Purpose,
	}
	switch s.Language {
	case "":
		v.Second = title.EN
	case "en":
		v.Lang = "en"
	}
	v.Head = s.head()
	for _, p := range []part{s.infectious(), s.movements(), s.contactPart(), s.chainPart(), s.followUpPart(), s.historyPart()} {
		p.Number = len(v.Parts) + 1
		v.Parts = append(v.Parts, p)
	}
	return v
}

// known keeps the lines that say something.
func known(lines ...line) (out []line) {
	for _, l := range lines {
		if l.Value != "" {
			out = append(out, l)
		}
	}
	return out
}

func (s Source) head() []line {
	c, p := s.Case, s.People[s.Case.Person]
	lines := known(
		line{s.t("病例编号", "case number"), c.Number},
		line{s.t("姓名", "name"), s.called(c.Person)},
		line{s.t("性别 年龄", "sex, age"), strings.TrimSpace(s.sex(p) + " " + s.ageText(p))},
		line{s.t("住址", "dwelling"), dwelling(c.Dwelling)},
		line{s.t("状态", "state"), s.say(c.State.Text())},
		line{s.t("事由", "purpose"), c.Purpose},
		line{s.t("申请", "requested"), c.RequestedBy + "　" + s.time(c.Requested)},
		line{s.t("批准", "approved"), strings.TrimSpace(c.DecidedBy + "　" + s.time(c.Decided))},
		line{s.t("有效期至", "open until"), s.time(c.Expires)},
	)
	if s.Particulars {
		lines = append(lines, known(line{s.t("联系电话", "telephone"), p.Phone}, line{s.t("证件号码", "document number"), p.Document.Number.Reveal()})...)
	}
	return lines
}

// infectious tells of the illness, the window and the policy that it follows from.
func (s Source) infectious() part {
	c := s.Case
	p := part{Title: s.t("发病与传染期", "Illness and infectious window"), Lines: known(
		line{s.t("发病", "onset"), s.time(c.Onset)}, line{s.t("首次阳性采样", "first positive sample"), s.time(c.Sampled)},
		line{s.t("隔离", "isolated"), s.time(c.Isolated)}, line{s.t("症状消失", "free of symptoms"), s.time(c.SymptomFree)},
		line{s.t("症状", "symptoms"), symptoms(c.Symptoms)}, line{s.t("检测", "tests"), s.testText("")},
		line{s.t("传染期", "infectious window"), s.time(s.Window.From) + " – " + s.time(s.Window.To)},
		line{s.t("判定标准", "policy"), s.policyText()},
	)}
	if s.Policy != nil {
		p.Lines = append(p.Lines, known(line{s.t("标准说明", "about it"), s.say(s.Policy.About)}, line{s.t("依据", "source"), s.Policy.Source})...)
		var rules []string
		for _, r := range s.Policy.Rules {
			rules = append(rules, s.say(s.rule(r.ID))+" → "+s.say(r.Level.Text()))
		}
		for _, r := range s.Policy.Next {
			rules = append(rules, s.t("次代：", "next generation: ")+s.say(s.rule(r.ID))+" → "+s.say(r.Level.Text()))
		}
		p.Lines = append(p.Lines, known(line{s.t("规则", "rules"), strings.Join(rules, "\n")})...)
	}
	return p
}

// long writes a duration as people do.
func (s Source) long(d time.Duration) string {
	if d < time.Minute {
		return strconv.Itoa(int(d.Seconds())) + s.unit(" 秒", " s")
	}
	d = d.Round(time.Minute)
	h, m := int(d.Hours()), int(d.Minutes())%60
	if h == 0 {
		return strconv.Itoa(m) + s.unit(" 分", " min")
	}
	return strconv.Itoa(h) + s.unit(" 时 ", " h ") + strconv.Itoa(m) + s.unit(" 分", " min")
}

// unit is short: in a file of both languages it is in the first alone.
func (s Source) unit(zh, en string) string {
	if s.Language == "en" {
		return en
	}
	return zh
}

func (s Source) contactPart() part {
	p := part{
		Title: s.t("接触者名单", "Contacts"), Empty: s.t("没有接触者。", "There are no contacts."), Wide: true,
		Columns: []string{"#", s.t("姓名、住址", "name, dwelling"), s.t("判定", "level"), s.t("首次 – 末次接触", "first – last exposure"), s.t("原因", "reason"), s.t("处置", "status")},
	}
	if s.Particulars {
		p.Columns = append(p.Columns, s.t("电话", "telephone"))
	}
	n := 0
	for _, c := range s.contacts(true) {
		r := row{Faint: !counts(c.CaseContact)}
		number := "–"
		if !r.Faint {
			n++
			number = strconv.Itoa(n)
		}
		reason := cell{Text: s.reasonText(c.CaseContact), Sub: strings.TrimSpace(s.say(s.rule(c.Rule)) + " " + s.sureness(c.Sureness))}
		if c.WithdrawnFor != "" {
			reason.Sub = s.t("不再计入：", "counts no longer: ") + s.say(casebook.WithdrawnText(c.WithdrawnFor))
		}
		if c.MergedInto != "" {
			reason.Sub = s.t("重复记录，已合并", "a double, merged")
		}
		status := cell{Text: s.say(c.Status.Text())}
		if !c.IsolatedFrom.IsZero() {
			status.Sub = s.day(c.IsolatedFrom) + " – " + s.day(c.IsolatedTo)
		}
		r.Cells = []cell{
			{Text: number, Kind: "num nowrap"}, {Text: s.name(c.CaseContact), Sub: dwelling(c.Dwelling), Kind: s.unit("nowrap", "")},
			{Text: s.say(c.Level.Text()), Kind: s.unit("nowrap", ""), Sub: s.t("风险", "risk") + " " + s.say(risk(c.Risk)) + " · " + s.t("第"+strconv.Itoa(c.Generation)+"代", "generation "+strconv.Itoa(c.Generation))},
			{Text: s.time(c.First), Sub: s.time(c.Last), Kind: "nowrap"}, reason, status,
		}
		if s.Particulars {
			r.Cells = append(r.Cells, cell{Text: s.phone(c.CaseContact), Kind: "nowrap"})
		}
		p.Rows = append(p.Rows, r)
	}
	return p
}

// reasonText gives the path in both languages on lines of their own where both are asked for.
func (s Source) reasonText(c menshen.CaseContact) string {
	t := s.reason(c)
	if s.Language == "" && t.ZH != t.EN {
		return t.ZH + "\n" + t.EN
	}
	return t.In(s.Language)
}

func (s Source) sureness(v float64) string {
	if v == 0 {
		return ""
	}
	return "· " + s.t("可信度", "sureness") + " " + strconv.Itoa(int(v*100+0.5)) + " %"
}

func (s Source) chainPart() part {
	p := part{Title: s.t("传播链", "Chain"), Empty: s.t("没有传播链。", "There is no chain.")}
	tree := s.tree()
	if len(tree) == 0 {
		return p
	}
	p.Note = s.t("箭头从传播者指向接触者，时间为开始计入的暴露时间。", "Arrows lead from who may have passed it on, with the time of the exposure.")
	if p.Chain = draw(tree); p.Chain == nil {
		p.Tree = tree
	}
	return p
}

// followUpPart is the matrix of days and contacts.
func (s Source) followUpPart() part {
	p := part{
		Title: s.t("健康监测", "Follow-up"), Empty: s.t("没有随访计划。", "There is no follow-up plan."), Wide: true,
		Note: s.t("数字为体温（°C）；“漏”为漏访，“×”为未联系上，“*”为有症状，粗体为发热。", "Figures are °C; “–” was missed, “×” was not reached, “*” had symptoms, bold is a fever."),
	}
	days, first, last := map[string]bool{}, "", ""
	for _, v := range s.visits() {
		days[v.day] = true
		if first == "" || v.day < first {
			first = v.day
		}
		last = max(last, v.day)
	}
	if len(days) == 0 {
		return p
	}
	begin, err := time.Parse(time.DateOnly, first)
	if err != nil {
		return p
	}
	var columns []string
	p.Columns = []string{s.t("姓名", "name")}
	for d := begin; len(columns) < maxPlan && d.Format(time.DateOnly) <= last; d = d.AddDate(0, 0, 1) {
		columns = append(columns, d.Format(time.DateOnly))
		p.Columns = append(p.Columns, d.Format("1-2"))
	}
	today := s.day(s.At)
	byContact := map[string]map[string]visit{}
	for _, v := range s.visits() {
		if byContact[v.contact.ID] == nil {
			byContact[v.contact.ID] = map[string]visit{}
		}
		byContact[v.contact.ID][v.day] = v
	}
	for _, c := range s.contacts(false) {
		at := byContact[c.ID]
		if at == nil {
			continue
		}
		r := row{Cells: []cell{{Text: s.name(c.CaseContact), Kind: "nowrap"}}}
		for _, d := range columns {
			v, planned := at[d]
			r.Cells = append(r.Cells, s.dayCell(v, planned, d < today, slices.Contains(c.Missed, d)))
		}
		p.Rows = append(p.Rows, r)
	}
	return p
}

func (s Source) dayCell(v visit, planned, over, missed bool) cell {
	switch {
	case !planned:
		return cell{Kind: "none"}
	case v.f == nil && over && !missed:
		return cell{Kind: "none"} // nobody knew of them yet, or they were released
	case v.f == nil && over:
		return cell{Text: s.unit("漏", "–"), Kind: "bad day"}
	case v.f == nil:
		return cell{Kind: "day"}
	case !v.f.Reached:
		return cell{Text: "×", Kind: "bad day"}
	}
	text := "✓"
	if v.f.Celsius != 0 {
		text = strconv.FormatFloat(v.f.Celsius, 'f', 1, 64)
	}
	if len(v.f.Symptoms) > 0 {
		text += "*"
	}
	if s.fever(*v.f) {
		return cell{Text: text, Kind: "bad fever day"}
	}
	return cell{Text: text, Kind: "day"}
}

// branch is somebody in the chain with those who were exposed by them.
type branch struct {
	Name, Sub string
	Level     menshen.ContactLevel
	Below     []branch
}

// tree makes a tree of the paths of contacts that count; nil for none. Each person is in it once, below the one before in
// their own best path.
func (s Source) tree() []branch {
	below := map[string][]step{}
	placed := map[string]bool{s.Case.Person: true}
	for _, h := range s.steps() {
		if !placed[h.To] {
			placed[h.To] = true
			below[h.From] = append(below[h.From], h)
		}
	}
	if len(below) == 0 {
		return nil
	}
	levels := map[string]menshen.ContactLevel{}
	for _, c := range s.contacts(false) {
		levels[cmp.Or(c.Person, c.Name)] = c.Level
	}
	var grow func(person string, depth int) []branch
	grow = func(person string, depth int) (out []branch) {
		if depth > 10 {
			return nil
		}
		for _, h := range below[person] {
			out = append(out, branch{s.called(h.To), s.met(h.Hop), levels[h.To], grow(h.To, depth+1)})
		}
		return out
	}
	return []branch{{Name: s.called(s.Case.Person), Sub: s.Case.Number, Below: grow(s.Case.Person, 0)}}
}

// met says when and where a step was, in the first language of the file.
func (s Source) met(h menshen.Hop) string {
	return tracing.ExplainExposure(h.Exposure, s.names()).In(s.firstLanguage())
}

func (s Source) firstLanguage() string {
	if s.Language == "en" {
		return "en"
	}
	return "zh"
}
