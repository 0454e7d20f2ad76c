package report_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"menshen"
	"menshen/tracing/casebook"
	"menshen/tracing/policy"
	"menshen/tracing/report"
)

var (
	shanghai = time.FixedZone("Asia/Shanghai", 8*3600)
	now      = time.Date(2020, 11, 8, 18, 30, 0, 0, shanghai)
)

func at(day, hour, minute int) time.Time {
	return time.Date(2020, 11, day, hour, minute, 0, 0, shanghai)
}

func meeting(zone string, day, hour, minute, minutes int) menshen.Exposure {
	from := at(day, hour, minute)
	long := time.Duration(minutes) * time.Minute
	return menshen.Exposure{Kind: menshen.ExposureZone, Zone: zone, Span: menshen.Span{From: from, To: from.Add(long)}, Least: long, Sureness: 0.95}
}

// source is a case with contacts of two generations, one withdrawn, one from an interview, and some days of follow-up.
func source(tb testing.TB) report.Source {
	tb.Helper()
	var rules *policy.Policy
	for _, p := range policy.Builtin() {
		if p.ID == "nhc-9" {
			rules = p
		}
	}
	home := func(floor int, room string) menshen.Dwelling {
		return menshen.Dwelling{Building: "3", Unit: "2", Floor: floor, Room: room}
	}
	people := map[string]report.Person{
		"p-1": {Name: "李四", Dwelling: home(14, "1402"), Particulars: menshen.Particulars{Phone: "13800001111", Document: menshen.Document{Kind: menshen.DocumentIDCard, Number: "11010519491231002X"}}},
		"p-2": {Name: "王五", Dwelling: home(14, "1401"), Particulars: menshen.Particulars{Phone: "13900002222", Born: time.Date(1990, 12, 1, 0, 0, 0, 0, time.UTC)}},
		"p-3": {Name: "=HYPERLINK(\"http://x\")", Dwelling: home(9, "901")}, // somebody tried it
		"p-4": {Name: "欧阳明月", Dwelling: home(2, "203")},
	}
	first := meeting("lift-3-2", 3, 12, 3, 38)
	second := menshen.Exposure{Kind: menshen.ExposureGate, Gate: "east", Span: menshen.Span{From: at(4, 8, 10), To: at(4, 8, 10).Add(20 * time.Second)}, Inferred: true}
	contact := func(id, person string, generation int, level menshen.ContactLevel, path ...menshen.Hop) casebook.ContactView {
		last := path[len(path)-1]
		return casebook.ContactView{CaseContact: menshen.CaseContact{
			ID: id, Case: "c-1", Person: person, Source: menshen.SourceDerived, Generation: generation, Level: level, Risk: "high", Rule: rules.Rules[0].ID, Policy: menshen.PolicyRef{ID: "nhc-9"},
			First: last.Exposure.From, Threshold: last.Exposed, Last: last.Exposure.To, Together: last.Duration(), Least: last.Least, Sureness: 0.93, Path: path,
			Status: menshen.ContactHomeObservation, IsolatedFrom: at(5, 0, 0), IsolatedTo: at(15, 0, 0), FollowFrom: at(4, 0, 0), FollowTo: at(11, 0, 0), Owner: "张医生",
		}, Dwelling: people[person].Dwelling}
	}
	hop := func(from, to string, e menshen.Exposure) menshen.Hop {
		return menshen.Hop{From: from, To: to, Exposure: e, Exposed: e.From}
	}
	withdrawn := contact("k-4", "p-4", 1, menshen.LevelGeneral, hop("p-1", "p-4", meeting("compound", 2, 9, 0, 3)))
	withdrawn.WithdrawnFor = "判定标准改为 nhc-9"
	s := report.Source{
		Report: casebook.Report{
			Case: casebook.CaseView{Case: menshen.Case{
				ID: "c-1", Number: "朝疾控2020-118", Person: "p-1", Purpose: "新冠肺炎确诊病例流调", Expires: at(30, 0, 0), State: menshen.CaseOpen,
				Clinical: menshen.Clinical{Onset: at(5, 8, 0), Sampled: at(6, 9, 0), Isolated: at(6, 20, 0), Symptoms: []string{"发热", "咳嗽"}},
				Policy:   menshen.PolicyRef{ID: "nhc-9"}, RequestedBy: "zhang@desk", Requested: at(6, 21, 0), DecidedBy: "operator@terminal", Decided: at(6, 21, 5), Judged: at(6, 21, 6), Revision: 3,
			}, Name: "李四", Dwelling: people["p-1"].Dwelling, Readable: true, Contacts: 3},
			Policy: rules, Window: menshen.Span{From: at(3, 8, 0), To: at(6, 20, 0)},
			Tests: []menshen.LabTest{{ID: "t-1", Case: "c-1", Kind: "pcr", Sampled: at(6, 9, 0), Result: menshen.LabTestPositive, At: at(6, 18, 0), By: "zhang@desk"}},
			Contacts: []casebook.ContactView{
				contact("k-1", "p-2", 1, menshen.LevelClose, hop("p-1", "p-2", first)),
				contact("k-2", "p-3", 2, menshen.LevelSecondary, hop("p-1", "p-2", first), hop("p-2", "p-3", second)),
				{CaseContact: menshen.CaseContact{
					ID: "k-3", Case: "c-1", Name: "孙莉", Phone: "13700003333", Source: menshen.SourceInterview, Generation: 1, Level: menshen.LevelClose, Risk: "medium",
					First: at(4, 18, 0), Last: at(4, 19, 0), Note: "同桌用餐", Status: menshen.ContactToNotify,
					Path: []menshen.Hop{{From: "p-1", Exposure: menshen.Exposure{Kind: menshen.ExposureReported, Span: menshen.Span{From: at(4, 18, 0), To: at(4, 19, 0)}}, Exposed: at(4, 18, 0)}},
				}},
				withdrawn,
			},
			FollowUps: map[string][]menshen.FollowUp{
				"k-1": {
					{ID: "f-1", Contact: "k-1", Day: "2020-11-04", Celsius: 36.5, Reached: true, Source: "staff", At: at(4, 9, 0), By: "office@desk"},
					{ID: "f-2", Contact: "k-1", Day: "2020-11-06", Celsius: 37.8, Symptoms: []string{"咳嗽"}, Reached: true, Source: "link", At: at(6, 9, 0), By: "link"},
				},
				"k-2": {{ID: "f-3", Contact: "k-2", Day: "2020-11-05", Source: "staff", At: at(5, 9, 0), By: "office@desk"}},
			},
			History: []menshen.CaseChange{
				{Case: "c-1", At: at(6, 21, 0), By: "zhang@desk", Why: "确诊", Field: "state", After: "requested"},
				{Case: "c-1", At: at(6, 21, 5), By: "operator@terminal", Why: "已核实编号", Field: "state", Before: "requested", After: "open"},
				{Case: "c-1", Contact: "k-1", At: at(6, 22, 0), By: "zhang@desk", Why: "已电话通知", Field: "status", Before: "to_notify", After: "home_observation"},
				{Case: "c-1", Contact: "k-3", At: at(6, 22, 5), By: "zhang@desk", Why: "本人陈述", Field: "phone", After: "13700003333"},
				{Case: "c-1", Contact: "k-3", At: at(6, 22, 6), By: "zhang@desk", Why: "更正", Field: "phone", Before: "13700005555", After: "13700003333"},
			},
		},
		Site: menshen.Site{
			ID: "lake", Name: menshen.Text{ZH: "湖滨小区", EN: "Lakeside"}, Location: shanghai,
			Zones: []menshen.Zone{{ID: "lift-3-2", Name: menshen.Text{ZH: "3号楼2单元电梯", EN: "lift of building 3, unit 2"}, Kind: menshen.ZoneLift}, {ID: "compound", Name: menshen.Text{ZH: "小区", EN: "compound"}, Kind: menshen.ZoneCompound}},
			Gates: []menshen.Gate{{ID: "east", Name: menshen.Text{ZH: "东门", EN: "east gate"}}},
		},
		People: people, By: "zhang@desk", At: now, Purpose: "上报区疾控",
	}
	for _, d := range []int{3, 4, 5} {
		s.Stays = append(s.Stays,
			menshen.Stay{Person: "p-1", Zone: "compound", Span: menshen.Span{From: at(d, 8, 2), To: at(d, 8, 9)}, FromObserved: true, ToObserved: true},
			menshen.Stay{Person: "p-1", Zone: "lift-3-2", Span: menshen.Span{From: at(d, 12, 3), To: at(d, 12, 5)}, FromObserved: true},
			menshen.Stay{Person: "p-1", Zone: "compound", Span: menshen.Span{From: at(d, 19, 0), To: at(d+1, 7, 30)}, ToObserved: true})
	}
	return s
}

