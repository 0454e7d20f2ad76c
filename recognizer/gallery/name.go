package gallery

import (
	"encoding/binary"
	"encoding/hex"
	"hash/maphash"
	"math/bits"
)

// name is an id in 16 bytes, since a million Go strings of UUIDs, twice in every template, would outweigh the codes that
// are searched. Byte 8, where a UUID keeps its variant, tells three kinds apart:
//
//	10xxxxxx  the UUID itself; its text is the canonical one in lower case
//	0000nnnn  a text of n ≤ 15 bytes, in the other bytes
//	01000000  a longer text: its hash in bytes 0 to 7, its number among the page's long ones in bytes 12 to 15
//
// Ids that are equal have the same name within one page, and across pages the same but for that number.
type name [16]byte

const (
	kind     = 8
	kindLong = 0x40
)

func (n name) long() bool { return n[kind] == kindLong }

// nameOf gives the name of an id; the number of a long one remains to be filled in.
func nameOf(seed maphash.Seed, id string) (n name) {
	if parseUUID(&n, id) {
		return n
	}
	n = name{}
	if len(id) < len(n) {
		copy(n[:kind], id)
		copy(n[kind+1:], id[min(kind, len(id)):])
		n[kind] = byte(len(id))
		return n
	}
	binary.LittleEndian.PutUint64(n[:], maphash.String(seed, id))
	n[kind] = kindLong
	return n
}

// valid reports whether n is what nameOf gives for some id that is not empty.
func (n name) valid() bool {
	switch size := int(n[kind]); {
	case n.long() || n[kind]&0xc0 == 0x80:
		return true
	case size == 0 || size > 15:
		return false
	default: // nothing follows the text
		n[kind] = 0
		for _, c := range n[size+min(size/kind, 1):] {
			if c != 0 {
				return false
			}
		}
		return true
	}
}

// hash spreads a name over 64 bits. All names of equal ids have the same hash.
func (n name) hash() uint64 {
	a, b := binary.LittleEndian.Uint64(n[:8]), binary.LittleEndian.Uint64(n[8:])
	if n.long() {
		return a
	}
	hi, lo := bits.Mul64(a^0x9e3779b97f4a7c15, b^0xd1b54a32d192ed03)
	h := (hi ^ lo ^ a) * 0xff51afd7ed558ccd
	return h ^ h>>32
}

// append adds the text of a name; long has the page's long ones.
func (n name) append(text []byte, long []string) []byte {
	switch {
	case n.long():
		return append(text, long[binary.LittleEndian.Uint32(n[12:])]...)
	case n[kind] < 16:
		size := int(n[kind])
		text = append(text, n[:min(size, kind)]...)
		return append(text, n[kind+1:kind+1+max(size-kind, 0)]...)
	}
	text = append(hex.AppendEncode(text, n[:4]), '-')
	text = append(hex.AppendEncode(text, n[4:6]), '-')
	text = append(hex.AppendEncode(text, n[6:8]), '-')
	text = append(hex.AppendEncode(text, n[8:10]), '-')
	return hex.AppendEncode(text, n[10:])
}

// parseUUID reads a canonical UUID of the usual variant, in lower case.
func parseUUID(n *name, s string) bool {
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return false
	}
	at := 0
	for i := 0; i < 36; {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			i++
			continue
		}
		hi, lo := nibble(s[i]), nibble(s[i+1])
		if hi|lo > 15 {
			return false
		}
		n[at] = hi<<4 | lo
		at++
		i += 2
	}
	return n[kind]&0xc0 == 0x80
}

// nibble is the value of a lower-case hexadecimal digit; more than 15 for all else.
func nibble(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	}
	return 16
}
