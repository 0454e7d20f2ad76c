package gallery

import "math"

// lastShift is the shift with which no score reaches 255: a code and a probe are at most 2 (250 + √38/2) units apart, so
// a score is below (2 · 253.1)²/2 + 1 < 255 · 2⁹ before it is shifted.
const lastShift = 9

// limit gives the score up to which a row may be within a distance of a probe; all is 255 or more.
//
// Let t be the distance of two codes q and c, in units. A score before the shift is s = ⌊|c|²/2⌋ − q·c + ⌈|q|²/2⌉, hence
// s ≥ 0 and t² ≥ 2 s − 1. By the triangle inequality, and as neither rotation nor projection enlarges a distance,
//
//	unit (t − rounding of q − rounding of c) ≤ the true distance,
//
// so a row with t > L = distance/unit + both roundings is out. A row whose shifted score is more than m has
// s ≥ (m + 1) 2^shift and t² ≥ 2 (m + 1) 2^shift − 1, which exceeds L² from m = ⌊(L² + 1)/2^(shift + 1)⌋ on.
//
// Distances that are compared are Descriptor.Distance: a float64 sum, wrong by a factor of 1 ± (n + 4) 2⁻⁵³ (Higham 2002,
// section 3.1) and by the square root of the smallest float64; the 10⁻⁹ on distance and L covers that for n < 4 million,
// and what rounds here. A distance below 10⁻¹⁰⁰, where squares vanish, is taken for that.
func (p *probe) limit(distance float64) float64 {
	l := (max(distance, 1e-100)/p.rotation.unit + p.rounding) * (1 + 1e-9)
	return math.Floor((l*l + 1) / math.Exp2(float64(p.shift+1)))
}

// slack is how far a float32 sum of n squared differences may lie above the true one, as a share of it, twice over for
// safety: each term carries three roundings and each addition one, in whatever order (Higham 2002, section 3.1).
func slack(n int) float64 { return 2 * float64(n+4) * 0x1p-24 }

// ceiling gives the squared float32 distance above which a row surely is farther than a distance. A float32 sum of tiny
// squares may also lose what is below the smallest float32; that only lets more through.
func ceiling(distance float64, n int) float32 {
	c := distance * distance * (1 + slack(n))
	if c > math.MaxFloat32 {
		return float32(math.Inf(1))
	}
	if f := float32(c); float64(f) >= c {
		return f
	}
	return math.Nextafter32(float32(c), float32(math.Inf(1)))
}
