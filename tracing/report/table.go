package report

import (
	"fmt"
	"strconv"
	"strings"

	"menshen"
	"menshen/table"
	"menshen/tracing/casebook"
)

// Tables of a case.
const (
	Contacts = "contacts"  // one row for each contact that counts
	LineList = "cases"     // one row: the case
	FollowUp = "follow_up" // one row for each contact and day of the plan, also those without an entry
	Chain    = "chain"     // one row for each step of the chain
)

// Table makes one of the tables of a case as CSV or XLSX, the heading first. CodeInvalid for another table or format.
func Table(s Source, name, format string) ([]byte, error) {
	var rows [][]string
	switch name {
	case Contacts:
		rows = s.contactRows()
	case LineList:
		rows = s.caseRows()
	case FollowUp:
		rows = s.followUpRows()
	case Chain:
		rows = s.chainRows()
	default:
		return nil, menshen.Errorf(menshen.CodeInvalid, "report.table", "table: %q is unknown", name).WithHint("use contacts, cases, follow_up or chain")
	}
	return table.Write(format, rows)
}

// column is a column of a table of T.
type column[T any] struct {
	head menshen.Text
	cell func(T) string
	only bool // where particulars are asked for
}

func rowsOf[T any](s Source, columns []column[T], all []T) [][]string {
	var head []string
	for _, c := range columns {
		if !c.only || s.Particulars {
			head = append(head, s.say(c.head))
		}
	}
	rows := [][]string{head}
	for _, x := range all {
		var row []string
		for _, c := range columns {
			if !c.only || s.Particulars {
				row = append(row, c.cell(x))
			}
		}
		rows = append(rows, row)
	}
	return rows
}

func (s Source) ageText(p Person) string {
	if n := s.age(p); n >= 0 {
		return strconv.Itoa(n)
	}
	return ""
}

// phone is the registry's, or the one from an interview.
func (s Source) phone(c menshen.CaseContact) string {
	if p := s.People[c.Person].Phone; p != "" && c.Person != "" {
		return p
	}
	return c.Phone.Reveal()
}

