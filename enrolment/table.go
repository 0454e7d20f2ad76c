package enrolment

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"menshen"
)

// Row is one person of a table.
type Row struct {
	Line     int // of the file, from 1
	Name     string
	Dwelling menshen.Dwelling
	Photos   []string // as written; none: look them up by name
}

// Table is what could be read of a table of people.
type Table struct {
	Rows     []Row
	Refusals []Refusal // of rows that could not be read, in order of lines
}

// Bounds of a table.
const (
	maxTable       = 16 << 20 // bytes
	maxPhotosInRow = 100
)

// columns of a table and what offices call them.
var columnNames = map[string][]string{
	"name":     {"name", "姓名", "名字"},
	"dwelling": {"dwelling", "address", "住址", "地址", "房号"},
	"photos":   {"photos", "photo", "照片", "照片文件"},
}

// ReadTable reads a CSV table with the columns name, dwelling and photos, in any order, under these or their Chinese
// names (姓名, 住址, 照片); photos may be missing, other columns are left alone. Photos are file names with ';' or '|'
// between them. UTF-8 with and without a byte order mark, UTF-16 and GBK (GB 18030) are told apart; commas and
// tabs too. A row that cannot be used is a Refusal and does not stop the others. An error is CodeInvalid: the whole is no
// such table.
func ReadTable(r io.Reader) (Table, error) {
	const op = "enrolment.table"
	raw, err := io.ReadAll(io.LimitReader(r, maxTable+1))
	switch {
	case err != nil:
		return Table{}, menshen.Errorf(menshen.CodeInvalid, op, "the table cannot be read").WithHint("check the file and its permissions").WithCause(err)
	case len(raw) > maxTable:
		return Table{}, menshen.Errorf(menshen.CodeInvalid, op, "the table has more than %d MB", maxTable>>20).WithHint("split it into several files")
	}
	text, err := decodeText(raw)
	if err != nil {
		return Table{}, err
	}
	c := csv.NewReader(strings.NewReader(text))
	c.FieldsPerRecord = -1
	c.TrimLeadingSpace = true
	if first, _, _ := strings.Cut(text, "\n"); !strings.Contains(first, ",") && strings.Contains(first, "\t") {
		c.Comma = '\t'
		c.TrimLeadingSpace = false // or an empty column would swallow the tab after it
	}
	header, err := c.Read()
	if err != nil {
		return Table{}, menshen.Errorf(menshen.CodeInvalid, op, "the table is empty or its first line cannot be read").
			WithHint("the first line must be: name,dwelling,photos").WithCause(err)
	}
	at, err := columns(header)
	if err != nil {
		return Table{}, err
	}
	return readRows(c, at), nil
}

// columns finds the columns by the header.
func columns(header []string) (map[string]int, error) {
	const op = "enrolment.table"
	at := map[string]int{}
	for i, h := range header {
		h = strings.ToLower(strings.TrimSpace(h))
		for column, names := range columnNames {
			if !slices.Contains(names, h) {
				continue
			}
			if _, twice := at[column]; twice {
				return nil, menshen.Errorf(menshen.CodeInvalid, op, "the table has the column %q twice", h).WithHint("leave one of them out")
			}
			at[column] = i
		}
	}
	for _, column := range []string{"name", "dwelling"} {
		if _, ok := at[column]; !ok {
			return nil, menshen.Errorf(menshen.CodeInvalid, op, "the table has no column %q", column).
				WithHint("the first line must be: name,dwelling,photos (or 姓名,住址,照片)")
		}
	}
	return at, nil
}

func readRows(c *csv.Reader, at map[string]int) Table {
	var t Table
	type who struct {
		name     string
		dwelling menshen.Dwelling
	}
	seen := map[who]bool{}
	for {
		record, err := c.Read()
		if errors.Is(err, io.EOF) {
			return t
		}
		if err != nil {
			line := 0
			if p, ok := errors.AsType[*csv.ParseError](err); ok {
				line = p.StartLine
			}
			t.Refusals = append(t.Refusals, refusal(Row{Line: line}, "", CodeBadRow))
			if line == 0 {
				return t // not of this row: nothing more can be read
			}
			continue
		}
		line, _ := c.FieldPos(0)
		row, code := readRow(record, at)
		row.Line = line
		switch key := (who{row.Name, row.Dwelling}); {
		case code == blankRow:
		case code != "":
			t.Refusals = append(t.Refusals, refusal(row, "", code))
		case seen[key]:
			t.Refusals = append(t.Refusals, refusal(row, "", CodeRepeatedRow))
		default:
			seen[key] = true
			t.Rows = append(t.Rows, row)
		}
	}
}

// blankRow marks rows to pass over: spreadsheets write lines of commas below the last person.
const blankRow Code = "blank"

func readRow(record []string, at map[string]int) (Row, Code) {
	field := func(column string) string {
		i, ok := at[column]
		if !ok || i >= len(record) {
			return ""
		}
		return strings.TrimSpace(record[i])
	}
	if !slices.ContainsFunc(record, func(f string) bool { return strings.TrimSpace(f) != "" }) {
		return Row{}, blankRow
	}
	row := Row{Name: field("name")}
	p := menshen.Person{ID: "new", Name: row.Name, State: menshen.PersonActive}
	if p.Validate() != nil || strings.ContainsFunc(row.Name, unprintable) {
		return row, CodeBadName
	}
	// Chinese input methods write digits and dashes in full width.
	d, err := menshen.ParseDwelling(width.Narrow.String(field("dwelling")))
	if err != nil {
		return row, CodeBadDwelling
	}
	row.Dwelling = d
	for _, f := range strings.FieldsFunc(field("photos"), func(r rune) bool { return r == ';' || r == '|' || r == '；' }) {
		if f = strings.TrimSpace(f); f != "" {
			row.Photos = append(row.Photos, f)
		}
	}
	if len(row.Photos) > maxPhotosInRow {
		return row, CodeTooMany
	}
	return row, ""
}

func unprintable(r rune) bool { return !unicode.IsPrint(r) }
