package tracing_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"menshen"
	"menshen/tracing"
)

// The semantics that are easy to get wrong, one by one. "~" marks an inferred bound, ">" the end of an open stay.
func TestStays(t *testing.T) {
	visitors := tracing.StayConfig{Home: func(string, string) bool { return false }}
	tests := []struct {
		name   string
		cfg    tracing.StayConfig
		passes []string
		now    string
		want   []string
	}{
		{name: "nobody passed", now: "12:00"},
		{
			name:   "in and out",
			passes: []string{"08:00 east in", "09:00 west out"}, now: "12:00",
			want: []string{"compound 08:00 09:00"},
		},
		{
			name:   "still inside",
			passes: []string{"08:00 east in"}, now: "12:00",
			want: []string{"compound 08:00 >12:00"},
		},
		{
			name:   "half open: nothing has lasted yet at the time of entry",
			passes: []string{"08:00 east in"}, now: "08:00",
		},
		{
			name:   "nested zones are all listed, the outer first",
			passes: []string{"08:00 east in", "08:05 door in", "08:06 lift-lobby in", "08:07 lift-floor in", "09:00 lift-floor out", "09:01 lift-lobby out", "09:02 door out", "09:10 east out"},
			now:    "12:00",
			want: []string{
				"compound 08:00 09:10", "building 08:05 09:02", "lift 08:06 08:07", "unit 08:07 09:00", "lift 09:00 09:01",
			},
		},
		{
			name:   "order of arrival does not matter",
			passes: []string{"09:10 east out", "08:05 door in", "09:00 door out", "08:00 east in"}, now: "12:00",
			want: []string{"compound 08:00 09:10", "building 08:05 09:00"},
		},
		{
			name:   "in, then in: the first ends where the person must have been elsewhere",
			passes: []string{"08:00 east in", "18:00 east in", "19:00 east out"}, now: "1/12:00",
			want: []string{"compound 08:00 ~18:00", "compound 18:00 19:00"},
		},
		{
			name: "in, then in, at the cap", cfg: visitors,
			passes: []string{"08:00 east in", "1/18:00 east in", "1/19:00 east out"}, now: "2/12:00",
			want: []string{"compound 08:00 ~20:00", "compound 1/18:00 1/19:00"},
		},
		{
			name: "out without in: back to the cap", cfg: visitors,
			passes: []string{"18:00 shop-door out"}, now: "18:30",
			want: []string{"compound ~06:00 >18:30", "shop ~15:00 18:00"},
		},
		{
			name:   "out without in: back to the last way out elsewhere",
			passes: []string{"08:00 east in", "17:00 east out", "18:00 west out"}, now: "19:00",
			want: []string{"compound 08:00 17:00", "compound ~17:00 18:00"},
		},
		{
			name:   "no out: next sighting elsewhere, the outer zone goes on",
			passes: []string{"08:00 east in", "08:05 door in", "10:00 shop-door in", "10:10 shop-door out"}, now: "11:00",
			want: []string{"compound 08:00 >11:00", "building 08:05 ~10:00", "shop 10:00 10:10"},
		},
		{
			name:   "no way in to the outer zone: both are filled, the inner crossing is observed",
			passes: []string{"09:00 door in", "10:00 door out"}, now: "10:00",
			want: []string{"compound ~-2/21:00 >10:00", "building 09:00 10:00"},
		},
		{
			name: "no out: the cap, and not open after it", cfg: visitors,
			passes: []string{"08:00 east in", "08:10 shop-door in"}, now: "1/12:00",
			want: []string{"compound 08:00 ~20:10", "shop 08:10 ~11:10"},
		},
		{
			name:   "no out: nights at home are normal",
			passes: []string{"18:00 east in", "18:05 door in"}, now: "1/12:00",
			want: []string{"compound 18:00 >1/12:00", "building 18:05 >1/12:00"},
		},
		{
			name:   "home only where somebody lives",
			cfg:    tracing.StayConfig{Home: func(person, zone string) bool { return person == "li" && zone == "compound" }},
			passes: []string{"18:00 east in", "18:05 door in"}, now: "1/12:00",
			want: []string{"compound 18:00 >1/12:00", "building 18:05 ~1/00:05"},
		},
		{
			name: "a proof inside restarts the cap", cfg: visitors,
			passes: []string{"08:00 east in", "19:00 shop-door in", "19:05 shop-door out"}, now: "1/06:00",
			want: []string{"compound 08:00 >1/06:00", "shop 19:00 19:05"},
		},
		{
			name: "silent for more than two caps: gone in between", cfg: visitors,
			passes: []string{"08:00 east in", "3/08:00 door in", "3/08:05 door out", "3/08:10 east out"}, now: "4/00:00",
			want: []string{"compound 08:00 ~20:00", "compound ~2/20:00 3/08:10", "building 3/08:00 3/08:05"},
		},
		{
			name: "in and out with nothing between: there all day", cfg: visitors,
			passes: []string{"08:00 shop-door in", "17:00 shop-door out", "17:05 shop-door in", "2/17:00 shop-door out"}, now: "4/00:00",
			want: []string{"compound ~-1/20:00 ~1/05:05", "shop 08:00 17:00", "shop 17:05 ~20:05", "compound ~2/05:00 ~3/05:00", "shop ~2/14:00 2/17:00"},
		},
		{
			name: "silent for two caps: there all the time", cfg: visitors,
			passes: []string{"08:00 east in", "1/08:00 door in", "1/08:05 door out", "1/08:10 east out"}, now: "4/00:00",
			want: []string{"compound 08:00 1/08:10", "building 1/08:00 1/08:05"},
		},
		{
			name:   "one crossing recognised several times",
			passes: []string{"08:00 east in", "08:00:20 east in", "08:01:10 east in", "09:00 east out", "09:00:05 east out"}, now: "12:00",
			want: []string{"compound 08:00 09:00"},
		},
		{
			name:   "in at two gates within seconds are two crossings",
			passes: []string{"08:00 east in", "08:00:20 west in", "09:00 east out"}, now: "12:00",
			want: []string{"compound 08:00 ~08:00:20", "compound 08:00:20 09:00"},
		},
		{
			name:   "turning round at once",
			passes: []string{"08:00 east in", "08:00:10 east out", "08:00:20 east in", "09:00 east out"}, now: "12:00",
			want: []string{"compound 08:00 08:00:10", "compound 08:00:20 09:00"},
		},
		{
			name:   "refused and under review: at the gate, not inside",
			passes: []string{"08:00 east in deny", "09:00 east in review", "10:00 east in", "10:30 door in review", "11:00 east out deny", "11:10 west out"}, now: "12:00",
			want: []string{"compound 10:00 11:10"},
		},
		{
			name:   "both ways at one instant is no stay",
			passes: []string{"08:00 east in", "08:00 west out"}, now: "12:00",
		},
		{
			name:   "what is captured after now is not known yet",
			passes: []string{"08:00 east in", "09:00 east out"}, now: "08:30",
			want: []string{"compound 08:00 >08:30"},
		},
		{
			name:   "a gate that the site does not have proves nothing",
			passes: []string{"08:00 east in", "08:30 cellar in", "09:00 east out"}, now: "12:00",
			want: []string{"compound 08:00 09:00"},
		},
		{
			name:   "the shop entered without the compound's gate, then out",
			passes: []string{"09:00 shop-door in", "09:30 east out"}, now: "12:00",
			want: []string{"compound ~-2/21:00 09:30", "shop 09:00 ~09:30"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			passes := MustPasses(t, "li", tt.passes...)
			want := tt.want
			if want == nil {
				want = []string{}
			}
			got := tracing.Stays(testSite(), passes, tt.cfg, menshen.Span{}, MustClock(t, tt.now))
			wantLines(t, showAll(got), want)
			rand.New(rand.NewPCG(1, 2)).Shuffle(len(passes), func(i, j int) { passes[i], passes[j] = passes[j], passes[i] })
			got = tracing.Stays(testSite(), passes, tt.cfg, menshen.Span{}, MustClock(t, tt.now))
			wantLines(t, showAll(got), want)
		})
	}
}

