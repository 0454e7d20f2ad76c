package main_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
	"github.com/nats-io/nats.go"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	menshenv1 "menshen/proto/menshen/v1"
	"menshen/web/client"
)

// openSite is a hub and a post that other machines reach, with a camera each, everything on.
type openSite struct {
	*community

	hub, post *service
	ports     map[string]string // key of the configuration → port
	roots     *x509.CertPool    // the authorities of hub and post
}

// newOpenSite starts both. east is the source of the camera at the east gate; more stands in the configuration too, env in the
// environment.
func newOpenSite(t *testing.T, east, more string, env ...string) *openSite {
	t.Helper()
	models := mustShared(t, "models")
	s := &openSite{community: &community{tb: t, dir: t.TempDir()}, ports: map[string]string{}, roots: x509.NewCertPool()}
	for _, key := range []string{"web", "bus", "mqtt", "post web", "post bus"} {
		_, s.ports[key], _ = net.SplitHostPort(closedPort(t))
	}
	yaml := fmt.Sprintf(`site:
  id: open
  zones: [{id: compound, kind: compound}]
  gates:
    - {id: east, from: outside, to: compound}
    - {id: west, from: outside, to: compound}
engine: {name: opencv, models: models, evaluation: true}
cameras:
  - {id: east-1, gate: east, source: "%[7]s"}
  - {id: west-1, gate: west, source: browser}
posts:
  - {id: lodge, gates: [west], hub: "tls://127.0.0.1:%[2]s", bus: "0.0.0.0:%[5]s", web: "0.0.0.0:%[4]s"}
web: {listen: "0.0.0.0:%[1]s", hosts: [gate.example]}
bus: {listen: "0.0.0.0:%[2]s", mqtt: {listen: "0.0.0.0:%[3]s"}}
%[6]s`, s.ports["web"], s.ports["bus"], s.ports["mqtt"], s.ports["post web"], s.ports["post bus"], more, east)
	if err := os.WriteFile(filepath.Join(s.dir, "menshen.yaml"), []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	s.try("models", "fetch", "--offline", "--from", models) // exits with 5: the official files are not there
	env = append(env, "MENSHEN_LOG_LEVEL=debug")
	s.hub = s.start(mustBinary(t), []string{"serve"}, env...)
	eventually(t, "menshen serve answers", func() bool { return s.try("status").code == 0 })
	s.post = s.start(mustBinary(t), []string{"post", "lodge"}, env...)
	for _, args := range [][]string{{"certificate", "export"}, {"certificate", "export", "--post", "lodge"}} {
		eventually(t, "an authority is made", func() bool { return s.try(args...).code == 0 })
		if !s.roots.AppendCertsFromPEM([]byte(s.must(args...))) {
			t.Fatalf("%v gives no certificate", args)
		}
	}
	return s
}

// atPost gives the API of the post, once that is in reach of the hub.
func (s *openSite) atPost() *client.Client {
	s.tb.Helper()
	folder := filepath.Join(s.dir, "data/post-lodge")
	eventually(s.tb, "the post runs", func() bool {
		_, err := os.Stat(filepath.Join(folder, "running.json"))
		return err == nil
	})
	c := s.api(folder)
	eventually(s.tb, "the post follows the hub, over TLS", func() bool {
		status := call(s.tb.(*testing.T), c.Site.GetStatus, &menshenv1.GetStatusRequest{})
		return !slices.ContainsFunc(status.GetConditions(), func(c *menshenv1.Condition) bool { return c.GetId() == "hub-out-of-reach" })
	})
	return c
}

// stranger is a client who has nothing, from another address at each call: who fails often from one is told so and no more.
func (s *openSite) stranger() *http.Client {
	n := 0
	return &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			TLSClientConfig: &tls.Config{RootCAs: s.roots}, DisableKeepAlives: true,
			DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
				n++
				from := net.IPv4(127, 1, byte(n>>8), byte(n))
				return (&net.Dialer{LocalAddr: &net.TCPAddr{IP: from}}).DialContext(ctx, network, addr)
			},
		},
	}
}

