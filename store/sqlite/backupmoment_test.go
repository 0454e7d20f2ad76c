package sqlite_test

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"menshen"
	"menshen/store/sqlite"
	"menshen/store/storetest"
)

// mustSums gives a hash over all rows of each table.
func mustSums(t *testing.T, db *sql.DB) map[string]string {
	t.Helper()
	rows, err := db.Query("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
	must(t, err)
	defer rows.Close()
	var tables []string
	for rows.Next() {
		var name string
		must(t, rows.Scan(&name))
		tables = append(tables, name)
	}
	must(t, rows.Err())
	sums := map[string]string{}
	for _, table := range tables {
		sum := sha256.Sum256([]byte(strings.Join(mustRows(t, db, table, columnNames(mustColumns(t, db, table))), "\n")))
		sums[table] = hex.EncodeToString(sum[:])
	}
	return sums
}

// ledger is what every table held after each write, one after the other.
type ledger struct {
	mu     sync.Mutex
	states []map[string]string
}

func (l *ledger) add(sums map[string]string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.states = append(l.states, sums)
}

// last gives the number of the last state.
func (l *ledger) last() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.states) - 1
}

// between gives the states with the numbers from and to, and those between.
func (l *ledger) between(from, to int) []map[string]string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.states[from : to+1])
}

// TestBackupIsOneMoment makes backups while somebody writes without a pause: the rows of all tables of each are, to the last
// byte, what they were after one write between the begin and the end of the backup; and all but the removed stays once it is opened.
func TestBackupIsOneMoment(t *testing.T) {
	for name, write := range map[string]func(t *testing.T, dir string) (path string, step func(i int), backup func(dest string) error){
		"site.db": siteUnderLoad, "gate.db": outboxUnderLoad,
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path, step, backup := write(t, dir)
			look := MustRaw(t, path)
			var l ledger
			l.add(mustSums(t, look))
			stop := make(chan struct{})
			var writing sync.WaitGroup
			writing.Go(func() {
				for i := 0; ; i++ {
					select {
					case <-stop:
						return
					default:
					}
					step(i)
					l.add(mustSums(t, look))
				}
			})
			defer func() {
				close(stop)
				writing.Wait()
				t.Logf("%d writes", l.last())
			}()
			for n := range 8 {
				from := l.last()
				dest := filepath.Join(dir, fmt.Sprintf("backup-%d", n), name)
				must(t, backup(dest))
				to := l.last() + 1 // a write that has ended and is not in the ledger yet
				for ; l.last() < to; time.Sleep(time.Millisecond) {
					if t.Failed() {
						return
					}
				}
				restored := MustRaw(t, dest)
				sums := mustSums(t, restored)
				must(t, restored.Close())
				at := slices.IndexFunc(l.between(from, to), func(s map[string]string) bool { return maps.Equal(s, sums) })
				if at < 0 {
					t.Errorf("backup %d is no state between the writes %d and %d", n, from, to)
					continue
				}
				must(t, open(dest, sqlite.Options{Key: key()}))
				restored = MustRaw(t, dest)
				for table, sum := range mustSums(t, restored) {
					// Whoever was removed while the backup was made has no key in it, and goes when it is opened.
					if sum != sums[table] && !slices.Contains([]string{"people", "templates", "changes"}, table) {
						t.Errorf("backup %d: the table %s changed when it was opened", n, table)
					}
				}
				must(t, restored.Close())
			}
		})
	}
}

func siteUnderLoad(t *testing.T, dir string) (path string, step func(int), backup func(string) error) {
	ctx := t.Context()
	path = filepath.Join(dir, "site.db")
	s := MustOpen(t, path, sqlite.Options{Key: key()})
	engine := storetest.Engine("opencv")
	return path, func(i int) {
		person := menshen.Person{ID: fmt.Sprint("p-", i), Name: fmt.Sprint("人", i), State: menshen.PersonActive}
		switch i % 4 {
		case 0:
			must(t, s.AddPerson(ctx, person, []menshen.Template{{ID: fmt.Sprint("t-", i), Person: person.ID, Engine: engine, Descriptor: menshen.Descriptor{float32(i), 2, 3, 4}}}))
		case 1:
			_, err := s.CommitPasses(ctx, []menshen.Pass{storetest.Pass("east-1", uint64(i)*2+1, "p-0"), storetest.Pass("east-1", uint64(i)*2+2, "")})
			must(t, err)
		case 2:
			must(t, s.Audit(ctx, menshen.AuditEntry{At: storetest.Pass("east-1", 1, "").Captured, Actor: "ann", Action: "look", Subject: fmt.Sprint("p-", i)}))
		case 3:
			if i > 8 {
				must(t, s.RemovePerson(ctx, fmt.Sprint("p-", i-11)))
			}
		}
	}, func(dest string) error { return s.Backup(ctx, mustFolder(t, dest)) }
}

func outboxUnderLoad(t *testing.T, dir string) (path string, step func(int), backup func(string) error) {
	path = filepath.Join(dir, "gate.db")
	o := MustOpenOutbox(t, path, sqlite.Options{})
	return path, func(i int) {
		if i%3 == 2 {
			must(t, o.Remove(t.Context(), "east-1", []uint64{uint64(i / 3)}))
			return
		}
		storetest.MustAppend(t, o, storetest.Unnumbered("east-1", 1, "p-1"))
	}, func(dest string) error { return o.Backup(t.Context(), mustFolder(t, dest)) }
}

// mustFolder makes the folder of a file.
func mustFolder(t *testing.T, file string) string {
	t.Helper()
	must(t, os.MkdirAll(filepath.Dir(file), 0o700))
	return file
}
