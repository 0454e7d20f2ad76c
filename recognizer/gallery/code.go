package gallery

import (
	"math"
	"runtime"
	"slices"
	"sync"
)

const (
	maxCode   = 127 // of one number of a code, and −127
	maxLength = 250 // of a code, before rounding
	lengthOne = 127 // what the first byte of the length counts

	// More bytes of a code are more memory to go through, fewer make more rows to be measured: at a million templates, 32
	// are as fast in the middle and twice as slow for the slowest queries; 48 would not fit in 600 bytes a template.
	codeBytes   = 40
	codeNumbers = codeBytes - 2
)

// A code is a head in units of its rotation, projected onto the cube [−127, 127]ⁿ and then onto the ball of radius 250,
// and rounded to whole numbers. Both are convex, so projecting onto them enlarges no distance (heads beyond cost speed
// only), and rounding moves each code by a length that is known: rotation.encode gives it.
//
// It is kept as codeBytes bytes: the numbers + 128, then ⌊|c|²/2⌋ = 127 a + b as the bytes a and b; 250 and the rounding of
// 38 numbers make it 32,025 at most, less than 127 · 255. A probe q keeps −q, 127 and 1, so that one product of bytes
// gives ⌊|c|²/2⌋ − q·c but for what is the same for all rows (probe.base).
//
// The codes of a group of 64 rows lie four bytes of each row at a time: an instruction multiplies those of 16 rows with
// four bytes of a probe, and no sum ever crosses rows.

// coder is what making codes needs room for. Not safe for concurrent use.
type coder struct {
	wide    []float64 // stride
	head    []float64 // cols
	numbers []float64 // of the code
}

func newCoder(stride int) *coder {
	return &coder{wide: make([]float64, stride), head: make([]float64, (codeNumbers+15)&^15), numbers: make([]float64, codeNumbers)}
}

// numbersOf leaves the code of a vector of stride numbers in c.numbers, as whole numbers, and gives how far they may be,
// in units, from the exact projection.
func (r *rotation) numbersOf(k kernel, c *coder, vector []float32) (rounding float64) {
	var left, length float64
	{
		var l0, l1, n0, n1 float64
		wide, mean := c.wide[:r.stride], r.mean[:r.stride]
		vector = vector[:len(wide)]
		for i := 0; i+1 < len(wide); i += 2 {
			v, w := float64(vector[i]), float64(vector[i+1])
			wide[i], wide[i+1] = v, w
			n0, n1 = n0+v*v, n1+w*w
			v, w = v-mean[i], w-mean[i+1]
			l0, l1 = l0+v*v, l1+w*w
		}
		left, length = l0+l1, math.Sqrt(n0+n1)
	}
	k.combine(&c.head[0], &c.wide[0], &r.matrix[0], r.stride, r.cols)
	numbers := c.numbers[:codeNumbers]
	clear(numbers)
	for i, offset := range r.offset[:r.heads] {
		h := c.head[i] - offset
		left -= h * h
		numbers[i] = h
	}
	numbers[r.heads] = math.Sqrt(max(left, 0)) - r.rest
	square := 0.0
	for i, v := range numbers {
		v = min(max(v/r.unit, -maxCode), maxCode)
		numbers[i] = v
		square += v * v
	}
	shrink := 1.0
	if square > maxLength*maxLength {
		shrink = maxLength / math.Sqrt(square)
	}
	square = 0
	for i, v := range numbers {
		whole := math.RoundToEven(v * shrink)
		square += (v*shrink - whole) * (v*shrink - whole)
		numbers[i] = whole
	}
	return math.Sqrt(square) + r.roundoff(length)
}

