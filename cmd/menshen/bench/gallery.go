package bench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"

	"menshen"
	"menshen/recognizer/gallery"
)

// GalleryOptions are the flags of menshen bench gallery.
type GalleryOptions struct {
	People    int     // 1 to 5 million
	Templates int     // of each person, 1 to 100; 5 million in all at most
	Dim       int     // numbers of a descriptor, 1 to 4096
	Queries   int     // 2 to 1 million; every other one is of nobody in the gallery
	Threads   int     // that search at the same time, 1 to 256
	Seed      uint64  // of the population
	Nearest   int     // people that each query asks for, 1 to 1000
	Within    float64 // the distance that each query asks for; 0: any
	Peer      string  // the program faiss (faiss/faiss.cpp), to compare with; none if empty
}

func (o GalleryOptions) check() error {
	for _, x := range []struct {
		flag     string
		value    int
		from, to int
	}{
		{"people", o.People, 1, 5_000_000}, {"templates-per-person", o.Templates, 1, 100}, {"dim", o.Dim, 1, 4096},
		{"queries", o.Queries, 2, 1_000_000}, {"threads", o.Threads, 1, 256}, {"nearest", o.Nearest, 1, 1000},
		{"people times templates-per-person", o.People * o.Templates, 1, 5_000_000},
	} {
		if x.value < x.from || x.value > x.to {
			return menshen.Errorf(menshen.CodeInvalid, "cmd.bench", "--%s: %d is out of range", x.flag, x.value).
				WithHint("use %d to %d", x.from, x.to)
		}
	}
	if !(o.Within >= 0) {
		return menshen.Errorf(menshen.CodeInvalid, "cmd.bench", "--within: %g is no distance", o.Within).WithHint("use 0 for any, or more")
	}
	return nil
}

// galleryReport is what menshen bench gallery prints. Times are in µs.
type galleryReport struct {
	Machine   Machine `json:"machine"`
	Kernel    string  `json:"kernel"` // the instructions that are used
	People    int     `json:"people"`
	Templates int     `json:"templates"`
	Dim       int     `json:"dim"`
	Queries   int     `json:"queries"`
	Threads   int     `json:"threads"`
	Seed      uint64  `json:"seed"`
	Nearest   int     `json:"nearest"`
	Within    float64 `json:"within"`

	P50        float64 `json:"p50_us"`
	P99        float64 `json:"p99_us"`
	KnownP50   float64 `json:"known_p50_us"`
	KnownP99   float64 `json:"known_p99_us"`
	UnknownP50 float64 `json:"unknown_p50_us"`
	UnknownP99 float64 `json:"unknown_p99_us"`
	QuietP50   float64 `json:"quiet_p50_us"` // least p50 of 50 queries in a row: what others on the machine leave unharmed
	QPS        float64 `json:"qps"`
	BatchQPS   float64 `json:"batch_qps"` // of one thread that asks for 64 at once

	Insert       float64 `json:"insert_us"`         // mean while the gallery was filled, one template at a time
	InsertCPU    float64 `json:"insert_cpu_us"`     // processor time of that, the collector's included
	InsertAtFull float64 `json:"insert_at_full_us"` // mean of some more
	RemoveAtFull float64 `json:"remove_at_full_us"` // mean of these again

	BytesPerTemplate float64 `json:"bytes_per_template"`
	SaveMS           float64 `json:"save_ms"`
	LoadMS           float64 `json:"load_ms"`

	Compared   int     `json:"compared"`   // queries whose answers were compared with those of a plain scan
	Mismatches int     `json:"mismatches"` // answers of them that differ, by anything
	ScanP50    float64 `json:"scan_p50_us"`
	ScanRatio  float64 `json:"scan_ratio"` // how many times faster than the plain scan

	Peer *peerFigures `json:"faiss,omitempty"`
}

// Gallery measures the search among templates of a computed population, and compares its answers with a plain scan.
func Gallery(ctx context.Context, p Program, o GalleryOptions) (Report, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	r := galleryReport{
		Machine: DescribeMachine(time.Now(), p.Version), People: o.People, Templates: o.People * o.Templates, Dim: o.Dim,
		Queries: o.Queries, Threads: o.Threads, Seed: o.Seed, Nearest: o.Nearest, Within: o.Within,
	}
	fmt.Fprintln(p.Progress, "computing the descriptors")
	c, err := newCrowd(ctx, o)
	if err != nil {
		return nil, err
	}
	before := liveBytes()
	fmt.Fprintln(p.Progress, "filling the gallery")
	g, err := c.fill(ctx, &r)
	if err != nil {
		return nil, err
	}
	r.BytesPerTemplate = float64(liveBytes()-before) / float64(g.Len())
	r.Kernel = g.Kernel()
	fmt.Fprintln(p.Progress, "searching")
	answers, err := r.search(ctx, g, c)
	if err != nil {
		return nil, err
	}
	if err := r.change(g, c); err != nil {
		return nil, err
	}
	if g, err = r.disk(g); err != nil {
		return nil, err
	}
	runtime.KeepAlive(g)
	fmt.Fprintln(p.Progress, "comparing with a plain scan")
	if err := r.compare(ctx, c, answers); err != nil {
		return nil, err
	}
	if o.Peer != "" {
		fmt.Fprintln(p.Progress, "measuring FAISS, which takes minutes in a large gallery")
		if r.Peer, err = c.peer(ctx, o.Peer); err != nil {
			return nil, err
		}
		r.Peer.compare(r.P50)
	}
	return r, nil
}