// contactRows is the contact list (密切接触者登记表).
func (s Source) contactRows() [][]string {
	person := func(c casebook.ContactView) Person { return s.People[c.Person] }
	all := s.contacts(false)
	number := map[string]int{}
	for i, c := range all {
		number[c.ID] = i + 1
	}
	type view = casebook.ContactView
	return rowsOf(s, []column[view]{
		{head: menshen.Text{ZH: "序号", EN: "no."}, cell: func(c view) string { return strconv.Itoa(number[c.ID]) }},
		{head: menshen.Text{ZH: "病例编号", EN: "case"}, cell: func(view) string { return s.Case.Number }},
		{head: menshen.Text{ZH: "姓名", EN: "name"}, cell: func(c view) string { return s.name(c.CaseContact) }},
		{head: menshen.Text{ZH: "性别", EN: "sex"}, cell: func(c view) string { return s.sex(person(c)) }},
		{head: menshen.Text{ZH: "年龄", EN: "age"}, cell: func(c view) string { return s.ageText(person(c)) }},
		{head: menshen.Text{ZH: "联系电话", EN: "telephone"}, cell: func(c view) string { return s.phone(c.CaseContact) }, only: true},
		{head: menshen.Text{ZH: "证件类型", EN: "document"}, cell: func(c view) string { return string(person(c).Document.Kind) }, only: true},
		{head: menshen.Text{ZH: "证件号码", EN: "document number"}, cell: func(c view) string { return person(c).Document.Number.Reveal() }, only: true},
		{head: menshen.Text{ZH: "住址", EN: "dwelling"}, cell: func(c view) string { return dwelling(c.Dwelling) }},
		{head: menshen.Text{ZH: "接触方式", EN: "relation"}, cell: func(c view) string { return s.say(s.relation(c.CaseContact)) }},
		{head: menshen.Text{ZH: "代数", EN: "generation"}, cell: func(c view) string { return strconv.Itoa(c.Generation) }},
		{head: menshen.Text{ZH: "首次接触", EN: "first exposure"}, cell: func(c view) string { return s.time(c.First) }},
		{head: menshen.Text{ZH: "末次接触", EN: "last exposure"}, cell: func(c view) string { return s.time(c.Last) }},
		{head: menshen.Text{ZH: "接触时长（分钟）", EN: "together (minutes)"}, cell: func(c view) string { return minutes(c.CaseContact) }},
		{head: menshen.Text{ZH: "接触地点", EN: "place"}, cell: func(c view) string { return s.say(s.place(c.CaseContact)) }},
		{head: menshen.Text{ZH: "判定", EN: "level"}, cell: func(c view) string { return s.say(c.Level.Text()) }},
		{head: menshen.Text{ZH: "风险", EN: "risk"}, cell: func(c view) string { return s.say(risk(c.Risk)) }},
		{head: menshen.Text{ZH: "判定依据", EN: "rule"}, cell: func(c view) string { return s.say(s.rule(c.Rule)) }},
		{head: menshen.Text{ZH: "处置状态", EN: "status"}, cell: func(c view) string { return s.say(c.Status.Text()) }},
		{head: menshen.Text{ZH: "观察开始", EN: "observed from"}, cell: func(c view) string { return s.day(c.IsolatedFrom) }},
		{head: menshen.Text{ZH: "观察结束", EN: "observed to"}, cell: func(c view) string { return s.day(c.IsolatedTo) }},
		{head: menshen.Text{ZH: "随访开始", EN: "follow-up from"}, cell: func(c view) string { return s.day(c.FollowFrom) }},
		{head: menshen.Text{ZH: "随访结束", EN: "follow-up to"}, cell: func(c view) string { return s.day(c.FollowTo) }},
		{head: menshen.Text{ZH: "最近随访", EN: "latest follow-up"}, cell: func(c view) string { return s.latest(c.ID) }},
		{head: menshen.Text{ZH: "漏访天数", EN: "days missed"}, cell: func(c view) string { return strconv.Itoa(len(c.Missed)) }},
		{head: menshen.Text{ZH: "负责人", EN: "owner"}, cell: func(c view) string { return c.Owner }},
		{head: menshen.Text{ZH: "来源", EN: "source"}, cell: func(c view) string { return s.say(sourceText(c.Source)) }},
		{head: menshen.Text{ZH: "传播路径", EN: "path"}, cell: func(c view) string { return s.say(s.reason(c.CaseContact)) }},
		{head: menshen.Text{ZH: "备注", EN: "note"}, cell: func(c view) string { return c.Note }},
	}, all)
}

func minutes(c menshen.CaseContact) string {
	if c.Together == 0 {
		return ""
	}
	return strconv.FormatFloat(c.Together.Minutes(), 'f', 1, 64)
}

func sourceText(src menshen.ContactSource) menshen.Text {
	if src == menshen.SourceInterview {
		return menshen.Text{ZH: "流调", EN: "interview"}
	}
	return menshen.Text{ZH: "系统推算", EN: "derived"}
}

// latest says what the last follow-up of a contact brought.
func (s Source) latest(contact string) string {
	days := s.FollowUps[contact]
	if len(days) == 0 {
		return ""
	}
	f := days[0]
	for _, d := range days {
		if d.Day >= f.Day {
			f = d
		}
	}
	return strings.TrimSpace(f.Day + " " + s.brought(f))
}

// brought is a follow-up in a few words.
func (s Source) brought(f menshen.FollowUp) string {
	if !f.Reached {
		return s.say(menshen.Text{ZH: "未联系上", EN: "not reached"})
	}
	var parts []string
	if f.Celsius != 0 {
		parts = append(parts, fmt.Sprintf("%.1f °C", f.Celsius))
	}
	if len(f.Symptoms) > 0 {
		parts = append(parts, symptoms(f.Symptoms))
	}
	if len(parts) == 0 {
		return s.say(menshen.Text{ZH: "无症状", EN: "no symptoms"})
	}
	return strings.Join(parts, " ")
}

