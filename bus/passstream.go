package bus

import (
	"context"
	"slices"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"menshen"
)

// probeAge is how long a probe's message stays in the stream.
const probeAge = time.Minute

// StreamConfig bounds the stream that carries the passes. The stream is a carrier, not the truth: when it is full it
// forgets the oldest passes, and the relay publishes them again.
type StreamConfig struct {
	MaxAge     time.Duration // passes that nobody took for that long are forgotten; 72 h if 0
	MaxBytes   int64         // on the disk; 512 MiB if 0; not more than ServerConfig.MaxStore
	Duplicates time.Duration // a pass that comes again within is not stored again; 2 min if 0, which costs 60 bytes of memory for each
}

func (c StreamConfig) withDefaults() StreamConfig {
	orDefault(&c.MaxAge, 72*time.Hour)
	orDefault(&c.MaxBytes, 512<<20)
	orDefault(&c.Duplicates, 2*time.Minute)
	return c
}

// StreamName is the name of the stream of passes of the connection's site.
func (c *Conn) StreamName() string { return "PASSES-" + c.cfg.Site }

// EnsureStream makes the stream of passes, or brings an existing one to the configuration. Relay and Consumer call it by
// themselves, whenever they find it missing too.
func (c *Conn) EnsureStream(ctx context.Context, cfg StreamConfig) error {
	_, err := c.ensureStream(ctx, cfg)
	return err
}

func (c *Conn) ensureStream(ctx context.Context, cfg StreamConfig) (jetstream.Stream, error) {
	cfg = cfg.withDefaults()
	ctx, cancel := c.limit(ctx)
	defer cancel()
	want := jetstream.StreamConfig{
		Name:        c.StreamName(),
		Description: "passes on their way from the outbox to the pass log, and alerts",
		Subjects:    []string{c.subjects.AnyPass(), c.subjects.Probe(), c.subjects.Alert()},
		Storage:     jetstream.FileStorage,
		Retention:   jetstream.LimitsPolicy,
		Discard:     jetstream.DiscardOld,
		MaxAge:      cfg.MaxAge,
		MaxBytes:    cfg.MaxBytes,
		Duplicates:  min(cfg.Duplicates, cfg.MaxAge),
		Replicas:    1,
		AllowMsgTTL: true, // for the probes
		// Asynchronous writing would switch ServerConfig.SyncAlways off without a word.
		PersistMode: jetstream.DefaultPersistMode,
	}
	// A stream that is right is left alone: nats-server 2.15 has a data race between the update of a stream, even to the
	// same configuration, and the making of a consumer. One at a time, so that the second of two who miss the stream finds it.
	c.streams.Lock()
	defer c.streams.Unlock()
	stream, err := c.js.Stream(ctx, want.Name)
	if err == nil && sameStream(stream.CachedInfo().Config, want) {
		return stream, nil
	}
	if stream, err = c.js.CreateOrUpdateStream(ctx, want); err != nil {
		return nil, menshen.Errorf(menshen.CodeUnavailable, "bus.stream", "the stream of passes cannot be set up").
			WithHint("check the free space of the data folder's disk; passes wait in the outbox").WithCause(err)
	}
	return stream, nil
}

// sameStream compares what ensureStream sets.
func sameStream(a, b jetstream.StreamConfig) bool {
	return slices.Equal(a.Subjects, b.Subjects) && a.Storage == b.Storage && a.Retention == b.Retention && a.Discard == b.Discard &&
		a.MaxAge == b.MaxAge && a.MaxBytes == b.MaxBytes && a.Duplicates == b.Duplicates && a.AllowMsgTTL == b.AllowMsgTTL &&
		a.PersistMode == b.PersistMode
}
