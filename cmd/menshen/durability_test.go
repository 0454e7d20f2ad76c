package main_test

import (
	"database/sql"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3"
)

// mustHaveNoDouble checks that no crossing is in the pass log twice under different numbers.
func mustHaveNoDouble(tb testing.TB, path string) {
	tb.Helper()
	db, err := sql.Open("sqlite3", "file:"+path)
	if err != nil {
		tb.Fatal(err)
	}
	defer db.Close()
	var doubled int
	err = db.QueryRow("SELECT count(*) FROM (SELECT 1 FROM passes WHERE person <> '' GROUP BY person, gate, direction, captured HAVING count(*) > 1)").Scan(&doubled)
	if err != nil || doubled > 0 {
		var example string
		_ = db.QueryRow("SELECT group_concat(gate || ':' || sequence || ' ' || direction || ' ' || captured || ' ' || decided || ' ' || outcome || ' ' || means || ' ' || reasons, '; ') FROM passes WHERE person <> '' GROUP BY person, gate, direction, captured HAVING count(*) > 1").Scan(&example)
		tb.Errorf("%d crossings are in the pass log twice, %v: %s", doubled, err, example)
	}
}

// mustHaveNoGap checks that every gate's passes in the pass log are numbered 1, 2, 3 … without a gap or a double, and
// gives how many there are.
func mustHaveNoGap(tb testing.TB, path string) int {
	tb.Helper()
	db, err := sql.Open("sqlite3", "file:"+path)
	if err != nil {
		tb.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query("SELECT gate, count(*), min(sequence), max(sequence) FROM passes GROUP BY gate")
	if err != nil {
		tb.Fatal(err)
	}
	defer rows.Close()
	total := 0
	for rows.Next() {
		var gate string
		var n, low, high int
		if err := rows.Scan(&gate, &n, &low, &high); err != nil {
			tb.Fatal(err)
		}
		if low != 1 || high != n {
			tb.Errorf("gate %s has %d passes numbered %d … %d", gate, n, low, high)
		}
		total += n
	}
	if err := rows.Err(); err != nil {
		tb.Fatal(err)
	}
	return total
}

// The hub is killed again and again while it carries a history of passes; none may be missing or doubled at the end.
func TestNothingLostWhenKilled(t *testing.T) {
	c := newCommunity(t, "simulation: {people: 400, days: 3}")
	for i := range 5 {
		s := c.serve()
		time.Sleep(time.Duration(i*300) * time.Millisecond)
		s.kill(t)
	}
	s := c.serve()
	eventually(t, "every pass is receipted", func() bool { return strings.Contains(c.must("status"), "awaiting receipt 0") })
	s.stop(t)
	mustHaveNoDouble(t, filepath.Join(c.dir, "data/simulated/site.db"))
	if n := mustHaveNoGap(t, filepath.Join(c.dir, "data/simulated/site.db")); n < 10_000 {
		t.Errorf("%d passes, want the history of three days", n)
	}
}

// With a full disk nothing is granted, nothing acknowledged is lost, and all goes on by itself once there is space.
func TestFullDisk(t *testing.T) {
	c := newCommunity(t, "simulation: {people: 50, days: 1}")
	disk := filepath.Join(c.dir, "disk")
	if err := os.Mkdir(disk, 0o700); err != nil {
		t.Fatal(err)
	}
	// A mount namespace of its own: nothing is left behind, whatever happens.
	binary := mustBinary(t)
	script := fmt.Sprintf("mount -t tmpfs -o size=160m menshen-test %q && exec %q serve", disk, binary)
	s := &service{cmd: exec.Command("unshare", "--mount", "--map-root-user", "sh", "-c", script), log: &lockedBuffer{}, done: make(chan struct{})}
	s.cmd.Dir = c.dir
	s.cmd.Env = append(os.Environ(), "LANG=en_GB.UTF-8", "MENSHEN_DATA=disk")
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	if err := s.cmd.Start(); err != nil {
		t.Fatalf("unshare (package util-linux) cannot be started: %v", err)
	}
	go func() { _ = s.cmd.Wait(); close(s.done) }()
	t.Cleanup(func() { s.stop(t) })
	inside := fmt.Sprintf("/proc/%d/root%s", s.cmd.Process.Pid, disk)
	status := func() string {
		cmd := exec.Command(binary, "status")
		cmd.Dir = c.dir
		cmd.Env = append(os.Environ(), "LANG=en_GB.UTF-8", "MENSHEN_DATA="+inside)
		out, _ := cmd.CombinedOutput()
		return string(out)
	}
	eventually(t, "menshen serve answers", func() bool {
		select {
		case <-s.done:
			t.Fatalf("menshen serve ended:\n%s", s.log)
		default:
		}
		return strings.Contains(status(), "awaiting receipt 0")
	})
	fill := filepath.Join(inside, "fill")
	f, err := os.Create(fill)
	if err != nil {
		t.Fatal(err)
	}
	for block := make([]byte, 1<<20); ; {
		if _, err := f.Write(block); err != nil {
			break // full
		}
	}
	f.Close()
	eventually(t, "the full disk is a condition", func() bool { return strings.Contains(status(), "disk-low") })
	before := status()
	time.Sleep(20 * time.Second) // longer than the simulated community is ever quiet
	select {
	case <-s.done:
		t.Fatalf("menshen serve ended on a full disk:\n%s", s.log)
	default:
	}
	if err := os.Remove(fill); err != nil {
		t.Fatal(err)
	}
	eventually(t, "passes are kept again", func() bool {
		now := status()
		return strings.Contains(now, "awaiting receipt 0") && passesIn(now) > passesIn(before)
	})
	// SQLite follows the link out of the namespace, so it is given a copy.
	out := t.TempDir()
	for _, name := range []string{"site.db", "site.db-wal"} {
		b, err := os.ReadFile(filepath.Join(inside, "simulated", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(out, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	mustHaveNoGap(t, filepath.Join(out, "site.db"))
}

// passesIn reads the number of passes out of what status prints.
func passesIn(status string) int {
	var people, templates, passes int
	if _, after, ok := strings.Cut(status, "people "); ok {
		_, _ = fmt.Sscanf("people "+after, "people %d, templates %d, passes %d", &people, &templates, &passes)
	}
	return passes
}

// What keeps menshen serve from starting is one clear line with what to do, and the right exit code.
func TestServeRefusesToStart(t *testing.T) {
	port, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer port.Close()
	taken := port.Addr().String()
	camera := "site: {id: a, zones: [{id: compound, kind: compound}], gates: [{id: east, from: outside, to: compound}]}\n" +
		"cameras: [{id: east-1, gate: east, source: \"rtsp://127.0.0.1:9/\"}]\n"
	for name, tt := range map[string]struct {
		yaml, file, content string
		code                int
		message, hint       string
	}{
		"bus port in use": {yaml: "bus: {listen: \"" + taken + "\"}\nweb: {listen: \"127.0.0.1:0\"}\n", code: 4, message: taken + " of the message bus is in use", hint: "bus.listen"},
		"web port in use": {yaml: "bus: {listen: \"127.0.0.1:0\"}\nweb: {listen: \"" + taken + "\"}\n", code: 4, message: taken + " is in use", hint: "web.listen"},
		"no networks":     {yaml: camera, code: 5, message: "is missing", hint: "menshen models fetch"},
		"altered network": {yaml: camera, file: "models/files/mobilefacenet.onnx", content: "no network", code: 7, message: "mobilefacenet", hint: "menshen models fetch"},
		"no database":     {yaml: "data: data\n", file: "data/simulated/site.db", content: strings.Repeat("no database ", 1000), code: 7, message: "site.db", hint: ""},
		"no folder":       {yaml: "data: file\n", file: "file", content: "x", code: 4, message: "cannot be used", hint: "written"},
	} {
		t.Run(name, func(t *testing.T) {
			c := &community{tb: t, dir: t.TempDir()}
			write := func(path, content string) {
				full := filepath.Join(c.dir, path)
				if err := os.MkdirAll(filepath.Dir(full), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(full, []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			write("menshen.yaml", tt.yaml)
			if tt.file != "" {
				write(tt.file, tt.content)
			}
			r := c.try("serve")
			lines := strings.Split(strings.TrimSpace(r.err), "\n")
			last := lines[max(0, len(lines)-2):]
			got := strings.Join(last, "\n")
			if r.code != tt.code || !strings.Contains(got, tt.message) || !strings.Contains(got, tt.hint) || !strings.HasPrefix(lines[len(lines)-1], "→ ") {
				t.Errorf("exit code %d, want %d; it says\n%s\nwant %q and then what to do: %q", r.code, tt.code, r.err, tt.message, tt.hint)
			}
		})
	}
}

// Two hubs on one data folder would number passes twice.
func TestOneHubPerFolder(t *testing.T) {
	c := newCommunity(t, "simulation: {people: 20, days: 0}")
	c.serve()
	r := c.try("serve")
	if r.code != 8 || !strings.Contains(r.err, "another menshen uses the data folder") {
		t.Errorf("exit code %d: %s", r.code, r.err)
	}
	if r := c.try("simulate"); r.code != 8 {
		t.Errorf("simulate on a running hub's folder: exit code %d: %s", r.code, r.err)
	}
}
