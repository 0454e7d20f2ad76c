package casebook_test

import (
	"strings"
	"testing"
	"time"

	"menshen"
	"menshen/store"
	"menshen/tracing/casebook"
)

// TestErase: a name and a phone go when they are asked to, from the history too, and the record stays.
func TestErase(t *testing.T) {
	w, ctx := MustWorld(t), t.Context()
	c := w.MustOpenCase(t)
	x, err := w.AddContact(ctx, c.ID, casebook.NewContact{Name: "老钱", Phone: "13700003333"}, by("li"))
	must(t, err)
	link, err := w.FollowUpLink(ctx, x.ID, by("li"))
	must(t, err)
	w.MustStatus(t, x.ID, menshen.ContactHomeObservation)
	_, err = w.Erase(ctx, x.ID, by("li"))
	w.check(t, "while held", err, menshen.CodeConflict, "status")
	w.MustStatus(t, x.ID, menshen.ContactReleased)
	must(t, second(w.Close(ctx, c.ID, by("li"))))
	done, err := w.Erase(ctx, x.ID, by("li"))
	must(t, err)
	if done.Name != casebook.Erased || done.Phone != "" {
		t.Errorf("%+v", done)
	}
	for h, err := range w.store.CaseChanges(ctx, c.ID, "") {
		must(t, err)
		for _, text := range []string{h.Before, h.After} {
			if strings.Contains(text, "老钱") || strings.Contains(text, "13700003333") {
				t.Errorf("the history has it still: %+v", h)
			}
		}
	}
	for e, err := range w.store.CaseContacts(ctx, store.ContactFilter{Case: c.ID, Phone: "13700003333"}) {
		must(t, err)
		t.Errorf("found by phone: %s", e.ID)
	}
	if _, err := w.OpenFollowUpLink(ctx, link.Token); menshen.ErrorCode(err) != menshen.CodeNotFound {
		t.Errorf("the link is good: %v", err)
	}
	_, err = w.Erase(ctx, x.ID, by("li"))
	w.check(t, "again", err, menshen.CodeConflict, "name")
	w.replay(t, c.ID)
}

// TestAge: closed and refused cases go when they are old, all of them, and others stay.
func TestAge(t *testing.T) {
	w, ctx := MustWorld(t), t.Context()
	c := w.MustOpenCase(t)
	_, all := w.MustJudge(t, c)
	must(t, second(w.RecordFollowUp(ctx, all["李"].ID, casebook.FollowUpEntry{Celsius: 36.5, Reached: true}, by("li"))))
	r := w.request()
	r.Number, r.Person, r.Parent = "2020-18", "李", c.ID
	child, err := w.Request(ctx, r, by("li"))
	must(t, err)
	child, err = w.Decide(ctx, child.ID, true, by("wu"))
	must(t, err)
	r = w.request()
	r.Number, r.Person = "2020-19", "钱"
	refused, err := w.Request(ctx, r, by("li"))
	must(t, err)
	must(t, second(w.Decide(ctx, refused.ID, false, by("wu"))))
	must(t, second(w.Close(ctx, c.ID, by("li"))))
	limit := func() time.Time { return w.clock.Now().Add(-14 * 24 * time.Hour) }
	w.clock.Set("2020-03-19 09:59")
	removed, err := w.Age(ctx, limit())
	must(t, err)
	if len(removed) != 0 {
		t.Errorf("%v went early", removed)
	}
	w.clock.Set("2020-03-19 10:00")
	removed, err = w.Age(ctx, limit())
	must(t, err)
	if len(removed) != 2 || removed[0].ID != c.ID || removed[1].ID != refused.ID {
		t.Errorf("%v went", removed)
	}
	if _, err := w.store.Case(ctx, c.ID); menshen.ErrorCode(err) != menshen.CodeNotFound {
		t.Errorf("it is there: %v", err)
	}
	history, err := w.History(ctx, child.ID, "")
	must(t, err)
	must(t, second(w.NamesIn(ctx, history))) // the parent is gone
	w.replay(t, child.ID)
}

// TestLinkEnds: a new link takes the place of the one before, one can be ended, and none is good before the first day.
func TestLinkEnds(t *testing.T) {
	w, ctx := MustWorld(t), t.Context()
	c := w.MustOpenCase(t)
	_, all := w.MustJudge(t, c)
	id := all["李"].ID
	old, err := w.FollowUpLink(ctx, id, by("li"))
	must(t, err)
	link, err := w.FollowUpLink(ctx, id, by("li"))
	must(t, err)
	_, err = w.OpenFollowUpLink(ctx, old.Token)
	w.check(t, "the former", err, menshen.CodeNotFound)
	must(t, second(w.SetFollow(ctx, id, "2020-03-06", "2020-03-10", by("li"))))
	page, err := w.OpenFollowUpLink(ctx, link.Token)
	must(t, err)
	if page.First != "2020-03-06" || page.Day != "2020-03-05" {
		t.Errorf("%+v", page)
	}
	_, err = w.FollowUpByLink(ctx, link.Token, casebook.FollowUpEntry{Celsius: 36.5})
	w.check(t, "before the first day", err, menshen.CodeConflict, "2020-03-06")
	must(t, w.EndFollowUpLinks(ctx, id, by("li")))
	_, err = w.OpenFollowUpLink(ctx, link.Token)
	w.check(t, "ended", err, menshen.CodeNotFound)
	w.replay(t, c.ID)
}

// TestReaches: passes that a case needs which is open or asked for are named, until it is closed or expires.
func TestReaches(t *testing.T) {
	w, ctx := MustWorld(t), t.Context()
	reaches := func(now time.Time, want string) {
		t.Helper()
		got, err := w.Reaches(ctx, now)
		must(t, err)
		if text := got.In(w.clock.Now().Location()).Format("2006-01-02"); got.IsZero() && want != "" || !got.IsZero() && text != want {
			t.Errorf("it reaches back to %s, want %q", text, want)
		}
	}
	reaches(w.clock.Now(), "")
	c := w.MustOpenCase(t) // taken ill on the third, and infectious some days before
	p, err := w.shelf.Get(ctx, c.Policy)
	must(t, err)
	window, err := p.Window.Span(c.Clinical, w.clock.Now(), w.clock.Now().Location())
	must(t, err)
	first := window.From.In(w.clock.Now().Location()).Format("2006-01-02")
	reaches(w.clock.Now(), first)
	reaches(c.Expires.Add(-time.Second), first)
	reaches(c.Expires, "")
	must(t, second(w.Close(ctx, c.ID, by("li"))))
	reaches(w.clock.Now(), "")
}
