package main

import (
	"strings"
	"testing"
)

// TestTraceChainOfStandardInput leaves out who meets themselves, and says so.
func TestTraceChainOfStandardInput(t *testing.T) {
	const head, span = "person_a,person_b,start,end\n", ",2020-03-01T08:00:00Z,2020-03-01T09:00:00Z\n"
	for name, tt := range map[string]struct {
		list, root, out, told string
		code                  int
	}{
		"contacts":         {head + "a,b" + span, "a", `"person": "b"`, "", 0},
		"a self-contact":   {head + "a,a" + span + "a,b" + span, "a", `"person": "b"`, "with themselves: 1", 0},
		"nobody else":      {head + "a,a" + span, "a", `"people": []`, "with themselves: 1", 0},
		"the heading only": {head, "a", "", `"a"`, 1},
		"unknown root":     {head + "a,b" + span, "c", "", `"c"`, 1},
	} {
		var out, told strings.Builder
		args := []string{"trace", "chain", "--contacts", "-", "--root", tt.root, "--format", "json"}
		code := run(t.Context(), args, streams{in: strings.NewReader(tt.list), out: &out, err: &told}, []string{"LANG=C"})
		if (code == 0) != (tt.code == 0) || !strings.Contains(out.String(), tt.out) || !strings.Contains(told.String(), tt.told) || tt.told == "" && told.Len() > 0 {
			t.Errorf("%s: %d\n%s\n%s", name, code, out.String(), told.String())
		}
	}
}
