package main

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"menshen"
	"menshen/bus"
	"menshen/config"
	"menshen/store"
	"menshen/store/sqlite"
	"menshen/tracing/passlog"
	"menshen/web"
)

// pipeline is the life of a pass after its decision: outbox, bus, pass log, the log in memory, the feed to those who
// watch. The hub and the simulator use the same one.
type pipeline struct {
	site   menshen.Site
	store  *sqlite.Site
	outbox *sqlite.Outbox
	server *bus.Server
	conn   *bus.Conn
	log    *passlog.Log
	feed   *web.Feed

	relay    *bus.Relay
	consumer *bus.Consumer
	logger   *slog.Logger
	own      []string       // gates whose passes the outbox numbers; those of posts number their own
	days     int            // of passes in memory
	loaded   bool           // whether they are in memory
	untold   []menshen.Pass // committed before anybody could hear of it

	correcting sync.Mutex
	sure       func(context.Context) (time.Time, error) // how late it is at least, whatever the clock says; nil is the clock
	passed     func(context.Context, []menshen.Pass)    // hears of every pass once it is committed; may be nil
}

// pipelineConfig is what differs between hub and simulator.
type pipelineConfig struct {
	Site        menshen.Site
	Bus         config.Bus
	Cameras     []string
	Recognizers []string
	Doors       map[string]string // gate → public key of its controller
	Posts       map[string]bus.Post
	MQTT        bus.MQTTConfig
	TLS         encryption // of Bus.Listen
	Days        int        // of passes in memory
	Listen      bool       // whether other processes may connect
}

// openPipeline opens both databases, starts the bus and loads the pass log. Close it.
func openPipeline(ctx context.Context, data *dataFolder, cfg pipelineConfig, log *slog.Logger, reg prometheus.Registerer) (p *pipeline, err error) {
	p = &pipeline{site: cfg.Site, days: cfg.Days, feed: web.NewFeed(0), logger: log}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.Close())
		}
	}()
	for _, g := range cfg.Site.Gates {
		if !slices.ContainsFunc(slices.Collect(maps.Values(cfg.Posts)), func(post bus.Post) bool { return slices.Contains(post.Gates, g.ID) }) {
			p.own = append(p.own, g.ID)
		}
	}
	key, err := siteKeyInUse(ctx, data, log)
	if err != nil {
		return p, err
	}
	if p.store, err = sqlite.Open(ctx, data.file("site.db"), sqlite.Options{Log: log, Key: key}); err != nil {
		return p, err
	}
	if p.outbox, err = sqlite.OpenOutbox(ctx, data.file("gate.db"), sqlite.Options{Log: log}); err != nil {
		return p, err
	}
	last, err := p.store.LastSequences(ctx)
	if err != nil {
		return p, err
	}
	if err = p.outbox.Advance(ctx, last); err != nil {
		return p, err
	}
	if err = p.finishImport(ctx); err != nil {
		return p, err
	}
	if err = p.load(ctx); err != nil {
		return p, err
	}
	at := bus.ServerConfig{
		Site: cfg.Site.ID, Cameras: cfg.Cameras, Recognizers: cfg.Recognizers, Doors: cfg.Doors, Posts: cfg.Posts, Listen: cfg.Bus.Listen,
		DontListen: !cfg.Listen, MQTT: cfg.MQTT, Store: data.file("nats"), Log: log, Registerer: reg,
	}
	cfg.TLS.busTLS(&at)
	if p.server, err = bus.NewServer(at); err != nil {
		return p, err
	}
	if err = p.server.Start(ctx); err != nil {
		return p, err
	}
	credentials, err := p.server.Credentials(bus.RoleHub())
	if err != nil {
		return p, err
	}
	p.conn, err = bus.Connect(ctx, bus.ConnConfig{Site: cfg.Site.ID, Credentials: credentials, Server: p.server, Log: log, Registerer: reg})
	if err != nil {
		return p, err
	}
	for range catchUpTries {
		if err = p.catchUp(ctx); err == nil || ctx.Err() != nil || notOfTheStream(err) {
			break
		}
	}
	if err != nil && ctx.Err() == nil && !notOfTheStream(err) {
		// The outboxes have what a damaged stream held and nobody has committed.
		if aside := p.conn.SetAside(ctx, err); aside != nil {
			return p, errors.Join(err, aside)
		}
		err = p.catchUp(ctx)
	}
	if err != nil {
		return p, err
	}
	if p.relay, err = bus.NewRelay(p.conn, p.outbox, bus.RelayConfig{}); err != nil {
		return p, err
	}
	p.consumer, err = bus.NewConsumer(p.conn, p, bus.ConsumerConfig{Durable: consumerName})
	return p, err
}

// catchUpTries is how often the stream is read before it is taken for damaged: a slow disk may be late once.
const catchUpTries = 3

