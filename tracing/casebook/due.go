package casebook

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"menshen"
	"menshen/store"
)

// Due gives whom to visit on a day (2020-03-01; today for ""): the contacts of all open cases whose plan has the day, of one
// owner or of all (""), as they lie on the way: by building, unit, floor, room.
func (b *Book) Due(ctx context.Context, on, owner string) ([]DueEntry, error) {
	at := b.today()
	if on != "" {
		var err error
		if at, _, err = b.days(on, ""); err != nil {
			return nil, err
		}
	}
	var due []*DueEntry // entries are large: they are put in order by where they lie
	cases, err := gather(b.deps.Store.Cases(ctx, store.CaseFilter{State: menshen.CaseOpen}))
	if err != nil {
		return nil, err
	}
	for _, c := range cases {
		if b.readable(c) != nil {
			continue
		}
		of, err := b.dueOf(ctx, c, at, owner)
		if err != nil {
			return nil, err
		}
		due = append(due, of...)
	}
	slices.SortFunc(due, func(x, y *DueEntry) int {
		if c := onTheWay(x.Contact.Dwelling, y.Contact.Dwelling); c != 0 {
			return c
		}
		return cmp.Or(strings.Compare(x.Contact.Name, y.Contact.Name), strings.Compare(x.Contact.ID, y.Contact.ID))
	})
	out := make([]DueEntry, len(due))
	for i, x := range due {
		out[i] = *x
	}
	return out, nil
}

func (b *Book) dueOf(ctx context.Context, c menshen.Case, at time.Time, owner string) ([]*DueEntry, error) {
	loc := b.zone()
	on, yesterday := day(at, loc), day(midnight(at, loc, -1), loc)
	followed, err := b.followed(ctx, store.FollowUpFilter{Case: c.ID, From: yesterday, To: on})
	if err != nil {
		return nil, err
	}
	reached, err := b.deps.Store.ReachedDays(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	var out []*DueEntry
	days := b.newMissing()
	for e, err := range b.deps.Store.CaseContacts(ctx, store.ContactFilter{Case: c.ID, Owner: owner, Counting: true, Due: at}) {
		if err != nil {
			return nil, err
		}
		if e.Status == menshen.ContactReleased || e.Status == menshen.ContactBecameCase {
			continue
		}
		x := &DueEntry{Contact: viewOf(e), Number: c.Number, Day: daysBetween(e.FollowFrom, at) + 1, Days: daysBetween(e.FollowFrom, e.FollowTo) + 1}
		records := followed[e.ID]
		days.add(&x.Contact, records, reached[e.ID])
		for i := range records {
			switch records[i].Day {
			case on:
				x.Today = &records[i]
			case yesterday:
				x.Yesterday = &records[i]
			}
		}
		out = append(out, x)
	}
	return out, nil
}

// daysBetween counts the days from one midnight to another; clocks may have changed between.
func daysBetween(from, to time.Time) int {
	const day = 24 * time.Hour
	return int((to.Sub(from) + day/2) / day)
}

// onTheWay orders dwellings as somebody walks: building, unit, floor, room; numbers as numbers, who lives nowhere last.
func onTheWay(a, b menshen.Dwelling) int {
	nowhere := menshen.Dwelling{}
	switch {
	case a == b:
		return 0
	case a == nowhere:
		return 1
	case b == nowhere:
		return -1
	}
	return cmp.Or(natural(a.Building, b.Building), natural(a.Unit, b.Unit), cmp.Compare(a.Floor, b.Floor), natural(a.Room, b.Room))
}

// natural compares texts with the numbers in them as numbers: 9 before 10, 3 before 3A.
func natural(a, b string) int {
	for a != "" && b != "" {
		x, y := digits(a), digits(b)
		if x > 0 && y > 0 {
			m, n := strings.TrimLeft(a[:x], "0"), strings.TrimLeft(b[:y], "0")
			if c := cmp.Or(cmp.Compare(len(m), len(n)), strings.Compare(m, n)); c != 0 {
				return c
			}
			a, b = a[x:], b[y:]
			continue
		}
		if c := cmp.Compare(a[0], b[0]); c != 0 {
			return c
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

// digits counts the digits at the beginning of a text.
func digits(text string) int {
	n := 0
	for n < len(text) && text[n] >= '0' && text[n] <= '9' {
		n++
	}
	return n
}
