package sqlite

import (
	"bytes"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"menshen"
)

// nothing stands for an empty word in the facts of a contact.
const nothing = "-"

// encodeFacts gives the facts column of a contact; 00007_cases.sql says what is in it.
func encodeFacts(op string, c menshen.CaseContact) (string, error) {
	times, err := encodeTimes(c.First, c.Threshold, c.Last, c.IsolatedFrom, c.IsolatedTo, c.Created)
	if err != nil {
		return "", err
	}
	if math.IsNaN(c.Sureness) || c.Sureness < 0 || c.Sureness > 1 {
		return "", menshen.Errorf(menshen.CodeInvalid, op, "sureness: it is not between 0 and 1").WithHint("use 0 to 1")
	}
	said, err := encodeSaid(c.Said)
	if err != nil {
		return "", err
	}
	words := []string{c.Risk, c.Rule, c.Policy.ID, strings.Join(c.Fixed, ",")}
	for _, w := range append(words, c.Fixed...) {
		if w == nothing || strings.ContainsAny(w, " \x1f") {
			return "", menshen.Errorf(menshen.CodeInvalid, op, "risk, rule or policy of a contact has a space in it").WithHint("use letters, digits and -")
		}
	}
	at := func(i int) string { return timeWord(times[i]) }
	return strings.Join([]string{
		orNothing(c.Risk), orNothing(c.Rule), orNothing(c.Policy.ID), strconv.FormatUint(c.Policy.Version, 10), at(0), at(1), at(2),
		strconv.FormatInt(int64(c.Together), 10), strconv.FormatInt(int64(c.Least), 10), strconv.FormatFloat(c.Sureness, 'g', -1, 64),
		at(3), at(4), said, orNothing(words[3]), at(5), c.CreatedBy,
	}, " "), nil
}

// between separates the ends of a span, and what an interview said.
const between = "/"

// encodeSpans gives "from/to,from/to": nanoseconds, nothing for an open end.
func encodeSpans(spans ...menshen.Span) (string, error) {
	out := make([]string, len(spans))
	for i, s := range spans {
		times, err := encodeTimes(s.From, s.To)
		if err != nil {
			return "", err
		}
		out[i] = timeWord(times[0]) + between + timeWord(times[1])
	}
	return orNothing(strings.Join(out, ",")), nil
}

func timeWord(encoded any) string {
	n, ok := encoded.(int64)
	if !ok {
		return nothing
	}
	return strconv.FormatInt(n, 10)
}

// encodeSaid gives "level/risk/judged/from/to", or nothing.
func encodeSaid(s menshen.Said) (string, error) {
	if s == (menshen.Said{}) {
		return nothing, nil
	}
	for _, w := range []string{string(s.Level), s.Risk} {
		if w == nothing || strings.ContainsAny(w, " \x1f"+between) {
			return "", menshen.Errorf(menshen.CodeInvalid, "sqlite.write_case", "risk, rule or policy of a contact has a space in it").WithHint("use letters, digits and -")
		}
	}
	span, err := encodeSpans(s.Span)
	return strings.Join([]string{orNothing(string(s.Level)), orNothing(s.Risk), strconv.FormatBool(s.Judged), span}, between), err
}

func orNothing(word string) string {
	if word == "" {
		return nothing
	}
	return word
}

// decodeFacts is the inverse of encodeFacts; k keeps words that many contacts share.
func (k *contactScan) decodeFacts(text []byte, c *menshen.CaseContact) error {
	u := unpacker{rest: text, separator: " ", left: 16}
	c.Risk, c.Rule = k.word(u.word()), k.word(u.word())
	c.Policy = menshen.PolicyRef{ID: k.word(u.word()), Version: u.count()}
	c.First, c.Threshold, c.Last = u.time(), u.time(), u.time()
	c.Together, c.Least, c.Sureness = time.Duration(u.number()), time.Duration(u.number()), u.fraction()
	c.IsolatedFrom, c.IsolatedTo = u.time(), u.time()
	c.Said = u.said()
	if fixed := k.word(u.word()); fixed != "" {
		c.Fixed = strings.Split(fixed, ",")
	}
	c.Created, c.CreatedBy = u.time(), k.word(u.next())
	if u.err == nil && !(c.Sureness >= 0 && c.Sureness <= 1) {
		u.err = errors.New("a sureness is out of range")
	}
	return u.err
}

// spans is the inverse of encodeSpans.
func (u *unpacker) spans(text []byte) (out []menshen.Span) {
	for one := range strings.SplitSeq(string(text), ",") {
		if one == "" {
			continue
		}
		from, to, ok := strings.Cut(one, between)
		if !ok {
			u.err = errors.New("a span has one end")
		}
		out = append(out, menshen.Span{From: u.timeOf(from), To: u.timeOf(to)})
	}
	return out
}

// said is the inverse of encodeSaid.
func (u *unpacker) said() (s menshen.Said) {
	text := string(u.word())
	if text == "" {
		return s
	}
	words := strings.SplitN(text, between, 4)
	if len(words) != 4 {
		u.err = errors.New("what an interview said is not whole")
		return s
	}
	for i, w := range words[:2] {
		if w == nothing {
			words[i] = ""
		}
	}
	s.Level, s.Risk, s.Judged = menshen.ContactLevel(words[0]), words[1], words[2] == "true"
	if spans := u.spans([]byte(words[3])); len(spans) == 1 {
		s.Span = spans[0]
	}
	return s
}

// unpacker takes the columns of a text one by one; the last has all that is left.
type unpacker struct {
	rest      []byte
	separator string
	left      int
	err       error
}

func (u *unpacker) next() []byte {
	u.left--
	if u.left == 0 {
		return u.rest
	}
	i := bytes.IndexByte(u.rest, u.separator[0])
	if i < 0 {
		u.err, u.rest = errors.New("a column is missing"), nil
		return nil
	}
	column := u.rest[:i]
	u.rest = u.rest[i+1:]
	return column
}

// word is next, empty for nothing.
func (u *unpacker) word() []byte {
	if w := u.next(); string(w) != nothing {
		return w
	}
	return nil
}

func (u *unpacker) number() int64 {
	n, err := strconv.ParseInt(string(u.next()), 10, 64)
	if err != nil {
		u.err = err
	}
	return n
}

// count reads what cannot be negative.
func (u *unpacker) count() uint64 {
	n := u.number()
	if n < 0 {
		u.err = errors.New("a count is negative")
	}
	return uint64(n)
}

func (u *unpacker) fraction() float64 {
	f, err := strconv.ParseFloat(string(u.next()), 64)
	if err != nil {
		u.err = err
	}
	return f
}

// time reads nanoseconds since 1970, or nothing.
func (u *unpacker) time() time.Time {
	return u.timeOf(string(u.word()))
}

func (u *unpacker) timeOf(text string) time.Time {
	if text == "" || text == nothing {
		return time.Time{}
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		u.err = err
	}
	return time.Unix(0, n).UTC()
}
