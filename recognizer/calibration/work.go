package calibration

import (
	"context"
	"time"

	"menshen"
)

// Report is a calibration with what it is compared with.
type Report struct {
	menshen.Calibration
	Network Thresholds // the network's own, or those set by hand
	InUse   bool       // false after a dry run
	Pairs   []Pair     // look-alikes at these thresholds, nearest first
	Limits  map[string]Limit
	Spread  Spread
}

// Thresholds of a network, and where they come from.
type Thresholds struct {
	Known, Unsure float64
	Source        string
}

// Calibrate finds the thresholds for an FPIR, 0 for the one in force. Unless dryRun they are kept and in use when it
// returns, until the next calibration; what the configuration says comes back at the next start. CodeConflict where they
// are set by hand.
func (k *Keeper) Calibrate(ctx context.Context, fpir float64, dryRun bool) (Report, error) {
	if k.cfg.Fixed && !dryRun {
		return Report{}, menshen.Errorf(menshen.CodeConflict, "calibration.calibrate", "engine.known and engine.unsure are set by hand, and win over a calibration").
			WithHint("take both out of menshen.yaml and start Menshen again, or look only: menshen calibrate --dry-run")
	}
	return k.calibrate(ctx, fpir, dryRun, 1)
}

func (k *Keeper) calibrate(ctx context.Context, fpir float64, dryRun bool, share float64) (Report, error) {
	select {
	case k.turn <- struct{}{}:
		defer func() { <-k.turn }()
	case <-ctx.Done():
		return Report{}, ctx.Err()
	}
	if fpir == 0 {
		fpir = k.inForce()
	}
	sample, err := k.probe(ctx, share)
	if err != nil {
		return Report{}, err
	}
	cfg := Config{Engine: k.cfg.Engine, Network: k.cfg.Network, FPIR: fpir}
	c, err := Calibrate(sample, cfg)
	if err != nil {
		return Report{}, err
	}
	c.At = k.deps.Now()
	r := Report{Calibration: c, InUse: !dryRun, Network: Thresholds{k.cfg.Network.Known, k.cfg.Network.Unsure, k.cfg.Network.Source}, Spread: SpreadOf(sample, cfg)}
	if !dryRun {
		if err := k.deps.Store.SetCalibration(ctx, c); err != nil {
			return Report{}, err
		}
		k.mu.Lock()
		k.current, k.stale, k.due = c, false, time.Time{}
		k.mu.Unlock()
		if err := k.apply(); err != nil {
			return Report{}, err
		}
		k.deps.Log.Info("thresholds calibrated", "engine", c.Engine, "people", c.People, "fpir", c.FPIR, "known", c.Known, "unsure", c.Unsure,
			"basis", c.Basis, "taken", c.Figures.Taken)
	}
	k.mu.Lock()
	r.Pairs, r.Limits = k.alike.Pairs(c.Known), k.alike.Limits(c.Known, c.MinMargin)
	k.mu.Unlock()
	return r, nil
}

// inForce is the FPIR aimed at.
func (k *Keeper) inForce() float64 {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.stale {
		return k.cfg.FPIR
	}
	return k.current.FPIR
}

func (k *Keeper) probe(ctx context.Context, share float64) (Sample, error) {
	chosen, people, templates, err := Choose(k.deps.Store.Templates(ctx, k.cfg.Engine), k.cfg.MaxProbes, k.deps.Household)
	if err != nil {
		return Sample{}, err
	}
	return Probe(ctx, chosen, people, templates, k.deps.Gallery, k.deps.Household, rester(ctx, share))
}

// enterChanged finds the look-alikes of those whose templates have changed, without rest: they may stand at a gate.
func (k *Keeper) enterChanged(ctx context.Context) error {
	k.mu.Lock()
	people := k.changed
	k.changed = map[string]bool{}
	k.mu.Unlock()
	var err error
	for person := range people {
		if err == nil {
			err = k.enter(ctx, person)
		}
		if err != nil { // it, and those that were not looked at, are still to be done
			k.mu.Lock()
			k.changed[person] = true
			k.mu.Unlock()
		}
	}
	if len(people) > 0 && err == nil {
		err = k.apply()
	}
	return err
}

// enterAll finds all look-alikes. People are read one by one: a long read would keep erased templates in the database's
// log. Whoever changes meanwhile comes in between.
func (k *Keeper) enterAll(ctx context.Context) error {
	seen := map[string]bool{}
	var people []string
	for t, err := range k.deps.Store.Templates(ctx, k.cfg.Engine) {
		if err != nil {
			return err
		}
		if !seen[t.Person] {
			seen[t.Person] = true
			people = append(people, t.Person)
		}
	}
	rest := rester(ctx, k.cfg.Share)
	for i, person := range people {
		if err := k.enter(ctx, person); err != nil {
			return err
		}
		if err := rest(); err != nil {
			return err
		}
		if i%applyEvery == applyEvery-1 {
			if err := k.enterChanged(ctx); err != nil {
				return err
			}
			if err := k.apply(); err != nil {
				return err
			}
		}
	}
	return k.apply()
}

// applyEvery is after how many people found look-alikes are made known to the gates.
const applyEvery = 1000

func (k *Keeper) enter(ctx context.Context, person string) error {
	var templates []menshen.Descriptor
	for t, err := range k.deps.Store.TemplatesOf(ctx, k.cfg.Engine, person) {
		if err != nil {
			return err
		}
		if !t.Masked { // covered faces all look alike
			templates = append(templates, t.Descriptor)
		}
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.alike.Enter(person, templates, k.deps.Gallery)
}

// apply hands the thresholds to gates and enrolment.
func (k *Keeper) apply() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	c := k.current
	limits := k.alike.Limits(c.Known, c.MinMargin)
	switch {
	case len(limits) == 0:
		k.alikeSince = time.Time{}
	case k.alikeSince.IsZero():
		k.alikeSince = k.deps.Now()
	}
	return k.deps.Apply(Point{Known: c.Known, Unsure: c.Unsure, MinMargin: c.MinMargin, Limits: limits})
}

// rester gives a function that sleeps so long that the work between its calls takes a share of one processor.
func rester(ctx context.Context, share float64) func() error {
	start := time.Now()
	return func() error {
		worked := time.Since(start)
		if share < 1 {
			if worked < shortest {
				return ctx.Err() // a sleep would be longer than it need be
			}
			timer := time.NewTimer(time.Duration(float64(worked) * (1 - share) / share))
			defer timer.Stop()
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-timer.C:
			}
		}
		start = time.Now()
		return ctx.Err()
	}
}

// shortest is how long work must have taken for a rest to be worth it.
const shortest = 2 * time.Millisecond
