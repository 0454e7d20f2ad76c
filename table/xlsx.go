package table

import (
	"bytes"

	"github.com/xuri/excelize/v2"

	"menshen"
)

// readXLSX reads the first sheet. Cells are taken raw: a telephone number stays a number whatever its format shows, and a
// date is the number of its day (see Row.Date).
func readXLSX(raw []byte, most int) (rows []Row, err error) {
	bad := func(err error) error {
		return menshen.Errorf(menshen.CodeInvalid, op, "the spreadsheet cannot be read").
			WithHint("save it again as .xlsx, or as \"CSV UTF-8\"; at most %d MB unzipped", MaxUnzipped>>20).WithCause(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(raw), excelize.Options{
		RawCellValue: true, UnzipSizeLimit: MaxUnzipped, UnzipXMLSizeLimit: MaxUnzipped,
	})
	if err != nil {
		return nil, bad(err)
	}
	defer func() { _ = f.Close() }() // everything is in memory: nothing is left behind
	sheets := f.GetSheetList()
	if len(sheets) == 0 {
		return nil, nil
	}
	lines, err := f.Rows(sheets[0])
	if err != nil {
		return nil, bad(err)
	}
	defer func() { _ = lines.Close() }()
	for line := 1; lines.Next(); line++ {
		if line > most {
			return nil, tooMany(most)
		}
		cells, err := lines.Columns()
		if err != nil {
			return nil, bad(err)
		}
		cells = cells[:min(len(cells), maxColumns)]
		if len(rows) > 0 && blank(cells) || line == 1 && blank(cells) {
			continue
		}
		rows = append(rows, Row{Line: line, cells: cells, serial: true})
	}
	if err := lines.Error(); err != nil {
		return nil, bad(err)
	}
	return rows, nil
}
