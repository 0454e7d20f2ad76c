package bus

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"menshen"
	"menshen/proto"
)

// PublishAlert puts an alert into the stream. It returns once JetStream has it; CodeUnavailable where it does not take it: try
// again with the same id, by which a second copy is known.
func (c *Conn) PublishAlert(ctx context.Context, id string, a menshen.Alert) error {
	data, err := proto.EncodeAlert(proto.Alert{ID: id, Alert: a})
	if err != nil {
		return err
	}
	if _, err := c.ensureStream(ctx, StreamConfig{}); err != nil {
		return err
	}
	ctx, cancel := c.limit(ctx)
	defer cancel()
	if _, err := c.js.Publish(ctx, c.subjects.Alert(), data, jetstream.WithMsgID("alert:"+id)); err != nil {
		return unsent("bus.alert", err)
	}
	c.metrics.sent.WithLabelValues(proto.KindAlert).Inc()
	return nil
}

// PublishEvent tells readers outside, over MQTT and core NATS, in JSON. It waits for nothing and is stored nowhere. kind is
// proto.KindPass, KindAlert or KindDoor, token the gate, or the kind of alert.
func (c *Conn) PublishEvent(kind, token string, data []byte) error {
	err := proto.ValidateComponent(token)
	return c.publish(proto.KindEvent, c.subjects.Event(kind, token), data, err)
}

// Letter is what a Courier brings: a pass or an alert.
type Letter struct {
	Pass    *menshen.Pass
	Alert   *menshen.Alert
	AlertID string // the same each time that an alert comes
}

// CourierConfig is what is brought to somebody outside.
type CourierConfig struct {
	Durable string // name of the consumer in JetStream; how far it has come is kept under it
	Passes  bool
	Alerts  bool
	Stream  StreamConfig
	AckWait time.Duration // what was not answered for that long, its deliverer being gone, comes again; 6 s if 0; so long it waits after a restart too
}

// Courier takes passes and alerts out of the stream one after another, in the order in which they came in, and has each
// delivered before it takes the next: at least once, across restarts, for as long as the stream keeps them. A courier with a
// new name begins with what comes from then on.
type Courier struct {
	conn    *Conn
	cfg     CourierConfig
	deliver func(context.Context, Letter) error
}

// courierIdle is how long a courier that nobody runs any more is remembered.
const courierIdle = 14 * 24 * time.Hour

// NewCourier prepares a courier. deliver may take as long as it must; nil is delivered, or never to be delivered. An error
// brings the same again. The connection needs RoleHub.
func NewCourier(c *Conn, cfg CourierConfig, deliver func(context.Context, Letter) error) (*Courier, error) {
	orDefault(&cfg.AckWait, 6*time.Second)
	if err := proto.ValidateComponent(cfg.Durable); err != nil {
		return nil, err
	}
	if !cfg.Passes && !cfg.Alerts {
		return nil, menshen.Errorf(menshen.CodeInvalid, "bus.courier", "the courier %q has nothing to bring", cfg.Durable)
	}
	return &Courier{conn: c, cfg: cfg, deliver: deliver}, nil
}

// Run brings what comes until ctx ends, and gives nil then. It may be called once.
func (c *Courier) Run(ctx context.Context) error {
	refused := refusals{conn: c.conn}
	for tries := 0; ctx.Err() == nil; tries++ {
		begin := time.Now()
		err := c.work(ctx)
		if ctx.Err() != nil {
			break
		}
		if time.Since(begin) > 10*time.Second {
			tries = 0
		}
		refused.note(ctx, err)
		c.conn.tally.add("a courier left the stream, and takes it up again", err, "courier", c.cfg.Durable)
		sleep(ctx, reconnectDelay(tries))
	}
	return nil
}

