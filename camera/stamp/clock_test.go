package stamp_test

import (
	"testing"
	"time"

	"menshen/camera/stamp"
)

const frame = 40 * time.Millisecond

var start = time.Date(2020, 2, 1, 8, 0, 0, 0, time.UTC)

// feed reads n frames, frame i with the presentation time pts(i) and late by wait(i), and gives how far the stamps are
// from the true times.
func feed(n int, pts, wait func(i int) time.Duration) (c *stamp.Clock, off []time.Duration) {
	c = &stamp.Clock{}
	for i := range n {
		real := start.Add(time.Duration(i) * frame)
		off = append(off, c.Captured(real.Add(wait(i)), pts(i)).Sub(real))
	}
	return c, off
}

func steady(i int) time.Duration { return 10*time.Second + time.Duration(i)*frame }

func none(int) time.Duration { return 0 }

func TestWaitingIsTakenOff(t *testing.T) {
	_, off := feed(200, steady, func(i int) time.Duration {
		if i >= 100 && i < 120 { // a stall of 20 frames, read all at once after it
			return time.Duration(120-i) * frame
		}
		return 0
	})
	for i, d := range off {
		if d.Abs() > time.Millisecond {
			t.Errorf("frame %d is off by %s", i, d)
		}
	}
}

func TestWithoutPresentationTimesReadingCounts(t *testing.T) {
	for name, pts := range map[string]func(int) time.Duration{
		"none":     none,
		"negative": func(i int) time.Duration { return -steady(i) },
		"jumping":  func(i int) time.Duration { return time.Duration(i) * time.Hour },
	} {
		_, off := feed(50, pts, none)
		for i, d := range off {
			if d.Abs() > time.Millisecond {
				t.Errorf("%s: frame %d is off by %s", name, i, d)
			}
		}
	}
}

// TestWrongCameraClock has presentation times that run 5 % slow: stamps may be off by the window's share at most.
func TestWrongCameraClock(t *testing.T) {
	_, off := feed(5000, func(i int) time.Duration { return steady(i) * 95 / 100 }, none)
	for i, d := range off {
		if d > time.Millisecond || d < -250*time.Millisecond {
			t.Fatalf("frame %d is off by %s", i, d)
		}
	}
}

func TestStreamMayBeginAnew(t *testing.T) {
	c, _ := feed(100, steady, none)
	at := start.Add(time.Hour)
	if got := c.Captured(at, frame); !got.Equal(at) {
		t.Errorf("the first frame of a new stream is off by %s", got.Sub(at))
	}
	at = at.Add(frame)
	if got := c.Captured(at, 2*frame); !got.Equal(at) {
		t.Errorf("its second frame is off by %s", got.Sub(at))
	}
}

func FuzzCaptured(f *testing.F) {
	f.Add(int64(40e6), int64(40e6), int64(3))
	f.Add(int64(-1), int64(1<<62), int64(-1<<62))
	f.Fuzz(func(t *testing.T, step, pts, jump int64) {
		var c stamp.Clock
		read, last := start, time.Time{}
		for i := range int64(8) {
			read = read.Add(time.Duration(min(max(step, 0), 1e12)))
			got := c.Captured(read, time.Duration(pts+i*jump))
			if !got.After(last) || got.After(read.Add(time.Millisecond)) || got.Before(read.Add(-3*time.Second)) {
				t.Fatalf("%s after %s, read at %s", got, last, read)
			}
			last = got
		}
	})
}
