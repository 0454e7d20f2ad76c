// Package calibration finds what distances mean at one site, from the templates of the people enrolled there.
//
// The question is FPIR's (ISO/IEC 19795-1): of strangers at the gate, how many are nearer to somebody enrolled than the
// threshold? Each person enrolled plays the stranger once, with their own templates and those of their household left
// out of the gallery. What is measured so is the nearest of N distances, a minimum; the lower tail of minima of what
// cannot be below 0 is Weibull's (Fisher and Tippett 1928, Gnedenko 1943), and in it N has a known place:
//
//	FPIR(t; N) = 1 − (1 − F(t))^N = 1 − exp(−N/N₀ · (t/s)^k)
//
// s and k are fitted to the nearest part of the distances (maximum likelihood, the rest censored), so that small FPIR and
// larger galleries can be reached by calculation. k is the local intrinsic dimension of the descriptors (Houle 2017).
// Where the true tail falls off faster, as it does for faces, the threshold comes out a little strict, never loose.
//
// The package also finds look-alikes, who are too near each other for the threshold to part, and the stricter threshold
// that each of them gets. All this is pure: no clock, no storage. The Keeper is what has a life: it calibrates when the
// gallery has changed, keeps what came of it, and hands it to the gates.
package calibration
