package office_test

import (
	"context"
	"fmt"
	"iter"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"menshen"
	"menshen/office"
	"menshen/store/sqlite"
)

// book is an outbox and a pass log with nothing between them: carry moves what waits.
type book struct {
	tb     testing.TB
	outbox *sqlite.Outbox
	site   *sqlite.Site
}

func (b *book) KnownPasses(ctx context.Context, passes []menshen.Pass) ([]bool, error) {
	known, err := b.outbox.KnownPasses(ctx, passes)
	if err != nil {
		return nil, err
	}
	kept, err := b.site.KnownPasses(ctx, passes)
	for i := range kept {
		known[i] = known[i] || kept[i]
	}
	return known, err
}

func (b *book) AppendPasses(ctx context.Context, passes []menshen.Pass) error {
	_, err := b.outbox.AppendMany(ctx, passes)
	return err
}

func (b *book) Passes(ctx context.Context, f menshen.PassFilter) iter.Seq2[menshen.Pass, error] {
	return b.site.Passes(ctx, f)
}

func (b *book) carry() {
	b.tb.Helper()
	waiting, _, err := b.outbox.Pending(b.tb.Context(), 0, 1_000_000)
	if err != nil {
		b.tb.Fatal(err)
	}
	if _, err := b.site.CommitPasses(b.tb.Context(), waiting); err != nil {
		b.tb.Fatal(err)
	}
	for _, p := range waiting {
		if err := b.outbox.Remove(b.tb.Context(), p.ID.Gate, []uint64{p.ID.Sequence}); err != nil {
			b.tb.Fatal(err)
		}
	}
}

// crowd is people by id, with their names.
type crowd map[string]string

func (c crowd) Named(texts map[string][]string) {
	for text := range texts {
		if _, ok := c[text]; ok {
			texts[text] = []string{text}
			continue
		}
		for id, name := range c {
			if name == text {
				texts[text] = append(texts[text], id)
			}
		}
	}
}

func MustPassFile(tb testing.TB) (*office.PassFile, *book) {
	tb.Helper()
	dir := tb.TempDir()
	outbox, err := sqlite.OpenOutbox(tb.Context(), filepath.Join(dir, "gate.db"), sqlite.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	site, err := sqlite.Open(tb.Context(), filepath.Join(dir, "site.db"), sqlite.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _, _ = outbox.Close(), site.Close() })
	b := &book{tb, outbox, site}
	f, err := office.NewPassFile(office.PassFileDeps{
		Book: b, People: crowd{"p-1": "王芳", "p-2": "李四", "p-3": "李四"},
		Site: func() menshen.Site {
			return menshen.Site{ID: "lake", Location: time.FixedZone("Beijing", 8*3600), Gates: []menshen.Gate{{ID: "east"}, {ID: "west"}, {ID: "far"}}}
		},
		Post:  func(gate string) string { return map[string]string{"far": "north-post"}[gate] },
		Clock: func() time.Time { return time.Date(2026, 3, 15, 8, 0, 0, 0, time.UTC) },
	})
	if err != nil {
		tb.Fatal(err)
	}
	return f, b
}

func row(line int, cells string) menshen.PassRow {
	c := append(strings.Split(cells, ","), "", "", "")
	return menshen.PassRow{Line: line, Gate: c[0], Person: c[1], Direction: c[2], Time: c[3], Decision: c[4], Confidence: c[5]}
}

func MustImportPasses(tb testing.TB, f *office.PassFile, dryRun bool, rows ...string) menshen.PassImport {
	tb.Helper()
	var all []menshen.PassRow
	for i, r := range rows {
		all = append(all, row(i+2, r))
	}
	done, err := f.ImportPasses(tb.Context(), all, "operator@terminal", dryRun)
	if err != nil {
		tb.Fatal(err)
	}
	return done
}

