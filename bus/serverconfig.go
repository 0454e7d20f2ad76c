package bus

import (
	"crypto/tls"
	"log/slog"
	"net"
	"strconv"
	"time"

	"github.com/nats-io/nkeys"
	"github.com/prometheus/client_golang/prometheus"

	"menshen"
)

// MaxPayload is the largest message in bytes: a request to analyse carries a photograph.
const MaxPayload = 24 << 20

// ServerConfig is how the embedded NATS server runs.
type ServerConfig struct {
	Site        string            // site id
	Cameras     []string          // camera ids; each gets a user
	Recognizers []string          // recognizer ids, e.g. "1"; each gets a user
	Doors       map[string]string // gate id → public key of the door's controller, see NewSeed
	Posts       map[string]Post   // post id → its key and gates

	Listen     string // host:port; 127.0.0.1:4222 if empty; port 0 or -1 takes any free one
	DontListen bool   // only connections from this process

	TLS       *tls.Config // of Listen; nil is without; needed where Listen is not of this machine alone
	Authority []byte      // PEM: who signs the certificates of TLS, for those who connect; "" for one that machines trust anyway

	Store string // folder of JetStream; made if missing; one server at a time may use it

	// MQTT is the listener for readers of events over MQTT.
	MQTT MQTTConfig

	// SyncAlways writes every pass to the disk before JetStream acknowledges it. It is off by default, because it costs
	// most of the throughput and buys nothing here: the outbox is the truth, and a pass that JetStream loses in a power
	// cut has no receipt and is published again.
	SyncAlways bool
	MaxStore   int64 // bytes that JetStream may keep on the disk; 1 GiB if 0; must hold StreamConfig.MaxBytes

	ReadyLimit    time.Duration // how long a start may take, recovery of the stream included; 30 s if 0
	ProbeInterval time.Duration // between two looks at JetStream while Run runs; 10 s if 0
	ProbeLimit    time.Duration // JetStream must answer a probe within; 5 s if 0
	ProbeFailures int           // that many in a row, and the server is started again; 3 if 0

	Log        *slog.Logger          // nil is silent
	Registerer prometheus.Registerer // nil keeps the figures to itself
	Now        func() time.Time      // time.Now if nil
}

// Post is a process that decides at gates of its own.
type Post struct {
	Key   string   // public, see NewSeed
	Gates []string // gate ids
}

func (c ServerConfig) withDefaults() ServerConfig {
	orDefault(&c.Listen, "127.0.0.1:4222")
	orDefault(&c.MaxStore, 1<<30)
	orDefault(&c.ReadyLimit, 30*time.Second)
	orDefault(&c.ProbeInterval, 10*time.Second)
	orDefault(&c.ProbeLimit, 5*time.Second)
	orDefault(&c.ProbeFailures, 3)
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

// orDefault sets what is zero.
func orDefault[T comparable](v *T, d T) {
	var zero T
	if *v == zero {
		*v = d
	}
}

// validate checks what withDefaults gave.
func (c ServerConfig) validate() error {
	const op = "bus.server"
	if err := menshen.ValidateSlug("site", c.Site); err != nil {
		return err
	}
	for _, id := range c.Cameras {
		if err := menshen.ValidateSlug("camera", id); err != nil {
			return err
		}
	}
	for _, id := range c.Recognizers {
		if err := menshen.ValidateSlug("recognizer", id); err != nil {
			return err
		}
	}
	for gate, key := range c.Doors {
		if err := menshen.ValidateSlug("gate", gate); err != nil {
			return err
		}
		if !nkeys.IsValidPublicUserKey(key) {
			return menshen.Errorf(menshen.CodeInvalid, op, "the key of the door at gate %q is no public user key", gate).
				WithHint("give the public key of the door's nkey; it begins with U")
		}
	}
	for id, post := range c.Posts {
		if err := menshen.ValidateSlug("post", id); err != nil {
			return err
		}
		if !nkeys.IsValidPublicUserKey(post.Key) {
			return menshen.Errorf(menshen.CodeInvalid, op, "the key of the post %q is no public user key", id).
				WithHint("give the public key of the post's nkey; it begins with U")
		}
		for _, g := range post.Gates {
			if err := menshen.ValidateSlug("gate", g); err != nil {
				return err
			}
		}
	}
	if c.Store == "" {
		return menshen.Errorf(menshen.CodeInvalid, op, "the bus has no folder for its stream").WithHint("set data to a folder")
	}
	if c.MaxStore < 0 {
		return menshen.Errorf(menshen.CodeInvalid, op, "the bus may keep %d bytes, less than none", c.MaxStore)
	}
	host, _, err := c.address()
	if err != nil {
		return err
	}
	if c.TLS == nil && !c.DontListen && !loopback(host) {
		return menshen.Errorf(menshen.CodeInvalid, op, "the message bus on %q can be reached from other machines, without encryption", c.Listen).
			WithHint("listen on 127.0.0.1, or give the bus a certificate")
	}
	return c.MQTT.validate()
}

// loopback reports whether a listener on the host is reachable from this machine alone.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// address takes Listen apart. The port is -1 for any free one.
func (c ServerConfig) address() (host string, port int, err error) {
	bad := menshen.Errorf(menshen.CodeInvalid, "bus.server", "%q is no address to listen on", c.Listen).
		WithHint("set bus.listen to host:port, for example 127.0.0.1:4222")
	host, p, splitErr := net.SplitHostPort(c.Listen)
	if splitErr != nil || host == "" {
		return "", 0, bad
	}
	port, convErr := strconv.Atoi(p)
	if convErr != nil || port < -1 || port > 65535 {
		return "", 0, bad
	}
	if port == 0 {
		port = -1
	}
	return host, port, nil
}
