package opencv_test

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"gocv.io/x/gocv"
)

// resident gives the memory of this process in bytes.
func resident(tb testing.TB) int {
	tb.Helper()
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		tb.Fatal(err)
	}
	pages, err := strconv.Atoi(strings.Fields(string(b))[1])
	if err != nil {
		tb.Fatal(err)
	}
	return pages * os.Getpagesize()
}

// TestDetectorKeepsMemory: a camera looks for faces half a million times a day, so 100 bytes lost each time are 50 MB.
func TestDetectorKeepsMemory(t *testing.T) {
	d := mustDetector(t)
	m := gocv.NewMatWithSizeFromScalar(gocv.NewScalar(90, 90, 90, 0), 32, 32, gocv.MatTypeCV8UC3)
	defer m.Close()
	look := func(times int) {
		for range times {
			if _, err := d.Detect(m); err != nil {
				t.Fatal(err)
			}
		}
	}
	look(2000)
	before := resident(t)
	const times = 20_000
	look(times)
	grown := resident(t) - before
	t.Logf("%d bytes a call", grown/times)
	if grown > 100*times {
		t.Errorf("%d calls took %d KB of memory", times, grown>>10)
	}
}
