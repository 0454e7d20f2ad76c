package bench

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
	"time"

	"menshen"
	"menshen/recognizer/gallery"
	"menshen/recognizer/gallery/synthetic"
)

// crowd is the computed population that menshen bench gallery works with.
type crowd struct {
	o       GalleryOptions
	vectors []float32            // row after row: the templates of one person after those of another
	queries []menshen.Descriptor // every other one, from the second on, of nobody in the gallery
}

func newCrowd(ctx context.Context, o GalleryOptions) (*crowd, error) {
	c := &crowd{o: o, vectors: make([]float32, o.People*o.Templates*o.Dim)}
	faces := synthetic.New(o.Dim, o.Seed)
	var workers sync.WaitGroup
	for w := range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := w; i < o.People*o.Templates && ctx.Err() == nil; i += runtime.GOMAXPROCS(0) {
				faces.Draw(c.row(i), uint64(i/o.Templates), uint64(i%o.Templates))
			}
		})
	}
	workers.Wait()
	for i := range o.Queries {
		person := uint64(i) * uint64(o.People) / uint64(o.Queries)
		if i%2 == 1 {
			person = 1<<40 + uint64(i)
		}
		c.queries = append(c.queries, faces.Face(person, uint64(o.Templates)))
	}
	return c, ctx.Err()
}

func (c *crowd) row(i int) menshen.Descriptor { return c.vectors[i*c.o.Dim : (i+1)*c.o.Dim] }

func (c *crowd) engine() menshen.EngineID {
	return menshen.EngineID{Name: "bench", ModelHash: "bench", Dim: c.o.Dim, Metric: menshen.MetricEuclidean}
}

// template gives a template with ids like those that menshen.NewID makes.
func (c *crowd) template(person, picture uint64, d menshen.Descriptor) menshen.Template {
	id := func(kind, a, b uint64) string {
		return fmt.Sprintf("%08x-%04x-7%03x-%04x-%012x", 0x01980000+kind, a&0xffff, a*7919&0xfff, 0x8000|b&0x3fff, a*0x9e3779b97f4a7c15>>16)
	}
	return menshen.Template{
		ID: id(1, person, picture), Person: id(0, person, 0), Engine: c.engine(), Descriptor: d, Quality: 1,
	}
}

func (c *crowd) query(i int) gallery.Query {
	return gallery.Query{Descriptor: c.queries[i], K: c.o.Nearest, Within: c.o.Within}
}

// fill inserts one template after another.
func (c *crowd) fill(ctx context.Context, r *galleryReport) (*gallery.Gallery, error) {
	g := gallery.New(c.engine())
	var took, cpu time.Duration
	batch := make([]menshen.Template, 0, 4096)
	for i := range c.o.People * c.o.Templates {
		batch = append(batch, c.template(uint64(i/c.o.Templates), uint64(i%c.o.Templates), c.row(i)))
		if len(batch) < cap(batch) && i+1 < c.o.People*c.o.Templates {
			continue
		}
		used, begin := processTime(), time.Now() // the ids are made beforehand
		for j := range batch {
			if err := g.Insert(batch[j]); err != nil {
				return nil, err
			}
		}
		took += time.Since(begin)
		cpu += processTime() - used
		batch = batch[:0]
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	r.Insert, r.InsertCPU = micros(took)/float64(g.Len()), micros(cpu)/float64(g.Len())
	return g, nil
}

// scanLimit is for how long answers are compared with a plain scan.
const scanLimit = 20 * time.Second

// compare searches as a plain scan does, all queries if that takes no longer than scanLimit, else as many of them,
// spread over all.
func (r *galleryReport) compare(ctx context.Context, c *crowd, answers [][]menshen.Candidate) error {
	begin := time.Now()
	var took durations
	for i := range c.queries {
		at := i * 7919 % len(c.queries)
		if len(c.queries)%7919 == 0 {
			at = i
		}
		start := time.Now()
		want := c.scan(at)
		took = append(took, time.Since(start))
		if !slices.Equal(want, answers[at]) {
			r.Mismatches++
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if time.Since(begin) > scanLimit {
			break
		}
	}
	r.Compared = len(took)
	r.ScanP50 = micros(took.percentile(50))
	r.ScanRatio = r.ScanP50 / r.P50
	return nil
}

// scan measures the distances of all templates to a query and keeps the nearest people.
func (c *crowd) scan(query int) []menshen.Candidate {
	q, within := c.queries[query], c.o.Within
	if within == 0 {
		within = math.Inf(1)
	}
	type near struct {
		distance float64
		row      int
	}
	var best []near // of different people, in order
	rows := c.o.People * c.o.Templates
	offer := func(row int, distance float64) {
		if distance > within || len(best) == c.o.Nearest && distance > best[len(best)-1].distance {
			return
		}
		n := near{distance, row}
		order := func(a, b near) int {
			if a.distance != b.distance {
				return cmp.Compare(a.distance, b.distance)
			}
			x, y := c.template(c.of(a.row)), c.template(c.of(b.row))
			return cmp.Or(cmp.Compare(x.Person, y.Person), cmp.Compare(x.ID, y.ID))
		}
		if at := slices.IndexFunc(best, func(b near) bool { return b.row/c.o.Templates == row/c.o.Templates }); at >= 0 {
			if order(n, best[at]) >= 0 {
				return
			}
			best = slices.Delete(best, at, at+1)
		}
		at, _ := slices.BinarySearchFunc(best, n, order)
		best = slices.Insert(best, at, n)
		best = best[:min(len(best), c.o.Nearest)]
	}
	row := 0
	for ; row+4 <= rows; row += 4 { // four sums at once, each in the order of Descriptor.Distance
		var sums [4]float64
		a, b, d, e := c.row(row)[:len(q)], c.row(row + 1)[:len(q)], c.row(row + 2)[:len(q)], c.row(row + 3)[:len(q)]
		for i, v := range q {
			v := float64(v)
			x0, x1, x2, x3 := v-float64(a[i]), v-float64(b[i]), v-float64(d[i]), v-float64(e[i])
			sums[0] += x0 * x0
			sums[1] += x1 * x1
			sums[2] += x2 * x2
			sums[3] += x3 * x3
		}
		for i, s := range sums {
			offer(row+i, math.Sqrt(s))
		}
	}
	for ; row < rows; row++ {
		offer(row, q.Distance(c.row(row)))
	}
	var all []menshen.Candidate
	for _, b := range best {
		t := c.template(c.of(b.row))
		all = append(all, menshen.Candidate{Person: t.Person, Template: t.ID, Distance: b.distance})
	}
	return all
}

// of gives what template wants of a row.
func (c *crowd) of(row int) (person, picture uint64, d menshen.Descriptor) {
	return uint64(row / c.o.Templates), uint64(row % c.o.Templates), c.row(row)
}
