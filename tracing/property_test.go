package tracing_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"menshen"
	"menshen/tracing"
	"menshen/tracing/passlog"
)

// randomYard is four people at most, see crowd.
func randomYard(rng *rand.Rand) (*reference, []string) {
	return crowd(rng, []string{"li", "wang", "zhang", "zhao"}[:1+rng.IntN(4)])
}

// crowd is some people crossing gates at random, with no regard to where they are, within ten minutes.
func crowd(rng *rand.Rand, people []string) (*reference, []string) {
	site := testSite()
	seconds := func(lo, hi int) time.Duration { return time.Duration(lo+rng.IntN(hi-lo)) * time.Second }
	r := &reference{
		site: site, begin: day.Add(-10 * time.Minute), now: day.Add(seconds(1, 900)),
		cfg: tracing.StayConfig{
			Caps: map[menshen.ZoneKind]time.Duration{
				menshen.ZoneLift: seconds(1, 30), menshen.ZoneShop: seconds(1, 120), menshen.ZoneUnit: seconds(1, 120),
				menshen.ZoneBuilding: seconds(1, 200), menshen.ZoneCompound: seconds(1, 300),
			},
			Whole: map[menshen.ZoneKind]time.Duration{
				menshen.ZoneLift: seconds(1, 60), menshen.ZoneShop: seconds(1, 500), menshen.ZoneUnit: seconds(1, 300),
				menshen.ZoneBuilding: seconds(1, 300), menshen.ZoneCompound: seconds(1, 500),
			},
			HomeCap: seconds(1, 400), Repeat: seconds(1, 40),
		},
	}
	if rng.IntN(2) == 0 {
		r.cfg.Home = func(person, zone string) bool { return len(person)%2 == 0 && zone != "shop" && zone != "lift" }
	}
	count := map[string]uint64{}
	for _, person := range append([]string{""}, people...) {
		at := map[int]bool{}
		for range rng.IntN(14) {
			s := rng.IntN(600)
			if at[s] {
				continue
			}
			at[s] = true
			gate := site.Gates[rng.IntN(len(site.Gates))].ID
			count[gate]++
			p := newPass(person, gate, []menshen.Direction{"in", "out"}[rng.IntN(2)], day.Add(time.Duration(s)*time.Second), count[gate])
			if person == "" || rng.IntN(8) == 0 {
				p.Decision.Outcome = []menshen.Outcome{menshen.OutcomeDeny, menshen.OutcomeReview}[rng.IntN(2)]
			}
			r.passes = append(r.passes, p)
		}
	}
	return r, people
}

func (r *reference) tracer(t *testing.T, rng *rand.Rand) *tracing.Tracer {
	log := passlog.New(passlog.Config{Grade: tracing.Grade})
	for _, i := range rng.Perm(len(r.passes)) { // late ones included
		if _, err := log.Append(r.passes[i]); err != nil {
			t.Fatal(err)
		}
	}
	tracer, err := tracing.New(log, r.site, tracing.Config{Stays: r.cfg, Now: func() time.Time { return r.now }})
	if err != nil {
		t.Fatal(err)
	}
	return tracer
}

func TestStaysAgainstReference(t *testing.T) {
	for seed := range uint64(150) {
		rng := rand.New(rand.NewPCG(seed, 1))
		r, people := randomYard(rng)
		line := func(s menshen.Stay) string { return s.Person + " " + show(s) }
		var want, got []string
		for _, s := range r.all(people) {
			want = append(want, line(s))
		}
		for _, s := range tracing.Stays(r.site, r.passes, r.cfg, menshen.Span{}, r.now) {
			got = append(got, line(s))
		}
		slices.Sort(want)
		slices.Sort(got)
		wantLines(t, got, want)
		if t.Failed() {
			t.Fatalf("seed %d, now %s", seed, clock(r.now))
		}
	}
}

func TestContactsAgainstReference(t *testing.T) {
	for seed := range uint64(100) {
		rng := rand.New(rand.NewPCG(seed, 2))
		r, people := randomYard(rng)
		r.all(people)
		tracer := r.tracer(t, rng)
		from := rng.IntN(300) - 100
		span := menshen.Span{From: day.Add(time.Duration(from) * time.Second), To: day.Add(time.Duration(from+1+rng.IntN(600)) * time.Second)}
		opt := tracing.ContactOptions{
			GateWindow: time.Duration(1+rng.IntN(60)) * time.Second, MinTogether: time.Duration(rng.IntN(20)) * time.Second,
			Kinds: append(tracing.DefaultKinds(), menshen.ZoneCompound)[rng.IntN(5):],
		}
		for _, a := range people {
			got, err := tracer.Contacts(t.Context(), a, span, opt)
			if menshen.ErrorCode(err) == menshen.CodeNotFound {
				continue // made no pass
			}
			if err != nil {
				t.Fatal(err)
			}
			found := map[string][]menshen.Exposure{}
			for i, c := range got {
				found[c.Person] = c.Exposures
				if i > 0 && got[i-1].Together() < c.Together() {
					t.Errorf("seed %d: contacts of %s are not longest together first", seed, a)
				}
			}
			for _, b := range people {
				var want []menshen.Exposure
				if a != b {
					want = r.exposures(a, b, span, opt)
				}
				wantLines(t, showExposures(found[b]), showExposures(want))
				if t.Failed() {
					t.Fatalf("seed %d: contacts of %s with %s", seed, a, b)
				}
			}
		}
	}
}

// Symmetry holds at any size and without a reference.
func TestContactsAreSymmetric(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	var passes []menshen.Pass
	site := testSite()
	for i := range 3000 {
		g := site.Gates[rng.IntN(len(site.Gates))].ID
		at := day.Add(time.Duration(rng.IntN(86400*100)) * 10 * time.Millisecond)
		passes = append(passes, newPass(fmt.Sprintf("p%02d", rng.IntN(60)), g, []menshen.Direction{"in", "out"}[rng.IntN(2)], at, uint64(i+1)))
	}
	tracer := MustTracer(t, tracing.StayConfig{HomeCap: time.Hour}, day.Add(24*time.Hour), passes)
	span := menshen.Span{From: day.Add(5 * time.Hour), To: day.Add(20 * time.Hour)}
	met := map[[2]string][]string{}
	for n := range 60 {
		a := fmt.Sprintf("p%02d", n)
		list, err := tracer.Contacts(t.Context(), a, span, tracing.ContactOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range list {
			if c.Person == a {
				t.Fatalf("%s is a contact of themselves", a)
			}
			met[[2]string{a, c.Person}] = showExposures(c.Exposures)
		}
	}
	if len(met) < 1000 {
		t.Fatalf("only %d pairs met", len(met))
	}
	for pair, exposures := range met {
		wantLines(t, met[[2]string{pair[1], pair[0]}], exposures)
	}
}
