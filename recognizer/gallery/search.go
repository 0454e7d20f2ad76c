package gallery

import (
	"cmp"
	"math"
	"slices"

	"menshen"
)

// Search gives up to k different people, nearest first, each with their nearest template and its distance; people at
// the same distance in order of their ids. The answer is exact. An empty gallery gives none and no error. CodeInvalid
// for a descriptor that is not of this engine.
func (g *Gallery) Search(d menshen.Descriptor, k int) ([]menshen.Candidate, error) {
	return g.SearchWithin(d, k, math.Inf(1))
}

// SearchWithin is Search among people who are not farther than a distance. The nearer the bound, the faster it is.
func (g *Gallery) SearchWithin(d menshen.Descriptor, k int, distance float64) ([]menshen.Candidate, error) {
	const op = "gallery.search"
	if err := g.checkDescriptor(op, d); err != nil {
		return nil, err
	}
	if math.IsNaN(distance) {
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "the distance to search within is no number")
	}
	if k < 1 || distance < 0 {
		return nil, nil
	}
	best := nearest{k: k, within: distance, slack: slack(len(d))}
	best.tighten()
	dim := len(d)
	for _, b := range g.now.Load().blocks {
		for i := range b.rows {
			v := b.vectors[i*dim : i*dim+dim]
			if beyond(d, v, best.limit) {
				continue
			}
			// The filter's float32 sum decides nothing but this: what is near is measured again, as everybody else would.
			best.offer(b.rows[i], d.Distance(v))
		}
	}
	return best.people, nil
}

// nearest collects the k nearest people.
type nearest struct {
	k      int
	within float64
	slack  float64
	people []menshen.Candidate // in order
	limit  float32             // squared distance beyond which nobody can be among them
}

// slack is how far a float32 sum of n squared differences may lie above the true one, as a share of it, twice over for
// safety: each term carries three roundings and each addition one (Higham 2002, section 3.1).
func slack(n int) float64 { return 2 * float64(n+4) * 0x1p-24 }

// tighten renews the limit after a change. A person may still come in at the very distance of the last one.
func (n *nearest) tighten() {
	bound := n.within
	if len(n.people) == n.k {
		bound = min(bound, n.people[n.k-1].Distance)
	}
	// A float32 sum of tiny squares may also lose what is below the smallest float32; that only lets more through.
	limit := bound * bound * (1 + n.slack)
	if limit > math.MaxFloat32 {
		limit = math.Inf(1)
	}
	n.limit = float32(limit)
	if float64(n.limit) < limit {
		n.limit = math.Nextafter32(n.limit, float32(math.Inf(1)))
	}
}

func (n *nearest) offer(r row, distance float64) {
	if !(distance <= n.within) {
		return
	}
	c := menshen.Candidate{Person: r.person, Template: r.template, Distance: distance}
	if at := slices.IndexFunc(n.people, func(o menshen.Candidate) bool { return o.Person == c.Person }); at >= 0 {
		if compare(c, n.people[at]) >= 0 {
			return
		}
		n.people = slices.Delete(n.people, at, at+1)
	} else if len(n.people) == n.k {
		if compare(c, n.people[n.k-1]) >= 0 {
			return
		}
		n.people = n.people[:n.k-1]
	}
	at, _ := slices.BinarySearchFunc(n.people, c, compare)
	n.people = slices.Insert(n.people, at, c)
	n.tighten()
}

func compare(a, b menshen.Candidate) int {
	return cmp.Or(cmp.Compare(a.Distance, b.Distance), cmp.Compare(a.Person, b.Person), cmp.Compare(a.Template, b.Template))
}

// step is how many numbers are summed up between two looks at the limit.
const step = 16

// beyond reports whether the squared distance of two descriptors of one length surely exceeds the limit. It gives up
// as soon as the sum so far does: sums only grow.
func beyond(a, b []float32, limit float32) bool {
	var s float32
	for len(a) >= step && len(b) >= step {
		x, y := (*[step]float32)(a), (*[step]float32)(b)
		d0, d1, d2, d3 := x[0]-y[0], x[1]-y[1], x[2]-y[2], x[3]-y[3]
		d4, d5, d6, d7 := x[4]-y[4], x[5]-y[5], x[6]-y[6], x[7]-y[7]
		s0, s1, s2, s3 := d0*d0, d1*d1, d2*d2, d3*d3
		s0, s1, s2, s3 = s0+d4*d4, s1+d5*d5, s2+d6*d6, s3+d7*d7
		d0, d1, d2, d3 = x[8]-y[8], x[9]-y[9], x[10]-y[10], x[11]-y[11]
		d4, d5, d6, d7 = x[12]-y[12], x[13]-y[13], x[14]-y[14], x[15]-y[15]
		s0, s1, s2, s3 = s0+d0*d0, s1+d1*d1, s2+d2*d2, s3+d3*d3
		s0, s1, s2, s3 = s0+d4*d4, s1+d5*d5, s2+d6*d6, s3+d7*d7
		s += (s0 + s1) + (s2 + s3)
		if s > limit {
			return true
		}
		a, b = a[step:], b[step:]
	}
	for i := range min(len(a), len(b)) {
		d := a[i] - b[i]
		s += d * d
	}
	return s > limit
}
