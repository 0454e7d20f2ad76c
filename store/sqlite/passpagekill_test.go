package sqlite_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"menshen"
	"menshen/store/sqlite"
)

// pagerEnv makes the test binary commit passes, write pages and delete rows in the database it names until it is killed.
const pagerEnv = "MENSHEN_TEST_PAGES_IN"

func pageUntilKilled(path string, ledger io.Writer) int {
	ctx := context.Background()
	fail := func(err error) int {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	s, err := sqlite.Open(ctx, path, sqlite.Options{PageRows: 25})
	if err != nil {
		return fail(err)
	}
	raw, err := rawOpen(path)
	if err != nil {
		return fail(err)
	}
	last, err := s.LastSequences(ctx)
	if err != nil {
		return fail(err)
	}
	n := last["gate-0"] + last["gate-1"] + last["gate-2"]
	rng := rand.New(rand.NewPCG(n, 7))
	fmt.Fprintln(ledger, "open")
	for {
		var passes []menshen.Pass
		for range 20 {
			n++
			passes = append(passes, randomPass(rng, n))
		}
		if _, err := s.CommitPasses(ctx, passes); err != nil {
			return fail(err)
		}
		if _, err := s.KeepPages(ctx, rng.IntN(2) == 0); err != nil {
			return fail(err)
		}
		if rng.IntN(4) == 0 {
			if _, err := raw.Exec("DELETE FROM passes WHERE rowid % 97 = ?", rng.IntN(97)); err != nil {
				return fail(err)
			}
		}
	}
}

// TestKilledBetweenPages kills a process that writes pages at random moments, again and again on the same file: what a
// start reads is always what the rows have.
func TestKilledBetweenPages(t *testing.T) {
	path := filepath.Join(t.TempDir(), "site.db")
	self, err := os.Executable()
	must(t, err)
	pages := 0
	for range 12 {
		cmd := exec.Command(self)
		cmd.Env = append(os.Environ(), pagerEnv+"="+path)
		cmd.Stderr = os.Stderr
		ledger, err := cmd.StdoutPipe()
		must(t, err)
		must(t, cmd.Start())
		if lines := bufio.NewScanner(ledger); !lines.Scan() || lines.Text() != "open" {
			t.Errorf("the writer did not start: %q", lines.Text())
		}
		time.Sleep(rand.N(150 * time.Millisecond))
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		s := MustOpen(t, path, sqlite.Options{CheckLimit: -1, PageRows: 25})
		pages += wantPages(t, s).Pages
		must(t, s.Close())
	}
	if pages == 0 {
		t.Error("no page was ever written")
	}
}
