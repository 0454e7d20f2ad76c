package simulation

import "time"

// A day of the plan begins at four in the morning, when everybody is at home or away: no way crosses that hour.
const dayBegins = 4

// dayStart gives the beginning of a day, counted from 1 January 1970.
func (c *Community) dayStart(day int) time.Time {
	return time.Date(1970, 1, 1+day, dayBegins, 0, 0, 0, c.cfg.Location)
}

// dayOf gives the day that a time belongs to.
func (c *Community) dayOf(t time.Time) int {
	y, m, d := t.In(c.cfg.Location).Date()
	day := int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60))
	if t.Before(c.dayStart(day)) {
		day--
	}
	return day
}

// weekday gives the day of the week; 1 January 1970 was a Thursday.
func weekday(day int) time.Weekday { return time.Weekday(((day+4)%7 + 7) % 7) }

// week gives the week, from Monday to Sunday, that a day lies in.
func week(day int) int {
	n := day + 3 // days since Monday, 29 December 1969
	if n < 0 {
		n -= 6
	}
	return n / 7
}
