package main_test

import (
	"strings"
	"testing"
)

func TestEvaluateLiveness(t *testing.T) {
	faces := mustShared(t, "testdata/faces")
	c := newCommunity(t, "engine: {models: models}")
	c.try("models", "fetch", "--offline", "--from", mustShared(t, "models")) // not all are to be had
	type rate struct {
		Images, Failed, Wrong int
		Rate                  float64
		Interval              struct{ Low, High float64 }
	}
	r := mustJSON[struct{ BPCER, APCER rate }](c, "evaluate", "liveness", "--live", faces, "--attacks", faces+"/Yoko_Ono")
	if b := r.BPCER; b.Images != 240 || b.Failed > 2 || b.Rate < 0.05 || b.Rate > 0.15 || b.Interval.Low >= b.Rate || b.Interval.High <= b.Rate {
		t.Errorf("BPCER %+v", b)
	}
	if a := r.APCER; a.Images != 6 || a.Wrong < 3 { // they are genuine, and most are taken so
		t.Errorf("APCER %+v", a)
	}
	if out := c.must("evaluate", "liveness", "--live", faces+"/Yoko_Ono"); !strings.Contains(out, "BPCER") || !strings.Contains(out, "no APCER") {
		t.Errorf("%s", out)
	}
	for args, code := range map[string]int{
		"--live nowhere": 3, "--live . --threshold 2": 2, "--live . --format xml": 2, "": 2, "--live " + c.dir: 3,
	} {
		if r := c.try(append([]string{"evaluate", "liveness"}, strings.Fields(args)...)...); r.code != code {
			t.Errorf("evaluate liveness %s: exit code %d: %s", args, r.code, r.err)
		}
	}
}
