package bus_test

import (
	"context"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"menshen"
	"menshen/bus"
	"menshen/proto"
)

// quickRelay and quickConsumer are tuned so that what goes wrong is noticed soon.
func quickRelay() bus.RelayConfig {
	return bus.RelayConfig{AckLimit: time.Second, ReceiptLimit: 100 * time.Millisecond, MaxWait: time.Second}
}

func quickConsumer() bus.ConsumerConfig {
	return bus.ConsumerConfig{Batch: 50, Gather: 2 * time.Millisecond, AckWait: 2 * time.Second, MaxPause: 20 * time.Millisecond, Idle: 200 * time.Millisecond}
}

func mustRelay(tb testing.TB, c *bus.Conn, b bus.Outbox, cfg bus.RelayConfig) (*bus.Relay, func()) {
	tb.Helper()
	r, err := bus.NewRelay(c, b, cfg)
	if err != nil {
		tb.Fatal(err)
	}
	return r, run(tb, r.Run)
}

func mustConsumer(tb testing.TB, c *bus.Conn, l bus.Committer, cfg bus.ConsumerConfig) (*bus.Consumer, func()) {
	tb.Helper()
	x, err := bus.NewConsumer(c, l, cfg)
	if err != nil {
		tb.Fatal(err)
	}
	return x, run(tb, x.Run)
}

// wantAll checks that every pass of the gates is kept, and no other, and the outbox is empty.
func wantAll(tb testing.TB, b *box, l *passLog, gates map[string]int) {
	tb.Helper()
	eventually(tb, "the outbox is empty", func() bool { return b.len() == 0 })
	total := 0
	for gate, n := range gates {
		total += n
		for i := 1; i <= n; i++ {
			if id := (menshen.PassID{Gate: gate, Sequence: uint64(i)}); !l.has(id) {
				tb.Fatalf("pass %s left the outbox and is kept nowhere", id)
			}
		}
	}
	if l.len() != total {
		tb.Errorf("%d passes are kept, want %d", l.len(), total)
	}
}

func TestPassesArrive(t *testing.T) {
	s := MustServer(t, func(c *bus.ServerConfig) { c.SyncAlways = true })
	b, l := newBox(), newPassLog()
	b.append("east", 300) // from before the start
	relay, _ := mustRelay(t, MustConn(t, s, bus.RoleHub()), b, quickRelay())
	consumer, _ := mustConsumer(t, MustConn(t, s, bus.RoleHub()), l, quickConsumer())
	b.append("west", 700)
	wantAll(t, b, l, map[string]int{"east": 300, "west": 700})
	b.append("east", 1)
	wantAll(t, b, l, map[string]int{"east": 301, "west": 700})
	if c := append(relay.Conditions(), consumer.Conditions()...); len(c) != 0 {
		t.Errorf("not well: %+v", c)
	}
}

// TestRowsLeaveOnReceiptsOnly: without a consumer nothing leaves the outbox, though JetStream acknowledges all.
func TestRowsLeaveOnReceiptsOnly(t *testing.T) {
	s := MustServer(t)
	hub := MustConn(t, s, bus.RoleHub())
	b, l := newBox(), newPassLog()
	b.append("east", 100)
	cfg := quickRelay()
	cfg.Patience = time.Millisecond
	relay, _ := mustRelay(t, hub, b, cfg)
	js := mustJetStream(t, s)
	eventually(t, "all are in the stream", func() bool { return stored(js, hub) == 100 })
	eventually(t, "the condition", func() bool { return len(relay.Conditions()) == 1 })
	if b.len() != 100 {
		t.Fatalf("%d of 100 passes wait in the outbox", b.len())
	}
	mustConsumer(t, hub, l, quickConsumer())
	wantAll(t, b, l, map[string]int{"east": 100})
	eventually(t, "the condition is over", func() bool { return len(relay.Conditions()) == 0 })
}

// mustJetStream is a bare way into JetStream, as the hub.
func mustJetStream(t *testing.T, s *bus.Server) jetstream.JetStream {
	t.Helper()
	credentials, err := s.Credentials(bus.RoleHub())
	if err != nil {
		t.Fatal(err)
	}
	js, err := jetstream.New(mustProbe(t, s.URL(), credentials.Seed, "_INBOX.hub").nc)
	if err != nil {
		t.Fatal(err)
	}
	return js
}

