package web

import (
	"context"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

const (
	maxImportRows = 10_000 // of one call
	exportRows    = 2_000  // of one message
)

// ImportPasses takes rows of a file in. Callers send a file in pieces, one after the other.
func (s passService) ImportPasses(ctx context.Context, req *connect.Request[menshenv1.ImportPassesRequest]) (*connect.Response[menshenv1.ImportPassesResponse], error) {
	const op = "web.import_passes"
	n := len(req.Msg.Rows)
	if n == 0 || n > maxImportRows {
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "rows: %d in one call are out of range", n).WithHint("send 1 to %d at a time", maxImportRows)
	}
	rows := make([]menshen.PassRow, n)
	for i, m := range req.Msg.Rows {
		rows[i] = menshen.PassRow{
			Line: int(m.GetLine()), Gate: m.GetGate(), Person: m.GetPerson(), Direction: m.GetDirection(), Time: m.GetTime(),
			Decision: m.GetDecision(), Confidence: m.GetConfidence(),
		}
	}
	detail := map[string]any{"file": req.Msg.File, "rows": n, "first_line": rows[0].Line, "dry_run": req.Msg.DryRun}
	if err := s.recorder.record(ctx, "passes.import", "", "", detail); err != nil {
		return nil, err
	}
	done, err := s.transfer.ImportPasses(ctx, rows, callerOf(ctx).actor, req.Msg.DryRun)
	if err != nil {
		return nil, err
	}
	res := &menshenv1.ImportPassesResponse{Added: count(done.Added), Known: count(done.Known)}
	for _, r := range done.Refused {
		res.Refused = append(res.Refused, &menshenv1.RefusedRow{Line: count(r.Line), Zh: r.Reason.ZH, En: r.Reason.EN})
	}
	return connect.NewResponse(res), nil
}

// ExportPasses sends rows as they come from the pass log: nothing is gathered.
func (s passService) ExportPasses(ctx context.Context, req *connect.Request[menshenv1.ExportPassesRequest], stream *connect.ServerStream[menshenv1.ExportPassesResponse]) error {
	const op = "web.export_passes"
	var span menshen.Span
	for _, bound := range []struct {
		at   *time.Time
		wire *timestamppb.Timestamp
	}{{&span.From, req.Msg.From}, {&span.To, req.Msg.To}} {
		if bound.wire == nil {
			continue
		}
		if err := bound.wire.CheckValid(); err != nil {
			return menshen.Errorf(menshen.CodeInvalid, op, "a bound of the time is no time").WithHint("use a time from 0001 to 9999").WithCause(err)
		}
		*bound.at = bound.wire.AsTime()
	}
	if !span.From.IsZero() && !span.To.IsZero() && !span.From.Before(span.To) {
		return menshen.Errorf(menshen.CodeInvalid, op, "from: it is not before to").WithHint("give a span that ends after it begins")
	}
	if req.Msg.Gate != "" {
		if err := checkOwnGate(ctx, s.overview, req.Msg.Gate); err != nil {
			return err
		}
	}
	detail := map[string]any{"gate": req.Msg.Gate, "from": span.From, "to": span.To}
	if err := s.recorder.record(ctx, "passes.export", req.Msg.Person, "", detail); err != nil {
		return err
	}
	var next menshenv1.ExportPassesResponse
	for row, err := range s.transfer.ExportPasses(ctx, menshen.PassFilter{Person: req.Msg.Person, Gate: req.Msg.Gate, Span: span}) {
		if err != nil {
			return err
		}
		next.Rows = append(next.Rows, &menshenv1.PassRow{
			Gate: row.Gate, Person: row.Person, Direction: row.Direction, Time: row.Time, Decision: row.Decision, Confidence: row.Confidence,
		})
		if len(next.Rows) == exportRows {
			if err := stream.Send(&next); err != nil {
				return err
			}
			next.Rows = next.Rows[:0]
		}
	}
	return stream.Send(&next)
}
