package sqlite

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math"

	"menshen"
	"menshen/store"
)

// page is a page of passes with what binds it to its rows.
type page struct {
	store.PassPage

	first, last int64   // rowids
	without     []int64 // rowids between them of which the page has not the pass: it must be read from its row
}

// pageMark begins every page; its last byte is the version of the format.
const pageMark = "MSPP\x01"

// What a page has wide columns for.
const (
	wideGates     = 1 << iota // 4 bytes instead of 2
	wideSequences             // 8 bytes instead of 4
	wideManners               // 2 bytes instead of 1
)

// maxPageRows is how many rows a page covers at most.
const maxPageRows = 1 << 16

var errPage = errors.New("not what was written")

// pageSums is the polynomial of the checksum, CRC-32C.
func pageSums() *crc32.Table { return crc32.MakeTable(crc32.Castagnoli) }

// encodePage gives, all in little endian: mark, wide columns, number of passes, base, first and last rowid, the rowids
// without, the manners, the columns one after the other, and a checksum of all that.
func encodePage(p page) []byte {
	wide := byte(0)
	for i := range p.At {
		if p.Gate[i] > math.MaxUint16 {
			wide |= wideGates
		}
		if p.Sequence[i] > math.MaxUint32 {
			wide |= wideSequences
		}
		if p.Manner[i] > math.MaxUint8 {
			wide |= wideManners
		}
	}
	le := binary.LittleEndian
	b := make([]byte, 0, 1024+24*len(p.At))
	b = append(append(b, pageMark...), wide)
	b = le.AppendUint32(b, uint32(len(p.At)))
	for _, n := range []int64{p.Base, p.first, p.last} {
		b = le.AppendUint64(b, uint64(n))
	}
	b = le.AppendUint32(b, uint32(len(p.without)))
	for _, n := range p.without {
		b = le.AppendUint64(b, uint64(n))
	}
	b = le.AppendUint32(b, uint32(len(p.Manners)))
	for _, m := range p.Manners {
		b = appendManner(b, m)
	}
	b = appendColumn(b, p.At, true)
	b = appendColumn(b, p.Person, true)
	b = appendColumn(b, p.Gate, wide&wideGates != 0)
	for _, n := range p.Sequence {
		if wide&wideSequences != 0 {
			b = le.AppendUint64(b, n)
		} else {
			b = le.AppendUint32(b, uint32(n))
		}
	}
	for _, n := range p.Manner {
		if wide&wideManners != 0 {
			b = le.AppendUint16(b, n)
		} else {
			b = append(b, byte(n))
		}
	}
	return le.AppendUint32(b, crc32.Checksum(b, pageSums()))
}

func appendColumn(b []byte, column []uint32, wide bool) []byte {
	for _, n := range column {
		if wide {
			b = binary.LittleEndian.AppendUint32(b, n)
		} else {
			b = binary.LittleEndian.AppendUint16(b, uint16(n))
		}
	}
	return b
}

func appendManner(b []byte, m menshen.Pass) []byte {
	word := func(s string) { b = append(binary.AppendUvarint(b, uint64(len(s))), s...) }
	word(m.Site)
	word(string(m.Direction))
	word(string(m.Means))
	word(string(m.Decision.Outcome))
	b = append(b, confidenceCell(m.Confidence))
	b = binary.AppendUvarint(b, uint64(len(m.Decision.Reasons)))
	for _, r := range m.Decision.Reasons {
		word(string(r))
	}
	return b
}

// confidenceCell gives an even number for a whole number of 32nds, the odd one between for all between two of them.
func confidenceCell(c float64) uint8 {
	n := math.Floor(min(max(c, 0), 1) * 32)
	if n == c*32 {
		return uint8(2 * n)
	}
	return uint8(2*n + 1)
}

// cellConfidence gives the confidence that stands for a cell.
func cellConfidence(cell uint8) float64 { return float64(cell) / 64 }

