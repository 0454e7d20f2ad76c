package gallery

import "unsafe"

// kernel is the arithmetic of one kind of processor. All kinds give the same scores; distances and sums may differ by
// what their rounding bounds allow. Pointers are to the first of as many elements as the sizes say; nothing is kept.
// What they read is never written again after a snapshot has it: the race detector does not see assembly.
type kernel struct {
	name string

	// scan scores the codes of groups of 64 rows, quads · 4 bytes each: min(255, (base + code · query) >> shift), one
	// byte a row to scores, and the least of each group to least. base + code · query is never negative.
	scan func(codes *byte, groups int, query *int8, quads int, base int32, shift uint, scores, least *byte)

	// collect writes the numbers of the scores up to a limit, counted from first on, to rows, and gives how many.
	collect func(scores *byte, groups int, limit byte, first uint32, rows *uint32) int

	// distances gives the squared distances of a query to n rows of stride numbers, a multiple of 16, in float32.
	distances func(query *float32, stride int, rows *unsafe.Pointer, n int, squared *float32)

	// combine sums up rows of a row-major matrix with weights: sum = Σ weights[i] matrix[i]. The number of rows is a
	// multiple of 4, that of columns one of 16.
	combine func(sum, weights, matrix *float64, rows, cols int)
}

// plain is the kernel for every processor.
func plain() kernel {
	return kernel{name: "plain", scan: scan, collect: collect, distances: distances, combine: combine}
}

func scan(codes *byte, groups int, query *int8, quads int, base int32, shift uint, scores, least *byte) {
	code := unsafe.Slice(codes, groups*groupRows*quads*4)
	score := unsafe.Slice(scores, groups*groupRows)
	q := unsafe.Slice(query, quads*4)
	for g := range groups {
		var sums [groupRows]int32
		for i := range sums {
			sums[i] = base
		}
		for j := 0; j < len(q); j += 4 {
			q0, q1, q2, q3 := int32(q[j]), int32(q[j+1]), int32(q[j+2]), int32(q[j+3])
			c := code[:4*groupRows]
			for i := range sums {
				sums[i] += q0*int32(c[4*i]) + q1*int32(c[4*i+1]) + q2*int32(c[4*i+2]) + q3*int32(c[4*i+3])
			}
			code = code[4*groupRows:]
		}
		lowest := int32(255)
		for i, s := range sums {
			s = min(s>>shift, 255)
			score[g*groupRows+i] = byte(s)
			lowest = min(lowest, s)
		}
		*(*byte)(unsafe.Add(unsafe.Pointer(least), g)) = byte(lowest)
	}
}

func collect(scores *byte, groups int, limit byte, first uint32, rows *uint32) (n int) {
	to := unsafe.Slice(rows, groups*groupRows)
	for i, s := range unsafe.Slice(scores, groups*groupRows) {
		if s <= limit {
			to[n] = first + uint32(i)
			n++
		}
	}
	return n
}

func distances(query *float32, stride int, rows *unsafe.Pointer, n int, squared *float32) {
	q, to := unsafe.Slice(query, stride), unsafe.Slice(squared, n)
	for r, row := range unsafe.Slice(rows, n) {
		v := unsafe.Slice((*float32)(row), stride)
		var s0, s1, s2, s3 float32
		for i := 0; i+4 <= len(q) && i+4 <= len(v); i += 4 {
			d0, d1, d2, d3 := q[i]-v[i], q[i+1]-v[i+1], q[i+2]-v[i+2], q[i+3]-v[i+3]
			s0, s1, s2, s3 = s0+d0*d0, s1+d1*d1, s2+d2*d2, s3+d3*d3
		}
		to[r] = (s0 + s1) + (s2 + s3)
	}
}

func combine(sum, weights, matrix *float64, rows, cols int) {
	s, m := unsafe.Slice(sum, cols), unsafe.Slice(matrix, rows*cols)
	clear(s)
	for _, w := range unsafe.Slice(weights, rows) {
		row := m[:len(s)]
		for j := range s {
			s[j] += w * row[j]
		}
		m = m[len(s):]
	}
}
