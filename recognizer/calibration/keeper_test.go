package calibration_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"menshen"
	"menshen/recognizer"
	"menshen/recognizer/calibration"
	"menshen/recognizer/gallery"
	"menshen/store/sqlite"
)

var network = recognizer.OperatingPoint{Known: 0.6, Unsure: 0.7, MinFaces: 2, MinMargin: 0.01, Source: "a test"}

// narrow has nobody look like somebody else by chance.
var narrow = recognizer.OperatingPoint{Known: 0.45, Unsure: 0.7, MinFaces: 2, MinMargin: 0.01, Source: "a test"}

// site is a registry and a gallery with what a Keeper told the gates.
type site struct {
	*space
	tb      testing.TB
	store   *sqlite.Site
	gallery *gallery.Gallery
	broken  error // of SetCalibration

	mu     sync.Mutex
	points []calibration.Point
}

func MustSite(tb testing.TB, people int) *site {
	tb.Helper()
	store, err := sqlite.Open(context.Background(), filepath.Join(tb.TempDir(), "site.db"), sqlite.Options{})
	must(tb, err)
	tb.Cleanup(func() { must(tb, store.Close()) })
	s := &site{space: newSpace(21), tb: tb, store: store, gallery: gallery.New(engine)}
	s.enrol(s.people(people, 2)...)
	return s
}

func (s *site) enrol(people ...calibration.Person) {
	s.tb.Helper()
	for _, p := range people {
		must(s.tb, s.store.AddPerson(s.tb.Context(), menshen.Person{ID: p.ID, Name: p.ID, State: menshen.PersonActive, Created: time.Now()}, templates(p)))
		must(s.tb, s.gallery.Insert(templates(p)...))
	}
}

func (s *site) SetCalibration(ctx context.Context, c menshen.Calibration) error {
	s.mu.Lock()
	broken := s.broken
	s.mu.Unlock()
	if broken != nil {
		return broken
	}
	return s.store.SetCalibration(ctx, c)
}

func (s *site) breakStore(err error) {
	s.mu.Lock()
	s.broken = err
	s.mu.Unlock()
}

type brokenStore struct {
	*sqlite.Site
	set func(context.Context, menshen.Calibration) error
}

func (b brokenStore) SetCalibration(ctx context.Context, c menshen.Calibration) error {
	return b.set(ctx, c)
}

func (s *site) apply(p calibration.Point) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.points = append(s.points, p)
	return nil
}

func (s *site) point() calibration.Point {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.points) == 0 {
		return calibration.Point{}
	}
	return s.points[len(s.points)-1]
}

func (s *site) stored() menshen.Calibration {
	c, err := s.store.Calibration(context.Background(), engine)
	if menshen.ErrorCode(err) != menshen.CodeNotFound {
		must(s.tb, err)
	}
	return c
}

// keep makes a Keeper; start runs it until the test ends or stop is called.
func (s *site) keep(cfg calibration.KeeperConfig) *calibration.Keeper {
	s.tb.Helper()
	cfg.Engine, cfg.Share = engine, 1
	if cfg.Network == (recognizer.OperatingPoint{}) {
		cfg.Network = network
	}
	k, err := calibration.NewKeeper(s.tb.Context(), calibration.Deps{
		Store: brokenStore{s.store, s.SetCalibration}, Gallery: s.gallery, Household: noHousehold, Apply: s.apply, Now: time.Now, Log: slog.New(slog.DiscardHandler),
	}, cfg)
	must(s.tb, err)
	return k
}

func (s *site) start(k *calibration.Keeper) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- k.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			s.tb.Errorf("Run: %v", err)
		}
	})
	s.tb.Cleanup(stop)
	return stop
}

// await waits until something holds; what it waits for takes milliseconds.
func await(tb testing.TB, what string, holds func() bool) {
	tb.Helper()
	for end := time.Now().Add(30 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			tb.Fatalf("waited in vain for: %s", what)
		}
	}
}

func ids(conditions []menshen.Condition) string {
	var all []string
	for _, c := range conditions {
		all = append(all, c.ID)
		if c.Meaning.ZH == "" || c.Meaning.EN == "" || c.Action.ZH == "" || c.Action.EN == "" || c.Since.IsZero() {
			all = append(all, "incomplete")
		}
	}
	return strings.Join(all, " ")
}

