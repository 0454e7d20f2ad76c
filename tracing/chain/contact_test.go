package chain_test

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"menshen"
	"menshen/table"
	"menshen/tracing/chain"
)

func mustEncode(tb testing.TB, text string) (gbk, utf16 string) {
	tb.Helper()
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(text)
	if err != nil {
		tb.Fatal(err)
	}
	utf16, err = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)
	if err != nil {
		tb.Fatal(err)
	}
	return gbk, utf16
}

func TestRead(t *testing.T) {
	const plain = "person_a,person_b,start,end\n王芳,李雷,2020-03-01T08:00:01Z,2020-03-01T16:00:03.5+08:00\n"
	gbk, utf16 := mustEncode(t, plain)
	xlsx, err := table.Write(table.XLSX, [][]string{{"person_a", "person_b", "start", "end"}, {"王芳", "李雷", "2020-03-01T08:00:01Z", "2020-03-01T08:00:03.5Z"}})
	if err != nil {
		t.Fatal(err)
	}
	want := chain.Contact{A: "王芳", B: "李雷", Start: second(1), End: second(3).Add(500 * time.Millisecond)}
	for name, text := range map[string]string{
		"plain": plain, "byte order mark": "\uFEFF" + plain, "GBK": gbk, "UTF-16": utf16, "XLSX": string(xlsx),
		"semicolons":      strings.ReplaceAll(plain, ",", ";"),
		"tabs, CR LF":     strings.ReplaceAll(strings.ReplaceAll(plain, ",", "\t"), "\n", "\r\n"),
		"other order":     "end,start,place,person_b,person_a\n2020-03-01T08:00:03.5Z,2020-03-01T08:00:01Z,somewhere,李雷,王芳\n",
		"Chinese columns": "人员甲,人员乙,开始,结束\n王芳,李雷,2020-03-01T08:00:01Z,2020-03-01T08:00:03.5Z\n",
		"capitals":        "Person_A,Person_B,Start,End\n王芳, 李雷 ,2020-03-01T08:00:01Z,2020-03-01T08:00:03.5Z\n,,,\n",
		"small letters":   "person_a,person_b,start,end\n王芳,李雷,2020-03-01t08:00:01z,2020-03-01T08:00:03.5z\n",
		"full width":      "person_a,person_b,start,end\n王芳,李雷,２０２０－０３－０１Ｔ０８：００：０１Ｚ,2020-03-01T08:00:03.5Z\n",
	} {
		got, err := chain.Read(strings.NewReader(text))
		if err != nil || len(got) != 1 || got[0].A != want.A || got[0].B != want.B || !got[0].Start.Equal(want.Start) || !got[0].End.Equal(want.End) {
			t.Errorf("%s: %+v %v", name, got, err)
		}
	}
}

func TestReadNamesFieldAndLine(t *testing.T) {
	const head, good = "person_a,person_b,start,end\n", "a,b,2020-03-01T08:00:00Z,2020-03-01T09:00:00Z\n"
	for name, c := range map[string]struct{ text, message, hint string }{
		"empty":             {"", "the table is empty", "person_a,person_b,start,end"},
		"no heading":        {good, `the table has no column "person_a"`, "the first line must name the columns: person_a,person_b,start,end"},
		"no end":            {"person_a,person_b,start\na,b,2020-03-01T08:00:00Z\n", `the table has no column "end"`, "must name"},
		"a column twice":    {"person_a,person_a,person_b,start,end\n", "twice", "leave one"},
		"swapped":           {"start,end,person_a,person_b\n" + good, `line 2: person_a: "2020-03-01T08:00:00Z" is a time, not a person`, "the columns seem to be swapped"},
		"end before start":  {head + good + "\na,b,2020-03-01T08:00:01Z,2020-03-01T08:00:00Z\n", "line 4: end: 2020-03-01T08:00:00Z lies before start 2020-03-01T08:00:01Z", "at or after start"},
		"no person":         {head + "a,,2020-03-01T08:00:00Z,2020-03-01T09:00:00Z\n", "line 2: person_b: missing", "name the person"},
		"long id":           {head + strings.Repeat("x", 201) + ",b,2020-03-01T08:00:00Z,2020-03-01T09:00:00Z\n", "line 2: person_a: the name is longer than 200", ""},
		"no start":          {head + "a,b,,2020-03-01T09:00:00Z\n", "line 2: start: missing", "RFC 3339"},
		"row too short":     {head + "a,b,2020-03-01T08:00:00Z\n", "line 2: end: missing", "RFC 3339"},
		"no time":           {head + "a,b,yesterday,2020-03-01T09:00:00Z\n", `line 2: start: "yesterday" is no time`, "RFC 3339"},
		"no zone":           {head + "a,b,2020-03-01T08:00:00Z,2020-03-01T09:00:00\n", `line 2: end: "2020-03-01T09:00:00" has no time zone`, "+08:00"},
		"no T":              {head + "a,b,2020-03-01 08:00:00,2020-03-01T09:00:00Z\n", `line 2: start: "2020-03-01 08:00:00" has no time zone, or no T`, ""},
		"no such day":       {head + "a,b,2020-02-30T08:00:00Z,2020-03-01T09:00:00Z\n", `line 2: start: "2020-02-30T08:00:00Z" is no time`, ""},
		"far year":          {head + "a,b,2020-03-01T08:00:00Z,9999-12-31T00:00:00Z\n", "line 2: end: the year 9999 is out of range", "1700 to 2199"},
		"broken":            {head + "a,\"b\"x,2020-03-01T08:00:00Z,2020-03-01T09:00:00Z\n", "line 2: the line is no row", "quotation mark"},
		"two of three":      {head + "a,b,x,y\n" + good + "a,b,2020-03-01T08:00:00Z,z\n", `line 2: start: "x" is no time; 2 of 3 lines are wrong`, ""},
		"not text":          {"\x00\x01\xff\xfe\x89PNG", "is no text", ""},
		"an office program": {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "an old or an encrypted spreadsheet", ".xlsx"},
	} {
		got, err := chain.Read(strings.NewReader(c.text))
		message, hint := menshen.ErrorMessage(err)
		if menshen.ErrorCode(err) != menshen.CodeInvalid || !strings.Contains(message, c.message) || !strings.Contains(hint, c.hint) || hint == "" || got != nil {
			t.Errorf("%s: %q (%q), want %q (%q)", name, message, hint, c.message, c.hint)
		}
	}
}

