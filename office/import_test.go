package office_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/encoding/simplifiedchinese"

	"menshen"
	"menshen/office"
	"menshen/table"
)

const heading = "姓名,住址,电话,证件类型,证件号,出生日期,角色,监护人,语言,状态\n"

func MustImport(tb testing.TB, h *house, text string, dryRun bool) office.ImportReport {
	tb.Helper()
	r, err := h.ImportPeople(tb.Context(), []byte(text), dryRun)
	if err != nil {
		tb.Fatal(err)
	}
	if n := r.Added + r.Changed + r.Unchanged + len(r.Refused); n != r.Rows {
		tb.Errorf("%d rows counted of %d", n, r.Rows)
	}
	return r
}

// lines gives the lines of the refusals, all of which must have reasons and hints in both languages.
func lines(tb testing.TB, refused []office.RowRefusal) []int {
	tb.Helper()
	var out []int
	for _, r := range refused {
		out = append(out, r.Line)
		for _, zh := range []string{r.Reason.ZH, r.Hint.ZH} {
			if !strings.ContainsFunc(zh, func(c rune) bool { return unicode.Is(unicode.Han, c) }) {
				tb.Errorf("line %d: %q is no Chinese", r.Line, zh)
			}
		}
		if r.Reason.EN == "" || r.Hint.EN == "" || r.Reason.EN == r.Reason.ZH {
			tb.Errorf("line %d: %+v", r.Line, r)
		}
	}
	return out
}