// liveBytes is what the heap holds after it was cleaned up.
func liveBytes() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// search asks all queries, on so many threads, and then again in batches.
func (r *galleryReport) search(ctx context.Context, g *gallery.Gallery, c *crowd) (answers [][]menshen.Candidate, err error) {
	for i := range min(len(c.queries), 200) { // to warm up
		if _, err := g.SearchQuery(c.query(i)); err != nil {
			return nil, err
		}
	}
	took := make(durations, len(c.queries))
	answers = make([][]menshen.Candidate, len(c.queries))
	errs := make([]error, r.Threads)
	var threads sync.WaitGroup
	begin := time.Now()
	for t := range r.Threads {
		threads.Go(func() {
			for i := t; i < len(took) && errs[t] == nil; i += r.Threads {
				start := time.Now()
				answers[i], errs[t] = g.SearchQuery(c.query(i))
				took[i] = time.Since(start)
				if ctx.Err() != nil {
					errs[t] = ctx.Err()
				}
			}
		})
	}
	threads.Wait()
	r.QPS = float64(len(took)) / time.Since(begin).Seconds()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	for i := 0; i == 0 || i+50 <= len(took); i += 50 {
		if quiet := micros(took[i:min(i+50, len(took))].percentile(50)); i == 0 || quiet < r.QuietP50 {
			r.QuietP50 = quiet
		}
	}
	var known, unknown durations
	for i, d := range took {
		if i%2 == 0 {
			known = append(known, d)
		} else {
			unknown = append(unknown, d)
		}
	}
	r.P50, r.P99 = micros(took.percentile(50)), micros(took.percentile(99))
	r.KnownP50, r.KnownP99 = micros(known.percentile(50)), micros(known.percentile(99))
	r.UnknownP50, r.UnknownP99 = micros(unknown.percentile(50)), micros(unknown.percentile(99))
	return answers, r.batches(ctx, g, c, answers)
}

// batches asks in batches of 64 until all are asked or some seconds over, and counts answers that are not the same.
func (r *galleryReport) batches(ctx context.Context, g *gallery.Gallery, c *crowd, answers [][]menshen.Candidate) error {
	const size, limit = 64, 5 * time.Second
	begin, asked := time.Now(), 0
	for asked < len(c.queries) && time.Since(begin) < limit {
		var batch []gallery.Query
		for i := asked; i < min(asked+size, len(c.queries)); i++ {
			batch = append(batch, c.query(i))
		}
		found, err := g.SearchBatch(batch)
		if err = firstError(err, ctx.Err()); err != nil {
			return err
		}
		for i, f := range found {
			if !slices.Equal(f, answers[asked+i]) {
				r.Mismatches++
			}
		}
		asked += len(batch)
	}
	r.BatchQPS = float64(asked) / time.Since(begin).Seconds()
	return nil
}

// change inserts some more templates and removes them again, one at a time.
func (r *galleryReport) change(g *gallery.Gallery, c *crowd) error {
	more := min(2000, len(c.queries))
	all := make([]menshen.Template, more)
	for i := range all {
		all[i] = c.template(1<<40+uint64(i), 0, c.queries[i])
	}
	begin := time.Now()
	for i := range all {
		if err := g.Insert(all[i]); err != nil {
			return err
		}
	}
	r.InsertAtFull = micros(time.Since(begin)) / float64(more)
	begin = time.Now()
	for i := range all {
		g.RemoveTemplate(all[i].ID)
	}
	r.RemoveAtFull = micros(time.Since(begin)) / float64(more)
	return nil
}

// disk saves the gallery and gives the one that is read back.
func (r *galleryReport) disk(g *gallery.Gallery) (*gallery.Gallery, error) {
	dir, err := os.MkdirTemp("", "menshen-bench-")
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeUnavailable, "cmd.bench", "no temporary folder can be made").WithCause(err)
	}
	defer func() { _ = os.RemoveAll(dir) }() // a temporary folder
	path := filepath.Join(dir, "gallery")
	begin := time.Now()
	if err := g.Save(path); err != nil {
		return nil, err
	}
	r.SaveMS = inMilliseconds(time.Since(begin))
	engine := g.Engine()
	runtime.GC()
	begin = time.Now()
	g, err = gallery.Open(path, engine)
	r.LoadMS = inMilliseconds(time.Since(begin))
	return g, err
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
