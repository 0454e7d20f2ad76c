package tracing

import (
	"cmp"
	"slices"
)

// overlap is when two people were in one zone together, in ticks.
type overlap struct {
	from, to      uint32
	first, proved uint32 // what observed bounds alone say; empty unless first < proved
	zone          uint32
	rank          uint32 // whose overlap it is
	inferred      bool
	sure          float64
}

// piece is a part of time, [from, to).
type piece struct{ from, to int64 }

// unite puts pieces in order and joins those that overlap or touch, in place.
func unite(list []piece) []piece {
	slices.SortFunc(list, func(a, b piece) int { return cmp.Compare(a.from, b.from) })
	out := list[:0]
	for _, p := range list {
		if n := len(out); n > 0 && p.from <= out[n-1].to {
			out[n-1].to = max(out[n-1].to, p.to)
		} else if p.from < p.to {
			out = append(out, p)
		}
	}
	return out
}

// length is the sum of united pieces.
func length(list []piece) (sum int64) {
	for _, p := range list {
		sum += p.to - p.from
	}
	return sum
}

// reached gives the first time at which united pieces sum up to total within the span per before it; per 0 is without end.
func reached(list []piece, total, per int64) (at int64, ok bool) {
	if len(list) == 0 {
		return 0, false
	}
	if per == 0 {
		per = list[len(list)-1].to - list[0].from
	}
	// sum is that of [x-per, x). As x goes through a piece it grows unless x-per goes through one as well.
	var sum int64
	tail := 0 // the piece that x-per is in or before
	for i, p := range list {
		x := p.from
		if i > 0 { // x has jumped over a gap, x-per may have gone through pieces
			sum -= passed(list, &tail, list[i-1].to-per, x-per)
		}
		for x < p.to {
			for tail < len(list) && list[tail].to <= x-per {
				tail++
			}
			step, grows := p.to-x, int64(1)
			if t := list[tail]; x-per >= t.from { // tail ≤ i, as x-per < x < p.to
				step, grows = min(step, t.to-(x-per)), 0
			} else {
				step = min(step, t.from-(x-per))
			}
			if grows == 1 && sum+step >= total {
				return x + max(total-sum, 0), true
			}
			sum += grows * step
			x += step
		}
	}
	return 0, false
}

// passed gives how much of the pieces lies in [from, to), from the one at tail on, which moves along.
func passed(list []piece, tail *int, from, to int64) (sum int64) {
	for ; *tail < len(list) && list[*tail].from < to; *tail++ {
		t := list[*tail]
		sum += max(0, min(t.to, to)-max(t.from, from))
		if t.to > to {
			break
		}
	}
	return sum
}

// mirror turns time round.
func mirror(list []piece) []piece {
	for i, p := range list {
		list[i] = piece{-p.to, -p.from}
	}
	slices.Reverse(list)
	return list
}
