package evidence

// window remembers which of the latest 64 sequences of a track have come, so that a face counts once. A sequence more
// than 64 behind the highest is taken as one that came.
type window struct {
	highest int
	seen    uint64 // bit i: highest−i has come
	count   int    // distinct sequences so far
}

// add says whether the sequence (≥ 1) is new.
func (w *window) add(sequence int) bool {
	switch back := w.highest - sequence; {
	case back < 0:
		w.seen <<= min(uint(-back), 64)
		w.seen |= 1
		w.highest = sequence
	case back >= 64 || w.seen&(1<<uint(back)) != 0:
		return false
	default:
		w.seen |= 1 << uint(back)
	}
	w.count++
	return true
}
