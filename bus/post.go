package bus

import (
	"context"
	"errors"

	"github.com/nats-io/nats.go"

	"menshen"
	"menshen/proto"
)

// changesSize is how many changes one answer holds at most.
const changesSize = 1000

// Registry is what posts follow. Safe for concurrent use.
type Registry interface {
	// Changes gives up to limit changes after a revision, in order, and the revision of the registry.
	Changes(ctx context.Context, after uint64, limit int) (changes []menshen.Change, latest uint64, err error)
	// PassedAfter gives up to limit allowed passes that were committed after a cursor, in that order, the cursor to go on
	// from, and the highest committed number of each gate.
	PassedAfter(ctx context.Context, after uint64, limit int) (proto.PassedPage, error)
}

// ServePosts answers what posts ask about the registry and about passes. The connection needs RoleHub.
func (c *Conn) ServePosts(ctx context.Context, source Registry) (changes, passed *Subscription, err error) {
	changes, err = serve(ctx, c, proto.KindChanges, c.subjects.AnyChanges(), func(m *nats.Msg) (proto.ChangesRequest, error) {
		r, err := proto.DecodeChangesRequest(m.Data)
		if err != nil {
			return r, err
		}
		return r, c.checkSubject(proto.KindChanges, m, r.Post)
	}, func(ctx context.Context, r proto.ChangesRequest, err error) ([]byte, error) {
		var answer proto.Changes
		if err == nil {
			answer.List, answer.Latest, err = source.Changes(ctx, r.After, min(r.Limit, changesSize))
		}
		return proto.EncodeChangesResponse(answer, err), nil
	})
	if err != nil {
		return nil, nil, err
	}
	passed, err = serve(ctx, c, proto.KindPassed, c.subjects.AnyPassed(), func(m *nats.Msg) (proto.Passed, error) {
		r, err := proto.DecodePassedRequest(m.Data)
		if err != nil {
			return r, err
		}
		return r, c.checkSubject(proto.KindPassed, m, r.Post)
	}, func(ctx context.Context, r proto.Passed, err error) ([]byte, error) {
		var page proto.PassedPage
		if err == nil {
			page, err = source.PassedAfter(ctx, r.After, r.Limit)
		}
		return proto.EncodePassedResponse(page, err)
	})
	if err != nil {
		return nil, nil, errors.Join(err, changes.Close())
	}
	return changes, passed, nil
}

// serve answers requests, a few at the same time. What cannot be read is answered too.
func serve[T any](ctx context.Context, c *Conn, kind, subject string, decode func(*nats.Msg) (T, error), answer func(context.Context, T, error) ([]byte, error)) (*Subscription, error) {
	type request struct {
		v T
		m *nats.Msg
	}
	say := func(ctx context.Context, r request, err error) {
		data, err := answer(ctx, r.v, err)
		if err != nil {
			c.tally.add("an answer could not be made", err, "kind", kind)
			return
		}
		c.answer(kind, r.m, data)
	}
	return listen(ctx, c, listening[request]{
		kind: kind, subject: subject, size: c.cfg.QueueRequests, workers: 2,
		decode: func(m *nats.Msg) (request, error) {
			v, err := decode(m)
			return request{v, m}, err
		},
		bad: func(m *nats.Msg, err error) { say(ctx, request{m: m}, err) },
		full: func(r request) {
			say(ctx, r, menshen.Errorf(menshen.CodeExhausted, "bus.serve", "too many requests wait").WithHint("try again in a few seconds"))
		},
		handle: func(ctx context.Context, r request) { say(ctx, r, nil) },
	})
}

// AskChanges asks the hub for up to limit changes after a revision.
func (c *Conn) AskChanges(ctx context.Context, post string, after uint64, limit int) (changes []menshen.Change, latest uint64, err error) {
	data, err := proto.EncodeChangesRequest(proto.ChangesRequest{Post: post, After: after, Limit: limit})
	if err != nil {
		return nil, 0, err
	}
	m, err := c.askHub(ctx, proto.KindChanges, c.subjects.Changes(post), data)
	if err != nil {
		return nil, 0, err
	}
	answer, err := proto.DecodeChangesResponse(m.Data)
	return answer.List, answer.Latest, err
}

// AskPassed asks the hub for up to limit allowed passes after a cursor.
func (c *Conn) AskPassed(ctx context.Context, post string, after uint64, limit int) (proto.PassedPage, error) {
	data, err := proto.EncodePassedRequest(proto.Passed{Post: post, After: after, Limit: limit})
	if err != nil {
		return proto.PassedPage{}, err
	}
	m, err := c.askHub(ctx, proto.KindPassed, c.subjects.Passed(post), data)
	if err != nil {
		return proto.PassedPage{}, err
	}
	return proto.DecodePassedResponse(m.Data)
}

func (c *Conn) askHub(ctx context.Context, kind, subject string, data []byte) (*nats.Msg, error) {
	const op = "bus.post"
	return c.ask(ctx, op, kind, subject, data, asking{
		nobody: menshen.Errorf(menshen.CodeUnavailable, op, "no hub answers posts").WithHint("start the hub, and list this post in its configuration"),
		silent: menshen.Errorf(menshen.CodeUnavailable, op, "the hub did not answer in time").WithHint("check the network between post and hub"),
	})
}

// Nudge tells posts that the registry changed or somebody passed: they ask then. A nudge that is lost costs no more than the
// time until the post asks by itself.
func (c *Conn) Nudge() error { return c.publish(proto.KindRegistry, c.subjects.Nudge(), nil, nil) }

// SubscribeNudges calls handle after every nudge; several in a row may be one.
func (c *Conn) SubscribeNudges(ctx context.Context, handle func(context.Context)) (*Subscription, error) {
	return listen(ctx, c, listening[struct{}]{
		kind: proto.KindRegistry, subject: c.subjects.Nudge(), size: 1, workers: 1,
		decode: func(*nats.Msg) (struct{}, error) { return struct{}{}, nil },
		full:   func(struct{}) {}, // one that waits says it all
		handle: func(ctx context.Context, _ struct{}) { handle(ctx) },
	})
}
