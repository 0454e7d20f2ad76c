package bench

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

// machine is what a measurement was made on.
type machine struct {
	Date       string `json:"date"`
	Version    string `json:"version"`
	CPU        string `json:"cpu"`
	Processors int    `json:"processors"`
	GoMaxProcs int    `json:"gomaxprocs"`
}

func describeMachine(now time.Time, version string) machine {
	return machine{
		Date: now.Format(time.DateOnly), Version: version, CPU: processorName(), Processors: runtime.NumCPU(), GoMaxProcs: runtime.GOMAXPROCS(0),
	}
}

func (m machine) String() string {
	return fmt.Sprintf("%s · %s, %d processor(s), GOMAXPROCS %d · menshen %s", m.Date, m.CPU, m.Processors, m.GoMaxProcs, m.Version)
}

// processorName is what Linux calls the processor.
func processorName() string {
	f, err := os.Open("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if key, value, ok := strings.Cut(s.Text(), ":"); ok && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}