// decodePage reads what encodePage wrote, into p and its slices, where they are large enough. Everything is checked that
// can be checked without the rows.
func decodePage(data []byte, p *page) error {
	le := binary.LittleEndian
	if len(data) < len(pageMark)+1+4+3*8+4+4+4 || string(data[:len(pageMark)]) != pageMark {
		return errPage
	}
	body, sum := data[:len(data)-4], le.Uint32(data[len(data)-4:])
	if crc32.Checksum(body, pageSums()) != sum {
		return errPage
	}
	wide, body := body[len(pageMark)], body[len(pageMark)+1:]
	n, body := int(le.Uint32(body)), body[4:]
	for _, to := range []*int64{&p.Base, &p.first, &p.last} {
		*to, body = int64(le.Uint64(body)), body[8:]
	}
	without, body := int(le.Uint32(body)), body[4:]
	if n > maxPageRows || without > maxPageRows || len(body) < 8*without+4 || p.first < 1 || p.last < p.first || p.Base > 1<<50 || p.Base < -1<<50 {
		return errPage
	}
	p.without = p.without[:0]
	for range without {
		p.without = append(p.without, int64(le.Uint64(body)))
		body = body[8:]
	}
	manners, body := int(le.Uint32(body)), body[4:]
	if manners > maxPageRows {
		return errPage
	}
	p.Manners = p.Manners[:0]
	for range manners {
		m, rest, err := decodeManner(body)
		if err != nil {
			return err
		}
		p.Manners, body = append(p.Manners, m), rest
	}
	gates, sequences, ways := 2+2*int(wide&wideGates/wideGates), 4+4*int(wide&wideSequences/wideSequences), 1+int(wide&wideManners/wideManners)
	if wide >= 2*wideManners || len(body) != n*(4+4+gates+sequences+ways) {
		return errPage
	}
	p.At, body = decodeColumn(body, p.At, n, 4)
	p.Person, body = decodeColumn(body, p.Person, n, 4)
	p.Gate, body = decodeColumn(body, p.Gate, n, gates)
	p.Sequence, body = decodeColumn(body, p.Sequence, n, sequences)
	p.Manner, _ = decodeColumn(body, p.Manner, n, ways)
	for i, m := range p.Manner {
		if int(m) >= manners || p.Sequence[i] == 0 || p.Sequence[i] > maxSequence {
			return errPage
		}
	}
	return nil
}

// decodeColumn reads n numbers of a width in bytes.
func decodeColumn[T uint16 | uint32 | uint64](body []byte, to []T, n, width int) (column []T, rest []byte) {
	if cap(to) < n {
		to = make([]T, n)
	}
	to = to[:n]
	switch part := body[:n*width]; width {
	case 1:
		for i := range to {
			to[i] = T(part[i])
		}
	case 2:
		for i := range to {
			to[i] = T(binary.LittleEndian.Uint16(part[2*i:]))
		}
	case 4:
		for i := range to {
			to[i] = T(binary.LittleEndian.Uint32(part[4*i:]))
		}
	default:
		for i := range to {
			to[i] = T(binary.LittleEndian.Uint64(part[8*i:]))
		}
	}
	return to, body[n*width:]
}

func decodeManner(body []byte) (m menshen.Pass, rest []byte, err error) {
	number := func() int {
		n, k := binary.Uvarint(body)
		if k <= 0 || n > uint64(len(body)-k) {
			err = errPage
			return 0
		}
		body = body[k:]
		return int(n)
	}
	word := func() string {
		n := number()
		s := string(body[:n])
		body = body[n:]
		return s
	}
	m.Site, m.Direction, m.Means, m.Decision.Outcome = word(), menshen.Direction(word()), menshen.Means(word()), menshen.Outcome(word())
	if len(body) == 0 || body[0] > 64 {
		return m, nil, errPage
	}
	m.Confidence, body = cellConfidence(body[0]), body[1:]
	for range number() {
		if err != nil {
			return m, nil, err
		}
		m.Decision.Reasons = append(m.Decision.Reasons, menshen.Reason(word()))
	}
	return m, body, err
}
