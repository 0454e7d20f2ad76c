package bus

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"
)

// register hands a collector to the registerer. Several connections of one process share their figures: where an equal
// collector is there already, that one is given back. Without a registerer the figures are kept and shown nowhere.
func register[C prometheus.Collector](r prometheus.Registerer, c C) C {
	if r == nil {
		return c
	}
	if there, ok := errors.AsType[prometheus.AlreadyRegisteredError](r.Register(c)); ok {
		if same, ok := there.ExistingCollector.(C); ok {
			return same
		}
	}
	return c
}

func counter(r prometheus.Registerer, name, help string) prometheus.Counter {
	return register(r, prometheus.NewCounter(prometheus.CounterOpts{Namespace: "menshen", Subsystem: "bus", Name: name, Help: help}))
}

func counters(r prometheus.Registerer, name, help string, labels ...string) *prometheus.CounterVec {
	return register(r, prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "menshen", Subsystem: "bus", Name: name, Help: help}, labels))
}

func gauge(r prometheus.Registerer, name, help string) prometheus.Gauge {
	return register(r, prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "menshen", Subsystem: "bus", Name: name, Help: help}))
}

func histogram(r prometheus.Registerer, name, help string, buckets []float64) prometheus.Histogram {
	return register(r, prometheus.NewHistogram(prometheus.HistogramOpts{Namespace: "menshen", Subsystem: "bus", Name: name, Help: help, Buckets: buckets}))
}

type serverMetrics struct {
	restarts      prometheus.Counter
	probeFailures prometheus.Counter
	probe         prometheus.Histogram
}

func newServerMetrics(r prometheus.Registerer) *serverMetrics {
	return &serverMetrics{
		restarts:      counter(r, "server_restarts_total", "New starts of the embedded NATS server."),
		probeFailures: counter(r, "probe_failures_total", "Probes that JetStream did not take."),
		probe:         histogram(r, "probe_seconds", "Time that JetStream took for a probe.", prometheus.ExponentialBuckets(0.001, 4, 8)),
	}
}

// Why a message was lost, the label of dropped_total.
const (
	lostFull        = "queue_full"  // the subscriber was too slow
	lostUndecodable = "undecodable" // it is not what its subject says
	lostUnsent      = "unsent"      // the connection was down or refused it
)

type connMetrics struct {
	sent       *prometheus.CounterVec // by kind
	received   *prometheus.CounterVec // by kind
	dropped    *prometheus.CounterVec // by kind and reason
	denied     prometheus.Counter
	reconnects prometheus.Counter
}

func newConnMetrics(r prometheus.Registerer) *connMetrics {
	return &connMetrics{
		sent:       counters(r, "sent_total", "Messages sent over core NATS.", "kind"),
		received:   counters(r, "received_total", "Messages received over core NATS and read.", "kind"),
		dropped:    counters(r, "dropped_total", "Messages lost: the subscriber was too slow (queue_full), unreadable (undecodable), or not sent (unsent).", "kind", "reason"),
		denied:     counter(r, "denied_total", "Permission errors from the server."),
		reconnects: counter(r, "reconnects_total", "Connections that came back."),
	}
}

type relayMetrics struct {
	published   prometheus.Counter
	republished prometheus.Counter
	failed      prometheus.Counter
	receipted   prometheus.Counter
	reconciled  prometheus.Counter
	stuck       prometheus.Counter
	waiting     prometheus.Gauge
	oldest      prometheus.Gauge
}

func newRelayMetrics(r prometheus.Registerer) *relayMetrics {
	return &relayMetrics{
		published:   counter(r, "relay_published_total", "Passes given to JetStream, repetitions included."),
		republished: counter(r, "relay_republished_total", "Passes given to JetStream again."),
		failed:      counter(r, "relay_failed_total", "Passes that JetStream did not acknowledge."),
		receipted:   counter(r, "relay_receipted_total", "Passes taken out of the outbox after a receipt."),
		reconciled:  counter(r, "relay_reconciled_total", "Passes found committed by asking, their receipt having been lost."),
		stuck:       counter(r, "relay_stuck_total", "Passes of the outbox that cannot be put into a message."),
		waiting:     gauge(r, "relay_waiting", "Passes under way, not yet receipted."),
		oldest:      gauge(r, "relay_oldest_seconds", "Age of the oldest pass under way."),
	}
}

type consumerMetrics struct {
	committed prometheus.Counter
	failures  prometheus.Counter
	poison    prometheus.Counter
	batch     prometheus.Histogram
}

func newConsumerMetrics(r prometheus.Registerer) *consumerMetrics {
	return &consumerMetrics{
		committed: counter(r, "consumer_committed_total", "Passes committed, repetitions included."),
		failures:  counter(r, "consumer_failures_total", "Batches whose commit failed."),
		poison:    counter(r, "consumer_poison_total", "Passes refused for good: unreadable, or never to be committed."),
		batch:     histogram(r, "consumer_batch_size", "Passes of one commit.", prometheus.ExponentialBuckets(1, 2, 10)),
	}
}
