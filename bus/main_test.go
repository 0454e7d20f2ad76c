package bus_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"menshen"
	"menshen/bus"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const site = "jiayuan"

// limit bounds every waiting of these tests. Nothing is asserted about how long anything takes.
const limit = 30 * time.Second

// MustServer starts a server on a free port, with two cameras, a recognizer and a door, and ends it with the test.
func MustServer(tb testing.TB, change ...func(*bus.ServerConfig)) *bus.Server {
	tb.Helper()
	cfg := bus.ServerConfig{
		Site: site, Cameras: []string{"east-1", "west-1"}, Recognizers: []string{"1"}, Listen: "127.0.0.1:-1", Store: tb.TempDir(),
	}
	for _, f := range change {
		f(&cfg)
	}
	s, err := bus.NewServer(cfg)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	if err := s.Start(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	return s
}

// MustConn connects a role, in the process for the hub and over TCP for everybody else.
func MustConn(tb testing.TB, s *bus.Server, r bus.Role, change ...func(*bus.ConnConfig)) *bus.Conn {
	tb.Helper()
	credentials, err := s.Credentials(r)
	if err != nil {
		tb.Fatal(err)
	}
	cfg := bus.ConnConfig{Site: site, Credentials: credentials}
	if r == bus.RoleHub() {
		cfg.Server = s
	}
	for _, f := range change {
		f(&cfg)
	}
	c, err := bus.Connect(tb.Context(), cfg)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := c.Close(); err != nil {
			tb.Error(err)
		}
	})
	return c
}

// MustCode checks the code of an error.
func MustCode(tb testing.TB, err error, want menshen.Code) {
	tb.Helper()
	if menshen.ErrorCode(err) != want {
		tb.Fatalf("got %v, want an error of code %q", err, want)
	}
}

// eventually waits until something holds.
func eventually(tb testing.TB, what string, holds func() bool) {
	tb.Helper()
	for end := time.Now().Add(limit); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			tb.Fatalf("never: %s", what)
		}
	}
}

// receive waits for a value.
func receive[T any](tb testing.TB, what string, c <-chan T) T {
	tb.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(limit):
		tb.Fatalf("never came: %s", what)
	}
	panic("not reached")
}

// run runs something until the test ends, and checks that it ends well.
func run(tb testing.TB, f func(context.Context) error) (stop func()) {
	tb.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- f(ctx) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			if err := receive(tb, "the end of a run", done); err != nil {
				tb.Error(err)
			}
		})
	}
	tb.Cleanup(stop)
	return stop
}

func samplePass(gate string, n uint64) menshen.Pass {
	return menshen.Pass{
		ID: menshen.PassID{Gate: gate, Sequence: n}, Site: site, Person: fmt.Sprintf("person-%d", n%7), Direction: menshen.DirectionIn,
		Captured: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Second), Means: menshen.MeansFace,
		Decision: menshen.Decision{Outcome: menshen.OutcomeAllow, Reasons: []menshen.Reason{menshen.ReasonActiveResident}},
	}
}

func sampleSighting(camera string, n int) menshen.Sighting {
	return menshen.Sighting{
		Camera: camera, Track: "t1", Sequence: n, Captured: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC), Crop: []byte{0xff, 0xd8},
		Face: menshen.Detection{Box: menshen.Box{W: 10, H: 10}, Score: 0.9}, Quality: menshen.Quality{Size: 1, Sharpness: 1, Pose: 1, Light: 1},
	}
}

func sampleFace(camera string, n int) menshen.Face {
	return menshen.Face{
		Camera: camera, Track: "t1", Sequence: n, Captured: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC),
		Engine:     menshen.EngineID{Name: "opencv", ModelHash: "ab", Dim: 2, Metric: menshen.MetricEuclidean},
		Descriptor: menshen.Descriptor{0.6, 0.8},
	}
}

// box is an outbox in memory, as strict as the real one.
type box struct {
	mu      sync.Mutex
	rows    []row
	last    int64
	numbers map[string]uint64
	changed chan struct{}
	fail    func() error // of Remove; nil never fails
}

type row struct {
	cursor int64
	pass   menshen.Pass
}

func newBox() *box { return &box{numbers: map[string]uint64{}, changed: make(chan struct{}, 1)} }

// append puts in n passes of a gate.
func (b *box) append(gate string, n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for range n {
		b.numbers[gate]++
		b.last++
		b.rows = append(b.rows, row{cursor: b.last, pass: samplePass(gate, b.numbers[gate])})
	}
	select {
	case b.changed <- struct{}{}:
	default:
	}
}

// put puts in one pass as it is.
func (b *box) put(p menshen.Pass) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.last++
	b.rows = append(b.rows, row{cursor: b.last, pass: p})
}

func (b *box) Changed() <-chan struct{} { return b.changed }

func (b *box) Pending(_ context.Context, after int64, limit int) ([]menshen.Pass, int64, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []menshen.Pass
	next := after
	for _, r := range b.rows {
		if r.cursor > after && len(out) < limit {
			out, next = append(out, r.pass), r.cursor
		}
	}
	return out, next, nil
}

func (b *box) RemoveMany(_ context.Context, sequences map[string][]uint64) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fail != nil {
		if err := b.fail(); err != nil {
			return err
		}
	}
	b.rows = slices.DeleteFunc(b.rows, func(r row) bool {
		return slices.Contains(sequences[r.pass.ID.Gate], r.pass.ID.Sequence)
	})
	return nil
}

func (b *box) len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.rows)
}

// passLog keeps passes in memory and counts how often each came.
type passLog struct {
	mu     sync.Mutex
	passes map[menshen.PassID]int
	fail   func([]menshen.Pass) error // before anything is kept; nil never fails
}

func newPassLog() *passLog { return &passLog{passes: map[menshen.PassID]int{}} }

func (l *passLog) Commit(_ context.Context, passes []menshen.Pass) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fail != nil {
		if err := l.fail(passes); err != nil {
			return err
		}
	}
	for _, p := range passes {
		l.passes[p.ID]++
	}
	return nil
}

func (l *passLog) Committed(_ context.Context, gate string, sequences []uint64) ([]uint64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []uint64
	for _, n := range sequences {
		if l.passes[menshen.PassID{Gate: gate, Sequence: n}] > 0 {
			out = append(out, n)
		}
	}
	return out, nil
}

func (l *passLog) len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.passes)
}

func (l *passLog) has(id menshen.PassID) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.passes[id] > 0
}