// TestListeners looks at every socket that a hub, a post and their children listen on, as the kernel tells: there are the known ones
// and no others, each speaks TLS alone, and each lets nobody in who has nothing to show.
func TestListeners(t *testing.T) {
	s := newOpenSite(t, "browser", "")
	s.atPost()
	eventually(t, "all children run", func() bool {
		return !slices.ContainsFunc([]*service{s.hub, s.post}, func(x *service) bool { return len(x.children("recognizer")) != 1 || len(x.children("camera")) != 1 })
	})

	at := func(keys ...string) (all []socket) {
		for _, k := range keys {
			all = append(all, socket{"tcp", "0.0.0.0:" + s.ports[k]}, socket{"tcp", "[::]:" + s.ports[k]})
		}
		return all
	}
	for name, c := range map[string]struct {
		service *service
		known   []socket
	}{"hub": {s.hub, at("web", "bus", "mqtt")}, "post": {s.post, at("post web", "post bus")}} {
		root := c.service.cmd.Process.Pid
		people := family(root)
		if len(people) < 3 {
			t.Errorf("%s has only the processes %v", name, people)
		}
		for _, pid := range people {
			found := listening(t, pid)
			if pid != root && len(found) > 0 {
				t.Errorf("a child of the %s listens on %v", name, found)
			}
			if pid != root {
				continue
			}
			for _, f := range found {
				if !slices.Contains(c.known, f) {
					t.Errorf("the %s listens on %v, which nobody knows of", name, f)
				}
			}
			if len(found) != len(c.known)/2 {
				t.Errorf("the %s listens on %v, want one of each pair of %v", name, found, c.known)
			}
		}
	}

	for key, port := range s.ports {
		t.Run(key, func(t *testing.T) {
			s.refusesClear(t, key, "127.0.0.1:"+port)
			switch {
			case strings.HasSuffix(key, "web"):
				s.refusesStrangers(t, key == "web", "https://127.0.0.1:"+port)
			case strings.HasSuffix(key, "bus"):
				s.busRefusesStrangers(t, "tls://127.0.0.1:"+port)
			default:
				s.mqttRefusesStrangers(t, "ssl://127.0.0.1:"+port)
			}
		})
	}
}

// refusesClear checks that whoever speaks without TLS gets nothing, and that the certificate is of the site's authority, for the name
// by which others come too.
func (s *openSite) refusesClear(t *testing.T, key, address string) {
	t.Helper()
	names := []string{"127.0.0.1", "localhost"}
	if !strings.HasPrefix(key, "post") {
		names = append(names, "gate.example")
	}
	if !strings.HasSuffix(key, "bus") { // of a bus, TLS begins after the server has said so: see busRefusesStrangers
		for _, name := range names {
			c, err := tls.Dial("tcp", address, &tls.Config{RootCAs: s.roots, ServerName: name})
			if err != nil {
				t.Errorf("TLS for %s: %v", name, err)
				continue
			}
			c.Close()
		}
		if c, err := tls.Dial("tcp", address, &tls.Config{RootCAs: s.roots, ServerName: "bank.example"}); err == nil {
			c.Close()
			t.Error("it has a certificate for another site")
		}
	}
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(patience))
	fmt.Fprintf(c, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
	answer, _ := io.ReadAll(io.LimitReader(c, 4096))
	if strings.Contains(string(answer), "200") && !strings.HasPrefix(string(answer), "INFO") {
		t.Errorf("in clear it answers %q", answer)
	}
}

// openPaths are what anybody may ask a hub for: nothing of anybody is behind them.
var openPaths = map[string]int{
	"/about": http.StatusOK, "/healthz": http.StatusOK, "/openapi.yaml": http.StatusOK, "/favicon.svg": http.StatusOK,
	"/metrics": http.StatusUnauthorized, "/debug/pprof/": http.StatusNotFound, "/debug/vars": http.StatusNotFound, "/data/site.db": http.StatusNotFound, "/.git/config": http.StatusNotFound,
	"/l/not-a-link-that-was-ever-made": http.StatusNotFound,
}

