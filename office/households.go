package office

import (
	"context"
	"strings"
	"unicode/utf8"

	"menshen"
)

// HouseholdView is a household with who lives there.
type HouseholdView struct {
	menshen.Household
	People []menshen.Person
}

// maxNote is the longest note, reason or the like, in characters.
const maxNote = 500

// PutHousehold makes a household or changes the one of the dwelling, and gives its id. A household without a dwelling is
// CodeInvalid: it is by the dwelling that people find their way into it.
func (o *Office) PutHousehold(ctx context.Context, h menshen.Household) (string, error) {
	return o.ChangeHousehold(ctx, h, "")
}

// ChangeHousehold is PutHousehold for whoever saw a revision of the household: CodeConflict where that is not the latest.
func (o *Office) ChangeHousehold(ctx context.Context, h menshen.Household, seen Revision) (string, error) {
	const op = "office.household"
	if h.Dwelling == (menshen.Dwelling{}) {
		return "", menshen.Errorf(menshen.CodeInvalid, op, "a household has no dwelling").
			WithHint("give building-unit-floor-room, for example 3-2-14-1402; who lives nowhere here needs no household")
	}
	if back, err := menshen.ParseDwelling(h.Dwelling.String()); err != nil || back != h.Dwelling {
		return "", menshen.Errorf(menshen.CodeInvalid, op, "dwelling %q cannot be kept", h.Dwelling.String()).WithCause(err).
			WithHint("give building, unit, floor and room without '-', for example 3-2-14-1402")
	}
	switch h.Language {
	case "", "zh", "en":
	default:
		return "", menshen.Errorf(menshen.CodeInvalid, op, "the language %q is unknown", h.Language).WithHint("use zh or en")
	}
	if err := checkText(op, h.Note); err != nil {
		return "", err
	}
	o.writing.Lock()
	defer o.writing.Unlock()
	if seen != "" {
		found, err := o.deps.Store.Households(ctx, h.Dwelling.String(), 0)
		if err != nil {
			return "", err
		}
		for _, old := range found {
			if old.Dwelling == h.Dwelling && RevisionOfHousehold(old) != seen {
				return "", menshen.Errorf(menshen.CodeConflict, op, "somebody else has changed the household %s meanwhile", h.Dwelling.String()).
					WithHint("look at what they wrote, then save yours on top of it")
			}
		}
	}
	return o.deps.Store.PutHousehold(ctx, h)
}

// Households finds households by a part of a dwelling or of the name of who lives there, at most limit; 0 is 100.
func (o *Office) Households(ctx context.Context, query string, limit int) ([]HouseholdView, error) {
	limit, err := bounded(limit)
	if err != nil {
		return nil, err
	}
	found, err := o.deps.Store.Households(ctx, strings.TrimSpace(query), limit)
	if err != nil {
		return nil, err
	}
	var out []HouseholdView
	for _, h := range found {
		people, err := o.deps.Store.HouseholdPeople(ctx, h.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, HouseholdView{Household: h, People: people})
	}
	return out, nil
}

// bounded gives the limit of a list: 100 for 0. CodeInvalid outside 1 … 10000.
func bounded(limit int) (int, error) {
	switch {
	case limit == 0:
		return 100, nil
	case limit < 0 || limit > 10_000:
		return 0, menshen.Errorf(menshen.CodeInvalid, "office.list", "a list of %d is out of range", limit).WithHint("ask for 1 to 10000")
	}
	return limit, nil
}

// checkText refuses what is too long or no text.
func checkText(op string, texts ...string) error {
	for _, t := range texts {
		if !utf8.ValidString(t) || utf8.RuneCountInString(t) > maxNote {
			return menshen.Errorf(menshen.CodeInvalid, op, "a text is too long or not UTF-8").WithHint("use at most %d characters", maxNote)
		}
	}
	return nil
}
