package access

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"menshen"
)

// writer keeps the passes of one gate, in order, on a goroutine of its own. A pass that the recorder cannot take stays at
// the head of the queue and is appended again until it is kept: it also is the probe that finds the recorder well again.
type writer struct {
	gate     string
	recorder Recorder
	cfg      *Config
	clock    func() time.Time
	log      *slog.Logger
	lost     func(p menshen.Pass, why string)
	kept     func(kept)    // is told of every pass once it is durable and has its number
	wake     chan struct{} // of one place

	mu        sync.Mutex
	queue     []kept
	failing   time.Time // since when appends fail; zero while well
	detail    string
	appending time.Time // since when an append is under way; zero for none
}

// kept is a pass on its way to the records.
type kept struct {
	pass       menshen.Pass
	answerable bool // by a guard
}

// trouble says whether and since when passes cannot be kept.
type trouble struct {
	bad    bool
	since  time.Time
	detail string
}

// put queues a pass and returns at once. A full queue loses it; the policy sees to it that only refusals can be lost so.
func (w *writer) put(p kept) {
	w.mu.Lock()
	full := len(w.queue) >= w.cfg.QueueSize
	if !full {
		w.queue = append(w.queue, p)
	}
	w.mu.Unlock()
	if full {
		w.lost(p.pass, "the queue of passes is full")
		return
	}
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// trouble is what the policy asks before it grants anything.
func (w *writer) trouble(now time.Time) trouble {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case !w.failing.IsZero():
		return trouble{true, w.failing, w.detail}
	case !w.appending.IsZero() && now.Sub(w.appending) > w.cfg.AppendPatience:
		return trouble{true, w.appending, "keeping a pass takes too long"}
	case len(w.queue) >= w.cfg.QueueSize:
		return trouble{true, now, "too many passes wait to be kept"}
	}
	return trouble{}
}

func (w *writer) waiting() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.queue)
}

// run appends until stop is closed and the queue is empty, or until ctx ends. It never gives an append up by itself: one
// that was cancelled may still have been kept, and doing it again would double the pass.
func (w *writer) run(ctx context.Context, stop <-chan struct{}) {
	wait, most := w.cfg.RetryMin, maxAppend
	for {
		batch := w.head(most)
		if len(batch) == 0 {
			select {
			case <-w.wake:
				continue
			case <-stop:
			}
			if w.waiting() == 0 {
				return
			}
			continue
		}
		passes := make([]menshen.Pass, len(batch))
		for i := range batch {
			passes[i] = batch[i].pass
		}
		numbered, err := w.recorder.AppendMany(ctx, passes)
		if len(batch) > 1 && menshen.ErrorCode(err) == menshen.CodeInvalid {
			most = 1 // one of them can never be kept: find it
			continue
		}
		if w.done(batch, err) {
			for i := range numbered {
				batch[i].pass = numbered[i]
				w.kept(batch[i])
			}
			wait = w.cfg.RetryMin
			if w.waiting() == 0 {
				most = maxAppend
			}
			continue
		}
		begins := stop // once it has begun to end, there is little time: it waits no longer than at first
		select {
		case <-stop:
			wait, begins = w.cfg.RetryMin, nil
		default:
		}
		timer := time.NewTimer(wait/2 + rand.N(wait/2+1))
		select {
		case <-timer.C:
		case <-begins:
			timer.Stop()
		case <-ctx.Done():
			timer.Stop()
			return
		}
		wait = min(2*wait, w.cfg.RetryMax)
	}
}

// maxAppend is how many passes are appended at a time where several wait.
const maxAppend = 64

// head gives the first passes of the queue, at most so many, and notes that they are being appended.
func (w *writer) head(most int) []kept {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.queue) > 0 {
		w.appending = w.clock()
	}
	return slices.Clone(w.queue[:min(most, len(w.queue))])
}

// done takes the outcome of an append, and says whether the passes have left the queue.
func (w *writer) done(batch []kept, err error) bool {
	invalid := menshen.ErrorCode(err) == menshen.CodeInvalid
	w.mu.Lock()
	w.appending = time.Time{}
	since := w.failing
	if err != nil && !invalid {
		if since.IsZero() {
			w.failing = w.clock()
		}
		w.detail = err.Error()
		w.mu.Unlock()
		if since.IsZero() {
			w.log.Error("passes cannot be kept", "gate", w.gate, "error", err)
		}
		return false
	}
	w.failing, w.detail = time.Time{}, ""
	clear(w.queue[:len(batch)])
	w.queue = w.queue[len(batch):]
	if len(w.queue) == 0 {
		w.queue = nil // what a long failure made grow goes back
	}
	w.mu.Unlock()
	if invalid {
		w.lost(batch[0].pass, err.Error())
	}
	if !since.IsZero() {
		w.log.Info("passes are kept again", "gate", w.gate, "failing_since", since)
	}
	return true
}

// abandon gives up on what is still queued, and says how much that was.
func (w *writer) abandon() int {
	w.mu.Lock()
	queue := w.queue
	w.queue = nil
	w.mu.Unlock()
	for _, p := range queue {
		w.lost(p.pass, "the service stopped before it could be kept")
	}
	return len(queue)
}
