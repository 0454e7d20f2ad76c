package main_test

import (
	"slices"
	"testing"
	"time"

	"menshen"
	program "menshen/cmd/menshen"
)

func TestPostBoard(t *testing.T) {
	var b program.PostBoard
	start := time.Date(2026, 3, 15, 8, 0, 0, 0, time.UTC)
	at := func(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }
	shows := func(seconds int, want string, since time.Time) {
		t.Helper()
		all := b.Conditions([]string{"lodge"}, start, at(seconds))
		if want == "" && len(all) == 0 {
			return
		}
		if len(all) != 1 || all[0].ID != want || !all[0].Since.Equal(since) || all[0].Meaning.ZH == "" || all[0].Action.ZH == "" || all[0].Action.EN == "" {
			t.Errorf("after %d s: %+v, not %q since %v", seconds, all, want, since)
		}
	}
	says := func(seconds int, component string, ok bool) {
		// The post's own clock is a day off.
		b.Hear(menshen.Report{Component: component, At: at(seconds).Add(24 * time.Hour), OK: ok, Message: "the disk is full"}, at(seconds))
	}
	shows(9, "", start)
	shows(10, "post-silent:lodge", start) // never heard of
	says(11, "camera-lodge", true)
	says(11, "post-other", true)
	shows(11, "post-silent:lodge", start)
	says(12, "post-lodge", true)
	shows(21, "", start)
	says(22, "post-lodge", false)
	says(23, "post-lodge", false)
	shows(24, "post-trouble:lodge", at(22))
	if all := b.Conditions([]string{"lodge"}, start, at(24)); !slices.ContainsFunc(all, func(c menshen.Condition) bool { return c.Detail == "the disk is full" }) {
		t.Errorf("what is wrong is not said: %+v", all)
	}
	shows(33, "post-silent:lodge", at(23))
	says(34, "post-lodge", true)
	shows(35, "", start)
}
