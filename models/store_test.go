package models_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"menshen"
	"menshen/models"
)

func states(tb testing.TB, s *models.Store) map[string]models.State {
	tb.Helper()
	list, err := s.List(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	m := map[string]models.State{}
	for _, st := range list {
		key := st.File.ID
		if st.State == models.Unlisted {
			key = filepath.Base(st.Path)
		}
		m[key] = st.State
	}
	return m
}

func TestStoreStates(t *testing.T) {
	a, b := content(1000, 1), content(2000, 2)
	m := MustParse(t, entry("a", "", a, "    also: [old/other.bin]\n    use: evaluation only\n"), entry("b", "", b, "    use: evaluation only\n"))
	dir := t.TempDir()
	s := MustStore(t, m, dir)

	if got := states(t, MustStore(t, m, filepath.Join(dir, "nowhere"))); got["a"] != models.Missing {
		t.Errorf("a folder that does not exist: %v", got)
	}
	if _, _, err := s.Locate("a"); menshen.ErrorCode(err) != menshen.CodeMissing || !strings.Contains(err.(*menshen.Error).Hint, "menshen models fetch") {
		t.Errorf("missing: %v", err)
	}
	MustWrite(t, filepath.Join(dir, "old", "other.bin"), a)
	MustWrite(t, filepath.Join(dir, "b.bin"), a) // another file of the manifest under this name
	MustWrite(t, filepath.Join(dir, "stray.bin"), a)
	MustWrite(t, filepath.Join(dir, ".b.bin.lock"), nil)
	MustWrite(t, filepath.Join(dir, "b.bin.part"), nil)
	MustWrite(t, filepath.Join(dir, "b.bin.part.json"), nil)
	got := states(t, s)
	want := map[string]models.State{"a": models.Present, "b": models.Missing, "stray.bin": models.Unlisted}
	for k, v := range want {
		if got[k] != v {
			t.Errorf("%s is %s, want %s", k, got[k], v)
		}
	}
	if len(got) != len(want) {
		t.Errorf("listed %v", got)
	}
	p, sum, err := s.Locate("a")
	if err != nil || sum != sha(a) || p != filepath.Join(dir, "old", "other.bin") {
		t.Errorf("located %s %s %v", p, sum, err)
	}
	if _, _, err := s.Locate("c.bin"); menshen.ErrorCode(err) != menshen.CodeInvalid || !strings.Contains(err.Error(), "c.bin") {
		t.Errorf("unlisted: %v", err)
	}
	if _, _, err := s.Locate("a.bin"); menshen.ErrorCode(err) != menshen.CodeInvalid {
		t.Errorf("by file name: %v", err)
	}
}

func TestStoreNoticesAnAlteredFile(t *testing.T) {
	a := content(1000, 1)
	m := MustParse(t, entry("a", "", a, "    use: evaluation only\n"), entry("b", "", content(10, 9), "    use: evaluation only\n"))
	dir := t.TempDir()
	p := filepath.Join(dir, "a.bin")
	s := MustStore(t, m, dir)
	MustWrite(t, p, a)
	if err := os.Chtimes(p, time.Time{}, time.Now().Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second answer comes from memory
		if _, _, err := s.Locate("a"); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Verify(t.Context()); err != nil {
		t.Fatal(err)
	}
	a[500] ^= 1
	MustWrite(t, p, a)
	if _, _, err := s.Locate("a"); menshen.ErrorCode(err) != menshen.CodeCorrupt {
		t.Errorf("one bit changed: %v", err)
	}
	MustWrite(t, filepath.Join(dir, "stray.bin"), a)
	err := s.Verify(t.Context())
	if menshen.ErrorCode(err) != menshen.CodeCorrupt {
		t.Errorf("verify: %v", err)
	}
	message, hint := menshen.ErrorMessage(err)
	for _, name := range []string{"a.bin", "stray.bin"} {
		if !strings.Contains(message, name) {
			t.Errorf("%q does not name %s", message, name)
		}
	}
	if hint == "" {
		t.Error("no hint")
	}
	if err := s.Verify(t.Context(), "b"); menshen.ErrorCode(err) != menshen.CodeMissing {
		t.Errorf("verify of a missing one by name: %v", err)
	}
	if err := os.Remove(p); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(p, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Locate("a"); menshen.ErrorCode(err) != menshen.CodeCorrupt {
		t.Errorf("a folder in its place: %v", err)
	}
}

func TestGitBlobID(t *testing.T) {
	a := content(1000, 1)
	e := strings.Replace(entry("a", "", a, "    use: evaluation only\n"), "sha256: "+sha(a), "git: "+blobID(a), 1)
	dir := t.TempDir()
	MustWrite(t, filepath.Join(dir, "a.bin"), a)
	if _, sum, err := MustStore(t, MustParse(t, e), dir).Locate("a"); err != nil || sum != sha(a) {
		t.Errorf("%s %v", sum, err)
	}
	both := strings.Replace(e, "{git:", "{sha256: "+sha(a[1:])+", git:", 1)
	if _, _, err := MustStore(t, MustParse(t, both), dir).Locate("a"); menshen.ErrorCode(err) != menshen.CodeCorrupt {
		t.Errorf("with both sums given, one wrong: %v", err)
	}
}

func TestChoose(t *testing.T) {
	m, err := models.Load()
	if err != nil {
		t.Fatal(err)
	}
	const prefix = "    use: "
	files := map[string][]byte{"det": content(10, 1), "good": content(20, 2), "eval": content(30, 3)}
	det := strings.Replace(entry("det", "https://example.org/d", files["det"], prefix+"production\n"), "embedder", "detector", 1)
	own := MustParse(t, entry("eval", "", files["eval"], prefix+"evaluation only\n"), det, entry("good", "https://example.org/g", files["good"], prefix+"production\n"))
	dir := t.TempDir()
	s := MustStore(t, own, dir)

	if _, err := s.Choose(t.Context(), "opencv"); menshen.ErrorCode(err) != menshen.CodeMissing || !strings.Contains(err.Error(), "good.bin") {
		t.Errorf("nothing there: %v", err)
	}
	MustWrite(t, filepath.Join(dir, "eval.bin"), files["eval"])
	if _, err := s.Choose(t.Context(), "opencv"); menshen.ErrorCode(err) != menshen.CodeMissing || !strings.Contains(err.Error(), "det.bin") {
		t.Errorf("no detector: %v", err)
	}
	MustWrite(t, filepath.Join(dir, "det.bin"), files["det"])
	c, err := s.Choose(t.Context(), "opencv")
	if err != nil || !c.EvaluationOnly || c.Warning.ZH == "" || c.Warning.EN == "" || c.Embedder.File.ID != "eval" || c.Detector.Path == "" {
		t.Errorf("evaluation: %+v %v", c, err)
	}
	MustWrite(t, filepath.Join(dir, "good.bin"), files["good"])
	c, err = s.Choose(t.Context(), "opencv")
	if err != nil || c.EvaluationOnly || c.Warning != (menshen.Text{}) || c.Embedder.SHA256 != sha(files["good"]) {
		t.Errorf("production: %+v %v", c, err)
	}
	MustWrite(t, filepath.Join(dir, "good.bin"), files["good"][1:])
	if _, err = s.Choose(t.Context(), "opencv"); menshen.ErrorCode(err) != menshen.CodeCorrupt {
		t.Errorf("an altered production file must not be passed over: %v", err)
	}
	if _, err := MustStore(t, m, dir).Choose(t.Context(), "tensorflow"); menshen.ErrorCode(err) != menshen.CodeInvalid {
		t.Errorf("unknown engine: %v", err)
	}
}

// The files beside the repository are those that the manifest says.
func TestSharedModels(t *testing.T) {
	dir := shared(t, "models")
	m, err := models.Load()
	if err != nil {
		t.Fatal(err)
	}
	s := MustStore(t, m, dir)
	got := states(t, s)
	for _, id := range []string{"yunet", "mobilefacenet", "minifasnet-v2", "minifasnet-v1se", "dlib-mmod", "dlib-standin-resnet", "dlib-standin-landmarks", "dlib-standin-mmod"} {
		if got[id] != models.Present {
			t.Errorf("%s is %s", id, got[id])
		}
	}
	for _, id := range []string{"sface", "dlib-resnet", "dlib-landmarks"} {
		if got[id] == models.Altered {
			t.Errorf("%s counts as altered", id)
		}
	}
	c, err := s.Choose(t.Context(), "opencv")
	if err != nil || (got["sface"] == models.Missing) != c.EvaluationOnly {
		t.Errorf("opencv: %+v %v", c, err)
	}
	c, err = s.Choose(t.Context(), "dlib")
	if err != nil || c.Landmarks.Path == "" || c.Detector.Path == "" || c.Folder != filepath.Dir(c.Landmarks.Path) {
		t.Errorf("dlib: %+v %v", c, err)
	}

	// And they can be fetched from there.
	own := MustStore(t, m, filepath.Join(t.TempDir(), "files"))
	done, err := own.Fetch(t.Context(), models.FetchOptions{Nearby: []string{dir}, Offline: true})
	if got["sface"] == models.Missing && (menshen.ErrorCode(err) != menshen.CodeMissing || !strings.Contains(err.Error(), "sface")) {
		t.Errorf("offline: %v", err)
	}
	if len(done) < 8 {
		t.Errorf("fetched %d files", len(done))
	}
	c, err = own.Choose(t.Context(), "dlib")
	if err != nil || filepath.Base(c.Folder) != "dlib-standin" && c.EvaluationOnly {
		t.Errorf("dlib: %+v %v", c, err)
	}
}