// stored is how many messages the stream of passes has.
func stored(js jetstream.JetStream, c *bus.Conn) uint64 {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	stream, err := js.Stream(ctx, c.StreamName())
	if err != nil {
		return 0
	}
	return stream.CachedInfo().State.Msgs
}

// TestPassesSurviveEverything: handlers that fail, lost receipts, a failing outbox, duplicates, restarts of the server, of the
// relay and of the consumer, all at the same time, in an order given by the seed.
func TestPassesSurviveEverything(t *testing.T) {
	rng := rand.New(rand.NewPCG(2026, 11))
	var mu sync.Mutex
	chance := func(p float64) bool {
		mu.Lock()
		defer mu.Unlock()
		return rng.Float64() < p
	}
	s := MustServer(t)
	b, l := newBox(), newPassLog()
	b.fail = func() error {
		if chance(0.2) { // the receipt came, and is as good as lost
			return menshen.Errorf(menshen.CodeUnavailable, "test", "the outbox is busy")
		}
		return nil
	}
	l.fail = func([]menshen.Pass) error {
		if chance(0.3) {
			return menshen.Errorf(menshen.CodeExhausted, "test", "the disk is full")
		}
		return nil
	}
	relayConn, consumerConn := MustConn(t, s, bus.RoleHub()), MustConn(t, s, bus.RoleHub())
	_, stopRelay := mustRelay(t, relayConn, b, quickRelay())
	_, stopConsumer := mustConsumer(t, consumerConn, l, quickConsumer())

	js := mustJetStream(t, s)
	subjects := proto.Subjects{Site: site}
	gates := map[string]int{}
	for round := range 6 {
		for _, gate := range []string{"east", "west", "south"} {
			gates[gate] += 100
			b.append(gate, 100)
		}
		switch round {
		case 1, 3:
			if err := s.Restart(t.Context()); err != nil {
				t.Fatal(err)
			}
		case 2:
			stopRelay()
			_, stopRelay = mustRelay(t, relayConn, b, quickRelay())
		case 4:
			stopConsumer()
			_, stopConsumer = mustConsumer(t, consumerConn, l, quickConsumer())
		}
		// Somebody publishes again, with another message id, and backwards, what was published before.
		for i := gates["east"]; i > gates["east"]-20; i-- {
			data, err := proto.EncodePass(samplePass("east", uint64(i)))
			if err != nil {
				t.Fatal(err)
			}
			_, _ = js.Publish(t.Context(), subjects.Pass("east"), data) // it does not matter whether it gets through
		}
	}
	wantAll(t, b, l, gates)
}

// TestLostReceipts: what was committed without a receipt is found by asking, at the start and later, and not published again.
func TestLostReceipts(t *testing.T) {
	s := MustServer(t)
	hub := MustConn(t, s, bus.RoleHub())
	b, l := newBox(), newPassLog()
	b.append("east", 1500) // more than one question
	for n := 1; n <= 1500; n++ {
		l.passes[menshen.PassID{Gate: "east", Sequence: uint64(n)}] = 1
	}
	mustConsumer(t, hub, l, quickConsumer())
	js := mustJetStream(t, s)
	eventually(t, "the stream", func() bool { _, err := js.Stream(t.Context(), hub.StreamName()); return err == nil })
	waitForAnswers(t, s)
	mustRelay(t, hub, b, quickRelay())
	wantAll(t, b, l, map[string]int{"east": 1500})
	if n := stored(js, hub); n != 0 {
		t.Errorf("%d passes were published again", n)
	}
}

// waitForAnswers waits until somebody answers which passes are committed.
func waitForAnswers(t *testing.T, s *bus.Server) {
	t.Helper()
	credentials, err := s.Credentials(bus.RoleHub())
	if err != nil {
		t.Fatal(err)
	}
	p := mustProbe(t, s.URL(), credentials.Seed, "_INBOX.hub")
	about, err := proto.EncodeReconcile(proto.Receipt{Gate: "east", Sequences: []uint64{1}})
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "an answer", func() bool {
		_, err := p.nc.Request(proto.Subjects{Site: site}.Reconcile("east"), about, time.Second)
		return err == nil
	})
}

