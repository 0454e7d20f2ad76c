// Package brokenmedia makes broken, lying and hostile pictures and films, the same ones from the same seed: cut at every
// structure, with wrong lengths, sizes, types and checksums, with flipped bits, bombs that grow when they are opened, and
// files of other kinds under false names. Tests send them through the ways that such files come into Menshen.
//
// It is for tests. It owns no file: all is made from good pictures and films that the test has.
package brokenmedia

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
)

// File is one broken file. Its name says what is wrong with it and ends as a picture's or a film's would.
type File struct {
	Name string
	Data []byte
}

// maker collects files.
type maker struct {
	random *rand.Rand
	prefix string
	suffix string
	files  []File
}

func newMaker(seed uint64) *maker { return &maker{random: rand.New(rand.NewPCG(seed, 7))} }

func (m *maker) add(data []byte, format string, args ...any) {
	name := fmt.Sprintf(format, args...)
	m.files = append(m.files, File{Name: fmt.Sprintf("%04d-%s-%s%s", len(m.files), m.prefix, name, m.suffix), Data: data})
}

// flip turns n bits over within the first limit bytes.
func (m *maker) flip(data []byte, limit, n int) []byte {
	b := append([]byte(nil), data...)
	for range n {
		b[m.random.IntN(min(limit, len(b)))] ^= 1 << m.random.IntN(8)
	}
	return b
}

func clone(b []byte) []byte { return append([]byte(nil), b...) }

func join(parts ...[]byte) (all []byte) {
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

func be16(v int) []byte { return binary.BigEndian.AppendUint16(nil, uint16(v)) }
func be32(v int) []byte { return binary.BigEndian.AppendUint32(nil, uint32(v)) }
