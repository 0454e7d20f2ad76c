package table_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"menshen"
	"menshen/table"
)

var streamColumns = []table.Column{{Key: "gate", Names: []string{"gate", "出入口"}, Required: true}, {Key: "who", Names: []string{"person", "人员"}}}

func streamed(tb testing.TB, data []byte) (got []string) {
	tb.Helper()
	s, err := table.NewStream(bytes.NewReader(data), streamColumns)
	if err != nil {
		tb.Fatal(err)
	}
	for {
		r, ok, err := s.Next()
		if err != nil {
			tb.Fatal(err)
		}
		if !ok {
			return got
		}
		if r.Broken {
			got = append(got, fmt.Sprintf("%d broken", r.Line))
		} else {
			got = append(got, fmt.Sprintf("%d %s|%s", r.Line, r.Get("gate"), r.Get("who")))
		}
	}
}

func encoded(tb testing.TB, e interface{ Bytes([]byte) ([]byte, error) }, text string) []byte {
	tb.Helper()
	b, err := e.Bytes([]byte(text))
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func TestStream(t *testing.T) {
	text := "人员,出入口\n王芳,east\n\"李,四\",west\n,,\n赵敏,north\n"
	want := []string{"2 east|王芳", "3 west|李,四", "5 north|赵敏"}
	late := "person,gate\n" + strings.Repeat("p-1,east\n", 60_000) + "王芳,east\n" // GBK only shows at the end
	utf16 := unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder()
	for name, data := range map[string][]byte{
		"UTF-8": []byte(text), "BOM": []byte("\uFEFF" + text), "CRLF": []byte(strings.ReplaceAll(text, "\n", "\r\n")), "CR": []byte(strings.ReplaceAll(text, "\n", "\r")),
		"no last line end": []byte(strings.TrimSuffix(text, "\n")),
		"GBK":              encoded(t, simplifiedchinese.GBK.NewEncoder(), text), "UTF-16": encoded(t, utf16, text),
	} {
		if got := streamed(t, data); !slices.Equal(got, want) {
			t.Errorf("%s: %q", name, got)
		}
	}
	for name, data := range map[string][]byte{"UTF-8": []byte(late), "GBK": encoded(t, simplifiedchinese.GBK.NewEncoder(), late)} {
		if got := streamed(t, data); len(got) != 60_001 || got[60_000] != "60002 east|王芳" {
			t.Errorf("late %s: %d rows, the last is %q", name, len(got), got[len(got)-1])
		}
	}
	broken := "person;gate\na\"b;east\n" + strings.Repeat("x", 40_000) + ";west\nc\x00;east\nd;east"
	if got := streamed(t, []byte(broken)); !slices.Equal(got, []string{"2 broken", "3 broken", "4 broken", "5 east|d"}) {
		t.Errorf("broken rows: %q", got)
	}
	for name, data := range map[string]string{"empty": "", "blank": "\n", "no gate": "person,door\n", "twice": "gate,gate\n", "zip": "PK\x03\x04...", "long": strings.Repeat("gate,", 9000)} {
		if _, err := table.NewStream(strings.NewReader(data), streamColumns); menshen.ErrorCode(err) != menshen.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestStreamOfAWriter reads back what a Writer wrote, cells that look like formulas included.
func TestStreamOfAWriter(t *testing.T) {
	var b bytes.Buffer
	w, err := table.NewWriter(&b)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range [][]string{{"gate", "person"}, {"east", "=1+1"}, {"we,st", "a\"b"}} {
		if err := w.Row(row...); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if got := streamed(t, b.Bytes()); !slices.Equal(got, []string{"2 east|=1+1", "3 we,st|a\"b"}) {
		t.Errorf("%q of %q", got, b.String())
	}
}

func FuzzStream(f *testing.F) {
	f.Add([]byte("gate,person\neast,p-1\n"))
	f.Add([]byte("\xff\xfeg\x00a\x00t\x00e\x00\n\x00"))
	f.Add([]byte("gate\n\"\n\xb3\xf6"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := table.NewStream(bytes.NewReader(data), streamColumns)
		if err != nil {
			return
		}
		line := 1
		for {
			r, ok, err := s.Next()
			if err != nil || !ok {
				return
			}
			if r.Line <= line || r.Line > len(data)+1 {
				t.Fatalf("line %d after %d", r.Line, line)
			}
			line = r.Line
		}
	})
}
