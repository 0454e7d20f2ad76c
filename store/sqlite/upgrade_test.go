package sqlite_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pressly/goose/v3"

	"menshen"
	"menshen/store"
	"menshen/store/sqlite"
	"menshen/store/storetest"
)

// rewrittenColumns are those that an upgrade writes anew, by table and column: what is in them is compared by what the
// program reads, not byte by byte.
var rewrittenColumns = map[string]bool{
	"people.name": true, "people.sealed": true, "templates.descriptor": true, "templates.sealed": true,
	"photographs.sum": true, "photographs.name": true, "photographs.data": true, "photographs.sealed": true,
	"health.state": true, "health.since": true, "health.until": true, "health.reason": true, "health.code": true, "health.code_source": true,
	"health.code_at": true, "health.celsius": true, "health.measured_at": true, "health.changed_by": true, "health.sealed": true,
	"temperatures.celsius": true, "temperatures.source": true, "temperatures.gate": true, "temperatures.entered_by": true, "temperatures.sealed": true,
	"visits.reason": true, "visits.from_where": true, "visits.celsius": true, "visits.plate": true, "visits.registered_by": true,
	"visits.answered_by": true, "visits.sealed": true, "permits.plate": true, "permits.revoked_for": true, "permits.sealed": true,
}

// mustOldFile makes a file of a set as an earlier version of menshen left it.
func mustOldFile(t *testing.T, path, set string, version int) *sql.DB {
	t.Helper()
	db := MustRaw(t, path)
	p, err := goose.NewProvider(goose.DialectSQLite3, db, os.DirFS(filepath.Join("migrations", set)), goose.WithDisableGlobalRegistry(true))
	must(t, err)
	_, err = p.UpTo(t.Context(), int64(version))
	must(t, err)
	return db
}

// mustVersions gives the latest version of a set; numbers may be left out.
func mustVersions(t *testing.T, set string) int {
	t.Helper()
	files, err := os.ReadDir(filepath.Join("migrations", set))
	must(t, err)
	var latest int
	_, err = fmt.Sscanf(files[len(files)-1].Name(), "%d_", &latest)
	must(t, err)
	return latest
}

// TestUpgradeFromEveryVersion fills a file of every earlier version of every set, opens it with this one, and finds every row
// as it was, also through what the program reads with.
func TestUpgradeFromEveryVersion(t *testing.T) {
	for set := range filledTables {
		for version := 1; version <= mustVersions(t, set); version++ {
			t.Run(fmt.Sprint(set, version), func(t *testing.T) { upgradeFrom(t, set, version) })
		}
	}
}

func upgradeFrom(t *testing.T, set string, version int) {
	const rows = 3
	path := filepath.Join(t.TempDir(), set+".db")
	db := mustOldFile(t, path, set, version)
	before := map[string][]string{}
	columns := map[string][]columnOf{}
	filled := fillOld(t, db, set, rows)
	for _, table := range filled {
		columns[table] = mustColumns(t, db, table)
		before[table] = mustRows(t, db, table, columnNames(columns[table]))
	}
	must(t, db.Close())
	if slices.Contains(filled, "permits") && !bytes.Contains(bytesOf(t, filepath.Dir(path)), []byte(recordsOf("id-1", 1).permit.Plate)) {
		t.Fatal("the search finds nothing")
	}

	readUpgraded(t, set, path, filled, rows)

	db = MustRaw(t, path)
	var verdict, broken string
	must(t, db.QueryRow("PRAGMA integrity_check(1)").Scan(&verdict))
	if err := db.QueryRow("SELECT \"table\" FROM pragma_foreign_key_check").Scan(&broken); verdict != "ok" || err != sql.ErrNoRows {
		t.Errorf("integrity %q, foreign keys of %q, %v", verdict, broken, err)
	}
	for _, table := range filled {
		now := columnNames(mustColumns(t, db, table))
		kept := slices.DeleteFunc(columnNames(columns[table]), func(c string) bool { return rewrittenColumns[table+"."+c] })
		if i := slices.IndexFunc(kept, func(c string) bool { return !slices.Contains(now, c) }); i >= 0 {
			t.Errorf("%s has lost its column %s", table, kept[i])
			continue
		}
		was := before[table]
		if len(kept) < len(columns[table]) {
			was = nil // compared by what was read, and by how many there are
		}
		got := mustRows(t, db, table, kept)
		if len(got) != len(before[table]) || was != nil && !slices.Equal(got, was) {
			t.Errorf("%s was\n%q\nand is\n%q", table, before[table], got)
		}
	}
}

