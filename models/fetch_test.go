package models_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"menshen"
	"menshen/models"
)

const production = "    use: production\n"

// tally is a Progress that adds up.
type tally struct {
	mu          sync.Mutex
	total, sum  int64
	starts      int
	dones       int
	last        error
	onFirstByte func()
}

func (p *tally) Start(_ models.File, total int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.starts++
	p.total, p.sum = total, 0
}

func (p *tally) Add(n int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sum += n
	if p.onFirstByte != nil && p.sum > 0 {
		p.onFirstByte()
	}
}

func (p *tally) Done(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.dones++
	p.last = err
}

// origin is an HTTPS server of one file.
type origin struct {
	*httptest.Server
	requests atomic.Int64
}

func newOrigin(t *testing.T, h http.HandlerFunc) *origin {
	t.Helper()
	o := &origin{}
	o.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o.requests.Add(1)
		h(w, r)
	}))
	t.Cleanup(o.Close)
	return o
}

func (o *origin) options(p models.Progress) models.FetchOptions {
	return models.FetchOptions{Nearby: []string{}, Client: o.Client(), Progress: p, Attempts: 3, Backoff: time.Millisecond, Stall: 10 * time.Second}
}

// serve answers with ranges as a good server does.
func serve(b []byte, etag string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", etag)
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b))
	}
}

// cut sends the head of a whole answer and n bytes of it, then drops the connection.
func cut(w http.ResponseWriter, b []byte, n int, etag string) {
	w.Header().Set("ETag", etag)
	w.Header().Set("Content-Length", fmt.Sprint(len(b)))
	_, _ = w.Write(b[:n])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// onDisk checks that the folder holds the file, readable by all, and nothing unfinished.
func onDisk(t *testing.T, dir, name string, want []byte) {
	t.Helper()
	p := filepath.Join(dir, name)
	if got := MustRead(t, p); !bytes.Equal(got, want) {
		t.Errorf("%s has %d bytes, not the right %d", name, len(got), len(want))
	}
	info, err := os.Stat(p)
	if err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("%s: mode %v, %v", name, info.Mode(), err)
	}
	nothingUnfinished(t, dir)
}

func nothingUnfinished(t *testing.T, dir string) {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		if strings.Contains(e.Name(), ".part") || e.Name()[0] == '.' && !strings.HasSuffix(e.Name(), ".lock") {
			t.Errorf("%s was left behind", e.Name())
		}
	}
}

