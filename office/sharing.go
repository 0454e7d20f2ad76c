package office

import (
	"context"

	"menshen"
	"menshen/table"
)

// sharing is which households share kitchen and bath with others, as a table of people tells: one row of a household is
// enough, and rows of one must not differ.
type sharing struct {
	homes   map[menshen.Dwelling]menshen.Household
	told    map[menshen.Dwelling]told
	pending map[menshen.Dwelling]bool // not put yet
}

// told is what a row said.
type told struct {
	shared bool
	line   int
}

func (o *Office) openSharing(ctx context.Context) (sharing, error) {
	s := sharing{homes: map[menshen.Dwelling]menshen.Household{}, told: map[menshen.Dwelling]told{}, pending: map[menshen.Dwelling]bool{}}
	all, err := o.deps.Store.Households(ctx, "", 0)
	for _, h := range all {
		s.homes[h.Dwelling] = h
	}
	return s, err
}

// set notes what a row says of a dwelling, and reports whether that is new. An empty cell leaves what is known.
func (s sharing) set(row table.Row, d menshen.Dwelling) (bool, error) {
	const op = "office.import"
	cell := row.Get(columnShared)
	if cell == "" {
		return false, nil
	}
	word := read(cell, sharedWords())
	switch {
	case word != "yes" && word != "no":
		return false, menshen.Errorf(menshen.CodeInvalid, op, "shared: %q is unknown", cell).WithHint("write 独用 (no) or 合用 (yes): whether kitchen and bath are shared with other households")
	case d == (menshen.Dwelling{}):
		return false, menshen.Errorf(menshen.CodeInvalid, op, "shared: without a dwelling there are no kitchen and bath").WithHint("give the dwelling, or leave the cell empty")
	}
	now := told{shared: word == "yes", line: row.Line}
	if before, ok := s.told[d]; ok && before.shared != now.shared {
		return false, menshen.Errorf(menshen.CodeConflict, op, "shared: line %d says otherwise of the same dwelling", before.line).WithHint("write the same in all rows of a dwelling, or in one of them")
	} else if ok {
		return false, nil
	}
	s.told[d] = now
	h := s.homes[d]
	if h.Shared == now.shared {
		return false, nil
	}
	h.Dwelling, h.Shared = d, now.shared
	s.homes[d] = h
	s.pending[d] = true
	return true, nil
}

// take gives the households that are to be put, each once.
func (s sharing) take() (all []menshen.Household) {
	for d := range s.pending {
		all = append(all, s.homes[d])
	}
	clear(s.pending)
	return all
}

// word is what an export says of a dwelling: of those that have kitchen and bath to themselves too.
func (s sharing) word(d menshen.Dwelling) string {
	if s.homes[d].Shared {
		return write("yes", sharedWords())
	}
	return write("no", sharedWords())
}
