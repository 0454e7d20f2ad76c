package bench_test

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"testing"
	"time"

	"menshen"
	"menshen/cmd/menshen/bench"
)

// TestTrace runs the whole benchmark at a small size, with its peers: their answers are ours. It looks at no time.
func TestTrace(t *testing.T) {
	o := bench.TraceOptions{People: 2000, Days: 4, Passes: 100_000, Cases: 10, Seed: 1, PeerTime: time.Second, Outbreak: 20}
	report, err := bench.Trace(t.Context(), bench.Program{Version: "test", Progress: io.Discard}, o)
	if menshen.ErrorCode(err) == menshen.CodeUnavailable && os.Getenv("CI") != "true" {
		o.NoPeers = true
		report, err = bench.Trace(t.Context(), bench.Program{Version: "test", Progress: io.Discard}, o)
	}
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(report)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Passes, People int
		Peers          []struct {
			Name                 string
			Passes, Cases, Wrong int
			Found                float64
		}
	}
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if got.Passes != o.Passes || got.People != o.People {
		t.Errorf("%d passes of %d people", got.Passes, got.People)
	}
	if len(got.Peers) != 2 && !o.NoPeers {
		t.Errorf("%d peers", len(got.Peers))
	}
	for _, p := range got.Peers {
		if p.Wrong != 0 || p.Cases < o.Cases || p.Found < 100 || p.Passes < 90_000 {
			t.Errorf("%+v", p)
		}
	}
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(text, &keys); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{
		"passes", "people", "load_s", "bytes_per_pass", "append_per_s", "movements_ms", "one_generation_ms", "two_generations_ms", "what_if_ms", "two_generations_full_ms", "outbreak_1000_s", "outbreak_1000_each_s", "peers", "all_zones",
	} {
		if _, ok := keys[key]; !ok {
			t.Errorf("no key %s in %s", key, text)
		}
	}
	for _, key := range []string{"movements_ms", "one_generation_ms", "two_generations_ms", "two_generations_full_ms", "what_if_ms"} {
		var q map[string]float64
		if err := json.Unmarshal(keys[key], &q); err != nil || len(q) != 3 || !(q["p50"] > 0 && q["p50"] <= q["p95"] && q["p95"] <= q["p99"]) {
			t.Errorf("%s: %s, %v", key, keys[key], err)
		}
	}
	if page := report.Page(); len(page.Rows) < 10 || page.Head == "" {
		t.Errorf("%+v", page)
	}
}

func TestTraceEnds(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	o := bench.TraceOptions{People: 2000, Days: 4, Passes: 100_000, Cases: 10, NoPeers: true}
	if _, err := bench.Trace(ctx, bench.Program{Progress: io.Discard}, o); err == nil {
		t.Error("it went on")
	}
}
