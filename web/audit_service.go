package web

import (
	"context"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/timestamppb"

	menshenv1 "menshen/proto/menshen/v1"
)

type auditService struct {
	log      AuditLog
	recorder recorder
}

const (
	usualAuditLines = 100
	maxAuditLines   = 500
)

// ListAudit reads the audit log. That it was read is in it before.
func (s auditService) ListAudit(ctx context.Context, req *connect.Request[menshenv1.ListAuditRequest]) (*connect.Response[menshenv1.ListAuditResponse], error) {
	m := req.Msg
	limit, err := limitOf(uint32(max(m.Limit, 0)), usualAuditLines, maxAuditLines)
	if err != nil {
		return nil, err
	}
	q := AuditQuestion{Actor: m.Actor, Action: m.Action, Subject: m.Subject, Before: m.Before, Limit: limit}
	if q.Span.From, err = readTime("from", m.From); err != nil {
		return nil, err
	}
	if q.Span.To, err = readTime("to", m.To); err != nil {
		return nil, err
	}
	detail := map[string]any{"actor": q.Actor, "action": q.Action, "subject": q.Subject, "before": q.Before}
	if err := s.recorder.record(ctx, "audit.list", "", "", detail); err != nil {
		return nil, err
	}
	lines, err := s.log.AuditPage(ctx, q)
	if err != nil {
		return nil, err
	}
	res := &menshenv1.ListAuditResponse{}
	for _, l := range lines {
		res.Entries = append(res.Entries, &menshenv1.AuditEntry{
			Sequence: l.Sequence, At: timestamppb.New(l.At), Actor: l.Actor, Action: l.Action, Subject: l.Subject, Purpose: l.Purpose, Detail: l.Detail,
		})
	}
	return connect.NewResponse(res), nil
}
