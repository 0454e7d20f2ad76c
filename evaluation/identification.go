package evaluation

import (
	"math"
	"math/rand/v2"
	"slices"

	"menshen"
)

// OpenSet says how people are searched for. Zero fields take their defaults.
type OpenSet struct {
	Enrolled  float64   // share of the people who are enrolled, 0 … 1; the rest are strangers; 0.5 if 0
	Templates int       // photographs of each enrolled person that make templates; 3 if 0, always at least one left as probe
	Sizes     []int     // people in the gallery; about 1/8, 1/4, 1/2 and all of the enrolled if empty
	Splits    int       // random divisions into enrolled and strangers, templates and probes; 50 if 0
	FPIRs     []float64 // wanted; 0.003 and 0.01 if empty
	Beyond    []int     // sizes to which the figures are carried by the tail of the FMR; 100, 1000 and 10,000 if empty
	Seed      uint64
}

// Identification is what open-set searches showed.
type Identification struct {
	People    int       `json:"people"`
	Images    int       `json:"images"`
	Enrolled  int       `json:"enrolled_people"` // in each split
	Strangers int       `json:"strangers"`       // in each split
	Templates int       `json:"templates_per_person"`
	Splits    int       `json:"splits"`
	Galleries []Gallery `json:"galleries"` // by rising size
	Beyond    []Beyond  `json:"extrapolated"`
}

// Gallery is what searches in a gallery of one size showed, over all splits.
type Gallery struct {
	Size          int         `json:"size"`               // people
	Mated         int         `json:"mated_searches"`     // by people in the gallery
	NonMated      int         `json:"non_mated_searches"` // by strangers, over all splits; the same photographs again and again
	NonMatedFaces int         `json:"non_mated_images"`   // photographs that they were made with
	Rank1         float64     `json:"rank1"`              // share of mated searches
	Rank1Interval Interval    `json:"rank1_interval"`     // by people
	Points        []FPIRPoint `json:"fnir_at_fpir"`       //
}

// FPIRPoint is the FNIR at a FPIR.
type FPIRPoint struct {
	FPIR      float64  `json:"fpir"`      // wanted
	Measured  float64  `json:"measured"`  // at the threshold, at most the wanted one
	Threshold float64  `json:"threshold"` // the largest one that does not exceed it; 0 where none
	FNIR      float64  `json:"fnir"`
	Interval  Interval `json:"interval"` // by people, the threshold chosen anew for every draw
	// Resolved says whether at least three photographs of strangers would be expected to be taken for somebody. Where not,
	// the threshold hangs on the one or two most alike strangers of this set.
	Resolved bool `json:"resolved"`
	// Expected is the FPIR that 1 − (1 − FMR)^N gives at this threshold, from all comparisons of strangers with enrolled
	// people.
	Expected float64 `json:"expected_fpir"`
}

// Beyond is what is to be expected of a gallery larger than could be measured: the threshold whose FMR, by the fitted
// tail, gives the FPIR in it, and the FNIR there of people who are nearest to themselves. No interval: it is no
// measurement.
type Beyond struct {
	Size      int     `json:"size"`
	FPIR      float64 `json:"fpir"`
	FMR       float64 `json:"fmr"`
	Threshold float64 `json:"threshold"`
	FNIR      float64 `json:"fnir"`
	Fitted    bool    `json:"fitted"` // the FMR lies below what was measured
}

// Score is the distance of a probe to a person who is enrolled with these photographs; +Inf where either failed. Numbers
// are those of the people's images, in order.
type Score func(probe int, enrolled []int) float64

func (o OpenSet) withDefaults() OpenSet {
	if o.Enrolled == 0 {
		o.Enrolled = 0.5
	}
	if o.Templates == 0 {
		o.Templates = 3
	}
	if o.Splits == 0 {
		o.Splits = 50
	}
	if len(o.FPIRs) == 0 {
		o.FPIRs = []float64{0.003, 0.01}
	}
	if len(o.Beyond) == 0 {
		o.Beyond = []int{100, 1_000, 10_000}
	}
	return o
}

// search is one search in a gallery.
type search struct {
	person int     // who looks into the camera
	image  int     // the probe
	mate   float64 // distance to that person where enrolled and nearest, else +Inf
	first  bool    // enrolled and nearest
	found  float64 // distance to the nearest person
}

