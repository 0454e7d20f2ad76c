package main

import (
	"bufio"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"connectrpc.com/connect"
	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
	csv "menshen/table"
)

// passColumns are those of a file of passes.
func passColumns() []csv.Column {
	return []csv.Column{
		{Key: "gate", Names: []string{"gate", "出入口", "门"}, Required: true},
		{Key: "person", Names: []string{"person", "人员", "人员编号", "姓名"}, Required: true},
		{Key: "direction", Names: []string{"direction", "方向", "进出"}, Required: true},
		{Key: "time", Names: []string{"time", "时间", "通行时间"}, Required: true},
		{Key: "decision", Names: []string{"decision", "判定"}},
		{Key: "confidence", Names: []string{"confidence", "置信度", "可信度"}},
	}
}

func (a *app) importPassesCommand() *cobra.Command {
	var dryRun bool
	c := &cobra.Command{
		Use: "import FILE.csv", Short: "Take in passes of a file: gate,person,direction,time[,decision,confidence]", Args: cobra.ExactArgs(1),
		Long: `Take in passes of a CSV file of any length, in UTF-8, UTF-16 or GBK. Its first line names the columns, in any order:

  gate        id of a gate of this site
  person      id, or a name that only one person bears; empty for somebody unknown who was not let through
  direction   in or out
  time        2020-02-14T08:30:00+08:00, or 2020-02-14 08:30:00 by the clocks of the site
  decision    allow (if empty), deny or review
  confidence  0 to 1, how sure it is that it was this person; empty where nobody knows

It can be repeated: a pass is known by gate, person, direction, time and decision, and is not added twice. Rows that cannot be
taken are listed with their line and reason and left out. Imported passes carry the reason "imported"; no door is
touched, and whoever watches passes or takes events is not told of them.`,
		RunE: func(c *cobra.Command, args []string) error { return a.importPasses(c, args[0], dryRun) },
	}
	c.Flags().BoolVar(&dryRun, "dry-run", false, "only say what would become of each row")
	return c
}

func (a *app) exportPassesCommand() *cobra.Command {
	var gate, person, from, to string
	c := &cobra.Command{
		Use: "export [FILE.csv]", Short: "Write passes as import reads them, to a file or to standard output", Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			path := "-"
			if len(args) > 0 {
				path = args[0]
			}
			return a.exportPasses(c, path, gate, person, from, to)
		},
	}
	c.Flags().StringVar(&gate, "gate", "", "only this gate")
	c.Flags().StringVar(&person, "person", "", "only this person, by id")
	c.Flags().StringVar(&from, "from", "", "from this time on, e.g. 2020-02-14 or 2020-02-14T08:00")
	c.Flags().StringVar(&to, "to", "", "until this time; a day is included")
	return c
}

const (
	rowsPerCall   = 5_000
	refusalsShown = 1_000 // a file of the wrong kind need not fill the terminal
)

func (a *app) importPasses(c *cobra.Command, path string, dryRun bool) error {
	f, err := os.Open(path)
	if err != nil {
		return menshen.Errorf(menshen.CodeInvalid, "cmd.passes_import", "the file %s cannot be read", path).WithHint("check the path and its permissions").WithCause(err)
	}
	defer func() { _ = f.Close() }() // it was only read
	counted := &countedFile{File: f}
	rows, err := csv.NewStream(counted, passColumns())
	if err != nil {
		return err
	}
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	size := int64(-1)
	if s, err := f.Stat(); err == nil {
		size = s.Size()
	}
	counted.bar = progressbar.NewOptions64(size, progressbar.OptionSetWriter(a.err), progressbar.OptionSetDescription(a.either("通行记录", "passes")),
		progressbar.OptionShowBytes(true), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetWidth(30),
		progressbar.OptionClearOnFinish(), progressbar.OptionSetVisibility(isTerminal(a.err)))
	i := passImport{app: a, dryRun: dryRun, file: filepath.Base(path), begin: time.Now()}
	err = i.run(c, h, rows)
	_ = counted.bar.Close() // a bar that cannot be drawn is no reason to fail
	i.report()
	return err
}

// countedFile moves a progress bar on with what is read.
type countedFile struct {
	*os.File
	bar *progressbar.ProgressBar
}

func (f *countedFile) Read(p []byte) (int, error) {
	n, err := f.File.Read(p)
	if f.bar != nil {
		_ = f.bar.Add(n)
	}
	return n, err
}

// passImport is one file on its way.
type passImport struct {
	*app

	dryRun bool
	file   string
	begin  time.Time

	rows, added, known, refused int
	reasons                     [][2]string // line and why, the first ones
}

// run sends the rows in pieces: while the hub takes one in, the next is read.
func (i *passImport) run(c *cobra.Command, h *remote, rows *csv.Stream) error {
	var answered chan error
	wait := func() error {
		if answered == nil {
			return nil
		}
		err := <-answered
		answered = nil
		return err
	}
	for {
		piece, broken, err := i.piece(rows)
		if err != nil {
			return cmp.Or(wait(), err)
		}
		if err := wait(); err != nil {
			return err
		}
		if len(piece) == 0 && len(broken) == 0 {
			return nil
		}
		if len(piece) == 0 {
			i.note(nil, broken)
			continue
		}
		answered = make(chan error, 1)
		go func() {
			res, err := h.Passes.ImportPasses(c.Context(), connect.NewRequest(&menshenv1.ImportPassesRequest{Rows: piece, DryRun: i.dryRun, File: i.file}))
			if err == nil {
				i.note(res.Msg, broken)
			}
			answered <- err
		}()
	}
}

