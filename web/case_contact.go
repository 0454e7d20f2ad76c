package web

import (
	"context"
	"time"

	"connectrpc.com/connect"

	"menshen"
	"menshen/proto"
	menshenv1 "menshen/proto/menshen/v1"
)

const (
	defaultContacts = 1000
	maxContacts     = 100_000
)

func (s caseService) ListContacts(ctx context.Context, req *connect.Request[menshenv1.ListContactsRequest]) (*connect.Response[menshenv1.ListContactsResponse], error) {
	m := req.Msg
	limit, err := limitOf(m.Limit, defaultContacts, maxContacts)
	if err != nil {
		return nil, err
	}
	owner, err := readLine("owner", m.Owner)
	if err != nil {
		return nil, err
	}
	if m.Generation > maxGenerations {
		return nil, menshen.Errorf(menshen.CodeInvalid, "web.case", "generation: %d is out of range", m.Generation).WithHint("use 1 to %d", maxGenerations)
	}
	for _, err := range []error{
		readOneOf("level", m.Level, contactLevels...), readOneOf("status", m.Status, contactStatuses...), readOneOf("source", m.Source, "derived", "interview"),
	} {
		if err != nil {
			return nil, err
		}
	}
	c, err := s.open(ctx, "case.contacts", m.Case, map[string]any{"level": m.Level, "status": m.Status, "all": m.Withdrawn})
	if err != nil {
		return nil, err
	}
	all, total, err := s.CaseContacts.CaseContacts(ctx, c.ID, ContactQuery{
		Status: menshen.ContactStatus(m.Status), Level: menshen.ContactLevel(m.Level), Generation: int(m.Generation), Source: menshen.ContactSource(m.Source),
		Owner: owner, All: m.Withdrawn, Offset: int(m.Offset), Limit: limit,
	})
	if err != nil {
		return nil, err
	}
	head, err := s.caseToWire(ctx, c)
	if err != nil {
		return nil, err
	}
	res := &menshenv1.ListContactsResponse{Case: head, Total: count(total)}
	for _, v := range all {
		res.Contacts = append(res.Contacts, contactViewToWire(v, func(id string) *menshenv1.PersonView { return &menshenv1.PersonView{Id: id} }))
	}
	return connect.NewResponse(res), nil
}

func (s caseService) GetContact(ctx context.Context, req *connect.Request[menshenv1.GetContactRequest]) (*connect.Response[menshenv1.GetContactResponse], error) {
	asked, err := readID("contact", req.Msg.Contact)
	if err != nil {
		return nil, err
	}
	c, found, err := s.openContact(ctx, "case.contact", req.Msg.Case, asked, nil)
	if err != nil {
		return nil, err
	}
	v, err := s.CaseContacts.Contact(ctx, found.ID)
	if err != nil {
		return nil, err
	}
	days, err := s.FollowUps.FollowUps(ctx, found.ID)
	if err != nil {
		return nil, err
	}
	tests, err := s.LabTests.LabTests(ctx, c.ID, found.ID)
	if err != nil {
		return nil, err
	}
	who, err := s.names(ctx, onPaths(v.Path)...)
	if err != nil {
		return nil, err
	}
	res := &menshenv1.GetContactResponse{Contact: contactViewToWire(v, who)}
	for _, f := range days {
		res.FollowUps = append(res.FollowUps, proto.FollowUpToWire(&f))
	}
	for _, t := range tests {
		res.Tests = append(res.Tests, proto.LabTestToWire(t))
	}
	return connect.NewResponse(res), nil
}

func (s caseService) AddContact(ctx context.Context, req *connect.Request[menshenv1.AddContactRequest]) (*connect.Response[menshenv1.AddContactResponse], error) {
	m := req.Msg
	asked, n, err := readNewContact(m, s.now())
	if err != nil {
		return nil, err
	}
	var lookup error
	if asked != "" {
		var person Registered
		person, lookup = s.registry.resolve(ctx, asked)
		n.Person = person.ID
	}
	e, err := s.edit(ctx, "case.add_contact", m.Case, m.Why, 0, map[string]any{"person": n.Person, "found": lookup == nil, "level": m.Level})
	if err != nil {
		return nil, err
	}
	if lookup != nil {
		return nil, lookup
	}
	c, err := s.CaseContacts.AddContact(ctx, e, n)
	if err != nil {
		return nil, err
	}
	contact, err := s.contactToWire(ctx, c)
	return connect.NewResponse(&menshenv1.AddContactResponse{Contact: contact}), err
}

