package table

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"

	"menshen"
)

func readCSV(raw []byte, most int) ([]Row, error) {
	text, err := decodeText(raw)
	if err != nil {
		return nil, err
	}
	c := csv.NewReader(strings.NewReader(text))
	c.FieldsPerRecord = -1
	c.Comma = separator(text)
	c.TrimLeadingSpace = c.Comma != '\t' // or an empty column would swallow the tab after it
	var rows []Row
	for {
		record, err := c.Read()
		switch {
		case errors.Is(err, io.EOF):
			return rows, nil
		case len(rows) == most:
			return nil, tooMany(most)
		case err != nil:
			line := 0
			if p, ok := errors.AsType[*csv.ParseError](err); ok {
				line = p.StartLine
			}
			rows = append(rows, Row{Line: line, Broken: true})
			if line == 0 {
				return rows, nil // not of this row: nothing more can be read
			}
		default:
			line, _ := c.FieldPos(0)
			rows = append(rows, Row{Line: line, cells: record[:min(len(record), maxColumns)]})
		}
	}
}

// separator finds what is between the cells: whatever of comma, semicolon and tab the first line has most of outside
// quotation marks, the comma if in doubt.
func separator(text string) rune {
	count := map[rune]int{}
	quoted := false
scan:
	for _, r := range text {
		switch {
		case r == '"':
			quoted = !quoted
		case r == '\n' && !quoted:
			break scan
		case !quoted:
			count[r]++
		}
	}
	best := ','
	for _, r := range []rune{'\t', ';'} {
		if count[r] > count[best] {
			best = r
		}
	}
	return best
}

func tooMany(most int) error {
	return menshen.Errorf(menshen.CodeInvalid, op, "the table has more than %d rows", most).WithHint("split it into several files")
}