// readUpgraded opens a file with this version and reads what is in it.
func readUpgraded(t *testing.T, set, path string, filled []string, rows int) {
	ctx := t.Context()
	want := func(table string, got int) {
		t.Helper()
		if n := map[bool]int{true: rows}[slices.Contains(filled, table)]; got != n {
			t.Errorf("%d of %s are read, want %d", got, table, n)
		}
	}
	switch set {
	case "gate":
		o := MustOpenOutbox(t, path, sqlite.Options{})
		want("outbox", len(storetest.MustPending(t, o)))
		imports, err := o.Imports(ctx)
		must(t, err)
		want("imports", len(imports))
		last, err := o.LastSequences(ctx)
		must(t, err)
		if last["east-1"] != 3 {
			t.Errorf("the gate has given out number %d, want 3", last["east-1"])
		}
		must(t, o.Close())
	case "copy":
		c := MustOpenCopy(t, path, sqlite.Options{Key: key()})
		whole, err := c.Whole(ctx)
		must(t, err)
		cursor, err := c.PassedCursor(ctx)
		must(t, err)
		if !whole || cursor != 1 {
			t.Errorf("whole %v, cursor %d", whole, cursor)
		}
		must(t, c.Close())
	case "site":
		s := MustOpen(t, path, sqlite.Options{Key: key()})
		want("people", len(storetest.MustCollect(t, s.People(ctx))))
		templates := 0
		engines, err := s.TemplateEngines(ctx)
		must(t, err)
		for engine := range engines {
			for _, x := range storetest.MustCollect(t, s.Templates(ctx, engine)) {
				if templates++; len(x.Descriptor) != 2 || x.Descriptor[1] != 0.5 {
					t.Errorf("a template is %v", x.Descriptor)
				}
			}
		}
		want("templates", templates)
		for _, p := range storetest.MustCollect(t, s.People(ctx)) {
			if p.Name != "name-"+strings.TrimPrefix(p.ID, "id-") || p.Dwelling.Room == "" {
				t.Errorf("%+v", p)
			}
			for _, x := range storetest.MustCollect(t, s.Photographs(ctx, p.ID)) {
				if x.Name != p.Name || len(x.Data) != 32 {
					t.Errorf("%+v", x)
				}
			}
		}
		passes := storetest.MustCollect(t, s.Passes(ctx, menshen.PassFilter{}))
		want("passes", len(passes))
		for _, p := range passes {
			if p.Match.Verdict != menshen.VerdictKnown || p.Person == "" || len(p.Decision.Reasons) != 1 {
				t.Errorf("%+v", p)
			}
		}
		want("set_aside", len(storetest.MustCollect(t, s.SetAside(ctx))))
		want("audit", len(storetest.MustCollect(t, s.AuditEntries(ctx, store.AuditFilter{}))))
		if size, _, err := s.AuditTree(ctx); err != nil || int(size) != rows {
			t.Errorf("the tree of the audit log has %d entries, %v", size, err)
		}
		for i := 1; i <= rows && slices.Contains(filled, "permits"); i++ {
			mustHaveRecords(t, s, recordsOf(fmt.Sprint("id-", i), i))
		}
		want("health", len(storetest.MustCollect(t, s.HealthRecords(ctx, menshen.HealthObservation))))
		want("permits", len(storetest.MustCollect(t, s.Permits(ctx, store.PermitFilter{}))))
		want("visits", len(storetest.MustCollect(t, s.Visits(ctx, store.VisitFilter{}))))
		want("temperatures", len(storetest.MustCollect(t, s.Temperatures(ctx, store.TemperatureFilter{}))))
		want("annotations", len(storetest.MustCollect(t, s.Annotations(ctx, store.AnnotationFilter{}))))
		want("deliveries", len(storetest.MustCollect(t, s.Deliveries(ctx, store.DeliveryFilter{}))))
		want("pack_requests", len(storetest.MustCollect(t, s.PackRequests(ctx, store.PackFilter{}))))
		texts, err := s.ConsentTexts(ctx)
		must(t, err)
		want("consent_texts", len(texts))
		must(t, s.Backup(ctx, filepath.Join(filepath.Dir(path), "backup", "site.db")))
		mustBeUnreadable(t, filepath.Dir(path), rows)
		must(t, s.Close())
		mustBeUnreadable(t, filepath.Dir(path), rows)
	}
}

// mustBeUnreadable looks for the records of everybody in all files of a folder.
func mustBeUnreadable(t *testing.T, folder string, rows int) {
	t.Helper()
	for i := 1; i <= rows; i++ {
		mustBeNowhere(t, recordsOf(fmt.Sprint("id-", i), i), folder)
	}
}

// upgraderEnv makes the test binary open the site database that it names, and thereby upgrade it.
const upgraderEnv = "MENSHEN_TEST_UPGRADE"

func upgradeUntilKilled(path string) int {
	s, err := sqlite.Open(context.Background(), path, sqlite.Options{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	_ = s.Close() // it is killed, or was quicker
	return 0
}

// TestUpgradeKilled kills upgrades from the first version at random moments: the file opens afterwards, with all rows.
func TestUpgradeKilled(t *testing.T) {
	const rows = 2000
	old := filepath.Join(t.TempDir(), "site.db")
	db := mustOldFile(t, old, "site", 1)
	mustExec(t, db, "PRAGMA synchronous = OFF")
	fillOld(t, db, "site", rows)
	must(t, db.Close())
	self, err := os.Executable()
	must(t, err)
	versions := map[int]int{} // in which the kills left the file
	for range 12 {
		path := filepath.Join(t.TempDir(), "site.db")
		data, err := os.ReadFile(old)
		must(t, err)
		must(t, os.WriteFile(path, data, 0o600))
		cmd := exec.Command(self)
		cmd.Env = append(os.Environ(), upgraderEnv+"="+path)
		cmd.Stderr = os.Stderr
		must(t, cmd.Start())
		// From the moment at which the first step is done or begun, so that most kills fall between steps.
		for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
			if info, err := os.Stat(path + "-wal"); err == nil && info.Size() > 0 {
				break
			}
		}
		time.Sleep(rand.N(60 * time.Millisecond))
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed

		db := MustRaw(t, path)
		version := 0
		must(t, db.QueryRow("SELECT max(version_id) FROM goose_db_version").Scan(&version))
		versions[version]++
		must(t, db.Close())
		s := MustOpen(t, path, sqlite.Options{CheckLimit: -1})
		passes, err := s.PassCount(t.Context())
		must(t, err)
		if people := len(storetest.MustCollect(t, s.People(t.Context()))); people != rows || passes != rows {
			t.Errorf("killed at version %d: %d people, %d passes", version, people, passes)
		}
		must(t, s.Close())
	}
	t.Logf("kills by the version they left: %v", versions)
}
