package form

import (
	"slices"
	"strconv"
	"time"

	"menshen"
)

// Consequence is what answers mean for somebody's health state. The zero Consequence is nothing.
type Consequence struct {
	State  menshen.HealthState
	Since  time.Time // of observation: midnight of the first day at the site, or the time of the answer
	Until  time.Time // of observation
	Reason menshen.Text
}

// Decide gives what checked answers mean: the first rule that holds decides. now is the time of the answer in the site's
// zone; days is the policy's number of observation days.
func Decide(f menshen.Form, answers map[string]string, now time.Time, days int) Consequence {
	for _, r := range f.Rules {
		if slices.ContainsFunc(r.When, func(c menshen.FormCondition) bool { return !holds(c, answers[c.Field], now) }) {
			continue
		}
		out := Consequence{State: r.State, Since: now, Reason: r.Reason}
		if r.State != menshen.HealthObservation {
			return out
		}
		if r.Days > 0 {
			days = r.Days
		}
		if day, err := time.ParseInLocation(time.DateOnly, answers[r.DaysFrom], now.Location()); err == nil {
			out.Since = day
		}
		out.Until = out.Since.AddDate(0, 0, days)
		if !out.Until.After(now) {
			continue // would be over already
		}
		return out
	}
	return Consequence{}
}

// holds reports whether a condition holds for an answer. No answer fulfils no condition.
func holds(c menshen.FormCondition, answer string, now time.Time) bool {
	switch {
	case answer == "":
		return false
	case c.Is != "":
		return answer == c.Is
	case len(c.In) > 0:
		return slices.Contains(c.In, answer)
	case c.AtLeast != nil:
		n, err := strconv.ParseFloat(answer, 64)
		return err == nil && n >= *c.AtLeast
	case c.Within > 0:
		day, err := time.ParseInLocation(time.DateOnly, answer, now.Location())
		year, month, today := now.Date()
		return err == nil && !day.Before(time.Date(year, month, today-c.Within, 0, 0, 0, 0, now.Location()))
	}
	return false
}
