package bus

import (
	"context"
	"errors"
	"os"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"menshen"
)

// Run watches JetStream until ctx ends, and gives nil then. It does not end the server: see Close.
//
// The watching is needed because a server whose disk was full takes no more passes and says nothing of it: publishing
// times out, JetStream still calls itself enabled, and nothing but a new start brings it back, however much space there
// is by then. After ProbeFailures failures in a row the server is started again, but only once its folder takes data: until
// then a new start would not help, and would stop what goes on without a disk, the way from the cameras to the doors.
// While it does not help, it is tried again after longer and longer waits, up to ten times ProbeInterval. What was
// acknowledged survives, and connections come back by themselves.
func (s *Server) Run(ctx context.Context) error {
	w := watch{server: s, wait: s.cfg.ProbeInterval}
	for sleep(ctx, w.wait) {
		w.look(ctx)
	}
	return nil
}

// watch is what Run remembers between two looks.
type watch struct {
	server   *Server
	failures int           // in a row
	wait     time.Duration // until the next look
}

// look probes JetStream once, and starts the server again where that is due.
func (w *watch) look(ctx context.Context) {
	s := w.server
	err := s.Probe(ctx)
	switch {
	case ctx.Err() != nil: // whatever the probe said, it was broken off
		return
	case err == nil:
		s.health.clear(busStalled())
		w.failures, w.wait = 0, s.cfg.ProbeInterval
		return
	}
	w.failures++
	s.health.set(busStalled(), err)
	if w.failures < s.cfg.ProbeFailures {
		return
	}
	if err := s.checkStore(); err != nil {
		s.health.set(busStalled(), err)
		s.cfg.Log.Error("JetStream does not take messages, and its folder takes no data", "error", err)
		return
	}
	s.cfg.Log.Error("JetStream does not take messages, the bus server is started again", "error", err, "failures", w.failures)
	w.wait = min(w.wait*2, 10*s.cfg.ProbeInterval)
	if err := s.Restart(ctx); err != nil && ctx.Err() == nil {
		s.health.set(busStalled(), err)
		s.cfg.Log.Error("the bus server did not start again", "error", err)
		w.wait = min(time.Second, s.cfg.ProbeInterval) // nothing runs now, so there is nothing to spare
	}
}

// trial is how much the folder must take before a new start makes sense, in bytes.
const trial = 4 << 20

// checkStore finds out whether the folder takes data, by writing some.
func (s *Server) checkStore() error {
	const op = "bus.store"
	f, err := os.CreateTemp(s.cfg.Store, "trial-*")
	if err != nil {
		return storeError(op, err)
	}
	_, err = f.Write(make([]byte, trial))
	err = errors.Join(err, f.Sync(), f.Close(), os.Remove(f.Name()))
	if err != nil {
		return storeError(op, err)
	}
	return nil
}

// Restart stops the server and starts it again on the same address with the same keys. Connections come back by
// themselves.
func (s *Server) Restart(ctx context.Context) error {
	s.turn.Lock()
	defer s.turn.Unlock()
	s.metrics.restarts.Inc()
	s.halt()
	return s.start(ctx)
}

// Conditions gives what is not well with the server.
func (s *Server) Conditions() []menshen.Condition { return s.health.conditions() }

// Probe writes a message to the stream of passes, on a subject that nobody reads, and so finds out whether it takes any.
// Where there is no such stream yet, JetStream only has to answer. It gives up after ProbeLimit with CodeUnavailable.
func (s *Server) Probe(ctx context.Context) error {
	const op = "bus.probe"
	ctx, cancel := context.WithTimeout(ctx, s.cfg.ProbeLimit)
	defer cancel()
	begin := time.Now()
	err := s.probe(ctx)
	s.metrics.probe.Observe(time.Since(begin).Seconds())
	if err == nil {
		return nil
	}
	s.metrics.probeFailures.Inc()
	return menshen.Errorf(menshen.CodeUnavailable, op, "JetStream does not take messages").
		WithHint("check the free space of the data folder's disk").WithCause(err)
}

func (s *Server) probe(ctx context.Context) error {
	credentials, err := s.Credentials(RoleHub())
	if err != nil {
		return err
	}
	// A connection of its own each time: the probe must not fail because an old connection is just coming back.
	nc, err := dial(ConnConfig{Server: s, Credentials: credentials, Name: "probe", ConnectLimit: s.cfg.ProbeLimit}.withDefaults(), nats.NoReconnect())
	if err != nil {
		return err
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		return err
	}
	_, err = js.Publish(ctx, s.subjects.Probe(), nil, jetstream.WithMsgTTL(probeAge), jetstream.WithRetryAttempts(0))
	if errors.Is(err, jetstream.ErrNoStreamResponse) {
		_, err = js.AccountInfo(ctx)
	}
	return err
}

// sleep waits for d, and reports false where ctx ended before.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
