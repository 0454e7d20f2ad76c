package bus_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"

	"menshen"
	"menshen/bus"
	"menshen/proto"
)

// probe is a bare connection that notes what the server refuses.
type probe struct {
	nc *nats.Conn
	mu sync.Mutex
	no []string
}

func mustProbe(t *testing.T, url string, seed menshen.Secret, inbox string) *probe {
	t.Helper()
	public, err := bus.PublicKey(seed)
	if err != nil {
		t.Fatal(err)
	}
	p := &probe{}
	p.nc, err = nats.Connect(url, nats.CustomInboxPrefix(inbox), nats.Nkey(public, func(nonce []byte) ([]byte, error) {
		pair, err := nkeys.FromSeed([]byte(seed.Reveal()))
		if err != nil {
			return nil, err
		}
		return pair.Sign(nonce)
	}), nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.no = append(p.no, err.Error())
	}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.nc.Close)
	return p
}

// refused tells whether the server has refused the subject. Refusals come one after the other in the order of what was
// done, so one that must come, of a subject that nobody may use, comes after all others.
func (p *probe) refused(t *testing.T, marker string) map[string]bool {
	t.Helper()
	if err := p.nc.Publish(marker, nil); err != nil {
		t.Fatal(err)
	}
	var all string
	eventually(t, "the refusal of "+marker, func() bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		all = strings.Join(p.no, "\n")
		return strings.Contains(all, `"`+marker+`"`)
	})
	out := map[string]bool{}
	for line := range strings.Lines(all) {
		for _, verb := range []string{"Publish", "Subscription"} {
			if _, rest, ok := strings.Cut(line, verb+` to "`); ok {
				subject, rest, _ := strings.Cut(rest, `"`)
				if _, queue, ok := strings.Cut(rest, `using queue "`); ok {
					queue, _, _ = strings.Cut(queue, `"`)
					subject += " " + queue
				}
				out[verb+" "+subject] = true
			}
		}
	}
	return out
}