func TestDownload(t *testing.T) {
	b := content(300_000, 1)
	archive, plain := packed(t)
	for name, c := range map[string]struct {
		handler func(n int64, w http.ResponseWriter, r *http.Request)
		packed  bool
		asks    int64
	}{
		"straight": {handler: func(_ int64, w http.ResponseWriter, r *http.Request) { serve(b, `"1"`)(w, r) }, asks: 1},
		"cut connection resumed": {handler: func(n int64, w http.ResponseWriter, r *http.Request) {
			switch {
			case n == 1:
				cut(w, b, 100_000, `"1"`)
			case !strings.HasPrefix(r.Header.Get("Range"), "bytes=") || r.Header.Get("If-Range") != `"1"`:
				w.WriteHeader(http.StatusTeapot) // must ask for the rest only
			}
			serve(b, `"1"`)(w, r)
		}, asks: 2},
		"file changed meanwhile": {handler: func(n int64, w http.ResponseWriter, r *http.Request) {
			if n == 1 {
				cut(w, content(300_000, 9), 100_000, `"1"`)
			}
			serve(b, `"2"`)(w, r)
		}, asks: 2},
		"file changed, no ETag": {handler: func(n int64, w http.ResponseWriter, r *http.Request) {
			if n == 1 {
				cut(w, content(300_000, 9), 100_000, "")
			}
			serve(b, "")(w, r)
		}, asks: 3}, // the pieced-together file is wrong, so it is fetched whole
		"ranges ignored": {handler: func(n int64, w http.ResponseWriter, r *http.Request) {
			if n == 1 {
				cut(w, b, 100_000, `"1"`)
			}
			r.Header.Del("Range")
			serve(b, `"1"`)(w, r)
		}, asks: 2},
		"another range than asked for": {handler: func(n int64, w http.ResponseWriter, r *http.Request) {
			if n == 1 {
				cut(w, b, 100_000, `"1"`)
			}
			if r.Header.Get("Range") != "" {
				r.Header.Set("Range", "bytes=5-")
			}
			serve(b, `"1"`)(w, r)
		}, asks: 3},
		"overloaded at first": {handler: func(n int64, w http.ResponseWriter, r *http.Request) {
			if n < 3 {
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
			serve(b, `"1"`)(w, r)
		}, asks: 3},
		"drips, cut every time": {handler: func(n int64, w http.ResponseWriter, r *http.Request) {
			var from int
			_, _ = fmt.Sscanf(r.Header.Get("Range"), "bytes=%d-", &from)
			to := min(from+40_000, len(b))
			w.Header().Set("ETag", `"1"`)
			w.Header().Set("Content-Length", fmt.Sprint(len(b)-from))
			if from > 0 {
				w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(b)-1, len(b)))
				w.WriteHeader(http.StatusPartialContent)
			}
			_, _ = w.Write(b[from:to])
			_ = http.NewResponseController(w).Flush()
			if to < len(b) {
				panic(http.ErrAbortHandler)
			}
		}, asks: 8}, // more than Attempts: what brings bytes does not count
		"without a length": {handler: func(_ int64, w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write(b[:1000])
			_ = http.NewResponseController(w).Flush()
			_, _ = w.Write(b[1000:])
		}, asks: 1},
		"packed": {packed: true, handler: func(_ int64, w http.ResponseWriter, r *http.Request) { serve(archive, `"1"`)(w, r) }, asks: 1},
		"packed, cut and resumed": {packed: true, handler: func(n int64, w http.ResponseWriter, r *http.Request) {
			if n == 1 {
				cut(w, archive, 40_000, `"1"`)
			}
			serve(archive, `"1"`)(w, r)
		}, asks: 2},
		"redirected": {handler: func(n int64, w http.ResponseWriter, r *http.Request) {
			if n == 1 {
				http.Redirect(w, r, "/elsewhere", http.StatusFound)
				return
			}
			serve(b, `"1"`)(w, r)
		}, asks: 2},
	} {
		t.Run(name, func(t *testing.T) {
			var o *origin
			o = newOrigin(t, func(w http.ResponseWriter, r *http.Request) { c.handler(o.requests.Load(), w, r) })
			want, e := b, entry("one", o.URL, b, production)
			if c.packed {
				want, e = plain, entry("one", o.URL, plain, "    packing: bzip2\n"+production)
			}
			dir := t.TempDir()
			p := &tally{}
			done, err := MustStore(t, MustParse(t, e), dir).Fetch(t.Context(), o.options(p))
			if err != nil {
				t.Fatal(err)
			}
			onDisk(t, dir, "one.bin", want)
			if len(done) != 1 || done[0].Source != models.FromAddress || done[0].Origin != o.URL || done[0].SHA256 != sha(want) {
				t.Errorf("got %+v", done)
			}
			if n := o.requests.Load(); n != c.asks {
				t.Errorf("asked %d times, want %d", n, c.asks)
			}
			size := int64(len(want))
			if c.packed {
				size = int64(len(archive))
			} else if p.total != size {
				t.Errorf("total %d", p.total)
			}
			if p.starts != 1 || p.dones != 1 || p.last != nil || p.sum != size {
				t.Errorf("progress %d of %d, %d starts, %d ends, %v", p.sum, size, p.starts, p.dones, p.last)
			}
		})
	}
}