// caseRows is the line list, of this case.
func (s Source) caseRows() [][]string {
	p := s.People[s.Case.Person]
	levels := map[menshen.ContactLevel]int{}
	for _, c := range s.contacts(false) {
		levels[c.Level]++
	}
	number := func(l menshen.ContactLevel) func(casebook.CaseView) string {
		return func(casebook.CaseView) string { return strconv.Itoa(levels[l]) }
	}
	type view = casebook.CaseView
	return rowsOf(s, []column[view]{
		{head: menshen.Text{ZH: "病例编号", EN: "case"}, cell: func(c view) string { return c.Number }},
		{head: menshen.Text{ZH: "姓名", EN: "name"}, cell: func(c view) string { return s.called(c.Person) }},
		{head: menshen.Text{ZH: "性别", EN: "sex"}, cell: func(view) string { return s.sex(p) }},
		{head: menshen.Text{ZH: "年龄", EN: "age"}, cell: func(view) string { return s.ageText(p) }},
		{head: menshen.Text{ZH: "联系电话", EN: "telephone"}, cell: func(view) string { return p.Phone }, only: true},
		{head: menshen.Text{ZH: "证件号码", EN: "document number"}, cell: func(view) string { return p.Document.Number.Reveal() }, only: true},
		{head: menshen.Text{ZH: "住址", EN: "dwelling"}, cell: func(c view) string { return dwelling(c.Dwelling) }},
		{head: menshen.Text{ZH: "状态", EN: "state"}, cell: func(c view) string { return s.say(c.State.Text()) }},
		{head: menshen.Text{ZH: "发病", EN: "onset"}, cell: func(c view) string { return s.time(c.Onset) }},
		{head: menshen.Text{ZH: "首次阳性采样", EN: "first positive sample"}, cell: func(c view) string { return s.time(c.Sampled) }},
		{head: menshen.Text{ZH: "隔离", EN: "isolated"}, cell: func(c view) string { return s.time(c.Isolated) }},
		{head: menshen.Text{ZH: "症状消失", EN: "free of symptoms"}, cell: func(c view) string { return s.time(c.SymptomFree) }},
		{head: menshen.Text{ZH: "症状", EN: "symptoms"}, cell: func(c view) string { return symptoms(c.Symptoms) }},
		{head: menshen.Text{ZH: "检测", EN: "tests"}, cell: func(view) string { return s.testText("") }},
		{head: menshen.Text{ZH: "判定标准", EN: "policy"}, cell: func(c view) string { return s.policyText() }},
		{head: menshen.Text{ZH: "传染期开始", EN: "infectious from"}, cell: func(view) string { return s.time(s.Window.From) }},
		{head: menshen.Text{ZH: "传染期结束", EN: "infectious to"}, cell: func(view) string { return s.time(s.Window.To) }},
		{head: menshen.LevelClose.Text(), cell: number(menshen.LevelClose)},
		{head: menshen.LevelSecondary.Text(), cell: number(menshen.LevelSecondary)},
		{head: menshen.LevelGeneral.Text(), cell: number(menshen.LevelGeneral)},
		{head: menshen.LevelCoPresent.Text(), cell: number(menshen.LevelCoPresent)},
		{head: menshen.Text{ZH: "上级病例", EN: "parent case"}, cell: func(c view) string { return c.Parent }},
	}, []view{s.Case})
}

func (s Source) policyText() string {
	id := s.Case.Policy.ID
	if s.Case.Policy.Version > 0 {
		id = fmt.Sprintf("%s@%d", id, s.Case.Policy.Version)
	}
	if s.Policy == nil {
		return id
	}
	return s.say(s.Policy.Name) + " (" + id + ")"
}