func TestStaysSpan(t *testing.T) {
	passes := MustPasses(t, "li", "08:00 east in", "09:00 east out", "10:00 east in", "11:00 east out", "12:00 east in", "13:00 east out")
	span := menshen.Span{From: MustClock(t, "09:00"), To: MustClock(t, "12:00")} // half open, so it touches the first and last
	wantLines(t, showAll(tracing.Stays(testSite(), passes, tracing.StayConfig{}, span, MustClock(t, "1/00:00"))), []string{"compound 10:00 11:00"})
	span = menshen.Span{From: MustClock(t, "10:30")}
	wantLines(t, showAll(tracing.Stays(testSite(), passes, tracing.StayConfig{}, span, MustClock(t, "1/00:00"))),
		[]string{"compound 10:00 11:00", "compound 12:00 13:00"})
}

func TestStaysOfSeveralPeople(t *testing.T) {
	passes := append(MustPasses(t, "li", "08:00 east in", "09:00 east out"), MustPasses(t, "wang", "08:00 east in", "08:30 east out")...)
	passes = append(passes, MustPasses(t, "", "08:10 east in deny")...)
	got := tracing.Stays(testSite(), passes, tracing.StayConfig{}, menshen.Span{}, MustClock(t, "12:00"))
	wantLines(t, showAll(got), []string{"compound 08:00 09:00", "compound 08:00 08:30"})
	if got[0].Person != "li" || got[1].Person != "wang" {
		t.Errorf("people are %q and %q", got[0].Person, got[1].Person)
	}
}

func TestStaysChangesNothing(t *testing.T) {
	passes := MustPasses(t, "li", "09:00 east out", "08:00 east in")
	before := slices.Clone(passes)
	tracing.Stays(testSite(), passes, tracing.StayConfig{}, menshen.Span{}, day.Add(24*time.Hour))
	for i := range passes {
		if passes[i].ID != before[i].ID {
			t.Fatal("the caller's passes were put in another order")
		}
	}
}