// TestStreamLost: the stream and all in it are gone, and the passes come from the outbox once more.
func TestStreamLost(t *testing.T) {
	s := MustServer(t)
	hub := MustConn(t, s, bus.RoleHub())
	b, l := newBox(), newPassLog()
	b.append("east", 50)
	mustRelay(t, hub, b, quickRelay())
	js := mustJetStream(t, s)
	eventually(t, "all are in the stream", func() bool { return stored(js, hub) == 50 })
	if err := js.DeleteStream(t.Context(), hub.StreamName()); err != nil {
		t.Fatal(err)
	}
	b.append("east", 50)
	mustConsumer(t, hub, l, quickConsumer())
	wantAll(t, b, l, map[string]int{"east": 100})
}

// TestPoison: what cannot be read or never be kept is taken out of the stream, told, and keeps nobody waiting.
func TestPoison(t *testing.T) {
	s := MustServer(t)
	hub := MustConn(t, s, bus.RoleHub())
	b, l := newBox(), newPassLog()
	l.fail = func(passes []menshen.Pass) error {
		for _, p := range passes {
			if p.ID == (menshen.PassID{Gate: "east", Sequence: 3}) {
				return menshen.Errorf(menshen.CodeInvalid, "test", "this pass can never be kept")
			}
		}
		return nil
	}
	if err := hub.EnsureStream(t.Context(), bus.StreamConfig{}); err != nil {
		t.Fatal(err)
	}
	js, subjects := mustJetStream(t, s), proto.Subjects{Site: site}
	wrongGate, err := proto.EncodePass(samplePass("west", 1))
	if err != nil {
		t.Fatal(err)
	}
	foreign := samplePass("east", 1)
	foreign.Site = "elsewhere"
	wrongSite, err := proto.EncodePass(foreign)
	if err != nil {
		t.Fatal(err)
	}
	for _, data := range [][]byte{[]byte("garbage"), nil, wrongGate, wrongSite} {
		if _, err := js.PublishMsg(t.Context(), &nats.Msg{Subject: subjects.Pass("east"), Data: data}); err != nil {
			t.Fatal(err)
		}
	}
	b.append("east", 10)
	consumer, _ := mustConsumer(t, hub, l, quickConsumer())
	mustRelay(t, hub, b, quickRelay())
	eventually(t, "nine of ten are kept and receipted", func() bool { return l.len() == 9 && b.len() == 1 })
	eventually(t, "the condition", func() bool {
		c := consumer.Conditions()
		return len(c) == 1 && c[0].ID == "passes-refused" && c[0].Meaning.ZH != "" && c[0].Meaning.EN != ""
	})
	if l.has(menshen.PassID{Gate: "west", Sequence: 1}) {
		t.Error("a pass on the subject of another gate was kept")
	}
	eventually(t, "nothing waits in the stream", func() bool {
		c, err := js.Consumer(t.Context(), hub.StreamName(), "tracing")
		return err == nil && c.CachedInfo().NumPending == 0
	})
}

// TestStuckPass: a pass that cannot be put into a message stays in the outbox, and the ones after it do not.
func TestStuckPass(t *testing.T) {
	s := MustServer(t)
	hub := MustConn(t, s, bus.RoleHub())
	b, l := newBox(), newPassLog()
	bad := samplePass("west", 1)
	bad.Means = "telepathy"
	b.put(bad)
	b.append("east", 20)
	mustConsumer(t, hub, l, quickConsumer())
	relay, _ := mustRelay(t, hub, b, quickRelay())
	eventually(t, "the others are kept", func() bool { return l.len() == 20 && b.len() == 1 })
	eventually(t, "the condition", func() bool {
		c := relay.Conditions()
		return len(c) == 1 && c[0].ID == "passes-stuck" && strings.Contains(c[0].Detail, "means")
	})
}

