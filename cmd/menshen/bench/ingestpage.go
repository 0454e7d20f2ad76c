package bench

import (
	"fmt"
	"strings"
)

// Page gives the report for people to read.
func (r ingestReport) Page() Page {
	p := Page{Head: r.Machine.String() + fmt.Sprintf("\n%d gates, %d decisions at the same time, %d bytes a pass; disk: %s", r.Gates, r.Callers, r.PassLen, r.Disk)}
	add := func(what, value, note string) { p.Rows = append(p.Rows, []string{what, value, note}) }
	flow := func(name, way string, f flow) {
		add(name, fmt.Sprintf("%.0f/s", f.PerSecond), fmt.Sprintf("%s; %d passes in %.0f s, %d in the slowest second", way, f.Passes, f.Took, f.Slowest))
		add("  time", Millis(f.P50)+" ms", fmt.Sprintf("p95 %s, p99 %s, longest %s ms", Millis(f.P95), Millis(f.P99), Millis(f.Longest)))
		add("  processors", fmt.Sprintf("%.2f", f.Busy), fmt.Sprintf("%.0f µs a pass; others used %.2f", f.CPU, f.Others))
		add("  memory", megabytes(f.Resident)+" MB", "resident; live objects "+megabytes(f.Heap))
	}
	flow("the whole way", "decision, outbox, JetStream, pass log committed, receipt", r.Whole)
	add("  lost", fmt.Sprint(r.Lost), "acknowledged, and not in the pass log")
	add("  opened again", fmt.Sprintf("%.0f ms", r.Reopen), fmt.Sprintf("with %d passes", r.Held))
	flow("into the outbox", "decision, on the disk", r.Outbox)
	for _, l := range r.SQLite {
		add("SQLite alone", fmt.Sprintf("%.0f/s", l.PerSecond), fmt.Sprintf("%d rows in a transaction, %s", l.Batch, l.What))
	}
	return p
}

// megabytes prints readings in a row.
func megabytes(list []float64) string {
	words := make([]string, len(list))
	for i, v := range list {
		words[i] = fmt.Sprintf("%.0f", v)
	}
	return strings.Join(words, " ")
}
