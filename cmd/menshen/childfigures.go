package main

import (
	"runtime"
	"runtime/metrics"
)

// addOwnFigures adds what this process takes of Go, and of OpenCV where that is counted, to the figures of a report.
func addOwnFigures(figures map[string]float64) {
	if figures == nil {
		return
	}
	live := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(live)
	figures["goroutines"] = float64(runtime.NumGoroutine())
	figures["heap_mb"] = float64(live[0].Value.Uint64()) / (1 << 20)
	if n, counted := openPictures(); counted {
		figures["pictures"] = float64(n)
	}
}
