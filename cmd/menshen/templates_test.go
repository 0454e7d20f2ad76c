package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Another engine: templates are made of the photographs that were kept, and who has none is named.
func TestTemplatesOfAnotherEngine(t *testing.T) {
	mustShared(t, "models/dlib-standin")
	c := newCommunity(t, "engine: {name: opencv, models: models}\nenrolment: {keep_photographs: true}\nsimulation: {people: 5, days: 0}")
	c.try("models", "fetch", "--offline", "--from", mustShared(t, "models")) // not all are to be had
	faces := mustShared(t, "testdata/faces")
	enrol := func(name, room string, photos int) {
		t.Helper()
		paths, err := filepath.Glob(filepath.Join(faces, name, "*.jpg"))
		if err != nil || len(paths) < photos {
			t.Fatalf("%d photographs of %s, %v", len(paths), name, err)
		}
		c.must(append([]string{"enroll", "--consent", name, "--name", name, "--dwelling", "1-1-1-" + room}, paths[:photos]...)...)
	}
	s := c.serve()
	enrol("Ian_Thorpe", "101", 3)
	s.stop(t)
	t.Setenv("MENSHEN_ENROLMENT_KEEP_PHOTOGRAPHS", "false")
	s = c.serve()
	enrol("Yoko_Ono", "102", 2)
	if out := c.must("templates", "list"); !strings.Contains(out, "can recognise everybody") {
		t.Errorf("templates list says %q", out)
	}
	s.stop(t)

	t.Setenv("MENSHEN_ENGINE_NAME", "dlib")
	c.serve()
	if out := c.must("templates", "list"); !strings.Contains(out, "not used") || !strings.Contains(out, "Ian_Thorpe") || !strings.Contains(out, "Yoko_Ono") {
		t.Errorf("templates list says %q", out)
	}
	out := c.must("templates", "renew")
	if !strings.Contains(out, "1 of 2 people renewed") || !strings.Contains(out, "Yoko_Ono") || !strings.Contains(out, "no photograph was kept") {
		t.Errorf("templates renew says %q", out)
	}
	if out := c.must("templates", "list"); strings.Contains(out, "Ian_Thorpe") || !strings.Contains(out, "Yoko_Ono") {
		t.Errorf("templates list says %q afterwards", out)
	}
	if out := c.must("templates", "forget"); !strings.Contains(out, "0 learnt templates") {
		t.Errorf("templates forget says %q", out)
	}
	if r := c.try("templates", "forget", "--person", "nobody"); r.code != 3 {
		t.Errorf("exit code %d: %s", r.code, r.err)
	}
	if _, err := os.Stat(filepath.Join(c.dir, "data")); err != nil {
		t.Error(err)
	}
}
