package web

import (
	"cmp"
	"context"
	"slices"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"menshen"
	"menshen/proto"
	menshenv1 "menshen/proto/menshen/v1"
)

type tracingService struct {
	tracer   Tracer
	people   People
	cases    Cases
	contacts CaseContacts
	registry registry
	recorder recorder
	now      func() time.Time

	gateWindow time.Duration // where a question names none
	simulated  bool          // everybody is made up
}

// caseless reports whether whoever asks needs no case: of a simulated community, to try things out.
func (s tracingService) caseless(ctx context.Context) bool {
	return s.simulated && callerOf(ctx).role == RoleOperator
}

func (s tracingService) Movements(ctx context.Context, req *connect.Request[menshenv1.MovementsRequest]) (*connect.Response[menshenv1.MovementsResponse], error) {
	m := req.Msg
	q, err := readQuestion(asking{m.Person, m.Purpose, m.Case, m.From, m.To}, s.caseless(ctx), s.now())
	if err != nil {
		return nil, err
	}
	person, err := s.open(ctx, "trace.movements", q, nil)
	if err != nil {
		return nil, err
	}
	passes, stays, err := s.tracer.Movements(ctx, person.ID, q.span)
	if err != nil && menshen.ErrorCode(err) != menshen.CodeNotFound {
		return nil, err
	}
	res := &menshenv1.MovementsResponse{Person: proto.PersonViewToWire(person.Person, person.Templates), From: timestamppb.New(q.span.From), To: timestamppb.New(q.span.To)}
	for _, p := range passes {
		res.Passes = append(res.Passes, proto.PassToWire(p))
	}
	for _, st := range stays {
		res.Stays = append(res.Stays, proto.StayToWire(st))
	}
	return connect.NewResponse(res), nil
}

func (s tracingService) Contacts(ctx context.Context, req *connect.Request[menshenv1.ContactsRequest]) (*connect.Response[menshenv1.ContactsResponse], error) {
	m := req.Msg
	q, err := readQuestion(asking{m.Person, m.Purpose, m.Case, m.From, m.To}, s.caseless(ctx), s.now())
	if err != nil {
		return nil, err
	}
	window, err := readDuration("gate_window", m.GateWindow, s.gateWindow, time.Millisecond, time.Hour)
	if err != nil {
		return nil, err
	}
	together, err := readDuration("min_together", m.MinTogether, 0, 0, 24*time.Hour)
	if err != nil {
		return nil, err
	}
	person, err := s.open(ctx, "trace.contacts", q, map[string]any{"gate_window": window.String(), "min_together": together.String()})
	if err != nil {
		return nil, err
	}
	contacts, err := s.tracer.Contacts(ctx, person.ID, q.span, window, together)
	if err != nil && menshen.ErrorCode(err) != menshen.CodeNotFound {
		return nil, err
	}
	views, err := s.contactViews(ctx, contacts)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.ContactsResponse{
		Person: proto.PersonViewToWire(person.Person, person.Templates), From: timestamppb.New(q.span.From), To: timestamppb.New(q.span.To), Contacts: views,
	}), nil
}

// open finds the person and records the question. What finding tells about people (that nobody, or that several bear a
// name, and where they live) is an answer too, so it is recorded as well before it is given. Of a case there are ids alone.
func (s tracingService) open(ctx context.Context, action string, q question, detail map[string]any) (Registered, error) {
	person, lookup := s.registry.resolve(ctx, q.person)
	subject := person.ID
	all := map[string]any{"from": q.span.From, "to": q.span.To}
	for k, v := range detail {
		all[k] = v
	}
	if q.inCase != "" {
		id, err := s.within(ctx, q.inCase, person.ID)
		lookup = cmp.Or(err, lookup)
		q.purpose, all["case"] = "", cmp.Or(id, "none found")
	} else {
		all["asked"] = q.person
		if lookup != nil {
			subject = q.person
		}
	}
	if err := s.recorder.record(ctx, action, subject, q.purpose, all); err != nil {
		return Registered{}, err
	}
	if lookup != nil {
		return Registered{}, lookup
	}
	return person, nil
}

// within gives the id of a case that may be looked into, and an error where there is none, or a person does not belong to it.
func (s tracingService) within(ctx context.Context, asked, person string) (string, error) {
	const op = "web.tracing"
	c, err := s.cases.FindCase(ctx, asked)
	if err != nil {
		return "", err
	}
	if !traceable(c, s.now()) {
		return c.ID, menshen.Errorf(menshen.CodeDenied, op, "case %s is not open: not approved, closed or expired, so nobody's passes are looked at for it", c.Number).
			WithHint("have a second person approve it, open it again, or extend it")
	}
	if person == "" || person == c.Person {
		return c.ID, nil
	}
	contact, err := s.contacts.FindContact(ctx, c.ID, person)
	switch menshen.ErrorCode(err) {
	case "":
		if contact.WithdrawnFor == "" && contact.MergedInto == "" {
			return c.ID, nil
		}
	case menshen.CodeConflict: // an interview told of them too
		return c.ID, nil
	case menshen.CodeNotFound:
	default:
		return c.ID, err
	}
	return c.ID, menshen.Errorf(menshen.CodeDenied, op, "person: they are neither the index person nor a contact of case %s", c.Number).
		WithHint("name a case of theirs; menshen case contacts shows whom one has")
}

// contactViews names the contacts, who was together longest first. Somebody who is gone from the registry keeps the id.
func (s tracingService) contactViews(ctx context.Context, contacts []menshen.Contact) ([]*menshenv1.Contact, error) {
	type ranked struct {
		menshen.Contact
		together time.Duration
	}
	order, ids := make([]ranked, len(contacts)), make([]string, len(contacts))
	for i, c := range contacts {
		order[i], ids[i] = ranked{c, c.Together()}, c.Person
	}
	slices.SortFunc(order, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(b.together, a.together), cmp.Compare(len(b.Exposures), len(a.Exposures)), cmp.Compare(a.Person, b.Person))
	})
	people, err := s.people.PeopleByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	views := make([]*menshenv1.Contact, len(order))
	for i, c := range order {
		who := &menshenv1.PersonView{Id: c.Person}
		if p, ok := people[c.Person]; ok {
			who = proto.PersonViewToWire(p.Person, p.Templates)
		}
		views[i] = proto.ContactToWire(c.Contact, who)
	}
	return views, nil
}
