package bus

import (
	"context"
	"crypto/tls"
	"net"
	"strconv"
	"strings"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats-server/v2/server"
	"golang.org/x/crypto/bcrypt"

	"menshen"
	"menshen/proto"
)

// MQTTUser is the one user of the MQTT listener.
const MQTTUser = "mqtt"

// MQTTConfig is the NATS server's own MQTT listener (3.1.1). Who reads there may subscribe to passes, alerts and events of the
// site and to nothing else, and may publish nothing. Topics are subjects with '/' for '.': menshen/<site>/event/pass/<gate>.
type MQTTConfig struct {
	Listen   string         // host:port; "" is off; port 0 or -1 takes any free one
	Password menshen.Secret // of MQTTUser; 16 characters or more
	TLS      *tls.Config    // nil is without; needed where Listen is not of this machine alone
}

func (c MQTTConfig) address() (host string, port int, err error) {
	host, port, err = ServerConfig{Listen: c.Listen}.address()
	if err != nil {
		return "", 0, menshen.Errorf(menshen.CodeInvalid, "bus.mqtt", "%q is no address to listen on", c.Listen).
			WithHint("set bus.mqtt.listen to host:port, for example 127.0.0.1:1883")
	}
	return host, port, nil
}

func (c MQTTConfig) validate() error {
	const op = "bus.mqtt"
	if c.Listen == "" {
		return nil
	}
	host, _, err := c.address()
	if err != nil {
		return err
	}
	if len(c.Password.Reveal()) < 16 || strings.ContainsAny(c.Password.Reveal(), "\r\n") {
		return menshen.Errorf(menshen.CodeInvalid, op, "the password for MQTT is shorter than 16 characters, or has a line break").
			WithHint("delete mqtt.password in the data folder; a new one is made")
	}
	if c.TLS == nil && !loopback(host) {
		return menshen.Errorf(menshen.CodeInvalid, op, "the MQTT listener %q can be reached from other machines, without encryption", c.Listen).
			WithHint("listen on 127.0.0.1, or give the bus a certificate")
	}
	return nil
}

// check tries to listen: a listener that cannot would end the whole server.
func (c MQTTConfig) check(ctx context.Context, had int) error {
	if c.Listen == "" {
		return nil
	}
	host, port, err := c.address()
	if err != nil {
		return err
	}
	if had > 0 {
		port = had
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(max(port, 0))))
	if err != nil {
		return menshen.Errorf(menshen.CodeUnavailable, "bus.mqtt", "the address %s for MQTT cannot be listened on", c.Listen).
			WithHint("stop the other program, or set bus.mqtt.listen to another port").WithCause(err)
	}
	_ = l.Close() // it has heard nobody
	return nil
}

// users gives the readers. The server keeps a hash of the password; it is long and random, so a cheap one does.
func (c MQTTConfig) users(s proto.Subjects) ([]*server.User, error) {
	if c.Listen == "" {
		return nil, nil
	}
	hash, err := bcrypt.GenerateFromPassword([]byte(c.Password.Reveal()), bcrypt.MinCost)
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeInvalid, "bus.mqtt", "the password for MQTT is not usable").
			WithHint("delete mqtt.password in the data folder; a new one is made").WithCause(err)
	}
	return []*server.User{{
		Username: MQTTUser, Password: string(hash),
		AllowedConnectionTypes: map[string]struct{}{jwt.ConnectionTypeMqtt: {}},
		Permissions: &server.Permissions{
			Publish: &server.SubjectPermission{Deny: []string{">"}},
			// To MQTT "event/#" is event itself too. The two of MQTT itself are how the server delivers with QoS 1 and 2.
			Subscribe: &server.SubjectPermission{Allow: []string{strings.TrimSuffix(s.AnyEvent(), ".>"), s.AnyEvent(), s.AnyPass(), s.Alert(), "$MQTT.sub.>", "$MQTT.deliver.pubrel.>"}},
		},
	}}, nil
}

// options adds the listener to the server's options, on the port that it had before, if any.
func (c MQTTConfig) options(o *server.Options, readers []*server.User, had int) {
	if c.Listen == "" {
		return
	}
	host, port, err := c.address()
	if err != nil { // cannot be: validate has read it
		return
	}
	if had > 0 {
		port = had
	}
	for _, u := range readers {
		o.Users = append(o.Users, &server.User{Username: u.Username, Password: u.Password, Permissions: u.Permissions, AllowedConnectionTypes: u.AllowedConnectionTypes})
	}
	o.MQTT.Host, o.MQTT.Port = host, port
	if c.TLS != nil {
		o.MQTT.TLSConfig, o.MQTT.TLSTimeout = c.TLS.Clone(), tlsLimit
	}
}

// MQTTAddr gives where the MQTT listener is, "" where there is none or it has not started yet.
func (s *Server) MQTTAddr() string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	host, _, err := s.cfg.MQTT.address()
	if s.mqttPort <= 0 || err != nil {
		return ""
	}
	return net.JoinHostPort(host, strconv.Itoa(s.mqttPort))
}
