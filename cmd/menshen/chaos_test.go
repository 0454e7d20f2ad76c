package main_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"
)

// chaosReport is what menshen chaos prints as JSON.
type chaosReport struct {
	Scenario    string
	Kills, Cuts int
	Killed      struct{ Hub, Post, Cameras, Recognizers int }
	Done        struct {
		Fillings, Jumps, Hours, Waiting, Damages, Refused int
		SetAside                                          int `json:"set_aside"`
	}
	Away      map[string]time.Duration `json:"away_ns"`
	Meanwhile int
	Verdict   struct{ Acknowledged, Kept, Lost, Doubled, Invented, Changed, Gaps, Order, Faults int }
	Notes     []string
	Folder    string
}

// mustChaos runs menshen chaos, and gives its reports with the exit code.
func mustChaos(t *testing.T, args ...string) ([]chaosReport, result) {
	t.Helper()
	return newCommunity(t, "").mustChaos(args...)
}

func (c *community) mustChaos(args ...string) ([]chaosReport, result) {
	t := c.tb
	t.Helper()
	r := c.try(append([]string{"chaos", "--format", "json", "--folder", c.dir}, args...)...)
	if r.code == 9 && (strings.Contains(r.err, "can be mounted") || strings.Contains(r.err, "no namespace can be made")) {
		if os.Getenv("CI") == "true" {
			t.Fatalf("menshen chaos must be able to mount: %s", r.err)
		}
		t.Skipf("SKIPPED: menshen chaos %s needs root, or a user namespace in which it may mount: %s", strings.Join(args, " "), r.err)
	}
	var reports []chaosReport
	if err := json.Unmarshal([]byte(r.out), &reports); err != nil {
		t.Fatalf("menshen chaos: exit code %d, %v\n%s%s", r.code, err, r.out, r.err)
	}
	t.Logf("%+v\n%s", reports, r.err)
	return reports, r
}

// The short form of make chaos: no pass that was acknowledged is lost or doubled, a camera and a recognizer that are killed come
// back, and nobody at a gate waits for them. Who is killed follows from the seed.
func TestChaosKill(t *testing.T) {
	models := mustShared(t, "models")
	c := newCommunity(t, "")
	c.try("models", "fetch", "--offline", "--from", models) // exits with 5: the official files are not there
	reports, r := c.mustChaos("--only", "kill", "--kills", "12", "--passes", "1000", "--seed", "5")
	if r.code != 0 || len(reports) != 1 || reports[0].Kills != 13 || reports[0].Verdict.Acknowledged < 1000 {
		t.Fatalf("exit code %d: %+v", r.code, reports)
	}
	if k := reports[0].Killed; k.Hub != 3 || k.Post != 3 || k.Cameras != 4 || k.Recognizers != 3 {
		t.Errorf("killed %+v, and seed 5 is for others", k)
	}
	if a := reports[0].Away; a["camera"] <= 0 || a["recognizer"] <= 0 || reports[0].Meanwhile == 0 {
		t.Errorf("away %v, %d answers meanwhile", a, reports[0].Meanwhile)
	}
}

// Where there are no networks there are no cameras to kill, and that is said.
func TestChaosKillWithoutNetworks(t *testing.T) {
	reports, r := mustChaos(t, "--only", "kill", "--kills", "6", "--passes", "500", "--seed", "5")
	if r.code != 0 || len(reports) != 1 || reports[0].Kills < 6 || reports[0].Verdict.Acknowledged < 500 {
		t.Fatalf("exit code %d: %+v", r.code, reports)
	}
	if k := reports[0].Killed; k.Hub == 0 || k.Post == 0 || k.Cameras+k.Recognizers != 0 || !strings.Contains(r.err, "models fetch") || len(reports[0].Notes) != 1 {
		t.Errorf("killed %+v, %q\n%s", k, reports[0].Notes, r.err)
	}
}

func TestChaosPowerCut(t *testing.T) {
	reports, r := mustChaos(t, "--only", "powercut", "--kills", "6", "--passes", "500", "--seed", "2")
	if r.code != 0 || len(reports) != 1 || reports[0].Cuts < 6 || reports[0].Verdict.Acknowledged < 500 {
		t.Errorf("exit code %d: %+v", r.code, reports)
	}
}

