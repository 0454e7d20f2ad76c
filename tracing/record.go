package tracing

import (
	"encoding/binary"
	"math"
	"strings"
	"time"

	"menshen"
)

// record is one pass in memory: 32 bytes.
type record struct {
	at     int64 // capture time, nanoseconds since 1970
	seq    uint64
	person uint32 // number of the person; 0 is nobody
	gate   uint32 // number of the gate
	manner uint32 // number of the manner
}

// manner is what few passes differ in. There are some dozens of them in a site, so a pass keeps a number only.
type manner struct {
	site      string
	direction menshen.Direction
	means     menshen.Means
	decision  menshen.Decision
}

// manners numbers manners.
type manners struct {
	list    []manner
	numbers map[string]uint32
	key     []byte // reused
}

func (m *manners) number(p *menshen.Pass) uint32 {
	m.key = m.key[:0]
	for _, s := range [...]string{p.Site, string(p.Direction), string(p.Means), string(p.Decision.Outcome)} {
		m.word(s)
	}
	for _, r := range p.Decision.Reasons {
		m.word(string(r))
	}
	if n, ok := m.numbers[string(m.key)]; ok {
		return n
	}
	reasons := make([]menshen.Reason, len(p.Decision.Reasons))
	for i, r := range p.Decision.Reasons {
		reasons[i] = menshen.Reason(strings.Clone(string(r)))
	}
	n := uint32(len(m.list))
	m.list = append(m.list, manner{
		site:      strings.Clone(p.Site),
		direction: menshen.Direction(strings.Clone(string(p.Direction))),
		means:     menshen.Means(strings.Clone(string(p.Means))),
		decision:  menshen.Decision{Outcome: menshen.Outcome(strings.Clone(string(p.Decision.Outcome))), Reasons: reasons},
	})
	m.numbers[string(m.key)] = n
	return n
}

// word adds a word with its length, so that no two lists of words look alike.
func (m *manners) word(s string) {
	m.key = append(binary.AppendUvarint(m.key, uint64(len(s))), s...)
}

// names numbers identifiers in the order of their first appearance.
type names struct {
	list    []string
	numbers map[string]uint32
}

// take numbers an identifier and reports whether it is new.
func (n *names) take(id string) (fresh bool) {
	if _, ok := n.numbers[id]; ok {
		return false
	}
	id = strings.Clone(id) // id may be a piece of a large message
	k := uint32(len(n.list))
	n.list = append(n.list, id)
	n.numbers[id] = k
	return true
}

// sequences is the set of sequences seen at one gate, a bit each: a gate counts up by one, so they lie close together.
type sequences map[uint64]*[sequenceBlock / 64]uint64

const sequenceBlock = 4096

func (s sequences) has(seq uint64) bool {
	b := s[seq/sequenceBlock]
	return b != nil && b[seq%sequenceBlock/64]&(1<<(seq%64)) != 0
}

func (s sequences) add(seq uint64) {
	b := s[seq/sequenceBlock]
	if b == nil {
		b = new([sequenceBlock / 64]uint64)
		s[seq/sequenceBlock] = b
	}
	b[seq%sequenceBlock/64] |= 1 << (seq % 64)
}

// nanos gives a time as nanoseconds since 1970. Years before 1700 and after 2250 are all one, far enough from the ends of
// an int64 that a cap can be added.
func nanos(t time.Time) int64 {
	const far = math.MaxInt64 - 2*int64(longestCap)
	switch y := t.Year(); {
	case y < 1700:
		return -far
	case y > 2250:
		return far
	}
	return t.UnixNano()
}

// bounds gives a span in nanoseconds; a zero bound is open.
func bounds(s menshen.Span) (from, to int64) {
	from, to = math.MinInt64, math.MaxInt64
	if !s.From.IsZero() {
		from = nanos(s.From)
	}
	if !s.To.IsZero() {
		to = nanos(s.To)
	}
	return from, to
}