func TestImportedPasses(t *testing.T) {
	f, b := MustPassFile(t)
	rows := []string{
		"east,p-1,in,2026-03-14T08:30:00.5+08:00,allow,0.75",
		"east,王芳,出,2026/3/14 9:05", // by the site's clocks
		"west,,in,2026-03-14 10:00:00,deny",
		"west,p-2, IN ,２０２６-03-14 11:00,review,1",
		"east,p-1,in,2026-03-14T00:30:00.500Z", // the first again, in other words
	}
	if got := MustImportPasses(t, f, true, rows...); got.Added != 4 || got.Known != 1 || len(got.Refused) != 0 {
		t.Fatalf("dry run: %+v", got)
	}
	if n, err := b.outbox.Len(t.Context()); n != 0 || err != nil {
		t.Fatalf("a dry run kept %d, %v", n, err)
	}
	if got := MustImportPasses(t, f, false, rows...); got.Added != 4 || got.Known != 1 {
		t.Fatalf("%+v", got)
	}
	for _, state := range []string{"in the outbox", "in the log"} {
		if got := MustImportPasses(t, f, false, rows...); got.Added != 0 || got.Known != 5 {
			t.Errorf("again, %s: %+v", state, got)
		}
		b.carry()
	}
	var got []menshen.Pass
	for p, err := range b.site.Passes(t.Context(), menshen.PassFilter{}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, p)
	}
	if len(got) != 4 {
		t.Fatalf("%d passes", len(got))
	}
	first := got[0]
	want := menshen.Pass{
		ID: menshen.PassID{Gate: "east", Sequence: 1}, Site: "lake", Person: "p-1", Direction: menshen.DirectionIn, Means: menshen.MeansGuard, By: "operator@terminal",
		Captured: time.Date(2026, 3, 14, 0, 30, 0, 5e8, time.UTC), Decided: time.Date(2026, 3, 14, 0, 30, 0, 5e8, time.UTC), Confidence: 0.75,
		Decision: menshen.Decision{Outcome: menshen.OutcomeAllow, Reasons: []menshen.Reason{menshen.ReasonImported}},
	}
	if !reflect.DeepEqual(first, want) {
		t.Errorf("%+v", first)
	}
	if p := got[1]; p.Person != "p-1" || p.Direction != menshen.DirectionOut || !p.Captured.Equal(time.Date(2026, 3, 14, 1, 5, 0, 0, time.UTC)) {
		t.Errorf("%+v", p)
	}

	// What is written is read again as what is there already, and elsewhere as the same passes.
	var written []menshen.PassRow
	for r, err := range f.ExportPasses(t.Context(), menshen.PassFilter{}) {
		if err != nil {
			t.Fatal(err)
		}
		written = append(written, r)
	}
	if done, err := f.ImportPasses(t.Context(), written, "x", false); err != nil || done.Known != 4 || done.Added != 0 {
		t.Errorf("what export wrote: %+v, %v", done, err)
	}
	other, _ := MustPassFile(t)
	if done, err := other.ImportPasses(t.Context(), written, "x", false); err != nil || done.Added != 4 {
		t.Errorf("into another site: %+v, %v", done, err)
	}
}

func TestRowsLeftOut(t *testing.T) {
	f, b := MustPassFile(t)
	for cells, want := range map[string][2]string{
		"south,p-1,in,2026-03-14 08:00":             {"没有出入口", `no gate "south"`},
		"far,p-1,in,2026-03-14 08:00":               {"岗亭", "north-post"},
		"east,p-9,in,2026-03-14 08:00":              {"没有“p-9”", `"p-9"`},
		"east,李四,in,2026-03-14 08:00":               {"2 个人", "2 people"},
		"p-1,east,in,2026-03-14 08:00":              {"对调", "gate and person seem to be swapped"},
		"east,p-1,2026-03-14 08:00,in":              {"对调", "direction and time seem to be swapped"},
		"east,p-1,up,2026-03-14 08:00":              {"不是方向", "no direction"},
		"east,p-1,in,yesterday":                     {"不是时间", "no time"},
		"east,p-1,in,2026-02-30 08:00":              {"不是时间", "no time"},
		"east,p-1,in,":                              {"不是时间", "no time"},
		"east,p-1,in,2026-03-15T08:00:01Z":          {"将来", "in the future"},
		"east,p-1,in,1999-03-15T08:00:01Z":          {"范围", "out of range"},
		"east,p-1,in,2026-03-14 08:00,maybe":        {"不是判定", "no decision"},
		"east,,in,2026-03-14 08:00":                 {"写明是谁", "must be named"},
		"east,p-1,in,2026-03-14 08:00,allow,1.01":   {"0 到 1", "between 0 and 1"},
		"east,p-1,in,2026-03-14 08:00,allow,-0":     {"0 到 1", "between 0 and 1"},
		"east,p-1,in,2026-03-14 08:00,allow,nan":    {"0 到 1", "between 0 and 1"},
		"east,p-1,in,2026-03-14 08:00,allow,likely": {"0 到 1", "between 0 and 1"},
	} {
		got := MustImportPasses(t, f, false, "east,p-1,in,2026-03-13 08:00", cells)
		if got.Added+got.Known != 1 || len(got.Refused) != 1 || got.Refused[0].Line != 3 {
			t.Errorf("%s: %+v", cells, got)
			continue
		}
		if r := got.Refused[0].Reason; !strings.Contains(r.ZH, want[0]) || !strings.Contains(r.EN, want[1]) {
			t.Errorf("%s: %+v", cells, r)
		}
	}
	if n, err := b.outbox.Len(t.Context()); n != 1 || err != nil {
		t.Errorf("%d passes are kept, %v", n, err)
	}
}

// TestImportsAtOnce brings the same rows from many sides: each is kept once.
func TestImportsAtOnce(t *testing.T) {
	f, b := MustPassFile(t)
	var rows []menshen.PassRow
	for i := range 300 {
		rows = append(rows, row(i, fmt.Sprintf("east,p-1,in,2026-03-14T00:%02d:%02dZ", i/60, i%60)))
	}
	var wait sync.WaitGroup
	added := make([]int, 6)
	for k := range added {
		wait.Go(func() {
			done, err := f.ImportPasses(t.Context(), append([]menshen.PassRow(nil), rows...), "x", false)
			if err != nil {
				t.Error(err)
			}
			added[k] = done.Added
		})
	}
	wait.Wait()
	total := 0
	for _, n := range added {
		total += n
	}
	if n, err := b.outbox.Len(t.Context()); total != 300 || n != 300 || err != nil {
		t.Errorf("%d were added, %d are kept, %v", total, n, err)
	}
}