func (s *openSite) refusesStrangers(t *testing.T, hub bool, base string) {
	t.Helper()
	hc, asked := s.stranger(), 0
	protoregistry.GlobalFiles.RangeFilesByPackage("menshen.v1", func(file protoreflect.FileDescriptor) bool {
		for i := range file.Services().Len() {
			service := file.Services().Get(i)
			for j := range service.Methods().Len() {
				path := "/" + string(service.FullName()) + "/" + string(service.Methods().Get(j).Name())
				if service.Name() == "SignInService" {
					continue // for whoever has nothing yet
				}
				res, err := hc.Post(base+path, "application/json", strings.NewReader("{}"))
				if err != nil {
					t.Fatal(err)
				}
				res.Body.Close()
				asked++
				if res.StatusCode != http.StatusUnauthorized && (hub || res.StatusCode != http.StatusNotFound) {
					t.Errorf("%s answers a stranger with %s", path, res.Status)
				}
			}
		}
		return true
	})
	if asked < 100 {
		t.Errorf("only %d procedures were tried", asked)
	}
	for path, want := range openPaths {
		res, err := hc.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want && (hub || path != "/healthz" && res.StatusCode != http.StatusNotFound) {
			t.Errorf("%s answers %s, want %d", path, res.Status, want)
		}
	}
}

func (s *openSite) busRefusesStrangers(t *testing.T, address string) {
	t.Helper()
	trust := nats.Secure(&tls.Config{RootCAs: s.roots})
	for name, options := range map[string][]nats.Option{
		"nobody": {trust}, "a user": {trust, nats.UserInfo("hub", "hub")}, "a token": {trust, nats.Token("x")},
	} {
		nc, err := nats.Connect(address, options...)
		if err == nil {
			nc.Close()
		}
		if !errors.Is(err, nats.ErrAuthorization) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if nc, err := nats.Connect(strings.Replace(address, "tls:", "nats:", 1)); err == nil {
		nc.Close()
		t.Error("it speaks without a known certificate")
	} else if _, unverified := errors.AsType[*tls.CertificateVerificationError](err); !unverified {
		t.Errorf("whoever asks without TLS is told %v", err)
	}
}

func (s *openSite) mqttRefusesStrangers(t *testing.T, address string) {
	t.Helper()
	for name, who := range map[string][2]string{"nobody": {"", ""}, "wrong password": {"mqtt", "a wrong password"}, "hub": {"hub", "hub"}} {
		o := mqtt.NewClientOptions().AddBroker(address).SetClientID("x").SetUsername(who[0]).SetPassword(who[1]).
			SetConnectTimeout(patience).SetAutoReconnect(false).SetConnectRetry(false).SetTLSConfig(&tls.Config{RootCAs: s.roots})
		c := mqtt.NewClient(o)
		token := c.Connect()
		if !token.WaitTimeout(patience) {
			t.Fatalf("%s: no answer", name)
		}
		if err := token.Error(); err == nil {
			c.Disconnect(100)
			t.Errorf("%s was let in over MQTT", name)
		}
	}
}

// A listener that other machines reach, without TLS, does not start: see also TestConfigValidate of web and TestBadConfiguration and
// TestMQTTConfig of bus. A post speaks to a hub on another machine over TLS alone.
func TestNothingInClear(t *testing.T) {
	c := newCommunity(t, `site:
  id: clear
  zones: [{id: compound, kind: compound}]
  gates: [{id: west, from: outside, to: compound}]
posts: [{id: lodge, gates: [west], hub: "nats://192.0.2.1:4222"}]
`)
	if r := c.try("post", "lodge"); r.code != 2 || !strings.Contains(r.err, "tls://") {
		t.Errorf("a hub in clear: %d %s", r.code, r.err)
	}
}
