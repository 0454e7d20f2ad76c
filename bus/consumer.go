package bus

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"menshen"
	"menshen/proto"
)

// Committer is where passes are kept for good. Commit is called from one goroutine, Committed beside it from another.
type Committer interface {
	// Commit keeps the passes for good before it returns nil. It must be idempotent: a pass may come again, in the same
	// batch too, and in any order. CodeInvalid says that one of them can never be kept; they are then given one by one,
	// and that one is refused for good. Any other error brings all of them again, after a while.
	Commit(ctx context.Context, passes []menshen.Pass) error
	// Committed gives which of the sequences of a gate are kept for good.
	Committed(ctx context.Context, gate string, sequences []uint64) ([]uint64, error)
}

// ConsumerConfig is how passes are taken out of the stream.
type ConsumerConfig struct {
	Durable  string // name of the consumer in JetStream; "tracing" if empty
	Stream   StreamConfig
	Batch    int           // passes of one commit at most; 2000 if 0
	Gather   time.Duration // how long a commit waits for more passes after the first; 20 ms if 0
	AckWait  time.Duration // a pass not answered for that long comes again; 30 s if 0; a commit gets as long
	MaxPause time.Duration // longest wait after a failed commit; 30 s if 0
	Idle     time.Duration // when nothing came for so long, it is looked whether something should; 5 s if 0
}

func (c ConsumerConfig) withDefaults() ConsumerConfig {
	orDefault(&c.Durable, "tracing")
	orDefault(&c.Batch, 2000)
	orDefault(&c.Gather, 20*time.Millisecond)
	orDefault(&c.AckWait, 30*time.Second)
	orDefault(&c.MaxPause, 30*time.Second)
	orDefault(&c.Idle, 5*time.Second)
	return c
}

// Consumer takes passes out of the stream in batches, has them committed, and sends the receipts that empty the outbox.
// It also answers which passes are committed. A pass that cannot be read or kept is taken out of the stream without a
// receipt, so that it blocks nobody and still lies in the outbox.
type Consumer struct {
	conn    *Conn
	log     Committer
	cfg     ConsumerConfig
	metrics *consumerMetrics
	health  *health

	failures int       // commits that failed in a row
	poisoned time.Time // when the last pass was refused
	reset    time.Time // when the consumer was begun anew last
}

// NewConsumer prepares a consumer of the connection's site. The connection needs RoleHub.
func NewConsumer(c *Conn, log Committer, cfg ConsumerConfig) (*Consumer, error) {
	cfg = cfg.withDefaults()
	if err := menshen.ValidateSlug("consumer", cfg.Durable); err != nil {
		return nil, err
	}
	if cfg.Batch < 1 || cfg.Batch > proto.MaxSequences {
		return nil, menshen.Errorf(menshen.CodeInvalid, "bus.consumer", "a batch of %d passes is out of range", cfg.Batch)
	}
	return &Consumer{conn: c, log: log, cfg: cfg, metrics: newConsumerMetrics(c.cfg.Registerer), health: newHealth(c.cfg.Now)}, nil
}

// Conditions gives what is not well with the taking of passes.
func (c *Consumer) Conditions() []menshen.Condition { return c.health.conditions() }

// Run takes passes until ctx ends, and gives nil then. Whatever fails on the way is tried again; an error comes only where
// the consumer cannot begin. It may be called once.
func (c *Consumer) Run(ctx context.Context) error {
	sub, err := c.serveReconcile(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = sub.Close() }() // says nothing but nil
	refused := refusals{conn: c.conn}
	for tries := 0; ctx.Err() == nil; tries++ {
		begin := time.Now()
		err := c.consume(ctx)
		if ctx.Err() != nil {
			break
		}
		if time.Since(begin) > 10*time.Second {
			tries = 0
		}
		if time.Since(begin) > time.Minute {
			refused.n = 0
		}
		refused.note(ctx, err)
		c.conn.tally.add("the stream of passes was left, and is taken up again", err)
		sleep(ctx, reconnectDelay(tries))
	}
	return nil
}

