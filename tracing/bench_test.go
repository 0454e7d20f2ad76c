package tracing_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"menshen"
	"menshen/tracing"
	"menshen/tracing/passlog"
)

// town is a large site with n passes of 14 days in order of capture: buildings of 100 people with a door and a lift each.
func town(n int) (menshen.Site, []menshen.Pass) {
	const people, perBuilding, days = 5000, 100, 14
	rng := rand.New(rand.NewPCG(6, 6))
	site := testSite()
	site.Zones, site.Gates = site.Zones[4:], site.Gates[:2]
	for b := range people / perBuilding {
		building, lift := fmt.Sprintf("building-%d", b), fmt.Sprintf("lift-%d", b)
		site.Zones = append(site.Zones,
			menshen.Zone{ID: building, Kind: menshen.ZoneBuilding, Parent: "compound"},
			menshen.Zone{ID: lift, Kind: menshen.ZoneLift, Parent: building})
		site.Gates = append(site.Gates,
			menshen.Gate{ID: "door-" + building, From: "compound", To: building, State: menshen.GateOpen},
			menshen.Gate{ID: "door-" + lift, From: building, To: lift, State: menshen.GateOpen})
	}
	passes := make([]menshen.Pass, 0, n+8)
	for len(passes) < n { // a way home and out again
		k := rng.IntN(people)
		person, outer := fmt.Sprintf("person-%05d", k), []string{"east", "west"}[rng.IntN(2)]
		at := day.Add(time.Duration(rng.Int64N(int64(days * 24 * time.Hour))))
		for i, g := range []string{outer, fmt.Sprintf("door-building-%d", k/perBuilding), fmt.Sprintf("door-lift-%d", k/perBuilding)} {
			passes = append(passes,
				newPass(person, g, "in", at.Add(time.Duration(i)*time.Minute), 1),
				newPass(person, g, "out", at.Add(time.Hour-time.Duration(i)*time.Minute), 1))
		}
	}
	slices.SortFunc(passes, byCapture)
	count := map[string]uint64{}
	for i := range passes {
		count[passes[i].ID.Gate]++
		passes[i].ID.Sequence = count[passes[i].ID.Gate]
	}
	return site, passes
}

const million = 1_000_000

func BenchmarkAppend(b *testing.B) {
	_, passes := town(million)
	fill := func() *passlog.Log {
		log := passlog.New(passlog.Config{Grade: tracing.Grade})
		for chunk := range slices.Chunk(passes, 1000) {
			if _, err := log.Append(chunk...); err != nil {
				b.Fatal(err)
			}
		}
		return log
	}
	for b.Loop() {
		fill()
	}
	b.ReportMetric(float64(len(passes))*float64(b.N)/b.Elapsed().Seconds(), "passes/s")
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	log := fill()
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(log.Count()), "B/pass")
	runtime.KeepAlive(passes)
}

func BenchmarkAppendOneByOne(b *testing.B) {
	_, passes := town(million)
	for b.Loop() {
		log := passlog.New(passlog.Config{Grade: tracing.Grade})
		for i := range passes {
			if _, err := log.Append(passes[i]); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(len(passes))*float64(b.N)/b.Elapsed().Seconds(), "passes/s")
}

func BenchmarkQuestions(b *testing.B) {
	site, passes := town(million)
	log := passlog.New(passlog.Config{Grade: tracing.Grade})
	if _, err := log.Append(passes...); err != nil {
		b.Fatal(err)
	}
	end := day.AddDate(0, 0, 14)
	tracer, err := tracing.New(log, site, tracing.Config{Now: func() time.Time { return end }})
	if err != nil {
		b.Fatal(err)
	}
	span := menshen.Span{From: day, To: end}
	ask := map[string]func(person string) error{
		"Movements": func(person string) error {
			_, _, err := tracer.Movements(b.Context(), person, span)
			return err
		},
		"Contacts": func(person string) error {
			_, err := tracer.Contacts(b.Context(), person, span, tracing.ContactOptions{})
			return err
		},
		"ContactsCompound": func(person string) error {
			_, err := tracer.Contacts(b.Context(), person, span, tracing.ContactOptions{Kinds: []menshen.ZoneKind{menshen.ZoneCompound}})
			return err
		},
	}
	for _, name := range []string{"Movements", "Contacts", "ContactsCompound"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for n := 0; b.Loop(); n++ {
				if err := ask[name](fmt.Sprintf("person-%05d", n*7919%5000)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