// searches are those of all splits in galleries of one size.
type searches struct {
	mated, others []search
}

// Identify searches for people in galleries: in each split some are enrolled with some of their photographs, probes are
// the others, and all those of strangers. CodeInvalid where there are too few people or photographs for that.
func (o OpenSet) Identify(people []Person, score Score) (Identification, error) {
	const op = "evaluation.identify"
	o = o.withDefaults()
	images, able := number(people), 0
	for _, own := range images {
		if len(own) > 1 {
			able++
		}
	}
	enrolled := min(int(math.Round(o.Enrolled*float64(len(people)))), able)
	if !(o.Enrolled > 0 && o.Enrolled < 1) || enrolled < 1 || len(people)-enrolled < 1 {
		return Identification{}, menshen.Errorf(menshen.CodeInvalid, op, "of %d people, %d with several photographs, a share of %g cannot be enrolled", len(people), able, o.Enrolled).
			WithHint("use a share between 0 and 1 that leaves both enrolled people and strangers, and give two or more photographs of each person")
	}
	if o.Templates < 1 || o.Splits < 1 {
		return Identification{}, menshen.Errorf(menshen.CodeInvalid, op, "%d templates and %d splits cannot be used", o.Templates, o.Splits).WithHint("use 1 or more of each")
	}
	if len(o.Sizes) == 0 {
		o.Sizes = []int{(enrolled + 7) / 8, (enrolled + 3) / 4, (enrolled + 1) / 2, enrolled}
	}
	o.Sizes = slices.Compact(slices.Sorted(slices.Values(o.Sizes)))
	if o.Sizes[0] < 1 || o.Sizes[len(o.Sizes)-1] > enrolled {
		return Identification{}, menshen.Errorf(menshen.CodeInvalid, op, "a gallery of %d people cannot be made of %d", o.Sizes[len(o.Sizes)-1], enrolled).
			WithHint("use sizes from 1 to the number of enrolled people")
	}
	r := Identification{People: len(people), Enrolled: enrolled, Strangers: len(people) - enrolled, Templates: o.Templates, Splits: o.Splits}
	for _, own := range images {
		r.Images += len(own)
	}
	all := make([]searches, len(o.Sizes))
	var impostors []float64
	random := rand.New(rand.NewPCG(o.Seed, 0x6d656e7368656e))
	for range o.Splits {
		impostors = o.split(random, images, enrolled, score, all, impostors)
	}
	tail, fitted := NewTail(impostors)
	for i, size := range o.Sizes {
		r.Galleries = append(r.Galleries, o.gallery(size, all[i], len(people), tail))
	}
	if fitted {
		r.Beyond = o.beyond(all[len(all)-1], tail, len(impostors)/o.Splits)
	}
	return r, nil
}

// number gives each person's images their numbers.
func number(people []Person) (images [][]int) {
	n := 0
	for _, p := range people {
		own := make([]int, len(p.Images))
		for k := range own {
			own[k] = n
			n++
		}
		images = append(images, own)
	}
	return images
}

// split divides once and searches in galleries of all sizes, the smaller ones within the larger. It appends the distances
// between strangers and enrolled people.
func (o OpenSet) split(random *rand.Rand, images [][]int, enrolled int, score Score, all []searches, impostors []float64) []float64 {
	order := random.Perm(len(images))
	slices.SortStableFunc(order, func(a, b int) int { return int(one(len(images[a]) < 2)) - int(one(len(images[b]) < 2)) })
	templates := make([][]int, enrolled)
	distances := make([]float64, enrolled)
	probe := func(person, image, mate int) {
		for j, own := range templates {
			distances[j] = score(image, own)
		}
		for i, size := range o.Sizes {
			if mate >= size {
				continue
			}
			s := search{person: person, image: image, mate: math.Inf(1)}
			nearest := slices.Index(distances[:size], slices.Min(distances[:size]))
			s.found = distances[nearest]
			if mate < 0 {
				all[i].others = append(all[i].others, s)
				continue
			}
			if s.first = !math.IsInf(s.found, 1) && distances[mate] == s.found; s.first {
				s.mate = s.found
			}
			all[i].mated = append(all[i].mated, s)
		}
	}
	left := make([][]int, enrolled)
	for j, person := range order[:enrolled] {
		own := slices.Clone(images[person])
		random.Shuffle(len(own), func(a, b int) { own[a], own[b] = own[b], own[a] })
		n := min(o.Templates, len(own)-1)
		templates[j], left[j] = own[:n], own[n:]
	}
	for j, person := range order[:enrolled] {
		for _, image := range left[j] {
			probe(person, image, j)
		}
	}
	for _, person := range order[enrolled:] {
		for _, image := range images[person] {
			probe(person, image, -1)
			impostors = append(impostors, distances...)
		}
	}
	return impostors
}