func TestImportPeople(t *testing.T) {
	h := MustHouse(t)
	ctx := t.Context()
	text := heading +
		"王小明,3-2-14-1402,,,110105201203050029,,成员,王芳,,\n" + // a child above the guardian
		"王芳,３－２－１４－１４０２,138 0000 1111,身份证," + grown + ",,户主,,中文,在住\n" +
		"Smith,1-1-1-101,+8613800002222,护照,e12345678,1980/1/2,租户,,英文,\n" +
		"保洁,,13800003333,,,,,,,\n" + // lives elsewhere
		",,,,,,,,,\n"
	gbk, err := simplifiedchinese.GB18030.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	dry := MustImport(t, h, gbk, true)
	if dry.Rows != 4 || dry.Added != 4 || len(dry.Refused) != 0 || mustCount(t, h) != 0 {
		t.Errorf("dry run: %+v, %d people", dry, mustCount(t, h))
	}
	if r := MustImport(t, h, gbk, false); r.Added != 4 || mustCount(t, h) != 4 {
		t.Errorf("%+v", r)
	}
	mother, err := h.Record(ctx, "王芳")
	if err != nil || mother.Person.Dwelling != home("3-2-14-1402") || mother.Particulars.Phone != "13800001111" || mother.Particulars.Role != menshen.RoleHead || mother.Particulars.Document.Kind != menshen.DocumentIDCard {
		t.Errorf("%+v %v", mother, err)
	}
	son, err := h.Record(ctx, "王小明")
	if err != nil || son.Particulars.Guardian != mother.Person.ID || son.Particulars.Born.Format("2006-01-02") != "2012-03-05" || son.Person.Household != mother.Person.Household {
		t.Errorf("%+v %v", son, err)
	}
	smith, err := h.Record(ctx, "Smith")
	if err != nil || smith.Particulars.Document.Number != "E12345678" || smith.Particulars.Language != "en" || smith.Particulars.Role != menshen.RoleTenant || smith.Particulars.Phone != "+8613800002222" {
		t.Errorf("%+v %v", smith, err)
	}
	// Again nothing changes, in the database neither.
	_, before, err := h.store.Changes(ctx, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	if r := MustImport(t, h, text, false); r.Unchanged != 4 {
		t.Errorf("again: %+v", r)
	}
	if _, after, err := h.store.Changes(ctx, 0, 0); err != nil || after != before {
		t.Errorf("revision %d after %d, %v", after, before, err)
	}
	// A document says who somebody is when they have moved; an empty cell leaves what is known.
	r := MustImport(t, h, "name,dwelling,document number,state\n王芳,5-1-1-101,"+grown+",\n保洁,,,停用\n", false)
	if r.Changed != 2 {
		t.Errorf("%+v", r)
	}
	moved, err := h.Record(ctx, mother.Person.ID)
	if err != nil || moved.Person.Dwelling != home("5-1-1-101") || moved.Particulars.Phone != "13800001111" || moved.Person.Household == mother.Person.Household {
		t.Errorf("%+v %v", moved, err)
	}
	if p, err := h.Person(ctx, "保洁"); err != nil || p.State != menshen.PersonInactive {
		t.Errorf("%+v %v", p, err)
	}
}

// Doubled people have a defined answer: whoever comes second is refused, with the line of the first where it is in the table.
func TestImportPeopleRefuses(t *testing.T) {
	h := MustHouse(t)
	h.MustPerson(t, "李雷", "1-1-1-101", &menshen.Particulars{Document: card("110105198801010014")})
	h.MustPerson(t, "同名", "1-1-1-102", nil)
	h.MustPerson(t, "同名", "1-1-1-102", nil)
	text := heading +
		"王芳,3-2-14-1402,,," + grown + ",,,,,\n" + // 2: good
		"王芳,3-2-14-1402,13800001111,,,,,,,\n" + // 3: 2 again, by name and dwelling
		"王芳,9-9-9-909,,," + grown + ",,,,,\n" + // 4: 2 again, by document
		"韩梅,3-2-14-1403,,," + grown + ",,,,,\n" + // 5: the document of 2
		"韩梅,3-2-14-1403,,,110105198801010014,,,,,\n" + // 6: the document of somebody in the registry
		"李雷,1-1-1-101,,,110105196001010017,,,,,\n" + // 7: in the registry with another document
		"同名,1-1-1-102,13800002222,,,,,,,\n" + // 8: two in the registry
		"无住址,here,,,,,,,,\n" + // 9
		",1-1-1-103,,,,,,,,\n" + // 10: no name
		"错号,1-1-1-104,,,110105199005310021,,,,,\n" + // 11
		"孩子,1-1-1-105,,,,2015-01-01,,,,\n" + // 12: no guardian
		"孩子,1-1-1-106,,,,2015-01-01,,谁,,\n" + // 13: an unknown guardian
		"少年,1-1-1-106,,,,2005-01-01,,孩子,,\n" + // 14: a guardian who was refused
		"日期,1-1-1-107,,,,2015-13-01,,,,\n" + // 15
		"电话,1-1-1-108,call me,,,,,,,\n" + // 16
		"角色,1-1-1-109,,,,,国王,,,\n" + // 17
		"语言,1-1-1-110,,,,,,,法文,\n" + // 18
		"状态,1-1-1-111,,,,,,,,在逃\n" + // 19
		"证件,1-1-1-112,,图书证,12345678,,,,,\n" + // 20
		"遮盖,1-1-1-113,,身份证,110***********29,,,,,\n" + // 21
		"引\"号,1-1-1-114,,,,,,,,\n" + // 22
		"最后,1-1-1-115,,,,,,,,\n" // 23: good
	want := []int{3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22}
	for _, dryRun := range []bool{true, false} {
		r := MustImport(t, h, text, dryRun)
		if got := lines(t, r.Refused); !slices.Equal(got, want) || r.Added != 2 {
			t.Errorf("dry run %v: refused %v, added %d", dryRun, got, r.Added)
		}
		if !strings.Contains(r.Refused[0].Reason.EN, "line 2") || !strings.Contains(r.Refused[2].Reason.EN, "王芳") || !strings.Contains(r.Refused[3].Reason.ZH, "李雷") {
			t.Errorf("%+v", r.Refused[:4])
		}
	}
	if n := mustCount(t, h); n != 5 {
		t.Errorf("%d people", n)
	}
	if r := MustImport(t, h, text, false); r.Unchanged != 2 || len(r.Refused) != len(want) {
		t.Errorf("again: %+v", r)
	}
	if _, err := h.ImportPeople(t.Context(), []byte("住址\n1-1-1-101\n"), false); menshen.ErrorCode(err) != menshen.CodeInvalid {
		t.Errorf("no names: %v", err)
	}
}

// What is exported can be imported: into the same registry nothing changes, into an empty one everything comes.
func TestExportComesBack(t *testing.T) {
	h := MustHouse(t)
	ctx := t.Context()
	wang := h.MustPerson(t, "王芳", "3-2-14-1402", &menshen.Particulars{Phone: "+8613800001111", Document: card(grown), Role: menshen.RoleHead, Language: "zh"})
	h.MustPerson(t, "王小明", "3-2-14-1402", &menshen.Particulars{Document: card(child), Guardian: wang.ID})
	h.MustPerson(t, "=cmd", "", &menshen.Particulars{Document: menshen.Document{Kind: menshen.DocumentOther, Number: "1234"}})
	for _, format := range []string{"csv", "XLSX", ""} {
		for _, documents := range []bool{false, true} {
			e, err := h.ExportPeople(ctx, format, documents)
			if err != nil || e.Rows != 3 || !strings.HasPrefix(e.Name, "people-20200220-1000.") {
				t.Fatalf("%s: %+v %v", format, e.Name, err)
			}
			got, err := table.Read(bytes.NewReader(e.Data), []table.Column{{Key: "number", Names: []string{"证件号"}}, {Key: "guardian", Names: []string{"监护人"}}})
			if err != nil {
				t.Fatal(err)
			}
			shown := got.Rows[0].Get("number") == grown
			if shown != documents || got.Rows[1].Get("guardian") != "王芳" {
				t.Errorf("%s, documents %v: %q", format, documents, got.Rows[0].Get("number"))
			}
			if r := MustImport(t, h, string(e.Data), false); r.Unchanged != 3 {
				t.Errorf("%s, documents %v: %+v", format, documents, r)
			}
			if !documents {
				continue
			}
			empty := MustHouse(t)
			if r := MustImport(t, empty, string(e.Data), false); r.Added != 3 {
				t.Errorf("%s into an empty registry: %+v", format, r)
			}
			if r, err := empty.Record(ctx, "王芳"); err != nil || r.Particulars.Phone != "+8613800001111" || r.Particulars.Document != card(grown) {
				t.Errorf("%+v %v", r, err)
			}
		}
	}
	_, err := h.ExportPeople(ctx, "pdf", false)
	h.check(t, "another format", err, menshen.CodeInvalid)
}

// outcomes gives what became of rows in a few words each.
func outcomes(taken []office.RowResult) (out []string) {
	for _, r := range taken {
		out = append(out, fmt.Sprint(r.Line, " ", r.Name, " ", r.Outcome, " ", r.Changed))
	}
	return out
}

// A trial tells of each row what the import does then, and changes nothing.
func TestImportTellsOfEachRow(t *testing.T) {
	h := MustHouse(t)
	h.MustPerson(t, "王芳", "3-2-14-1402", nil)
	h.MustPerson(t, "李强", "1-1-1-101", nil)
	text := "姓名,住址,电话,角色,厨卫,监护人\n" +
		"赵小,3-2-14-1402,,,,王芳\n" + // taken after all others, told in its place
		"王芳,3-2-14-1402,13800001111,户主,合用,\n" +
		"李强,1-1-1-101,,,,\n" +
		"错,3-2,,,,\n" +
		"新人,1-1-1-102,,,,\n"
	want := []string{"2 赵小 added []", "3 王芳 changed [phone role shared]", "4 李强 unchanged []", "6 新人 added []"}
	trial := MustImport(t, h, text, true)
	if got := outcomes(trial.Taken); !slices.Equal(got, want) || mustCount(t, h) != 2 {
		t.Errorf("trial %q, %d people", got, mustCount(t, h))
	}
	if got := outcomes(MustImport(t, h, text, false).Taken); !slices.Equal(got, want) {
		t.Errorf("taken %q", got)
	}
}

func TestRegisterReturnees(t *testing.T) {
	h := MustHouse(t)
	ctx := t.Context()
	h.MustPerson(t, "王芳", "3-2-14-1402", nil)
	h.MustPerson(t, "隔离", "1-1-1-101", nil)
	if _, err := h.SetHealth(ctx, office.HealthChange{Person: "隔离", State: menshen.HealthIsolated}, "office"); err != nil {
		t.Fatal(err)
	}
	text := "姓名,住址,返京日期,来自,电话\n" +
		"王芳,3-2-14-1402,2020-02-18,湖北省黄冈市,13800001111\n" + // 2
		"新人,1-1-1-102,2020年2月1日,河南,\n" + // 3: over already
		"隔离,1-1-1-101,2020-02-18,,\n" + // 4: stays isolated
		"明天,1-1-1-103,2020-02-21,,\n" + // 5
		"不知,1-1-1-104,,,\n" + // 6
		"去年,1-1-1-105,2019-01-01,,\n" + // 7
		"王芳,3-2-14-1402,2020-02-19,,\n" + // 8: twice
		"何处,nowhere,2020-02-19,,\n" // 9
	register := func(dryRun bool) office.ReturneeReport {
		t.Helper()
		r, err := h.RegisterReturnees(ctx, []byte(text), dryRun, "office")
		if err != nil || r.Observed+r.Unchanged+len(r.Refused) != r.Rows {
			t.Fatalf("%+v %v", r, err)
		}
		if got := lines(t, r.Refused); !slices.Equal(got, []int{5, 6, 7, 8, 9}) {
			t.Errorf("refused %v", got)
		}
		return r
	}
	trial := register(true)
	if trial.Observed != 2 || trial.Added != 1 || trial.Unchanged != 1 || mustCount(t, h) != 2 {
		t.Errorf("dry run: %+v", trial)
	}
	if got := outcomes(trial.Taken); !slices.Equal(got, []string{"2 王芳 observed [phone]", "3 新人 observed []", "4 隔离 unchanged []"}) {
		t.Errorf("taken %q", got)
	}
	if r, err := h.Record(ctx, "王芳"); err != nil || r.Health.State != menshen.HealthNormal {
		t.Errorf("a dry run put somebody under observation: %+v %v", r.Health, err)
	}
	if r := register(false); r.Observed != 2 || r.Added != 1 || r.Unchanged != 1 {
		t.Errorf("%+v", r)
	}
	wang, err := h.Record(ctx, "王芳")
	if err != nil || wang.Health.State != menshen.HealthObservation || !wang.Health.Since.Equal(at("2020-02-18 00:00")) || !wang.Health.Until.Equal(at("2020-03-03 00:00")) ||
		!strings.Contains(wang.Health.Reason, "湖北省黄冈市") || wang.Particulars.Phone != "13800001111" {
		t.Errorf("%+v %v", wang, err)
	}
	if r, err := h.Record(ctx, "隔离"); err != nil || r.Health.State != menshen.HealthIsolated {
		t.Errorf("%+v %v", r.Health, err)
	}
	if r := register(false); r.Observed != 0 || r.Added != 0 || r.Unchanged != 3 {
		t.Errorf("again: %+v", r)
	}
	// Whose fourteen days are over can have the green permit at once.
	if _, err := h.IssuePermit(ctx, menshen.Permit{Kind: menshen.PermitReturnee, Person: "新人"}, "office"); err != nil {
		t.Error(err)
	}
	_, err = h.IssuePermit(ctx, menshen.Permit{Kind: menshen.PermitReturnee, Person: "王芳"}, "office")
	h.check(t, "too early", err, menshen.CodeConflict, "2020-03-03")
}

// A table of a whole community is put in parts; what was put before an end stays, and the next import goes on from there.
func TestImportOfManyRows(t *testing.T) {
	h := MustHouse(t)
	var b strings.Builder
	b.WriteString(heading)
	for i := range 450 {
		fmt.Fprintf(&b, "人%d,1-1-1-%d,,护照,E%08d,,,,,\n", i, i/3, i)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if r, err := h.ImportPeople(ctx, []byte(b.String()), false); err == nil || r.Added != 0 || mustCount(t, h) != 0 {
		t.Errorf("cancelled: %+v %v", r, err)
	}
	if r := MustImport(t, h, b.String(), false); r.Added != 450 || mustCount(t, h) != 450 {
		t.Errorf("%+v", r)
	}
	if r := MustImport(t, h, b.String()+"人450,1-1-1-150,,,,,,,,\n", false); r.Unchanged != 450 || r.Added != 1 {
		t.Errorf("%+v", r)
	}
	if err := h.store.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := h.ImportPeople(t.Context(), []byte(b.String()), false); err == nil || menshen.ErrorCode(err) == menshen.CodeInvalid {
		t.Errorf("without a database: %v", err)
	}
}

// TestImportShared: whether a household shares kitchen and bath is of the household; rows of one must agree.
func TestImportShared(t *testing.T) {
	h, ctx := MustHouse(t), t.Context()
	shared := func(dwelling string) bool {
		t.Helper()
		all, err := h.Households(ctx, dwelling, 10)
		if err != nil || len(all) != 1 {
			t.Fatalf("%s: %v %v", dwelling, all, err)
		}
		return all[0].Shared
	}
	if _, err := h.PutHousehold(ctx, menshen.Household{Dwelling: home("3-2-14-1402"), Language: "en", Note: "养狗"}); err != nil {
		t.Fatal(err)
	}
	const text = "姓名,住址,厨卫\n王芳,3-2-14-1402,合用\n王小明,3-2-14-1402,\n李强,3-2-14-1403,独用\n赵云,3-2-14-1403,shared\n保洁,,合用\n孙权,3-2-14-1404,也许\n"
	if r := MustImport(t, h, text, true); r.Added != 3 || shared("3-2-14-1402") {
		t.Errorf("dry run: %+v", r)
	}
	r := MustImport(t, h, text, false)
	if got := lines(t, r.Refused); !slices.Equal(got, []int{5, 6, 7}) || r.Added != 3 {
		t.Errorf("%+v", r)
	}
	if !shared("3-2-14-1402") || shared("3-2-14-1403") {
		t.Error("not kept")
	}
	all, err := h.Households(ctx, "3-2-14-1402", 1)
	if err != nil || all[0].Language != "en" || all[0].Note != "养狗" {
		t.Errorf("the rest of it: %+v %v", all, err)
	}
	if r := MustImport(t, h, "name,dwelling,shared\n王芳,3-2-14-1402,no\n", false); r.Changed != 1 || shared("3-2-14-1402") {
		t.Errorf("changed: %+v", r)
	}
	out, err := h.ExportPeople(ctx, "csv", true)
	if err != nil || !strings.Contains(string(out.Data), "厨卫") {
		t.Fatalf("%s %v", out.Data, err)
	}
	if r := MustImport(t, h, string(out.Data), false); r.Unchanged != r.Rows {
		t.Errorf("an export changes %+v", r)
	}
}
