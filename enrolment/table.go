package enrolment

import (
	"io"
	"strings"
	"unicode"

	"menshen"
	"menshen/table"
)

// Row is one person of a table.
type Row struct {
	Line     int // of the file, from 1
	Name     string
	Dwelling menshen.Dwelling
	Photos   []string // as written; none: look them up by name
	Signer   string   // who signed the consent; "" for nobody
}

// Table is what could be read of a table of people.
type Table struct {
	Rows     []Row
	Refusals []Refusal // of rows that could not be read, in order of lines
}

// maxPhotosInRow bounds the photographs that one row may name.
const maxPhotosInRow = 100

// tableColumns are the columns of a table and what offices call them.
func tableColumns() []table.Column {
	return []table.Column{
		{Key: "name", Names: []string{"name", "姓名", "名字"}, Required: true},
		{Key: "dwelling", Names: []string{"dwelling", "address", "住址", "地址", "房号"}, Required: true},
		{Key: "photos", Names: []string{"photos", "photo", "照片", "照片文件"}},
		{Key: "signer", Names: []string{"signer", "consent", "签字人", "同意人"}},
	}
}

// ReadTable reads a CSV or XLSX table with the columns name, dwelling and photos, in any order, under these or their Chinese
// names (姓名, 住址, 照片); photos may be missing, and so may signer (签字人), who signed the consent; other columns are left alone. Photos are file names with ';' or '|'
// between them. For encodings and separators see table.Read. A row that cannot be used is a Refusal and does not stop the
// others. An error is CodeInvalid: the whole is no such table.
func ReadTable(r io.Reader) (Table, error) {
	read, err := table.Read(r, tableColumns())
	if err != nil {
		return Table{}, err
	}
	var t Table
	type who struct {
		name     string
		dwelling menshen.Dwelling
	}
	seen := map[who]bool{}
	for _, cells := range read.Rows {
		row, code := readRow(cells)
		switch key := (who{row.Name, row.Dwelling}); {
		case code != "":
			t.Refusals = append(t.Refusals, refusal(row, "", code))
		case seen[key]:
			t.Refusals = append(t.Refusals, refusal(row, "", CodeRepeatedRow))
		default:
			seen[key] = true
			t.Rows = append(t.Rows, row)
		}
	}
	return t, nil
}

func readRow(cells table.Row) (Row, Code) {
	row := Row{Line: cells.Line, Name: cells.Get("name")}
	if cells.Broken {
		return row, CodeBadRow
	}
	p := menshen.Person{ID: "new", Name: row.Name, State: menshen.PersonActive}
	if p.Validate() != nil || strings.ContainsFunc(row.Name, unprintable) {
		return row, CodeBadName
	}
	d, err := menshen.ParseDwelling(cells.Narrow("dwelling"))
	if err != nil {
		return row, CodeBadDwelling
	}
	row.Dwelling, row.Signer = d, cells.Get("signer")
	for _, f := range strings.FieldsFunc(cells.Get("photos"), func(r rune) bool { return r == ';' || r == '|' || r == '；' }) {
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
