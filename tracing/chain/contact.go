package chain

import (
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"menshen"
	"menshen/table"
)

const op = "chain.read"

// Bounds of a contact list.
const (
	maxBytes = 1 << 30
	maxRows  = 10_000_001 // the heading included
	maxID    = 200        // characters
)

// maxProblems is how many wrong lines are told one by one.
const maxProblems = 20

// Years between which times can be counted in nanoseconds.
const (
	firstYear = 1700
	lastYear  = 2200
)

// Contact is one meeting of two people. Where Start and End are the same it was an instant. Where A and B are the same it says
// no more than that there is such a person.
type Contact struct {
	A, B       string
	Start, End time.Time
}

// Problem is a line that cannot be used.
type Problem struct {
	Line int
	Err  *menshen.Error
}

// Problems says which lines of a list are wrong. As an error it is CodeInvalid with the first of them.
type Problems struct {
	First []Problem // at most 20, in order
	Count int       // of all
	Rows  int       // of the whole list, without the heading
}

// Error implements error.
func (p *Problems) Error() string { return p.summary().Error() }

// Unwrap gives what people are told.
func (p *Problems) Unwrap() error { return p.summary() }

func (p *Problems) summary() *menshen.Error {
	first := p.First[0]
	if p.Count == 1 {
		return menshen.Errorf(menshen.CodeInvalid, op, "line %d: %s", first.Line, first.Err.Message).WithHint("%s", first.Err.Hint)
	}
	return menshen.Errorf(menshen.CodeInvalid, op, "line %d: %s; %d of %d lines are wrong", first.Line, first.Err.Message, p.Count, p.Rows).WithHint("%s", first.Err.Hint)
}

func columns() []table.Column {
	return []table.Column{
		{Key: "person_a", Names: []string{"person_a", "人员甲"}, Required: true},
		{Key: "person_b", Names: []string{"person_b", "人员乙"}, Required: true},
		{Key: "start", Names: []string{"start", "开始"}, Required: true},
		{Key: "end", Names: []string{"end", "结束"}, Required: true},
	}
}

// Read reads a list of contacts: CSV in any encoding and with any separator that package table knows, or XLSX, with the
// columns person_a, person_b, start and end in any order, times in RFC 3339. There may be none below the heading. All of it is
// good, or nothing is read: the error is CodeInvalid, and a *Problems where single lines are wrong.
func Read(r io.Reader) ([]Contact, error) {
	t, err := table.ReadWithin(r, columns(), table.Limits{Bytes: maxBytes, Rows: maxRows})
	if err != nil {
		return nil, err
	}
	contacts, bad := make([]Contact, 0, len(t.Rows)), &Problems{Rows: len(t.Rows)}
	for _, row := range t.Rows {
		c, err := readRow(row)
		if err != nil {
			if bad.Count++; len(bad.First) < maxProblems {
				bad.First = append(bad.First, Problem{Line: row.Line, Err: err})
			}
			continue
		}
		contacts = append(contacts, c)
	}
	if bad.Count > 0 {
		return nil, bad
	}
	return contacts, nil
}

func readRow(row table.Row) (c Contact, err *menshen.Error) {
	if row.Broken {
		return c, menshen.Errorf(menshen.CodeInvalid, op, "the line is no row of a table").WithHint("look for a quotation mark that is not closed")
	}
	if c.A, err = readPerson(row, "person_a"); err != nil {
		return c, err
	}
	if c.B, err = readPerson(row, "person_b"); err != nil {
		return c, err
	}
	if c.Start, err = readTime(row, "start"); err != nil {
		return c, err
	}
	if c.End, err = readTime(row, "end"); err != nil {
		return c, err
	}
	if c.End.Before(c.Start) {
		return c, menshen.Errorf(menshen.CodeInvalid, op, "end: %s lies before start %s", row.Get("end"), row.Get("start")).WithHint("give an end at or after start; for an instant give the same twice")
	}
	return c, nil
}

func readPerson(row table.Row, key string) (string, *menshen.Error) {
	id := row.Get(key)
	switch {
	case id == "":
		return "", menshen.Errorf(menshen.CodeInvalid, op, "%s: missing", key).WithHint("name the person")
	case utf8.RuneCountInString(id) > maxID:
		return "", menshen.Errorf(menshen.CodeInvalid, op, "%s: the name is longer than %d characters", key, maxID).WithHint("use a shorter id")
	}
	if len(id) >= len("2006-01-02T15:04:05Z") {
		if _, err := time.Parse(time.RFC3339, id); err == nil {
			return "", menshen.Errorf(menshen.CodeInvalid, op, "%s: %q is a time, not a person", key, id).
				WithHint("the columns seem to be swapped: the first line must name each as it is")
		}
	}
	return id, nil
}

const rightTime = "write a time as in RFC 3339: 2020-03-01T08:00:00Z or 2020-03-01T08:00:00+08:00"

func readTime(row table.Row, key string) (time.Time, *menshen.Error) {
	s := row.Get(key)
	if s == "" {
		return time.Time{}, menshen.Errorf(menshen.CodeInvalid, op, "%s: missing", key).WithHint(rightTime)
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil { // RFC 3339 allows small letters, and Chinese input methods write wide ones
		t, err = time.Parse(time.RFC3339, strings.ToUpper(row.Narrow(key)))
	}
	switch y := t.Year(); {
	case err != nil && len(s) == len("2006-01-02T15:04:05") && (s[10] == 'T' || s[10] == ' '):
		return t, menshen.Errorf(menshen.CodeInvalid, op, "%s: %q has no time zone, or no T", key, s).WithHint(rightTime)
	case err != nil:
		return t, menshen.Errorf(menshen.CodeInvalid, op, "%s: %q is no time", key, s).WithHint(rightTime)
	case y < firstYear || y >= lastYear:
		return t, menshen.Errorf(menshen.CodeInvalid, op, "%s: the year %d is out of range", key, y).WithHint("use a year from %d to %d", firstYear, lastYear-1)
	}
	return t, nil
}
