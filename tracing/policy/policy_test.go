package policy_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"menshen/tracing/policy"
)

func TestBuiltinsComeBack(t *testing.T) {
	all := policy.Builtin()
	var ids []string
	for _, p := range all {
		ids = append(ids, p.ID)
		back, err := policy.Read([]byte(p.YAML()))
		if err != nil {
			t.Errorf("%s: %v\n%s", p.ID, err, p.YAML())
			continue
		}
		if !reflect.DeepEqual(p, back) {
			t.Errorf("%s: comes back as another\n%+v\n%+v", p.ID, p, back)
		}
		text, ok := policy.BuiltinText(p.ID)
		if !ok || !strings.HasPrefix(text, "#") {
			t.Errorf("%s: no commented text", p.ID)
		}
	}
	want := []string{"all-zones", "cdc-2020", "closed-space", "copresence", "gates-and-lifts", "nhc-8", "nhc-9", "nhc-9-secondary", "nhs-venue", "shanghai-home", "who-2022"}
	if !slices.Equal(ids, want) {
		t.Errorf("built in: %v", ids)
	}
	if !slices.Contains(ids, policy.DefaultID) {
		t.Errorf("no default %s", policy.DefaultID)
	}
	if _, ok := policy.BuiltinText("../policy"); ok {
		t.Error("reads other files")
	}
}

func same(a, b *policy.Policy) bool { return reflect.DeepEqual(a, b) }