// consume takes passes until something fails.
func (c *Consumer) consume(ctx context.Context) error {
	stream, err := c.conn.ensureStream(ctx, c.cfg.Stream)
	if err != nil {
		return err
	}
	setup, cancel := c.conn.limit(ctx)
	defer cancel()
	consumer, err := stream.CreateOrUpdateConsumer(setup, jetstream.ConsumerConfig{
		Durable:       c.cfg.Durable,
		FilterSubject: c.conn.subjects.AnyPass(),
		DeliverPolicy: jetstream.DeliverAllPolicy,
		AckPolicy:     jetstream.AckExplicitPolicy,
		AckWait:       c.cfg.AckWait,
		MaxDeliver:    -1, // no pass is given up
		MaxAckPending: 4 * c.cfg.Batch,
	})
	if err != nil {
		return err
	}
	// The heartbeat notices a server that is gone without a word; the pull is taken up anew then.
	messages, err := consumer.Messages(jetstream.PullMaxMessages(2*c.cfg.Batch), jetstream.PullExpiry(10*time.Second), jetstream.PullHeartbeat(2*time.Second))
	if err != nil {
		return err
	}
	defer messages.Stop()
	for {
		batch, err := c.gather(ctx, messages)
		if errors.Is(err, errIdle) {
			if err = c.stuck(ctx, stream, consumer); err == nil {
				continue
			}
		}
		if len(batch) > 0 {
			if pause := c.work(ctx, batch); pause > 0 && !sleep(ctx, pause) {
				return nil
			}
		}
		if err != nil && !errors.Is(err, jetstream.ErrNoHeartbeat) {
			return err
		}
		c.forgive()
	}
}

// errIdle says that nothing came for a while.
var errIdle = errors.New("nothing came")

// errStuck says that JetStream has passes and gives none.
var errStuck = errors.New("JetStream has passes and gives none")

// resetEvery is how often at most the consumer is begun anew because nothing comes.
const resetEvery = 10 * time.Minute

// stuck finds out why nothing comes: nil where there is nothing. A store that lost its end counts on from where it was cut: what comes
// then counts as taken already, by a consumer that had been further. It is begun anew then, and given all that there is.
func (c *Consumer) stuck(ctx context.Context, stream jetstream.Stream, consumer jetstream.Consumer) error {
	ctx, cancel := c.conn.limit(ctx)
	defer cancel()
	has, err := stream.Info(ctx)
	if err != nil {
		return err
	}
	came, err := consumer.Info(ctx)
	if err != nil {
		return err
	}
	stuck := came.NumPending > 0 || came.Delivered.Stream > has.State.LastSeq
	if !stuck && c.conn.cfg.Now().Sub(c.reset).Abs() > resetEvery {
		looked, missing, err := c.conn.takenLast(ctx, stream, consumer, c.log, lookBackIdle)
		if err != nil {
			return err
		}
		stuck = looked > 0 && missing == looked // of one alone it may be that it can never be kept
	}
	if !stuck {
		return nil
	}
	c.reset = c.conn.cfg.Now()
	if err := stream.DeleteConsumer(ctx, c.cfg.Durable); err != nil {
		return err
	}
	return errStuck
}

// gather waits for a pass and takes what comes within Gather after it.
func (c *Consumer) gather(ctx context.Context, messages jetstream.MessagesContext) ([]jetstream.Msg, error) {
	waiting, cancel := context.WithTimeout(ctx, c.cfg.Idle)
	defer cancel()
	first, err := messages.Next(jetstream.NextContext(waiting))
	if err != nil && ctx.Err() == nil && waiting.Err() != nil {
		return nil, errIdle
	}
	if err != nil {
		return nil, err
	}
	batch := []jetstream.Msg{first}
	for end := time.Now().Add(c.cfg.Gather); len(batch) < c.cfg.Batch; {
		left := time.Until(end)
		if left <= 0 {
			break
		}
		m, err := messages.Next(jetstream.NextMaxWait(left))
		if errors.Is(err, nats.ErrTimeout) {
			break
		}
		if err != nil {
			return batch, err
		}
		batch = append(batch, m)
	}
	return batch, nil
}