// testText lists the tests of a contact, "" for the case's own.
func (s Source) testText(contact string) string {
	var all []string
	for _, t := range s.Tests {
		if t.Contact == contact {
			all = append(all, s.day(t.Sampled)+" "+t.Kind+" "+s.say(resultText(t.Result)))
		}
	}
	return strings.Join(all, "; ")
}

func resultText(r menshen.LabTestResult) menshen.Text {
	switch r {
	case menshen.LabTestPending:
		return menshen.Text{ZH: "待出结果", EN: "pending"}
	case menshen.LabTestPositive:
		return menshen.Text{ZH: "阳性", EN: "positive"}
	case menshen.LabTestNegative:
		return menshen.Text{ZH: "阴性", EN: "negative"}
	case menshen.LabTestInconclusive:
		return menshen.Text{ZH: "不确定", EN: "inconclusive"}
	}
	return menshen.Text{ZH: string(r), EN: string(r)}
}

// visit is a contact on a day of the plan; f is nil where nobody wrote anything.
type visit struct {
	contact casebook.ContactView
	day     string
	number  int // of the day in the plan, 0 outside of it
	f       *menshen.FollowUp
}

// visits gives the days of the plan of each contact that counts, and entries outside of it.
func (s Source) visits() (all []visit) {
	for _, c := range s.contacts(false) {
		written := map[string]*menshen.FollowUp{}
		for i, f := range s.FollowUps[c.ID] {
			written[f.Day] = &s.FollowUps[c.ID][i]
		}
		for i, d := range s.planned(c.CaseContact) {
			all = append(all, visit{c, d, i + 1, written[d]})
			delete(written, d)
		}
		for _, f := range s.FollowUps[c.ID] {
			if written[f.Day] != nil {
				all = append(all, visit{c, f.Day, 0, written[f.Day]})
			}
		}
	}
	return all
}

// followUpRows is the follow-up sheet (健康监测登记表), with the days that are to come left blank.
func (s Source) followUpRows() [][]string {
	entry := func(v visit, cell func(f menshen.FollowUp) string) string {
		if v.f == nil {
			return ""
		}
		return cell(*v.f)
	}
	return rowsOf(s, []column[visit]{
		{head: menshen.Text{ZH: "病例编号", EN: "case"}, cell: func(visit) string { return s.Case.Number }},
		{head: menshen.Text{ZH: "姓名", EN: "name"}, cell: func(v visit) string { return s.name(v.contact.CaseContact) }},
		{head: menshen.Text{ZH: "联系电话", EN: "telephone"}, cell: func(v visit) string { return s.phone(v.contact.CaseContact) }, only: true},
		{head: menshen.Text{ZH: "住址", EN: "dwelling"}, cell: func(v visit) string { return dwelling(v.contact.Dwelling) }},
		{head: menshen.Text{ZH: "判定", EN: "level"}, cell: func(v visit) string { return s.say(v.contact.Level.Text()) }},
		{head: menshen.Text{ZH: "处置状态", EN: "status"}, cell: func(v visit) string { return s.say(v.contact.Status.Text()) }},
		{head: menshen.Text{ZH: "第几天", EN: "day"}, cell: func(v visit) string {
			if v.number == 0 {
				return ""
			}
			return strconv.Itoa(v.number)
		}},
		{head: menshen.Text{ZH: "日期", EN: "date"}, cell: func(v visit) string { return v.day }},
		{head: menshen.Text{ZH: "是否联系上", EN: "reached"}, cell: func(v visit) string {
			return entry(v, func(f menshen.FollowUp) string { return s.yes(f.Reached) })
		}},
		{head: menshen.Text{ZH: "体温（°C）", EN: "temperature (°C)"}, cell: func(v visit) string {
			return entry(v, func(f menshen.FollowUp) string {
				if f.Celsius == 0 {
					return ""
				}
				return strconv.FormatFloat(f.Celsius, 'f', 1, 64)
			})
		}},
		{head: menshen.Text{ZH: "发热", EN: "fever"}, cell: func(v visit) string {
			return entry(v, func(f menshen.FollowUp) string { return s.yes(s.fever(f)) })
		}},
		{head: menshen.Text{ZH: "症状", EN: "symptoms"}, cell: func(v visit) string {
			return entry(v, func(f menshen.FollowUp) string { return symptoms(f.Symptoms) })
		}},
		{head: menshen.Text{ZH: "备注", EN: "note"}, cell: func(v visit) string { return entry(v, func(f menshen.FollowUp) string { return f.Note }) }},
		{head: menshen.Text{ZH: "填报人", EN: "by"}, cell: func(v visit) string { return entry(v, func(f menshen.FollowUp) string { return f.By }) }},
		{head: menshen.Text{ZH: "填报时间", EN: "at"}, cell: func(v visit) string { return entry(v, func(f menshen.FollowUp) string { return s.time(f.At) }) }},
	}, s.visits())
}

