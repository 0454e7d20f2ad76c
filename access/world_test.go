package access_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"menshen"
	"menshen/access"
	"menshen/access/evidence"
	"menshen/access/roll"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var engine = menshen.EngineID{Name: "opencv", ModelHash: "test", Dim: 8, Metric: menshen.MetricEuclidean}

// faces of people: corners far apart, √2 from each other.
var corners = map[string]int{"ann": 0, "bob": 1, "ida": 2, "gone": 3, "sam": 4, "tom": 5}

// faceOf gives a descriptor of a person at the distance from their template, in a direction of its own.
func faceOf(person string, distance float64, rng *rand.Rand) menshen.Descriptor {
	d := make(menshen.Descriptor, engine.Dim)
	d[corners[person]] = 1
	side := 6 + rng.IntN(2)
	if rng.IntN(2) == 0 {
		distance = -distance
	}
	d[side] += float32(distance)
	return d
}

// gallery is an exact search over the templates of the people enrolled.
type gallery struct {
	mu       sync.Mutex
	enrolled []string
	err      error
}

func (g *gallery) Engine() menshen.EngineID { return engine }

func (g *gallery) Search(d menshen.Descriptor, k int) ([]menshen.Candidate, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.err != nil {
		return nil, g.err
	}
	var all []menshen.Candidate
	for _, p := range g.enrolled {
		template := make(menshen.Descriptor, engine.Dim)
		template[corners[p]] = 1
		all = append(all, menshen.Candidate{Person: p, Template: "t-" + p, Distance: d.Distance(template)})
	}
	slices.SortFunc(all, func(a, b menshen.Candidate) int {
		if a.Distance < b.Distance {
			return -1
		}
		return 1
	})
	return all[:min(k, len(all))], nil
}

// registry is the roll as the office changes it.
type registry struct {
	tb testing.TB
	*roll.Roll
}

func (r *registry) apply(changes ...menshen.Change) {
	r.tb.Helper()
	if err := r.Apply(changes...); err != nil {
		r.tb.Fatal(err)
	}
}

// set makes somebody a resident in a state.
func (r *registry) set(id string, state menshen.PersonState) {
	r.tb.Helper()
	r.apply(menshen.Change{Kind: menshen.ChangePerson, Key: id, Person: &menshen.Person{ID: id, Name: id, Household: "home-of-" + id, State: state}})
}

// SetGateState opens or closes a gate.
func (w *world) SetGateState(gate string, state menshen.GateState) {
	w.tb.Helper()
	w.registry.apply(menshen.Change{Kind: menshen.ChangeGate, Key: gate, Gate: &menshen.GateSetting{Gate: gate, State: state}})
}

// records keeps passes in memory, numbered, and fails or hangs on request.
type records struct {
	mu    sync.Mutex
	kept  []menshen.Pass
	next  map[string]uint64
	err   error
	hangs map[string]chan struct{} // by gate; until closed
}

func (r *records) AppendMany(ctx context.Context, passes []menshen.Pass) ([]menshen.Pass, error) {
	r.mu.Lock()
	hang := r.hangs[passes[0].ID.Gate]
	r.mu.Unlock()
	if hang != nil {
		select {
		case <-hang:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil {
		return nil, r.err
	}
	numbered := slices.Clone(passes)
	for i := range numbered {
		p := &numbered[i]
		p.ID.Sequence = r.next[p.ID.Gate] + uint64(i) + 1
		if err := p.Validate(); err != nil {
			return nil, err
		}
	}
	r.next[passes[0].ID.Gate] += uint64(len(passes))
	r.kept = append(r.kept, numbered...)
	return numbered, nil
}

func (r *records) fail(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.err = err
}

func (r *records) hang(gate string) (release func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := make(chan struct{})
	r.hangs[gate] = c
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.hangs, gate)
		close(c)
	}
}

// doors remember what they were told, and hang or fail on request.
type doors struct {
	mu     sync.Mutex
	opened []menshen.DoorCommand
	hanging,
	failing map[string]bool
}

func (d *doors) Command(ctx context.Context, cmd menshen.DoorCommand) error {
	d.mu.Lock()
	hanging, failing := d.hanging[cmd.Gate], d.failing[cmd.Gate]
	d.mu.Unlock()
	if hanging {
		<-ctx.Done()
		return ctx.Err()
	}
	if failing {
		return errors.New("jammed")
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.opened = append(d.opened, cmd)
	return nil
}

func (d *doors) set(gate string, hanging, failing bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.hanging[gate], d.failing[gate] = hanging, failing
}

func (d *doors) at(gate string) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := 0
	for _, c := range d.opened {
		if c.Gate == gate {
			n++
		}
	}
	return n
}

// world is a site with three gates, and all that a Controller needs. It runs in a synctest bubble, so its time is exact.
type world struct {
	tb testing.TB
	*access.Controller
	gallery  *gallery
	registry *registry
	records  *records
	doors    *doors
	figures  *prometheus.Registry
	log      *bytes.Buffer
	rng      *rand.Rand
	stop     func() error // ends Run and gives what it says
	mu       sync.Mutex
	lessons  []menshen.Lesson
}

