package web

import (
	"cmp"
	"context"
	"maps"
	"strconv"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"menshen"
	"menshen/proto"
	menshenv1 "menshen/proto/menshen/v1"
)

// caseDesk is what the questions about cases share: which case is meant, and what is recorded before it is answered.
type caseDesk struct {
	desk
	Investigations
}

// open finds a case by its number or id, and records the question before it is answered. What finding tells, that there is
// none, is recorded as well before it is told.
//
// Of cases, the audit log has ids and words of the API alone: no names, and nothing that people write. It is readable with
// the file, and nothing of it can be taken away again, while what people write of a case is sealed where the case is kept.
func (d caseDesk) open(ctx context.Context, action, asked string, detail map[string]any) (menshen.Case, error) {
	c, _, err := d.openContact(ctx, action, asked, "", detail)
	return c, err
}

// openContact is open with a contact of the case, where one is named. People name them by name: it is recorded by its id.
func (d caseDesk) openContact(ctx context.Context, action, asked, contact string, detail map[string]any) (menshen.Case, menshen.CaseContact, error) {
	var found menshen.CaseContact
	asked, err := readLine("case", asked)
	if err != nil {
		return menshen.Case{}, found, err
	}
	if asked == "" {
		return menshen.Case{}, found, menshen.Errorf(menshen.CodeInvalid, "web.case", "case: it is empty").WithHint("name the case by its number or id; menshen case list shows them")
	}
	c, lookup := d.Cases.FindCase(ctx, asked)
	subject := c.ID
	if lookup != nil {
		subject = asked
	}
	all := maps.Clone(detail)
	if contact != "" {
		if all == nil {
			all = map[string]any{}
		}
		if lookup == nil {
			found, lookup = d.CaseContacts.FindContact(ctx, c.ID, contact)
		}
		all["contact"] = cmp.Or(found.ID, "none found")
	}
	if err := d.recorder.record(ctx, action, subject, "", all); err != nil {
		return menshen.Case{}, menshen.CaseContact{}, err
	}
	return c, found, lookup
}

// edit reads who changes what, and opens the case. Why is kept, sealed, in the history of the case.
func (d caseDesk) edit(ctx context.Context, action, asked, why string, revision uint64, detail map[string]any) (CaseEdit, error) {
	why, err := readWhy(why)
	if err != nil {
		return CaseEdit{}, err
	}
	c, err := d.open(ctx, action, asked, detail)
	return CaseEdit{Case: c.ID, By: callerOf(ctx).actor, Why: why, Revision: revision}, err
}

// editContact is edit for a contact.
func (d caseDesk) editContact(ctx context.Context, action, asked, contact, why string, revision uint64, detail map[string]any) (CaseEdit, error) {
	contact, err := readID("contact", contact)
	if err != nil {
		return CaseEdit{}, err
	}
	if why, err = readWhy(why); err != nil {
		return CaseEdit{}, err
	}
	c, found, err := d.openContact(ctx, action, asked, contact, detail)
	return CaseEdit{Case: c.ID, Contact: found.ID, By: callerOf(ctx).actor, Why: why, Revision: revision}, err
}

// readWhy reads why a case is changed; without a reason it is not.
func readWhy(s string) (string, error) {
	s, err := readText("why", s, maxPurpose)
	if err == nil && s == "" {
		err = menshen.Errorf(menshen.CodeInvalid, "web.case", "why: it is empty, and nothing of a case changes without a reason").WithHint("say why, with --why")
	}
	return s, err
}

// readPolicy reads "id" or "id@version"; "" is none.
func readPolicy(s string) (string, error) {
	s, err := readLine("policy", s)
	if err != nil || s == "" {
		return "", err
	}
	id, version, pinned := strings.Cut(s, "@")
	if err := menshen.ValidateSlug("policy", id); err != nil {
		return "", err
	}
	if _, err := strconv.ParseUint(version, 10, 63); pinned && err != nil {
		return "", menshen.Errorf(menshen.CodeInvalid, "web.case", "policy: %q is no version of a policy", s).WithHint("write id@version, for example nhc-9@2")
	}
	return s, nil
}

// readDay reads a day such as 2020-03-01; "" is none.
func readDay(field, s string) (string, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return s, nil
	}
	if d, err := time.Parse(time.DateOnly, s); err != nil || d.Year() < 2000 || d.Year() > 2200 {
		return "", menshen.Errorf(menshen.CodeInvalid, "web.case", "%s: it is no day", field).WithHint("write it like 2020-03-01")
	}
	return s, nil
}

