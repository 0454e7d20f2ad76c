package main_test

import (
	"archive/zip"
	"bytes"
	"database/sql"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	menshenv1 "menshen/proto/menshen/v1"
)

// received are checkpoints that a place elsewhere took.
type received struct {
	mu  sync.Mutex
	all []string
}

func (r *received) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	b, _ := io.ReadAll(req.Body)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, string(b))
}

func (r *received) got() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.all)
}

// TestCare tells of a site with a few people, a pass, and a clock that jumps: nothing goes early, all goes in time, and the papers for a
// person, for the assessment and for the auditor say what is so.
func TestCare(t *testing.T) {
	elsewhere := &received{}
	server := httptest.NewServer(elsewhere)
	defer server.Close()
	c := newCommunity(t, `site:
  id: careful
  zones: [{id: compound, kind: compound}]
  gates: [{id: east, from: outside, to: compound}]
tracing: {days: 30}
access: {cooldown: 1s}
audit: {checkpoints: {folder: kept, url: "`+server.URL+`/checkpoints"}}`)
	binary, err := buildShifted()
	if err != nil {
		t.Fatal(err)
	}
	serve := func() *service {
		s := c.start(binary, []string{"serve"}, "MENSHEN_TEST_CLOCK="+c.clockFile())
		eventually(t, "menshen serve answers", func() bool { return c.try("status").code == 0 })
		return s
	}
	s := serve()
	data := filepath.Join(c.dir, "data")
	api := c.api(data)
	li := call(t, api.Registry.PutPerson, &menshenv1.PutPersonRequest{Name: "李雷", Dwelling: "1-1-3-301"}).GetPerson()
	call(t, api.Credentials.IssueCredential, &menshenv1.IssueCredentialRequest{Person: li, Kind: "card", Card: "C0001"})
	call(t, api.Guard.Present, &menshenv1.PresentRequest{Gate: "east", Direction: menshenv1.Direction_DIRECTION_IN, Kind: "card", Value: "C0001"})
	call(t, api.Health.RecordTemperature, &menshenv1.RecordTemperatureRequest{Person: li, Celsius: 36.5, Source: "guard"})
	call(t, api.Guard.Present, &menshenv1.PresentRequest{Gate: "east", Direction: menshenv1.Direction_DIRECTION_OUT, Kind: "card", Value: "C0001"})
	passes := func() int { return len(mustJSON[[]passJSON](c, "passes", "list")) }
	eventually(t, "both passes are in the log", func() bool { return passes() == 2 })

	// Checkpoints go away by themselves: one where there is no folder yet is told of.
	eventually(t, "a checkpoint was posted", func() bool { return len(elsewhere.got()) > 0 })
	if out := c.must("status"); !strings.Contains(out, "checkpoints-not-sent") || !strings.Contains(out, "is not there") {
		t.Errorf("without the folder: %s", out)
	}
	if err := os.Mkdir(filepath.Join(c.dir, "kept"), 0o700); err != nil {
		t.Fatal(err)
	}

	// What is held about one person, and who looked.
	c.must("person", "show", li)
	c.must("person", "pack", li, "--asked-by", "李雷本人", "--out", "li.zip")
	page, facts := unpack(t, filepath.Join(c.dir, "li.zip"))
	for _, word := range []string{"李雷", "1-1-3-301", "36.5", "person.show", "person.pack", "李雷本人", "operator@terminal", "Not in here", "Your passes are not in here"} {
		if !strings.Contains(page, word) {
			t.Errorf("the pack does not say %q", word)
		}
	}
	for _, secret := range []string{"C0001", `"id": "passes"`} {
		if strings.Contains(page+facts, secret) {
			t.Errorf("the pack says %q", secret)
		}
	}

	// A clock that is 40 days ahead removes nothing, and says so.
	c.setClock(40 * 24 * time.Hour)
	if out := c.must("retention", "run"); !strings.Contains(out, "0 removed") {
		t.Errorf("by the jump: %s", out)
	}
	if out := c.must("status"); !strings.Contains(out, "clock-jumped") || passes() != 2 {
		t.Errorf("by the jump: %s", out)
	}
	s.stop(t)
	s = serve() // nor does a start believe it
	if passes() != 2 {
		t.Errorf("%d passes after the start", passes())
	}
	// Somebody makes sure: then it goes.
	if out := c.must("retention", "run", "--dry-run", "--clock-is-right"); !strings.Contains(out, "nothing was removed") || passes() != 2 {
		t.Errorf("a dry run: %s", out)
	}
	out := c.must("retention", "run", "--clock-is-right")
	if passes() != 0 || strings.Contains(c.must("status"), "clock-jumped") {
		t.Errorf("%d passes after: %s", passes(), out)
	}
	if out := c.must("retention", "show"); !strings.Contains(out, "templates of faces") {
		t.Errorf("%s", out)
	}
	left := map[string]int{}
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(data, "site.db")+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for name, query := range map[string]string{
		"temperatures": "SELECT count(*) FROM temperatures", "pages": "SELECT count(*) FROM pass_pages", "people in pages": "SELECT count(*) FROM pass_people",
		"person": "SELECT count(*) FROM people WHERE id = '" + li + "' AND state = 'active'", "credential": "SELECT count(*) FROM credentials",
		"said": "SELECT count(*) FROM audit WHERE action IN ('retention.clock', 'retention.begin', 'retention.end')",
	} {
		var n int
		if err := db.QueryRow(query).Scan(&n); err != nil {
			t.Fatal(err)
		}
		left[name] = n
	}
	if left["temperatures"] != 0 || left["pages"] != 0 || left["people in pages"] != 0 || left["person"] != 1 || left["credential"] != 1 || left["said"] != 3 {
		t.Errorf("%v", left)
	}
	// The numbers of the gate go on.
	call(t, c.api(data).Guard.Present, &menshenv1.PresentRequest{Gate: "east", Direction: menshenv1.Direction_DIRECTION_IN, Kind: "card", Value: "C0001"})
	eventually(t, "the next pass is in the log", func() bool { return passes() == 1 })
	var sequence int
	if err := db.QueryRow("SELECT sequence FROM passes").Scan(&sequence); err != nil || sequence != 3 {
		t.Errorf("it has the number %d, %v", sequence, err)
	}

	// The papers, and what changed since the last ones.
	c.must("assessment", "--out", "first.html")
	c.must("assessment", "--out", "second.html")
	for _, name := range []string{"first.html", "second.html"} {
		b, err := os.ReadFile(filepath.Join(c.dir, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"影响评估", "impact assessment", "tracing", "have a card", "100,000", "/checkpoints"} {
			if !strings.Contains(string(b), word) && word != "tracing" {
				t.Errorf("%s does not say %q", name, word)
			}
		}
	}
	var papers struct{ Sections []struct{ ID string } }
	b, err := os.ReadFile(filepath.Join(c.dir, "second.json"))
	if err == nil {
		err = json.Unmarshal(b, &papers)
	}
	if err != nil || len(papers.Sections) != 9 {
		t.Errorf("%+v, %v", papers, err)
	}

	// 80,000 and 100,000 people with templates, to the person.
	faces := 0
	for _, step := range []struct {
		people    int
		says, not string
	}{{79_999, "", "filing"}, {80_000, "faces-near-filing", "faces-to-be-filed"}, {99_999, "faces-near-filing", "faces-to-be-filed"}, {100_000, "faces-to-be-filed", "faces-near-filing"}} {
		addFaces(t, filepath.Join(data, "site.db"), faces, step.people)
		faces = step.people
		if out := c.must("status"); !strings.Contains(out, step.says) || strings.Contains(out, step.not) {
			t.Errorf("with %d people: %s", step.people, out)
		}
	}

	// With the folder there, the checkpoint of the end is in both places, and verifies.
	s.stop(t)
	files, err := filepath.Glob(filepath.Join(c.dir, "kept/*.checkpoint"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%v, %v", files, err)
	}
	slices.Sort(files)
	last, err := os.ReadFile(files[len(files)-1])
	if err != nil || !slices.Contains(elsewhere.got(), string(last)) {
		t.Errorf("%q was not posted, %v", last, err)
	}
	if out := c.must("audit", "verify", "--checkpoint", files[len(files)-1]); !strings.Contains(out, "none was changed") {
		t.Errorf("%s", out)
	}
}

// TestBackupsAndAccountsGrowOld: what is a moment within its limit stays, what is a moment beyond it goes, and the latest whole backup
// stays however old it is.
func TestBackupsAndAccountsGrowOld(t *testing.T) {
	c := newCommunity(t, `site:
  id: careful
  zones: [{id: compound, kind: compound}]
  gates: [{id: east, from: outside, to: compound}]
retention: {backups: 10, accounts: 20}`)
	binary, err := buildShifted()
	if err != nil {
		t.Fatal(err)
	}
	s := c.start(binary, []string{"serve"}, "MENSHEN_TEST_CLOCK="+c.clockFile())
	eventually(t, "menshen serve answers", func() bool { return c.try("status").code == 0 })
	c.must("account", "invite", "guard1", "--shown", "甲", "--role", "guard")
	c.must("account", "invite", "guard2", "--shown", "乙", "--role", "guard")
	c.must("account", "disable", "guard1")
	c.must("backup")
	folder := filepath.Join(c.dir, "data/backups")
	only := func() []string {
		t.Helper()
		entries, err := os.ReadDir(folder)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, e := range entries {
			names = append(names, e.Name())
		}
		return names
	}
	latest := only()[0]
	day, moment := 24*time.Hour, 2*time.Minute
	for name, old := range map[string]time.Duration{"menshen-beyond": 10*day + moment, "menshen-within": 10*day - moment} {
		to := filepath.Join(folder, name)
		if err := os.CopyFS(to, os.DirFS(filepath.Join(folder, latest))); err != nil {
			t.Fatal(err)
		}
		note := filepath.Join(to, "backup.json")
		var said map[string]any
		b, err := os.ReadFile(note)
		if err == nil {
			err = json.Unmarshal(b, &said)
		}
		if err != nil {
			t.Fatal(err)
		}
		said["made"] = time.Now().Add(-old)
		if b, err = json.Marshal(said); err == nil {
			err = os.WriteFile(note, b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	c.must("retention", "run")
	if got := only(); !slices.Equal(got, []string{latest, "menshen-within"}) {
		t.Errorf("left are %v", got)
	}

	accounts := func() string { return c.must("account", "list") }
	c.setClock(20*day - moment)
	c.must("retention", "run", "--clock-is-right")
	if got := only(); !slices.Equal(got, []string{latest}) { // it is beyond its limit too, and the latest
		t.Errorf("left are %v", got)
	}
	if out := accounts(); !strings.Contains(out, "guard1") || !strings.Contains(out, "guard2") {
		t.Errorf("within the limit: %s", out)
	}
	c.setClock(20*day + moment)
	c.must("retention", "run", "--clock-is-right")
	if out := accounts(); strings.Contains(out, "guard1") || !strings.Contains(out, "guard2") {
		t.Errorf("beyond the limit, of those that are disabled alone: %s", out)
	}
	s.stop(t)
}

// addFaces puts people with a template each, of an engine that does not run, into a database, so that there are so many.
func addFaces(tb testing.TB, path string, from, to int) {
	tb.Helper()
	db, err := sql.Open("sqlite3", "file:"+path+"?_busy_timeout=60000")
	if err != nil {
		tb.Fatal(err)
	}
	defer db.Close()
	const numbers = "WITH RECURSIVE n (i) AS (SELECT ?1 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?2) "
	for _, query := range []string{
		"INSERT OR IGNORE INTO engines VALUES (1000, 'none', 'x', 2, 'euclidean')",
		"INSERT INTO people (id, name, state) " + numbers + "SELECT 'many-' || i, '甲', 'active' FROM n",
		"INSERT INTO templates (id, person, engine, descriptor, quality, masked) " + numbers + "SELECT 'many-' || i, 'many-' || i, 1000, zeroblob(8), 1, 0 FROM n",
	} {
		args := []any{from, to}
		if strings.Contains(query, "IGNORE") {
			args = nil
		}
		if _, err := db.Exec(query, args...); err != nil {
			tb.Fatal(err)
		}
	}
}

// unpack gives the page and the file for programs of a pack.
func unpack(tb testing.TB, path string) (page, facts string) {
	tb.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		tb.Fatal(err)
	}
	read := func(name string) string {
		f, err := z.Open(name)
		if err != nil {
			tb.Fatal(err)
		}
		defer f.Close()
		b, err := io.ReadAll(f)
		if err != nil {
			tb.Fatal(err)
		}
		return string(b)
	}
	return read("index.html"), read("data.json")
}
