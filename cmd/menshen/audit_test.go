package main_test

import (
	"database/sql"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"menshen"
	"menshen/audit"
	menshenv1 "menshen/proto/menshen/v1"
	"menshen/store/sqlite"
)

// TestAudit: the log of a running site is verified and signed; what somebody does to its file later is found, also without Menshen
// and the site's key, and where they wrote the tree anew too.
func TestAudit(t *testing.T) {
	c := newCommunity(t, "simulation: {people: 60, days: 1}")
	data := filepath.Join(c.dir, "data/simulated")
	s := c.serve()
	eventually(t, "every pass is receipted", func() bool { return strings.Contains(c.must("status"), "awaiting receipt 0") })
	for range 5 {
		c.must("people", "list")
	}
	if out := c.must("audit", "verify"); !strings.Contains(out, "none was changed, taken away or moved; 1 checkpoints agree") {
		t.Errorf("beside the running hub: %s", out)
	}
	public := c.must("audit", "key")
	c.must("people", "list")
	c.must("audit", "checkpoint", "--out", "kept.txt")
	kept, err := os.ReadFile(filepath.Join(c.dir, "kept.txt"))
	if err != nil || !strings.HasPrefix(string(kept), "menshen.audit.") {
		t.Fatalf("%q, %v", kept, err)
	}
	s.stop(t)
	if out := c.must("audit", "verify", "--checkpoint", "kept.txt"); !strings.Contains(out, "3 checkpoints agree") || strings.Contains(out, "have no checkpoint") {
		t.Errorf("after it stopped: %s", out)
	}
	// Elsewhere: the file alone, with the key and the checkpoint that were sent there.
	if err := os.Mkdir(filepath.Join(c.dir, "elsewhere"), 0o700); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(filepath.Join(data, "site.db"))
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(c.dir, "elsewhere/site.db")
	for name, x := range map[string]struct{ do, say string }{
		"nothing":        {"SELECT 1", "taken away or moved; 3 checkpoints"},
		"changed":        {"UPDATE audit SET actor = 'nobody' WHERE id = 2", "entry 2: not as written"},
		"removed":        {"DELETE FROM audit WHERE id = 2", "entry 2: gone"},
		"cut, rewritten": {"DELETE FROM audit WHERE id > 3; DELETE FROM audit_tree WHERE (number + 1) << level > 3; DELETE FROM audit_checkpoints", "cut from the end"},
		"forged":         {"UPDATE audit_checkpoints SET note = replace(note, 'menshen.audit.', 'menshen.audit.0')", "is not of this site"},
	} {
		if err := os.WriteFile(copied, whole, 0o600); err != nil {
			t.Fatal(err)
		}
		mustTamper(t, copied, x.do)
		r := c.try("audit", "verify", copied, "--key", strings.TrimSpace(public), "--checkpoint", "kept.txt")
		want := 7
		if name == "nothing" {
			want = 0
		}
		if r.code != want || !strings.Contains(r.out, x.say) {
			t.Errorf("%s: exit code %d, %s%s", name, r.code, r.out, r.err)
		}
	}
	// What is wrong already is not signed.
	mustTamper(t, filepath.Join(data, "site.db"), "UPDATE audit_checkpoints SET note = replace(note, 'menshen.audit.', 'menshen.audit.0')")
	if r := c.try("audit", "checkpoint"); r.code != 7 || r.out != "" {
		t.Errorf("signed: exit code %d, %s", r.code, r.out)
	}
	for _, x := range []struct {
		code int
		say  string
		args []string
	}{
		{2, "give --key", []string{"verify", copied}},
		{2, "this is no key", []string{"verify", copied, "--key", "x"}},
		{3, "no audit log at", []string{"verify", "nothing.db"}},
		{3, "no checkpoint at", []string{"verify", "--checkpoint", "nothing.txt"}},
		{2, "this is no checkpoint", []string{"verify", "--checkpoint", "menshen.yaml"}},
		{2, "no audit log that can be verified", []string{"verify", filepath.Join(data, "gate.db"), "--key", strings.TrimSpace(public)}},
	} {
		if r := c.try(append([]string{"audit"}, x.args...)...); r.code != x.code || !strings.Contains(r.err, x.say) {
			t.Errorf("%q: exit code %d, %s", x.args, r.code, r.err)
		}
	}
}

// mustTamper writes into a database as somebody with the disk would, past all triggers.
func mustTamper(tb testing.TB, path, do string) {
	tb.Helper()
	db, err := sql.Open("sqlite3", "file:"+path)
	if err != nil {
		tb.Fatal(err)
	}
	defer db.Close()
	for _, table := range []string{"audit", "audit_tree", "audit_checkpoints"} {
		for _, trigger := range []string{"no_update", "no_delete", "no_replace"} {
			if _, err := db.Exec("DROP TRIGGER " + table + "_" + trigger); err != nil {
				tb.Fatal(err)
			}
		}
	}
	if _, err := db.Exec(do); err != nil {
		tb.Fatal(err)
	}
}