func TestKeeperFollowsTheGallery(t *testing.T) {
	s := MustSite(t, 60)
	k := s.keep(calibration.KeeperConfig{})
	if p := s.point(); p.Known != 0.6 || p.Unsure != 0.7 || p.MinMargin != 0.01 || len(p.Limits) != 0 {
		t.Errorf("before the first calibration: %+v", p)
	}
	stop := s.start(k)
	await(t, "the first calibration", func() bool { return s.stored().People == 60 })
	first := s.stored()
	if first.Basis != menshen.CalibrationTightened || first.Known >= 0.6 || first.FPIR != calibration.DefaultFPIR {
		t.Errorf("first %+v", first)
	}
	await(t, "its use", func() bool { return s.point().Known == first.Known && ids(k.Conditions()) == "" })

	// A few more people change nothing, a fifth does.
	more := s.people(12, 2)
	for i := range more {
		more[i].ID = fmt.Sprint("more-", i)
	}
	s.enrol(more[:11]...)
	k.Changed(more[0].ID)
	time.Sleep(50 * time.Millisecond)
	if c := s.stored(); c != first {
		t.Errorf("eleven people more made it %+v", c)
	}
	s.enrol(more[11])
	k.Changed(more[11].ID)
	await(t, "a calibration with 72", func() bool { return s.stored().People == 72 })
	stop()

	// The next start takes it over before anything runs, and does not calibrate anew.
	again := s.stored()
	s.points = nil
	k = s.keep(calibration.KeeperConfig{})
	if s.point().Known != again.Known {
		t.Errorf("after a restart %+v, stored %+v", s.point(), again)
	}
	stop = s.start(k)
	time.Sleep(100 * time.Millisecond)
	stop()
	if s.stored() != again {
		t.Errorf("calibrated without need: %+v", s.stored())
	}
	// Another FPIR in the configuration does.
	k = s.keep(calibration.KeeperConfig{FPIR: 0.01})
	defer s.start(k)()
	await(t, "the other FPIR", func() bool { return s.stored().FPIR == 0.01 && s.point().Known > again.Known })
}

func TestKeeperLookAlikes(t *testing.T) {
	s := MustSite(t, 20)
	twin := s.identity()
	s.enrol(s.person("twin-a", twin, 2))
	k := s.keep(calibration.KeeperConfig{Network: narrow})
	s.start(k)
	await(t, "a calibration", func() bool { return s.stored().People == 21 })
	s.enrol(s.person("twin-b", s.kin(twin, 0.2), 2))
	k.Changed("twin-b")
	await(t, "the limits", func() bool { return len(s.point().Limits) == 2 })
	p := s.point()
	if l := p.Limits["twin-a"]; l != p.Limits["twin-b"] || l.Known >= p.Known || l.MinMargin <= p.MinMargin {
		t.Errorf("limits %+v", p)
	}
	c := k.Conditions()
	if ids(c) != "look-alikes" || !strings.Contains(c[0].Detail, "twin-a ~ twin-b") {
		t.Errorf("conditions %+v", c)
	}
	r, err := k.Calibrate(t.Context(), 0, true)
	must(t, err)
	if len(r.Pairs) != 1 || r.Limits["twin-a"] != p.Limits["twin-a"] || r.InUse || r.Network.Source != "a test" || r.FPIR != calibration.DefaultFPIR {
		t.Errorf("report %+v", r)
	}
	must(t, s.store.RemovePerson(t.Context(), "twin-a"))
	s.gallery.RemovePerson("twin-a")
	k.Changed("twin-a")
	await(t, "the end of the limits", func() bool { return len(s.point().Limits) == 0 && ids(k.Conditions()) == "" })
}

// Look-alikes that were enrolled before are found at the start.
func TestKeeperFindsFormerLookAlikes(t *testing.T) {
	s := MustSite(t, 5)
	twin := s.identity()
	s.enrol(s.person("twin-a", twin, 2), s.person("twin-b", s.kin(twin, 0.2), 2))
	s.start(s.keep(calibration.KeeperConfig{Network: narrow}))
	await(t, "the limits", func() bool { return len(s.point().Limits) == 2 })
}

