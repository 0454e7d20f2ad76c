// Package evaluation measures how well faces are told apart, in the terms of ISO/IEC 19795-1 and of NIST's FRTE:
// verification (one photograph against one) and open-set identification (one against a gallery, by people who are in it
// and by strangers), each with confidence intervals, and draws the curves as SVG. It reads lists of pairs and folders of
// people. It knows no engine and no pixels: what is compared comes in as distances.
//
// Its words:
//
//	FMR, FAR   share of comparisons of different people that are accepted; with failures to acquire counted, FAR
//	FNMR, TAR  share of comparisons of one person that are refused; TAR = 1 − FNMR, failures counted as refused
//	FPIR       share of searches by strangers that return somebody
//	FNIR       share of searches by enrolled people that do not return them: not nearest, or beyond the threshold
//	rank-1     share of searches by enrolled people whose nearest is themselves, whatever the distance
//	FTA        photographs of which no template could be made (failure to acquire)
//
// A comparison is accepted up to a threshold, that one included. A failed photograph is +Inf from everything: it is
// never accepted, which counts against its person and never for a stranger.
//
// All intervals are of 95 %. Pairs that share a person are not independent, so where people are known the intervals come
// from resampling people and not pairs (bootstrap of clusters; Bolle, Ratha, Pankanti 2004; ISO/IEC 19795-1 annex B).
// Everything is a function of its arguments and a seed: the same call gives the same figures. Safe for concurrent use.
package evaluation