// gallery sums up the searches in galleries of one size.
func (o OpenSet) gallery(size int, s searches, people int, tail Tail) Gallery {
	byDistance(s.others)
	faces := map[int]bool{}
	for _, x := range s.others {
		faces[x.image] = true
	}
	g := Gallery{Size: size, Mated: len(s.mated), NonMated: len(s.others), NonMatedFaces: len(faces)}
	measure := func(drawn, out []float64) {
		var sum, first float64
		misses := make([]float64, len(o.FPIRs))
		thresholds, _ := s.thresholds(o.FPIRs, drawn)
		for _, x := range s.mated {
			w := of(drawn, x.person)
			sum += w
			first += w * one(x.first)
			for i, t := range thresholds {
				misses[i] += w * one(!(x.mate <= t))
			}
		}
		out[0] = first / sum
		for i := range o.FPIRs {
			out[i+1] = misses[i] / sum
		}
	}
	figures := make([]float64, 1+len(o.FPIRs))
	measure(nil, figures)
	intervals := bootstrap(people, replicates(len(s.mated)+len(s.others)), len(figures), o.Seed, measure)
	g.Rank1, g.Rank1Interval = figures[0], intervals[0]
	thresholds, measured := s.thresholds(o.FPIRs, nil)
	for i, f := range o.FPIRs {
		g.Points = append(g.Points, FPIRPoint{
			FPIR: f, Measured: measured[i], Threshold: finite(thresholds[i]), FNIR: figures[i+1], Interval: intervals[i+1],
			Resolved: f*float64(len(faces)) >= 3, Expected: ExpectedFPIR(tail.FMR(thresholds[i]), size),
		})
	}
	return g
}

func byDistance(s []search) {
	slices.SortStableFunc(s, func(a, b search) int {
		switch {
		case a.found < b.found:
			return -1
		case a.found > b.found:
			return 1
		}
		return 0
	})
}

func of(drawn []float64, person int) float64 {
	if drawn == nil {
		return 1
	}
	return drawn[person]
}

// thresholds gives the largest thresholds whose FPIR does not exceed those wanted, and the FPIR there: just below the
// first stranger too many, so that everybody nearer counts. The searches of strangers are sorted.
func (s searches) thresholds(fpirs, drawn []float64) (thresholds, measured []float64) {
	thresholds, measured = make([]float64, len(fpirs)), make([]float64, len(fpirs))
	sum := 0.0
	for _, x := range s.others {
		sum += of(drawn, x.person)
	}
	for i, f := range fpirs {
		found, allowed := 0.0, f*sum+1e-9
		thresholds[i] = math.MaxFloat64
		for k := 0; k < len(s.others); {
			d, tie := s.others[k].found, 0.0
			for ; k < len(s.others) && s.others[k].found == d; k++ {
				tie += of(drawn, s.others[k].person)
			}
			if math.IsInf(d, 1) || found+tie > allowed {
				thresholds[i] = math.Nextafter(d, 0)
				break
			}
			found += tie
		}
		measured[i] = found / max(sum, 1)
	}
	return thresholds, measured
}

// beyond carries the figures of the largest gallery on to larger ones.
func (o OpenSet) beyond(s searches, tail Tail, comparisons int) []Beyond {
	var all []Beyond
	for _, size := range o.Beyond {
		for _, f := range o.FPIRs {
			b := Beyond{Size: size, FPIR: f, FMR: NeededFMR(f, size)}
			b.Threshold, b.Fitted = tail.Threshold(b.FMR), b.FMR*float64(comparisons) < 3
			missed := 0
			for _, x := range s.mated {
				if !(x.mate <= b.Threshold) {
					missed++
				}
			}
			b.FNIR = float64(missed) / float64(max(len(s.mated), 1))
			all = append(all, b)
		}
	}
	return all
}