// roundoff bounds what float64 adds to the error of a code of a vector of some length, in units.
//
// With u = 2⁻⁵³ a sum of n = stride products is wrong by at most (n + 2) u |a| |b| (Higham 2002, section 3.1; rows of R
// are no longer than 1). So a number of the head is wrong by e = 2 (n + 3) u m at most, with m = |x| + |mean|, the
// heads together by 7 e (at most 38 of them). |x − mean|² is wrong by (n + 4) u m², the sum of the heads' squares by
// 2 · 7 e m + 50 u m², the difference by less than 32 (n + 50) u m², and as |√a − √b| ≤ √|a − b|, the rest by the root
// of that. The root is larger than all else, so twice it bounds the head. What clamping, shrinking and dividing round
// is relative: at most 2⁻⁵⁰ of 250; 10⁻⁹ bounds that, and the rounding of these sums themselves.
func (r *rotation) roundoff(length float64) float64 {
	m := length + r.size
	return 2*math.Sqrt(32*float64(r.stride+50)*0x1p-53)*m/r.unit + 1e-9
}

// encode writes the code of a vector of stride numbers to its place in the codes of a block.
func (r *rotation) encode(k kernel, c *coder, vector []float32, codes []byte, row int) (rounding float64) {
	rounding = r.numbersOf(k, c, vector)
	at := codes[row/groupRows*groupRows*codeBytes+row%groupRows*4:]
	square := 0
	numbers := c.numbers[:codeNumbers]
	for i, v := range numbers {
		n := int(v)
		square += n * n
		at[i/4*(4*groupRows)+i%4] = byte(n + 128)
	}
	square /= 2
	i := len(numbers) // even, and not divisible by 4
	at[i/4*(4*groupRows)+2] = byte(square / lengthOne)
	at[i/4*(4*groupRows)+3] = byte(square % lengthOne)
	return rounding
}

// code gives every full group of rows its codes, with a new rotation when it is time for one.
func (d *draft) code() {
	g := d.g
	switch {
	case d.rows == 0:
		d.rotation, d.rounding, g.since = nil, 0, 0
	case d.rotation == nil && d.rows >= firstTraining,
		d.rotation != nil && g.since >= trainAgain*min(d.rotation.trained, max(d.rows, firstTraining)):
		d.rotation = train(g.kernel, &d.snapshot, g.engine.Dim)
		d.coded, d.rounding, g.since = 0, 0, 0
		list := make([]*block, len(d.blocks), len(d.blocks)+len(d.blocks)/8+1)
		for i, b := range d.blocks {
			list[i] = &block{pages: b.pages, first: b.first}
		}
		d.blocks = list
	}
	if d.rotation == nil {
		return
	}
	if to := d.rows / groupRows * groupRows; to > d.coded {
		d.encode(d.coded, to)
		d.coded = to
	}
}

// encode gives rows their codes, on several processors if they are many. Both ends are multiples of groupRows.
func (d *draft) encode(from, to int) {
	for _, b := range d.blocks[from/blockRows : (to-1)/blockRows+1] {
		if b.codes == nil {
			b.codes = make([]byte, blockRows*codeBytes)
		}
	}
	part := func(c *coder, from, to int) (rounding float64) {
		for row := from; row < to; row++ {
			b := d.blocks[row/blockRows]
			vector := b.pages[row/groupRows%blockSize].vectors[row%groupRows*d.stride:]
			rounding = max(rounding, d.rotation.encode(d.g.kernel, c, vector, b.codes, row%blockRows))
		}
		return rounding
	}
	workers := min(runtime.GOMAXPROCS(0), (to-from)/(4*blockRows)+1)
	if workers == 1 {
		d.rounding = max(d.rounding, part(d.g.coder, from, to))
		return
	}
	roundings := make([]float64, workers)
	var all sync.WaitGroup
	for w := range workers {
		groups := (to - from) / groupRows
		first, end := from+w*groups/workers*groupRows, from+(w+1)*groups/workers*groupRows
		all.Go(func() { roundings[w] = part(newCoder(d.stride), first, end) })
	}
	all.Wait()
	d.rounding = max(d.rounding, slices.Max(roundings))
}
