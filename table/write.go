package table

import (
	"bytes"
	"encoding/csv"
	"strings"

	"github.com/xuri/excelize/v2"

	"menshen"
)

// Formats of tables that are written.
const (
	CSV  = "csv"
	XLSX = "xlsx"
)

// Write makes a file of rows, the heading first, as CSV (UTF-8 with a byte order mark, which spreadsheet programs need) or
// XLSX. In a CSV, cells that a spreadsheet program would take for a formula get a ' before them, which Read takes away.
// CodeInvalid for another format.
func Write(format string, rows [][]string) ([]byte, error) {
	switch format {
	case CSV:
		return writeCSV(rows)
	case XLSX:
		return writeXLSX(rows)
	}
	return nil, menshen.Errorf(menshen.CodeInvalid, "table.write", "the format %q is unknown", format).WithHint("use csv or xlsx")
}

// dangerous reports whether a spreadsheet program would run a cell as a formula.
func dangerous(cell string) bool {
	return cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0]))
}

func writeCSV(rows [][]string) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("\uFEFF")
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			if dangerous(cell) {
				cell = "'" + cell
			}
			cells[i] = cell
		}
		if err := w.Write(cells); err != nil {
			return nil, failed(err)
		}
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return nil, failed(err)
	}
	return b.Bytes(), nil
}

// writeXLSX writes all cells as text, so that no program makes a number or a formula of them.
func writeXLSX(rows [][]string) ([]byte, error) {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	w, err := f.NewStreamWriter(f.GetSheetName(0))
	if err != nil {
		return nil, failed(err)
	}
	for i, row := range rows {
		cells := make([]any, len(row))
		for j, cell := range row {
			cells[j] = cell
		}
		at, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			return nil, failed(err)
		}
		if err := w.SetRow(at, cells); err != nil {
			return nil, failed(err)
		}
	}
	if err := w.Flush(); err != nil {
		return nil, failed(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		return nil, failed(err)
	}
	return b.Bytes(), nil
}

func failed(err error) error {
	return menshen.Errorf(menshen.CodeInternal, "table.write", "the table cannot be written").WithCause(err)
}
