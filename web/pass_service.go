package web

import (
	"cmp"
	"context"
	"slices"
	"time"

	"connectrpc.com/connect"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

type passService struct {
	overview   Overview
	passes     PassLog
	transfer   PassTransfer
	feed       *Feed
	registry   registry
	recorder   recorder
	signOfLife time.Duration
	stopping   <-chan struct{}
}

const (
	defaultPasses = 50
	maxPasses     = 1000
)

func (s passService) ListPasses(ctx context.Context, req *connect.Request[menshenv1.ListPassesRequest]) (*connect.Response[menshenv1.ListPassesResponse], error) {
	limit, err := limitOf(req.Msg.Limit, defaultPasses, maxPasses)
	if err != nil {
		return nil, err
	}
	gates, err := s.gates(ctx, req.Msg.Gate)
	if err != nil {
		return nil, err
	}
	if err := s.recorder.record(ctx, "passes.list", "", "", map[string]any{"gate": req.Msg.Gate, "limit": limit}); err != nil {
		return nil, err
	}
	if len(gates) == 0 {
		gates = []string{""} // all of them at once
	}
	var passes []menshen.Pass
	for _, gate := range gates {
		more, err := s.passes.Passes(ctx, menshen.PassFilter{Gate: gate, Latest: limit})
		if err != nil {
			return nil, err
		}
		passes = append(passes, more...)
	}
	passes = slices.SortedFunc(slices.Values(passes), func(a, b menshen.Pass) int {
		return cmp.Or(b.Captured.Compare(a.Captured), cmp.Compare(a.ID.Gate, b.ID.Gate), cmp.Compare(b.ID.Sequence, a.ID.Sequence))
	})
	views, err := s.registry.passViews(ctx, passes[:min(limit, len(passes))]...)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.ListPassesResponse{Passes: views}), nil
}

// WatchPasses sends a sign of life first: whoever has it misses no pass from then on, and can list the earlier ones.
func (s passService) WatchPasses(ctx context.Context, req *connect.Request[menshenv1.WatchPassesRequest], stream *connect.ServerStream[menshenv1.WatchPassesResponse]) error {
	gates, err := s.gates(ctx, req.Msg.Gate)
	if err != nil {
		return err
	}
	if err := s.recorder.record(ctx, "passes.watch", "", "", map[string]any{"gate": req.Msg.Gate}); err != nil {
		return err
	}
	sub, err := s.feed.Subscribe(gates...)
	if err != nil {
		return err
	}
	defer sub.Close()
	alive := time.NewTicker(s.signOfLife)
	defer alive.Stop()
	if err := stream.Send(&menshenv1.WatchPassesResponse{}); err != nil {
		return err
	}
	for {
		var next menshenv1.WatchPassesResponse
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.stopping:
			return menshen.Errorf(menshen.CodeUnavailable, "web.watch", "Menshen is stopping").WithHint("watch again once it runs")
		case <-alive.C:
		case p, ok := <-sub.Passes():
			if !ok {
				return sub.Err()
			}
			views, err := s.registry.passViews(ctx, p)
			if err != nil {
				return err
			}
			next.Pass = views[0]
			alive.Reset(s.signOfLife)
		}
		if err := stream.Send(&next); err != nil {
			return err
		}
	}
}

// gates gives whose passes the caller may see of those asked for: "" is every gate that their token is for. None is every gate.
func (s passService) gates(ctx context.Context, asked string) ([]string, error) {
	if asked == "" {
		return callerOf(ctx).gates, nil
	}
	return []string{asked}, checkOwnGate(ctx, s.overview, asked)
}

// limitOf reads a limit in which 0 is the default.
func limitOf(asked uint32, usual, most int) (int, error) {
	switch {
	case asked == 0:
		return usual, nil
	case int64(asked) > int64(most):
		return 0, menshen.Errorf(menshen.CodeInvalid, "web.limit", "limit: %d is too many", asked).WithHint("use 1 to %d", most)
	}
	return int(asked), nil
}
