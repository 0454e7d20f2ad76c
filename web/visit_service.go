package web

import (
	"context"

	"connectrpc.com/connect"

	"menshen"
	"menshen/proto"
	menshenv1 "menshen/proto/menshen/v1"
)

type visitService struct {
	desk

	overview   Overview
	visits     Visits
	deliveries Deliveries
	base       func() string // see formService
}

const (
	defaultDeliveries = 100
	maxDeliveries     = 10_000
)

func (s visitService) RegisterVisit(ctx context.Context, req *connect.Request[menshenv1.RegisterVisitRequest]) (*connect.Response[menshenv1.RegisterVisitResponse], error) {
	r, err := s.readVisit(ctx, req.Msg)
	if err != nil {
		return nil, err
	}
	if r.Host, err = s.host(ctx, req.Msg.Host, map[string]any{"visitor": r.Name, "reason": r.Reason, "gate": r.Gate}); err != nil {
		return nil, err
	}
	done, err := s.visits.RegisterVisit(ctx, r, callerOf(ctx).actor)
	if err != nil {
		return nil, err
	}
	res := &menshenv1.RegisterVisitResponse{Visit: proto.VisitToWire(done.Visit)}
	if done.Link.Token != "" {
		res.Link = linkURL(s.base(), done.Link.Token)
	}
	return connect.NewResponse(res), nil
}

// readVisit checks what the guard was told, before anything is looked up.
func (s visitService) readVisit(ctx context.Context, m *menshenv1.RegisterVisitRequest) (r VisitRequest, err error) {
	const op = "web.visit"
	r = VisitRequest{Gate: m.Gate, Celsius: m.Celsius}
	if r.ID, err = readOwnID(m.Id); err != nil {
		return r, err
	}
	for _, f := range []struct {
		name, in string
		out      *string
	}{{"name", m.Name, &r.Name}, {"reason", m.Reason, &r.Reason}, {"from_where", m.FromWhere, &r.FromWhere}, {"plate", m.Plate, &r.Plate}} {
		if *f.out, err = readLine(f.name, f.in); err != nil {
			return r, err
		}
	}
	if err := (menshen.Person{ID: "new", Name: r.Name, State: menshen.PersonActive}).Validate(); err != nil {
		return r, err
	}
	if !(m.Celsius == 0 && m.Gate == "") && !(m.Celsius >= 30 && m.Celsius <= 45) {
		return r, menshen.Errorf(menshen.CodeInvalid, op, "celsius: %.1f is no temperature of a person", m.Celsius).WithHint("measure the visitor, and give 30 to 45 °C")
	}
	if r.From, err = readTime("from", m.From); err != nil {
		return r, err
	}
	if r.To, err = readTime("to", m.To); err != nil {
		return r, err
	}
	if r.From.IsZero() {
		r.From = s.now()
	}
	if !r.To.IsZero() && (!r.From.Before(r.To) || !r.To.After(s.now())) {
		return r, menshen.Errorf(menshen.CodeInvalid, op, "to: the visit ends before it begins, or has ended").WithHint("give an end after the beginning, that is still to come")
	}
	if r.Particulars, err = readParticulars(m.Particulars); err != nil {
		return r, err
	}
	if r.Gate != "" {
		err = checkOwnGate(ctx, s.overview, r.Gate)
	}
	return r, err
}

// host finds the resident whom a visitor names, by id or name. A dwelling is left to the office, which knows who answers
// for it.
func (s visitService) host(ctx context.Context, asked string, detail map[string]any) (string, error) {
	dwelling, err := menshen.ParseDwelling(asked)
	if err != nil {
		person, err := s.subject(ctx, "visit.register", asked, detail)
		return person.ID, err
	}
	return dwelling.String(), s.recorder.record(ctx, "visit.register", dwelling.String(), "", detail)
}

// AnswerVisit gives the visitor's code to whoever confirmed it, and to nobody later.
func (s visitService) AnswerVisit(ctx context.Context, req *connect.Request[menshenv1.AnswerVisitRequest]) (*connect.Response[menshenv1.AnswerVisitResponse], error) {
	id, err := readID("visit", req.Msg.Visit)
	if err != nil {
		return nil, err
	}
	note, err := readNote("note", req.Msg.Note)
	if err != nil {
		return nil, err
	}
	if err := s.recorder.record(ctx, "visit.answer", id, "", map[string]any{"confirm": req.Msg.Confirm, "note": note}); err != nil {
		return nil, err
	}
	done, err := s.visits.AnswerVisit(ctx, id, req.Msg.Confirm, nil, callerOf(ctx).actor)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.AnswerVisitResponse{Visit: proto.VisitToWire(done.Visit), Code: done.Code}), nil
}

func (s visitService) ListVisits(ctx context.Context, req *connect.Request[menshenv1.ListVisitsRequest]) (*connect.Response[menshenv1.ListVisitsResponse], error) {
	state := menshen.VisitState(req.Msg.State)
	switch state {
	case "", menshen.VisitAsked, menshen.VisitConfirmed, menshen.VisitRefused, menshen.VisitInside, menshen.VisitLeft:
	default:
		return nil, menshen.Errorf(menshen.CodeInvalid, "web.visit", "state: %q is unknown", req.Msg.State).WithHint("use asked, confirmed, refused, inside or left")
	}
	from, err := readTime("from", req.Msg.From)
	if err != nil {
		return nil, err
	}
	if from.IsZero() {
		from = s.now().Add(-usualSpan)
	}
	if err := s.recorder.record(ctx, "visits.list", "", "", map[string]any{"state": state, "overdue": req.Msg.Overdue, "from": from}); err != nil {
		return nil, err
	}
	all, err := s.visits.Visits(ctx, VisitQuery{state, req.Msg.Overdue, from})
	if err != nil {
		return nil, err
	}
	res := &menshenv1.ListVisitsResponse{}
	for _, v := range all {
		res.Visits = append(res.Visits, &menshenv1.VisitView{
			Visit: proto.VisitToWire(v.Visit), VisitorName: v.Visitor, HostName: v.HostName, Dwelling: dwellingText(v.Dwelling), Overdue: v.Overdue,
		})
	}
	return connect.NewResponse(res), nil
}

func (s visitService) EndVisit(ctx context.Context, req *connect.Request[menshenv1.EndVisitRequest]) (*connect.Response[menshenv1.EndVisitResponse], error) {
	id, err := readID("visit", req.Msg.Visit)
	if err != nil {
		return nil, err
	}
	if err := s.recorder.record(ctx, "visit.end", id, "", nil); err != nil {
		return nil, err
	}
	v, err := s.visits.EndVisit(ctx, id, callerOf(ctx).actor)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.EndVisitResponse{Visit: proto.VisitToWire(v)}), nil
}