func TestDownloadRefusals(t *testing.T) {
	b := content(300_000, 1)
	archive, plain := packed(t)
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		packed  bool
		code    menshen.Code
		asks    int64
	}{
		"wrong bytes":          {handler: serve(content(300_000, 2), `"1"`), code: menshen.CodeCorrupt, asks: 1},
		"larger, says so":      {handler: serve(content(300_001, 1), `"1"`), code: menshen.CodeCorrupt, asks: 1},
		"larger, does not say": {handler: endless, code: menshen.CodeCorrupt, asks: 1},
		"smaller":              {handler: serve(b[:200_000], ""), code: menshen.CodeCorrupt, asks: 1},
		"empty":                {handler: serve(nil, ""), code: menshen.CodeCorrupt, asks: 1},
		"smaller, does not say": {handler: func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write(b[:1000])
			_ = http.NewResponseController(w).Flush()
		}, code: menshen.CodeUnavailable, asks: 3},
		"404":          {handler: http.NotFound, code: menshen.CodeUnavailable, asks: 1},
		"500 for ever": {handler: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, code: menshen.CodeUnavailable, asks: 3},
		"to plain http": {handler: func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusFound)
		}, code: menshen.CodeUnavailable, asks: 1},
		"in a circle":       {handler: func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/", http.StatusFound) }, code: menshen.CodeUnavailable, asks: 30},
		"packed, not bzip2": {packed: true, handler: serve(b[:50_000], `"1"`), code: menshen.CodeCorrupt, asks: 1},
		"packed, cut short": {packed: true, handler: serve(archive[:30_000], `"1"`), code: menshen.CodeCorrupt, asks: 1},
		"packed, endless":   {packed: true, handler: endless, code: menshen.CodeCorrupt, asks: 1},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOrigin(t, c.handler)
			e := entry("one", o.URL, b, production)
			if c.packed {
				e = entry("one", o.URL, plain, "    packing: bzip2\n"+production)
			}
			dir := t.TempDir()
			p := &tally{}
			_, err := MustStore(t, MustParse(t, e), dir).Fetch(t.Context(), o.options(p))
			message, hint := menshen.ErrorMessage(err)
			if menshen.ErrorCode(err) != c.code || !strings.Contains(message, "one") || !strings.Contains(hint, "--from") {
				t.Errorf("got %s %q %q: %v", menshen.ErrorCode(err), message, hint, err)
			}
			if n := o.requests.Load(); n != c.asks {
				t.Errorf("asked %d times, want %d", n, c.asks)
			}
			if _, err := os.Stat(filepath.Join(dir, "one.bin")); err == nil {
				t.Error("a refused file is there")
			}
			if c.code == menshen.CodeCorrupt {
				nothingUnfinished(t, dir)
			}
			if p.dones != 1 || p.last == nil {
				t.Errorf("progress ended %d times with %v", p.dones, p.last)
			}
		})
	}
}

func endless(w http.ResponseWriter, _ *http.Request) {
	for {
		if _, err := w.Write(make([]byte, 1<<16)); err != nil {
			return
		}
	}
}

func TestSecondAddressHelps(t *testing.T) {
	b := content(300_000, 1)
	o := newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/gone":
			http.NotFound(w, r)
		case "/wrong":
			serve(content(300_000, 2), `"1"`)(w, r)
		default:
			serve(b, `"1"`)(w, r)
		}
	})
	e := strings.Replace(entry("one", o.URL+"/gone", b, production), "/gone\"", "/gone\", \""+o.URL+"/wrong\", \""+o.URL+"/good\"", 1)
	dir := t.TempDir()
	p := &tally{}
	done, err := MustStore(t, MustParse(t, e), dir).Fetch(t.Context(), o.options(p))
	if err != nil || done[0].Origin != o.URL+"/good" {
		t.Fatalf("%+v %v", done, err)
	}
	if p.sum != int64(len(b)) || p.dones != 1 {
		t.Errorf("progress %d of %d, ended %d times", p.sum, len(b), p.dones)
	}
	onDisk(t, dir, "one.bin", b)
}

// A command that was stopped goes on where it was, also in another process.
func TestResumeAfterCancel(t *testing.T) {
	b := content(2_000_000, 1)
	var ranged atomic.Int64
	o := newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Range") != "" {
			ranged.Add(1)
			serve(b, `"1"`)(w, r)
			return
		}
		w.Header().Set("ETag", `"1"`)
		w.Header().Set("Content-Length", fmt.Sprint(len(b)))
		_, _ = w.Write(b[:1_000_000])
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	m := MustParse(t, entry("one", o.URL, b, production))
	_, err := MustStore(t, m, dir).Fetch(ctx, o.options(&tally{onFirstByte: cancel}))
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	if info, err := os.Stat(filepath.Join(dir, "one.bin.part")); err != nil || info.Size() == 0 {
		t.Fatalf("nothing was kept: %v", err)
	}
	if _, err := MustStore(t, m, dir).Fetch(t.Context(), o.options(nil)); err != nil {
		t.Fatal(err)
	}
	if ranged.Load() != 1 {
		t.Error("it was not resumed")
	}
	onDisk(t, dir, "one.bin", b)
}

