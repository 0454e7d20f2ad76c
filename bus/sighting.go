package bus

import (
	"context"

	"github.com/nats-io/nats.go"

	"menshen"
	"menshen/proto"
)

// PublishSighting sends a sighting of a camera. It waits for nothing: CodeUnavailable where the connection is down, and
// CodeInvalid for a sighting that nobody could read.
func (c *Conn) PublishSighting(s menshen.Sighting) error {
	data, err := proto.EncodeSighting(s)
	return c.publish(proto.KindSighting, c.subjects.Sighting(s.Camera), data, err)
}

// SubscribeSightings hands the sightings of all cameras to the handler, one after the other in the order of their arrival.
// Subscribers that name the same queue share the sightings; recognizers use RecognizerQueue. A handler that is too slow
// loses the oldest sightings, ends of tracks last.
func (c *Conn) SubscribeSightings(ctx context.Context, queue string, handle func(context.Context, menshen.Sighting)) (*Subscription, error) {
	return listen(ctx, c, listening[menshen.Sighting]{
		kind: proto.KindSighting, subject: c.subjects.AnySighting(), queue: queue, size: c.cfg.QueueSightings, workers: 1,
		decode: func(m *nats.Msg) (menshen.Sighting, error) {
			s, err := proto.DecodeSighting(m.Data)
			if err != nil {
				return s, err
			}
			return s, c.checkSubject(proto.KindSighting, m, s.Camera)
		},
		keep:   func(s menshen.Sighting) bool { return s.Last },
		handle: handle,
	})
}

// checkSubject compares what a message says of itself with the subject that it came on. Who may publish on the subject of
// one camera must not be able to speak for another.
func (c *Conn) checkSubject(kind string, m *nats.Msg, name string) error {
	token, err := c.subjects.Token(kind, m.Subject)
	if err != nil {
		return err
	}
	if token != name {
		return menshen.Errorf(menshen.CodeInvalid, "bus.receive", "a message of %.80q came on the subject of %s", name, token)
	}
	return nil
}
