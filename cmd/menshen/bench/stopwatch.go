package bench

import (
	"context"
	"time"

	"golang.org/x/sys/unix"
)

// stageLimit is how long one stage is measured at most.
const stageLimit = 20 * time.Second

// stopwatch measures stages.
type stopwatch struct {
	ctx   context.Context // of one run
	times int
	all   []stageFigures
}

// measure runs a stage once to warm up and then so many times; do gets the number of the run.
func (w *stopwatch) measure(stage, per string, do func(i int) error) error {
	if err := do(0); err != nil {
		return err
	}
	var took durations
	var cpu time.Duration
	for end := time.Now().Add(stageLimit); len(took) < w.times && time.Now().Before(end); {
		if err := w.ctx.Err(); err != nil {
			return err
		}
		used, begin := processTime(), time.Now()
		if err := do(len(took) + 1); err != nil {
			return err
		}
		took = append(took, time.Since(begin))
		cpu += processTime() - used
	}
	w.all = append(w.all, stageFigures{Stage: stage, Per: per, spread: took.spread(), CPU: inMilliseconds(cpu) / float64(len(took))})
	return nil
}

// threadTime is the processor time of the calling thread.
func threadTime() time.Duration {
	var t unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t) // cannot fail on Linux
	return time.Duration(t.Nano())
}

// processTime is the processor time of all threads of this process.
func processTime() time.Duration {
	var t unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &t) // cannot fail on Linux
	return time.Duration(t.Nano())
}
