package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// After a restore the databases are older than the stream beside them. The gates must not give out numbers again that
// were used, and what the stream still holds must come back into the pass log.
func TestRestoredDatabasesCatchUp(t *testing.T) {
	for name, files := range map[string][]string{"both": {"site.db", "gate.db"}, "site.db alone": {"site.db"}, "gate.db alone": {"gate.db"}} {
		t.Run(name, func(t *testing.T) { restoreAndCatchUp(t, files) })
	}
}

func restoreAndCatchUp(t *testing.T, files []string) {
	c := newCommunity(t, "simulation: {people: 60, days: 1}")
	c.must("simulate", "--people", "60", "--days", "1", "--until", "2026-03-02")
	folder := filepath.Join(c.dir, "data/simulated")
	copyFolder := func(from, to string, names []string) {
		for _, name := range names {
			b, err := os.ReadFile(filepath.Join(from, name))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(to, name), b, 0o600); err != nil {
				t.Fatal(err)
			}
			for _, rest := range []string{"-wal", "-shm"} { // gone after a clean end; a restore leaves none either
				_ = os.Remove(filepath.Join(to, name+rest))
			}
		}
	}
	backup := t.TempDir()
	copyFolder(folder, backup, []string{"site.db", "gate.db"})
	before := mustHaveNoGap(t, filepath.Join(backup, "site.db"))
	c.must("simulate", "--days", "1", "--until", "2026-03-03")
	complete := mustHaveNoGap(t, filepath.Join(folder, "site.db"))
	if complete <= before {
		t.Fatalf("%d passes after a second day, %d after the first", complete, before)
	}
	copyFolder(backup, folder, files)

	out := c.must("simulate", "--days", "1", "--until", "2026-03-03T00:00:01")
	if !strings.Contains(out, "60 people") {
		t.Errorf("simulate says %q", out)
	}
	if after := mustHaveNoGap(t, filepath.Join(folder, "site.db")); after < complete {
		t.Errorf("%d passes after the restore, want the %d that the stream had", after, complete)
	}
}