// notOfTheStream says that a database or the disk is what was wrong. After a restore the stream is the only copy of some passes: it
// must not be set aside for that.
func notOfTheStream(err error) bool {
	switch menshen.ErrorCode(err) {
	case menshen.CodeExhausted, menshen.CodeConflict, menshen.CodeCorrupt, menshen.CodeDenied:
		return true
	}
	return false
}

// carrying is the stage that carries passes from the outbox into the pass log, and keeps that in order.
func (p *pipeline) carrying() stage {
	return stage{name: "passes", runs: []func(context.Context) error{p.relay.Run, p.consumer.Run, p.tend}}
}

// consumerName is the durable consumer that feeds the pass log.
const consumerName = "tracing"

// catchUp notices that one of the databases is older than the stream, as it is after a restore: the gates go on counting where the
// stream ends, and what the stream still holds is committed, if it is not yet. After a crash, when the stream is a little ahead of
// the pass log, the consumer goes on where it was: reading the whole stream again would keep what is new waiting.
func (p *pipeline) catchUp(ctx context.Context) error {
	given, err := p.outbox.LastSequences(ctx)
	if err != nil {
		return err
	}
	ahead, err := p.conn.Ahead(ctx, bus.StreamConfig{}, given, p.own)
	if err != nil {
		return err
	}
	if !ahead {
		if ahead, err = p.conn.Forgotten(ctx, bus.StreamConfig{}, consumerName, p.store); err != nil {
			return err
		}
	}
	if !ahead {
		passes, err := p.conn.UnderWay(ctx, bus.StreamConfig{}, consumerName)
		if err != nil || len(passes) == 0 {
			return err
		}
		result, err := p.keep(ctx, passes)
		p.untold = result.Fresh
		return err
	}
	p.logger.Info("a database is older than the stream of passes: taking up from it what it lacks")
	last, err := p.conn.Rewind(ctx, bus.StreamConfig{}, consumerName)
	if err != nil {
		return err
	}
	return p.outbox.Advance(ctx, last)
}

// latest is when the last pass was captured, whether it is committed yet or still in the outbox; the zero time where
// there is none.
func (p *pipeline) latest(ctx context.Context) (last time.Time, err error) {
	for pass, err := range p.store.Passes(ctx, menshen.PassFilter{Latest: 1}) {
		if err != nil {
			return last, err
		}
		last = pass.Captured
	}
	for cursor := int64(0); ; {
		passes, next, err := p.outbox.Pending(ctx, cursor, 1000)
		if err != nil || len(passes) == 0 {
			return last, err
		}
		for _, pass := range passes {
			if pass.Captured.After(last) {
				last = pass.Captured
			}
		}
		cursor = next
	}
}

// Commit implements bus.Committer: the passes are in the pass log when it returns, then in memory, then shown.
func (p *pipeline) Commit(ctx context.Context, passes []menshen.Pass) error {
	result, err := p.keep(ctx, passes)
	if err != nil {
		return err
	}
	for _, pass := range result.Fresh {
		p.feed.Publish(pass)
	}
	if len(result.Refused) > 0 {
		return result.Refused[0].Err
	}
	return nil
}

// keep puts passes into the pass log, then into memory. Safe for concurrent use.
func (p *pipeline) keep(ctx context.Context, passes []menshen.Pass) (store.CommitResult, error) {
	result, err := p.store.CommitPasses(ctx, passes)
	if err != nil {
		return result, err
	}
	kept := make([]menshen.Pass, 0, len(passes))
	for _, pass := range passes {
		switch {
		case slices.Contains(result.Conflicts, pass.ID):
			p.logger.Error("another pass has this number already: set aside", "pass", pass.ID, "person", pass.Person, "direction", pass.Direction,
				"captured", pass.Captured, "outcome", pass.Decision.Outcome, "reasons", pass.Decision.Reasons, "track", pass.Track)
		case pass.Validate() == nil:
			kept = append(kept, pass)
		}
	}
	// All of them, not only the fresh ones: an earlier try may have been committed and cut off before this line.
	if p.log != nil { // what is kept before the log is loaded is loaded with it
		if _, err := p.log.Append(kept...); err != nil {
			return result, err
		}
	}
	if p.passed != nil {
		p.passed(ctx, result.Fresh)
	}
	return result, nil
}

// Committed implements bus.Committer.
func (p *pipeline) Committed(ctx context.Context, gate string, sequences []uint64) ([]uint64, error) {
	return p.store.Committed(ctx, gate, sequences)
}

// Close ends what openPipeline began, in the other order.
func (p *pipeline) Close() error {
	var errs []error
	if p.conn != nil {
		errs = append(errs, p.conn.Close())
	}
	if p.server != nil {
		errs = append(errs, p.server.Close())
	}
	if p.outbox != nil {
		errs = append(errs, p.outbox.Close())
	}
	if p.loaded {
		p.keepLastPages()
	}
	if p.store != nil {
		errs = append(errs, p.store.Close())
	}
	return errors.Join(errs...)
}
