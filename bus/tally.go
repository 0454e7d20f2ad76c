package bus

import (
	"log/slog"
	"sync"
	"time"
)

// tally sums up errors that repeat: each kind is logged at most once a second, with how often it came and the latest one.
// Safe for concurrent use; it has no goroutine of its own.
type tally struct {
	log *slog.Logger

	mu     sync.Mutex
	open   map[string]*tallied
	timer  *time.Timer
	closed bool
}

type tallied struct {
	times int
	last  error
	args  []any
}

func newTally(log *slog.Logger) *tally { return &tally{log: log, open: map[string]*tallied{}} }

// add counts an error. message is a constant; args are logged with the latest one.
func (t *tally) add(message string, err error, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	e := t.open[message]
	if e == nil {
		e = &tallied{}
		t.open[message] = e
	}
	e.times++
	e.last, e.args = err, args
	if t.closed {
		t.flush()
	} else if t.timer == nil {
		t.timer = time.AfterFunc(time.Second, func() {
			t.mu.Lock()
			defer t.mu.Unlock()
			t.flush()
		})
	}
}

// flush logs what was counted. The caller holds the lock.
func (t *tally) flush() {
	for message, e := range t.open {
		t.log.Warn(message, append([]any{"times", e.times, "error", e.last}, e.args...)...)
	}
	clear(t.open)
	t.timer = nil
}

// close logs what is left.
func (t *tally) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.timer != nil {
		t.timer.Stop()
	}
	t.closed = true
	t.flush()
}
