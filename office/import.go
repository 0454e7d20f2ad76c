package office

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"menshen"
	"menshen/store"
	"menshen/table"
)

// ImportReport says what became of a table of people. Every row is counted once.
type ImportReport struct {
	Rows      int // all that are not blank
	Added     int
	Changed   int
	Unchanged int
	Taken     []RowResult  // in order of lines: those that were not refused
	Refused   []RowRefusal // in order of lines
}

// ImportPeople takes a table of people, CSV or XLSX, with the columns 姓名/name, 住址/dwelling, 电话/phone, 证件类型/document
// kind, 证件号/document number, 出生日期/born, 角色/role, 监护人/guardian, 语言/language, 状态/state and 厨卫/shared; all but the
// name may be missing. The last is of the household: 独用 or 合用, whether it shares kitchen and bath with others. With dryRun nothing is kept, and the report is what it would be.
//
// Who a row means: whoever has its document, else whoever has its name and dwelling. An empty cell leaves what is known. It
// can be repeated: who is as the row says is unchanged. Refused are: a second row of the same person (by document, or by
// name and dwelling), a document of somebody of another name, a name and dwelling that several people have, or whose person
// has another document. An error is CodeInvalid for no such table, or says that the store cannot go on; what was put before
// stays, and the report tells.
func (o *Office) ImportPeople(ctx context.Context, data []byte, dryRun bool) (ImportReport, error) {
	t, err := table.Read(bytes.NewReader(data), peopleColumns())
	if err != nil {
		return ImportReport{}, err
	}
	i, err := o.newImporter(ctx, dryRun)
	if err != nil {
		return ImportReport{}, err
	}
	report := ImportReport{Rows: len(t.Rows)}
	for rows := range slices.Chunk(guardiansFirst(t.Rows), rowsAtOnce) {
		part, err := i.rows(ctx, rows)
		report.Added += part.Added
		report.Changed += part.Changed
		report.Unchanged += part.Unchanged
		report.Taken = append(report.Taken, part.Taken...)
		report.Refused = append(report.Refused, part.Refused...)
		if err != nil {
			return report, err
		}
	}
	sortRefusals(report.Refused)
	sortResults(report.Taken)
	return report, nil
}

// rowsAtOnce is how many rows are put in one commit, so that a table of a whole community does not wait for the disk at each.
const rowsAtOnce = 200

// rows puts some rows in one commit. On an error none of them is put, and only refusals are reported.
func (i *importer) rows(ctx context.Context, rows []table.Row) (part ImportReport, err error) {
	i.writing.Lock()
	defer i.writing.Unlock()
	for _, row := range rows {
		if err := ctx.Err(); err != nil {
			return ImportReport{Refused: part.Refused}, err
		}
		done, err := i.row(ctx, row)
		switch {
		case err != nil:
			refusal, err := i.refuse(row, err)
			if err != nil {
				return ImportReport{Refused: part.Refused}, err
			}
			part.Refused = append(part.Refused, refusal)
			continue
		case done.change == RowAdded:
			part.Added++
		case done.change == RowChanged:
			part.Changed++
		default:
			part.Unchanged++
		}
		part.Taken = append(part.Taken, done.result())
	}
	if err := i.flush(ctx); err != nil {
		return ImportReport{Refused: part.Refused}, err
	}
	return part, nil
}

// guardiansFirst puts rows that name a guardian behind the others, so that the guardian may stand below the child.
func guardiansFirst(rows []table.Row) []table.Row {
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b table.Row) int {
		return cmp.Compare(min(len(a.Get(columnGuardian)), 1), min(len(b.Get(columnGuardian)), 1))
	})
	return rows
}

func sortRefusals(list []RowRefusal) {
	slices.SortStableFunc(list, func(a, b RowRefusal) int { return cmp.Compare(a.Line, b.Line) })
}

// importer puts the people of a table, row by row.
type importer struct {
	*Office

	roll    *roll
	dryRun  bool
	lines   map[string]int // of the row that meant a person, by id
	pending []store.Record // of rows, not put yet
	shared  sharing
}