// TestAuditOfAPost: a post signs its own audit log, with a key of its own, and what is changed in it is found.
func TestAuditOfAPost(t *testing.T) {
	hubBus := closedPort(t)
	c := newCommunity(t, fmt.Sprintf(`site:
  id: two
  zones: [{id: compound, kind: compound}]
  gates: [{id: west, from: outside, to: compound}]
audit: {checkpoints: {folder: away}}
posts: [{id: lodge, gates: [west], hub: "nats://%s"}]`, hubBus))
	if err := os.Mkdir(filepath.Join(c.dir, "away"), 0o700); err != nil {
		t.Fatal(err)
	}
	c.serve() // makes the post's key; the post does without it otherwise
	s := c.start(mustBinary(t), []string{"post", "lodge"})
	folder := filepath.Join(c.dir, "data/post-lodge")
	eventually(t, "the post runs", func() bool {
		_, err := os.Stat(filepath.Join(folder, "running.json"))
		return err == nil
	})
	for range 3 {
		call(t, c.api(folder).Guard.ListReviews, &menshenv1.ListReviewsRequest{Gate: "west"})
	}
	s.stop(t)
	copied := filepath.Join(folder, "copy.db")
	public := strings.TrimSpace(c.must("audit", "key", "--post", "lodge"))
	sent, err := filepath.Glob(filepath.Join(c.dir, "away/menshen-two-lodge-*3.checkpoint"))
	if err != nil || len(sent) != 1 {
		t.Fatalf("sent away: %v, %v", sent, err)
	}
	if out := c.must("audit", "verify", copied, "--key", public, "--checkpoint", sent[0]); !strings.Contains(out, "3 entries of the audit log: none was changed") || strings.Contains(out, "have no checkpoint") {
		t.Errorf("of the post: %s", out)
	}
	mustTamper(t, copied, "DELETE FROM audit WHERE id = 2")
	if r := c.try("audit", "verify", copied); r.code != 7 || !strings.Contains(r.out, "entry 2: gone") {
		t.Errorf("exit code %d: %s", r.code, r.out)
	}
	if r := c.try("audit", "key", "--post", "nowhere"); r.code != 3 {
		t.Errorf("exit code %d: %s", r.code, r.err)
	}
}

// TestAuditOfAPostGrowsOld: what is beyond the limit goes from a post's own log too, and what stays is still proved whole.
func TestAuditOfAPostGrowsOld(t *testing.T) {
	c := newCommunity(t, fmt.Sprintf(`site:
  id: two
  zones: [{id: compound, kind: compound}]
  gates: [{id: west, from: outside, to: compound}]
posts: [{id: lodge, gates: [west], hub: "nats://%s"}]`, closedPort(t)))
	c.serve() // makes the post's key
	folder := filepath.Join(c.dir, "data/post-lodge")
	run := func(until string, done func() bool) {
		s := c.start(mustBinary(t), []string{"post", "lodge"})
		eventually(t, until, func() bool {
			_, err := os.Stat(filepath.Join(folder, "running.json")) // only then it has its files open
			return err == nil && done()
		})
		s.stop(t)
	}
	run("the post runs", func() bool { return true })
	text, err := os.ReadFile(filepath.Join(folder, "site.key"))
	if err != nil {
		t.Fatal(err)
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(folder, "copy.db")
	kept, err := sqlite.OpenCopy(t.Context(), copied, sqlite.Options{Key: key})
	if err != nil {
		t.Fatal(err)
	}
	limit := time.Now().Add(-audit.KeptFor)
	for i, at := range []time.Time{limit.Add(-48 * time.Hour), limit.Add(-time.Hour), limit.Add(time.Hour), time.Now()} {
		if err := kept.Audit(t.Context(), menshen.AuditEntry{At: at, Actor: "guard", Action: "review.list", Subject: fmt.Sprint("west-", i)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := kept.Close(); err != nil {
		t.Fatal(err)
	}
	verify := func() string { return c.must("audit", "verify", copied) }
	if out := verify(); !strings.Contains(out, "4 entries") {
		t.Fatal(out)
	}
	run("old entries go", func() bool { return !strings.Contains(entriesOf(t, copied), "west-1") })
	out := verify()
	if !strings.Contains(out, "none was changed, taken away or moved") {
		t.Error(out)
	}
	left := entriesOf(t, copied)
	if strings.Contains(left, "west-0") || !strings.Contains(left, "west-2") || !strings.Contains(left, "west-3") || !strings.Contains(left, "retention.end") {
		t.Errorf("left are %s", left)
	}
}

// entriesOf gives the actions and subjects of the entries of an audit log.
func entriesOf(t *testing.T, path string) string {
	t.Helper()
	log, err := sqlite.OpenAuditLog(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	var all strings.Builder
	for e, err := range log.Entries(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&all, e.Entry.Action, e.Entry.Subject)
	}
	return all.String()
}
