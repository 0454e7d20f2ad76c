package bus

import (
	"context"

	"github.com/nats-io/nats.go"

	"menshen"
	"menshen/proto"
)

// PublishFace sends what a recognizer made of a sighting. It waits for nothing: CodeUnavailable where the connection is
// down, and CodeInvalid for a face that nobody could read.
func (c *Conn) PublishFace(f menshen.Face) error {
	data, err := proto.EncodeFace(f)
	return c.publish(proto.KindFace, c.subjects.Face(f.Camera), data, err)
}

// SubscribeFaces hands the faces of all cameras to the handler, one after the other in the order of their arrival. A
// handler that is too slow loses the oldest faces, ends of tracks last.
func (c *Conn) SubscribeFaces(ctx context.Context, handle func(context.Context, menshen.Face)) (*Subscription, error) {
	return listen(ctx, c, listening[menshen.Face]{
		kind: proto.KindFace, subject: c.subjects.AnyFace(), size: c.cfg.QueueFaces, workers: 1,
		decode: func(m *nats.Msg) (menshen.Face, error) {
			f, err := proto.DecodeFace(m.Data)
			if err != nil {
				return f, err
			}
			return f, c.checkSubject(proto.KindFace, m, f.Camera)
		},
		keep:   func(f menshen.Face) bool { return f.Last },
		handle: handle,
	})
}
