package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"menshen"
	"menshen/models"
)

func TestBenchRefuses(t *testing.T) {
	c := newCommunity(t, "")
	clip := filepath.Join(c.dir, "clip.mp4")
	if err := os.WriteFile(clip, []byte("no video"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, b := range []struct {
		args string
		code int
		want string
	}{
		{"stages --format xml", 2, "--format"},
		{"stages --engine magic", 2, "--engine"},
		{"stages --times 0 --clip " + clip, 2, "--times"},
		{"stages --clip nowhere.mp4", 5, "--clip"},
		{"stages unwanted", 2, "unwanted"},
		{"stages --clip " + clip, 5, "models fetch"}, // relayed from the process that measures
		{"ingest --seconds 1", 2, "--seconds"},
		{"ingest --rate -1", 2, "--rate"},
		{"ingest --folder nowhere", 4, "nowhere"},
		{"pipeline --cameras 0", 2, "--cameras"},
		{"pipeline --cameras 1,65", 2, "65"},
		{"pipeline --cameras many", 2, "cameras"},
		{"pipeline --seconds 1", 2, "--seconds"},
		{"pipeline --clip nowhere.mp4", 5, "--clip"},
		{"pipeline --clip " + clip, 5, "truth.csv"},
	} {
		r := c.try(append([]string{"bench"}, strings.Fields(b.args)...)...)
		if r.code != b.code || !strings.Contains(r.err, b.want) || !strings.Contains(r.err, "→") || r.out != "" {
			t.Errorf("bench %s: exit code %d, %q, %q", b.args, r.code, r.out, r.err)
		}
	}
}

func TestBenchPipelineNeedsPhotographs(t *testing.T) {
	clip := mustShared(t, "testdata/video/walkin.mp4")
	r := newCommunity(t, "").try("bench", "pipeline", "--clip", clip, "--faces", t.TempDir())
	if r.code != 5 || !strings.Contains(r.err, "--faces") {
		t.Errorf("exit code %d, %q", r.code, r.err)
	}
}

// stagesReport is what menshen bench stages prints as JSON.
type stagesReport struct {
	Machine struct {
		Processors int `json:"processors"`
	} `json:"machine"`
	Engine string `json:"engine"`
	Stages []struct {
		Stage string  `json:"stage"`
		Count int     `json:"count"`
		P50   float64 `json:"p50_ms"`
		P95   float64 `json:"p95_ms"`
		P99   float64 `json:"p99_ms"`
	} `json:"stages"`
}

// TestBenchStages runs every stage a few times on the real clip with the networks of ../shared.
func TestBenchStages(t *testing.T) {
	clip, from := mustShared(t, "testdata/video/walkin.mp4"), mustShared(t, "models")
	c := newCommunity(t, "engine: {models: models}")
	manifest, err := models.Load()
	if err != nil {
		t.Fatal(err)
	}
	store, err := models.NewStore(manifest, filepath.Join(c.dir, "models"))
	if err != nil {
		t.Fatal(err)
	}
	// SFace cannot be had offline; what stands in for it can.
	if _, err := store.Fetch(t.Context(), models.FetchOptions{From: from, Offline: true}); err != nil && menshen.ErrorCode(err) != menshen.CodeMissing {
		t.Fatal(err)
	}
	for _, engine := range []string{"opencv", "dlib"} {
		r := mustJSON[stagesReport](c, "bench", "stages", "--clip", clip, "--times", "2", "--engine", engine)
		names := map[string]bool{}
		for _, s := range r.Stages {
			names[s.Stage] = true
			if s.Count < 1 || s.Count > 2 || !(s.P50 > 0) || s.P95 < s.P50 || s.P99 < s.P95 {
				t.Errorf("%s: %+v", engine, s)
			}
		}
		for _, want := range []string{"decode only", "motion gate", "find faces, 640×384", "cut out, JPEG", "align", "embed", "search 100000 templates"} {
			if !names[want] {
				t.Errorf("%s: the stage %q is not there", engine, want)
			}
		}
		if !strings.HasPrefix(r.Engine, engine+"/") || r.Machine.Processors < 1 {
			t.Errorf("%s: %+v of %s", engine, r.Machine, r.Engine)
		}
	}
}

// TestBenchIngest sends passes all the way for two seconds: none is lost, and every figure is there.
func TestBenchIngest(t *testing.T) {
	type flow struct {
		Passes    int     `json:"passes"`
		PerSecond float64 `json:"passes_per_s"`
		P50       float64 `json:"p50_ms"`
		P99       float64 `json:"p99_ms"`
	}
	r := mustJSON[struct {
		Whole  flow `json:"whole"`
		Outbox flow `json:"outbox"`
		SQLite []struct {
			PerSecond float64 `json:"rows_per_s"`
		} `json:"sqlite"`
		Lost int     `json:"lost"`
		Open float64 `json:"open_ms"`
		Held int     `json:"passes_at_open"`
	}](newCommunity(t, ""), "bench", "ingest", "--seconds", "2", "--callers", "64", "--gates", "5", "--people", "1000", "--folder", t.TempDir())
	for name, f := range map[string]flow{"whole": r.Whole, "outbox": r.Outbox} {
		if f.Passes == 0 || !(f.PerSecond > 0) || !(f.P50 > 0) || f.P99 < f.P50 {
			t.Errorf("%s: %+v", name, f)
		}
	}
	if r.Lost != 0 || r.Held != r.Whole.Passes || !(r.Open > 0) || len(r.SQLite) != 3 {
		t.Errorf("%+v", r)
	}
}
