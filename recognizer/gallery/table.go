package gallery

import "math/bits"

// table finds rows by the hash of a name: open addressing with linear probing, 4 bytes a slot. It keeps no names; they
// are with the rows. Several rows may have one name.
type table struct {
	slots []uint32 // row + 1, 0 where free
}

// newTable makes a table that is three fifths full with n rows, and is made anew at three quarters.
func newTable(n int) table { return table{slots: make([]uint32, max(64, n/3*5))} }

// full reports whether n rows are too many for quick searches.
func (t *table) full(n int) bool { return n > len(t.slots)/4*3 }

// sparse reports whether n rows are few for the memory taken.
func (t *table) sparse(n int) bool { return len(t.slots) > 1024 && n < len(t.slots)/6 }

func (t *table) home(hash uint64) int {
	hi, _ := bits.Mul64(hash, uint64(len(t.slots)))
	return int(hi)
}

func (t *table) add(hash uint64, row int) {
	i := t.home(hash)
	for t.slots[i] != 0 {
		if i++; i == len(t.slots) {
			i = 0
		}
	}
	t.slots[i] = uint32(row + 1)
}

// find gives the first row of that hash's neighbourhood that is the one wanted.
func (t *table) find(hash uint64, wanted func(row int) bool) (row int, ok bool) {
	if len(t.slots) == 0 {
		return 0, false
	}
	for i := t.home(hash); t.slots[i] != 0; {
		if row = int(t.slots[i] - 1); wanted(row) {
			return row, true
		}
		if i++; i == len(t.slots) {
			i = 0
		}
	}
	return 0, false
}

func (t *table) slot(hash uint64, row int) int {
	for i := t.home(hash); ; {
		if t.slots[i] == uint32(row+1) {
			return i
		}
		if i++; i == len(t.slots) {
			i = 0
		}
	}
}

// move tells that a row has another number now.
func (t *table) move(hash uint64, from, to int) { t.slots[t.slot(hash, from)] = uint32(to + 1) }

// remove takes a row out and closes the gap: what follows moves up unless it would pass its home (Knuth, volume 3,
// algorithm 6.4 R). hashOf gives the hash of a row's name.
func (t *table) remove(hash uint64, row int, hashOf func(row int) uint64) {
	gap := t.slot(hash, row)
	n := len(t.slots)
	for i := gap; ; {
		if i++; i == n {
			i = 0
		}
		if t.slots[i] == 0 {
			break
		}
		home := t.home(hashOf(int(t.slots[i] - 1)))
		if (i-home+n)%n >= (i-gap+n)%n {
			t.slots[gap], gap = t.slots[i], i
		}
	}
	t.slots[gap] = 0
}
