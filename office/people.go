package office

import (
	"context"
	"slices"
	"strings"
	"time"

	"menshen"
)

// Record is everything the office knows of one person.
type Record struct {
	Person      menshen.Person
	Particulars menshen.Particulars
	Health      menshen.Health
	Permits     []menshen.Permit     // latest issued first
	Credentials []menshen.Credential // without keys
}

// Person gives the person of an id, or of a name that only one person bears; of several who bear it, the only active one.
// CodeNotFound for nobody, CodeConflict for several.
func (o *Office) Person(ctx context.Context, ref string) (menshen.Person, error) {
	const op = "office.person"
	ref = strings.TrimSpace(ref)
	if ref == "" {
		return menshen.Person{}, menshen.Errorf(menshen.CodeInvalid, op, "nobody is named").WithHint("give an id or a name")
	}
	// An id costs one look-up, a name the whole registry.
	if p, err := o.deps.Store.Person(ctx, ref); menshen.ErrorCode(err) != menshen.CodeNotFound {
		return p, err
	}
	found, err := o.deps.Store.FindPeople(ctx, ref, 0)
	if err != nil {
		return menshen.Person{}, err
	}
	var named, active []menshen.Person
	for _, e := range found {
		if e.Name != ref {
			continue
		}
		named = append(named, e.Person)
		if e.State == menshen.PersonActive {
			active = append(active, e.Person)
		}
	}
	switch {
	case len(active) == 1:
		return active[0], nil
	case len(named) == 1:
		return named[0], nil
	case len(named) > 1:
		return menshen.Person{}, menshen.Errorf(menshen.CodeConflict, op, "%d people bear the name %q", len(named), ref).
			WithHint("give the id: %s", shortList(describe(named)))
	}
	return menshen.Person{}, menshen.Errorf(menshen.CodeNotFound, op, "nobody in the registry is called %q", ref).
		WithHint("search by a part of the name or of the dwelling to find the id")
}

// describe gives people as "id (dwelling)".
func describe(people []menshen.Person) []string {
	var out []string
	for _, p := range people {
		where := ""
		if p.Dwelling != (menshen.Dwelling{}) {
			where = " (" + p.Dwelling.String() + ")"
		}
		out = append(out, p.ID+where)
	}
	return out
}

// shortList joins the first few of a list.
func shortList(list []string) string {
	const most = 5
	if len(list) > most {
		list = append(slices.Clone(list[:most]), "…")
	}
	return strings.Join(list, ", ")
}

// active gives a person by id or name who is active; CodeConflict for somebody who is not.
func (o *Office) active(ctx context.Context, ref string) (menshen.Person, error) {
	p, err := o.Person(ctx, ref)
	if err == nil && p.State != menshen.PersonActive {
		err = menshen.Errorf(menshen.CodeConflict, "office.person", "%s has moved away or is suspended", p.Name).WithHint("make the person active first")
	}
	return p, err
}

// Record gives everything the office knows of a person, by id or name.
func (o *Office) Record(ctx context.Context, ref string) (Record, error) {
	p, err := o.Person(ctx, ref)
	if err != nil {
		return Record{}, err
	}
	r := Record{Person: p}
	if r.Particulars, err = o.deps.Store.Particulars(ctx, p.ID); err != nil {
		return Record{}, err
	}
	if r.Health, err = o.deps.Store.Health(ctx, p.ID); err != nil {
		return Record{}, err
	}
	if r.Permits, err = o.permitsOf(ctx, p.ID, ""); err != nil {
		return Record{}, err
	}
	r.Credentials, err = o.Credentials(ctx, p.ID)
	return r, err
}

// FindByDocument finds who has an identity document.
func (o *Office) FindByDocument(ctx context.Context, number menshen.Secret) ([]menshen.Person, error) {
	number = menshen.NormalizeDocument(number.Reveal())
	if number == "" {
		return nil, menshen.Errorf(menshen.CodeInvalid, "office.document", "no document number is given").WithHint("give the whole number")
	}
	return o.deps.Store.PeopleByDocument(ctx, number)
}

// PutPerson makes a person (ID "") or changes one, whose household follows from the dwelling. An empty State is active for
// somebody new and stays for others; nil leaves the particulars. A document that somebody else has gives CodeConflict with
// their name; a child under 14 who lives here needs a guardian who is an adult of the registry (CodeInvalid).
func (o *Office) PutPerson(ctx context.Context, p menshen.Person, with *menshen.Particulars) (menshen.Person, error) {
	return o.ChangePerson(ctx, p, with, "")
}

// ChangePerson is PutPerson for whoever saw a revision of the person: CodeConflict where that is not the latest.
func (o *Office) ChangePerson(ctx context.Context, p menshen.Person, with *menshen.Particulars, seen Revision) (menshen.Person, error) {
	o.writing.Lock()
	defer o.writing.Unlock()
	if err := o.checkRevision(ctx, p.ID, seen); err != nil {
		return menshen.Person{}, err
	}
	p, with, err := o.checkPerson(ctx, p, with)
	if err != nil {
		return menshen.Person{}, err
	}
	if err := o.deps.Store.PutPerson(ctx, p, with); err != nil {
		return menshen.Person{}, err
	}
	return o.deps.Store.Person(ctx, p.ID)
}