func (o *Office) newImporter(ctx context.Context, dryRun bool) (*importer, error) {
	r, err := o.openRoll(ctx)
	if err != nil {
		return nil, err
	}
	homes, err := o.openSharing(ctx)
	return &importer{Office: o, roll: r, dryRun: dryRun, lines: map[string]int{}, shared: homes}, err
}

// flush puts what rows have made. The lock for writing is held since the first of them.
func (i *importer) flush(ctx context.Context) error {
	records := i.pending
	i.pending = nil
	if len(records) > 0 {
		if err := i.deps.Store.PutPeople(ctx, records); err != nil {
			return err
		}
	}
	if i.dryRun {
		return nil
	}
	for _, h := range i.shared.take() { // after the people, with whom households come to be
		if _, err := i.deps.Store.PutHousehold(ctx, h); err != nil {
			return err
		}
	}
	return nil
}

// row makes one person, for flush to put, and tells what changed. An error is about the row, or CodeInternal and the like
// about the store. The lock for writing is held.
func (i *importer) row(ctx context.Context, row table.Row) (done takenRow, err error) {
	want, with, err := readPerson(row)
	if err != nil {
		return done, err
	}
	id, err := i.find(ctx, want, with)
	if err != nil {
		return done, err
	}
	if line, twice := i.lines[id]; twice && id != "" {
		return done, menshen.Errorf(menshen.CodeConflict, "office.import", "this is the person of line %d again", line).
			WithHint("leave one of the two rows out")
	}
	var old menshen.Person
	var known menshen.Particulars
	if id != "" {
		old = i.roll.people[id]
		if known, err = i.roll.particulars(ctx, id); err != nil {
			return done, err
		}
	}
	p, full, err := i.merge(ctx, row, old, known, want, with)
	if err != nil {
		return done, err
	}
	shared, err := i.shared.set(row, p.Dwelling)
	if err != nil {
		return done, err
	}
	i.lines[p.ID] = row.Line
	done = takenRow{line: row.Line, person: p, change: RowChanged, columns: differences(old, p, known, full, shared)}
	switch {
	case id == "":
		done.change, done.columns = RowAdded, nil
	case p == old && same(full, known):
		if !shared {
			done.change = RowUnchanged
		}
		return done, nil
	}
	if !i.dryRun {
		i.pending = append(i.pending, store.Record{Person: p, Particulars: &full})
	}
	i.roll.change(p, full)
	return done, nil
}

// same reports whether two particulars are the same; days of birth may be in different zones of memory.
func same(a, b menshen.Particulars) bool {
	born := a.Born.Equal(b.Born)
	a.Born, b.Born = time.Time{}, time.Time{}
	return born && a == b
}

// readPerson reads the cells of a row that need no look at the registry.
func readPerson(row table.Row) (p menshen.Person, with menshen.Particulars, err error) {
	if row.Broken {
		return p, with, broken()
	}
	p.Name = row.Get(columnName)
	if d := row.Narrow(columnDwelling); d != "" {
		if p.Dwelling, err = menshen.ParseDwelling(d); err != nil {
			return p, with, err
		}
	}
	p.State = menshen.PersonState(read(row.Get(columnState), stateWords()))
	with = menshen.Particulars{
		Phone:    menshen.NormalizePhone(row.Narrow(columnPhone)),
		Role:     menshen.HouseholdRole(read(row.Get(columnRole), roleWords())),
		Language: read(row.Get(columnLanguage), languageWords()),
		Document: menshen.Document{
			Kind:   menshen.DocumentKind(read(row.Get(columnKind), kindWords())),
			Number: menshen.NormalizeDocument(row.Narrow(columnNumber)),
		},
	}
	if with.Document.Kind == menshen.DocumentNone && len(with.Document.Number) == 18 {
		with.Document.Kind = menshen.DocumentIDCard
	}
	with.Born, err = row.Date(columnBorn)
	if err == nil && !with.Born.IsZero() && with.Born.Year() < 1880 {
		err = menshen.Errorf(menshen.CodeInvalid, "office.import", "the date of birth is out of range").WithHint("write it like 1990-05-31")
	}
	return p, with, err
}

