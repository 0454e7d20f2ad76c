package menshen

// PassRow is a pass as a line of a file has it, cells as they stand there.
type PassRow struct {
	Line       int    // of the file, from 1; 0 where there is none
	Gate       string // id
	Person     string // id, or a name that only one person bears; "" for somebody unknown
	Direction  string
	Time       string // RFC 3339, or as of the site's clocks
	Decision   string // "" is allow
	Confidence string // 0 … 1; "" where it is not said
}

// PassImport says what became of rows. Each is counted once.
type PassImport struct {
	Added   int
	Known   int          // were there already
	Refused []RefusedRow // in order
}

// RefusedRow is a row that was left out, and why.
type RefusedRow struct {
	Line   int
	Reason Text
}
