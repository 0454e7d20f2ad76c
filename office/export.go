package office

import (
	"context"
	"fmt"
	"strings"
	"time"

	"menshen"
	"menshen/table"
)

// Export is a table to hand out.
type Export struct {
	Name string // of the file
	Data []byte
	Rows int // people
}

// ExportPeople gives everybody of any state as "csv" or "xlsx", in the columns that ImportPeople takes: an export can be
// imported again and changes nothing. Document numbers are masked unless documents asks for them.
func (o *Office) ExportPeople(ctx context.Context, format string, documents bool) (Export, error) {
	format = strings.ToLower(strings.TrimSpace(format))
	if format == "" {
		format = table.CSV
	}
	columns := peopleColumns()
	head := make([]string, len(columns))
	for i, c := range columns {
		head[i] = c.Names[0]
	}
	rows := [][]string{head}
	people, err := gather(o.deps.Store.People(ctx))
	if err != nil {
		return Export{}, err
	}
	homes, err := o.openSharing(ctx)
	if err != nil {
		return Export{}, err
	}
	names := map[home]int{}
	byID := map[string]menshen.Person{}
	for _, p := range people {
		names[home{p.Name, p.Dwelling}]++
		byID[p.ID] = p
	}
	for _, p := range people {
		with, err := o.deps.Store.Particulars(ctx, p.ID)
		if err != nil {
			return Export{}, err
		}
		guardian := with.Guardian
		if g, ok := byID[guardian]; ok && g.Dwelling == p.Dwelling && names[home{g.Name, g.Dwelling}] == 1 {
			guardian = g.Name // tells people more, and is found again
		}
		cells := map[string]string{
			columnName: p.Name, columnPhone: with.Phone, columnKind: write(string(with.Document.Kind), kindWords()),
			columnNumber: with.Document.Number.Reveal(), columnRole: write(string(with.Role), roleWords()),
			columnGuardian: guardian, columnLanguage: write(with.Language, languageWords()), columnState: write(string(p.State), stateWords()),
		}
		if p.Dwelling != (menshen.Dwelling{}) {
			cells[columnDwelling] = p.Dwelling.String()
			cells[columnShared] = homes.word(p.Dwelling)
		}
		if !documents {
			cells[columnNumber] = maskNumber(with.Document.Number)
		}
		if !with.Born.IsZero() {
			cells[columnBorn] = with.Born.Format(time.DateOnly)
		}
		row := make([]string, len(columns))
		for i, c := range columns {
			row[i] = cells[c.Key]
		}
		rows = append(rows, row)
	}
	data, err := table.Write(format, rows)
	if err != nil {
		return Export{}, err
	}
	name := fmt.Sprintf("people-%s.%s", o.deps.Clock().In(o.zone()).Format("20060102-1504"), format)
	return Export{Name: name, Data: data, Rows: len(people)}, nil
}