// find gives the id of whom a row means; "" for somebody new.
func (i *importer) find(ctx context.Context, want menshen.Person, with menshen.Particulars) (string, error) {
	const op = "office.import"
	number := with.Document.Number
	if number != "" && !masked(number) {
		found, err := i.roll.byDocument(ctx, number)
		switch {
		case err != nil:
			return "", err
		case len(found) > 0 && found[0].Name != want.Name:
			return "", documentTaken(found[0])
		case len(found) > 0:
			return found[0].ID, nil
		}
	}
	ids := i.roll.at[home{want.Name, want.Dwelling}]
	switch len(ids) {
	case 0:
		if masked(number) {
			return "", menshen.Errorf(menshen.CodeInvalid, op, "the document number is masked, and nobody of this name and dwelling is in the registry").
				WithHint("give the whole number, or leave it out")
		}
		return "", nil
	case 1:
	default:
		return "", menshen.Errorf(menshen.CodeConflict, op, "%d people have this name and dwelling", len(ids)).
			WithHint("give the document number to tell them apart, or change them one by one")
	}
	if number == "" {
		return ids[0], nil
	}
	known, err := i.roll.particulars(ctx, ids[0])
	if err != nil {
		return "", err
	}
	if have := known.Document.Number; have != "" && have != number && maskNumber(have) != number.Reveal() {
		return "", menshen.Errorf(menshen.CodeConflict, op, "somebody of this name and dwelling is in the registry with another document number").
			WithHint("correct the number; if these are two people, add the second by hand")
	}
	return ids[0], nil
}

// merge gives the person that a row makes: what it says over what is known. The lock for writing is held.
func (i *importer) merge(ctx context.Context, row table.Row, old menshen.Person, known menshen.Particulars, want menshen.Person, with menshen.Particulars) (menshen.Person, menshen.Particulars, error) {
	p := old
	if p.ID == "" {
		p = menshen.Person{ID: menshen.NewID(), State: menshen.PersonActive, Created: i.deps.Clock()}
	}
	p.Name = want.Name
	if want.Dwelling != (menshen.Dwelling{}) && want.Dwelling != p.Dwelling {
		p.Dwelling, p.Household = want.Dwelling, "" // the store finds the household of the dwelling
	}
	if want.State != "" {
		p.State = want.State
	}
	full := known
	full.Phone = cmp.Or(with.Phone, known.Phone)
	full.Role = cmp.Or(with.Role, known.Role)
	full.Language = cmp.Or(with.Language, known.Language)
	if with.Document.Number != "" && !masked(with.Document.Number) {
		full.Document = with.Document
	} else if with.Document.Number == "" && with.Document.Kind != "" && known.Document.Number != "" {
		full.Document.Kind = with.Document.Kind
	}
	if !with.Born.IsZero() {
		full.Born = with.Born
	}
	if name := row.Get(columnGuardian); name != "" {
		guardian, err := i.roll.guardian(name, p.Dwelling)
		if err != nil {
			return p, full, err
		}
		full.Guardian = guardian.ID
	}
	if err := p.Validate(); err != nil {
		return p, full, err
	}
	if err := menshen.CheckName(p.Name); err != nil {
		return p, full, err
	}
	full, err := complete(full)
	if err != nil {
		return p, full, err
	}
	return p, full, i.checkGuardian(ctx, i.roll, p, full)
}

// masked reports whether a document number is as an export without documents writes it.
func masked(number menshen.Secret) bool { return strings.Contains(number.Reveal(), "*") }

// maskNumber shows the first three and the last two characters of a document number; of a short one nothing.
func maskNumber(number menshen.Secret) string {
	s := []rune(number.Reveal())
	for k := range s {
		if len(s) < 8 || k >= 3 && k < len(s)-2 {
			s[k] = '*'
		}
	}
	return string(s)
}
