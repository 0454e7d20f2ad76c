package bus_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"testing"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"

	"context"

	"menshen"
	"menshen/bus"
	"menshen/proto"
)

const password = menshen.Secret("a long enough password")

func mustMQTTServer(t *testing.T, change ...func(*bus.ServerConfig)) *bus.Server {
	t.Helper()
	return MustServer(t, append([]func(*bus.ServerConfig){func(c *bus.ServerConfig) {
		c.MQTT = bus.MQTTConfig{Listen: "127.0.0.1:0", Password: password}
	}}, change...)...)
}

// reader connects an MQTT client.
func reader(t *testing.T, address, id, user, password string, trust *tls.Config) (mqtt.Client, error) {
	t.Helper()
	o := mqtt.NewClientOptions().AddBroker(address).SetClientID(id).SetUsername(user).SetPassword(password).
		SetConnectTimeout(limit).SetAutoReconnect(false).SetConnectRetry(false).SetTLSConfig(trust)
	c := mqtt.NewClient(o)
	token := c.Connect()
	if !token.WaitTimeout(limit) {
		t.Fatal("the MQTT client does not connect, and is not refused")
	}
	t.Cleanup(func() { c.Disconnect(100) })
	return c, token.Error()
}

// follow subscribes; the channel gets topics with their payload.
func follow(t *testing.T, c mqtt.Client, qos byte, topic string) (<-chan string, byte) {
	t.Helper()
	got := make(chan string, 16)
	token := c.Subscribe(topic, qos, func(_ mqtt.Client, m mqtt.Message) { got <- m.Topic() + " " + string(m.Payload()) })
	if !token.WaitTimeout(limit) {
		t.Fatalf("no answer to the subscription of %s", topic)
	}
	return got, token.(*mqtt.SubscribeToken).Result()[topic]
}

func TestMQTTReadsEvents(t *testing.T) {
	s := mustMQTTServer(t)
	hub := MustConn(t, s, bus.RoleHub())
	for qos := range byte(2) {
		c, err := reader(t, "tcp://"+s.MQTTAddr(), "display-"+string('0'+rune(qos)), bus.MQTTUser, password.Reveal(), nil)
		if err != nil {
			t.Fatal(err)
		}
		got, code := follow(t, c, qos, "menshen/jiayuan/event/#")
		if code != qos {
			t.Fatalf("the subscription with QoS %d gives %d", qos, code)
		}
		if err := hub.PublishEvent(proto.KindPass, "east", []byte(`{"type":"pass"}`)); err != nil {
			t.Fatal(err)
		}
		if m := receive(t, "the event", got); m != `menshen/jiayuan/event/pass/east {"type":"pass"}` {
			t.Errorf("got %s", m)
		}
	}
}

func TestMQTTReadsPassesOfTheStream(t *testing.T) {
	s := mustMQTTServer(t)
	hub := MustConn(t, s, bus.RoleHub())
	c, err := reader(t, "tcp://"+s.MQTTAddr(), "display", bus.MQTTUser, password.Reveal(), nil)
	if err != nil {
		t.Fatal(err)
	}
	got, _ := follow(t, c, 0, "menshen/jiayuan/pass/+")
	outbox := newBox()
	outbox.append("east", 1)
	relay, err := bus.NewRelay(hub, outbox, bus.RelayConfig{})
	if err != nil {
		t.Fatal(err)
	}
	run(t, relay.Run)
	if m := receive(t, "the pass", got); len(m) < len("menshen/jiayuan/pass/east ") {
		t.Errorf("got %q", m)
	}
}

