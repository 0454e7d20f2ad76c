package table

import (
	"bytes"
	"io"
	"slices"
	"strings"

	"golang.org/x/text/width"

	"menshen"
)

const op = "table.read"

// Bounds of a table that Read takes.
const (
	MaxBytes    = 16 << 20 // of the file
	MaxUnzipped = 64 << 20 // bytes of an XLSX, unzipped
	MaxRows     = 200_000  // the heading included
	maxColumns  = 200      // more in a row are not looked at
)

// Column is a column that a reader knows.
type Column struct {
	Key      string   // how rows are asked for it
	Names    []string // what offices call it, in lower case; the first stands in messages and in what is written
	Required bool     // whether a table must have it
}

// Table is what a file had in it below its heading.
type Table struct {
	Rows []Row // those that are not blank, in order
	at   map[string]int
}

// Row is one line of a table.
type Row struct {
	Line   int  // of the file, from 1; of a cell with line breaks the first
	Broken bool // cannot be read as a row: it has no cells

	cells  []string
	at     map[string]int
	serial bool // dates may be numbers, as in an XLSX
}

// Get gives a cell without spaces around it; "" where the table has no such column.
func (r Row) Get(key string) string {
	i, ok := r.at[key]
	if !ok || i >= len(r.cells) {
		return ""
	}
	cell := strings.TrimSpace(r.cells[i])
	if rest, ok := strings.CutPrefix(cell, "'"); ok && dangerous(rest) {
		return rest // as it was before a writer made it harmless
	}
	return cell
}

// Narrow gives a cell with full-width letters, digits and signs, as Chinese input methods write them, made narrow.
func (r Row) Narrow(key string) string { return width.Narrow.String(r.Get(key)) }

func blank(cells []string) bool {
	return !slices.ContainsFunc(cells, func(c string) bool { return strings.TrimSpace(c) != "" })
}

// Limits bounds a table.
type Limits struct {
	Bytes int64 // of the file
	Rows  int   // the heading included
}

// Read reads a table within MaxBytes and MaxRows as ReadWithin does.
func Read(r io.Reader, columns []Column) (Table, error) {
	return ReadWithin(r, columns, Limits{Bytes: MaxBytes, Rows: MaxRows})
}

// ReadWithin reads a CSV or XLSX table, an XLSX within MaxUnzipped too; which of them it is, in which encoding and with which
// separator (comma, semicolon or tab) is found from its content. The first line names columns in any order, those unknown are
// left alone. A row that cannot be read is Broken and does not stop the others. An error is CodeInvalid with a hint: the whole
// is no such table.
func ReadWithin(r io.Reader, columns []Column, most Limits) (Table, error) {
	raw, err := io.ReadAll(io.LimitReader(r, most.Bytes+1))
	switch {
	case err != nil:
		return Table{}, menshen.Errorf(menshen.CodeInvalid, op, "the table cannot be read").WithHint("check the file and its permissions").WithCause(err)
	case int64(len(raw)) > most.Bytes:
		return Table{}, menshen.Errorf(menshen.CodeInvalid, op, "the table has more than %d MB", most.Bytes>>20).WithHint("split it into several files")
	}
	var rows []Row
	switch {
	case bytes.HasPrefix(raw, []byte("PK\x03\x04")):
		rows, err = readXLSX(raw, most.Rows)
	case bytes.HasPrefix(raw, []byte{0xD0, 0xCF, 0x11, 0xE0}):
		err = menshen.Errorf(menshen.CodeInvalid, op, "the table is an old or an encrypted spreadsheet").
			WithHint("save it as .xlsx without a password, or as \"CSV UTF-8\"")
	default:
		rows, err = readCSV(raw, most.Rows)
	}
	if err != nil {
		return Table{}, err
	}
	if len(rows) == 0 || rows[0].Broken {
		return Table{}, menshen.Errorf(menshen.CodeInvalid, op, "the table is empty or its first line cannot be read").
			WithHint("the first line must name the columns: %s", heading(columns))
	}
	at, err := find(rows[0].cells, columns)
	if err != nil {
		return Table{}, err
	}
	t := Table{at: at}
	for _, row := range rows[1:] {
		if !row.Broken && blank(row.cells) {
			continue // spreadsheets write lines of commas below the last row
		}
		row.at = at
		t.Rows = append(t.Rows, row)
	}
	return t, nil
}

// find gives the place of each column by the heading.
func find(heads []string, columns []Column) (map[string]int, error) {
	at := map[string]int{}
	for i, h := range heads {
		h = strings.ToLower(strings.TrimSpace(width.Narrow.String(h)))
		c := slices.IndexFunc(columns, func(c Column) bool { return slices.Contains(c.Names, h) })
		if c < 0 {
			continue
		}
		if _, twice := at[columns[c].Key]; twice {
			return nil, menshen.Errorf(menshen.CodeInvalid, op, "the table has the column %q twice", h).WithHint("leave one of them out")
		}
		at[columns[c].Key] = i
	}
	for _, c := range columns {
		if _, ok := at[c.Key]; !ok && c.Required {
			return nil, menshen.Errorf(menshen.CodeInvalid, op, "the table has no column %q", c.Names[0]).
				WithHint("the first line must name the columns: %s", heading(columns))
		}
	}
	return at, nil
}

// heading gives the names of columns for a message.
func heading(columns []Column) string {
	var names []string
	for _, c := range columns {
		names = append(names, c.Names[0])
	}
	return strings.Join(names, ",")
}
