package sqlite

import (
	"database/sql"
	"encoding/json"
	"math"
	"strconv"
	"unicode/utf8"

	"menshen"
)

// maxSequence is the largest number that SQLite keeps as an integer.
const maxSequence = math.MaxInt64

// passColumns are the columns of a pass in both databases, in the order of passValues and passRow.
const passColumns = "gate, sequence, site, person, direction, captured, decided, means, outcome, reasons, recognition, camera, track, " +
	"permit, credential, decided_by, answers, confidence"

// passMarks has a question mark for each of passColumns.
const passMarks = "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?"

// passValues gives the columns of a valid pass.
func passValues(p menshen.Pass) ([]any, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	bad := func(what string) error {
		return menshen.Errorf(menshen.CodeInvalid, "sqlite.pass", "pass %s: %s", p.ID, what)
	}
	if p.ID.Sequence > maxSequence {
		return nil, bad("the sequence is too large")
	}
	texts := []string{p.Person, string(p.Means), p.Camera, p.Track, string(p.Match.Verdict), p.Permit, p.Credential, p.By, p.Answers}
	for _, r := range p.Decision.Reasons {
		texts = append(texts, string(r))
	}
	for _, c := range p.Match.Candidates {
		texts = append(texts, c.Person, c.Template)
	}
	for _, t := range texts {
		// No event could carry it, so it would stay in the outbox for ever.
		if !utf8.ValidString(t) {
			return nil, bad("a text is not UTF-8")
		}
	}
	captured, err := encodeTime(p.Captured)
	if err != nil {
		return nil, err
	}
	decided, err := encodeTime(p.Decided)
	if err != nil {
		return nil, err
	}
	reasons, err := encodeReasons(p.Decision.Reasons)
	if err != nil {
		return nil, err
	}
	recognition, err := encodeMatch(p.Match)
	if err != nil {
		return nil, err
	}
	person := sql.NullString{String: p.Person, Valid: p.Person != ""}
	return []any{
		p.ID.Gate, int64(p.ID.Sequence), p.Site, person, string(p.Direction), captured, decided, string(p.Means),
		string(p.Decision.Outcome), reasons, recognition, p.Camera, p.Track,
		p.Permit, p.Credential, p.By, p.Answers, p.Confidence,
	}, nil
}

// passRow receives the columns of a pass from a query.
type passRow struct {
	pass                         menshen.Pass
	sequence                     int64
	person, reasons, recognition sql.NullString
	captured, decided            sql.NullInt64
}

// into gives where to scan passColumns.
func (r *passRow) into() []any {
	p := &r.pass
	return []any{
		&p.ID.Gate, &r.sequence, &p.Site, &r.person, &p.Direction, &r.captured, &r.decided, &p.Means,
		&p.Decision.Outcome, &r.reasons, &r.recognition, &p.Camera, &p.Track,
		&p.Permit, &p.Credential, &p.By, &p.Answers, &p.Confidence,
	}
}

// decode gives the pass that was scanned, or CodeCorrupt.
func (r *passRow) decode() (menshen.Pass, error) {
	p := r.pass
	bad := func(err error) (menshen.Pass, error) {
		return menshen.Pass{}, menshen.Errorf(menshen.CodeCorrupt, "sqlite.pass", "the stored pass %s:%d is not usable", p.ID.Gate, r.sequence).
			WithCause(err).WithHint("put the latest backup in place of the database")
	}
	if r.sequence > 0 {
		p.ID.Sequence = uint64(r.sequence)
	}
	p.Person = r.person.String
	p.Captured, p.Decided = decodeTime(r.captured), decodeTime(r.decided)
	var err error
	if p.Decision.Reasons, err = decodeReasons(r.reasons); err != nil {
		return bad(err)
	}
	if p.Match, err = decodeMatch(r.recognition); err != nil {
		return bad(err)
	}
	if err := p.Validate(); err != nil {
		return bad(err)
	}
	return p, nil
}

// encodeReasons gives a JSON array, or NULL for none.
func encodeReasons(reasons []menshen.Reason) (any, error) {
	if len(reasons) == 0 {
		return nil, nil
	}
	return encodeJSON(reasons)
}

// decodeReasons is the inverse of encodeReasons.
func decodeReasons(s sql.NullString) (reasons []menshen.Reason, err error) {
	if !s.Valid {
		return nil, nil
	}
	if err := json.Unmarshal([]byte(s.String), &reasons); err != nil {
		return nil, err
	}
	if len(reasons) == 0 {
		return nil, nil
	}
	return reasons, nil
}