func mustTable(tb testing.TB, s report.Source, name string) [][]string {
	tb.Helper()
	data, err := report.Table(s, name, "csv")
	if err != nil {
		tb.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\uFEFF")))).ReadAll()
	if err != nil {
		tb.Fatal(err)
	}
	return rows
}

// cellOf gives the cell of a row below a heading.
func cellOf(tb testing.TB, rows [][]string, row int, head string) string {
	tb.Helper()
	for i, h := range rows[0] {
		if h == head {
			return rows[row][i]
		}
	}
	tb.Fatalf("no column %q in %v", head, rows[0])
	return ""
}

func TestContactList(t *testing.T) {
	s := source(t)
	s.Language = "zh"
	rows := mustTable(t, s, report.Contacts)
	if len(rows) != 4 { // who was withdrawn is not reported
		t.Fatalf("%d rows", len(rows))
	}
	for head, want := range map[string]string{
		"序号": "1", "病例编号": "朝疾控2020-118", "姓名": "王五", "年龄": "29", "住址": "3-2-14-1401", "接触地点": "3号楼2单元电梯", "首次接触": "2020-11-03 12:03", "末次接触": "2020-11-03 12:41",
		"接触时长（分钟）": "38.0", "判定": "密切接触者", "风险": "高", "处置状态": "居家观察", "观察开始": "2020-11-05", "随访结束": "2020-11-11", "最近随访": "2020-11-06 37.8 °C 咳嗽",
	} {
		if got := cellOf(t, rows, 1, head); got != want {
			t.Errorf("%s: %q, wanted %q", head, got, want)
		}
	}
	if path := cellOf(t, rows, 2, "传播路径"); !strings.HasPrefix(path, "李四 → 王五") || !strings.Contains(path, "东门") {
		t.Errorf("path %q", path)
	}
	if path := cellOf(t, rows, 3, "传播路径"); !strings.Contains(path, "李四 → 孙莉") {
		t.Errorf("path of somebody from an interview: %q", path)
	}
	if name := cellOf(t, rows, 2, "姓名"); name[0] != '\'' {
		t.Errorf("a formula is in the table as %q", name)
	}
	for _, h := range rows[0] {
		if h == "联系电话" || h == "证件号码" {
			t.Errorf("column %s without being asked for", h)
		}
	}
	s.Particulars = true
	rows = mustTable(t, s, report.Contacts)
	if cellOf(t, rows, 1, "联系电话") != "13900002222" || cellOf(t, rows, 3, "联系电话") != "13700003333" {
		t.Errorf("telephones %v", rows)
	}
}

func TestOtherTables(t *testing.T) {
	s := source(t)
	s.Language, s.Particulars = "en", true
	line := mustTable(t, s, report.LineList)
	for head, want := range map[string]string{"sex": "female", "age": "70", "close contact": "2", "contact of a close contact": "1", "tests": "2020-11-06 pcr positive", "document number": "11010519491231002X"} {
		if got := cellOf(t, line, 1, head); got != want {
			t.Errorf("%s: %q, wanted %q", head, got, want)
		}
	}
	days := mustTable(t, s, report.FollowUp)
	if len(days) != 1+8+8 || cellOf(t, days, 3, "fever") != "yes" || cellOf(t, days, 3, "day") != "3" || cellOf(t, days, 2, "reached") != "" || cellOf(t, days, 10, "reached") != "no" {
		t.Errorf("follow-up %v", days)
	}
	chain := mustTable(t, s, report.Chain)
	if len(chain) != 4 || cellOf(t, chain, 2, "generation") != "2" || cellOf(t, chain, 2, "from") != "王五" || cellOf(t, chain, 2, "inferred") != "yes" {
		t.Errorf("chain %v", chain)
	}
	if _, err := report.Table(s, "people", "csv"); menshen.ErrorCode(err) != menshen.CodeInvalid {
		t.Errorf("an unknown table: %v", err)
	}
	book, err := report.Table(s, report.Contacts, "xlsx")
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(book))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if rows, err := f.GetRows(f.GetSheetName(0)); err != nil || len(rows) != 4 {
		t.Errorf("workbook: %d rows, %v", len(rows), err)
	}
}

