package bus

import (
	"context"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"menshen"
	"menshen/proto"
)

// Outbox is where passes wait until they are committed at the other end. Its methods are called from one goroutine.
type Outbox interface {
	// Pending gives up to limit passes that were put in after the cursor, in that order, and the cursor to go on from;
	// 0 is before all. Fewer than limit are all there are now.
	Pending(ctx context.Context, after int64, limit int) (passes []menshen.Pass, next int64, err error)
	// RemoveMany takes out passes that are committed, by gate. Those that are not there are passed over.
	RemoveMany(ctx context.Context, sequences map[string][]uint64) error
	// Changed is ready after passes were put in: one wake-up for any number of them.
	Changed() <-chan struct{}
}

// RelayConfig is how passes are carried out of the outbox.
type RelayConfig struct {
	Stream       StreamConfig
	Window       int           // passes under way, not yet receipted; 10,000 if 0; the rest stays in the outbox
	InFlight     int           // passes not yet acknowledged by JetStream; 2048 if 0
	AckLimit     time.Duration // JetStream must acknowledge within; 5 s if 0
	ReceiptLimit time.Duration // a pass without receipt for that long is asked about; 10 s if 0
	MaxWait      time.Duration // longest wait between two tries of one pass; 5 min if 0
	Patience     time.Duration // a pass under way for longer is a condition; 1 min if 0
	Tries        int           // a pass that was asked about so often without success makes room for others; 8 if 0
	Rescan       time.Duration // the outbox is read from its beginning that often, for those too; 1 h if 0
	// Gates are those of a post, which may hear of no others and leaves the stream to the hub; nil is every gate.
	Gates []string
}

func (c RelayConfig) withDefaults() RelayConfig {
	orDefault(&c.Window, 10_000)
	orDefault(&c.InFlight, 2048)
	orDefault(&c.AckLimit, 5*time.Second)
	orDefault(&c.ReceiptLimit, 10*time.Second)
	orDefault(&c.MaxWait, 5*time.Minute)
	orDefault(&c.Patience, time.Minute)
	orDefault(&c.Tries, 8)
	orDefault(&c.Rescan, time.Hour)
	return c
}

// Relay carries passes from the outbox into JetStream, in order within each gate, and takes a row out of the outbox when
// its receipt has come, and only then. What has no receipt in time is asked about at the other end: what is committed there
// is taken out, and the rest is published again. At the start everything in the outbox is asked about first.
type Relay struct {
	conn    *Conn
	box     Outbox
	cfg     RelayConfig
	metrics *relayMetrics
	health  *health

	// The channels into the one goroutine that owns all below.
	acks     chan ack
	receipts chan proto.Receipt
	answers  chan answer
	asked    sync.WaitGroup

	js       jetstream.JetStream
	under    map[menshen.PassID]*parcel
	inFlight int
	done     map[string]map[uint64]bool // by gate: committed, to be taken out of the outbox
	cursor   int64
	more     bool      // the outbox may have something after the cursor
	starting bool      // what is read now was there before: ask first
	crowded  bool      // something was due that could not fly
	asking   bool      // one question at a time
	rescan   time.Time // when to read from the beginning again
	ensured  time.Time // when the stream was last set up
	paused   time.Time // no reading of the outbox and no removing before
}

// NewRelay prepares a relay of the connection's site. The connection needs RoleHub, or RolePost with
// the gates of the post.
func NewRelay(c *Conn, box Outbox, cfg RelayConfig) (*Relay, error) {
	cfg = cfg.withDefaults()
	if cfg.Window < 1 || cfg.InFlight < 1 || cfg.Tries < 1 {
		return nil, menshen.Errorf(menshen.CodeInvalid, "bus.relay", "a relay needs room for at least one pass and one try")
	}
	return &Relay{
		conn: c, box: box, cfg: cfg, metrics: newRelayMetrics(c.cfg.Registerer), health: newHealth(c.cfg.Now),
		acks: make(chan ack, 2*cfg.InFlight), receipts: make(chan proto.Receipt, 64), answers: make(chan answer, 1),
		under: map[menshen.PassID]*parcel{}, done: map[string]map[uint64]bool{},
	}, nil
}

// Conditions gives what is not well with the way of the passes.
func (r *Relay) Conditions() []menshen.Condition { return r.health.conditions() }

