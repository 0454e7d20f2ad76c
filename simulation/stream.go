package simulation

import (
	"encoding/hex"
	"math/rand/v2"
)

// Streams of random numbers, one per thing that is decided, so that each can be drawn without the others.
const (
	streamHousehold uint64 = iota + 1
	streamJobs
	streamID
	streamDay
	streamTravel
	streamGates
	streamPass
	streamLive
	streamNoise
)

// mix gives a number that depends on all words, evenly spread (the finaliser of SplitMix64, chained).
func mix(words ...uint64) uint64 {
	h := uint64(0x9e3779b97f4a7c15)
	for _, w := range words {
		h += w + 0x9e3779b97f4a7c15
		h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
		h = (h ^ h>>27) * 0x94d049bb133111eb
		h ^= h >> 31
	}
	return h
}

// dice draws from one stream. It is not safe for concurrent use.
type dice struct{ *rand.Rand }

func (c *Community) dice(stream, a, b uint64) dice {
	return dice{rand.New(rand.NewPCG(mix(c.cfg.Seed, stream, a, b), mix(b, a, stream, c.cfg.Seed)))}
}

// newPace gives the dice of a walk: whoever walks with the same pace takes as long for the same steps.
func newPace(pace uint64) dice { return dice{rand.New(rand.NewPCG(pace, 0))} }

// chance is true with probability p.
func (d dice) chance(p float64) bool { return d.Float64() < p }

// near draws from a normal distribution, held within two and a half standard deviations.
func (d dice) near(mean, deviation float64) float64 {
	return mean + deviation*min(max(d.NormFloat64(), -2.5), 2.5)
}

// between draws evenly from [lo, hi).
func (d dice) between(lo, hi float64) float64 { return lo + (hi-lo)*d.Float64() }

// id gives the UUID (version 8, RFC 9562: bits of our own choice) of the nth thing of a kind.
func id(seed, kind, n uint64) string {
	var b [16]byte
	hi, lo := mix(seed, streamID, kind, n, 0), mix(seed, streamID, kind, n, 1)
	for i := range 8 {
		b[i], b[8+i] = byte(hi>>(8*i)), byte(lo>>(8*i))
	}
	b[6], b[8] = b[6]&0x0f|0x80, b[8]&0x3f|0x80
	s := hex.EncodeToString(b[:])
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}
