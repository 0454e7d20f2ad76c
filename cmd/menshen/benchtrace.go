package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"menshen/cmd/menshen/bench"
)

func (a *app) benchTraceCommand() *cobra.Command {
	var o bench.TraceOptions
	c := &cobra.Command{
		Use: "trace", Short: "Time the questions of contact tracing over a sub-district, and ask PostgreSQL and SQLite the same",
		Long: `Compute a sub-district of communities with gates, lifts, lobbies and shops, and what its people pass in some days; load it from a
store, and ask about cases at random. Then ask PostgreSQL (Debian's package, started in a temporary folder for it alone) and
SQLite for two generations at gates, each over as many passes as it loads in --peer-time, and compare the answers with ours.

A hundred million passes take about 8 GB of memory and 3 GB in the temporary folder (TMPDIR).`,
	}
	c.Flags().IntVar(&o.People, "people", 450_000, "people, 100 to 5000000")
	c.Flags().IntVar(&o.Days, "days", 14, "days, 1 to 60; all of them are the window of a case")
	c.Flags().IntVar(&o.Passes, "passes", 100_000_000, "passes of all, 1000 to 600000000")
	c.Flags().IntVar(&o.Cases, "cases", 500, "cases asked about, 10 to 100000")
	c.Flags().Uint64Var(&o.Seed, "seed", 1, "another number gives other people and passes")
	c.Flags().BoolVar(&o.NoPeers, "no-peers", false, "leave PostgreSQL and SQLite out")
	c.Flags().DurationVar(&o.PeerTime, "peer-time", 5*time.Minute, "how long each of them may load, 1s to 1h")
	return a.benchmark(c, func(ctx context.Context, p bench.Program) (bench.Report, error) { return bench.Trace(ctx, p, o) })
}
