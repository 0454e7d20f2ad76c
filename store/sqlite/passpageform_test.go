package sqlite_test

import (
	"encoding/binary"
	"hash/crc32"
	"reflect"
	"testing"

	"menshen"
	"menshen/store"
	"menshen/store/sqlite"
)

// FuzzPage holds the decoder of pages to what must be true of any bytes, with a right checksum or not: it never crashes,
// and what it takes is what encoding gives again.
func FuzzPage(f *testing.F) {
	manner := menshen.Pass{
		Site: "yard", Direction: menshen.DirectionIn, Means: menshen.MeansFace, Confidence: 0.5,
		Decision: menshen.Decision{Outcome: menshen.OutcomeAllow, Reasons: []menshen.Reason{menshen.ReasonActiveResident, menshen.ReasonSimulated}},
	}
	p := store.PassPage{
		Base: 178_000_000_000, At: []uint32{0, 7, 1 << 31}, Person: []uint32{1, 0, 70_000}, Gate: []uint32{1, 2, 3}, Sequence: []uint64{1, 2, 3}, Manner: []uint16{0, 1, 0},
		Manners: []menshen.Pass{manner, {}},
	}
	f.Add(sqlite.EncodePage(p, 1, 4, []int64{2}), false)
	wide := p
	wide.Gate, wide.Sequence, wide.Manners = []uint32{1, 2, 70_000}, []uint64{1, 1 << 40, 3}, append(make([]menshen.Pass, 300), manner)
	wide.Manner = []uint16{0, 300, 1}
	f.Add(sqlite.EncodePage(wide, 1, 3, nil), false)
	f.Add(sqlite.EncodePage(store.PassPage{}, 5, 5, []int64{5}), true)
	f.Add([]byte("MSPP\x01"), true)
	f.Fuzz(func(t *testing.T, data []byte, sum bool) {
		if sum && len(data) >= 4 { // so that what lies behind the checksum is reached
			body := data[:len(data)-4]
			data = binary.LittleEndian.AppendUint32(append([]byte(nil), body...), crc32.Checksum(body, crc32.MakeTable(crc32.Castagnoli)))
		}
		p, first, last, without, err := sqlite.DecodePage(data)
		if err != nil {
			return
		}
		q, first2, last2, without2, err := sqlite.DecodePage(sqlite.EncodePage(p, first, last, without))
		if err != nil {
			t.Fatalf("what was decoded cannot be encoded: %v", err)
		}
		if len(p.At) == 0 { // nil and empty are one
			p.At, p.Person, p.Gate, p.Sequence, p.Manner = q.At, q.Person, q.Gate, q.Sequence, q.Manner
		}
		if len(without) != len(without2) || len(p.Manners) != len(q.Manners) || first != first2 || last != last2 {
			t.Fatalf("%d … %d without %v, then %d … %d without %v", first, last, without, first2, last2, without2)
		}
		if len(p.Manners) > 0 && !reflect.DeepEqual(p, q) {
			t.Fatalf("%+v\nthen %+v", p, q)
		}
	})
}

// TestPageRoundTrip has every width of column, and every byte that is another makes a page unusable.
func TestPageRoundTrip(t *testing.T) {
	for _, seq := range []uint64{5, 1 << 33} {
		for _, gate := range []uint32{5, 1 << 17} {
			p := store.PassPage{
				Base: 5, At: []uint32{1}, Person: []uint32{2}, Gate: []uint32{gate}, Sequence: []uint64{seq}, Manner: []uint16{0},
				Manners: []menshen.Pass{{Site: "y", Confidence: 0.25, Decision: menshen.Decision{Reasons: []menshen.Reason{"a", ""}}}},
			}
			data := sqlite.EncodePage(p, 7, 9, []int64{8, 9})
			got, first, last, without, err := sqlite.DecodePage(data)
			must(t, err)
			if !reflect.DeepEqual(got, p) || first != 7 || last != 9 || !reflect.DeepEqual(without, []int64{8, 9}) {
				t.Errorf("%+v %d %d %v", got, first, last, without)
			}
			for i := range data {
				data[i] ^= 0x10
				if _, _, _, _, err := sqlite.DecodePage(data); err == nil {
					t.Errorf("byte %d of %d is not checked", i, len(data))
				}
				data[i] ^= 0x10
				if _, _, _, _, err := sqlite.DecodePage(data[:i]); err == nil {
					t.Errorf("%d of %d bytes are enough", i, len(data))
				}
			}
		}
	}
}
