package models_test

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"menshen"
	"menshen/models"
)

// forbidden is a server that must not be asked.
func forbidden(t *testing.T) *origin {
	return newOrigin(t, func(http.ResponseWriter, *http.Request) { t.Error("the network was used") })
}

func TestFetchFromFolder(t *testing.T) {
	o := forbidden(t)
	a, b := content(1000, 1), content(2000, 2)
	archive, plain := packed(t)
	m := MustParse(t,
		entry("a", o.URL, a, "    also: [old.bin]\n"+production),
		entry("b", "", b, "    folder: sub\n    use: evaluation only\n"),
		entry("c", "", content(10, 3), "    use: evaluation only\n"),
		entry("p", o.URL, plain, "    packing: bzip2\n"+production))
	from, nearby, dir := t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "deep", "files")
	MustWrite(t, filepath.Join(from, "old.bin"), a)
	MustWrite(t, filepath.Join(nearby, "sub", "b.bin"), b)
	MustWrite(t, filepath.Join(nearby, "a.bin"), a[1:]) // altered, but nobody named this folder
	MustWrite(t, filepath.Join(from, "p.bin.bz2"), archive)
	opt := o.options(nil)
	opt.From, opt.Nearby = from, []string{filepath.Join(nearby, "nowhere"), nearby}

	s := MustStore(t, m, dir)
	for _, source := range []models.Source{models.FromFolder, models.FromStore} {
		done, err := s.Fetch(t.Context(), opt)
		if err != nil || len(done) != 3 {
			t.Fatalf("%+v %v", done, err)
		}
		for _, got := range done {
			if got.Source != source {
				t.Errorf("%s: %s, want %s", got.File.ID, got.Source, source)
			}
		}
	}
	onDisk(t, dir, "a.bin", a)
	onDisk(t, dir, filepath.Join("sub", "b.bin"), b)
	onDisk(t, dir, "p.bin", plain)
	if err := s.Verify(t.Context()); err != nil {
		t.Error(err)
	}

	// An altered file in the folder is replaced.
	MustWrite(t, filepath.Join(dir, "a.bin"), a[1:])
	if _, err := s.Fetch(t.Context(), opt); err != nil {
		t.Fatal(err)
	}
	onDisk(t, dir, "a.bin", a)
}

func TestFetchFromFolderRefuses(t *testing.T) {
	o := forbidden(t)
	a := content(1000, 1)
	m := MustParse(t, entry("a", o.URL, a, production), entry("c", "", content(10, 3), "    use: evaluation only\n"))
	from := t.TempDir()
	MustWrite(t, filepath.Join(from, "a.bin"), bytes.Repeat([]byte{1}, 1000))
	MustWrite(t, filepath.Join(from, "stray.onnx"), a)
	for name, c := range map[string]struct {
		change func(*models.FetchOptions)
		code   menshen.Code
		says   string
	}{
		"altered":          {func(o *models.FetchOptions) { o.From = from }, menshen.CodeCorrupt, filepath.Join(from, "a.bin")},
		"unlisted":         {func(o *models.FetchOptions) { o.From = from; o.Only = []string{"stray.onnx"} }, menshen.CodeInvalid, "stray.onnx"},
		"no such folder":   {func(o *models.FetchOptions) { o.From = filepath.Join(from, "x") }, menshen.CodeInvalid, filepath.Join(from, "x")},
		"a file as folder": {func(o *models.FetchOptions) { o.From = filepath.Join(from, "a.bin") }, menshen.CodeInvalid, "a.bin"},
		"offline":          {func(o *models.FetchOptions) { o.Offline = true }, menshen.CodeMissing, "a"},
		"without address":  {func(o *models.FetchOptions) { o.Only = []string{"c"} }, menshen.CodeMissing, "c"},
	} {
		t.Run(name, func(t *testing.T) {
			opt := o.options(nil)
			c.change(&opt)
			dir := t.TempDir()
			_, err := MustStore(t, m, dir).Fetch(t.Context(), opt)
			message, hint := menshen.ErrorMessage(err)
			if menshen.ErrorCode(err) != c.code || !strings.Contains(message, c.says) || hint == "" {
				t.Errorf("%s %q %q", menshen.ErrorCode(err), message, hint)
			}
			if _, err := os.Stat(filepath.Join(dir, "a.bin")); err == nil {
				t.Error("a refused file is there")
			}
			nothingUnfinished(t, dir)
		})
	}
}

func TestFetchOnlyTakesIDsAndFileNames(t *testing.T) {
	a, b := content(1000, 1), content(2000, 2)
	m := MustParse(t, entry("a", "", a, "    use: evaluation only\n"), entry("b", "", b, "    use: evaluation only\n"))
	from := t.TempDir()
	MustWrite(t, filepath.Join(from, "a.bin"), a)
	MustWrite(t, filepath.Join(from, "b.bin"), b)
	for _, name := range []string{"b", "b.bin"} {
		dir := t.TempDir()
		done, err := MustStore(t, m, dir).Fetch(t.Context(), models.FetchOptions{From: from, Only: []string{name}})
		if err != nil || len(done) != 1 || done[0].File.ID != "b" {
			t.Errorf("%s: %+v %v", name, done, err)
		}
	}
}