// Run carries passes until ctx ends, and gives nil then. Whatever fails on the way is tried again; an error comes only
// where the relay cannot begin. It may be called once.
func (r *Relay) Run(ctx context.Context) error {
	js, err := jetstream.New(r.conn.nats,
		jetstream.WithPublishAsyncMaxPending(2*r.cfg.InFlight), // never reached: InFlight is
		jetstream.WithPublishAsyncTimeout(r.cfg.AckLimit),
		jetstream.WithPublishAsyncAckHandler(func(_ jetstream.JetStream, m *nats.Msg, _ *jetstream.PubAck) { r.acked(m, nil) }),
		jetstream.WithPublishAsyncErrHandler(func(_ jetstream.JetStream, m *nats.Msg, err error) { r.acked(m, err) }),
	)
	if err != nil {
		return menshen.Errorf(menshen.CodeInternal, "bus.relay", "JetStream cannot be used").WithCause(err)
	}
	r.js = js
	defer js.CleanupPublisher()

	subjects := []string{r.conn.subjects.AnyReceipt()}
	if r.cfg.Gates != nil {
		subjects = nil
		for _, g := range r.cfg.Gates {
			subjects = append(subjects, r.conn.subjects.Receipt(g))
		}
	}
	for _, subject := range subjects {
		sub, err := r.listen(ctx, subject)
		if err != nil {
			return err
		}
		defer func() { _ = sub.Close() }() // says nothing but nil
	}
	r.loop(ctx)
	r.asked.Wait()
	return nil
}

// listen hears receipts.
func (r *Relay) listen(ctx context.Context, subject string) (*Subscription, error) {
	return listen(ctx, r.conn, listening[proto.Receipt]{
		kind: proto.KindReceipt, subject: subject, size: 1024, workers: 1,
		decode: func(m *nats.Msg) (proto.Receipt, error) {
			receipt, err := proto.DecodeReceipt(m.Data)
			if err != nil {
				return receipt, err
			}
			return receipt, r.conn.checkSubject(proto.KindReceipt, m, receipt.Gate)
		},
		handle: func(_ context.Context, receipt proto.Receipt) {
			select {
			case r.receipts <- receipt:
			case <-ctx.Done(): // it will be found by asking, at the next start
			}
		},
	})
}

// acked takes what JetStream says of a message. It must not wait: NATS calls it, in part with its locks held. What finds
// no room is noticed later by its deadline.
func (r *Relay) acked(m *nats.Msg, err error) {
	id, parseErr := menshen.ParsePassID(m.Header.Get(jetstream.MsgIDHeader))
	if parseErr != nil {
		return
	}
	select {
	case r.acks <- ack{id: id, err: err}:
	default:
	}
}

// gatherReceipts is how long rows stay in the outbox for others that are about to leave it: each leaving is a write to the disk.
const gatherReceipts = 10 * time.Millisecond

func (r *Relay) loop(ctx context.Context) {
	now := r.conn.cfg.Now
	r.more, r.starting = true, true
	r.rescan = now().Add(r.cfg.Rescan)
	r.ensure(ctx)
	tick := time.NewTicker(min(max(r.cfg.ReceiptLimit/8, 20*time.Millisecond), time.Second))
	defer tick.Stop()
	var removal <-chan time.Time // when rows with receipts leave the outbox; nil while there are none
	for {
		r.fill(ctx)
		select {
		case <-ctx.Done():
			return
		case <-r.box.Changed():
			r.more = true
		case a := <-r.acks:
			r.take(a)
			for n := len(r.acks); n > 0; n-- {
				r.take(<-r.acks)
			}
		case receipt := <-r.receipts:
			r.metrics.receipted.Add(float64(r.commit(receipt)))
			for n := len(r.receipts); n > 0; n-- {
				r.metrics.receipted.Add(float64(r.commit(<-r.receipts)))
			}
			if removal == nil { // the receipts of one commit come one for each gate: their rows go together
				removal = time.After(gatherReceipts)
			}
		case <-removal:
			removal = nil
			r.remove(ctx)
		case a := <-r.answers:
			r.settle(a)
			r.remove(ctx)
			r.retry(ctx)
			r.question(ctx) // the next one, if any is due
		case <-tick.C:
			r.remove(ctx)
			r.retry(ctx)
			r.question(ctx)
			r.observe()
		}
	}
}

// ensure sets the stream up, at most every few seconds.
func (r *Relay) ensure(ctx context.Context) {
	now := r.conn.cfg.Now()
	if r.cfg.Gates != nil || now.Sub(r.ensured) < 2*time.Second {
		return
	}
	r.ensured = now
	ctx, cancel := context.WithTimeout(ctx, r.cfg.AckLimit)
	defer cancel()
	if err := r.conn.EnsureStream(ctx, r.cfg.Stream); err != nil && ctx.Err() == nil {
		r.conn.tally.add("the stream of passes cannot be set up", err)
	}
}

// observe tells how long passes have been under way.
func (r *Relay) observe() {
	now := r.conn.cfg.Now()
	oldest := now
	for _, p := range r.under {
		if p.since.Before(oldest) {
			oldest = p.since
		}
	}
	r.metrics.waiting.Set(float64(len(r.under)))
	r.metrics.oldest.Set(now.Sub(oldest).Seconds())
	if now.Sub(oldest) > r.cfg.Patience {
		r.health.set(passesNotCarried(), nil)
	} else {
		r.health.clear(passesNotCarried())
	}
}
