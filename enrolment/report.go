package enrolment

import "menshen"

// Refusal is a row or a photograph of a table that was not taken, or a row that was skipped.
type Refusal struct {
	Line    int    // of the table
	Name    string // of the person; "" where the row cannot be read
	Photo   string // "" where the whole row is meant
	Code    Code
	Message menshen.Text
	Hint    menshen.Text
}

// Report says what became of a table. Every row is counted once.
type Report struct {
	Rows     int // all that are not blank
	Enrolled int // people with at least one new photograph
	Skipped  int // people who are enrolled already
	Refused  int // people or rows of whom nothing was taken
	Photos   int // photographs taken
	Refusals []Refusal
}

func refusal(r Row, photo string, c Code) Refusal {
	return Refusal{Line: r.Line, Name: r.Name, Photo: photo, Code: c, Message: c.Text(), Hint: c.Hint()}
}
