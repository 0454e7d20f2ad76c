package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// What the commands of the office and the gates share.

// group makes a command that only has others below it.
func group(use, short string, below ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: use, Short: short, Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	c.AddCommand(below...)
	return c
}

// either gives the words of the user's language.
func (a *app) either(zh, en string) string { return a.text(menshen.Text{ZH: zh, EN: en}) }

// tell prints a line in the user's language.
func (a *app) tell(zh, en string) { fmt.Fprintln(a.out, a.either(zh, en)) }

// words gives a text from the wire in the user's language.
func (a *app) words(t *menshenv1.Text) string { return a.either(t.GetZh(), t.GetEn()) }

// formatFlag adds --format.
func formatFlag(c *cobra.Command, into *string) {
	c.Flags().StringVar(into, "format", "table", "table or json")
}

func checkFormat(format string) error {
	if format != "table" && format != "json" {
		return menshen.Errorf(menshen.CodeInvalid, "cmd.format", "--format: %q is not known", format).WithHint("use table or json")
	}
	return nil
}

// writeMessage writes an answer as JSON for other programs: keys as in the .proto files, times in UTC.
func (a *app) writeMessage(m proto.Message) error {
	text, err := protojson.MarshalOptions{UseProtoNames: true, EmitDefaultValues: true}.Marshal(m)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := json.Indent(&b, text, "", "  "); err != nil { // protojson varies its spaces on purpose
		return err
	}
	b.WriteByte('\n')
	_, err = a.out.Write(b.Bytes())
	return err
}

// parseEnd reads an end as people mean it: a day alone is included.
func parseEnd(flag, s string, loc *time.Location) (*timestamppb.Timestamp, error) {
	if day, err := time.ParseInLocation(time.DateOnly, s, loc); err == nil {
		return timestamppb.New(day.AddDate(0, 0, 1)), nil
	}
	return parseTime(flag, s, loc)
}

// parseDirection reads in or out; "" is unspecified.
func parseDirection(s string) (menshenv1.Direction, error) {
	switch s {
	case "":
		return menshenv1.Direction_DIRECTION_UNSPECIFIED, nil
	case "in":
		return menshenv1.Direction_DIRECTION_IN, nil
	case "out":
		return menshenv1.Direction_DIRECTION_OUT, nil
	}
	return 0, menshen.Errorf(menshen.CodeInvalid, "cmd.direction", "--direction: %q is not known", s).WithHint("use in or out")
}

// maxInput is the largest file that a command sends.
const maxInput = 16 << 20

// readInput reads a file that a command sends.
func readInput(path string) ([]byte, error) {
	const op = "cmd.input"
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, menshen.Errorf(menshen.CodeNotFound, op, "there is no file %s", path).WithHint("check the path").WithCause(err)
	case err == nil && info.IsDir():
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "%s is a folder", path).WithHint("name a file")
	case err == nil && info.Size() > maxInput:
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "the file %s is larger than %d MB", path, maxInput>>20).WithHint("split it")
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeDenied, op, "the file %s cannot be read", path).WithHint("check its permissions").WithCause(err)
	}
	return data, nil
}

// readYAML reads a file of text that people wrote. What is no UTF-8 could not even be sent.
func readYAML(path string) ([]byte, error) {
	text, err := readInput(path)
	if err == nil && !utf8.Valid(text) {
		return nil, menshen.Errorf(menshen.CodeInvalid, "cmd.input", "the file %s is no text in UTF-8", path).WithHint("save it as UTF-8 in your editor")
	}
	return text, err
}

// writeOutput writes a file that a command makes, for its owner only: it is about people. A file that is there is kept.
func writeOutput(path string, data []byte) error {
	const op = "cmd.output"
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return menshen.Errorf(menshen.CodeConflict, op, "the file %s exists already and is left as it is", path).WithHint("name another file, or remove that one first")
	}
	if err == nil {
		_, err = f.Write(data)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		return diskError(op, filepath.Dir(path), err)
	}
	return nil
}

// printRefusals lists the rows of a table that were not taken.
func (a *app) printRefusals(refused []*menshenv1.RowRefusal) {
	if len(refused) == 0 {
		return
	}
	t := newTable(a.either("行", "line"), a.either("姓名", "name"), a.either("原因", "reason"), a.either("怎么办", "what to do"))
	for _, r := range refused {
		t.add(fmt.Sprint(r.GetLine()), r.GetName(), a.words(r.GetReason()), a.words(r.GetHint()))
	}
	t.print(a.out)
}

// tableRead says what became of the rows of a table, and gives the error where not all of them were taken.
func (a *app) tableRead(refused []*menshenv1.RowRefusal, rows uint32, dryRun bool, taken menshen.Text) error {
	a.printRefusals(refused)
	if dryRun {
		a.tell("试运行，没有保存：", "A dry run, nothing is kept:")
	}
	a.tell(fmt.Sprintf("共 %d 行：%s，未接受 %d", rows, taken.ZH, len(refused)), fmt.Sprintf("%d rows: %s, %d refused", rows, taken.EN, len(refused)))
	if len(refused) == 0 {
		return nil
	}
	return menshen.Errorf(menshen.CodeInvalid, "cmd.import", "%d of %d rows were not taken", len(refused), rows).
		WithHint("mend what is listed above and import the same table again: what is there already stays")
}

// join puts words in a row, without the empty ones.
func join(words ...string) string {
	var all []string
	for _, w := range words {
		if w != "" {
			all = append(all, w)
		}
	}
	return strings.Join(all, " ")
}
