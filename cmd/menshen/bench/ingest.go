package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/pprof"
	"time"

	"menshen"
)

// IngestOptions are the flags of menshen bench ingest.
type IngestOptions struct {
	Seconds int    // all the way, 2 to 86400
	Rate    int    // passes a second, 0 to 1 million; 0 is as many as get through
	Waiting int    // without a rate: between decision and receipt at the same time, 1 to 1 million
	Gates   int    // 1 to 10,000
	Callers int    // decisions at the same time, 1 to 100,000
	People  int    // 1 to 10 million
	Profile string // file for the processor profile of the whole way; none if empty
	Folder  string // where the folder is made; the system's for temporary files if empty
}

func (o IngestOptions) check() error {
	for _, x := range []struct {
		flag            string
		value, from, to int
	}{
		{"seconds", o.Seconds, 2, 86_400}, {"rate", o.Rate, 0, 1_000_000}, {"waiting", o.Waiting, 1, 1_000_000}, {"gates", o.Gates, 1, 10_000},
		{"callers", o.Callers, 1, 100_000}, {"people", o.People, 1, 10_000_000},
	} {
		if x.value < x.from || x.value > x.to {
			return menshen.Errorf(menshen.CodeInvalid, "cmd.bench", "--%s: %d is out of range", x.flag, x.value).WithHint("use %d to %d", x.from, x.to)
		}
	}
	return nil
}

// Way is the way of passes from a decision into the pass log, with the parts that a hub has. Append, Waiting and Kept are safe
// for concurrent use.
type Way interface {
	// Append gives a pass its number once it is on the disk.
	Append(ctx context.Context, p menshen.Pass) (menshen.Pass, error)
	// Waiting gives how many passes have no receipt yet.
	Waiting(ctx context.Context) (int, error)
	// Kept gives how many passes are in the pass log.
	Kept(ctx context.Context) (int, error)
	// Run carries passes until ctx ends.
	Run(ctx context.Context) error
	Close() error
}

// ingestReport is what menshen bench ingest prints.
type ingestReport struct {
	Machine Machine `json:"machine"`
	Disk    string  `json:"disk"` // kind of file system
	Seconds int     `json:"seconds"`
	Rate    int     `json:"rate,omitempty"`
	Gates   int     `json:"gates"`
	Callers int     `json:"callers"`
	PassLen int     `json:"pass_bytes"` // of the texts and numbers of a row

	Whole  flow    `json:"whole"`  // decision to receipt
	Outbox flow    `json:"outbox"` // decision to the disk of the gate
	SQLite []limit `json:"sqlite"`

	Lost   int     `json:"lost"`    // decided and acknowledged, and not in the pass log at the end
	Reopen float64 `json:"open_ms"` // the folder again, with all that is in it
	Held   int     `json:"passes_at_open"`
}

// flow is what one stretch of the way took.
type flow struct {
	Passes    int     `json:"passes"`
	Took      float64 `json:"took_s"`
	PerSecond float64 `json:"passes_per_s"`
	spread
	Longest  float64   `json:"longest_ms"`
	Slowest  int       `json:"slowest_second"` // passes in the second with fewest
	CPU      float64   `json:"cpu_us"`         // of this process, for a pass
	Busy     float64   `json:"processors"`     // that this process used
	Others   float64   `json:"others"`         // processors that other programs used
	Resident []float64 `json:"resident_mb"`    // in ten moments of the same distance
	Heap     []float64 `json:"heap_mb"`        // live, in the same moments
}

// limit is what SQLite does by itself.
type limit struct {
	Batch     int     `json:"rows_in_a_transaction"`
	PerSecond float64 `json:"rows_per_s"`
	What      string  `json:"what"`
}

