package main_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	menshenv1 "menshen/proto/menshen/v1"
)

// TestPassesOfAFile takes passes through a running hub: once, whatever the encoding and however often, and back again.
func TestPassesOfAFile(t *testing.T) {
	c := newCommunity(t, "simulation: {people: 40, days: 1}")
	c.serve()
	people := call(t, c.api(filepath.Join(c.dir, "data", "simulated")).People.ListPeople, &menshenv1.ListPeopleRequest{}).GetPeople()
	names := map[string]int{}
	for _, p := range people {
		names[p.GetName()]++
	}
	var who struct{ ID, Name string }
	for _, p := range people {
		if names[p.GetName()] == 1 {
			who.ID, who.Name = p.GetId(), p.GetName()
		}
	}
	file := func(name string, data []byte) string {
		path := filepath.Join(c.dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	var text strings.Builder
	text.WriteString("人员,时间,方向,出入口\n")
	for i := range 6000 {
		fmt.Fprintf(&text, "%s,2025-03-01 %02d:%02d:%02d,进,east\n", []string{who.Name, who.ID}[i%2], i/3600, i/60%60, i%60)
	}
	fmt.Fprintf(&text, "%s,2025-03-02 08:00,进,nowhere\n没有这个人,2025-03-02 08:00,进,east\n", who.ID)
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(text.String())
	if err != nil {
		t.Fatal(err)
	}
	path := file("gbk.csv", []byte(gbk))
	want := func(what, out string, parts ...string) {
		t.Helper()
		for _, part := range parts {
			if !strings.Contains(out, part) {
				t.Errorf("%s: no %q in\n%s", what, part, out)
			}
		}
	}
	want("dry run", c.must("passes", "import", path, "--dry-run"), "6002 rows: 6000 would be added, 0 known already, 2 left out", "6002  gate: this site has no gate \"nowhere\"", "6003  person: nobody")
	want("import", c.must("passes", "import", path), "6000 added, 0 known")
	want("again", c.must("passes", "import", path), "0 added, 6000 known already, 2 left out")
	exported := filepath.Join(c.dir, "out.csv")
	for end := time.Now().Add(patience); ; time.Sleep(100 * time.Millisecond) {
		if out := c.must("passes", "export", exported, "--to", "2025-03-02"); strings.HasPrefix(out, "6000 passes") {
			break
		}
		if time.Now().After(end) {
			t.Fatal("the passes do not come into the log")
		}
	}
	want("what export wrote", c.must("passes", "import", exported), "6000 rows: 0 added, 6000 known already, 0 left out")
	want("a movement", c.must("passes", "export", "--person", who.ID, "--to", "2025-03-02"), "east,"+who.ID+",in,2025-02-28T16:00:00Z,allow,")
	if r := c.try("passes", "import", file("wrong.csv", []byte("a,b\n1,2\n"))); r.code != 2 || !strings.Contains(r.err, "gate") {
		t.Errorf("exit code %d, %s", r.code, r.err)
	}
}