// TestRefusedPassesMakeRoom: passes that the other end refuses do not fill the window for good.
func TestRefusedPassesMakeRoom(t *testing.T) {
	s := MustServer(t)
	hub := MustConn(t, s, bus.RoleHub())
	b, l := newBox(), newPassLog()
	l.fail = func(passes []menshen.Pass) error {
		for _, p := range passes {
			if p.ID.Gate == "west" {
				return menshen.Errorf(menshen.CodeInvalid, "test", "never")
			}
		}
		return nil
	}
	b.append("west", 10)
	b.append("east", 30)
	cfg := quickRelay()
	cfg.Window, cfg.Tries, cfg.ReceiptLimit, cfg.MaxWait = 5, 1, 20*time.Millisecond, 20*time.Millisecond
	mustConsumer(t, hub, l, quickConsumer())
	mustRelay(t, hub, b, cfg)
	eventually(t, "the good ones are kept", func() bool { return l.len() == 30 && b.len() == 10 })
}

// TestConsumerBackWell: a commit that fails for a while is told and comes to an end.
func TestConsumerBackWell(t *testing.T) {
	s := MustServer(t)
	hub := MustConn(t, s, bus.RoleHub())
	b, l := newBox(), newPassLog()
	full := true
	l.fail = func([]menshen.Pass) error {
		if full {
			return menshen.Errorf(menshen.CodeExhausted, "test", "the disk is full")
		}
		return nil
	}
	b.append("east", 20)
	consumer, _ := mustConsumer(t, hub, l, quickConsumer())
	mustRelay(t, hub, b, quickRelay())
	eventually(t, "the condition", func() bool {
		c := consumer.Conditions()
		return len(c) == 1 && c[0].ID == "passes-not-committed" && strings.Contains(c[0].Detail, "disk is full")
	})
	l.mu.Lock()
	full = false
	l.mu.Unlock()
	wantAll(t, b, l, map[string]int{"east": 20})
	eventually(t, "the condition is over", func() bool { return len(consumer.Conditions()) == 0 })
}

func TestBadRelaysAndConsumers(t *testing.T) {
	hub := MustConn(t, MustServer(t), bus.RoleHub())
	_, err := bus.NewRelay(hub, newBox(), bus.RelayConfig{Window: -1})
	MustCode(t, err, menshen.CodeInvalid)
	_, err = bus.NewConsumer(hub, newPassLog(), bus.ConsumerConfig{Durable: "a.b"})
	MustCode(t, err, menshen.CodeInvalid)
	_, err = bus.NewConsumer(hub, newPassLog(), bus.ConsumerConfig{Batch: proto.MaxSequences + 1})
	MustCode(t, err, menshen.CodeInvalid)
}

// BenchmarkPasses carries passes from the outbox to the log.
func BenchmarkPasses(b *testing.B) {
	s := MustServer(b)
	box, l := newBox(), newPassLog()
	mustConsumer(b, MustConn(b, s, bus.RoleHub()), l, bus.ConsumerConfig{})
	mustRelay(b, MustConn(b, s, bus.RoleHub()), box, bus.RelayConfig{})
	b.ReportAllocs()
	for b.Loop() {
		box.append("east", 100)
		eventually(b, "the outbox is empty", func() bool { return box.len() == 0 })
	}
}

// TestStreamIsKept: setting the stream up again changes nothing, and another configuration is taken over.
func TestStreamIsKept(t *testing.T) {
	s := MustServer(t)
	hub := MustConn(t, s, bus.RoleHub())
	js := mustJetStream(t, s)
	for _, maxBytes := range []int64{64 << 20, 64 << 20, 32 << 20} {
		if err := hub.EnsureStream(t.Context(), bus.StreamConfig{MaxBytes: maxBytes}); err != nil {
			t.Fatal(err)
		}
		stream, err := js.Stream(t.Context(), hub.StreamName())
		if err != nil {
			t.Fatal(err)
		}
		if got := stream.CachedInfo().Config.MaxBytes; got != maxBytes {
			t.Errorf("the stream may have %d bytes, want %d", got, maxBytes)
		}
	}
	// A stream that is larger than the server may store is refused, in words.
	MustCode(t, hub.EnsureStream(t.Context(), bus.StreamConfig{MaxBytes: 1 << 40}), menshen.CodeUnavailable)
}
