package passlog

// sequences is the set of sequences seen at one gate, a bit each: a gate counts up by one, so they lie close together.
type sequences struct {
	first uint64 // number of the first of words
	words []uint64
	far   map[uint64]uint64 // the words that lie apart
}

// apart is how many words without a sequence are kept to keep words in one piece.
const apart = 64

func (s *sequences) has(sequence uint64) bool {
	w, bit := sequence/64, uint64(1)<<(sequence%64)
	if i := w - s.first; i < uint64(len(s.words)) && s.words[i]&bit != 0 {
		return true
	}
	return len(s.far) > 0 && s.far[w]&bit != 0
}

// add adds a sequence and reports whether it is new.
func (s *sequences) add(sequence uint64) bool {
	w, bit := sequence/64, uint64(1)<<(sequence%64)
	if len(s.far) > 0 && s.far[w]&bit != 0 {
		return false
	}
	if len(s.words) == 0 {
		s.first = w
	}
	i, n := w-s.first, uint64(len(s.words))
	switch {
	case i < n:
	case w >= s.first && i <= n+apart:
		for uint64(len(s.words)) <= i {
			s.words = append(s.words, 0)
		}
	case w < s.first && s.first-w <= n+apart:
		s.words = append(make([]uint64, s.first-w, s.first-w+n), s.words...)
		s.first, i = w, 0
	default:
		if s.far == nil {
			s.far = map[uint64]uint64{}
		}
		s.far[w] |= bit
		return true
	}
	if s.words[i]&bit != 0 {
		return false
	}
	s.words[i] |= bit
	return true
}

func (s *sequences) remove(sequence uint64) {
	w, bit := sequence/64, uint64(1)<<(sequence%64)
	if i := w - s.first; i < uint64(len(s.words)) {
		s.words[i] &^= bit
	}
	if s.far[w]&bit == 0 {
		return
	}
	if s.far[w] &^= bit; s.far[w] == 0 {
		delete(s.far, w)
	}
}

// trim gives back the memory of what was removed at the front.
func (s *sequences) trim() {
	k := 0
	for k < len(s.words) && s.words[k] == 0 {
		k++
	}
	if k > 0 {
		s.words = append([]uint64(nil), s.words[k:]...)
		s.first += uint64(k)
	}
}

func (s *sequences) bytes() int { return 8*cap(s.words) + 48*len(s.far) }
