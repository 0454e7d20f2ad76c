package gallery_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"menshen/recognizer/gallery"
)

// TestKernels: all kernels give the same scores, and sums and distances that differ by rounding only.
func TestKernels(t *testing.T) {
	t.Log(gallery.Kernels())
	for _, kernel := range gallery.Kernels() {
		t.Run(kernel, func(t *testing.T) {
			rnd := rand.New(rand.NewPCG(1, 1))
			for range 100 {
				sameScores(t, kernel, rnd)
				sameSums(t, kernel, rnd)
			}
		})
	}
}

func sameScores(t *testing.T, kernel string, rnd *rand.Rand) {
	t.Helper()
	width, groups := 4*(1+rnd.IntN(16)), 1+rnd.IntN(5)
	codes, query := make([]byte, width*groups*64), make([]int8, width)
	for i := range codes {
		codes[i] = byte(rnd.Uint32())
		if rnd.IntN(4) == 0 {
			codes[i] = 255
		}
	}
	least := int32(0)
	for i := range query {
		query[i] = int8(rnd.Uint32())
		if rnd.IntN(4) == 0 {
			query[i] = int8(127 - 255*rnd.IntN(2))
		}
		least += min(0, int32(query[i])) * 255
	}
	base, shift, limit := -least, uint(rnd.IntN(10)), byte(rnd.Uint32()) // so that no score is negative
	scores, leasts, rows := gallery.Scores(kernel, codes, query, base, shift, limit)
	var want []uint32
	for row := range groups * 64 {
		s := base
		for i, q := range query {
			s += int32(q) * int32(codes[row/64*64*width+i/4*256+row%64*4+i%4])
		}
		if s = min(s>>shift, 255); s != int32(scores[row]) {
			t.Fatalf("the score of row %d is %d instead of %d (width %d, shift %d)", row, scores[row], s, width, shift)
		}
		if byte(s) <= limit {
			want = append(want, 1000+uint32(row))
		}
	}
	if !slices.Equal(rows, want) {
		t.Fatalf("scores up to %d have the rows %v instead of %v", limit, rows, want)
	}
	for g, l := range leasts {
		if want := slices.Min(scores[g*64 : g*64+64]); l != want {
			t.Fatalf("the least score is %d instead of %d", l, want)
		}
	}
}

func sameSums(t *testing.T, kernel string, rnd *rand.Rand) {
	t.Helper()
	query := make([]float32, 16*(1+rnd.IntN(40)))
	rows := make([][]float32, 1+rnd.IntN(9))
	for i := range query {
		query[i] = float32(rnd.NormFloat64())
	}
	for i := range rows {
		rows[i] = make([]float32, len(query))
		for j := range rows[i] {
			rows[i][j] = float32(rnd.NormFloat64())
		}
	}
	for i, got := range gallery.Squared(kernel, query, rows) {
		want := 0.0
		for j, v := range rows[i] {
			want += (float64(v) - float64(query[j])) * (float64(v) - float64(query[j]))
		}
		if math.Abs(float64(got)-want) > want*float64(len(query)+4)*0x1p-24 {
			t.Fatalf("%d numbers are %v apart instead of %v", len(query), got, want)
		}
	}
	weights, cols := make([]float64, 4*(1+rnd.IntN(20))), 16*(1+rnd.IntN(4))
	matrix := make([]float64, len(weights)*cols)
	for i := range weights {
		weights[i] = rnd.NormFloat64()
	}
	for i := range matrix {
		matrix[i] = rnd.NormFloat64()
	}
	for j, got := range gallery.Combined(kernel, weights, matrix) {
		want := 0.0
		for i, w := range weights {
			want += w * matrix[i*cols+j]
		}
		if math.Abs(got-want) > 1e-12*float64(len(weights)) {
			t.Fatalf("a sum of %d is %v instead of %v", len(weights), got, want)
		}
	}
}
