package casebook

import (
	"cmp"
	"context"
	"slices"
	"time"

	"menshen"
	"menshen/store"
)

// centralSince is since when a contact is in central isolation; zero for one who is not.
func centralSince(x menshen.CaseContact) time.Time {
	if n := len(x.Central); n > 0 && x.Central[n-1].To.IsZero() {
		return x.Central[n-1].From
	}
	return time.Time{}
}

// enterCentral and leaveCentral keep the times in central isolation.
func enterCentral(x *menshen.CaseContact, at time.Time) {
	x.Central = spansOf(append(slices.Clone(x.Central), menshen.Span{From: at}))
}

func leaveCentral(x *menshen.CaseContact, at time.Time) {
	since := centralSince(*x)
	if since.IsZero() {
		return
	}
	x.Central = slices.Clone(x.Central)
	last := len(x.Central) - 1
	if !at.After(since) {
		x.Central = x.Central[:last]
		return
	}
	x.Central[last].To = at
}

// spansOf puts spans in order and makes one of those that touch; a zero end is none.
func spansOf(spans []menshen.Span) (out []menshen.Span) {
	slices.SortFunc(spans, func(a, b menshen.Span) int { return cmp.Or(a.From.Compare(b.From), a.To.Compare(b.To)) })
	for _, s := range spans {
		n := len(out) - 1
		switch {
		case n < 0 || !out[n].To.IsZero() && s.From.After(out[n].To):
			out = append(out, s)
		case out[n].To.IsZero() || s.To.IsZero():
			out[n].To = time.Time{}
		default:
			out[n].To = later(out[n].To, s.To)
		}
	}
	return out
}

// held gives when others pass nothing on: the times of contacts in central isolation, past ones too, and of isolated index
// persons, whichever case they are of. Home observation does not count: who is seen outside in spite of it was there.
func (b *Book) held(ctx context.Context, c menshen.Case) (map[string][]menshen.Span, error) {
	held := map[string][]menshen.Span{}
	note := func(person string, s menshen.Span) {
		if person != "" && person != c.Person && !s.From.IsZero() && (s.To.IsZero() || s.To.After(s.From)) {
			held[person] = append(held[person], s)
		}
	}
	closed := map[string]time.Time{} // when cases were, by id
	for other, err := range b.deps.Store.Cases(ctx, store.CaseFilter{}) {
		if err != nil {
			return nil, err
		}
		closed[other.ID] = other.Closed
		if inForce(other) || !other.Closed.IsZero() {
			note(other.Person, menshen.Span{From: other.Isolated, To: other.Closed})
		}
	}
	for e, err := range b.deps.Store.CaseContacts(ctx, store.ContactFilter{Central: true}) {
		if err != nil {
			return nil, err
		}
		if e.MergedInto != "" {
			continue // the other record has its times
		}
		for _, s := range e.Central {
			if s.To.IsZero() {
				s.To = earlier(e.IsolatedTo, closed[e.Case])
			}
			note(e.Person, s)
		}
	}
	for person, spans := range held {
		held[person] = spansOf(spans)
	}
	return held, nil
}