func (s Source) yes(b bool) string {
	if b {
		return s.say(menshen.Text{ZH: "是", EN: "yes"})
	}
	return s.say(menshen.Text{ZH: "否", EN: "no"})
}

// usualFever is from when a temperature is a fever where no policy says it, °C.
const usualFever = 37.3

func (s Source) fever(f menshen.FollowUp) bool {
	limit := usualFever
	if s.Policy != nil && s.Policy.Follow.Fever > 0 {
		limit = s.Policy.Follow.Fever
	}
	return f.Celsius >= limit
}

// step is one edge of the chain, with the generation of who was exposed.
type step struct {
	menshen.Hop
	generation int
}

// steps gives each edge of the paths of contacts that count once, in order of generation.
func (s Source) steps() (all []step) {
	seen := map[[2]string]bool{}
	for _, c := range s.contacts(false) {
		for i, h := range PathOf(c.CaseContact) {
			if key := [2]string{h.From, h.To}; !seen[key] {
				seen[key] = true
				all = append(all, step{h, i + 1})
			}
		}
	}
	return all
}

func (s Source) chainRows() [][]string {
	return rowsOf(s, []column[step]{
		{head: menshen.Text{ZH: "传播者编号", EN: "from id"}, cell: func(h step) string { return h.From }},
		{head: menshen.Text{ZH: "传播者", EN: "from"}, cell: func(h step) string { return s.called(h.From) }},
		{head: menshen.Text{ZH: "接触者编号", EN: "to id"}, cell: func(h step) string { return h.To }},
		{head: menshen.Text{ZH: "接触者", EN: "to"}, cell: func(h step) string { return s.called(h.To) }},
		{head: menshen.Text{ZH: "代数", EN: "generation"}, cell: func(h step) string { return strconv.Itoa(h.generation) }},
		{head: menshen.Text{ZH: "暴露时间", EN: "exposed at"}, cell: func(h step) string { return s.time(h.Hop.Exposed) }},
		{head: menshen.Text{ZH: "接触方式", EN: "relation"}, cell: func(h step) string { return s.say(relationOf(h.Exposure)) }},
		{head: menshen.Text{ZH: "地点", EN: "place"}, cell: func(h step) string { return s.say(s.placeOf(h.Exposure)) }},
		{head: menshen.Text{ZH: "从", EN: "from time"}, cell: func(h step) string { return s.time(h.Exposure.From) }},
		{head: menshen.Text{ZH: "到", EN: "to time"}, cell: func(h step) string { return s.time(h.Exposure.To) }},
		{head: menshen.Text{ZH: "含推定", EN: "inferred"}, cell: func(h step) string { return s.yes(h.Inferred) }},
		{head: menshen.Text{ZH: "至少（分钟）", EN: "at least (minutes)"}, cell: func(h step) string { return strconv.FormatFloat(h.Least.Minutes(), 'f', 1, 64) }},
		{head: menshen.Text{ZH: "可信度", EN: "sureness"}, cell: func(h step) string { return strconv.FormatFloat(h.Sureness, 'f', 2, 64) }},
	}, s.steps())
}