// Ingest measures the way of passes from decision to receipt, the outbox alone, and SQLite alone.
func Ingest(ctx context.Context, p Program, o IngestOptions) (_ Report, err error) {
	const op = "cmd.bench"
	if err := o.check(); err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp(o.Folder, "menshen-bench-")
	if err != nil {
		return nil, p.Disk(op, o.Folder, err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	crowd := newPassers(o)
	r := &ingestReport{
		Machine: DescribeMachine(time.Now(), p.Version), Disk: fileSystem(folder), Seconds: o.Seconds, Rate: o.Rate, Gates: o.Gates, Callers: o.Callers, PassLen: crowd.size(),
	}
	for _, step := range []func(context.Context, Program, IngestOptions, *passers, string) error{r.whole, r.outbox, r.sqlite} {
		if err := step(ctx, p, o, crowd, folder); err != nil {
			return nil, err
		}
	}
	return *r, nil
}

// whole measures the whole way, then opens the folder again.
func (r *ingestReport) whole(ctx context.Context, p Program, o IngestOptions, crowd *passers, folder string) error {
	fmt.Fprintln(p.Progress, "from decision to receipt")
	folder = filepath.Join(folder, "whole")
	watch := newReceiptWatch(time.Duration(o.Seconds) * time.Second)
	way, err := p.Way(ctx, folder, crowd.site, watch.receipted)
	if err != nil {
		return err
	}
	running, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- way.Run(running) }()
	turns := newTurns(o)
	watch.left = turns.back
	endProfile, err := profile(p, o.Profile)
	if err != nil {
		return errors.Join(err, way.Close())
	}
	err = crowd.pass(ctx, o, time.Duration(o.Seconds)*time.Second, turns, way, watch)
	err = errors.Join(err, endProfile())
	if err == nil {
		err = drained(ctx, way)
	}
	r.Whole = watch.flow()
	kept := 0
	if err == nil {
		kept, err = way.Kept(ctx)
	}
	r.Lost = r.Whole.Passes - kept
	stop()
	if err := errors.Join(err, <-ended, way.Close()); err != nil {
		return err
	}
	fmt.Fprintln(p.Progress, "opening it again")
	begin := time.Now()
	way, err = p.Way(ctx, folder, crowd.site, watch.receipted)
	if err != nil {
		return err
	}
	r.Reopen, r.Held = inMilliseconds(time.Since(begin)), kept
	return errors.Join(way.Close(), os.RemoveAll(folder))
}

// outbox measures until passes are on the disk of the gate, with nothing else going on.
func (r *ingestReport) outbox(ctx context.Context, p Program, o IngestOptions, crowd *passers, folder string) error {
	fmt.Fprintln(p.Progress, "into the outbox")
	folder = filepath.Join(folder, "outbox")
	way, err := p.Way(ctx, folder, crowd.site, func(map[string][]uint64) {})
	if err != nil {
		return err
	}
	lasting := part(o)
	watch := newReceiptWatch(lasting)
	watch.atOnce = true
	o.Rate, o.Waiting = 0, 1<<30
	err = crowd.pass(ctx, o, lasting, newTurns(o), way, watch)
	r.Outbox = watch.flow()
	return errors.Join(err, way.Close(), os.RemoveAll(folder))
}

// part is how long what is beside the whole way is measured.
func part(o IngestOptions) time.Duration { return time.Duration(max(o.Seconds/4, 2)) * time.Second }

// drained waits until every pass has its receipt.
func drained(ctx context.Context, way Way) error {
	for end := time.Now().Add(5 * time.Minute); ; {
		n, err := way.Waiting(ctx)
		if err != nil || n == 0 {
			return err
		}
		if time.Now().After(end) {
			return menshen.Errorf(menshen.CodeUnavailable, "cmd.bench", "%d passes have no receipt after five minutes", n).WithHint("see the log")
		}
		if err := sleep(ctx, 20*time.Millisecond); err != nil {
			return err
		}
	}
}

// profile begins a processor profile, for go tool pprof.
func profile(p Program, path string) (end func() error, err error) {
	if path == "" {
		return func() error { return nil }, nil
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, p.Disk("cmd.bench", path, err)
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() error {
		pprof.StopCPUProfile()
		return errors.Join(f.Close(), heapProfile(path+".heap"))
	}, nil
}

// heapProfile writes what is in memory, for go tool pprof.
func heapProfile(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(pprof.Lookup("heap").WriteTo(f, 0), f.Close())
}
