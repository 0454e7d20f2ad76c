package policy_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"menshen"
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

// The figures of the table in research/tracing.md, policy by policy: window, what counts, what follows.
func TestBuiltinsSayWhatTheTableSays(t *testing.T) {
	days := func(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }
	level := func(p *policy.Policy, l menshen.ContactLevel) policy.Level {
		i := slices.IndexFunc(p.Levels, func(x policy.Level) bool { return x.Level == l })
		if i < 0 {
			t.Fatalf("%s has no level %s", p.ID, l)
		}
		return p.Levels[i]
	}
	for _, p := range policy.Builtin() {
		var minutes []policy.Rule // of zones with a time
		zones := map[menshen.ZoneKind]bool{}
		for _, r := range p.Rules {
			if r.Kind == policy.RuleZone && (r.Each > 0 || r.Total > 0) {
				minutes = append(minutes, r)
			}
			for _, z := range r.Zones {
				zones[z] = true
			}
		}
		before, generations, timed := days(2), 1, false
		good := true
		switch p.ID {
		case "who-2022":
			timed = true
			good = p.Window.AfterOnset == days(10) && p.Window.AfterSample == days(10) && p.Window.SymptomFree == days(3) && p.Window.AtLeast == days(13) && !p.Window.UntilIsolation &&
				minutes[0].Each == 15*time.Minute && level(p, menshen.LevelClose).Home == days(14) && level(p, menshen.LevelClose).From == policy.AnchorLast
		case "cdc-2020":
			timed = true
			good = minutes[0].Total == 15*time.Minute && minutes[0].Per == 24*time.Hour && minutes[0].Each == 0 && p.Window.UntilIsolation
		case "nhc-9", "nhc-9-secondary":
			c := level(p, menshen.LevelClose)
			good = c.Central == days(7) && c.Home == days(3) && c.From == policy.AnchorLast && zones[menshen.ZoneOffice] && zones[menshen.ZoneLift] && zones[menshen.ZoneShop] && len(zones) == 3
			if p.ID == "nhc-9-secondary" {
				generations = 2
				good = good && p.NextOf == "high" && level(p, menshen.LevelSecondary).Home == days(7)
			}
		case "nhc-8":
			before, generations = days(4), 2
			c, s := level(p, menshen.LevelClose), level(p, menshen.LevelSecondary)
			good = c.Central == days(14) && c.Home == days(7) && s.Central+s.Home == days(7) && p.NextFrom == policy.AnchorFirst
		case "shanghai-home":
			before = days(4)
			good = len(p.Rules) == 4 && p.Rules[0].Kind == policy.RuleHousehold && p.Rules[0].Level == menshen.LevelClose &&
				p.Rules[1].Floors == 0 && p.Rules[1].Homes == "shared" && p.Rules[1].Level == menshen.LevelClose &&
				p.Rules[2].Kind == policy.RuleBuilding && p.Rules[2].Homes == "shared" && p.Rules[2].Level == menshen.LevelSecondary &&
				p.Rules[3].Floors == 1 && p.Rules[3].Homes == "own" && p.Rules[3].Level == menshen.LevelSecondary
		case "copresence":
			before, timed = 0, true
			good = p.Window.LookBack == days(14) && minutes[0].Each == 10*time.Minute && minutes[0].Total == 30*time.Hour && p.Rules[0].Level == menshen.LevelCoPresent && p.Levels[0].Home == days(3)
		case "nhs-venue":
			good = p.Window.SameDay && p.Rules[0].Level == menshen.LevelGeneral
		case "closed-space":
			timed = true
			good = minutes[0].Each == 2*time.Hour
		case "gates-and-lifts", "all-zones":
			generations = 2
			good = p.Rules[0].Kind == policy.RuleGate && p.Rules[0].Within == time.Minute && p.Next[0].Within == time.Minute && !zones[menshen.ZoneCompound] && zones[menshen.ZoneLift] &&
				len(zones) == map[string]int{"gates-and-lifts": 1, "all-zones": 5}[p.ID] && slices.Equal(p.Rules[1].Zones, p.Next[1].Zones)
		default:
			t.Errorf("%s is not in the table", p.ID)
		}
		if !good || p.Window.BeforeOnset != before || p.Window.BeforeSample != before || p.Generations != generations || timed != (len(minutes) > 0) {
			t.Errorf("%s is not as in the table: %+v", p.ID, p)
		}
	}
}
