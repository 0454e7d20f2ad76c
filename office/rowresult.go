package office

import (
	"cmp"
	"slices"

	"menshen"
)

// RowResult says what became of a row that was not refused.
type RowResult struct {
	Line     int
	Name     string
	Dwelling menshen.Dwelling
	Outcome  RowOutcome
	Changed  []string // columns that say something new of somebody who was there
}

// RowOutcome is what became of a row.
type RowOutcome string

const (
	RowAdded     RowOutcome = "added"
	RowChanged   RowOutcome = "changed"
	RowUnchanged RowOutcome = "unchanged"
	RowObserved  RowOutcome = "observed" // a returnee, put under observation
)

// takenRow is a row that was not refused, with the person that it made.
type takenRow struct {
	line    int
	person  menshen.Person
	change  RowOutcome
	columns []string
}

func (r takenRow) result() RowResult {
	return RowResult{Line: r.line, Name: r.person.Name, Dwelling: r.person.Dwelling, Outcome: r.change, Changed: r.columns}
}

func sortResults(list []RowResult) {
	slices.SortStableFunc(list, func(a, b RowResult) int { return cmp.Compare(a.Line, b.Line) })
}

// differences names the columns in which a person is not as they were.
func differences(was, is menshen.Person, had, have menshen.Particulars, shared bool) (columns []string) {
	for _, c := range []struct {
		name    string
		differs bool
	}{
		{columnName, was.Name != is.Name},
		{columnDwelling, was.Dwelling != is.Dwelling},
		{columnPhone, had.Phone != have.Phone},
		{"document", had.Document != have.Document},
		{columnBorn, !had.Born.Equal(have.Born)},
		{columnRole, had.Role != have.Role},
		{columnGuardian, had.Guardian != have.Guardian},
		{columnLanguage, had.Language != have.Language},
		{columnState, was.State != is.State},
		{columnShared, shared},
	} {
		if c.differs {
			columns = append(columns, c.name)
		}
	}
	return columns
}
