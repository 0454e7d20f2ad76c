package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"menshen"
	"menshen/simulation"
)

// simulationOptions are the flags of menshen simulate.
type simulationOptions struct {
	people, days int
	seed         uint64
	data, until  string
}

func (a *app) simulateCommand() *cobra.Command {
	var o simulationOptions
	c := &cobra.Command{
		Use: "simulate", Short: "Make a community with its people, habits and passes, through the real bus", Args: cobra.NoArgs,
		Long: `Make a community with zones, gates, households and daily habits, and the passes of some days, through outbox, bus and pass log as
real passes go. The same seed makes the same people and habits. A data folder keeps the community that was made in it first; more days
are added to it. Menshen must not be running on the same data folder.

To look at what was made: menshen serve, with the same configuration, or with MENSHEN_DATA set to what --data was.`,
		RunE: func(c *cobra.Command, _ []string) error { return a.simulate(c, o) },
	}
	c.Flags().IntVar(&o.people, "people", 600, "1 to 1000000")
	c.Flags().IntVar(&o.days, "days", 14, "of passes, 1 to 60")
	c.Flags().Uint64Var(&o.seed, "seed", 1, "any number")
	c.Flags().StringVar(&o.data, "data", "", "folder; the configuration's, below which \"simulated\" is used, if empty")
	c.Flags().StringVar(&o.until, "until", "", "end of the days; now if empty")
	return c
}

func (a *app) simulate(c *cobra.Command, o simulationOptions) (err error) {
	ctx := c.Context()
	cfg, err := a.loadConfig(c)
	if err != nil {
		return err
	}
	if o.days < 1 || o.days > 60 {
		return menshen.Errorf(menshen.CodeInvalid, "cmd.simulate", "--days: %d is out of range", o.days).WithHint("use 1 to 60")
	}
	if o.people < 1 { // 0 would be the default
		return menshen.Errorf(menshen.CodeInvalid, "cmd.simulate", "--people: %d is out of range", o.people).WithHint("use 1 to 1000000")
	}
	cfg.Cameras = nil // whatever site is configured, simulated people stay apart from it
	folder := cfg.DataFolder()
	if o.data != "" {
		folder = filepath.Join(o.data, "simulated")
	}
	data, err := openDataFolder(folder)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, data.Close()) }()
	community, err := openCommunity(data, o.people, o.seed)
	if err != nil {
		return err
	}
	lives := community.Config()
	for flag, differs := range map[string]bool{"people": lives.People != o.people, "seed": lives.Seed != o.seed} {
		if c.Flags().Changed(flag) && differs {
			return menshen.Errorf(menshen.CodeConflict, "cmd.simulate", "--%s: another community lives in %s already, of %d people and seed %d", flag, folder, lives.People, lives.Seed).
				WithHint("leave --people and --seed out to add days to it, or name another folder with --data")
		}
	}
	site := community.Site()
	until := time.Now()
	if end, err := parseTime("--until", o.until, site.Location); err != nil {
		return err
	} else if end != nil {
		until = end.AsTime()
	}
	p, err := openPipeline(ctx, data, pipelineConfig{Site: site, Bus: cfg.Bus, Days: max(60, 2+int(time.Since(until).Hours()/24)+o.days)}, a.logger(cfg.Log), prometheus.NewRegistry())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	people, err := newDirectory(p.store.People(ctx))
	if err != nil {
		return err
	}
	if err := settle(ctx, community, p.store, people); err != nil {
		return err
	}
	from := until.AddDate(0, 0, -o.days)
	latest, err := p.latest(ctx)
	if err != nil {
		return err
	}
	if !latest.Before(from) {
		from = latest.Add(time.Millisecond) // what was made before is not made again
	}
	return a.carrySimulation(ctx, p, community, from, until)
}

// carrySimulation plays the days and waits until every pass is committed.
func (a *app) carrySimulation(ctx context.Context, p *pipeline, c *simulation.Community, from, to time.Time) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	carried := make(chan error, 1)
	go func() {
		carried <- runStages(ctx, p.carrying(), stage{name: "bus", runs: []func(context.Context) error{p.server.Run}})
	}()

	began, before := time.Now(), p.log.Count()
	made := 0
	progress := progressbar.NewOptions(-1, progressbar.OptionSetWriter(a.err), progressbar.OptionSetDescription("passes"),
		progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionSetVisibility(isTerminal(a.err)))
	err := playHistory(ctx, p, c, from, to, func(n int) { made += n; _ = progress.Add(n) })
	for err == nil {
		var left int
		if left, err = p.outbox.Len(ctx); left == 0 {
			break
		}
		select {
		case err = <-carried:
			err = errors.Join(err, context.Canceled)
		case <-ctx.Done():
			err = ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
	_ = progress.Close()
	if err != nil {
		return err
	}
	if made == 0 {
		fmt.Fprintln(a.out, a.text(menshen.Text{
			ZH: fmt.Sprintf("%d 人，没有新的记录：这些日子已经生成过", len(c.People())),
			EN: fmt.Sprintf("%d people, nothing to add: the passes of these days were made before", len(c.People())),
		}))
		stop()
		return <-carried
	}
	took := time.Since(began)
	fmt.Fprintln(a.out, a.text(menshen.Text{
		ZH: fmt.Sprintf("%d 人，%d 条通行记录，%.1f 秒（每秒 %.0f 条），新入库 %d 条", len(c.People()), made, took.Seconds(), float64(made)/took.Seconds(), p.log.Count()-before),
		EN: fmt.Sprintf("%d people, %d passes in %.1f s (%.0f a second), %d of them new in the pass log", len(c.People()), made, took.Seconds(), float64(made)/took.Seconds(), p.log.Count()-before),
	}))
	stop()
	return <-carried
}
