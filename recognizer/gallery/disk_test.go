package gallery_test

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"menshen"
	"menshen/recognizer/gallery"
)

// TestDisk saves galleries of all sizes and finds in what was opened what a plain scan finds.
func TestDisk(t *testing.T) {
	for _, dim := range []int{3, 128} {
		for _, size := range []int{0, 1, 64, 700, 3000} {
			c := newCompared(gallery.Kernels()[0], dim, uint64(size))
			for c.g.Len() < size {
				c.insert(t, 10)
			}
			path := filepath.Join(t.TempDir(), "gallery")
			for range 2 { // the second replaces the first
				if err := c.g.Save(path); err != nil {
					t.Fatal(err)
				}
			}
			if all, err := filepath.Glob(path + "*"); err != nil || len(all) != 1 {
				t.Errorf("files %v, error %v", all, err)
			}
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%v, error %v", info, err)
			}
			g, err := gallery.Open(path, c.id)
			if err != nil {
				t.Fatal(err)
			}
			c.g = g
			for range 40 {
				c.search(t)
				c.step(t)
			}
		}
	}
}

func TestDiskRefuses(t *testing.T) {
	f, g, _ := district(t, gallery.Kernels()[0], 100)
	if err := g.Insert(template("an id of many words", "another one, which is long as well", f.photograph(1))); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "gallery")
	if _, err := gallery.Open(path, engine); menshen.ErrorCode(err) != menshen.CodeNotFound {
		t.Errorf("no file: %v", err)
	}
	if err := g.Save(filepath.Join(dir, "missing", "gallery")); menshen.ErrorCode(err) != menshen.CodeUnavailable {
		t.Errorf("no folder: %v", err)
	}
	if err := g.Save(path); err != nil {
		t.Fatal(err)
	}
	other := engine
	other.ModelHash = "another"
	if _, err := gallery.Open(path, other); menshen.ErrorCode(err) != menshen.CodeInvalid {
		t.Errorf("another engine: %v", err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	refused := func(name string, data []byte) {
		t.Helper()
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if g, err := gallery.Open(path, engine); menshen.ErrorCode(err) != menshen.CodeCorrupt || g != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	refused("nothing", nil)
	refused("another file", []byte(strings.Repeat("x", 5000)))
	refused("more", append(slices.Clone(good), 0))
	for at := 0; at < len(good); at += 1 + at/8 {
		refused(fmt.Sprint("cut at ", at), good[:at])
		bad := slices.Clone(good)
		bad[at] ^= 0x10
		refused(fmt.Sprint("changed at ", at), bad)
	}
}

// FuzzRead: whatever the bytes, a gallery that is right comes out, or an error.
func FuzzRead(f *testing.F) {
	id := engine
	id.Dim = 2
	g := gallery.New(id)
	for i := range 70 {
		x := template(strings.Repeat("p", i%20+1), fmt.Sprint("t", i), menshen.Descriptor{float32(i), 1})
		x.Engine = id
		if err := g.Insert(x); err != nil {
			f.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := g.Write(&b); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add(b.Bytes()[:300])
	f.Add([]byte("menshen gallery 1\n\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		g, err := gallery.Read(bytes.NewReader(data), id)
		if err != nil {
			return
		}
		if _, fault := g.Inspect(); fault != "" {
			t.Fatal(fault)
		}
		if found, err := g.SearchWithin(menshen.Descriptor{1, 1}, 100, math.Inf(1)); err != nil || len(found) > g.People() {
			t.Fatal(found, err)
		}
	})
}
