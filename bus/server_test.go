package bus_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"menshen"
	"menshen/bus"
)

func TestPortInUse(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	s, err := bus.NewServer(bus.ServerConfig{Site: site, Listen: l.Addr().String(), Store: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	err = s.Start(t.Context())
	MustCode(t, err, menshen.CodeUnavailable)
	message, hint := menshen.ErrorMessage(err)
	if !strings.Contains(message, l.Addr().String()) || !strings.Contains(hint, "bus.listen") {
		t.Errorf("got %q, %q: the address and the key to change must be named", message, hint)
	}
	// It can be tried again once the address is free.
	l.Close()
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestAddressOfAnotherMachine(t *testing.T) {
	s, err := bus.NewServer(bus.ServerConfig{Site: site, Listen: "192.0.2.1:4222", TLS: &tls.Config{}, Store: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	MustCode(t, s.Start(t.Context()), menshen.CodeUnavailable)
}

func TestBadConfiguration(t *testing.T) {
	for what, change := range map[string]func(*bus.ServerConfig){
		"open to all":  func(c *bus.ServerConfig) { c.Listen = "0.0.0.0:0" },
		"site":         func(c *bus.ServerConfig) { c.Site = "Jia Yuan" },
		"camera":       func(c *bus.ServerConfig) { c.Cameras = []string{">"} },
		"camera twice": func(c *bus.ServerConfig) { c.Cameras = []string{"a", "a"} },
		"recognizer":   func(c *bus.ServerConfig) { c.Recognizers = []string{"*"} },
		"gate":         func(c *bus.ServerConfig) { c.Doors = map[string]string{"a.b": ""} },
		"door key":     func(c *bus.ServerConfig) { c.Doors = map[string]string{"east": "not a key"} },
		"store":        func(c *bus.ServerConfig) { c.Store = "" },
		"listen":       func(c *bus.ServerConfig) { c.Listen = "4222" },
		"listen port":  func(c *bus.ServerConfig) { c.Listen = "127.0.0.1:99999" },
		"listen all":   func(c *bus.ServerConfig) { c.Listen = ":4222" },
	} {
		cfg := bus.ServerConfig{Site: site, Store: t.TempDir()}
		change(&cfg)
		_, err := bus.NewServer(cfg)
		if menshen.ErrorCode(err) != menshen.CodeInvalid {
			t.Errorf("%s: got %v, want CodeInvalid", what, err)
		}
	}
}

func TestStoreThatCannotBeMade(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := bus.NewServer(bus.ServerConfig{Site: site, DontListen: true, Store: filepath.Join(file, "nats")})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	MustCode(t, s.Start(t.Context()), menshen.CodeUnavailable)
}

// TestDontListen: no port is open, and the hub still connects.
func TestDontListen(t *testing.T) {
	s := MustServer(t, func(c *bus.ServerConfig) { c.DontListen = true })
	if s.URL() != "" {
		t.Errorf("the server says it listens on %s", s.URL())
	}
	hub := MustConn(t, s, bus.RoleHub())
	if err := hub.EnsureStream(t.Context(), bus.StreamConfig{}); err != nil {
		t.Fatal(err)
	}
	credentials, err := s.Credentials(bus.RoleCamera("east-1"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = bus.Connect(t.Context(), bus.ConnConfig{Site: site, Credentials: credentials})
	MustCode(t, err, menshen.CodeInvalid)
}

func TestStrangers(t *testing.T) {
	s := MustServer(t)
	_, err := s.Credentials(bus.RoleCamera("unlisted"))
	MustCode(t, err, menshen.CodeNotFound)
	_, err = s.Credentials(bus.RoleDoor("east"))
	MustCode(t, err, menshen.CodeNotFound)

	seed, _, err := bus.NewSeed()
	if err != nil {
		t.Fatal(err)
	}
	_, err = bus.Connect(t.Context(), bus.ConnConfig{Site: site, Credentials: bus.Credentials{Role: bus.RoleHub(), URL: s.URL(), Seed: seed}})
	MustCode(t, err, menshen.CodeDenied)
	_, err = bus.Connect(t.Context(), bus.ConnConfig{Site: site, Credentials: bus.Credentials{Role: bus.RoleHub(), URL: s.URL(), Seed: "SUnonsense"}})
	MustCode(t, err, menshen.CodeInvalid)
	if strings.Contains(err.Error(), "nonsense") {
		t.Errorf("the error quotes the seed: %v", err)
	}
	s.Close()
	_, err = bus.Connect(t.Context(), bus.ConnConfig{Site: site, Credentials: bus.Credentials{Role: bus.RoleHub(), URL: s.URL(), Seed: seed}})
	MustCode(t, err, menshen.CodeUnavailable)
}

// TestSeedsAreRedacted: whatever prints credentials, the seed does not show.
func TestSeedsAreRedacted(t *testing.T) {
	var log, server bytes.Buffer // the server writes to its own meanwhile
	s := MustServer(t, func(c *bus.ServerConfig) {
		c.Log = slog.New(slog.NewJSONHandler(&server, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	credentials, err := s.Credentials(bus.RoleCamera("east-1"))
	if err != nil {
		t.Fatal(err)
	}
	asJSON, err := json.Marshal(credentials)
	if err != nil {
		t.Fatal(err)
	}
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "credentials", credentials, "seed", credentials.Seed)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "credentials", credentials, "seed", credentials.Seed)
	c := MustConn(t, s, bus.RoleCamera("east-1"))
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	s.Close() // nothing writes to the log any more
	all := fmt.Sprintf("%v %+v %#v %s %q %x\n%s\n%s\n%s", credentials, credentials, credentials, credentials.Seed, credentials.Seed, credentials.Seed, asJSON, log.String(), server.String())
	seed := credentials.Seed.Reveal()
	if !strings.HasPrefix(seed, "SU") || len(seed) < 50 {
		t.Fatalf("the seed has a strange form")
	}
	if strings.Contains(all, seed) || strings.Contains(all, fmt.Sprintf("%x", seed)) {
		t.Errorf("the seed shows:\n%s", all)
	}
}

// TestRestartKeepsWhatWasAcknowledged: address, keys, stream and subscriptions are the same after.
func TestRestartKeepsWhatWasAcknowledged(t *testing.T) {
	registry := prometheus.NewPedanticRegistry()
	s := MustServer(t, func(c *bus.ServerConfig) { c.Registerer = registry })
	hub := MustConn(t, s, bus.RoleHub(), func(c *bus.ConnConfig) { c.Registerer = registry })
	camera := MustConn(t, s, bus.RoleCamera("east-1"), func(c *bus.ConnConfig) { c.Registerer = registry }) // shares the figures
	reports := make(chan menshen.Report, 100)
	if _, err := hub.SubscribeReports(t.Context(), func(_ context.Context, r menshen.Report) { reports <- r }); err != nil {
		t.Fatal(err)
	}
	if err := hub.EnsureStream(t.Context(), bus.StreamConfig{}); err != nil {
		t.Fatal(err)
	}
	url := s.URL()
	if err := s.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s.URL() != url {
		t.Errorf("the address was %s and is now %s", url, s.URL())
	}
	eventually(t, "a report after the restart", func() bool {
		_ = camera.PublishReport(menshen.Report{Component: "camera-east-1", At: time.Now(), OK: true}) // fails while the connection is down
		return len(reports) > 0
	})
	if err := hub.EnsureStream(t.Context(), bus.StreamConfig{}); err != nil {
		t.Fatal(err)
	}
	if families, err := registry.Gather(); err != nil || len(families) == 0 {
		t.Errorf("figures: %v, %v", families, err)
	}
}

// TestStoppedJetStreamIsRestarted: JetStream that takes no messages is noticed, told, and started again.
func TestStoppedJetStreamIsRestarted(t *testing.T) {
	s := MustServer(t, func(c *bus.ServerConfig) {
		c.ProbeInterval, c.ProbeLimit, c.ProbeFailures = 20*time.Millisecond, time.Second, 2
	})
	hub := MustConn(t, s, bus.RoleHub())
	if err := s.Probe(t.Context()); err != nil { // no stream yet
		t.Fatal(err)
	}
	if err := hub.EnsureStream(t.Context(), bus.StreamConfig{}); err != nil {
		t.Fatal(err)
	}
	if err := s.Probe(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.StopJetStream(); err != nil {
		t.Fatal(err)
	}
	MustCode(t, s.Probe(t.Context()), menshen.CodeUnavailable)
	stop := run(t, s.Run)
	eventually(t, "the condition", func() bool { return len(s.Conditions()) == 1 })
	eventually(t, "JetStream is back", func() bool { return s.Probe(t.Context()) == nil })
	eventually(t, "the condition is over", func() bool { return len(s.Conditions()) == 0 })
	stop()
	eventually(t, "the hub is back", func() bool { return hub.EnsureStream(t.Context(), bus.StreamConfig{}) == nil })
}

// TestStartGivesUp: a start that is broken off ends.
func TestStartGivesUp(t *testing.T) {
	s, err := bus.NewServer(bus.ServerConfig{Site: site, Listen: "127.0.0.1:0", Store: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	MustCode(t, s.Start(t.Context()), menshen.CodeUnavailable)
	MustCode(t, s.Probe(t.Context()), menshen.CodeUnavailable)
	if _, err := s.InProcessConn(); err == nil {
		t.Error("a closed server gives connections")
	}
}
