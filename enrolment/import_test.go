package enrolment_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"menshen"
	"menshen/enrolment"
	"menshen/store/sqlite"
)

func stringReader(s string) io.Reader { return strings.NewReader(s) }

// office is the hub as an import sees it.
type office struct {
	*enrolment.Enroller
	registry *sqlite.Site
}

// Enroll does as the hub does with who signed.
func (o *office) Enroll(ctx context.Context, r enrolment.Request) (enrolment.Result, error) {
	if r.Signer != "" {
		r.Consent = signed
	}
	return o.Enroller.Enroll(ctx, r)
}

func (o *office) Find(ctx context.Context, name string, d menshen.Dwelling) (string, int, error) {
	found, err := o.registry.FindPeople(ctx, name, 0)
	for _, e := range found {
		if e.Person.Name == name && e.Person.Dwelling == d {
			return e.Person.ID, e.Templates, err
		}
	}
	return "", 0, err
}

func MustWrite(tb testing.TB, p string, b []byte) {
	tb.Helper()
	if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(p, b, 0o644); err != nil {
		tb.Fatal(err)
	}
}

func TestReadTable(t *testing.T) {
	gbk, err := simplifiedchinese.GBK.NewEncoder().String("姓名,住址,照片\r\n王芳,3-2-14-1402,王芳.jpg\r\n")
	if err != nil {
		t.Fatal(err)
	}
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String("姓名\t住址\t照片\r\n王芳\t3-2-14-1402\t王芳.jpg\r\n")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"English":           "name,dwelling,photos\n王芳,3-2-14-1402,王芳.jpg\n",
		"Chinese":           "姓名,住址,照片\n王芳,3-2-14-1402,王芳.jpg\n",
		"byte order mark":   "\uFEFF姓名,住址,照片\n王芳,3-2-14-1402,王芳.jpg\n",
		"GBK":               gbk,
		"UTF-16 and tabs":   utf16,
		"CRLF":              "name,dwelling,photos\r\n王芳,3-2-14-1402,王芳.jpg\r\n",
		"CR alone":          "name,dwelling,photos\r王芳,3-2-14-1402,王芳.jpg\r",
		"quoted":            "name,dwelling,photos\n\"王芳\",\"3-2-14-1402\",\"王芳.jpg\"\n",
		"spaces":            " Name , Dwelling , Photos \n 王芳 , 3-2-14-1402 , 王芳.jpg ; \n",
		"order and more":    "电话,照片,住址,姓名\n123,王芳.jpg,3-2-14-1402,王芳\n",
		"full width":        "name,dwelling,photos\n王芳,３－２－１４－１４０２,王芳.jpg\n",
		"blank lines":       "name,dwelling,photos\n\n王芳,3-2-14-1402,王芳.jpg\n,,\n,,\n",
		"short rows":        "name,dwelling,photos,more\n王芳,3-2-14-1402,王芳.jpg\n",
		"no line at end":    "name,dwelling,photos\n王芳,3-2-14-1402,王芳.jpg",
		"mark and one line": "\uFEFFname,dwelling,photos\n王芳,3-2-14-1402,王芳.jpg",
	} {
		t.Run(name, func(t *testing.T) {
			table, err := enrolment.ReadTable(stringReader(text))
			if err != nil || len(table.Rows) != 1 || len(table.Refusals) > 0 {
				t.Fatalf("%+v %v", table, err)
			}
			r := table.Rows[0]
			if r.Name != "王芳" || r.Dwelling.String() != "3-2-14-1402" || !slices.Equal(r.Photos, []string{"王芳.jpg"}) || r.Line < 2 {
				t.Errorf("%+v", r)
			}
		})
	}
}

func TestReadTableRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"empty":       "",
		"no dwelling": "name,photos\n王芳,a.jpg\n",
		"no header":   "王芳,3-2-14-1402,a.jpg\n",
		"twice":       "name,姓名,dwelling\n王芳,王芳,3-2-14-1402\n",
		"no text":     "\x00\x01\xff\xfe\x89PNG",
		"UTF-16 cut":  "\xff\xfen",
		"broken line": "name,\"dwelling\n",
	} {
		if table, err := enrolment.ReadTable(stringReader(text)); menshen.ErrorCode(err) != menshen.CodeInvalid {
			t.Errorf("%s: %+v %v", name, table, err)
		} else if _, hint := menshen.ErrorMessage(err); hint == "" {
			t.Errorf("%s: no hint", name)
		}
	}
	if _, err := enrolment.ReadTable(io.LimitReader(zeros{}, 17<<20)); menshen.ErrorCode(err) != menshen.CodeInvalid {
		t.Errorf("too large: %v", err)
	}

	table, err := enrolment.ReadTable(stringReader("name,dwelling,photos\n" +
		"王芳,3-2-14-1402,a.jpg|b.jpg；c.jpg\n" + // 2
		",3-2-14-1402,a.jpg\n" + // 3: no name
		"李雷,three,a.jpg\n" + // 4: no dwelling
		"a\"b,3-2-14-1402,a.jpg\n" + // 5: a lone quote
		"王芳,3-2-14-1402,d.jpg\n" + // 6: again
		"\"two\nlines\",3-2-14-1402,d.jpg\n" + // 7, 8: a line break in the name
		"韩梅,1-1-B1-1,\n")) // 9
	if err != nil {
		t.Fatal(err)
	}
	var rows, lines []int
	var codes []enrolment.Code
	for _, r := range table.Rows {
		rows = append(rows, r.Line)
	}
	for _, r := range table.Refusals {
		lines, codes = append(lines, r.Line), append(codes, r.Code)
		if r.Message.ZH == "" || r.Hint.EN == "" {
			t.Errorf("%+v has no words", r)
		}
	}
	if !slices.Equal(rows, []int{2, 9}) || !slices.Equal(lines, []int{3, 4, 5, 6, 7}) ||
		!slices.Equal(codes, []enrolment.Code{enrolment.CodeBadName, enrolment.CodeBadDwelling, enrolment.CodeBadRow, enrolment.CodeRepeatedRow, enrolment.CodeBadName}) {
		t.Errorf("rows %v, refused %v %v", rows, lines, codes)
	}
	if !slices.Equal(table.Rows[0].Photos, []string{"a.jpg", "b.jpg", "c.jpg"}) || table.Rows[1].Dwelling.Floor != -1 {
		t.Errorf("%+v", table.Rows)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'a'
	}
	return len(p), nil
}

func TestImportCSV(t *testing.T) {
	h := MustHouse(t)
	o := &office{h.Enroller, h.registry}
	dir, outside := t.TempDir(), t.TempDir()
	put := func(name string, f ...drawnFace) { MustWrite(t, filepath.Join(dir, name), draw(f...)) }
	put("a1.jpg", drawnFace{Who: 1})
	put("sub/a2.jpg", drawnFace{Who: 1, Variant: 1})
	put("李雷/2.jpg", drawnFace{Who: 2, Variant: 1})
	put("李雷/1.png", drawnFace{Who: 2})
	put("李雷/notes.txt")
	put("李雷/.hidden.jpg")
	put("韩梅.jpeg", drawnFace{Who: 3})
	put("同名.jpg", drawnFace{Who: 4})
	put("five.jpg", drawnFace{Who: 5})
	put("吉姆/x.jpg", drawnFace{Who: 6})
	MustWrite(t, filepath.Join(outside, "secret.jpg"), draw(drawnFace{Who: 7}))
	if err := os.Symlink(filepath.Join(outside, "secret.jpg"), filepath.Join(dir, "link.jpg")); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe.jpg"), 0o644); err != nil {
		t.Fatal(err)
	}
	table := "name,dwelling,photos\n" +
		"王芳,3-2-14-1402,a1.jpg;sub\\a2.jpg\n" + // 2: enrolled with two
		"李雷,3-2-14-1402,\n" + // 3: from his folder
		"韩梅,3-2-14-1403,\n" + // 4: from her file
		"同名,1-1-1-101,\n" + // 5: ambiguous
		"同名,2-1-1-101,\n" + // 6: ambiguous
		"无人,1-1-1-102,\n" + // 7: no photographs
		"逃逸,1-1-1-103,../secret.jpg;/etc/passwd;link.jpg;pipe.jpg;sub\n" + // 8: out of the folder
		"缺失,1-1-1-104,gone.jpg;five.jpg\n" + // 9: one missing, one taken
		"冒名,1-1-1-105,a1.jpg\n" + // 10: is 王芳
		"坏住址,here,a1.jpg\n" + // 11
		"吉姆,1-1-1-106,x.jpg\n" + // 12: found in his folder
		"../李雷,1-1-1-107,\n" // 13: a name that is a path
	var steps []int
	total := 0
	r, err := enrolment.ImportCSV(t.Context(), o, stringReader(table), dir, enrolment.ImportOptions{Consented: true, Progress: func(done, of int) {
		steps, total = append(steps, done), of
	}})
	if err != nil {
		t.Fatal(err)
	}
	type line struct {
		line  int
		photo string
		code  enrolment.Code
	}
	var got []line
	for _, f := range r.Refusals {
		got = append(got, line{f.Line, f.Photo, f.Code})
		if f.Message.ZH == "" || f.Message.EN == "" || f.Hint.ZH == "" || f.Hint.EN == "" || f.Name == "" {
			t.Errorf("%+v lacks words", f)
		}
	}
	want := []line{
		{5, "", enrolment.CodeAmbiguous}, {6, "", enrolment.CodeAmbiguous}, {7, "", enrolment.CodeNoPhotos},
		{8, "../secret.jpg", enrolment.CodeBadPath}, {8, "/etc/passwd", enrolment.CodeBadPath}, {8, "link.jpg", enrolment.CodeBadPath},
		{8, "pipe.jpg", enrolment.CodeBadPath}, {8, "sub", enrolment.CodeBadPath},
		{9, "gone.jpg", enrolment.CodePhotoMissing}, {10, "a1.jpg", enrolment.CodeAlreadyEnrolled},
		{11, "", enrolment.CodeBadDwelling}, {13, "", enrolment.CodeNoPhotos},
	}
	if !slices.Equal(got, want) {
		t.Errorf("refused\n%v, want\n%v", got, want)
	}
	if r.Rows != 12 || r.Enrolled != 5 || r.Photos != 7 || r.Skipped != 0 || r.Refused != 7 {
		t.Errorf("%+v", r)
	}
	if total != 11 || steps[0] != 0 || steps[len(steps)-1] != 11 {
		t.Errorf("progress %v of %d", steps, total)
	}
	h.inStep(t, 5, 7)

	again, err := enrolment.ImportCSV(t.Context(), o, stringReader(table), dir, enrolment.ImportOptions{Consented: true})
	if err != nil || again.Enrolled != 0 || again.Skipped != 5 || again.Refused != 7 {
		t.Errorf("again: %+v %v", again, err)
	}
	h.inStep(t, 5, 7)
}