func TestJSON(t *testing.T) {
	s := source(t)
	data, err := report.JSON(s)
	if err != nil {
		t.Fatal(err)
	}
	var d struct {
		Case struct {
			Number string
			Window struct{ From time.Time }
			Policy struct{ ID string }
		}
		Contacts []struct {
			Person struct{ Name, Phone string }
			Path   []string
			Words  map[string]string
		}
		Chain []struct{ From, To string }
	}
	if err := json.Unmarshal(data, &d); err != nil {
		t.Fatal(err)
	}
	if d.Case.Number != s.Case.Number || !d.Case.Window.From.Equal(s.Window.From) || len(d.Contacts) != 4 || len(d.Chain) != 3 || strings.Join(d.Contacts[1].Path, " ") != "p-1 p-2 p-3" || d.Contacts[0].Words["en"] == "" {
		t.Errorf("%s", data)
	}
	if strings.Contains(string(data), "13900002222") || strings.Contains(string(data), "13700003333") {
		t.Error("a telephone number without being asked for")
	}
}

// TestTelephonesStayIn: nothing that leaves the house has a telephone number, unless particulars were asked for; the history has them too.
func TestTelephonesStayIn(t *testing.T) {
	for _, particulars := range []bool{false, true} {
		s := source(t)
		s.Particulars = particulars
		made := map[string][]byte{}
		var err error
		if made["json"], err = report.JSON(s); err != nil {
			t.Fatal(err)
		}
		if made["page"], err = report.Page(s); err != nil {
			t.Fatal(err)
		}
		for _, table := range []string{"contacts", "cases", "follow_up", "chain"} {
			if made[table], err = report.Table(s, table, "csv"); err != nil {
				t.Fatal(err)
			}
		}
		for name, data := range made {
			for _, phone := range []string{"13900002222", "13700003333", "13700005555"} {
				if strings.Contains(string(data), phone) && !particulars {
					t.Errorf("%s has the telephone number %s", name, phone)
				}
			}
			if particulars && (name == "json" || name == "page") && !strings.Contains(string(data), "13700005555") {
				t.Errorf("%s with particulars lacks a number of the history", name)
			}
		}
	}
}