// A disk that says it has synced and has not loses passes: if that were not found out, the test above would show nothing.
func TestChaosFindsWhatALyingDiskLoses(t *testing.T) {
	reports, r := mustChaos(t, "--only", "powercut", "--lying-disk", "--kills", "2", "--passes", "100", "--seed", "3")
	if r.code != 7 || len(reports) != 1 || reports[0].Verdict.Lost == 0 || !strings.Contains(r.err, "→") || reports[0].Folder == "" {
		t.Errorf("exit code %d: %+v", r.code, reports)
	}
}

// Once a disk is full nobody is let in unrecorded, and all goes on by itself when there is space.
func TestChaosFullDisk(t *testing.T) {
	reports, r := mustChaos(t, "--only", "fulldisk", "--times", "1", "--seed", "1")
	if r.code != 0 || len(reports) != 1 || reports[0].Done.Fillings != 1 || reports[0].Verdict.Acknowledged == 0 {
		t.Errorf("exit code %d: %+v", r.code, reports)
	}
}

// A file of the outbox loses its end, the pass log does too, and so does the state of the consumer between them.
func TestChaosDamage(t *testing.T) {
	reports, r := mustChaos(t, "--only", "damage", "--times", "3", "--seed", "1")
	if r.code != 0 || len(reports) != 1 || reports[0].Verdict.Acknowledged == 0 {
		t.Fatalf("exit code %d: %+v", r.code, reports)
	}
	if d := reports[0].Done; d.Damages != 3 || d.Refused != 1 || d.SetAside != 1 || reports[0].Killed.Hub != 1 {
		t.Errorf("%+v, and seed 1 is for three damages: one with which the hub does not start, one that is set aside, one after a kill", reports[0])
	}
}

// The post is cut off for some hours by its clock, and killed meanwhile: what waited there comes once.
func TestChaosLinkLoss(t *testing.T) {
	reports, r := mustChaos(t, "--only", "linkloss", "--times", "3", "--seed", "1", "--shifted", mustShifted(t))
	if r.code != 0 || len(reports) != 1 || reports[0].Verdict.Acknowledged == 0 {
		t.Fatalf("exit code %d: %+v", r.code, reports)
	}
	if d := reports[0].Done; d.Hours != 3 || d.Waiting == 0 || reports[0].Killed.Post != 1 {
		t.Errorf("%+v", reports[0])
	}
}

// The clock jumps and jumps back.
func TestChaosClock(t *testing.T) {
	reports, r := mustChaos(t, "--only", "clock", "--times", "2", "--seed", "1", "--shifted", mustShifted(t))
	if r.code != 0 || len(reports) != 1 || reports[0].Done.Jumps != 2 || reports[0].Verdict.Acknowledged == 0 {
		t.Errorf("exit code %d: %+v", r.code, reports)
	}
}

// The passes of a clock that stood still are not those that were shown after a jump: if that were not found out, the tests above would
// show nothing.
func TestChaosFindsAClockThatDoesNotJump(t *testing.T) {
	reports, r := mustChaos(t, "--only", "clock", "--times", "1", "--seed", "1", "--shifted", mustBinary(t))
	if r.code != 7 || len(reports) != 1 || reports[0].Verdict.Invented == 0 || reports[0].Verdict.Lost == 0 {
		t.Errorf("exit code %d: %+v", r.code, reports)
	}
}

func TestChaosRefuses(t *testing.T) {
	for _, tt := range []struct{ args, want string }{
		{"--only earthquake", "earthquake"}, {"--only clock", "--shifted"}, {"--kills 0", "--kills"}, {"--rate 5000", "--rate"}, {"--times 101", "--times"}, {"--times -1", "--times"},
		{"--only linkloss", "--shifted"}, {"--times many", "--times"}, {"--format xml", "--format"}, {"unwanted", "unwanted"},
	} {
		r := newCommunity(t, "").try(append([]string{"chaos"}, strings.Fields(tt.args)...)...)
		if r.code != 2 || !strings.Contains(r.err, tt.want) || !strings.Contains(r.err, "→") {
			t.Errorf("chaos %s: exit code %d: %s", tt.args, r.code, r.err)
		}
	}
}
