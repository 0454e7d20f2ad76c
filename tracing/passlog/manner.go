package passlog

import (
	"encoding/binary"
	"slices"
	"strings"

	"menshen"
)

// manner is what few passes differ in. There are some dozens of them in a site, so a pass keeps a number only.
type manner struct {
	site      string
	direction menshen.Direction
	means     menshen.Means
	decision  menshen.Decision
	flags     Flags
}

// rareManners is the number of the first manner that says nothing but Flags (number - rareManners): where there are more
// manners than numbers, the pass has its own in manners.rare.
const rareManners = 256 - 4*Grades

// manners numbers manners.
type manners struct {
	list    []manner
	numbers map[string]uint32
	rare    map[place]uint32 // index in list, by pass
	key     []byte           // reused
	recent  [256]uint32      // index in list + 1, by a hash
	grade   func(*menshen.Pass) uint8
}

// place is the identity of a pass in numbers.
type place struct {
	gate     uint32
	sequence uint64
}

func newManners(grade func(*menshen.Pass) uint8) manners {
	return manners{numbers: map[string]uint32{}, rare: map[place]uint32{}, grade: grade}
}

func (m *manner) is(p *menshen.Pass, flags Flags) bool {
	return m.flags == flags && m.site == p.Site && m.means == p.Means && m.direction == p.Direction &&
		m.decision.Outcome == p.Decision.Outcome && slices.Equal(m.decision.Reasons, p.Decision.Reasons)
}

// index gives the place of a pass's manner in the list.
func (m *manners) index(p *menshen.Pass) uint32 {
	var grade uint8
	if m.grade != nil {
		grade = m.grade(p)
	}
	flags := flagsOf(p.Direction, p.Decision.Outcome, grade)
	recent := &m.recent[uint8(flags)^uint8(len(p.Means)<<6)^uint8(len(p.Decision.Reasons)<<4)]
	if *recent != 0 && m.list[*recent-1].is(p, flags) {
		return *recent - 1
	}
	m.key = append(m.key[:0], byte(flags))
	for _, s := range [...]string{p.Site, string(p.Direction), string(p.Means), string(p.Decision.Outcome)} {
		m.word(s)
	}
	for _, r := range p.Decision.Reasons {
		m.word(string(r))
	}
	n, ok := m.numbers[string(m.key)]
	if !ok {
		n = m.add(p, flags)
	}
	*recent = n + 1
	return n
}

func (m *manners) add(p *menshen.Pass, flags Flags) uint32 {
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
		flags:     flags,
	})
	m.numbers[string(m.key)] = n
	return n
}

// word adds a word with its length, so that no two lists of words look alike.
func (m *manners) word(s string) {
	m.key = append(binary.AppendUvarint(m.key, uint64(len(s))), s...)
}

// keep gives the number that a register keeps for a manner of the list.
func (m *manners) keep(index uint32, at place) uint8 {
	if index < rareManners {
		return uint8(index)
	}
	m.rare[at] = index
	return rareManners + uint8(m.list[index].flags)
}

// of gives what a register's number stands for.
func (m *manners) of(number uint8, at place) *manner {
	if number < rareManners {
		return &m.list[number]
	}
	return &m.list[m.rare[at]]
}

// flags gives the flags of a register's number.
func (m *manners) flags(number uint8) Flags {
	if number < rareManners {
		return m.list[number].flags
	}
	return Flags(number - rareManners)
}