// TestMissingPassesAreSaid: no movements known is one thing, no passes at hand another.
func TestMissingPassesAreSaid(t *testing.T) {
	s := source(t)
	s.Stays = nil
	page, err := report.Page(s)
	if err != nil || !strings.Contains(string(page), "没有通行记录。") {
		t.Errorf("none known: %v", err)
	}
	s.Missing = s.Window.To
	page, err = report.Page(s)
	if err != nil || strings.Contains(string(page), "没有通行记录。") || !strings.Contains(string(page), "此前的活动轨迹和接触未知") {
		t.Errorf("none at hand: %v", err)
	}
}

func TestPage(t *testing.T) {
	for _, language := range []string{"", "zh", "en"} {
		s := source(t)
		s.Language = language
		page, err := report.Page(s)
		if err != nil {
			t.Fatal(err)
		}
		text := string(page)
		want := []string{s.Case.Number, "李四", "王五", "37.8", "<svg", "zhang@desk"}
		if language != "en" {
			want = append(want, "机密", "流行病学调查报告", "居家观察", "密切接触者", "传播链", "不再计入")
		}
		if language != "zh" {
			want = append(want, "Confidential", "close contact", "Epidemiological investigation", "home observation")
		}
		for _, w := range want {
			if !strings.Contains(text, w) {
				t.Errorf("language %q: no %q", language, w)
			}
		}
		for _, never := range []string{"<script", "src=", "http://x\"", "13900002222", "ZgotmplZ"} {
			if strings.Contains(text, never) {
				t.Errorf("language %q: %q is in it", language, never)
			}
		}
		if dir := os.Getenv("REPORT_DIR"); dir != "" { // to look at it
			if err := os.WriteFile(dir+"/report"+language+".html", page, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	empty := report.Source{Report: casebook.Report{Case: casebook.CaseView{Case: menshen.Case{Number: "1", Person: "p-9"}}}, At: now}
	if page, err := report.Page(empty); err != nil || !bytes.Contains(page, []byte("没有接触者")) {
		t.Errorf("a case without anything: %v", err)
	}
	if _, err := report.JSON(empty); err != nil {
		t.Error(err)
	}
}

// TestPhonesLeftOut: without particulars no telephone number is in any file, not in the history either.
func TestPhonesLeftOut(t *testing.T) {
	s := source(t)
	s.History = append(s.History, menshen.CaseChange{Case: "c-1", Contact: "k-3", At: at(6, 22, 0), By: "zhang@desk", Why: "访谈", Field: "phone", After: "13700003333"})
	for _, particulars := range []bool{false, true} {
		s.Particulars = particulars
		page, err := report.Page(s)
		if err != nil {
			t.Fatal(err)
		}
		document, err := report.JSON(s)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(page, []byte("13700003333")) != particulars || bytes.Contains(document, []byte("13700003333")) != particulars {
			t.Errorf("particulars %t: the number is there or not", particulars)
		}
	}
}

// TestMissedDays: the sheet marks the days that were missed alone, not those before anybody knew of the contact.
func TestMissedDays(t *testing.T) {
	s := source(t)
	s.Language = "zh"
	s.FollowUps = nil
	s.Contacts = s.Contacts[:1]
	s.At = at(8, 9, 0)
	for missed, want := range map[string]int{"": 0, "2020-11-06 2020-11-07": 2} {
		s.Contacts[0].Missed = strings.Fields(missed)
		page, err := report.Page(s)
		if err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(page, []byte(">漏<")); n != want {
			t.Errorf("missed %q: %d are marked", missed, n)
		}
	}
}