// readOneOf refuses a word that is not one of these; "" is allowed.
func readOneOf(field, s string, words ...string) error {
	if s == "" {
		return nil
	}
	for _, w := range words {
		if s == w {
			return nil
		}
	}
	return menshen.Errorf(menshen.CodeInvalid, "web.case", "%s: %q is unknown", field, s).WithHint("use one of: %s", strings.Join(words, ", "))
}

var (
	contactLevels   = words(menshen.LevelClose, menshen.LevelSecondary, menshen.LevelGeneral, menshen.LevelCoPresent)
	contactStatuses = words(menshen.ContactToNotify, menshen.ContactNotified, menshen.ContactHomeObservation, menshen.ContactCentralIsolation, menshen.ContactReleased, menshen.ContactBecameCase)
	labTestResults  = words(menshen.LabTestPending, menshen.LabTestPositive, menshen.LabTestNegative, menshen.LabTestInconclusive)
	caseStates      = words(menshen.CaseRequested, menshen.CaseOpen, menshen.CaseRefused, menshen.CaseClosed)
)

func words[W ~string](all ...W) (out []string) {
	for _, w := range all {
		out = append(out, string(w))
	}
	return out
}

// names gives the people of ids as the API shows them; who is gone keeps the id.
func (d caseDesk) names(ctx context.Context, ids ...string) (func(id string) *menshenv1.PersonView, error) {
	people, err := d.registry.byID(ctx, ids)
	return func(id string) *menshenv1.PersonView {
		if p, ok := people[id]; ok {
			return proto.PersonViewToWire(p.Person, p.Templates)
		}
		return &menshenv1.PersonView{Id: id}
	}, err
}

// onPaths are the people whom paths name.
func onPaths(paths ...[]menshen.Hop) (ids []string) {
	for _, p := range paths {
		for _, h := range p {
			ids = append(ids, h.From, h.To)
		}
	}
	return ids
}

// caseToWire shows a case with its person: the head alone where nobody may look into it.
func (d caseDesk) caseToWire(ctx context.Context, c menshen.Case) (*menshenv1.Case, error) {
	who, err := d.names(ctx, c.Person)
	if err != nil {
		return nil, err
	}
	readable := readable(c, d.now())
	if !readable {
		c.Clinical, c.Judged = menshen.Clinical{}, time.Time{}
	}
	m := proto.CaseToWire(c, who(c.Person))
	m.Expired, m.Readable = c.Expired(d.now()), readable
	return m, nil
}

// readable reports whether a case may be looked into: it was approved and has not expired.
func readable(c menshen.Case, now time.Time) bool {
	return !c.Expired(now) && (c.State == menshen.CaseOpen || c.State == menshen.CaseClosed)
}

// traceable reports whether passes may be looked at for a case: it is open, approved by a second person, and has not expired. What was
// found before can be read on, until it expires, once it is closed.
func traceable(c menshen.Case, now time.Time) bool {
	return c.State == menshen.CaseOpen && !c.Expired(now) && c.DecidedBy != "" && c.DecidedBy != c.RequestedBy
}

func caseViewToWire(v CaseView) *menshenv1.Case {
	m := proto.CaseToWire(v.Case, &menshenv1.PersonView{Id: v.Person, Name: v.Name, Dwelling: dwellingText(v.Dwelling)})
	m.Expired, m.Readable, m.Contacts = v.Expired, v.Readable, count(v.Contacts)
	return m
}

// contactToWire shows a contact alone, with the people of its path.
func (d caseDesk) contactToWire(ctx context.Context, c menshen.CaseContact) (*menshenv1.CaseContact, error) {
	who, err := d.names(ctx, append(onPaths(c.Path), c.Person)...)
	if err != nil {
		return nil, err
	}
	return proto.CaseContactToWire(c, who), nil
}

// contactViewToWire shows a contact as lists do; who names the people of its path.
func contactViewToWire(v ContactView, who func(id string) *menshenv1.PersonView) *menshenv1.CaseContact {
	named := func(id string) *menshenv1.PersonView {
		if id == v.Person {
			return &menshenv1.PersonView{Id: id, Name: v.Name, Dwelling: dwellingText(v.Dwelling)}
		}
		return who(id)
	}
	m := proto.CaseContactToWire(v.CaseContact, named)
	m.Missed, m.Latest = v.Missed, proto.FollowUpToWire(v.Latest)
	if v.Words != (menshen.Text{}) {
		m.Words = proto.TextToWire(v.Words)
	}
	return m
}

func timeOrNone(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
}