// Of many wrong lines twenty are told one by one, and nothing is read.
func TestReadTellsTwentyLines(t *testing.T) {
	var b strings.Builder
	b.WriteString("person_a,person_b,start,end\n")
	for i := range 100 {
		end := "2020-03-01T09:00:00Z"
		if i%2 == 1 {
			end = "soon"
		}
		fmt.Fprintf(&b, "a,b,2020-03-01T08:00:00Z,%s\n", end)
	}
	got, err := chain.Read(strings.NewReader(b.String()))
	p, ok := errors.AsType[*chain.Problems](err)
	if !ok || got != nil || p.Count != 50 || p.Rows != 100 || len(p.First) != 20 || p.First[0].Line != 3 || p.First[19].Line != 41 || !strings.Contains(p.First[19].Err.Message, "end") {
		t.Errorf("%d contacts, %+v", len(got), p)
	}
}

// Who meets themselves is somebody of the list, and reaches nobody; below the heading there may be nothing.
func TestReadOfNoMeetings(t *testing.T) {
	const head, span = "person_a,person_b,start,end\n", ",2020-03-01T08:00:00Z,2020-03-01T09:00:00Z\n"
	for _, c := range []struct{ text, people string }{{head, ""}, {head + "a,a" + span, "a"}, {head + "a,a" + span + "b,c" + span, "a b c"}} {
		contacts, err := chain.Read(strings.NewReader(c.text))
		if err != nil {
			t.Fatal(err)
		}
		g := mustGraph(t, contacts, chain.Options{})
		if got := strings.Join(g.People(), " "); got != c.people {
			t.Errorf("%q has the people %q, want %q", c.text, got, c.people)
		}
		if a, err := g.Reach("a"); c.people == "" && menshen.ErrorCode(err) != menshen.CodeNotFound || c.people != "" && (err != nil || a.People == nil || len(a.People) > 0) {
			t.Errorf("%q: %+v %v", c.text, a, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	const plain = "person_a,person_b,start,end\n王芳,李雷,2020-03-01T08:00:01Z,2020-03-01T16:00:03.5+08:00\nb,李雷,2020-03-01T08:00:01Z,2020-03-01T08:00:01Z\n"
	gbk, utf16 := mustEncode(f, plain)
	for _, s := range []string{plain, gbk, utf16, "end;start;person_a;person_b\n;;;\n", "person_a\tperson_b\tstart\tend\n\"a\tb"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		contacts, err := chain.Read(bytes.NewReader(raw))
		if err != nil {
			if message, hint := menshen.ErrorMessage(err); menshen.ErrorCode(err) != menshen.CodeInvalid || message == "" || hint == "" || contacts != nil {
				t.Fatalf("%v", err)
			}
			return
		}
		for _, c := range contacts {
			if c.A == "" || c.B == "" || c.End.Before(c.Start) {
				t.Fatalf("%+v", c)
			}
		}
		g := mustGraph(t, contacts, chain.Options{})
		for _, root := range g.People()[:min(3, len(g.People()))] {
			if a := mustReach(t, g, root); !reflect.DeepEqual(a, mustReach(t, g, root)) {
				t.Fatal("two answers to one question")
			}
		}
	})
}
