package bench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"connectrpc.com/connect"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// SoakOptions are the flags of menshen bench soak.
type SoakOptions struct {
	ClipOptions

	Minutes int    // 1 to 10,080
	Cameras int    // 1 to 64
	Every   int    // seconds between samples, 1 to 3600
	Faces   string // folder with a sub-folder of photographs for each person of truth.csv
}

func (o SoakOptions) check() error {
	for _, x := range []struct {
		flag            string
		value, from, to int
	}{{"minutes", o.Minutes, 1, 10_080}, {"cameras", o.Cameras, 1, 64}, {"every", o.Every, 1, 3600}} {
		if x.value < x.from || x.value > x.to {
			return menshen.Errorf(menshen.CodeInvalid, "cmd.bench", "--%s: %d is out of range", x.flag, x.value).WithHint("use %d to %d", x.from, x.to)
		}
	}
	return o.ClipOptions.check()
}

// soakReport is what menshen bench soak prints.
type soakReport struct {
	Machine  Machine   `json:"machine"`
	Engine   string    `json:"engine"`
	Cameras  int       `json:"cameras"`
	Minutes  float64   `json:"minutes"`
	Passes   int       `json:"passes"`
	Restarts int       `json:"restarts"` // processes of the hub that ended and were replaced
	Curves   []curve   `json:"curves"`
	At       []float64 `json:"at_min"` // when samples were taken
}

// curve is one figure over time.
type curve struct {
	What   string    `json:"what"`
	Values []float64 `json:"values"`
	First  float64   `json:"first"` // mean of the second quarter, after everything has warmed up
	Last   float64   `json:"last"`  // mean of the last quarter
	Slope  float64   `json:"per_hour"`
}

// Soak runs menshen serve with cameras for long, and watches what each process takes.
func Soak(ctx context.Context, p Program, o SoakOptions) (_ Report, err error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	show, err := openPlay(o.Clip)
	if err != nil {
		return nil, err
	}
	cfg, engine, err := p.engine(ctx, o.ClipOptions)
	if err != nil {
		return nil, err
	}
	delays := make([]time.Duration, o.Cameras)
	for i := range delays {
		delays[i] = show.length * time.Duration(i) / time.Duration(o.Cameras)
	}
	stage, err := openTheatre(ctx, show.clip, show.frames, delays)
	if err != nil {
		return nil, err
	}
	defer stage.close()
	if err := sleep(ctx, delays[o.Cameras-1]); err != nil {
		return nil, err
	}
	var sources []string
	for i := range delays {
		sources = append(sources, stage.camera(i))
	}
	hub, err := p.startSite(ctx, cfg, sources)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, hub.close()) }()
	if err := hub.enrol(ctx, show.people, o.Faces, p.Photograph); err != nil {
		return nil, err
	}
	if err := hub.watching(ctx); err != nil {
		return nil, err
	}
	running, stop := context.WithCancel(ctx)
	defer stop()
	passes, err := hub.collect(running)
	if err != nil {
		return nil, err
	}
	r := &soakReport{Machine: DescribeMachine(time.Now(), p.Version), Engine: engine.ID.String(), Cameras: o.Cameras}
	if err := r.watch(ctx, p, o, hub); err != nil {
		return nil, err
	}
	stop()
	seen, err := passes()
	if err != nil {
		return nil, err
	}
	r.Passes = len(seen)
	return *r, nil
}

// watch takes samples until the time is over.
func (r *soakReport) watch(ctx context.Context, p Program, o SoakOptions, hub *site) error {
	began := time.Now()
	known, values := map[string]map[int]bool{}, map[string][]float64{}
	for time.Since(began) < time.Duration(o.Minutes)*time.Minute {
		if err := sleep(ctx, time.Duration(o.Every)*time.Second); err != nil {
			return err
		}
		sample, pids, err := r.sample(ctx, hub)
		if err != nil {
			return err
		}
		r.At = append(r.At, time.Since(began).Minutes())
		for what, v := range sample {
			values[what] = append(values[what], v)
		}
		for role, all := range pids {
			if known[role] == nil {
				known[role] = map[int]bool{}
			}
			for _, pid := range all {
				if !known[role][pid] && len(r.At) > 1 {
					r.Restarts++
				}
				known[role][pid] = true
			}
		}
		fmt.Fprintf(p.Progress, "%.1f min\n", time.Since(began).Minutes())
	}
	r.Minutes = time.Since(began).Minutes()
	for _, what := range slices.Sorted(maps.Keys(values)) {
		r.Curves = append(r.Curves, newCurve(what, values[what], r.At))
	}
	return nil
}

