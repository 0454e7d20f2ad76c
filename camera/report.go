package camera

import (
	"context"
	"fmt"
	"time"

	"menshen"
)

const (
	reportEvery = time.Second
	openLimit   = 10 * time.Second // a camera may take so long to open before it is not well
	frameLimit  = 5 * time.Second  // a frame may be so old

	// steadyFrames must come after a silence before the camera is well again. From a stream that stalls the decoder still
	// gives the pictures it held back, one at each of FFmpeg's time-outs.
	steadyFrames = 5
)

// report publishes a sign of life once a second until ctx is done, from a goroutine of its own: so a read that hangs
// shows. What failed is logged once a second.
func (c *Camera) report(ctx context.Context) {
	tick := time.NewTicker(reportEvery)
	defer tick.Stop()
	last, at := c.counts(), c.now()
	first := c.figures.first
	steady := 0 // of frames: from so many on the camera is well
	for {
		now := c.now()
		v := c.counts()
		r := c.assess(v, now, steady)
		if v.age(now) > frameLimit && !v.lastFrame.IsZero() {
			steady = v.frames + steadyFrames
		}
		r.Figures = v.since(last, now.Sub(at), now)
		if c.stills != nil && v.age(now) > frameLimit {
			r.Figures["starting"] = 1 // alive, and waiting for a page that sends
		}
		if n := v.queue.Failed - last.queue.Failed; n > 0 {
			c.log.Warn("sightings could not be published", "count", n, "err", v.queue.Err)
		}
		if n := v.queue.Dropped - last.queue.Dropped; n > 0 {
			c.log.Warn("sightings were dropped because publishing is too slow", "count", n)
		}
		last, at = v, now
		c.send(ctx, r)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-first: // a camera that is back is well at once, not at the next report
			first = nil
		}
	}
}

// counts gives the figures as they are now.
func (c *Camera) counts() counts {
	c.figures.mu.Lock()
	v := c.figures.v
	c.figures.mu.Unlock()
	v.dropped, v.queue = c.slot.drops(), c.out.Stats()
	return v
}

func (c *Camera) send(ctx context.Context, r menshen.Report) {
	ctx, cancel := context.WithTimeout(ctx, reportEvery)
	defer cancel()
	if err := c.pub.PublishReport(ctx, r); err != nil && ctx.Err() == nil {
		c.log.Warn("a report could not be published", "err", err)
	}
}

// assess says whether the camera is well: by the age of its last frame, and by how many have come.
func (c *Camera) assess(v counts, now time.Time, steady int) menshen.Report {
	r := menshen.Report{Component: Component(c.cfg.Camera), At: now, OK: true}
	switch age := v.age(now); {
	case c.stills != nil && age > frameLimit:
		// The process is well, and to be started anew would not help: what is missing is a page that sends.
		r.Message = "no browser sends pictures for the camera " + c.cfg.Camera
		r.Hint = "open the page guard/camera of its gate on the tablet there"
	case v.opened.IsZero() && age > openLimit:
		r.OK = false
		r.Message = fmt.Sprintf("the camera %s has not opened for %.0f s", c.cfg.Address, age.Seconds())
		r.Hint = "check its power and network; it is tried again by itself"
	case !v.opened.IsZero() && age > frameLimit:
		r.OK = false
		r.Message = fmt.Sprintf("no frame from the camera %s for %.0f s", c.cfg.Address, age.Seconds())
		r.Hint = "check its power and network; it is connected again by itself"
	case v.frames < steady:
		r.OK = false
		r.Message = fmt.Sprintf("only single frames come from the camera %s", c.cfg.Address)
		r.Hint = "check its power and network; it is connected again by itself"
	}
	return r
}

// age is the time since the last frame; before the first one, since the camera opened, and before that, since the start.
func (v counts) age(now time.Time) time.Duration {
	from := v.started
	for _, t := range []time.Time{v.opened, v.lastFrame} {
		if t.After(from) {
			from = t
		}
	}
	return max(now.Sub(from), 0)
}

// since gives the figures of a report: rates over the time since the last one, the rest as it is or in total.
func (v counts) since(last counts, elapsed time.Duration, now time.Time) map[string]float64 {
	f := map[string]float64{
		"frame_age_s":       v.age(now).Seconds(),
		"width":             float64(v.width),
		"height":            float64(v.height),
		"dropped":           float64(v.dropped),
		"tracks":            float64(v.tracks),
		"sightings":         float64(v.queue.Sent),
		"sightings_dropped": float64(v.queue.Dropped),
		"publish_errors":    float64(v.queue.Failed),
	}
	if v.lastFrame.IsZero() {
		f["starting"] = 1 // alive, but no picture yet: a stream that stalls can be opened all the same
	}
	if s := elapsed.Seconds(); s > 0 {
		f["fps"] = float64(v.frames-last.frames) / s
		f["analysed_fps"] = float64(v.looks-last.looks) / s
		f["searched_fps"] = float64(v.searches-last.searches) / s
	}
	if n := v.searches - last.searches; n > 0 {
		f["detect_ms"] = float64((v.searching - last.searching).Microseconds()) / 1e3 / float64(n)
	}
	return f
}

// reportFailure tells why the camera ends.
func (c *Camera) reportFailure(ctx context.Context, err error) {
	r := menshen.Report{Component: Component(c.cfg.Camera), At: c.now()}
	r.Message, r.Hint = menshen.ErrorMessage(firstError(err))
	v := c.counts()
	r.Figures = v.since(v, 0, r.At)
	c.send(ctx, r)
}