func TestImportStops(t *testing.T) {
	h := MustHouse(t)
	o := &office{h.Enroller, h.registry}
	dir := t.TempDir()
	MustWrite(t, filepath.Join(dir, "a.jpg"), draw(drawnFace{Who: 1}))
	MustWrite(t, filepath.Join(dir, "b.jpg"), draw(drawnFace{Who: 2}))
	table := "name,dwelling,photos\na,1-1-1-101,a.jpg\nb,1-1-1-102,b.jpg\n"
	opt := enrolment.ImportOptions{Consented: true, Progress: func(done, _ int) {
		if done == 1 {
			h.analyser.fail = menshen.Errorf(menshen.CodeUnavailable, "test", "away")
		}
	}}
	r, err := enrolment.ImportCSV(t.Context(), o, stringReader(table), dir, opt)
	if menshen.ErrorCode(err) != menshen.CodeUnavailable || r.Enrolled != 1 {
		t.Errorf("%+v %v", r, err)
	}
	h.analyser.fail = nil
	r, err = enrolment.ImportCSV(t.Context(), o, stringReader(table), dir, enrolment.ImportOptions{Consented: true})
	if err != nil || r.Enrolled != 1 || r.Skipped != 1 {
		t.Errorf("%+v %v", r, err)
	}
	if _, err := enrolment.ImportCSV(t.Context(), o, stringReader(table), filepath.Join(dir, "nowhere"), enrolment.ImportOptions{Consented: true}); menshen.ErrorCode(err) != menshen.CodeInvalid {
		t.Errorf("no folder: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := enrolment.ImportCSV(ctx, o, stringReader(table), dir, enrolment.ImportOptions{Consented: true}); err != context.Canceled {
		t.Errorf("cancelled: %v", err)
	}
}

func TestImportTakesSoManyPhotographs(t *testing.T) {
	h := MustHouse(t)
	dir := t.TempDir()
	for i := range 4 {
		MustWrite(t, filepath.Join(dir, "a", string(rune('0'+i))+".jpg"), draw(drawnFace{Variant: i}))
	}
	r, err := enrolment.ImportCSV(t.Context(), &office{h.Enroller, h.registry}, stringReader("name,dwelling\na,1-1-1-101\n"), dir, enrolment.ImportOptions{Consented: true, MaxPhotos: 3})
	if err != nil || r.Photos != 3 || len(r.Refusals) != 1 || r.Refusals[0].Photo != "a/3.jpg" || r.Refusals[0].Code != enrolment.CodeTooMany {
		t.Errorf("%+v %v", r, err)
	}
}

func FuzzReadTable(f *testing.F) {
	f.Add([]byte("name,dwelling,photos\n王芳,3-2-14-1402,a.jpg;b.jpg\n"))
	f.Add([]byte("\xff\xfen\x00"))
	f.Add([]byte("\xd0\xd5\xc3\xfb,\xd7\xa1\xd6\xb7\n\xcd\xf5,1-1-1-1\n"))
	f.Add([]byte("name\tdwelling\n\"a\"\"\t1-1-1-1\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		table, err := enrolment.ReadTable(strings.NewReader(string(data)))
		if err != nil {
			if menshen.ErrorCode(err) != menshen.CodeInvalid {
				t.Fatalf("%v", err)
			}
			return
		}
		for _, r := range table.Rows {
			if r.Line < 2 && !strings.ContainsRune(string(data), '\r') || strings.TrimSpace(r.Name) == "" || r.Dwelling == (menshen.Dwelling{}) {
				t.Fatalf("%+v", r)
			}
		}
	})
}
