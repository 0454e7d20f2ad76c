package main

import (
	"context"
	"errors"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"

	"menshen"
	"menshen/bus"
	"menshen/cmd/menshen/bench"
	"menshen/config"
)

func (a *app) benchIngestCommand() *cobra.Command {
	var o bench.IngestOptions
	c := &cobra.Command{
		Use: "ingest", Short: "Time passes from decision to receipt: outbox, JetStream, pass log, receipt; beside SQLite's own limit",
		Long: `Put passes through the parts that a hub has, in this process and on this disk: the outbox (SQLite, synchronous=FULL), the relay over
TCP into the embedded NATS server, the consumer, the pass log (SQLite, synchronous=FULL) and the log in memory, and back as
receipts that take the rows out of the outbox. Then the outbox alone, then SQLite without Menshen, with rows of the same size and
as many of them in a transaction. At the end the same folder is opened again, as at a start.

The folder is made in --folder and removed afterwards. A folder in memory (tmpfs) shows nothing about durability.`,
	}
	c.Flags().IntVar(&o.Seconds, "seconds", 60, "how long passes go all the way, 2 to 86400; the outbox alone and SQLite get a quarter of it")
	c.Flags().IntVar(&o.Rate, "rate", 0, "passes a second, 0 for as many as get through, up to 1000000")
	c.Flags().IntVar(&o.Waiting, "waiting", 8000, "without --rate: passes between decision and receipt at the same time, 1 to 1000000")
	c.Flags().IntVar(&o.Gates, "gates", 64, "gates that decide, 1 to 10000")
	c.Flags().IntVar(&o.Callers, "callers", 512, "decisions at the same time, each waiting until its pass is in the outbox, 1 to 100000")
	c.Flags().IntVar(&o.People, "people", 100_000, "people who pass, 1 to 10000000")
	c.Flags().StringVar(&o.Folder, "folder", "", "where the folder is made; the system's folder for temporary files if empty")
	c.Flags().StringVar(&o.Profile, "profile", "", "file for a processor profile of the whole way, for go tool pprof")
	return a.benchmark(c, func(ctx context.Context, p bench.Program) (bench.Report, error) { return bench.Ingest(ctx, p, o) })
}

// benchWay opens a hub's way of passes in a folder.
func (a *app) benchWay(ctx context.Context, folder string, site menshen.Site, receipted func(map[string][]uint64)) (_ bench.Way, err error) {
	data, err := openDataFolder(folder)
	if err != nil {
		return nil, err
	}
	w := &benchWay{data: data}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.Close())
		}
	}()
	log := a.logger(config.Log{Level: "warn"})
	w.pipeline, err = openPipeline(ctx, data, pipelineConfig{Site: site, Bus: config.Bus{Listen: "127.0.0.1:0"}, Days: 60, Listen: true}, log, prometheus.NewRegistry())
	if err != nil {
		return nil, err
	}
	// Passes leave over the listener, as those of a post do, and not by the short way within the process.
	credentials, err := w.server.Credentials(bus.RoleHub())
	if err != nil {
		return nil, err
	}
	if w.outside, err = bus.Connect(ctx, bus.ConnConfig{Site: site.ID, Credentials: credentials, Log: log}); err != nil {
		return nil, err
	}
	w.relay, err = bus.NewRelay(w.outside, receiptedOutbox{w.outbox, receipted}, bus.RelayConfig{})
	return w, err
}

// benchWay is a pipeline whose relay comes in from outside.
type benchWay struct {
	*pipeline
	data    *dataFolder
	outside *bus.Conn
}

// Append implements bench.Way.
func (w *benchWay) Append(ctx context.Context, p menshen.Pass) (menshen.Pass, error) {
	return w.outbox.Append(ctx, p)
}

// Waiting implements bench.Way.
func (w *benchWay) Waiting(ctx context.Context) (int, error) { return w.outbox.Len(ctx) }

// Kept implements bench.Way.
func (w *benchWay) Kept(ctx context.Context) (int, error) { return w.store.PassCount(ctx) }

// Run implements bench.Way.
func (w *benchWay) Run(ctx context.Context) error {
	return runStages(ctx, w.carrying(), stage{name: "bus", runs: []func(context.Context) error{w.server.Run}})
}

// Close implements bench.Way.
func (w *benchWay) Close() error {
	var errs []error
	if w.outside != nil {
		errs = append(errs, w.outside.Close())
	}
	if w.pipeline != nil {
		errs = append(errs, w.pipeline.Close())
	}
	return errors.Join(append(errs, w.data.Close())...)
}

// receiptedOutbox says which passes have left an outbox.
type receiptedOutbox struct {
	bus.Outbox
	receipted func(map[string][]uint64)
}

// RemoveMany implements bus.Outbox.
func (o receiptedOutbox) RemoveMany(ctx context.Context, sequences map[string][]uint64) error {
	err := o.Outbox.RemoveMany(ctx, sequences)
	if err == nil {
		o.receipted(sequences)
	}
	return err
}
