package access

import (
	"github.com/prometheus/client_golang/prometheus"

	"menshen"
)

// Why a face was or was not used, as a label.
const (
	faceUsed          = "used"
	faceUnreadable    = "unreadable" // the recognizer made no template of it
	faceDuplicate     = "duplicate"
	faceUnknownCamera = "unknown_camera"
	faceWrongEngine   = "wrong_engine"
	faceInvalid       = "invalid"
	faceStale         = "stale"
	faceSearchFailed  = "search_failed"
)

// metrics are the figures of a Controller. The children are resolved once, so that counting allocates nothing.
type metrics struct {
	latency    map[menshen.Outcome]prometheus.Observer
	faces      map[string]prometheus.Counter
	doors      *prometheus.CounterVec
	doorAlarms *prometheus.CounterVec
	doorTime   prometheus.Histogram
	rejected   prometheus.Counter
	evictions  prometheus.Counter
}

func newMetrics(r prometheus.Registerer, waiting, tracks func() float64) (*metrics, error) {
	latency := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "menshen_access_decision_seconds", Help: "Time from the capture of the frame that decided to the decision.",
		Buckets: []float64{.025, .05, .075, .1, .15, .2, .3, .4, .5, .75, 1, 1.5, 2, 3, 5, 10},
	}, []string{"outcome"})
	faces := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "menshen_access_faces_total", Help: "Faces that came from recognizers, by what became of them.",
	}, []string{"result"})
	m := &metrics{
		latency: map[menshen.Outcome]prometheus.Observer{},
		faces:   map[string]prometheus.Counter{},
		doors: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "menshen_access_door_commands_total", Help: "Commands to doors, by gate and result.",
		}, []string{"gate", "result"}),
		doorAlarms: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "menshen_access_door_alarms_total", Help: "Doors that stayed open (held_open) or were opened without a command (forced), by gate.",
		}, []string{"gate", "kind"}),
		doorTime: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "menshen_access_door_seconds", Help: "Time until a door had taken a command.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2, 5},
		}),
		rejected: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "menshen_access_passes_lost_total", Help: "Passes that could not be kept for good.",
		}),
		evictions: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "menshen_access_tracks_evicted_total", Help: "Tracks forgotten early because there were too many.",
		}),
	}
	for _, o := range []menshen.Outcome{menshen.OutcomeAllow, menshen.OutcomeDeny, menshen.OutcomeReview} {
		m.latency[o] = latency.WithLabelValues(string(o))
	}
	for _, f := range []string{faceUsed, faceUnreadable, faceDuplicate, faceUnknownCamera, faceWrongEngine, faceInvalid, faceStale, faceSearchFailed} {
		m.faces[f] = faces.WithLabelValues(f)
	}
	if r == nil {
		return m, nil
	}
	for _, c := range []prometheus.Collector{latency, faces, m.doors, m.doorAlarms, m.doorTime, m.rejected, m.evictions,
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "menshen_access_passes_waiting", Help: "Passes decided and not kept yet."}, waiting),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "menshen_access_tracks", Help: "Tracks remembered."}, tracks),
	} {
		if err := r.Register(c); err != nil {
			return nil, menshen.Errorf(menshen.CodeInternal, "access.metrics", "the figures of access cannot be registered").WithCause(err)
		}
	}
	return m, nil
}
