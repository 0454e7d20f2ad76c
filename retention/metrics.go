package retention

import (
	"errors"

	"github.com/prometheus/client_golang/prometheus"
)

type metrics struct {
	removed *prometheus.CounterVec
	due     *prometheus.GaugeVec
	failed  *prometheus.CounterVec
}

func newMetrics(r prometheus.Registerer) (metrics, error) {
	m := metrics{
		removed: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "menshen_retention_removed_total", Help: "What was removed because its time was over, by class."}, []string{"class"}),
		due:     prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "menshen_retention_overdue", Help: "What was over its time and still there after the last look, by class."}, []string{"class"}),
		failed:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "menshen_retention_failures_total", Help: "Looks that could not remove what was over its time, by class."}, []string{"class"}),
	}
	return m, errors.Join(r.Register(m.removed), r.Register(m.due), r.Register(m.failed))
}

func (m metrics) looked(c Count) {
	class := string(c.Class)
	m.removed.WithLabelValues(class).Add(float64(c.Removed))
	m.due.WithLabelValues(class).Set(float64(max(c.Due-c.Removed, 0)))
	if c.Err != nil {
		m.failed.WithLabelValues(class).Inc()
	}
}
