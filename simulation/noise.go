package simulation

import (
	"cmp"
	"math"
	"slices"
	"time"

	"menshen"
)

// Noise spoils passes as cameras, readers and networks do, so that tracing can be judged by what it still finds. The rates
// are shares of passes, 0 … 1, and independent of each other: a pass may be doubled, and its double dropped on the way.
type Noise struct {
	Seed uint64 // another number spoils other passes

	Dropped float64 // never seen: somebody looked away, or followed close behind
	Doubled float64 // seen twice, by the same gate in the same direction within Again
	Delayed float64 // arrive up to Late after they were captured; the capture time stays right
	Swapped float64 // have another's name: two people at one gate within Mixed of each other, each taken for the other

	Again time.Duration // default 3 s
	Late  time.Duration // default 6 h
	Mixed time.Duration // default 30 s
}

func (n Noise) withDefaults() Noise {
	n.Again = cmp.Or(n.Again, 3*time.Second)
	n.Late = cmp.Or(n.Late, 6*time.Hour)
	n.Mixed = cmp.Or(n.Mixed, 30*time.Second)
	return n
}

func (n Noise) validate() error {
	for _, rate := range []struct {
		name  string
		value float64
	}{{"dropped", n.Dropped}, {"doubled", n.Doubled}, {"delayed", n.Delayed}, {"swapped", n.Swapped}} {
		if !(rate.value >= 0 && rate.value <= 1) {
			return menshen.Errorf(menshen.CodeInvalid, "simulation.noise", "the rate of %s passes is %v", rate.name, rate.value).WithHint("use a rate from 0 to 1")
		}
	}
	for _, d := range []time.Duration{n.Again, n.Late, n.Mixed} {
		if d < time.Millisecond || d > 30*24*time.Hour {
			return menshen.Errorf(menshen.CodeInvalid, "simulation.noise", "a span of noise is %v", d).WithHint("use 1ms to 720h; 0 is the default")
		}
	}
	return nil
}

// Spoiled is what Noise did, counted in passes; a swap counts for both of its passes.
type Spoiled struct {
	Dropped, Doubled, Delayed, Swapped int
}

// Spoil gives the passes, which are in order of capture, as they arrive after the noise, with what was done to them. The
// passes given are not changed. Who is swapped is found first, then what is dropped, doubled and delayed. The rate of
// swapped passes is reached where enough people come near each other: a pass that no other is near stays as it is.
//
// Only passes of people who were let through are swapped, and never two of one person. The same passes, noise and seed give
// the same result. CodeInvalid names a rate that is out of range.
func (n Noise) Spoil(passes []menshen.Pass) ([]menshen.Pass, Spoiled, error) {
	n = n.withDefaults()
	if err := n.validate(); err != nil {
		return nil, Spoiled{}, err
	}
	var done Spoiled
	truth := slices.Clone(passes)
	done.Swapped = n.swap(truth)
	arrivals := make([]arrival, 0, len(truth))
	for i, p := range truth {
		d := newPace(mix(n.Seed, streamNoise, uint64(i)))
		dropped, doubled, delayed := d.chance(n.Dropped), d.chance(n.Doubled), d.chance(n.Delayed)
		late, again := d.duration(n.Late), d.duration(n.Again)
		if dropped {
			done.Dropped++
			continue
		}
		at := p.Captured
		if delayed {
			done.Delayed++
			at = at.Add(late)
		}
		arrivals = append(arrivals, arrival{at, p})
		if doubled {
			done.Doubled++
			p.Captured = p.Captured.Add(again)
			if !p.Decided.IsZero() {
				p.Decided = p.Decided.Add(again)
			}
			arrivals = append(arrivals, arrival{at.Add(again), p})
		}
	}
	slices.SortStableFunc(arrivals, func(a, b arrival) int { return a.at.Compare(b.at) })
	out := make([]menshen.Pass, len(arrivals))
	for i, a := range arrivals {
		out[i] = a.pass
	}
	return out, done, nil
}

type arrival struct {
	at   time.Time
	pass menshen.Pass
}

// duration draws evenly from (0, most].
func (d dice) duration(most time.Duration) time.Duration {
	return time.Duration(math.Ceil((1 - d.Float64()) * float64(most)))
}

// swap exchanges who passed, by which means, and how sure that is, between passes near each other, and counts passes. A
// pass is chosen with half the rate and exchanged with the next at its gate that is free: two passes for one choice.
func (n Noise) swap(passes []menshen.Pass) (swapped int) {
	if n.Swapped == 0 {
		return 0
	}
	last := map[string][]int{} // passes at a gate that may still be somebody's partner
	taken := make([]bool, len(passes))
	for i := range passes {
		p := &passes[i]
		if p.Person == "" || p.Decision.Outcome != menshen.OutcomeAllow {
			continue
		}
		near := slices.DeleteFunc(last[p.ID.Gate], func(j int) bool { return taken[j] || p.Captured.Sub(passes[j].Captured) > n.Mixed })
		d := newPace(mix(n.Seed, streamNoise, uint64(i), 1))
		// Of all passes so far, this share should have been swapped: what could not be is made up for by those that can.
		owed := n.Swapped*float64(i+1) - float64(swapped)
		k := slices.IndexFunc(near, func(j int) bool { return passes[j].Person != p.Person })
		if k >= 0 && d.chance(min(1, owed/2)) {
			q := &passes[near[k]]
			p.Person, q.Person = q.Person, p.Person
			p.Match, q.Match = q.Match, p.Match
			p.Means, q.Means = q.Means, p.Means
			p.Confidence, q.Confidence = q.Confidence, p.Confidence
			taken[i], taken[near[k]] = true, true
			swapped += 2
		}
		last[p.ID.Gate] = append(near, i)
	}
	return swapped
}