// letter is a pass with the message that brought it.
type letter struct {
	pass menshen.Pass
	m    jetstream.Msg
}

// work commits a batch and answers its messages. It gives how long to wait before the next one.
func (c *Consumer) work(ctx context.Context, batch []jetstream.Msg) (pause time.Duration) {
	letters := make([]letter, 0, len(batch))
	for _, m := range batch {
		p, err := c.read(m)
		if err != nil {
			c.refuse(m, err)
			continue
		}
		letters = append(letters, letter{pass: p, m: m})
	}
	if len(letters) == 0 {
		return 0
	}
	c.metrics.batch.Observe(float64(len(letters)))
	err := c.commit(ctx, letters)
	if err != nil && menshen.ErrorCode(err) == menshen.CodeInvalid {
		err = c.oneByOne(ctx, letters)
	}
	if err == nil {
		c.failures = 0
		c.health.clear(passesNotCommitted())
		return 0
	}
	if ctx.Err() != nil {
		return 0 // stopping is no failure
	}
	pause = c.pause()
	c.failures++
	c.metrics.failures.Inc()
	c.health.set(passesNotCommitted(), err)
	c.conn.tally.add("passes could not be committed", err)
	return pause
}

// pause is how long to leave the log alone after a failure, longer with each one, with jitter.
func (c *Consumer) pause() time.Duration {
	wait := min(100*time.Millisecond<<min(c.failures, 16), c.cfg.MaxPause)
	return wait/2 + rand.N(wait/2+1)
}

// oneByOne commits each pass alone, and refuses those that can never be kept. It gives the last other error.
func (c *Consumer) oneByOne(ctx context.Context, letters []letter) error {
	var last error
	for _, l := range letters {
		err := c.commit(ctx, []letter{l})
		if menshen.ErrorCode(err) == menshen.CodeInvalid {
			c.refuse(l.m, err)
		} else if err != nil {
			last = err
		}
	}
	return last
}

// commit has passes kept. On success their messages are acknowledged and the receipts sent; on failure they are asked for
// again, unless the failure is CodeInvalid: the caller decides then.
func (c *Consumer) commit(ctx context.Context, letters []letter) error {
	passes := make([]menshen.Pass, len(letters))
	for i, l := range letters {
		passes[i] = l.pass
	}
	limited, cancel := context.WithTimeout(ctx, c.cfg.AckWait)
	err := c.log.Commit(limited, passes)
	cancel()
	switch {
	case err == nil:
		c.metrics.committed.Add(float64(len(letters)))
		for _, l := range letters {
			c.answered(l.m.Ack()) // one that gets lost brings the pass again, which does no harm
		}
		c.receipts(passes)
	case menshen.ErrorCode(err) != menshen.CodeInvalid:
		pause := c.pause()
		for _, l := range letters {
			c.answered(l.m.NakWithDelay(pause))
		}
	}
	return err
}

// answered counts answers to JetStream that could not be sent.
func (c *Consumer) answered(err error) {
	if err != nil {
		c.conn.tally.add("JetStream could not be told about a pass", err)
	}
}

// receipts tells the outboxes which passes are kept.
func (c *Consumer) receipts(passes []menshen.Pass) {
	gates := map[string][]uint64{}
	for _, p := range passes {
		gates[p.ID.Gate] = append(gates[p.ID.Gate], p.ID.Sequence)
	}
	for gate, sequences := range gates {
		data, err := proto.EncodeReceipt(proto.Receipt{Gate: gate, Sequences: sequences})
		if err = c.conn.publish(proto.KindReceipt, c.conn.subjects.Receipt(gate), data, err); err != nil {
			c.conn.tally.add("a receipt could not be sent", err, "gate", gate) // the relay will ask
		}
	}
}