func readNewContact(m *menshenv1.AddContactRequest, now time.Time) (asked string, n NewContact, err error) {
	const op = "web.case"
	n = NewContact{Level: menshen.ContactLevel(m.Level), Risk: m.Risk}
	phone := ""
	for _, f := range []struct {
		name, in string
		out      *string
	}{{"person", m.Person, &asked}, {"name", m.Name, &n.Name}, {"phone", m.Phone, &phone}} {
		if *f.out, err = readLine(f.name, f.in); err != nil {
			return asked, n, err
		}
	}
	n.Phone = menshen.Secret(phone)
	if n.Note, err = readNote("note", m.Note); err != nil {
		return asked, n, err
	}
	if (asked == "") == (n.Name == "") {
		return asked, n, menshen.Errorf(menshen.CodeInvalid, op, "person: give either somebody of the registry, or the name of somebody else").
			WithHint("use --person, or --name with --phone")
	}
	for _, err := range []error{readOneOf("level", m.Level, contactLevels...), readOneOf("risk", m.Risk, "high", "medium", "low")} {
		if err != nil {
			return asked, n, err
		}
	}
	if n.From, err = readTime("first", m.First); err != nil {
		return asked, n, err
	}
	if n.To, err = readTime("last", m.Last); err != nil {
		return asked, n, err
	}
	if n.To.IsZero() {
		n.To = n.From
	}
	if n.From.After(now) {
		return asked, n, menshen.Errorf(menshen.CodeInvalid, op, "first: the exposure begins in the future").WithHint("give the time at which they met")
	}
	if n.To.After(now) {
		return asked, n, menshen.Errorf(menshen.CodeInvalid, op, "last: the exposure ends in the future").WithHint("give the time at which they parted")
	}
	if n.To.Before(n.From) {
		return asked, n, menshen.Errorf(menshen.CodeInvalid, op, "last: the exposure ends before it begins").WithHint("give an end that is not before --first")
	}
	return asked, n, nil
}

func (s caseService) SetContactStatus(ctx context.Context, req *connect.Request[menshenv1.SetContactStatusRequest]) (*connect.Response[menshenv1.SetContactStatusResponse], error) {
	m := req.Msg
	change := StatusChange{Status: menshen.ContactStatus(m.Status)}
	if err := readOneOf("status", m.Status, contactStatuses...); err != nil {
		return nil, err
	}
	if m.Status == "" {
		return nil, menshen.Errorf(menshen.CodeInvalid, "web.case", "status: it is empty").WithHint("use notified, home_observation, central_isolation or released")
	}
	var err error
	if change.From, err = readTime("from", m.From); err != nil {
		return nil, err
	}
	if change.To, err = readTime("to", m.To); err != nil {
		return nil, err
	}
	if !change.To.IsZero() && !change.To.After(change.From) {
		return nil, menshen.Errorf(menshen.CodeInvalid, "web.case", "to: it is not after from").WithHint("give an end after the beginning")
	}
	if callerOf(ctx).role == RoleOffice && change.Status != menshen.ContactNotified {
		return nil, menshen.Errorf(menshen.CodeDenied, "web.case", "the office may say that a contact was notified, and no more").
			WithHint("ask an investigator to set the status")
	}
	e, err := s.editContact(ctx, "case.status", m.Case, m.Contact, m.Why, m.Revision, map[string]any{"status": m.Status})
	if err != nil {
		return nil, err
	}
	c, err := s.CaseContacts.SetContactStatus(ctx, e, change)
	if err != nil {
		return nil, err
	}
	contact, err := s.contactToWire(ctx, c)
	return connect.NewResponse(&menshenv1.SetContactStatusResponse{Contact: contact}), err
}

func (s caseService) SetContactOwner(ctx context.Context, req *connect.Request[menshenv1.SetContactOwnerRequest]) (*connect.Response[menshenv1.SetContactOwnerResponse], error) {
	m := req.Msg
	owner, err := readLine("owner", m.Owner)
	if err != nil {
		return nil, err
	}
	e, err := s.editContact(ctx, "case.owner", m.Case, m.Contact, m.Why, m.Revision, nil)
	if err != nil {
		return nil, err
	}
	c, err := s.CaseContacts.SetContactOwner(ctx, e, owner)
	if err != nil {
		return nil, err
	}
	contact, err := s.contactToWire(ctx, c)
	return connect.NewResponse(&menshenv1.SetContactOwnerResponse{Contact: contact}), err
}

func (s caseService) SetContactLevel(ctx context.Context, req *connect.Request[menshenv1.SetContactLevelRequest]) (*connect.Response[menshenv1.SetContactLevelResponse], error) {
	m := req.Msg
	level := menshen.ContactLevel(m.Level)
	if level != "" && !level.Valid() {
		return nil, menshen.Errorf(menshen.CodeInvalid, "web.case", "level: %q is unknown", m.Level).WithHint("use close, secondary, general or copresent")
	}
	e, err := s.editContact(ctx, "case.level", m.Case, m.Contact, m.Why, m.Revision, map[string]any{"level": level})
	if err != nil {
		return nil, err
	}
	c, err := s.CaseContacts.SetContactLevel(ctx, e, level)
	if err != nil {
		return nil, err
	}
	contact, err := s.contactToWire(ctx, c)
	return connect.NewResponse(&menshenv1.SetContactLevelResponse{Contact: contact}), err
}

