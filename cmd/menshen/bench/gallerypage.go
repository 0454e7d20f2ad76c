package bench

import "fmt"

// Page gives a report for people to read.
func (r galleryReport) Page() Page {
	p := Page{Head: r.Machine.String() + fmt.Sprintf("\n%d templates of %d people, %d numbers each; %d people wanted, half of the queries of strangers; %s",
		r.Templates, r.People, r.Dim, r.Nearest, r.Kernel)}
	if r.Within > 0 {
		p.Head += fmt.Sprintf("; within %g", r.Within)
	}
	add := func(what, value, note string) { p.Rows = append(p.Rows, []string{what, value, note}) }
	times := func(what string, p50, p99 float64) {
		add(what, fmt.Sprintf("%.1f µs", p50), fmt.Sprintf("p99 %.1f µs", p99))
	}
	times("a search", r.P50, r.P99)
	add("  in the quietest moment", fmt.Sprintf("%.1f µs", r.QuietP50), "p50 of 50 searches in a row")
	times("  of somebody enrolled", r.KnownP50, r.KnownP99)
	times("  of a stranger", r.UnknownP50, r.UnknownP99)
	add("searches a second", fmt.Sprintf("%.0f", r.QPS), fmt.Sprintf("%d thread(s)", r.Threads))
	add("  64 at once", fmt.Sprintf("%.0f", r.BatchQPS), "1 thread")
	add("an insert", fmt.Sprintf("%.2f µs", r.Insert), fmt.Sprintf("mean from the first to the last, %.2f µs of processor time; %.2f µs after it", r.InsertCPU, r.InsertAtFull))
	add("a removal", fmt.Sprintf("%.2f µs", r.RemoveAtFull), "mean")
	add("memory", fmt.Sprintf("%.0f bytes", r.BytesPerTemplate), "a template, all included")
	add("saved, opened", fmt.Sprintf("%.0f ms, %.0f ms", r.SaveMS, r.LoadMS), "")
	add("wrong answers", fmt.Sprint(r.Mismatches), fmt.Sprintf("of %d compared with a plain scan", r.Compared))
	add("plain scan", fmt.Sprintf("%.1f µs", r.ScanP50), fmt.Sprintf("%.1f × ours", r.ScanRatio))
	if f := r.Peer; f != nil {
		add("FAISS Flat", fmt.Sprintf("%.1f µs", f.Flat.P50), fmt.Sprintf("%.1f × ours", f.Flat.Ratio))
		for _, h := range f.HNSW {
			add(fmt.Sprintf("FAISS HNSW, ef %d", h.EF), fmt.Sprintf("%.1f µs", h.P50), fmt.Sprintf("%.2f × ours, recall %.4f", h.Ratio, h.Recall))
		}
		add("  an insert", fmt.Sprintf("%.0f µs", f.HNSWInsert), "processor time")
	}
	return p
}
