package bus

import (
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"menshen"
)

// State is how the server runs.
type State struct {
	Version           string
	Started           time.Time
	Connections       int
	BytesIn, BytesOut int64 // since the start
	SlowConsumers     int64
	Streams           []StreamState
}

// StreamState is how full a stream is, and how far those have come who read it.
type StreamState struct {
	Name            string
	Messages, Bytes uint64
	MaxBytes        uint64 // 0 for no limit
	MaxAge          time.Duration
	First, Last     time.Time
	Consumers       []ConsumerState
}

// ConsumerState is how far a consumer has come.
type ConsumerState struct {
	Name                                 string
	Pending, Unacknowledged, Redelivered uint64
}

// State tells how the server runs. CodeUnavailable while it does not.
func (s *Server) State() (State, error) {
	const op = "bus.state"
	s.mu.RLock()
	n := s.nats
	s.mu.RUnlock()
	if n == nil {
		return State{}, menshen.Errorf(menshen.CodeUnavailable, op, "the message bus is not running")
	}
	v, err := n.Varz(&server.VarzOptions{})
	if err != nil {
		return State{}, menshen.Errorf(menshen.CodeUnavailable, op, "the message bus does not say how it is").WithCause(err)
	}
	out := State{Version: v.Version, Started: v.Start, Connections: v.Connections, BytesIn: v.InBytes, BytesOut: v.OutBytes, SlowConsumers: v.SlowConsumers}
	j, err := n.Jsz(&server.JSzOptions{Streams: true, Consumer: true, Config: true})
	if err != nil {
		return out, menshen.Errorf(menshen.CodeUnavailable, op, "the message bus does not say how its streams are").WithCause(err)
	}
	for _, account := range j.AccountDetails {
		for _, d := range account.Streams {
			stream := StreamState{Name: d.Name, Messages: d.State.Msgs, Bytes: d.State.Bytes, First: d.State.FirstTime, Last: d.State.LastTime}
			if d.Config != nil {
				stream.MaxBytes, stream.MaxAge = uint64(max(d.Config.MaxBytes, 0)), d.Config.MaxAge
			}
			for _, c := range d.Consumer {
				stream.Consumers = append(stream.Consumers, ConsumerState{
					Name: c.Name, Pending: c.NumPending, Unacknowledged: uint64(max(c.NumAckPending, 0)), Redelivered: uint64(max(c.NumRedelivered, 0)),
				})
			}
			out.Streams = append(out.Streams, stream)
		}
	}
	return out, nil
}
