package table_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"menshen"
	"menshen/table"
)

func columns() []table.Column {
	return []table.Column{
		{Key: "name", Names: []string{"姓名", "name"}, Required: true},
		{Key: "phone", Names: []string{"电话", "phone"}},
		{Key: "born", Names: []string{"出生日期", "born"}},
	}
}

func MustEncode(tb testing.TB, text string) (gbk, utf16 string) {
	tb.Helper()
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(text)
	if err != nil {
		tb.Fatal(err)
	}
	utf16, err = unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().String(text)
	if err != nil {
		tb.Fatal(err)
	}
	return gbk, utf16
}

// MustSpreadsheet makes an XLSX of cells.
func MustSpreadsheet(tb testing.TB, fill func(f *excelize.File, sheet string)) []byte {
	tb.Helper()
	f := excelize.NewFile()
	fill(f, f.GetSheetName(0))
	var b bytes.Buffer
	if err := errors.Join(f.Write(&b), f.Close()); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func TestReadTellsEncodingsAndSeparatorsApart(t *testing.T) {
	plain := "电话,姓名,出生日期,备注\r\n13800001111,王芳,1990/5/31,x\r\n"
	gbk, utf16 := MustEncode(t, plain)
	for name, text := range map[string]string{
		"UTF-8":           plain,
		"byte order mark": "\uFEFF" + plain,
		"GBK":             gbk,
		"UTF-16":          utf16,
		"semicolons":      strings.ReplaceAll(plain, ",", ";"),
		"tabs":            strings.ReplaceAll(plain, ",", "\t"),
		"empty cell":      "phone\tname\tborn\tmore\n13800001111\t王芳\t1990年5月31日\t\n",
		"full width":      "ＮＡＭＥ,phone,born\n王芳,１３８００００１１１１,１９９０－０５－３１\n",
		"quoted":          "\"name\",\"phone\",\"born;a;b;c\",born\n王芳,13800001111,,1990.5.31\n",
		"rows of commas":  "name,phone,born\n,,\n王芳,13800001111,19900531\n,,\n",
		"harmless":        "name,phone,born\n王芳,'-13800001111,1990-05-31 00:00:00\n",
	} {
		got, err := table.Read(strings.NewReader(text), columns())
		if err != nil || len(got.Rows) != 1 {
			t.Errorf("%s: %+v %v", name, got, err)
			continue
		}
		r := got.Rows[0]
		born, err := r.Date("born")
		if r.Get("name") != "王芳" || strings.TrimPrefix(r.Narrow("phone"), "-") != "13800001111" || err != nil || !born.Equal(time.Date(1990, 5, 31, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("%s: %q %q %v %v", name, r.Get("name"), r.Narrow("phone"), born, err)
		}
		if r.Get("nothing") != "" {
			t.Errorf("%s: knows columns that are not there", name)
		}
	}
}

func TestReadSpreadsheet(t *testing.T) {
	data := MustSpreadsheet(t, func(f *excelize.File, sheet string) {
		style, err := f.NewStyle(&excelize.Style{NumFmt: 14})
		if err != nil {
			t.Fatal(err)
		}
		for cell, v := range map[string]any{
			"A2": "姓名", "B2": "电话", "C2": "出生日期",
			"A3": "王芳", "B3": 13800001111, "C3": time.Date(1990, 5, 31, 0, 0, 0, 0, time.UTC),
			"A5": "李雷", "B5": "010-1234", "C5": "1988-02-29",
		} {
			if err := f.SetCellValue(sheet, cell, v); err != nil {
				t.Fatal(err)
			}
		}
		if err := f.SetCellStyle(sheet, "C3", "C3", style); err != nil {
			t.Fatal(err)
		}
		if _, err := f.NewSheet("second"); err != nil {
			t.Fatal(err)
		}
	})
	got, err := table.Read(bytes.NewReader(data), columns())
	if err != nil || len(got.Rows) != 2 {
		t.Fatalf("%+v %v", got, err)
	}
	for i, want := range []struct {
		line              int
		name, phone, born string
	}{{3, "王芳", "13800001111", "1990-05-31"}, {5, "李雷", "010-1234", "1988-02-29"}} {
		r := got.Rows[i]
		born, err := r.Date("born")
		if r.Line != want.line || r.Get("name") != want.name || r.Get("phone") != want.phone || born.Format(time.DateOnly) != want.born || err != nil {
			t.Errorf("line %d: %q %q %v %v", r.Line, r.Get("name"), r.Get("phone"), born, err)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	big := MustSpreadsheet(t, func(f *excelize.File, sheet string) {
		if err := f.SetCellValue(sheet, "A1", strings.Repeat("a", 32_000)); err != nil {
			t.Fatal(err)
		}
	})
	for name, r := range map[string]io.Reader{
		"empty":          strings.NewReader(""),
		"no name":        strings.NewReader("phone\n1\n"),
		"twice":          strings.NewReader("name,姓名\na,b\n"),
		"no text":        strings.NewReader("\x00\x01\xff\xfe\x89PNG"),
		"broken heading": strings.NewReader("na\"me,phone\na,b\n"),
		"too large":      io.LimitReader(repeat('a'), table.MaxBytes+1),
		"too many rows":  strings.NewReader("name\n" + strings.Repeat("a\n", table.MaxRows)),
		"old":            strings.NewReader("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"),
		"cut XLSX":       bytes.NewReader(big[:len(big)/2]),
		"zip, no XLSX":   strings.NewReader("PK\x03\x04nothing"),
		"no column":      bytes.NewReader(big),
		"unreadable":     io.MultiReader(strings.NewReader("name\n"), failing{}),
	} {
		got, err := table.Read(r, columns())
		if menshen.ErrorCode(err) != menshen.CodeInvalid {
			t.Errorf("%s: %+v %v", name, got, err)
		} else if _, hint := menshen.ErrorMessage(err); hint == "" {
			t.Errorf("%s: no hint", name)
		}
	}
}

// A zip bomb is refused by what it would unzip to, not by its own size.
func TestReadRefusesABomb(t *testing.T) {
	data := MustSpreadsheet(t, func(f *excelize.File, sheet string) {
		w, err := f.NewStreamWriter(sheet)
		if err != nil {
			t.Fatal(err)
		}
		row := make([]any, 100)
		for i := range row {
			row[i] = strings.Repeat("a", 200)
		}
		for i := range 4_000 {
			cell, err := excelize.CoordinatesToCellName(1, i+1)
			if err != nil {
				t.Fatal(err)
			}
			if err := w.SetRow(cell, row); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
	})
	if len(data) > table.MaxBytes {
		t.Fatalf("%d bytes are refused for their size", len(data))
	}
	if _, err := table.Read(bytes.NewReader(data), columns()); menshen.ErrorCode(err) != menshen.CodeInvalid {
		t.Errorf("%v", err)
	}
}

func TestReadGoesOnAfterABrokenRow(t *testing.T) {
	got, err := table.Read(strings.NewReader("name,phone\na,1\nb\"c,2\n\"two\nlines\",3\nd,4\n"), columns())
	if err != nil {
		t.Fatal(err)
	}
	var lines []int
	var broken []bool
	for _, r := range got.Rows {
		lines, broken = append(lines, r.Line), append(broken, r.Broken)
	}
	if !slices.Equal(lines, []int{2, 3, 4, 6}) || !slices.Equal(broken, []bool{false, true, false, false}) {
		t.Errorf("lines %v, broken %v", lines, broken)
	}
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	rows := [][]string{
		{"姓名", "电话", "出生日期"},
		{"王芳", "+8613800001111", "1990-05-31"},
		{"=1+1", "-5", "2000-01-01"},
		{"@SUM(A1)", "a,\"b\"\nc", ""},
		{"'quoted'", "00012345678901234567", ""},
	}
	for _, format := range []string{table.CSV, table.XLSX} {
		data, err := table.Write(format, rows)
		if err != nil {
			t.Fatal(err)
		}
		if format == table.CSV {
			if !bytes.HasPrefix(data, []byte("\uFEFF姓名")) {
				t.Errorf("no byte order mark: %q", data[:10])
			}
			for line := range strings.Lines(string(data)) {
				if strings.ContainsAny(line[:1], "=+-@") {
					t.Errorf("a formula is left: %q", line)
				}
			}
		}
		got, err := table.Read(bytes.NewReader(data), columns())
		if err != nil || len(got.Rows) != len(rows)-1 {
			t.Fatalf("%s: %+v %v", format, got, err)
		}
		for i, r := range got.Rows {
			for j, key := range []string{"name", "phone", "born"} {
				if r.Get(key) != rows[i+1][j] {
					t.Errorf("%s: %q came back as %q", format, rows[i+1][j], r.Get(key))
				}
			}
		}
	}
	if _, err := table.Write("pdf", rows); menshen.ErrorCode(err) != menshen.CodeInvalid {
		t.Errorf("%v", err)
	}
}

func TestDate(t *testing.T) {
	for text, want := range map[string]string{
		"2020-02-14": "2020-02-14", "2020/2/4": "2020-02-04", "2020.12.1": "2020-12-01", "2020年2月14日": "2020-02-14",
		"20200214": "2020-02-14", "2020-02-14 08:30": "2020-02-14", "2020-02-14T08:30:00Z": "2020-02-14",
	} {
		if got, err := table.Date(text); err != nil || got.Format(time.DateOnly) != want {
			t.Errorf("%s: %v %v", text, got, err)
		}
	}
	for _, text := range []string{"2020-02-30", "14.2.20", "43875", "yesterday", "2020"} {
		if got, err := table.Date(text); menshen.ErrorCode(err) != menshen.CodeInvalid {
			t.Errorf("%s: %v %v", text, got, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("name,phone\n王芳,1\n"))
	f.Add([]byte("\xff\xfen\x00"))
	f.Add([]byte("name;born\n\"a\"\"\";2020-02-14\n"))
	for _, format := range []string{table.XLSX, table.CSV} {
		data, err := table.Write(format, [][]string{{"name", "born"}, {"王芳", "1990-05-31"}})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := table.Read(bytes.NewReader(data), columns())
		if err != nil {
			if menshen.ErrorCode(err) != menshen.CodeInvalid {
				t.Fatalf("%v", err)
			}
			return
		}
		for _, r := range got.Rows {
			_, _ = r.Date("born") // must not panic
			if !r.Broken && r.Line < 1 {
				t.Fatalf("%+v", r)
			}
		}
	})
}

type repeat byte

func (r repeat) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(r)
	}
	return len(p), nil
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("the disk is gone") }
