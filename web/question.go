package web

import (
	"strings"
	"time"
	"unicode/utf8"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"menshen"
)

// question is what every tracing question has.
type question struct {
	person  string // as asked: id or name
	purpose string // "" where it is that of a case
	inCase  string // number or id of a case, as asked; "" for none
	span    menshen.Span
}

// asking is a question as it comes.
type asking struct {
	person, purpose, inCase string
	from, to                *timestamppb.Timestamp
}

const (
	usualSpan   = 14 * 24 * time.Hour
	longestSpan = 90 * 24 * time.Hour
	maxPurpose  = 500 // characters
	maxAsked    = 200 // characters
)

// readQuestion checks the fields and fills the span in: until now, from 14 days before that. Only where everybody is made up may an
// operator ask about somebody outside of a case.
func readQuestion(a asking, caseless bool, now time.Time) (question, error) {
	const op = "web.question"
	bad := func(format string, args ...any) *menshen.Error {
		return menshen.Errorf(menshen.CodeInvalid, op, format, args...)
	}
	q := question{person: strings.TrimSpace(a.person), purpose: strings.TrimSpace(a.purpose), inCase: strings.TrimSpace(a.inCase)}
	if q.person == "" {
		return q, bad("person: it is empty").WithHint("say whom you ask about with --person, by id or name")
	}
	if utf8.RuneCountInString(q.person) > maxAsked {
		return q, bad("person: it is too long").WithHint("give an id or a name")
	}
	if q.inCase == "" && !caseless {
		return q, bad("case: it is empty, and people's passes are looked at for an approved case alone").
			WithHint("name the case with --case; menshen case list shows them, and menshen case request asks for one")
	}
	if utf8.RuneCountInString(q.inCase) > maxAsked {
		return q, bad("case: it is too long").WithHint("give the number of a case, or its id")
	}
	if q.purpose == "" && q.inCase == "" {
		return q, bad("purpose: it is empty, and every question about a person is recorded with its purpose").
			WithHint("say what it is for with --purpose, for example the number of the case")
	}
	if utf8.RuneCountInString(q.purpose) > maxPurpose {
		return q, bad("purpose: it is too long").WithHint("use at most %d characters", maxPurpose)
	}
	q.span.To = now
	for _, f := range []struct {
		name string
		in   *timestamppb.Timestamp
		out  *time.Time
	}{{"to", a.to, &q.span.To}, {"from", a.from, &q.span.From}} {
		if f.in == nil {
			continue
		}
		if err := f.in.CheckValid(); err != nil {
			return q, bad("%s: it is no time", f.name).WithHint("write it like 2026-03-01T08:00:00+08:00").WithCause(err)
		}
		*f.out = f.in.AsTime()
	}
	if a.from == nil {
		q.span.From = q.span.To.Add(-usualSpan)
	}
	if !q.span.From.Before(q.span.To) {
		return q, bad("from: %s is not before %s", clock(q.span.From, now), clock(q.span.To, now)).
			WithHint("give a --from that is earlier than --to, which is now unless given")
	}
	if q.span.Duration() > longestSpan {
		return q, bad("from: %s is more than 90 days before %s", clock(q.span.From, now), clock(q.span.To, now)).
			WithHint("ask about at most 90 days at once")
	}
	return q, nil
}

// clock writes a time by the clocks of the site, in whose zone now is.
func clock(t, now time.Time) string { return t.In(now.Location()).Format("2006-01-02 15:04:05") }

// readDuration reads a duration from least to most, absent is usual.
func readDuration(field string, d *durationpb.Duration, usual, least, most time.Duration) (time.Duration, error) {
	if d == nil {
		return usual, nil
	}
	if v := d.AsDuration(); d.CheckValid() == nil && v >= least && v <= most {
		return v, nil
	}
	return 0, menshen.Errorf(menshen.CodeInvalid, "web.question", "%s: it is out of range", field).WithHint("use %v to %v", least, most)
}
