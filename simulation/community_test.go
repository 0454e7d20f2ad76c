package simulation_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"menshen"
	"menshen/simulation"
)

// monday is the beginning of a week in Shanghai.
var monday = time.Date(2026, 11, 2, 0, 0, 0, 0, time.FixedZone("Asia/Shanghai", 8*60*60))

// MustCommunity makes a community.
func MustCommunity(tb testing.TB, cfg simulation.Config) *simulation.Community {
	tb.Helper()
	c, err := simulation.New(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func TestCommunity(t *testing.T) {
	for _, people := range []int{1, 2, 37, 600, 5000} {
		c := MustCommunity(t, simulation.Config{People: people, Seed: uint64(people)})
		if err := c.Site().Validate(); err != nil {
			t.Fatal(err)
		}
		for _, z := range c.Site().Zones {
			if z.Name.ZH == "" || z.Name.EN == "" || z.ID != menshen.OutsideZone && z.Kind != menshen.ZoneCompound && z.Parent == "" {
				t.Errorf("zone %q lacks a name or a parent", z.ID)
			}
		}
		for _, g := range c.Site().Gates {
			if g.Name.ZH == "" || g.Name.EN == "" {
				t.Errorf("gate %q lacks a name", g.ID)
			}
		}
		households := map[string]menshen.Dwelling{}
		dwellings := map[menshen.Dwelling]bool{}
		for _, h := range c.Households() {
			if d, err := menshen.ParseDwelling(h.Dwelling.String()); err != nil || d != h.Dwelling || dwellings[d] {
				t.Errorf("dwelling %v is not usable or taken twice: %v", h.Dwelling, err)
			}
			households[h.ID], dwellings[h.Dwelling] = h.Dwelling, true
		}
		ids := map[string]bool{}
		records := c.People()
		for i, r := range c.Residents() {
			if err := r.Validate(); err != nil {
				t.Fatal(err)
			}
			if records[i] != r.Person || ids[r.ID] || len(r.ID) != 36 || households[r.Household] != r.Dwelling || r.Age < 6 {
				t.Errorf("resident %+v does not fit", r)
			}
			ids[r.ID] = true
		}
		if len(records) != people || len(ids) != people || len(households) != len(c.Households()) {
			t.Errorf("%d people in %d households, wanted %d", len(records), len(households), people)
		}
	}
}

func TestDefaults(t *testing.T) {
	c := MustCommunity(t, simulation.Config{})
	buildings := 0
	for _, z := range c.Site().Zones {
		if z.Kind == menshen.ZoneBuilding {
			buildings++
		}
	}
	if len(c.People()) != 600 || buildings != 6 || c.Site().ID != "demo" || c.Site().Location.String() != "Asia/Shanghai" {
		t.Errorf("%d people in %d buildings of %q by the time of %s", len(c.People()), buildings, c.Site().ID, c.Site().Location)
	}
	if g, ok := c.Site().Gate("east"); !ok || g.Name != (menshen.Text{ZH: "东门", EN: "East Gate"}) || g.From != menshen.OutsideZone || g.To != "compound" {
		t.Errorf("the east gate is %+v", g)
	}
}

// A community is made of people of every kind, in believable shares.
func TestShares(t *testing.T) {
	c := MustCommunity(t, simulation.Config{People: 10_000, Seed: 7})
	count := map[simulation.Habit]int{}
	female := 0
	for _, r := range c.Residents() {
		count[r.Habit]++
		if r.Female {
			female++
		}
		if active := r.State == menshen.PersonActive; active != (r.Habit != simulation.HabitMoved) {
			t.Errorf("%s with the habit %s is %s", r.Name, r.Habit, r.State)
		}
	}
	between := func(name string, n, lo, hi int) {
		if n < lo || n > hi {
			t.Errorf("%d %s, wanted %d to %d", n, name, lo, hi)
		}
	}
	between("workers", count[simulation.HabitWorker], 4000, 7000)
	between("pupils", count[simulation.HabitPupil], 1000, 2500)
	between("pensioners", count[simulation.HabitPensioner], 1200, 3000)
	between("clerks", count[simulation.HabitClerk], 20, 100)
	between("shopkeepers", count[simulation.HabitShopkeeper], 20, 100)
	between("who moved away", count[simulation.HabitMoved], 50, 150)
	between("women and girls", female, 4500, 5800)
	between("households", len(c.Households()), 3300, 5000)
}

// The people of a seed are the same whenever and wherever they are asked for; another seed has others.
func TestSameSeedSamePeople(t *testing.T) {
	a := MustCommunity(t, simulation.Config{People: 300, Seed: 5})
	b := MustCommunity(t, simulation.Config{People: 300, Seed: 5, Start: monday, Location: time.UTC, Site: "elsewhere"})
	other := MustCommunity(t, simulation.Config{People: 300, Seed: 6})
	ids := func(c *simulation.Community) []string {
		var out []string
		for _, p := range c.People() {
			out = append(out, p.ID+" "+p.Name+" "+p.Dwelling.String())
		}
		return out
	}
	if !slices.Equal(ids(a), ids(b)) {
		t.Error("the people of a seed changed with the start")
	}
	for i, line := range ids(other) {
		if line[:36] == ids(a)[i][:36] {
			t.Error("two seeds share an id")
		}
	}
	if !reflect.DeepEqual(a.Households(), b.Households()) {
		t.Error("the households of a seed changed with the start")
	}
}

func TestNewRefuses(t *testing.T) {
	for key, cfg := range map[string]simulation.Config{
		"people":    {People: -1},
		"buildings": {People: 10_000, Buildings: 3},
		"start":     {Start: time.Date(1912, 1, 1, 0, 0, 0, 0, time.UTC)},
		"site":      {Site: "Not a slug"},
	} {
		_, err := simulation.New(cfg)
		message, hint := menshen.ErrorMessage(err)
		if menshen.ErrorCode(err) != menshen.CodeInvalid || !strings.Contains(message, key) || hint == "" {
			t.Errorf("%s: got %q, hint %q", key, message, hint)
		}
	}
	for key, cfg := range map[string]simulation.Config{"people": {People: 1_000_001}, "buildings": {Buildings: -1}} {
		if _, err := simulation.New(cfg); err == nil || !strings.Contains(err.Error(), key) {
			t.Errorf("%s: got %v", key, err)
		}
	}
}
