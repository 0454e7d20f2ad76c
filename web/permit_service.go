package web

import (
	"context"
	"strings"
	"time"

	"connectrpc.com/connect"

	"menshen"
	"menshen/proto"
	menshenv1 "menshen/proto/menshen/v1"
)

type permitService struct {
	desk

	overview Overview
	permits  Permits
}

const (
	defaultPermits = 100
	maxPermits     = 10_000
	maxSheets      = 500
	maxPermitGates = 500
)

func (s permitService) IssuePermit(ctx context.Context, req *connect.Request[menshenv1.IssuePermitRequest]) (*connect.Response[menshenv1.IssuePermitResponse], error) {
	p, err := s.draft(ctx, req.Msg.Permit)
	if err != nil {
		return nil, err
	}
	holder, err := s.subject(ctx, "permit.issue", req.Msg.GetPermit().GetPerson(), map[string]any{"kind": p.Kind, "to": p.To, "plate": p.Plate})
	if err != nil {
		return nil, err
	}
	p.Person = holder.ID
	p, err = s.permits.IssuePermit(ctx, p, callerOf(ctx).actor)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.IssuePermitResponse{Permit: proto.PermitToWire(p)}), nil
}

// draft reads what an applicant may ask for. Id, author and times of issue are the office's.
func (s permitService) draft(ctx context.Context, m *menshenv1.Permit) (p menshen.Permit, err error) {
	const op = "web.permit"
	if m == nil {
		return p, menshen.Errorf(menshen.CodeInvalid, op, "permit: it is missing").WithHint("say of which kind it is and for whom")
	}
	p = menshen.Permit{Kind: menshen.PermitKind(m.Kind), Gates: m.Gates, Weekdays: menshen.Weekdays(m.Weekdays & 0x7f)}
	switch {
	case !p.Kind.Valid():
		return p, menshen.Errorf(menshen.CodeInvalid, op, "kind: %q is unknown", m.Kind).WithHint("use resident, returnee, temporary, visitor, worker or vehicle")
	case m.Weekdays >= 1<<7:
		return p, menshen.Errorf(menshen.CodeInvalid, op, "weekdays: %d is out of range", m.Weekdays).WithHint("use the sum of 1 for Sunday, 2 for Monday … 64 for Saturday")
	case len(m.Gates) > maxPermitGates:
		return p, menshen.Errorf(menshen.CodeInvalid, op, "gates: %d are too many", len(m.Gates)).WithHint("leave them out for every gate")
	}
	if q := m.Quota; q != nil {
		p.Quota = menshen.Quota{Outings: int(q.Outings), Days: int(q.Days), Household: q.Household}
	}
	if p.Plate, err = readLine("plate", m.Plate); err != nil {
		return p, err
	}
	if p.Visit, err = readLine("visit", m.Visit); err != nil {
		return p, err
	}
	if p.Hours, err = menshen.ParseDayHours(m.Hours); err != nil {
		return p, err
	}
	if p.From, err = readTime("from", m.From); err != nil {
		return p, err
	}
	if p.To, err = readTime("to", m.To); err != nil {
		return p, err
	}
	if p.From.IsZero() {
		p.From = s.now()
	}
	checked := p
	checked.ID, checked.Person = "new", "new"
	if err := checked.Validate(); err != nil {
		return p, err
	}
	return p, checkGates(ctx, s.overview, p.Gates...)
}

func (s permitService) RenewPermit(ctx context.Context, req *connect.Request[menshenv1.RenewPermitRequest]) (*connect.Response[menshenv1.RenewPermitResponse], error) {
	id, err := readID("permit", req.Msg.Permit)
	if err != nil {
		return nil, err
	}
	to, err := readTime("to", req.Msg.To)
	if err != nil {
		return nil, err
	}
	if !to.IsZero() && !to.After(s.now()) {
		return nil, menshen.Errorf(menshen.CodeInvalid, "web.permit", "to: %s has passed", to.Format(time.RFC3339)).WithHint("give an end that is still to come, or none")
	}
	if err := s.recorder.record(ctx, "permit.renew", id, "", map[string]any{"to": to}); err != nil {
		return nil, err
	}
	p, err := s.permits.RenewPermit(ctx, id, to, callerOf(ctx).actor)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.RenewPermitResponse{Permit: proto.PermitToWire(p)}), nil
}

