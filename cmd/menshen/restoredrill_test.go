package main_test

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// tableSums gives a hash over all rows of each table of a database file.
func tableSums(tb testing.TB, path string) map[string]string {
	tb.Helper()
	db := mustDatabase(tb, path)
	sums := map[string]string{}
	for _, table := range mustTexts(tb, db, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'") {
		quoted := mustTexts(tb, db, "SELECT 'quote(' || name || ')' FROM pragma_table_info('"+table+"')")
		rows := mustTexts(tb, db, "SELECT concat_ws(' ', "+strings.Join(quoted, ", ")+") FROM "+table+" ORDER BY 1")
		sum := sha256.Sum256([]byte(strings.Join(rows, "\n")))
		sums[table] = hex.EncodeToString(sum[:])
	}
	return sums
}

func mustDatabase(tb testing.TB, path string) *sql.DB {
	tb.Helper()
	if _, err := os.Stat(path); err != nil {
		tb.Fatal(err)
	}
	db, err := sql.Open("sqlite3", "file:"+path)
	if err != nil {
		tb.Fatal(err)
	}
	db.SetMaxOpenConns(1) // so that what is attached stays
	tb.Cleanup(func() { _ = db.Close() })
	return db
}

func mustTexts(tb testing.TB, db *sql.DB, query string) (all []string) {
	tb.Helper()
	rows, err := db.Query(query)
	if err != nil {
		tb.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			tb.Fatal(err)
		}
		all = append(all, text)
	}
	if err := rows.Err(); err != nil {
		tb.Fatal(err)
	}
	return all
}

// missingRows gives how many rows of a table in one file are not, as they are, in another.
func missingRows(tb testing.TB, from, in, table string) string {
	tb.Helper()
	db := mustDatabase(tb, from)
	if _, err := db.Exec("ATTACH ? AS other", in); err != nil {
		tb.Fatal(err)
	}
	return mustTexts(tb, db, "SELECT count(*) FROM (SELECT * FROM main."+table+" EXCEPT SELECT * FROM other."+table+")")[0]
}

// growing are the tables to which rows are only added; those of derived are made of other rows, now and then.
var (
	growing = []string{"passes", "audit", "audit_tree", "audit_checkpoints"}
	derived = []string{"pass_pages", "pass_people", "pass_gates", "pass_changes"}
)

// drillVariable makes the drill larger: so many days of passes, of 2000 people, are there before the load begins.
const drillVariable = "RESTORE_DRILL_DAYS"

// TestRestoreDrill backs up a hub under load, kills it, puts the backup into a fresh folder and starts there. What was put
// back is, row by row, what the hub had at the moment of the backup; the start changes none of it, and all goes on.
func TestRestoreDrill(t *testing.T) {
	yaml := "simulation: {people: 500, days: 14}"
	days := os.Getenv(drillVariable)
	if days != "" {
		yaml = "simulation: {people: 2000, days: 14}"
	}
	c := newCommunity(t, yaml)
	if days != "" {
		c.must("simulate", "--people", "2000", "--days", days, "--until", time.Now().AddDate(0, 0, -7).UTC().Format(time.RFC3339))
	}
	s := c.serve() // which plays the days that are missing as fast as they go
	folder := t.TempDir()
	began := time.Now()
	c.must("backup", folder)
	took := time.Since(began)
	made, err := filepath.Glob(filepath.Join(folder, "menshen-*"))
	if err != nil || len(made) != 1 {
		t.Fatalf("%q, %v", made, err)
	}
	backup, live := made[0], filepath.Join(c.dir, "data/simulated")
	if out := c.must("status"); strings.Contains(out, "awaiting receipt 0") {
		t.Log("the load had ended before the backup: the drill shows less than it should")
	}
	s.kill(t)
	c.must("backup", "--check", backup)

	// The fresh folder, with the key that is kept elsewhere.
	began = time.Now()
	fresh := newCommunity(t, yaml)
	data := filepath.Join(fresh.dir, "data/simulated")
	if err := os.MkdirAll(data, 0o700); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("cp", "-a", backup+"/.", data).CombinedOutput(); err != nil { // as docs/operators.md says
		t.Fatalf("%v: %s", err, out)
	}
	key, err := os.ReadFile(filepath.Join(live, "site.key"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(data, "site.key"), key, 0o600); err != nil {
		t.Fatal(err)
	}
	copied := time.Since(began)

	// Every table is what the hub had: to some rows were only added since, and none of the others has changed.
	put, has := tableSums(t, filepath.Join(data, "site.db")), tableSums(t, filepath.Join(live, "site.db"))
	if len(put) != len(has) || len(put) < 30 {
		t.Errorf("%d tables were put back of %d", len(put), len(has))
	}
	for table, sum := range put {
		switch {
		case slices.Contains(derived, table):
		case slices.Contains(growing, table):
			if n := missingRows(t, filepath.Join(data, "site.db"), filepath.Join(live, "site.db"), table); n != "0" {
				t.Errorf("%s rows of %s were put back that the hub never had", n, table)
			}
		case sum != has[table]:
			t.Errorf("%s is not what the hub had", table)
		}
	}
	// No pass is missing between the two files: what had left the outbox was in the other one.
	db := mustDatabase(t, filepath.Join(data, "site.db"))
	if _, err := db.Exec("ATTACH ? AS gates", filepath.Join(data, "gate.db")); err != nil {
		t.Fatal(err)
	}
	all := "(SELECT gate, sequence FROM main.passes UNION SELECT gate, sequence FROM gates.outbox)"
	if gaps := mustTexts(t, db, "SELECT gate FROM "+all+" GROUP BY gate HAVING count(*) <> max(sequence)"); len(gaps) > 0 {
		t.Errorf("passes of %q are in neither file", gaps)
	}
	passes := mustTexts(t, db, "SELECT count(*) FROM main.passes")[0]
	_ = db.Close()

	began = time.Now()
	s = fresh.serve()
	answered := time.Since(began)
	eventually(t, "all passes are carried", func() bool { return strings.Contains(fresh.must("status"), "awaiting receipt 0") })
	s.stop(t)
	for _, table := range growing {
		if n := missingRows(t, filepath.Join(backup, "site.db"), filepath.Join(data, "site.db"), table); n != "0" {
			t.Errorf("%s rows of %s that were put back are gone after the start", n, table)
		}
	}
	now := tableSums(t, filepath.Join(data, "site.db"))
	for _, table := range []string{"people", "households", "permits", "templates", "particulars"} {
		if now[table] != put[table] {
			t.Errorf("the start changed %s", table)
		}
	}
	if n := missingRows(t, filepath.Join(backup, "gate.db"), filepath.Join(data, "gate.db"), "counters"); n == "0" {
		t.Error("the gates gave out no number after the start")
	}
	mustHaveNoGap(t, filepath.Join(data, "site.db"))
	mustHaveNoDouble(t, filepath.Join(data, "site.db"))
	t.Logf("backup under load with %s passes %v, copying back %v, until the hub answers %v", passes, took.Round(time.Millisecond), copied.Round(time.Millisecond), answered.Round(time.Millisecond))
}