// storedMatch is a match as JSON with short names, since the log has one per face pass.
type storedMatch struct {
	Verdict    menshen.Verdict   `json:"v,omitempty"`
	Candidates []storedCandidate `json:"c,omitempty"`
	Faces      int               `json:"f,omitempty"`
	Agreeing   int               `json:"a,omitempty"`
	Threshold  float64           `json:"t,omitempty"`
	Liveness   *storedLiveness   `json:"l,omitempty"`
}

type storedLiveness struct {
	Faces  int     `json:"n"`
	Score  float64 `json:"s"`
	Change float64 `json:"d,omitempty"`
}

type storedCandidate struct {
	Person   string  `json:"p"`
	Template string  `json:"t,omitempty"`
	Distance float64 `json:"d"`
}

// encodeMatch gives a JSON object, or NULL for the zero match.
func encodeMatch(m menshen.Match) (any, error) {
	if m.Verdict == "" && len(m.Candidates) == 0 && m.Faces == 0 && m.Agreeing == 0 && m.Threshold == 0 && m.Liveness == (menshen.Liveness{}) {
		return nil, nil
	}
	if text, plain := appendMatch(make([]byte, 0, 256), m); plain {
		return string(text), nil
	}
	s := storedMatch{Verdict: m.Verdict, Faces: m.Faces, Agreeing: m.Agreeing, Threshold: m.Threshold}
	if m.Liveness != (menshen.Liveness{}) {
		l := storedLiveness(m.Liveness)
		s.Liveness = &l
	}
	for _, c := range m.Candidates {
		s.Candidates = append(s.Candidates, storedCandidate(c))
	}
	return encodeJSON(s)
}

// appendMatch writes what encoding/json would make of a storedMatch, several times as fast: each pass by face is encoded
// twice on its way. It gives up, with false, where a text needs escaping or a number is written with an exponent.
func appendMatch(b []byte, m menshen.Match) (_ []byte, plain bool) {
	plain = true
	next := byte('{')
	key := func(name string) {
		b = append(append(append(b, next, '"'), name...), '"', ':')
		next = ','
	}
	text := func(s string) {
		for i := range len(s) {
			if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
				plain = false
			}
		}
		b = append(append(append(b, '"'), s...), '"')
	}
	number := func(f float64) {
		if a := math.Abs(f); !(a < 1e21) || a != 0 && a < 1e-6 {
			plain = false
		}
		b = strconv.AppendFloat(b, f, 'f', -1, 64)
	}
	if m.Verdict != "" {
		key("v")
		text(string(m.Verdict))
	}
	for i, c := range m.Candidates {
		if i == 0 {
			key("c")
			b = append(b, '[')
		} else {
			b = append(b, ',')
		}
		next = '{'
		key("p")
		text(c.Person)
		if c.Template != "" {
			key("t")
			text(c.Template)
		}
		key("d")
		number(c.Distance)
		b = append(b, '}')
		if i == len(m.Candidates)-1 {
			b = append(b, ']')
		}
	}
	if m.Faces != 0 {
		key("f")
		b = strconv.AppendInt(b, int64(m.Faces), 10)
	}
	if m.Agreeing != 0 {
		key("a")
		b = strconv.AppendInt(b, int64(m.Agreeing), 10)
	}
	if m.Threshold != 0 {
		key("t")
		number(m.Threshold)
	}
	if m.Liveness != (menshen.Liveness{}) {
		return b, false
	}
	return append(b, '}'), plain && next == ','
}

// decodeMatch is the inverse of encodeMatch.
func decodeMatch(s sql.NullString) (menshen.Match, error) {
	var m storedMatch
	if !s.Valid {
		return menshen.Match{}, nil
	}
	if err := json.Unmarshal([]byte(s.String), &m); err != nil {
		return menshen.Match{}, err
	}
	out := menshen.Match{Verdict: m.Verdict, Faces: m.Faces, Agreeing: m.Agreeing, Threshold: m.Threshold}
	if m.Liveness != nil {
		out.Liveness = menshen.Liveness(*m.Liveness)
	}
	for _, c := range m.Candidates {
		out.Candidates = append(out.Candidates, menshen.Candidate(c))
	}
	return out, nil
}

// encodeJSON gives the text of v. Only a distance that is no number can fail.
func encodeJSON(v any) (any, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeInvalid, "sqlite.pass", "what recognition saw cannot be kept").WithCause(err)
	}
	return string(b), nil
}
