package web

import (
	"context"
	"slices"
	"strings"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/timestamppb"

	menshenv1 "menshen/proto/menshen/v1"
)

type auditService struct {
	log      AuditLog
	recorder recorder
	people   registry
	accounts Accounts
	cases    Cases
}

const (
	usualAuditLines = 100
	maxAuditLines   = 500
	maxAuditPeople  = 50   // of one name
	maxAuditCases   = 1000 // the latest
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
	detail := map[string]any{"actor": q.Actor, "action": q.Action, "subject": q.Subject, "person": m.Person, "before": q.Before}
	action := "audit.list"
	if m.Export {
		action = "audit.export"
	}
	if err := s.recorder.record(ctx, action, "", "", detail); err != nil {
		return nil, err
	}
	if q.About, err = s.about(ctx, m.Person); err != nil {
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
	return connect.NewResponse(res), s.name(ctx, res.Entries)
}

// about gives the ids of whoever is meant: everybody of a name, a case by its number, and the text itself, which may be the id of somebody who is not
// in the registry any more.
func (s auditService) about(ctx context.Context, person string) ([]string, error) {
	if person == "" {
		return nil, nil
	}
	ids := []string{person}
	found, err := s.people.people.FindPeople(ctx, person, maxAuditPeople)
	if err != nil {
		return nil, err
	}
	for _, p := range found {
		if p.ID == person || strings.EqualFold(p.Name, person) {
			ids = append(ids, p.ID)
		}
	}
	cases, err := s.cases.Cases(ctx, "", maxAuditCases)
	if err != nil {
		return nil, err
	}
	for _, c := range cases { // to look into the case of somebody is to look at them
		if slices.Contains(ids, c.Person) || c.Number == person {
			ids = append(ids, c.ID)
		}
	}
	return ids, nil
}

// name says whom entries name by their ids.
func (s auditService) name(ctx context.Context, entries []*menshenv1.AuditEntry) error {
	accounts, err := s.accounts.All(ctx)
	if err != nil {
		return err
	}
	names, actors := map[string]string{}, map[string]string{}
	for _, a := range accounts {
		names[a.ID], actors[a.Actor()] = a.Shown, a.Shown
	}
	var subjects []string
	for _, e := range entries {
		if e.Subject != "" && names[e.Subject] == "" {
			subjects = append(subjects, e.Subject)
		}
	}
	people, err := s.people.people.PeopleByID(ctx, subjects)
	if err != nil {
		return err
	}
	for id, p := range people {
		names[id] = p.Name
	}
	for _, e := range entries {
		e.SubjectName, e.ActorName = names[e.Subject], actors[e.Actor]
	}
	return nil
}

// GetCheckpoint signs how the log is now. It tells of nobody; that it was taken away is recorded, so that it is known which checkpoints
// lie elsewhere.
func (s auditService) GetCheckpoint(ctx context.Context, req *connect.Request[menshenv1.GetCheckpointRequest]) (*connect.Response[menshenv1.GetCheckpointResponse], error) {
	const exported = "audit.checkpoint"
	if req.Msg.Export {
		if err := s.recorder.record(ctx, exported, "", "", nil); err != nil {
			return nil, err
		}
	}
	c, err := s.log.Checkpoint(ctx)
	if err != nil {
		return nil, err
	}
	res := &menshenv1.GetCheckpointResponse{
		Note: c.Note, Key: c.Key, Size: c.Size, Entries: c.Size, Removed: c.Removed, At: timestamppb.New(c.At), Verified: c.Verified, SentTo: c.SentTo, Problem: c.Problem,
	}
	if !c.SentAt.IsZero() {
		res.SentAt = timestamppb.New(c.SentAt)
	}
	latest, err := s.log.AuditPage(ctx, AuditQuestion{Action: exported, Limit: 1})
	if err != nil {
		return nil, err
	}
	if len(latest) > 0 {
		res.ExportedAt = timestamppb.New(latest[0].At)
	}
	return connect.NewResponse(res), nil
}
