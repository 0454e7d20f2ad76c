package recognizer

import (
	"fmt"
	"sync"
	"time"

	"menshen"
)

// meter counts what a worker does between two reports, and watches how long calls of the engine take. Safe for
// concurrent use.
type meter struct {
	clock func() time.Time

	mu       sync.Mutex
	since    time.Time
	counts   counts
	failure  error // the last one since the last report
	underway map[*call]struct{}
}

// counts are since the last report.
type counts struct {
	faces    int // that got a descriptor
	refused  int // that got none, for reasons that lie in the picture
	dropped  int // for want of time
	failed   int // for reasons that lie in the program or the engine
	analyses int
	embeds   int
	embed    time.Duration // sum over embeds
}

// call is one call of the engine under way.
type call struct{ started time.Time }

func newMeter(clock func() time.Time) *meter {
	return &meter{clock: clock, since: clock(), underway: map[*call]struct{}{}}
}

func (m *meter) count(add func(*counts)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	add(&m.counts)
}

func (m *meter) fail(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.counts.failed++
	m.failure = err
}

// begin notes that a call starts; the returned function, called once, that it ended, and gives its duration.
func (m *meter) begin() (end func() time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := &call{started: m.clock()}
	m.underway[c] = struct{}{}
	return func() time.Duration {
		m.mu.Lock()
		defer m.mu.Unlock()
		delete(m.underway, c)
		return m.clock().Sub(c.started)
	}
}

// report sums up and starts anew. failure is the last error since, nil for none.
func (m *meter) report(component string, waiting int, stall time.Duration) (r menshen.Report, failures int, failure error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.clock()
	seconds := max(now.Sub(m.since).Seconds(), 1e-3)
	oldest := time.Duration(0)
	for c := range m.underway {
		oldest = max(oldest, now.Sub(c.started))
	}
	n := m.counts
	r = menshen.Report{Component: component, At: now, OK: true, Figures: map[string]float64{
		"faces_per_s":   float64(n.faces) / seconds,
		"refused_per_s": float64(n.refused) / seconds,
		"dropped":       float64(n.dropped),
		"failed":        float64(n.failed),
		"analyses":      float64(n.analyses),
		"queue":         float64(waiting),
		"oldest_call_s": oldest.Seconds(),
	}}
	if n.embeds > 0 {
		r.Figures["embed_ms"] = n.embed.Seconds() * 1000 / float64(n.embeds)
	}
	switch {
	case oldest > stall:
		r.OK = false
		r.Message = fmt.Sprintf("the engine has not answered for %.0f s", oldest.Seconds())
		r.Hint = "the recognizer is started again; if it comes back, check memory and the networks: menshen models verify"
	case n.failed > 0 && n.faces == 0 && n.refused == 0:
		r.OK = false
		r.Message, r.Hint = menshen.ErrorMessage(m.failure)
	}
	failures, failure = n.failed, m.failure
	m.counts, m.failure, m.since = counts{}, nil, now
	return r, failures, failure
}
