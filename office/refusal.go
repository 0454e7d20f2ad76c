package office

import (
	"menshen"
	"menshen/table"
)

// RowRefusal is a row of a table that was not taken, and why.
type RowRefusal struct {
	Line   int    // of the file; 1 is the heading
	Name   string // "" where the row cannot be read
	Reason menshen.Text
	Hint   menshen.Text
}

// refuse makes a refusal of an error that says something about a row alone, and gives back one that ends the whole work: a
// full disk meets every other row too.
func (o *Office) refuse(row table.Row, err error) (RowRefusal, error) {
	switch menshen.ErrorCode(err) {
	case menshen.CodeInvalid, menshen.CodeConflict, menshen.CodeNotFound, menshen.CodeDenied:
	default:
		return RowRefusal{}, err
	}
	message, hint := menshen.ErrorMessage(err)
	r := RowRefusal{Line: row.Line, Name: row.Get(columnName), Reason: menshen.Text{ZH: o.deps.Chinese(message), EN: message}}
	if hint != "" {
		r.Hint = menshen.Text{ZH: o.deps.Chinese(hint), EN: hint}
	}
	return r, nil
}

func broken() error {
	return menshen.Errorf(menshen.CodeInvalid, "office.import", "this row cannot be read").WithHint("look for a lone quotation mark in the row")
}
