package bench

import "fmt"

// Page gives a report for people to read.
func (r *traceReport) Page() Page {
	p := Page{Head: r.Machine.String() + fmt.Sprintf("\n%d passes of %d people at %d gates in %d days; %d cases", r.Passes, r.People, r.Gates, r.Days, r.Cases)}
	add := func(cells ...string) { p.Rows = append(p.Rows, cells) }
	add("loaded from the store", fmt.Sprintf("%.2f s", r.LoadS), fmt.Sprintf("%.1f million passes a second, %.1f bytes each", r.LoadPerS/1e6, r.PageBytes))
	add("memory", fmt.Sprintf("%.2f bytes", r.BytesPerPass), "a pass, all of the log included")
	add("appended", fmt.Sprintf("%.2f million", r.AppendPerS/1e6), "passes a second, 500 at once")
	for _, part := range []struct {
		name string
		*traceAnswers
	}{{"gates and lifts", &r.traceAnswers}, {"all zones", &r.AllZones}} {
		add("")
		add(part.name, "p50", "p95", "p99")
		times := func(what string, q quantiles) {
			add("  "+what, Millis(q.P50)+" ms", Millis(q.P95)+" ms", Millis(q.P99)+" ms")
		}
		times("movements", part.Movements)
		times(fmt.Sprintf("one generation (%.0f people)", part.Contacts), part.One)
		times(fmt.Sprintf("two generations (%.0f people)", part.Reached), part.Two)
		times("the same, each judged in full", part.Full)
		times("what if", part.WhatIf)
		add("  1,000 cases at once", fmt.Sprintf("%.2f s", part.Outbreak), fmt.Sprintf("%d people", part.OutbreakReached))
		add("  1,000 cases, each alone", fmt.Sprintf("%.2f s", part.Each))
	}
	for _, f := range r.Peers {
		add("")
		add(f.Name, fmt.Sprintf("%.0f × ours", f.Ratio), fmt.Sprintf("%d passes, loaded in %.0f s, %.0f bytes each", f.Passes, f.LoadS, f.Bytes))
		add("  two generations at gates", Millis(f.Times.P50)+" ms", Millis(f.Times.P95)+" ms", Millis(f.Times.P99)+" ms")
		add("  ours", Millis(f.Ours.P50)+" ms", Millis(f.Ours.P95)+" ms", Millis(f.Ours.P99)+" ms")
		add("  answers that are not the same", fmt.Sprint(f.Wrong), fmt.Sprintf("of %d", f.Cases))
	}
	return p
}