// piece reads the next rows, those that cannot be read apart.
func (i *passImport) piece(rows *csv.Stream) (piece []*menshenv1.PassRow, broken []int, err error) {
	for len(piece)+len(broken) < rowsPerCall {
		r, ok, err := rows.Next()
		if err != nil || !ok {
			return piece, broken, err
		}
		if r.Broken {
			broken = append(broken, r.Line)
			continue
		}
		piece = append(piece, &menshenv1.PassRow{
			Line: uint32(r.Line), Gate: r.Get("gate"), Person: r.Get("person"), Direction: r.Get("direction"), Time: r.Get("time"),
			Decision: r.Get("decision"), Confidence: r.Get("confidence"),
		})
	}
	return piece, broken, nil
}

// note counts what became of a piece.
func (i *passImport) note(m *menshenv1.ImportPassesResponse, broken []int) {
	i.rows += int(m.GetAdded()) + int(m.GetKnown()) + len(m.GetRefused()) + len(broken)
	i.added += int(m.GetAdded())
	i.known += int(m.GetKnown())
	i.refused += len(m.GetRefused()) + len(broken)
	why := func(line int, zh, en string) {
		if len(i.reasons) < refusalsShown {
			i.reasons = append(i.reasons, [2]string{fmt.Sprint(line), i.either(zh, en)})
		}
	}
	refused := m.GetRefused()
	for len(refused) > 0 || len(broken) > 0 {
		if len(refused) > 0 && (len(broken) == 0 || int(refused[0].GetLine()) < broken[0]) {
			why(int(refused[0].GetLine()), refused[0].GetZh(), refused[0].GetEn())
			refused = refused[1:]
			continue
		}
		why(broken[0], "这一行无法读取，请检查引号和编码", "this row cannot be read: look at its quotation marks and its encoding")
		broken = broken[1:]
	}
}

func (i *passImport) report() {
	if len(i.reasons) > 0 {
		t := newTable(i.either("行", "line"), i.either("原因", "reason"))
		for _, r := range i.reasons {
			t.add(r[0], r[1])
		}
		t.print(i.out)
		if more := i.refused - len(i.reasons); more > 0 {
			i.tell(fmt.Sprintf("……另有 %d 行未导入", more), fmt.Sprintf("… and %d more rows left out", more))
		}
	}
	zh, en := "新增", "added"
	if i.dryRun {
		zh, en = "将新增", "would be added"
	}
	took := time.Since(i.begin).Seconds()
	i.tell(fmt.Sprintf("%d 行：%s %d 条，已有 %d 条，未导入 %d 行（%.1f 秒，每秒 %.0f 行）", i.rows, zh, i.added, i.known, i.refused, took, float64(i.rows)/took),
		fmt.Sprintf("%d rows: %d %s, %d known already, %d left out (%.1f s, %.0f rows a second)", i.rows, i.added, en, i.known, i.refused, took, float64(i.rows)/took))
}

func (a *app) exportPasses(c *cobra.Command, path, gate, person, from, to string) (err error) {
	h, err := a.dial(c)
	if err != nil {
		return err
	}
	req := &menshenv1.ExportPassesRequest{Gate: gate, Person: person}
	if from != "" {
		if req.From, err = parseTime("from", from, h.location); err != nil {
			return err
		}
	}
	if to != "" {
		if req.To, err = parseEnd("to", to, h.location); err != nil {
			return err
		}
	}
	stream, err := h.Passes.ExportPasses(c.Context(), connect.NewRequest(req))
	if err != nil {
		return err
	}
	defer func() { _ = stream.Close() }() // what the hub had to say is in Err
	out := a.out
	if path != "-" {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
		if err != nil {
			return diskError("cmd.passes_export", path, err)
		}
		defer func() {
			if wrong := f.Close(); err == nil && wrong != nil {
				err = diskError("cmd.passes_export", path, wrong)
			}
		}()
		out = f
	}
	buffered := bufio.NewWriterSize(out, 1<<20)
	w, err := csv.NewWriter(buffered)
	if err != nil {
		return err
	}
	if err := w.Row("gate", "person", "direction", "time", "decision", "confidence"); err != nil {
		return err
	}
	n := 0
	for stream.Receive() {
		for _, r := range stream.Msg().GetRows() {
			if err := w.Row(r.GetGate(), r.GetPerson(), r.GetDirection(), r.GetTime(), r.GetDecision(), r.GetConfidence()); err != nil {
				return err
			}
			n++
		}
	}
	if err := stream.Err(); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if err := buffered.Flush(); err != nil {
		return diskError("cmd.passes_export", path, err)
	}
	if path != "-" {
		a.tell(fmt.Sprintf("已写出 %d 条通行记录到 %s", n, path), fmt.Sprintf("%d passes are in %s", n, path))
	}
	return nil
}