func (s permitService) RevokePermit(ctx context.Context, req *connect.Request[menshenv1.RevokePermitRequest]) (*connect.Response[menshenv1.RevokePermitResponse], error) {
	id, err := readID("permit", req.Msg.Permit)
	if err != nil {
		return nil, err
	}
	reason, err := readReason(req.Msg.Reason)
	if err != nil {
		return nil, err
	}
	if err := s.recorder.record(ctx, "permit.revoke", id, reason, nil); err != nil {
		return nil, err
	}
	p, err := s.permits.RevokePermit(ctx, id, reason, callerOf(ctx).actor)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.RevokePermitResponse{Permit: proto.PermitToWire(p)}), nil
}

func (s permitService) ListPermits(ctx context.Context, req *connect.Request[menshenv1.ListPermitsRequest]) (*connect.Response[menshenv1.ListPermitsResponse], error) {
	m := req.Msg
	q := PermitQuery{Kind: menshen.PermitKind(m.Kind), Valid: m.Valid, Status: m.Status}
	limit, err := limitOf(m.Limit, defaultPermits, maxPermits)
	if err != nil {
		return nil, err
	}
	if q.Kind != "" && !q.Kind.Valid() {
		return nil, menshen.Errorf(menshen.CodeInvalid, "web.permit", "kind: %q is unknown", m.Kind).WithHint("use resident, returnee, temporary, visitor, worker or vehicle")
	}
	switch m.Status {
	case "", "valid", "not_yet", "expired", "revoked":
	default:
		return nil, menshen.Errorf(menshen.CodeInvalid, "web.permit", "status: %q is unknown", m.Status).WithHint("use valid, not_yet, expired or revoked")
	}
	query, err := readLine("query", m.Query)
	if err != nil {
		return nil, err
	}
	detail := map[string]any{"kind": q.Kind, "valid": m.Valid, "status": m.Status, "query": query, "limit": limit}
	if q.Person, err = s.perhaps(ctx, "permits.list", m.Person, detail); err != nil {
		return nil, err
	}
	if q.Among, err = s.search(ctx, query); err != nil {
		return nil, err
	}
	q.Limit = min(limit+1, maxPermits) // to know whether there are more
	permits, err := s.permits.Permits(ctx, q)
	if err != nil {
		return nil, err
	}
	res := &menshenv1.ListPermitsResponse{More: len(permits) > limit}
	for _, p := range permits[:min(len(permits), limit)] {
		res.Permits = append(res.Permits, &menshenv1.PermitView{Permit: proto.PermitToWire(p.Permit), Name: p.Name, Dwelling: dwellingText(p.Dwelling), Status: p.Status})
	}
	return connect.NewResponse(res), nil
}

// search finds the holders that somebody may mean; nil for no query.
func (s permitService) search(ctx context.Context, query string) (*PermitSearch, error) {
	if query == "" {
		return nil, nil
	}
	found, err := s.registry.people.FindPeople(ctx, query, maxPermits)
	if err != nil {
		return nil, err
	}
	search := &PermitSearch{Holders: make(map[string]bool, len(found)), Plate: strings.ToUpper(query)}
	for _, p := range found {
		search.Holders[p.ID] = true
	}
	return search, nil
}

func (s permitService) PrintPermits(ctx context.Context, req *connect.Request[menshenv1.PrintPermitsRequest]) (*connect.Response[menshenv1.PrintPermitsResponse], error) {
	ids := req.Msg.Permits
	if len(ids) == 0 || len(ids) > maxSheets {
		return nil, menshen.Errorf(menshen.CodeInvalid, "web.permit", "permits: %d cannot be printed at once", len(ids)).WithHint("name 1 to %d permits", maxSheets)
	}
	for _, id := range ids {
		if _, err := readID("permits", id); err != nil {
			return nil, err
		}
	}
	if err := checkLanguage(req.Msg.Language); err != nil {
		return nil, err
	}
	if err := s.recorder.record(ctx, "permits.print", "", "", map[string]any{"permits": ids}); err != nil {
		return nil, err
	}
	page, err := s.permits.PrintPermits(ctx, ids, req.Msg.Language)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.PrintPermitsResponse{Page: page}), nil
}