// A part of somewhere else is not continued.
func TestForeignPart(t *testing.T) {
	b := content(300_000, 1)
	o := newOrigin(t, serve(b, `"1"`))
	for name, note := range map[string]string{
		"no note": "", "damaged note": "{", "another address": `{"address":"https://example.org/x","etag":"\"1\""}`,
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			MustWrite(t, filepath.Join(dir, "one.bin.part"), content(100_000, 5))
			if note != "" {
				MustWrite(t, filepath.Join(dir, "one.bin.part.json"), []byte(note))
			}
			before := o.requests.Load()
			if _, err := MustStore(t, MustParse(t, entry("one", o.URL, b, production)), dir).Fetch(t.Context(), o.options(nil)); err != nil {
				t.Fatal(err)
			}
			onDisk(t, dir, "one.bin", b)
			if n := o.requests.Load() - before; n != 1 {
				t.Errorf("asked %d times", n)
			}
		})
	}
}

// A server that falls silent is left and asked again for the rest.
func TestStall(t *testing.T) {
	b := content(300_000, 1)
	var o *origin
	o = newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
		if o.requests.Load() > 1 {
			serve(b, `"1"`)(w, r)
			return
		}
		w.Header().Set("ETag", `"1"`)
		w.Header().Set("Content-Length", fmt.Sprint(len(b)))
		_, _ = w.Write(b[:100_000])
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	opt := o.options(nil)
	opt.Stall = 200 * time.Millisecond
	dir := t.TempDir()
	if _, err := MustStore(t, MustParse(t, entry("one", o.URL, b, production)), dir).Fetch(t.Context(), opt); err != nil {
		t.Fatal(err)
	}
	onDisk(t, dir, "one.bin", b)
	if n := o.requests.Load(); n != 2 {
		t.Errorf("asked %d times", n)
	}
}

func TestUnreachableHostIsAskedOnce(t *testing.T) {
	closed := httptest.NewTLSServer(nil)
	closed.Close()
	a, b := content(100, 1), content(200, 2)
	m := MustParse(t, entry("a", closed.URL+"/a", a, production), entry("b", closed.URL+"/b", b, production))
	_, err := MustStore(t, m, t.TempDir()).Fetch(t.Context(), models.FetchOptions{Nearby: []string{}, Backoff: time.Millisecond})
	message, hint := menshen.ErrorMessage(err)
	if menshen.ErrorCode(err) != menshen.CodeUnavailable || !strings.Contains(message, closed.URL+"/a") || !strings.Contains(message, closed.URL+"/b") || !strings.Contains(hint, "--from") {
		t.Errorf("%q %q", message, hint)
	}
}

func TestFetchTogether(t *testing.T) {
	b := content(2_000_000, 1)
	o := newOrigin(t, serve(b, `"1"`))
	dir := t.TempDir()
	m := MustParse(t, entry("one", o.URL, b, production))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := MustStore(t, m, dir).Fetch(t.Context(), o.options(nil)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	onDisk(t, dir, "one.bin", b)
	if n := o.requests.Load(); n != 1 {
		t.Errorf("downloaded %d times", n)
	}
}

func TestLockGivesUpWithTheContext(t *testing.T) {
	b := content(2_000_000, 1)
	release := make(chan struct{})
	o := newOrigin(t, func(w http.ResponseWriter, r *http.Request) {
		<-release
		serve(b, `"1"`)(w, r)
	})
	dir := t.TempDir()
	m := MustParse(t, entry("one", o.URL, b, production))
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, err := MustStore(t, m, dir).Fetch(t.Context(), o.options(nil)); err != nil {
			t.Error(err)
		}
	})
	for o.requests.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := MustStore(t, m, dir).Fetch(ctx, o.options(nil)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	close(release)
	wg.Wait()
}

// /dev/full takes no byte, as a full disk.
func TestFullDisk(t *testing.T) {
	b := content(300_000, 1)
	o := newOrigin(t, serve(b, `"1"`))
	dir := t.TempDir()
	if err := os.Symlink("/dev/full", filepath.Join(dir, "one.bin.part")); err != nil {
		t.Fatal(err)
	}
	_, err := MustStore(t, MustParse(t, entry("one", o.URL, b, production)), dir).Fetch(t.Context(), o.options(nil))
	_, hint := menshen.ErrorMessage(err)
	if menshen.ErrorCode(err) != menshen.CodeExhausted || !strings.Contains(hint, "free some space") {
		t.Errorf("got %v", err)
	}
	if n := o.requests.Load(); n != 1 {
		t.Errorf("asked %d times: trying again does not help a full disk", n)
	}
}
