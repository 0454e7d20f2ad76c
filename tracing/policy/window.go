package policy

import (
	"time"

	"menshen"
)

// Span gives the time in which a case could pass the infection on. Days are of 24 hours, so that no change of clocks makes a
// window longer; only SameDay looks at the calendar, in loc (nil is UTC).
//
//   - It begins BeforeOnset before onset, or BeforeSample before the sample of a case without symptoms.
//   - It ends AfterOnset after onset, but not before SymptomFree after the last symptom, which is now at the earliest for a
//     case that is not known to be free of symptoms, and not before AtLeast after onset. Without symptoms it ends AfterSample
//     after the sample.
//   - With UntilIsolation it ends with isolation where that is earlier. Where no end is known it ends now.
//   - LookBack takes the place of all these.
//
// A case that was isolated before its window begins has an empty one, From and To being the same. An end may lie in the
// future. CodeInvalid where neither onset nor sample is known and the window is not one of LookBack.
func (w Window) Span(c menshen.Clinical, now time.Time, loc *time.Location) (menshen.Span, error) {
	start, after, before := c.Onset, w.AfterOnset, w.BeforeOnset
	if start.IsZero() {
		start, after, before = c.Sampled, w.AfterSample, w.BeforeSample
	}
	var s menshen.Span
	switch {
	case w.LookBack > 0:
		if start.IsZero() {
			start = now
		}
		s = menshen.Span{From: start.Add(-w.LookBack), To: now}
		if !c.Isolated.IsZero() {
			s.To = c.Isolated
		}
	case start.IsZero():
		return s, menshen.Errorf(menshen.CodeInvalid, "policy.window", "onset: neither an onset of symptoms nor a positive sample is known").
			WithHint("give onset, or sampled for somebody without symptoms")
	default:
		s = menshen.Span{From: start.Add(-before), To: w.end(c, start.Add(after), now)}
	}
	if s.To.Before(s.From) {
		s.To = s.From
	}
	if w.SameDay {
		s = wholeDays(s, loc)
	}
	return s, nil
}

// end gives the end of a window that would end at a time by AfterOnset or AfterSample.
func (w Window) end(c menshen.Clinical, at, now time.Time) time.Time {
	symptoms := !c.Onset.IsZero()
	known := w.AfterOnset > 0
	if !symptoms {
		known = w.AfterSample > 0
	}
	if !known {
		at = now
	}
	if symptoms && known {
		if w.SymptomFree > 0 {
			free := now // at the earliest: the last symptom has not been yet
			if !c.SymptomFree.IsZero() {
				free = c.SymptomFree.Add(w.SymptomFree)
			}
			at = later(at, free)
		}
		at = later(at, c.Onset.Add(w.AtLeast))
	}
	if w.UntilIsolation && !c.Isolated.IsZero() && (!known || c.Isolated.Before(at)) {
		at = c.Isolated
	}
	return at
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// wholeDays rounds a span out to midnights at the site. An empty one stays empty.
func wholeDays(s menshen.Span, loc *time.Location) menshen.Span {
	if loc == nil {
		loc = time.UTC
	}
	if !s.From.Before(s.To) {
		return s
	}
	s.From = midnight(s.From.In(loc), 0)
	if end := midnight(s.To.In(loc), 0); !end.Equal(s.To) {
		s.To = midnight(s.To.In(loc), 1)
	}
	return s
}

func midnight(t time.Time, days int) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d+days, 0, 0, 0, 0, t.Location())
}
