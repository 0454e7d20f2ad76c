package bus

import (
	"context"

	"github.com/nats-io/nats.go"

	"menshen"
	"menshen/proto"
)

// PublishReport sends a component's report. It waits for nothing: CodeUnavailable where the connection is down.
func (c *Conn) PublishReport(r menshen.Report) error {
	data, err := proto.EncodeReport(r)
	return c.publish(proto.KindHealth, c.subjects.Health(r.Component), data, err)
}

// SubscribeReports hands the reports of all components to the handler, one after the other in the order of their arrival.
// A handler that is too slow loses the oldest reports.
func (c *Conn) SubscribeReports(ctx context.Context, handle func(context.Context, menshen.Report)) (*Subscription, error) {
	return listen(ctx, c, listening[menshen.Report]{
		kind: proto.KindHealth, subject: c.subjects.AnyHealth(), size: c.cfg.QueueReports, workers: 1,
		decode: func(m *nats.Msg) (menshen.Report, error) {
			r, err := proto.DecodeReport(m.Data)
			if err != nil {
				return r, err
			}
			return r, c.checkSubject(proto.KindHealth, m, r.Component)
		},
		handle: handle,
	})
}
