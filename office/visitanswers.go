package office

import (
	"context"
	"slices"
	"time"

	"menshen"
	"menshen/store"
)

// VisitAnswered is a visit that was answered.
type VisitAnswered struct {
	Visit  menshen.Visit
	Permit menshen.Permit // zero where it was refused
	Code   string         // text of the visitor's QR; "" where it was refused
}

// AnswerVisit confirms or refuses a visit in the host's place. Confirming issues a visitor permit for the span of the visit
// at the gates named (none is every gate) and gives its code. CodeConflict for a visit that was answered already.
func (o *Office) AnswerVisit(ctx context.Context, id string, confirm bool, gates []string, by string) (VisitAnswered, error) {
	return o.answer(ctx, id, confirm, gates, by, nil)
}

func (o *Office) answer(ctx context.Context, id string, confirm bool, gates []string, by string, link []byte) (VisitAnswered, error) {
	if err := o.checkGates(gates); err != nil {
		return VisitAnswered{}, err
	}
	o.writing.Lock()
	defer o.writing.Unlock()
	v, err := o.deps.Store.Visit(ctx, id)
	if err != nil {
		return VisitAnswered{}, err
	}
	if v.State != menshen.VisitAsked {
		return VisitAnswered{}, answered(v)
	}
	now := o.deps.Clock()
	v.Answered, v.AnsweredBy = now, by
	if !confirm {
		v.State = menshen.VisitRefused
		if err := o.use(ctx, link); err != nil {
			return VisitAnswered{}, err
		}
		return VisitAnswered{Visit: v}, o.deps.Store.ChangeVisit(ctx, v, nil)
	}
	return o.confirm(ctx, v, gates, now, by, link)
}

func answered(v menshen.Visit) error {
	return menshen.Errorf(menshen.CodeConflict, "office.visit", "the visit was answered already: %s", v.State).WithHint("look at the list of visits; register another one if it is needed")
}

func (o *Office) confirm(ctx context.Context, v menshen.Visit, gates []string, now time.Time, by string, link []byte) (VisitAnswered, error) {
	const op = "office.visit"
	if !v.To.After(now) {
		return VisitAnswered{}, menshen.Errorf(menshen.CodeConflict, op, "the time of the visit is over").WithHint("register another visit")
	}
	visitor, err := o.deps.Store.Person(ctx, v.Person)
	if err != nil {
		return VisitAnswered{}, err
	}
	// A day may have gone by since the visit was registered.
	if _, err := o.host(ctx, v.Host, now); err != nil {
		return VisitAnswered{}, err
	}
	if err := o.checkKind(ctx, menshen.PermitVisitor, visitor, now); err != nil {
		return VisitAnswered{}, err
	}
	permit := menshen.Permit{
		ID: menshen.NewID(), Kind: menshen.PermitVisitor, Person: v.Person, Span: v.Span, Gates: slices.Clone(gates), Visit: v.ID,
		Issued: now, IssuedBy: by,
	}
	if err := permit.Validate(); err != nil {
		return VisitAnswered{}, err
	}
	code, err := o.deps.Signer.PermitCode(permit, false)
	if err != nil {
		return VisitAnswered{}, err
	}
	v.State, v.Permit = menshen.VisitConfirmed, permit.ID
	if err := o.use(ctx, link); err != nil {
		return VisitAnswered{}, err
	}
	if err := o.deps.Store.ChangeVisit(ctx, v, &permit); err != nil {
		return VisitAnswered{}, err
	}
	return VisitAnswered{Visit: v, Permit: permit, Code: code}, nil
}

// Passed follows a committed pass. A visitor who was let through is inside or has left from its capture time on; passes may
// come in any order and more than once. Somebody under home observation or isolated who is seen at a gate is alerted.
func (o *Office) Passed(ctx context.Context, p menshen.Pass) error {
	if p.Person == "" {
		return nil
	}
	if err := o.alertBroken(ctx, p.Person, p); menshen.ErrorCode(err) == menshen.CodeNotFound {
		return nil // the pass of somebody who is not in the registry any more
	} else if err != nil {
		return err
	}
	if p.Decision.Outcome != menshen.OutcomeAllow {
		return nil
	}
	o.writing.Lock()
	defer o.writing.Unlock()
	visits, err := gather(o.deps.Store.Visits(ctx, store.VisitFilter{Person: p.Person}))
	if err != nil {
		return err
	}
	return o.follow(ctx, visits, p)
}

// EndVisit says that a visitor has left where no gate saw it. Their permit ends. CodeConflict for a visit that is over.
func (o *Office) EndVisit(ctx context.Context, id, by string) (menshen.Visit, error) {
	o.writing.Lock()
	defer o.writing.Unlock()
	v, err := o.deps.Store.Visit(ctx, id)
	if err != nil {
		return menshen.Visit{}, err
	}
	now := o.deps.Clock()
	switch v.State {
	case menshen.VisitInside:
		v.State, v.Left = menshen.VisitLeft, now
	case menshen.VisitConfirmed: // never came, or nobody saw it
		v.State, v.Left = menshen.VisitLeft, now
	case menshen.VisitAsked:
		v.State, v.Answered, v.AnsweredBy = menshen.VisitRefused, now, by
	default:
		return menshen.Visit{}, menshen.Errorf(menshen.CodeConflict, "office.visit", "the visit is over already: %s", v.State).WithHint("look at the list of visits")
	}
	return v, o.deps.Store.EndVisit(ctx, v, now, by, "visit ended")
}

// VisitQuery selects visits; zero fields select all.
type VisitQuery struct {
	State   menshen.VisitState
	Overdue bool
	From    time.Time // registered since; 14 days ago if zero
}

// VisitView is a visit as lists show it.
type VisitView struct {
	menshen.Visit
	Visitor  string // name
	HostName string
	Dwelling menshen.Dwelling // of the host
	Overdue  bool
}

// Visits lists visits, latest registered first.
func (o *Office) Visits(ctx context.Context, q VisitQuery) ([]VisitView, error) {
	now := o.deps.Clock()
	f := store.VisitFilter{State: q.State, Span: menshen.Span{From: q.From}}
	switch q.State {
	case "", menshen.VisitAsked, menshen.VisitConfirmed, menshen.VisitRefused, menshen.VisitInside, menshen.VisitLeft:
	default:
		return nil, menshen.Errorf(menshen.CodeInvalid, "office.visit", "the state %q of a visit is unknown", q.State).
			WithHint("use asked, confirmed, refused, inside or left")
	}
	if q.From.IsZero() {
		f.From = now.AddDate(0, 0, -14)
	}
	visits, err := gather(o.deps.Store.Visits(ctx, f))
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, v := range visits {
		ids = append(ids, v.Person, v.Host)
	}
	people, err := o.deps.Store.PeopleByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	var out []VisitView
	for _, v := range visits {
		if q.Overdue && !v.Overdue(now) {
			continue
		}
		host := people[v.Host]
		out = append(out, VisitView{
			Visit: v, Visitor: people[v.Person].Name, HostName: host.Name, Dwelling: host.Dwelling, Overdue: v.Overdue(now),
		})
	}
	return out, nil
}
