package webhook

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"
)

type metrics struct {
	calls   *prometheus.CounterVec
	aside   *prometheus.CounterVec
	seconds prometheus.Histogram
}

// newMetrics makes the figures. Several hooks share them.
func newMetrics(r prometheus.Registerer) *metrics {
	return &metrics{
		calls: register(r, prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "menshen_webhook_calls_total", Help: "Calls of receivers, by webhook and result: taken, failed, refused or gone.",
		}, []string{"webhook", "result"})),
		aside: register(r, prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "menshen_webhook_events_set_aside_total", Help: "Events that a receiver refused for good.",
		}, []string{"webhook"})),
		seconds: register(r, prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "menshen_webhook_call_seconds", Help: "Time of one call.", Buckets: []float64{.01, .05, .1, .25, .5, 1, 2.5, 5, 10},
		})),
	}
}

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