func (s caseService) SetContactFollow(ctx context.Context, req *connect.Request[menshenv1.SetContactFollowRequest]) (*connect.Response[menshenv1.SetContactFollowResponse], error) {
	m := req.Msg
	from, err := readDay("from", m.From)
	if err != nil {
		return nil, err
	}
	to, err := readDay("to", m.To)
	if err != nil {
		return nil, err
	}
	if (from == "") != (to == "") || to < from {
		return nil, menshen.Errorf(menshen.CodeInvalid, "web.case", "to: the first and the last day of a follow-up are needed, in order").WithHint("give --from and --to like 2020-03-01")
	}
	e, err := s.editContact(ctx, "case.follow_plan", m.Case, m.Contact, m.Why, m.Revision, map[string]any{"from": from, "to": to})
	if err != nil {
		return nil, err
	}
	c, err := s.CaseContacts.SetContactFollow(ctx, e, from, to)
	if err != nil {
		return nil, err
	}
	contact, err := s.contactToWire(ctx, c)
	return connect.NewResponse(&menshenv1.SetContactFollowResponse{Contact: contact}), err
}

func (s caseService) SetContactNote(ctx context.Context, req *connect.Request[menshenv1.SetContactNoteRequest]) (*connect.Response[menshenv1.SetContactNoteResponse], error) {
	m := req.Msg
	note, err := readNote("note", m.Note)
	if err != nil {
		return nil, err
	}
	e, err := s.editContact(ctx, "case.note", m.Case, m.Contact, m.Why, m.Revision, nil)
	if err != nil {
		return nil, err
	}
	c, err := s.CaseContacts.SetContactNote(ctx, e, note)
	if err != nil {
		return nil, err
	}
	contact, err := s.contactToWire(ctx, c)
	return connect.NewResponse(&menshenv1.SetContactNoteResponse{Contact: contact}), err
}

func (s caseService) EraseContact(ctx context.Context, req *connect.Request[menshenv1.EraseContactRequest]) (*connect.Response[menshenv1.EraseContactResponse], error) {
	m := req.Msg
	e, err := s.editContact(ctx, "case.erase", m.Case, m.Contact, m.Why, m.Revision, nil)
	if err != nil {
		return nil, err
	}
	c, err := s.CaseContacts.EraseContact(ctx, e)
	if err != nil {
		return nil, err
	}
	contact, err := s.contactToWire(ctx, c)
	return connect.NewResponse(&menshenv1.EraseContactResponse{Contact: contact}), err
}

func (s caseService) MergeContacts(ctx context.Context, req *connect.Request[menshenv1.MergeContactsRequest]) (*connect.Response[menshenv1.MergeContactsResponse], error) {
	m := req.Msg
	into, err := readID("into", m.Into)
	if err != nil {
		return nil, err
	}
	e, err := s.editContact(ctx, "case.merge", m.Case, m.Contact, m.Why, 0, nil)
	if err != nil {
		return nil, err
	}
	keep, err := s.CaseContacts.FindContact(ctx, e.Case, into)
	if err != nil {
		return nil, err
	}
	c, err := s.CaseContacts.MergeContacts(ctx, e, keep.ID)
	if err != nil {
		return nil, err
	}
	contact, err := s.contactToWire(ctx, c)
	return connect.NewResponse(&menshenv1.MergeContactsResponse{Contact: contact}), err
}

func (s caseService) PromoteContact(ctx context.Context, req *connect.Request[menshenv1.PromoteContactRequest]) (*connect.Response[menshenv1.PromoteContactResponse], error) {
	m := req.Msg
	r, err := s.readRequest(m.Number, m.Purpose, m.Expires, m.Clinical)
	if err != nil {
		return nil, err
	}
	if err := r.Clinical.Validate(s.now()); err != nil {
		return nil, err
	}
	e, err := s.editContact(ctx, "case.promote", m.Case, m.Contact, m.Why, 0, nil)
	if err != nil {
		return nil, err
	}
	c, err := s.Cases.RequestCase(ctx, e, r)
	if err != nil {
		return nil, err
	}
	return answerCase(ctx, s, c, func(m *menshenv1.Case) *menshenv1.PromoteContactResponse {
		return &menshenv1.PromoteContactResponse{Case: m}
	})
}
