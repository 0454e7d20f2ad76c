package main_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"connectrpc.com/connect"

	menshenv1 "menshen/proto/menshen/v1"
)

// importSite has many gates.
func importSite(t *testing.T) (c *community, gates []string) {
	t.Helper()
	var list strings.Builder
	for i := range 25 {
		gates = append(gates, fmt.Sprintf("g-%d", i))
		fmt.Fprintf(&list, "{id: g-%d, from: outside, to: compound}, ", i)
	}
	c = newCommunity(t, `site:
  id: imported
  zones: [{id: compound, kind: compound}]
  gates: [`+list.String()+`]
access: {cooldown: 1s}`)
	return c, gates
}

func writeImport(t *testing.T, c *community, rows int, people, gates []string) string {
	t.Helper()
	f, err := os.Create(filepath.Join(c.dir, "passes.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	fmt.Fprintln(f, "gate,person,direction,time")
	begin := time.Now().Add(-13 * 24 * time.Hour)
	for i := range rows {
		at := begin.Add(12 * 24 * time.Hour / time.Duration(rows) * time.Duration(i))
		fmt.Fprintf(f, "%s,%s,%s,%s\n", gates[i*7%len(gates)], people[i*13%len(people)], []string{"in", "out"}[i/len(people)%2], at.UTC().Format("2006-01-02T15:04:05.000Z"))
	}
	return f.Name()
}

// TestImportHoldsUpNobody imports a file while people show cards at the same gates: all of them pass and are shown, and the log has
// exactly the rows and them in the end. BENCH_IMPORT_ROWS makes it a measurement.
func TestImportHoldsUpNobody(t *testing.T) {
	rows := 20_000
	if n, err := strconv.Atoi(os.Getenv("BENCH_IMPORT_ROWS")); err == nil {
		rows = n
	}
	var people []string
	c, gates := importSite(t)
	hub := c.serve()
	api := c.api(filepath.Join(c.dir, "data"))
	for i := range 40 {
		id := call(t, api.Registry.PutPerson, &menshenv1.PutPersonRequest{Name: fmt.Sprintf("李%d", i), Dwelling: fmt.Sprintf("1-1-%d-%d01", i+1, i+1)}).GetPerson()
		call(t, api.Credentials.IssueCredential, &menshenv1.IssueCredentialRequest{Person: id, Kind: "card", Card: fmt.Sprintf("C%04d", i)})
		people = append(people, id)
	}
	path := writeImport(t, c, rows, people, gates)

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	watch, err := api.Passes.WatchPasses(ctx, connect.NewRequest(&menshenv1.WatchPassesRequest{}))
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	shown := map[string]time.Time{}
	var watching sync.WaitGroup
	watching.Go(func() {
		for watch.Receive() {
			if p := watch.Msg().GetPass().GetPass(); p != nil {
				mu.Lock()
				shown[fmt.Sprint(p.GetGate(), p.GetCaptured().AsTime().UnixNano())] = time.Now()
				mu.Unlock()
			}
		}
	})
	imported := make(chan string, 1)
	go func() { imported <- c.must("passes", "import", path) }()
	var answers, ways []time.Duration
	lived := 0
	for busy := true; busy; {
		select {
		case out := <-imported:
			t.Log(strings.TrimSpace(out))
			if !strings.Contains(out, fmt.Sprintf("%d added, 0 known", rows)) {
				t.Error(out)
			}
			busy = false
		default:
		}
		mu.Lock()
		before := len(shown)
		mu.Unlock()
		began := time.Now()
		// Everybody goes on from gate to gate: none is at one gate again within the cooldown.
		call(t, api.Guard.Present, &menshenv1.PresentRequest{Gate: gates[lived%len(gates)], Direction: []menshenv1.Direction{1, 2}[lived/len(people)%2], Kind: "card", Value: fmt.Sprintf("C%04d", lived%len(people))})
		answers = append(answers, time.Since(began))
		lived++
		for end := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
			mu.Lock()
			n := len(shown)
			mu.Unlock()
			if n > before {
				break
			}
			if time.Now().After(end) {
				t.Fatal("a live pass was never shown")
			}
		}
		ways = append(ways, time.Since(began))
		time.Sleep(20 * time.Millisecond)
	}
	for name, l := range map[string][]time.Duration{"answer at the gate": answers, "until shown": ways} {
		slices.Sort(l)
		t.Logf("%s: %d, p50 %v, p95 %v, p99 %v, max %v", name, len(l), l[len(l)/2], l[len(l)*95/100], l[len(l)*99/100], l[len(l)-1])
	}
	t.Log(c.memory(hub))
	if len(shown) != lived {
		t.Errorf("%d passes were shown, %d were made live", len(shown), lived)
	}
	cancel()
	watching.Wait()
	if out := c.must("passes", "export", filepath.Join(c.dir, "all.csv")); !strings.HasPrefix(out, fmt.Sprintf("%d passes", rows+lived)) {
		t.Errorf("%d rows and %d live passes: %s", rows, lived, out)
	}
}

// memory gives the peak of the hub's memory.
func (c *community) memory(s *service) string {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	for line := range strings.Lines(string(status)) {
		if strings.HasPrefix(line, "VmHWM") {
			return strings.TrimSpace(line)
		}
	}
	return ""
}

// TestImportCutOff kills the hub in the middle of an import: after it is repeated every row is there once, and no number of a
// gate is missing or was given twice.
func TestImportCutOff(t *testing.T) {
	var people []string
	c, gates := importSite(t)
	hub := c.serve()
	api := c.api(filepath.Join(c.dir, "data"))
	for i := range 10 {
		people = append(people, call(t, api.Registry.PutPerson, &menshenv1.PutPersonRequest{Name: fmt.Sprintf("李%d", i), Dwelling: fmt.Sprintf("1-1-%d-%d01", i+1, i+1)}).GetPerson())
	}
	const rows = 30_000
	path := writeImport(t, c, rows, people, gates)
	for round := range 2 {
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			c.try("passes", "import", path)
		}()
		select {
		case <-ended:
		case <-time.After(time.Duration(300+200*round) * time.Millisecond):
		}
		hub.kill(t)
		<-ended
		hub = c.serve()
	}
	c.must("passes", "import", path)
	if out := c.must("passes", "import", path); !strings.Contains(out, fmt.Sprintf("0 added, %d known", rows)) {
		t.Error(out)
	}
	exported := filepath.Join(c.dir, "all.csv")
	if out := c.must("passes", "export", exported); !strings.HasPrefix(out, fmt.Sprintf("%d passes", rows)) {
		t.Error(out)
	}
	passes := mustJSON[[]passJSON](c, "passes", "list", "-n", "1000")
	if len(passes) != 1000 {
		t.Errorf("%d passes are listed", len(passes))
	}
	eventually(t, "nothing waits", func() bool { return strings.Contains(c.must("status"), "awaiting receipt 0") })
}
