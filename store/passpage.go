package store

import "menshen"

// PassPage is some ten thousand passes in order of arrival, as columns of numbers: what a start reads instead of rows. The
// numbers of people and gates are those of PassReader.Names; Manner is an index in Manners. All other slices are of one
// length. Pages are kept beside the rows, which stay the truth, and are gone as soon as a row below them changes.
type PassPage struct {
	Base     int64    // what At counts from, in 10 ms since 1970
	At       []uint32 // capture time, in 10 ms, rounded down
	Person   []uint32 // 0 is nobody
	Gate     []uint32
	Sequence []uint64
	Manner   []uint16
	// Manners say what passes do not differ in: Site, Direction, Means, Decision and Confidence. The last is exact where it
	// is a whole number of 32nds, and otherwise in the middle between two of them.
	Manners []menshen.Pass
}

// PassReader takes in the passes of a store at a start. What it is given is its own only until it returns.
type PassReader interface {
	// Names gives the ids of people and gates by number, "" for a number that stands for nobody. It is called once, first.
	Names(people, gates []string)
	// Count is given all pages, some at once, in order of arrival; then Place the same in the same order, but for those that
	// Count had an error for: CodeCorrupt says that a page cannot be what was written, and its rows are read instead. Every
	// other error ends the reading.
	Count(pages []PassPage) []error
	Place(pages []PassPage) error
	// Passes gives those that no page has, in order of arrival, after all pages. They carry what a page has of a pass, and
	// their exact capture time.
	Passes(passes []menshen.Pass) error
}

// PassesRead says where the passes of a start came from.
type PassesRead struct {
	Pages   int // pages used
	Paged   int // passes on them, those from before the time asked for included
	Rows    int // passes read row by row
	Damaged int // pages that were not usable, and are gone now
}
