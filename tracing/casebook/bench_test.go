package casebook_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"menshen"
	"menshen/store"
	"menshen/tracing"
	"menshen/tracing/casebook"
)

// crowd is an answer of many contacts of the first generation, for measuring what comes after the engine.
type crowd struct {
	casebook.Engine // asked for nothing but cases

	n    int
	more time.Duration // how much longer all were together than the last time
}

func (c *crowd) Case(_ context.Context, q tracing.CaseQuestion) (tracing.CaseAnswer, error) {
	a := tracing.CaseAnswer{Window: q.Window}
	first := q.Window.From.Add(time.Hour)
	for i := range c.n {
		id := fmt.Sprintf("q-%06d", i)
		f := tracing.Finding{
			Person: id, Generation: 1, Level: menshen.LevelClose, Risk: "medium", Rule: "lift", First: first, Threshold: first,
			Last: first.Add(2*time.Minute + c.more), Together: 2*time.Minute + c.more, Least: time.Minute, Sureness: 0.9,
			Path: []menshen.Hop{{From: q.Person, To: id, Exposed: first, Exposure: menshen.Exposure{
				Kind: menshen.ExposureZone, Zone: "lift-3", Span: menshen.Span{From: first, To: first.Add(2 * time.Minute)}, Sureness: 0.9,
			}}},
		}
		a.Findings = append(a.Findings, f)
	}
	return a, nil
}

// MustCrowd opens a case with so many contacts to come, three to a home.
func (w *world) MustCrowd(b *testing.B, n int) (menshen.Case, *crowd) {
	b.Helper()
	people := make([]menshen.Person, n)
	for i := range people {
		people[i] = menshen.Person{ID: fmt.Sprintf("q-%06d", i), Name: "王小明", State: menshen.PersonActive, Dwelling: menshen.Dwelling{
			Building: fmt.Sprint(i/1200 + 1), Unit: fmt.Sprint(i/300%4 + 1), Floor: i/12%25 + 1, Room: fmt.Sprint(i / 3 % 4),
		}}
	}
	must(b, w.store.AddPeople(b.Context(), people))
	engine := &crowd{n: n}
	w.open(b, engine)
	c, err := w.Request(b.Context(), w.request(), by("li"))
	must(b, err)
	c, err = w.Decide(b.Context(), c.ID, true, by("wu"))
	must(b, err)
	return c, engine
}

// BenchmarkJudge writes 2,000 contacts for the first time, and brings 2,000 up to date.
func BenchmarkJudge(b *testing.B) {
	b.Run("new", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			w := MustWorld(b)
			c, _ := w.MustCrowd(b, 2_000)
			b.StartTimer()
			must(b, second(w.Judge(b.Context(), c.ID, by("li"))))
		}
	})
	b.Run("changed", func(b *testing.B) {
		w := MustWorld(b)
		c, engine := w.MustCrowd(b, 2_000)
		must(b, second(w.Judge(b.Context(), c.ID, by("li"))))
		for b.Loop() {
			engine.more += time.Second
			must(b, second(w.Judge(b.Context(), c.ID, by("li"))))
		}
	})
}

// BenchmarkContacts lists 20,000 contacts with names and dwellings.
func BenchmarkContacts(b *testing.B) {
	w := MustWorld(b)
	c, _ := w.MustCrowd(b, 20_000)
	must(b, second(w.Judge(b.Context(), c.ID, by("li"))))
	for _, limit := range []int{100, 20_000} {
		b.Run(fmt.Sprint(limit), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				list, err := w.Contacts(b.Context(), c.ID, casebook.ContactQuery{Limit: limit})
				must(b, err)
				if len(list.Contacts) != limit {
					b.Fatal(len(list.Contacts))
				}
			}
		})
	}
}

// BenchmarkDue makes the list of a day on which 20,000 contacts are due, a third of whom were reached each of three days.
func BenchmarkDue(b *testing.B) {
	w := MustWorld(b)
	c := w.MustFollowed(b, 20_000)
	for _, owner := range []string{"", "zhao"} {
		b.Run("owner="+owner, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				must(b, second(w.Due(b.Context(), "", owner)))
			}
		})
	}
	b.Run("follow", func(b *testing.B) {
		for b.Loop() {
			must(b, second(w.Contacts(b.Context(), c.ID, casebook.ContactQuery{Follow: true, Limit: 20_000})))
		}
	})
	b.Run("find", func(b *testing.B) {
		for b.Loop() {
			must(b, second(w.FindContact(b.Context(), c.ID, "p-王")))
		}
	})
	b.Run("cases", func(b *testing.B) {
		for b.Loop() {
			must(b, second(w.Cases(b.Context(), casebook.CaseQuery{})))
		}
	})
}

// MustFollowed opens a case with n contacts, of whom a third has a record of each of three days.
func (w *world) MustFollowed(b *testing.B, n int) menshen.Case {
	b.Helper()
	c, _ := w.MustCrowd(b, n)
	r, err := w.Judge(b.Context(), c.ID, by("li"))
	must(b, err)
	now := w.clock.Now()
	write := store.CaseWrite{}
	for i, id := range r.New {
		if i%3 != 0 {
			continue
		}
		for day := range 3 {
			f := menshen.FollowUp{
				ID: menshen.NewID(), Contact: id, Day: now.AddDate(0, 0, -day).Format(time.DateOnly), Celsius: 36.5, Reached: true, Source: "staff", At: now, By: "li",
			}
			write.FollowUps = append(write.FollowUps, f)
			write.Changes = append(write.Changes, menshen.CaseChange{Case: c.ID, Contact: id, At: now, By: "li", Why: "x", Field: "follow_up:" + f.Day, After: "x"})
		}
	}
	must(b, w.store.WriteCase(b.Context(), write))
	return c
}
