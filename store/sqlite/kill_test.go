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
	"sync"
	"testing"
	"time"

	"menshen"
	"menshen/store/sqlite"
	"menshen/store/storetest"
)

// appenderEnv makes the test binary append to the outbox it names until it is killed.
const appenderEnv = "MENSHEN_TEST_APPEND_TO"

// appendUntilKilled writes the id of every acknowledged pass to ledger, one a line, each after it was acknowledged.
// Some passes are taken out again as the relay would do it, which the ledger says before ("-id").
func appendUntilKilled(path string, ledger io.Writer) int {
	ctx := context.Background()
	o, err := sqlite.OpenOutbox(ctx, path, sqlite.Options{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Fprintln(ledger, "open")
	var wg sync.WaitGroup
	for w := range 8 {
		gate := []string{"east-1", "west-1"}[w%2]
		wg.Go(func() {
			for i := 0; ; i++ {
				p, err := o.Append(ctx, storetest.Unnumbered(gate, 1, "p-1"))
				if err != nil {
					fmt.Fprintln(os.Stderr, err)
					return
				}
				fmt.Fprintf(ledger, "+%s\n", p.ID)
				if i%3 != 0 {
					continue
				}
				fmt.Fprintf(ledger, "-%s\n", p.ID)
				if err := o.Remove(ctx, gate, []uint64{p.ID.Sequence}); err != nil {
					fmt.Fprintln(os.Stderr, err)
					return
				}
			}
		})
	}
	wg.Wait()
	return 1
}

// TestKilled kills a process that appends with SIGKILL at random moments, again and again on the same file: every
// acknowledged pass is there unless its removal had begun, no number is given out twice, and the file is sound.
func TestKilled(t *testing.T) {
	const rounds = 15
	path := filepath.Join(t.TempDir(), "gate.db")
	acknowledged, removed := map[string]bool{}, map[string]bool{}
	for round := range rounds {
		runAndKill(t, path, rand.N(120*time.Millisecond), acknowledged, removed)
		o := MustOpenOutbox(t, path, sqlite.Options{CheckLimit: -1})
		there := map[string]bool{}
		for _, p := range storetest.MustPending(t, o) {
			id := p.ID.String()
			if there[id] {
				t.Fatalf("round %d: %s is there twice", round, id)
			}
			there[id] = true
		}
		for id := range acknowledged {
			if !there[id] && !removed[id] {
				t.Fatalf("round %d: %s was acknowledged and is lost", round, id)
			}
		}
		for _, gate := range []string{"east-1", "west-1"} {
			p := storetest.MustAppend(t, o, storetest.Unnumbered(gate, 1, "p-1"))
			if id := p.ID.String(); acknowledged[id] || there[id] {
				t.Fatalf("round %d: %s was given out again", round, id)
			}
			acknowledged[p.ID.String()] = true
		}
		must(t, o.Close())
	}
	t.Logf("%d acknowledged, %d removed", len(acknowledged), len(removed))
}

// runAndKill starts the appender, kills it a while after it has opened the outbox, and reads its ledger to the end.
func runAndKill(t *testing.T, path string, after time.Duration, acknowledged, removed map[string]bool) {
	t.Helper()
	self, err := os.Executable()
	must(t, err)
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), appenderEnv+"="+path)
	cmd.Stderr = os.Stderr
	ledger, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	lines := bufio.NewScanner(ledger)
	if !lines.Scan() || lines.Text() != "open" {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		t.Fatalf("the appender did not start: %q", lines.Text())
	}
	killer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	defer killer.Stop()
	for lines.Scan() {
		line := lines.Text()
		id, err := menshen.ParsePassID(line[min(1, len(line)):])
		if err != nil {
			t.Fatalf("ledger line %q", line)
		}
		switch line[0] {
		case '+':
			if acknowledged[id.String()] {
				t.Errorf("%s was given out twice", id)
			}
			acknowledged[id.String()] = true
		case '-':
			removed[id.String()] = true
		}
	}
	_ = cmd.Wait() // it was killed
}
