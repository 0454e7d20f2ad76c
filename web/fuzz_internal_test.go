package web

import (
	"bytes"
	"image"
	"image/png"
	"net/url"
	"testing"
	"time"
	"unicode/utf8"

	"menshen"
)

// A picture of a site plan is taken whole and within its limits, or refused in words.
func FuzzPlanPicture(f *testing.F) {
	var good bytes.Buffer
	if err := png.Encode(&good, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		f.Fatal(err)
	}
	f.Add(good.Bytes())
	f.Add(good.Bytes()[:40])
	f.Add([]byte("GIF89a"))
	f.Add([]byte("\xff\xd8\xff\xc2"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := readPlanPicture(data)
		if err != nil {
			if _, hint := menshen.ErrorMessage(err); menshen.ErrorCode(err) != menshen.CodeInvalid || hint == "" {
				t.Errorf("%v", err)
			}
			return
		}
		if p.Width < 1 || p.Height < 1 || p.Width > maxPlanSide || p.Height > maxPlanSide || p.Width*p.Height > maxPlanPixels || p.Type != "image/png" && p.Type != "image/jpeg" {
			t.Errorf("a plan of %d × %d, %s", p.Width, p.Height, p.Type)
		}
	})
}

// Answers that come behind a link are kept as they are only where every one of them fits its question.
func FuzzFields(f *testing.F) {
	form := menshen.Form{Fields: []menshen.Field{
		{ID: "a", Kind: menshen.FieldText, Required: true}, {ID: "b", Kind: menshen.FieldDate}, {ID: "c", Kind: menshen.FieldNumber}, {ID: "d", Kind: menshen.FieldYesNo},
		{ID: "e", Kind: menshen.FieldChoice, Choices: []menshen.FormChoice{{Value: "x"}}},
	}}
	for _, s := range []string{"a=1&b=2026-01-02&c=3&d=yes&e=x", "a=%ff&c=NaN", "c=1e999", "b=9999-99-99", "a=%00", "a=&a=2", "%zz"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, query string) {
		sent, err := url.ParseQuery(query)
		if err != nil {
			return
		}
		fields, answers := readFields(form, sent)
		if len(fields) != len(form.Fields) {
			t.Errorf("%d questions of %d", len(fields), len(form.Fields))
		}
		for id, v := range answers {
			if len([]rune(v)) > maxAnswer || id == "d" && v != "yes" && v != "no" || id == "e" && v != "x" {
				t.Errorf("%s is answered %q", id, v)
			}
			if id == "b" {
				if _, err := time.Parse(time.DateOnly, v); err != nil {
					t.Errorf("a day is answered %q", v)
				}
			}
		}
	})
}

// Words from outside are text, within their length.
func FuzzText(f *testing.F) {
	for _, s := range []string{"林一", "a\nb", "\xff", " ", "a\u202eb", "a\x00b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if line, err := readLine("x", s); err == nil && (len([]rune(line)) > maxLine || !utf8.ValidString(line)) {
			t.Errorf("%q is a line", line)
		}
		if note, err := readNote("x", s); err == nil && len([]rune(note)) > maxNote {
			t.Errorf("a note of %d", len(note))
		}
		if id, err := readID("x", s); err == nil && id == "" {
			t.Errorf("%q is an id", s)
		}
		_, _ = readDay("x", s) // must not fall
	})
}