// work brings what comes until something fails.
func (c *Courier) work(ctx context.Context) error {
	consumer, err := c.prepare(ctx)
	if err != nil {
		return err
	}
	for {
		// One at a time, so that no pull is under way while a message is: JetStream would give it back to a pull that nobody
		// waits for any more.
		limited, cancel := context.WithTimeout(ctx, 10*time.Second)
		batch, err := consumer.Fetch(1, jetstream.FetchContext(limited), jetstream.FetchHeartbeat(2*time.Second))
		if err != nil {
			cancel()
			return err
		}
		m, some := <-batch.Messages()
		cancel()
		if some {
			c.bring(ctx, m)
			continue
		}
		if err := batch.Error(); err != nil && !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, nats.ErrTimeout) {
			return err
		}
	}
}

// Prepare makes the courier known to the stream, so that it brings everything from now on, and not only from when Run has
// begun.
func (c *Courier) Prepare(ctx context.Context) error {
	return c.conn.insist(ctx, func() error {
		_, err := c.prepare(ctx)
		return err
	})
}

func (c *Courier) prepare(ctx context.Context) (jetstream.Consumer, error) {
	stream, err := c.conn.ensureStream(ctx, c.cfg.Stream)
	if err != nil {
		return nil, err
	}
	var subjects []string
	if c.cfg.Passes {
		subjects = append(subjects, c.conn.subjects.AnyPass())
	}
	if c.cfg.Alerts {
		subjects = append(subjects, c.conn.subjects.Alert())
	}
	ctx, cancel := c.conn.limit(ctx)
	defer cancel()
	consumer, err := stream.CreateOrUpdateConsumer(ctx, jetstream.ConsumerConfig{
		Durable:           c.cfg.Durable,
		FilterSubjects:    subjects,
		DeliverPolicy:     jetstream.DeliverNewPolicy,
		AckPolicy:         jetstream.AckExplicitPolicy,
		AckWait:           c.cfg.AckWait,
		MaxDeliver:        -1,
		MaxAckPending:     1, // the next one only after this one: the order stays
		InactiveThreshold: courierIdle,
	})
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeUnavailable, "bus.courier", "the courier %q cannot be set up", c.cfg.Durable).WithCause(err)
	}
	return consumer, nil
}

// bring has one message delivered. While that takes, JetStream is told that it is under way.
func (c *Courier) bring(ctx context.Context, m jetstream.Msg) {
	l, err := c.read(m)
	if err != nil {
		c.conn.tally.add("a message cannot be read", err, "courier", c.cfg.Durable)
		c.answered(m.TermWithReason("unusable"))
		return
	}
	done := make(chan error, 1)
	go func() { done <- c.deliver(ctx, l) }()
	alive := time.NewTicker(c.cfg.AckWait / 3)
	defer alive.Stop()
	for {
		select {
		case err := <-done:
			switch {
			case err == nil:
				c.answered(m.Ack())
			case ctx.Err() != nil:
				c.answered(m.Nak())
			default:
				c.answered(m.NakWithDelay(time.Second))
			}
			return
		case <-alive.C:
			c.answered(m.InProgress())
		}
	}
}

func (c *Courier) read(m jetstream.Msg) (Letter, error) {
	if m.Subject() == c.conn.subjects.Alert() {
		a, err := proto.DecodeAlert(m.Data())
		return Letter{Alert: &a.Alert, AlertID: a.ID}, err
	}
	p, err := proto.DecodePass(m.Data())
	if err != nil {
		return Letter{}, err
	}
	gate, err := c.conn.subjects.Token(proto.KindPass, m.Subject())
	if err == nil && (gate != p.ID.Gate || p.Site != c.conn.cfg.Site) {
		err = menshen.Errorf(menshen.CodeInvalid, "bus.courier", "a pass of site %q and gate %q came on the subject of gate %q", p.Site, p.ID.Gate, gate)
	}
	return Letter{Pass: &p}, err
}

// answered counts answers to JetStream that could not be sent. What gets lost brings the same once more.
func (c *Courier) answered(err error) {
	if err != nil {
		c.conn.tally.add("JetStream could not be told about a delivery", err, "courier", c.cfg.Durable)
	}
}