// Who reads over MQTT gets in with the password alone, reads nothing else, and tells nobody anything.
func TestMQTTIsReadOnly(t *testing.T) {
	seed, key, err := bus.NewSeed()
	if err != nil {
		t.Fatal(err)
	}
	s := mustMQTTServer(t, func(c *bus.ServerConfig) { c.Doors = map[string]string{"east": key} })
	for name, who := range map[string][2]string{"nobody": {"", ""}, "wrong password": {bus.MQTTUser, "another password of length"}, "another user": {"hub", password.Reveal()}, "no password": {bus.MQTTUser, ""}} {
		if _, err := reader(t, "tcp://"+s.MQTTAddr(), "x", who[0], who[1], nil); err == nil {
			t.Errorf("%s was let in", name)
		}
	}
	door, err := bus.Connect(t.Context(), bus.ConnConfig{Site: site, Credentials: bus.Credentials{Role: bus.RoleDoor("east"), URL: s.URL(), Seed: seed}})
	if err != nil {
		t.Fatal(err)
	}
	defer door.Close()
	told := make(chan menshen.DoorCommand, 4)
	if _, err := door.ServeDoor(t.Context(), "east", func(_ context.Context, cmd menshen.DoorCommand) error {
		told <- cmd
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	c, err := reader(t, "tcp://"+s.MQTTAddr(), "display", bus.MQTTUser, password.Reveal(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, topic := range []string{"#", "menshen/#", "menshen/jiayuan/#", "menshen/jiayuan/sighting/+", "menshen/jiayuan/door/+", "menshen/jiayuan/health/+", "menshen/elsewhere/event/#", "$SYS/#", "$JS/#"} {
		if _, code := follow(t, c, 0, topic); code != 0x80 {
			t.Errorf("the subscription to %s gives %d", topic, code)
		}
	}
	forged, err := proto.EncodeDoorCommand(menshen.DoorCommand{Gate: "east", Direction: menshen.DirectionIn, At: time.Now(), Track: "forged", Hold: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	c.Publish("menshen/jiayuan/door/east", 0, false, forged).WaitTimeout(limit)
	c.Disconnect(1000)
	// A command of the hub's own comes after whatever the forged one could have done.
	hub := MustConn(t, s, bus.RoleHub())
	if err := hub.AskDoor(t.Context(), menshen.DoorCommand{Gate: "east", Direction: menshen.DirectionIn, At: time.Now(), Track: "real", Hold: time.Second}); err != nil {
		t.Fatal(err)
	}
	if cmd := receive(t, "a command", told); cmd.Track != "real" {
		t.Errorf("the door was told %+v", cmd)
	}
}

// With a certificate it speaks TLS and nothing else, also after the server started again.
func TestMQTTOverTLS(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	s := mustMQTTServer(t, func(c *bus.ServerConfig) {
		c.MQTT.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	})
	before := s.MQTTAddr()
	if err := s.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s.MQTTAddr() != before {
		t.Errorf("it listens on %s, and on %s before", s.MQTTAddr(), before)
	}
	if _, err := reader(t, "ssl://"+s.MQTTAddr(), "a", bus.MQTTUser, password.Reveal(), &tls.Config{RootCAs: roots}); err != nil {
		t.Error(err)
	}
	if _, err := reader(t, "tcp://"+s.MQTTAddr(), "b", bus.MQTTUser, password.Reveal(), nil); err == nil {
		t.Error("it speaks without encryption")
	}
}

func TestMQTTConfig(t *testing.T) {
	for name, cfg := range map[string]bus.MQTTConfig{
		"open to all":    {Listen: "0.0.0.0:1883", Password: password},
		"no password":    {Listen: "127.0.0.1:1883"},
		"short password": {Listen: "127.0.0.1:1883", Password: "short"},
		"no port":        {Listen: "localhost", Password: password},
	} {
		_, err := bus.NewServer(bus.ServerConfig{Site: site, Store: t.TempDir(), MQTT: cfg})
		if menshen.ErrorCode(err) != menshen.CodeInvalid {
			t.Errorf("%s gives %v", name, err)
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	s, err := bus.NewServer(bus.ServerConfig{Site: site, Store: t.TempDir(), Listen: "127.0.0.1:0", MQTT: bus.MQTTConfig{Listen: l.Addr().String(), Password: password}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	MustCode(t, s.Start(t.Context()), menshen.CodeUnavailable)
}
