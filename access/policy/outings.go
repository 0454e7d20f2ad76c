package policy

import "time"

// outingDays is how many days back outings are counted: the longest of a quota.
const outingDays = 31

// Outings counts how often somebody left the site, by day of its calendar. The zero Outings has none. It is a value: add
// gives a new one, so that one that was handed out never changes.
type Outings struct {
	day    int32 // the newest, in days since 1970-01-01
	counts [outingDays]uint8
}

// Day gives the number of a day in the calendar of a location: days since 1970-01-01 there.
func Day(at time.Time, location *time.Location) int32 {
	day, _ := local(at, location)
	return day
}

// Add gives the outings with one more on a day. Days more than 30 before the newest one are too old to count.
func (o Outings) Add(day int32) Outings {
	if o == (Outings{}) {
		o.day = day
	}
	if ahead := int(day - o.day); ahead > 0 {
		var counts [outingDays]uint8
		if ahead < outingDays {
			copy(counts[ahead:], o.counts[:])
		}
		o.day, o.counts = day, counts
	}
	if back := int(o.day - day); back < outingDays && o.counts[back] < 255 {
		o.counts[back]++
	}
	return o
}

// Plus gives the outings of both.
func (o Outings) Plus(p Outings) Outings {
	if o == (Outings{}) || p != (Outings{}) && p.day > o.day {
		o, p = p, o
	}
	for i, n := range p.counts {
		if back := int(o.day-p.day) + i; n > 0 && back < outingDays {
			o.counts[back] = uint8(min(int(o.counts[back])+int(n), 255))
		}
	}
	return o
}

// Within counts the outings of so many days up to a day and with it. Later ones count too: the clock of a gate that is
// behind gives nobody a second outing. A nil Outings has none.
func (o *Outings) Within(day int32, days int) int {
	if o == nil {
		return 0
	}
	n := 0
	for i, c := range o.counts {
		if int(day-o.day)+i < days {
			n += int(c)
		}
	}
	return n
}

// local gives the day and the minute of it that people at a location read.
func local(at time.Time, location *time.Location) (day int32, minute int) {
	if location != nil {
		at = at.In(location)
	}
	_, offset := at.Zone()
	seconds := at.Unix() + int64(offset)
	day = int32(seconds / 86400)
	rest := seconds % 86400
	if rest < 0 {
		day, rest = day-1, rest+86400
	}
	return day, int(rest / 60)
}

// weekday gives the day of the week of a day: 1970-01-01 was a Thursday.
func weekday(day int32) time.Weekday { return time.Weekday(((day+4)%7 + 7) % 7) }
