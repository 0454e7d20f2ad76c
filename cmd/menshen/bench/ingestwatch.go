package bench

import (
	"fmt"
	"os"
	"runtime/metrics"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"menshen"
)

// receiptWatch times passes from their decision to their receipt. Safe for concurrent use.
type receiptWatch struct {
	lasting time.Duration
	atOnce  bool      // being on the disk of the gate is the end of the way
	left    func(int) // hears how many got their receipts; may be nil

	mu      sync.Mutex
	open    map[menshen.PassID]time.Time // decided, or where that is not known yet, receipted
	times   [60_000]int                  // by milliseconds
	longest time.Duration
	sum     time.Duration
	passes  int
	seconds []int // passes that ended, by second since the begin

	began, ended  time.Time
	cpu, machine  time.Duration
	sampling      sync.WaitGroup
	stop          chan struct{}
	resident, mem []float64
}

func newReceiptWatch(lasting time.Duration) *receiptWatch {
	return &receiptWatch{lasting: lasting, open: map[menshen.PassID]time.Time{}, stop: make(chan struct{})}
}

func (w *receiptWatch) begin() {
	w.began = time.Now()
	w.cpu = -ownUsage()
	w.machine, _ = machineBusy() // without it others are said to use nothing
	w.sampling.Go(func() {
		tick := time.NewTicker(w.lasting / 10)
		defer tick.Stop()
		for {
			select {
			case <-w.stop:
				return
			case <-tick.C:
				w.resident, w.mem = append(w.resident, residentMB()), append(w.mem, heapMB())
			}
		}
	})
}

func (w *receiptWatch) end() {
	close(w.stop)
	w.sampling.Wait()
	w.ended = time.Now()
	w.cpu += ownUsage()
	busy, _ := machineBusy()
	w.machine = busy - w.machine
}

// decided notes a pass that is on the disk of the gate.
func (w *receiptWatch) decided(p menshen.Pass) {
	now := time.Now()
	w.mu.Lock()
	defer w.mu.Unlock()
	at, there := w.open[p.ID]
	switch {
	case w.atOnce:
		w.took(now, now.Sub(p.Decided))
	case there:
		delete(w.open, p.ID)
		w.took(at, at.Sub(p.Decided))
	default:
		w.open[p.ID] = p.Decided
	}
}

// receipted notes passes that have left the outbox.
func (w *receiptWatch) receipted(sequences map[string][]uint64) {
	now, n := time.Now(), 0
	w.mu.Lock()
	for gate, list := range sequences {
		for _, s := range list {
			id := menshen.PassID{Gate: gate, Sequence: s}
			if at, there := w.open[id]; there {
				delete(w.open, id)
				w.took(now, now.Sub(at))
			} else {
				w.open[id] = now
			}
		}
		n += len(list)
	}
	w.mu.Unlock()
	if w.left != nil {
		w.left(n)
	}
}

// took counts one. The caller holds the lock.
func (w *receiptWatch) took(at time.Time, d time.Duration) {
	w.passes++
	w.sum += d
	w.longest = max(w.longest, d)
	w.times[min(max(int(d/time.Millisecond), 0), len(w.times)-1)]++
	second := max(int(at.Sub(w.began)/time.Second), 0)
	for len(w.seconds) <= second {
		w.seconds = append(w.seconds, 0)
	}
	w.seconds[second]++
}

// percentile gives milliseconds, rounded up.
func (w *receiptWatch) percentile(p float64) float64 {
	want, seen := int(p/100*float64(w.passes)), 0
	for ms, n := range w.times {
		if seen += n; seen > want || seen == w.passes {
			return float64(ms + 1)
		}
	}
	return 0
}

// flow sums up, once every pass has ended its way.
func (w *receiptWatch) flow() flow {
	w.mu.Lock()
	defer w.mu.Unlock()
	lasted := w.ended.Sub(w.began).Seconds()
	f := flow{Passes: w.passes, Took: lasted, Longest: inMilliseconds(w.longest), Resident: w.resident, Heap: w.mem}
	if w.passes == 0 || lasted <= 0 {
		return f
	}
	within := 0 // what ended after the last decision is no throughput
	f.Slowest = w.passes
	for i, n := range w.seconds[:min(len(w.seconds), int(lasted))] {
		within += n
		if i > 0 { // the first one begins with nothing
			f.Slowest = min(f.Slowest, n)
		}
	}
	f.PerSecond = float64(within) / float64(int(lasted))
	f.spread = spread{
		Count: w.passes, P50: w.percentile(50), P95: w.percentile(95), P99: w.percentile(99), Mean: inMilliseconds(w.sum) / float64(w.passes),
	}
	f.CPU = float64(w.cpu.Microseconds()) / float64(w.passes)
	f.Busy = w.cpu.Seconds() / lasted
	f.Others = max(0, (w.machine-w.cpu).Seconds()/lasted)
	return f
}

// residentMB is the memory of this process.
func residentMB() float64 {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(text))
	if len(fields) < 2 {
		return 0
	}
	pages, _ := strconv.Atoi(fields[1]) // 0 where it is no number
	return float64(pages*os.Getpagesize()) / (1 << 20)
}

// heapMB is what Go's objects take that were alive at the last collection.
func heapMB() float64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	return float64(sample[0].Value.Uint64()) / (1 << 20)
}

// fileSystem names the kind of file system that a folder is on.
func fileSystem(folder string) string {
	var s syscall.Statfs_t
	if err := syscall.Statfs(folder, &s); err != nil {
		return "unknown"
	}
	switch s.Type {
	case 0xEF53:
		return "ext4"
	case 0x58465342:
		return "xfs"
	case 0x9123683E:
		return "btrfs"
	case 0x01021994:
		return "tmpfs: in memory, nothing is durable"
	case 0x794C7630:
		return "overlay"
	}
	return fmt.Sprintf("type %#x", s.Type)
}