// TestPermissions tries every role on every subject.
func TestPermissions(t *testing.T) {
	doorSeed, doorKey, err := bus.NewSeed()
	if err != nil {
		t.Fatal(err)
	}
	postSeed, postKey, err := bus.NewSeed()
	if err != nil {
		t.Fatal(err)
	}
	server := MustServer(t, func(c *bus.ServerConfig) {
		c.Doors = map[string]string{"east": doorKey}
		c.Posts = map[string]bus.Post{"lodge": {Key: postKey, Gates: []string{"east"}}}
	})
	s, other := proto.Subjects{Site: site}, proto.Subjects{Site: "elsewhere"}
	seed := func(r bus.Role) menshen.Secret {
		c, err := server.Credentials(r)
		if err != nil {
			t.Fatal(err)
		}
		return c.Seed
	}
	publish := []string{
		s.Pass("east"), s.Sighting("east-1"), s.Sighting("west-1"), s.Face("east-1"), s.Face("west-1"), s.Door("east"), s.Door("west"),
		s.Receipt("east"), s.Reconcile("east"), s.Analyse(), s.Probe(), s.Health("hub"), s.Health("camera-east-1"), s.Health("camera-west-1"),
		s.Health("recognizer-1"), s.Health("recognizer-2"), s.Health("door-east"), s.Health("door-west"),
		s.Pass("west"), s.Reconcile("west"), s.Present("east"), s.Present("west"), s.Changes("lodge"), s.Changes("other"), s.Passed("lodge"), s.Nudge(), s.Health("post-lodge"),
		s.Frame("east-1"), s.Frame("west-1"), other.Frame("east-1"), other.Pass("east"), other.Sighting("east-1"), "$JS.API.INFO", "$JS.API.STREAM.DELETE.PASSES-jiayuan", "$JS.ACK.x", "$SYS.REQ.USER.INFO",
		"_INBOX.hub.x", "_INBOX.camera-east-1.x", "anything",
	}
	subscribe := []string{
		s.AnyPass(), s.AnySighting(), s.AnySighting() + " " + bus.RecognizerQueue, s.AnySighting() + " others", s.Sighting("east-1"), s.AnyFace(),
		s.Door("east"), s.Door("west"), s.AnyDoor(), s.DoorState("east"), s.DoorState("west"), s.AnyReceipt(), s.AnyReconcile(), s.AnyHealth(), s.Analyse(), s.Analyse() + " " + bus.RecognizerQueue, s.All(),
		s.Receipt("east"), s.Receipt("west"), s.Nudge(), s.AnyPresent(), s.AnyChanges(), s.Changes("lodge"), "_INBOX.post-lodge.>",
		s.Frame("east-1"), s.Frame("west-1"), s.Frame("*"), other.Frame("east-1"), other.All(), ">", "*.>", "$JS.>", "$SYS.>", "_INBOX.>", "_INBOX.hub.>", "_INBOX.door-east.>",
	}
	for name, c := range map[string]struct {
		seed      menshen.Secret
		publish   []string
		subscribe []string
	}{
		"hub": {seed(bus.RoleHub()), []string{
			s.Pass("east"), s.Sighting("east-1"), s.Sighting("west-1"), s.Face("east-1"), s.Face("west-1"), s.Door("east"), s.Door("west"),
			s.Receipt("east"), s.Reconcile("east"), s.Analyse(), s.Probe(), s.Health("hub"), s.Health("camera-east-1"), s.Health("camera-west-1"),
			s.Health("recognizer-1"), s.Health("recognizer-2"), s.Health("door-east"), s.Health("door-west"),
			s.Pass("west"), s.Reconcile("west"), s.Present("east"), s.Present("west"), s.Changes("lodge"), s.Changes("other"), s.Passed("lodge"), s.Nudge(), s.Health("post-lodge"),
			s.Frame("east-1"), s.Frame("west-1"), "$JS.API.INFO", "$JS.API.STREAM.DELETE.PASSES-jiayuan", "$JS.ACK.x", "_INBOX.hub.x",
		}, []string{
			s.AnyPass(), s.AnySighting(), s.AnySighting() + " " + bus.RecognizerQueue, s.AnySighting() + " others", s.Sighting("east-1"), s.AnyFace(),
			s.Door("east"), s.Door("west"), s.AnyDoor(), s.DoorState("east"), s.DoorState("west"), s.AnyReceipt(), s.AnyReconcile(), s.AnyHealth(), s.Analyse(), s.Analyse() + " " + bus.RecognizerQueue,
			s.Receipt("east"), s.Receipt("west"), s.Nudge(), s.AnyPresent(), s.AnyChanges(), s.Changes("lodge"),
			s.Frame("east-1"), s.Frame("west-1"), s.Frame("*"), s.All(), "_INBOX.hub.>",
		}},
		"camera": {seed(bus.RoleCamera("east-1")), []string{s.Sighting("east-1"), s.Health("camera-east-1")}, []string{s.Frame("east-1")}},
		"recognizer": {seed(bus.RoleRecognizer("1")), []string{s.Face("east-1"), s.Face("west-1"), s.Health("recognizer-1")},
			[]string{s.AnySighting() + " " + bus.RecognizerQueue, s.Sighting("east-1") + " " + bus.RecognizerQueue, s.Analyse() + " " + bus.RecognizerQueue}},
		"door": {doorSeed, []string{s.Health("door-east"), s.Present("east")}, []string{s.Door("east"), s.DoorState("east"), "_INBOX.door-east.>"}},
		"post": {
			postSeed, []string{s.Health("post-lodge"), s.Pass("east"), s.Reconcile("east"), s.Changes("lodge"), s.Passed("lodge")},
			[]string{s.Receipt("east"), s.Door("east"), s.DoorState("east"), s.Nudge(), "_INBOX.post-lodge.>"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := mustProbe(t, server.URL(), c.seed, "_INBOX."+name)
			allowed := map[string]bool{}
			for _, subject := range c.publish {
				allowed["Publish "+subject] = true
			}
			for _, subject := range c.subscribe {
				allowed["Subscription "+subject] = true
			}
			for _, subject := range publish {
				if err := p.nc.Publish(subject, nil); err != nil {
					t.Fatal(err)
				}
			}
			for _, subject := range subscribe {
				subject, queue, _ := strings.Cut(subject, " ")
				if _, err := p.nc.QueueSubscribe(subject, queue, func(*nats.Msg) {}); err != nil {
					t.Fatal(err)
				}
			}
			refused := p.refused(t, "nobody.may")
			for _, subject := range publish {
				if did := "Publish " + subject; refused[did] == allowed[did] {
					t.Errorf("%s: refused %v, want allowed %v", did, refused[did], allowed[did])
				}
			}
			for _, subject := range subscribe {
				if did := "Subscription " + subject; refused[did] == allowed[did] {
					t.Errorf("%s: refused %v, want allowed %v", did, refused[did], allowed[did])
				}
			}
		})
	}
	if nc, err := nats.Connect(server.URL()); err == nil {
		nc.Close()
		t.Error("somebody without a key was let in")
	}
}

// TestRefusedSubscription: who may not listen is told so.
func TestRefusedSubscription(t *testing.T) {
	s := MustServer(t)
	camera := MustConn(t, s, bus.RoleCamera("east-1"))
	_, err := camera.SubscribeFaces(t.Context(), nil)
	MustCode(t, err, menshen.CodeDenied)
	recognizer := MustConn(t, s, bus.RoleRecognizer("1"))
	_, err = recognizer.SubscribeSightings(t.Context(), "others", nil)
	MustCode(t, err, menshen.CodeDenied)
}
