package passlog

import (
	"encoding/binary"
	"hash/maphash"
	"strings"
)

// names numbers identifiers in the order of their first appearance, without a pointer for each: about 50 bytes for an
// identifier of 36.
type names struct {
	seed  maphash.Seed
	texts []*strings.Builder // each identifier with its length before it; they never move
	at    []uint32           // by number: text << 16 | offset
	slots []slot             // open addressing, a power of two
}

type slot struct {
	hash   uint32
	number uint32 // + 1; 0 is free
}

const textSize = 1 << 16

func newNames() names { return names{seed: maphash.MakeSeed(), slots: make([]slot, 64)} }

func (n *names) len() int { return len(n.at) }

// id gives an identifier by number.
func (n *names) id(number uint32) string {
	at := n.at[number]
	text := n.texts[at>>16].String()[at&(textSize-1):]
	if length := text[0]; length < 0x80 { // a varint of one byte
		return text[1 : 1+int(length)]
	}
	length, k := binary.Uvarint([]byte(text[:min(len(text), binary.MaxVarintLen64)]))
	return text[k : k+int(length)]
}

func (n *names) hash(id string) uint32 { return uint32(maphash.String(n.seed, id)) }

func (n *names) find(id string) (number uint32, ok bool) {
	hash := n.hash(id)
	for i := int(hash) & (len(n.slots) - 1); n.slots[i].number != 0; i = (i + 1) & (len(n.slots) - 1) {
		if n.slots[i].hash == hash && n.id(n.slots[i].number-1) == id {
			return n.slots[i].number - 1, true
		}
	}
	return 0, false
}

// take numbers an identifier. It keeps a copy: id may be a piece of a large message.
func (n *names) take(id string) (number uint32) {
	if number, ok := n.find(id); ok {
		return number
	}
	if len(n.at) >= len(n.slots)/4*3 {
		old := n.slots
		n.slots = make([]slot, 2*len(old))
		for _, s := range old {
			if s.number != 0 {
				n.put(s)
			}
		}
	}
	var head [binary.MaxVarintLen64]byte
	k := binary.PutUvarint(head[:], uint64(len(id)))
	last := len(n.texts) - 1
	if last < 0 || n.texts[last].Len()+k+len(id) > min(n.texts[last].Cap(), textSize) {
		text := new(strings.Builder)
		text.Grow(max(min(textSize, 1024<<min(2*len(n.texts), 6)), k+len(id)))
		n.texts = append(n.texts, text)
		last++
	}
	text := n.texts[last]
	n.at = append(n.at, uint32(last<<16|text.Len()))
	text.Write(head[:k])
	text.WriteString(id)
	n.put(slot{hash: n.hash(id), number: uint32(len(n.at))})
	return uint32(len(n.at) - 1)
}

func (n *names) put(s slot) {
	i := int(s.hash) & (len(n.slots) - 1)
	for n.slots[i].number != 0 {
		i = (i + 1) & (len(n.slots) - 1)
	}
	n.slots[i] = s
}

func (n *names) bytes() (b int) {
	for _, text := range n.texts {
		b += text.Cap()
	}
	return b + 4*cap(n.at) + 8*cap(n.slots)
}