func siteConfig() access.Config {
	return access.Config{
		Site: menshen.Site{
			ID: "garden",
			Zones: []menshen.Zone{
				{ID: menshen.OutsideZone, Kind: menshen.ZoneOutside}, {ID: "yard", Kind: menshen.ZoneCompound},
			},
			Gates: []menshen.Gate{
				{ID: "east", Name: menshen.Text{ZH: "东门", EN: "East Gate"}, From: menshen.OutsideZone, To: "yard", State: menshen.GateOpen},
				{ID: "west", From: menshen.OutsideZone, To: "yard", State: menshen.GateGuarded},
				{ID: "shut", From: menshen.OutsideZone, To: "yard", State: menshen.GateClosed},
			},
		},
		Cameras: []menshen.Camera{
			{ID: "east-a", Gate: "east", Direction: menshen.DirectionIn},
			{ID: "east-b", Gate: "east", Direction: menshen.DirectionIn},
			{ID: "east-out", Gate: "east", Direction: menshen.DirectionOut},
			{ID: "west-a", Gate: "west", Direction: menshen.DirectionIn},
			{ID: "shut-a", Gate: "shut", Direction: menshen.DirectionIn},
		},
		Evidence: evidence.Config{OperatingPoint: evidence.OperatingPoint{Known: 0.4, Unsure: 0.7, MinMargin: 0.05}},
	}
}

// newWorld makes a world that does not run yet.
func newWorld(tb testing.TB, change func(*access.Config)) (*world, access.Deps, access.Config) {
	w := &world{
		tb:      tb,
		gallery: &gallery{enrolled: []string{"ann", "bob", "ida", "gone"}},
		records: &records{next: map[string]uint64{}, hangs: map[string]chan struct{}{}},
		doors:   &doors{hanging: map[string]bool{}, failing: map[string]bool{}},
		figures: prometheus.NewRegistry(),
		log:     &bytes.Buffer{},
		rng:     rand.New(rand.NewPCG(1, 1)),
	}
	cfg := siteConfig()
	if change != nil {
		change(&cfg)
	}
	w.registry = &registry{tb: tb, Roll: roll.New(cfg.Site)}
	w.registry.apply(menshen.Change{Revision: 1, Kind: menshen.ChangeSite, Site: &menshen.SiteSetting{Mode: menshen.ModeNormal}})
	w.registry.set("ann", menshen.PersonActive)
	w.registry.set("bob", menshen.PersonActive)
	w.registry.set("ida", menshen.PersonInactive)
	return w, access.Deps{
		Searcher: w.gallery, Roll: w.registry.Roll, Recorder: w.records, Door: w.doors,
		Learn: func(l menshen.Lesson) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.lessons = append(w.lessons, l)
		},
		Clock: time.Now, Log: slog.New(slog.NewTextHandler(w.log, nil)), Registerer: w.figures,
	}, cfg
}

// MustWorld makes a world and runs it until the test ends.
func MustWorld(tb testing.TB, change func(*access.Config)) *world {
	tb.Helper()
	return mustWorldOf(tb, change, func(*access.Deps) {})
}

// mustWorldOf is MustWorld with other parts.
func mustWorldOf(tb testing.TB, change func(*access.Config), parts func(*access.Deps)) *world {
	tb.Helper()
	w, deps, cfg := newWorld(tb, change)
	parts(&deps)
	c, err := access.New(deps, cfg)
	if err != nil {
		tb.Fatal(err)
	}
	w.Controller = c
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- c.Run(ctx) }()
	w.stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	tb.Cleanup(func() { _ = w.stop() })
	return w
}

// face makes a good face of a person, captured now.
func (w *world) face(camera, track string, seq int, person string) menshen.Face {
	return menshen.Face{
		Camera: camera, Track: track, Sequence: seq, Captured: time.Now(), Engine: engine,
		Descriptor: faceOf(person, 0.1, w.rng), Quality: menshen.Quality{Size: 0.8, Sharpness: 0.8, Pose: 0.8, Light: 0.8},
	}
}

func (w *world) handle(f menshen.Face) {
	w.tb.Helper()
	if err := w.Handle(context.Background(), f); err != nil {
		w.tb.Fatalf("Handle: %v", err)
	}
}

// walk shows n faces of a person, 100 ms apart, and ends the track.
func (w *world) walk(camera, track, person string, n int) {
	w.tb.Helper()
	for i := range n {
		w.handle(w.face(camera, track, i+1, person))
		time.Sleep(100 * time.Millisecond)
	}
	w.handle(menshen.Face{Camera: camera, Track: track, Sequence: n + 1, Captured: time.Now(), Last: true})
	synctest.Wait()
}

// passes gives what was kept, in short: "allow ann active_resident".
func (w *world) passes() []string {
	synctest.Wait()
	w.records.mu.Lock()
	defer w.records.mu.Unlock()
	var all []string
	for _, p := range w.records.kept {
		s := string(p.Decision.Outcome) + " "
		if p.Person != "" {
			s += p.Person + " "
		}
		all = append(all, s+string(p.Decision.Reasons[0]))
	}
	return all
}

func (w *world) expect(want ...string) {
	w.tb.Helper()
	if got := w.passes(); !slices.Equal(got, want) {
		w.tb.Fatalf("passes are %q, want %q", got, want)
	}
}

func (w *world) conditions() []string {
	var ids []string
	for _, c := range w.Conditions() {
		if c.Meaning.ZH == "" || c.Meaning.EN == "" || c.Action.ZH == "" || c.Action.EN == "" || c.Since.IsZero() || c.Severity == "" {
			w.tb.Errorf("the condition %+v is not complete", c)
		}
		ids = append(ids, c.ID)
	}
	return ids
}

func (w *world) expectConditions(want ...string) {
	w.tb.Helper()
	if got := w.conditions(); !slices.Equal(got, want) {
		w.tb.Fatalf("conditions are %q, want %q", got, want)
	}
}

// figure gives the sum of a figure over its labels; for histograms the count.
func (w *world) figure(name string) float64 {
	w.tb.Helper()
	families, err := w.figures.Gather()
	if err != nil {
		w.tb.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() != name {
			continue
		}
		sum := 0.0
		for _, m := range f.GetMetric() {
			sum += m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
		}
		return sum
	}
	w.tb.Fatalf("there is no figure %s", name)
	return 0
}