// checkPerson completes and checks what is to be put.
func (o *Office) checkPerson(ctx context.Context, p menshen.Person, with *menshen.Particulars) (menshen.Person, *menshen.Particulars, error) {
	p.Name = strings.TrimSpace(p.Name)
	before := ""
	if p.ID == "" {
		p.ID, p.Created = menshen.NewID(), o.deps.Clock()
		if p.State == "" {
			p.State = menshen.PersonActive
		}
	} else {
		old, err := o.deps.Store.Person(ctx, p.ID)
		if err != nil {
			return p, nil, err
		}
		p.Created, before = old.Created, old.Name
		if p.State == "" {
			p.State = old.State
		}
		if p.Name == "" {
			p.Name = old.Name
		}
	}
	if err := p.Validate(); err != nil {
		return p, nil, err
	}
	if err := menshen.CheckName(p.Name); err != nil && p.Name != before {
		return p, nil, err
	}
	if with == nil {
		return p, nil, o.checkKept(ctx, p)
	}
	full, err := complete(*with)
	if err != nil {
		return p, nil, err
	}
	if err := o.checkDocument(ctx, p.ID, full.Document.Number); err != nil {
		return p, nil, err
	}
	if err := o.checkGuardian(ctx, stored{o.deps.Store}, p, full); err != nil {
		return p, nil, err
	}
	return p, &full, nil
}

// checkKept asks for the guardian of somebody whose particulars stay as they are: a child who only visited may move in.
func (o *Office) checkKept(ctx context.Context, p menshen.Person) error {
	kept, err := o.deps.Store.Particulars(ctx, p.ID)
	if menshen.ErrorCode(err) == menshen.CodeNotFound {
		return nil // somebody new
	}
	if err != nil {
		return err
	}
	return o.checkGuardian(ctx, stored{o.deps.Store}, p, kept)
}

// complete normalises particulars, takes the day of birth from an identity card, and checks them.
func complete(with menshen.Particulars) (menshen.Particulars, error) {
	const op = "office.particulars"
	with.Phone = menshen.NormalizePhone(with.Phone)
	with.Document.Number = menshen.NormalizeDocument(with.Document.Number.Reveal())
	if err := with.Validate(); err != nil {
		return with, err
	}
	if with.Document.Kind != menshen.DocumentIDCard {
		return with, nil
	}
	born, err := time.Parse("20060102", with.Document.Number.Reveal()[6:14])
	if err != nil {
		return with, menshen.Errorf(menshen.CodeInvalid, op, "the number of the identity card has no day of birth").WithHint("check its 18 characters; 7 to 14 are the day of birth")
	}
	if with.Born.IsZero() {
		with.Born = born
	}
	if !with.Born.Equal(born) {
		return with, menshen.Errorf(menshen.CodeInvalid, op, "the date of birth is not that of the identity card").WithHint("correct one of them, or leave the date of birth out")
	}
	return with, nil
}

// checkDocument refuses a document that somebody else has.
func (o *Office) checkDocument(ctx context.Context, person string, number menshen.Secret) error {
	if number == "" {
		return nil
	}
	others, err := o.deps.Store.PeopleByDocument(ctx, number)
	if err != nil {
		return err
	}
	for _, other := range others {
		if other.ID != person {
			return documentTaken(other)
		}
	}
	return nil
}

func documentTaken(other menshen.Person) error {
	return menshen.Errorf(menshen.CodeConflict, "office.document", "%s has this document number already", other.Name).
		WithHint("change that person (%s), or correct the number", other.ID)
}

// known is where guardians are looked up: the store, or the store under what an import has put.
type known interface {
	person(ctx context.Context, id string) (menshen.Person, error)
	particulars(ctx context.Context, id string) (menshen.Particulars, error)
}

// stored looks up in the store alone.
type stored struct{ PeopleStore }

func (s stored) person(ctx context.Context, id string) (menshen.Person, error) {
	return s.Person(ctx, id)
}
func (s stored) particulars(ctx context.Context, id string) (menshen.Particulars, error) {
	return s.Particulars(ctx, id)
}

// checkGuardian asks for the guardian of a child. Visitors, who have no dwelling, bring theirs along.
func (o *Office) checkGuardian(ctx context.Context, in known, p menshen.Person, with menshen.Particulars) error {
	const op = "office.guardian"
	now := o.deps.Clock()
	if with.Guardian == "" {
		if with.Child(now) && (p.Dwelling != (menshen.Dwelling{}) || p.Household != "") {
			return menshen.Errorf(menshen.CodeInvalid, op, "%s is a child under %d and has no guardian", p.Name, menshen.AgeOfConsent).
				WithHint("name an adult of the registry as guardian")
		}
		return nil
	}
	if with.Guardian == p.ID {
		return menshen.Errorf(menshen.CodeInvalid, op, "%s cannot be their own guardian", p.Name).WithHint("name an adult of the registry as guardian")
	}
	guardian, err := in.person(ctx, with.Guardian)
	if err != nil {
		return err
	}
	theirs, err := in.particulars(ctx, guardian.ID)
	if err != nil {
		return err
	}
	return adult(guardian.Name, theirs, now)
}

// adult refuses a guardian who is not 18 years old; whose age is not known counts as an adult.
func adult(name string, with menshen.Particulars, now time.Time) error {
	const years = 18
	if !with.Born.IsZero() && with.Born.AddDate(years, 0, 0).After(now) {
		return menshen.Errorf(menshen.CodeInvalid, "office.guardian", "%s is under %d and cannot be a guardian", name, years).
			WithHint("name an adult of the registry as guardian")
	}
	return nil
}
