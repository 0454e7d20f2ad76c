package bus

import (
	"log/slog"
	"net/url"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"menshen"
)

// ConnConfig is how a connection is made.
type ConnConfig struct {
	Site        string
	Credentials Credentials
	Server      *Server // connects within the process; nil connects to Credentials.URL
	// Authority gives who alone may sign the server's certificate (PEM), anew at each attempt to connect, in place of
	// Credentials.Authority. What it gives in error ends the attempt. nil: Credentials.Authority.
	Authority func() ([]byte, error)
	Name      string // of the connection, for the server's log; the role if empty

	ConnectLimit time.Duration // the first connection must stand within; 5 s if 0
	AskLimit     time.Duration // an answer must come within, where the caller's context has no deadline; 15 s if 0
	CloseLimit   time.Duration // what was received is worked off at Close within; 5 s if 0

	QueueSightings int // sightings that wait for a subscriber's handler; 64 if 0: some MB of crops
	QueueFaces     int // faces that wait; 1024 if 0
	QueueReports   int // reports that wait; 256 if 0
	QueueRequests  int // photographs or door commands that wait; 8 if 0; one more is refused, not dropped

	Log        *slog.Logger          // nil is silent
	Registerer prometheus.Registerer // nil keeps the figures to itself
	Now        func() time.Time      // time.Now if nil
}

func (c ConnConfig) withDefaults() ConnConfig {
	orDefault(&c.Name, c.Credentials.Role.String())
	orDefault(&c.ConnectLimit, 5*time.Second)
	orDefault(&c.AskLimit, 15*time.Second)
	orDefault(&c.CloseLimit, 5*time.Second)
	orDefault(&c.QueueSightings, 64)
	orDefault(&c.QueueFaces, 1024)
	orDefault(&c.QueueReports, 256)
	orDefault(&c.QueueRequests, 8)
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

func (c ConnConfig) validate() error {
	const op = "bus.connect"
	if err := menshen.ValidateSlug("site", c.Site); err != nil {
		return err
	}
	if c.Server == nil && c.Credentials.URL == "" {
		return menshen.Errorf(menshen.CodeInvalid, op, "there is no address of a message bus to connect to").
			WithHint("give the address of the hub's message bus, for example nats://127.0.0.1:4222")
	}
	if u, err := url.Parse(c.Credentials.URL); c.Server == nil && (err != nil || u.Scheme != "tls" && !loopback(u.Hostname())) {
		return menshen.Errorf(menshen.CodeInvalid, op, "the message bus at %s would be spoken to across the network in clear", c.Credentials.URL).
			WithHint("write its address with tls://, and give its bus.listen an address that other machines reach")
	}
	if c.QueueSightings < 0 || c.QueueFaces < 0 || c.QueueReports < 0 || c.QueueRequests < 0 {
		return menshen.Errorf(menshen.CodeInvalid, op, "a queue cannot have less than no places")
	}
	return nil
}