func TestKeeperByHand(t *testing.T) {
	s := MustSite(t, 60)
	k := s.keep(calibration.KeeperConfig{})
	r, err := k.Calibrate(t.Context(), 0.02, true)
	must(t, err)
	if r.InUse || r.FPIR != 0.02 || s.stored().People != 0 || s.point().Known != 0.6 {
		t.Errorf("a dry run: %+v, stored %+v", r, s.stored())
	}
	r, err = k.Calibrate(t.Context(), 0.02, false)
	must(t, err)
	if c := s.stored(); !r.InUse || c.FPIR != 0.02 || math.Abs(c.Known-r.Known) > 1e-12 || s.point().Known != r.Known {
		t.Errorf("%+v, stored %+v", r, c)
	}
	if r, err = k.Calibrate(t.Context(), 0, true); err != nil || r.FPIR != 0.02 {
		t.Errorf("what is in force: %+v, %v", r, err)
	}
	if _, err = k.Calibrate(t.Context(), 0.9, false); menshen.ErrorCode(err) != menshen.CodeInvalid {
		t.Errorf("an FPIR of 0.9: %v", err)
	}
}

func TestKeeperFixed(t *testing.T) {
	s := MustSite(t, 60)
	must(t, s.store.SetCalibration(t.Context(), menshen.Calibration{Engine: engine, At: time.Now(), Known: 0.1, Unsure: 0.2, Basis: menshen.CalibrationSite}))
	before := s.stored()
	k := s.keep(calibration.KeeperConfig{Fixed: true, Network: recognizer.OperatingPoint{Known: 0.5, Unsure: 0.9, MinFaces: 2}})
	stop := s.start(k)
	k.Changed("p00000")
	time.Sleep(50 * time.Millisecond)
	stop()
	if s.point().Known != 0.5 || s.point().Unsure != 0.9 || s.stored() != before {
		t.Errorf("set by hand, and yet %+v, %+v", s.point(), s.stored())
	}
	if _, err := k.Calibrate(t.Context(), 0, false); menshen.ErrorCode(err) != menshen.CodeConflict {
		t.Errorf("calibrated against the configuration: %v", err)
	}
	if r, err := k.Calibrate(t.Context(), 0, true); err != nil || r.InUse {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestKeeperFails(t *testing.T) {
	s := MustSite(t, 60)
	s.breakStore(menshen.Errorf(menshen.CodeExhausted, "test", "no space is left"))
	k := s.keep(calibration.KeeperConfig{})
	s.start(k)
	await(t, "the conditions", func() bool { return strings.HasPrefix(ids(k.Conditions()), "calibration-failed calibration-outgrown") })
	if s.point().Known != 0.6 {
		t.Errorf("what could not be kept is in use: %+v", s.point())
	}
	s.breakStore(nil)
	k.Changed("p00000")
	await(t, "the end of it", func() bool { return ids(k.Conditions()) == "" && s.stored().People == 60 })
}

// What was stored for a looser network, or by another version, does not loosen this one.
func TestKeeperBoundsWhatIsStored(t *testing.T) {
	s := MustSite(t, 0)
	must(t, s.store.SetCalibration(t.Context(), menshen.Calibration{Engine: engine, At: time.Now(), FPIR: 0.003, Known: 2, Unsure: 2, Basis: menshen.CalibrationSite}))
	s.keep(calibration.KeeperConfig{})
	if p := s.point(); p.Known != 0.6*calibration.MaxLoosening || p.MinMargin != 0.01 {
		t.Errorf("got %+v", p)
	}
	_, err := calibration.NewKeeper(t.Context(), calibration.Deps{}, calibration.KeeperConfig{})
	if menshen.ErrorCode(err) != menshen.CodeInvalid {
		t.Errorf("without a network: %v", err)
	}
}

func TestOutgrown(t *testing.T) {
	for _, c := range []struct {
		then, now int
		want      bool
	}{
		{0, 0, false}, {0, 4, false}, {0, 5, true}, {10, 14, false}, {10, 15, true}, {100, 119, false}, {100, 120, true}, {100, 80, true},
		{100, 81, false}, {10_000, 10_049, false}, {10_000, 10_050, true}, {10_000, 9_950, true},
	} {
		if got := (menshen.Calibration{People: c.then}).Outgrown(c.now); got != c.want {
			t.Errorf("from %d to %d people: %v", c.then, c.now, got)
		}
	}
}
