package calibration

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"sync"
	"time"

	"menshen"
	"menshen/recognizer"
)

// Store keeps templates and calibrations.
type Store interface {
	Templates(ctx context.Context, engine menshen.EngineID) iter.Seq2[menshen.Template, error]
	TemplatesOf(ctx context.Context, engine menshen.EngineID, person string) iter.Seq2[menshen.Template, error]
	Calibration(ctx context.Context, engine menshen.EngineID) (menshen.Calibration, error) // CodeNotFound for none
	SetCalibration(ctx context.Context, c menshen.Calibration) error
}

// Gallery is what the gates search.
type Gallery interface {
	Searcher
	NearSearcher
	People() int
}

// Point is what counts at the gates.
type Point struct {
	Known, Unsure, MinMargin float64
	Limits                   map[string]Limit // of look-alikes; not changed afterwards
}

// Deps is what a Keeper works with. All must be set.
type Deps struct {
	Store     Store
	Gallery   Gallery
	Household func(person string) string // from memory; "" for none
	Apply     func(Point) error          // hands the point to gates and enrolment; must return at once
	Now       func() time.Time
	Log       *slog.Logger
}

// KeeperConfig of a Keeper.
type KeeperConfig struct {
	Engine    menshen.EngineID
	Network   recognizer.OperatingPoint // required; of the network, or, where Fixed, of the site's configuration
	FPIR      float64                   // aimed at; DefaultFPIR if 0
	Fixed     bool                      // thresholds are set by hand: nothing is calibrated but in dry runs; look-alikes are still found
	MaxProbes int                       // people compared with all others, at most; 2000 if 0
	Share     float64                   // of one processor, 0 … 1, that work in the background may take; 0.25 if 0
}

// Keeper keeps the thresholds fitting to the gallery. Its methods are safe for concurrent use.
type Keeper struct {
	deps Deps
	cfg  KeeperConfig
	wake chan struct{}
	turn chan struct{} // holds one token: whoever has it calibrates

	mu         sync.Mutex
	current    menshen.Calibration
	stale      bool            // what was stored aims at another FPIR than the configuration
	alike      *LookAlikes     // Run alone changes it
	changed    map[string]bool // people whose look-alikes are to be found anew
	due        time.Time       // since when a calibration is due; zero while none is
	alikeSince time.Time       // since when there are look-alikes
	failure    error           // of the last work in the background
	failing    time.Time
}

// NewKeeper makes a Keeper and takes into use what the store has of the engine, else the network's point. Thresholds of
// look-alikes come with Run, for they are found from the templates.
func NewKeeper(ctx context.Context, deps Deps, cfg KeeperConfig) (*Keeper, error) {
	if cfg.FPIR == 0 {
		cfg.FPIR = DefaultFPIR
	}
	if cfg.MaxProbes == 0 {
		cfg.MaxProbes = 2000
	}
	if cfg.Share == 0 {
		cfg.Share = 0.25
	}
	if err := (Config{Network: cfg.Network, FPIR: cfg.FPIR, UnsureFPIR: cfg.FPIR}).validate(); err != nil {
		return nil, err
	}
	k := &Keeper{
		deps: deps, cfg: cfg, wake: make(chan struct{}, 1), turn: make(chan struct{}, 1),
		alike: NewLookAlikes(reach(cfg.Network)), changed: map[string]bool{},
	}
	k.current = menshen.Calibration{
		Engine: cfg.Engine, FPIR: cfg.FPIR, Known: cfg.Network.Known, Unsure: cfg.Network.Unsure, MinMargin: cfg.Network.MinMargin,
		Basis: menshen.CalibrationPublished,
	}
	if !cfg.Fixed {
		if err := k.load(ctx); err != nil {
			return nil, err
		}
	}
	return k, k.apply()
}

// reach is the largest Known that a calibration gives.
func reach(p recognizer.OperatingPoint) float64 { return MaxLoosening * p.Known }

// load takes over what is stored. It stays within the bound of the network as this program knows it.
func (k *Keeper) load(ctx context.Context) error {
	c, err := k.deps.Store.Calibration(ctx, k.cfg.Engine)
	switch menshen.ErrorCode(err) {
	case "":
	case menshen.CodeNotFound:
		return nil
	case menshen.CodeCorrupt:
		k.deps.Log.Warn("the stored calibration is not usable, calibrating anew", "err", err)
		return nil
	default:
		return err
	}
	c.Known = min(c.Known, reach(k.cfg.Network))
	c.MinMargin = k.cfg.Network.MinMargin
	k.current, k.stale = c, c.FPIR != k.cfg.FPIR
	return nil
}

// Changed says that a person's templates have changed. It returns at once.
func (k *Keeper) Changed(person string) {
	k.mu.Lock()
	k.changed[person] = true
	k.mu.Unlock()
	select {
	case k.wake <- struct{}{}:
	default: // it will look anyway
	}
}

// retry is how long after a failure the work in the background is tried again.
const retry = time.Minute

// Run finds look-alikes and calibrates until ctx ends: at first all, then whenever Changed says so. It keeps to its share
// of a processor, but for single people enrolled, who cannot wait. What fails is a condition, and is tried again.
func (k *Keeper) Run(ctx context.Context) error {
	all := false // whether all look-alikes were found once
	for {
		err := k.work(ctx, &all)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		k.note(err)
		var again <-chan time.Time
		if err != nil {
			again = time.After(retry)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-k.wake:
		case <-again:
		}
	}
}

// work does what is due. People enrolled just now come first.
func (k *Keeper) work(ctx context.Context, all *bool) error {
	// Look-alikes first: until they have their limits one of them may pass as the other, and a calibration that fails, for
	// example on a full disk, must not keep them from it.
	err := k.enterChanged(ctx)
	if err == nil && !*all {
		if err = k.enterAll(ctx); err == nil {
			*all = true
		}
	}
	if k.isDue() && ctx.Err() == nil {
		_, failed := k.calibrate(ctx, 0, false, k.cfg.Share)
		err = errors.Join(err, failed)
	}
	return err
}

// note remembers and logs the beginning and the end of a failure.
func (k *Keeper) note(err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	was := k.failure
	k.failure = err
	switch {
	case err != nil && was == nil:
		k.failing = k.deps.Now()
		k.deps.Log.Error("thresholds do not follow the gallery", "err", err)
	case err == nil && was != nil:
		k.deps.Log.Info("thresholds follow the gallery again", "failing_since", k.failing)
	}
}

// isDue says that the gallery is no longer the one that was calibrated, and remembers since when.
func (k *Keeper) isDue() bool {
	if k.cfg.Fixed {
		return false
	}
	people := k.deps.Gallery.People()
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.current.Outgrown(people) && !k.stale {
		k.due = time.Time{}
		return false
	}
	if k.due.IsZero() {
		k.due = k.deps.Now()
	}
	return true
}