// sample reads what each process takes now: the hub and its children by role, and what they say of themselves.
func (r *soakReport) sample(ctx context.Context, hub *site) (all map[string]float64, pids map[string][]int, err error) {
	all = map[string]float64{}
	processes, err := hubProcesses(hub.cmd.Process.Pid)
	if err != nil {
		return nil, nil, err
	}
	pids = map[string][]int{}
	for _, x := range processes {
		pids[x.role] = append(pids[x.role], x.pid)
		all[x.role+", resident MB"] += float64(x.usage.resident) / (1 << 20)
		all[x.role+", memory of its own MB"] += ownMemoryMB(x.pid)
		all[x.role+", threads"] += float64(x.usage.threads)
		files, err := os.ReadDir("/proc/" + strconv.Itoa(x.pid) + "/fd")
		if err == nil { // it may just have ended
			all[x.role+", open files"] += float64(len(files))
		}
	}
	text, err := hub.Metrics(ctx)
	if err != nil {
		return nil, nil, err
	}
	for metric, what := range map[string]string{"go_goroutines": "hub, goroutines", "go_memstats_heap_alloc_bytes": "hub, heap MB"} {
		v, err := metricValue(text, metric)
		if err != nil {
			return nil, nil, err
		}
		if strings.HasSuffix(what, "MB") {
			v /= 1 << 20
		}
		all[what] = v
	}
	status, err := hub.Site.GetStatus(ctx, connect.NewRequest(&menshenv1.GetStatusRequest{}))
	if err != nil {
		return nil, nil, err
	}
	for _, c := range status.Msg.GetCameras() {
		for figure, what := range map[string]string{"goroutines": "camera, goroutines", "heap_mb": "camera, heap MB", "pictures": "camera, pictures of OpenCV"} {
			if v, ok := c.GetFigures()[figure]; ok {
				all[what] += v
			}
		}
	}
	return all, pids, nil
}

// ownMemoryMB is what a process holds in memory apart from parts of files, such as its program: RssAnon of proc(5).
func ownMemoryMB(pid int) float64 {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0 // it may just have ended
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, "RssAnon:"); ok {
			kB, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(value), "kB")), 64)
			if err != nil {
				return 0
			}
			return kB / 1024
		}
	}
	return 0
}

// metricValue finds a figure without labels in Prometheus' text.
func metricValue(text, name string) (float64, error) {
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			return strconv.ParseFloat(strings.TrimSpace(value), 64)
		}
	}
	return 0, menshen.Errorf(menshen.CodeMissing, "cmd.bench", "the hub does not say its %s", name).WithHint("see what is missing with: menshen doctor")
}

// newCurve sums a figure up. The first quarter is left out: caches fill, and the first people come.
func newCurve(what string, values, at []float64) curve {
	c := curve{What: what, Values: values}
	at = at[len(at)-len(values):] // a figure that came later
	quarter := len(values) / 4
	c.First, c.Last = meanOf(values[quarter:max(2*quarter, quarter+1)]), meanOf(values[min(3*quarter, len(values)-1):])
	c.Slope = 60 * slope(at[quarter:], values[quarter:])
	return c
}

func meanOf(values []float64) (sum float64) {
	for _, v := range values {
		sum += v / float64(len(values))
	}
	return sum
}

// slope is that of the line of least squares, 0 for fewer than two points.
func slope(x, y []float64) float64 {
	mx, my := meanOf(x), meanOf(y)
	var above, below float64
	for i := range x {
		above += (x[i] - mx) * (y[i] - my)
		below += (x[i] - mx) * (x[i] - mx)
	}
	if below == 0 {
		return 0
	}
	return above / below
}

// Page gives the report for people to read.
func (r soakReport) Page() Page {
	p := Page{
		Head: r.Machine.String() + fmt.Sprintf("\nengine %s, %d camera(s), %.1f minutes, %d passes, %d process(es) replaced", r.Engine, r.Cameras, r.Minutes, r.Passes, r.Restarts),
		Rows: [][]string{{"", "second quarter", "last quarter", "least", "most", "an hour"}},
		Foot: "The last column is the slope of a straight line through the last three quarters: what is flat has none that matters.",
	}
	for _, c := range r.Curves {
		p.Rows = append(p.Rows, []string{
			c.What, decimal(c.First), decimal(c.Last), decimal(slices.MinFunc(c.Values, cmp.Compare)), decimal(slices.MaxFunc(c.Values, cmp.Compare)), fmt.Sprintf("%+.1f", c.Slope),
		})
	}
	return p
}

func decimal(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }
