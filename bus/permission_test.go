package bus_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nkeys"

	"menshen"
	"menshen/bus"
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

// matrixRoles are the columns of the matrix. Readers beside a door have the door's key; couriers are of the hub; nothing else connects
// but MQTT readers, for whom the last column is.
var matrixRoles = []string{"hub", "camera", "recognizer", "door", "post", "mqtt"}

// matrix says what each role may do with each subject: p publish, s subscribe, r ask and be answered; a dot is nothing. It is spelled
// out by hand, so that nobody is given anything by accident. "~" is this site, "^" another; " q" is in the recognizers' queue. The
// camera is east-1, the recognizer 1, the door and the gate of the post lodge are east.
const matrix = `
subject                                hub   camera  recognizer  door  post  mqtt
~.pass.east                            psr   .       .           .     p     s
~.pass.west                            psr   .       .           .     .     s
~.pass.*                               s     .       .           .     .     s
~.alert                                psr   .       .           .     .     s
~.event.pass.east                      psr   .       .           .     .     s
~.event.alert.fire                     psr   .       .           .     .     s
~.event.>                              s     .       .           .     .     s
~.sighting.east-1                      psr   p       .           .     .     .
~.sighting.west-1                      psr   .       .           .     .     .
~.sighting.*                           s     .       .           .     .     .
~.sighting.* q                         s     .       s           .     .     .
~.sighting.east-1 q                    s     .       s           .     .     .
~.sighting.* others                    s     .       .           .     .     .
~.face.east-1                          psr   .       p           .     .     .
~.face.west-1                          psr   .       p           .     .     .
~.face.*                               s     .       .           .     .     .
~.analyse                              psr   .       .           .     .     .
~.analyse q                            s     .       s           .     .     .
~.frame.east-1                         psr   s       .           .     .     .
~.frame.west-1                         psr   .       .           .     .     .
~.frame.*                              s     .       .           .     .     .
~.door.east                            psr   .       .           s     s     .
~.door.west                            psr   .       .           .     .     .
~.door.*                               s     .       .           .     .     .
~.doorstate.east                       psr   .       .           s     s     .
~.doorstate.west                       psr   .       .           .     .     .
~.present.east                         psr   .       .           pr    .     .
~.present.west                         psr   .       .           .     .     .
~.present.*                            s     .       .           .     .     .
~.receipt.east                         psr   .       .           .     s     .
~.receipt.west                         psr   .       .           .     .     .
~.reconcile.east                       psr   .       .           .     pr    .
~.reconcile.west                       psr   .       .           .     .     .
~.changes.lodge                        psr   .       .           .     pr    .
~.changes.other                        psr   .       .           .     .     .
~.passed.lodge                         psr   .       .           .     pr    .
~.passed.other                         psr   .       .           .     .     .
~.registry                             psr   .       .           .     s     .
~.probe                                psr   .       .           .     .     .
~.health.hub                           psr   .       .           .     .     .
~.health.camera-east-1                 psr   p       .           .     .     .
~.health.camera-west-1                 psr   .       .           .     .     .
~.health.recognizer-1                  psr   .       p           .     .     .
~.health.recognizer-2                  psr   .       .           .     .     .
~.health.door-east                     psr   .       .           p     .     .
~.health.door-west                     psr   .       .           .     .     .
~.health.post-lodge                    psr   .       .           .     p     .
~.health.post-other                    psr   .       .           .     .     .
~.health.*                             s     .       .           .     .     .
~.later                                psr   .       .           .     .     .
~.>                                    s     .       .           .     .     .
^.pass.east                            .     .       .           .     .     .
^.sighting.east-1                      .     .       .           .     .     .
^.sighting.* q                         .     .       .           .     .     .
^.face.east-1                          .     .       .           .     .     .
^.analyse q                            .     .       .           .     .     .
^.frame.east-1                         .     .       .           .     .     .
^.door.east                            .     .       .           .     .     .
^.present.east                         .     .       .           .     .     .
^.receipt.east                         .     .       .           .     .     .
^.reconcile.east                       .     .       .           .     .     .
^.changes.lodge                        .     .       .           .     .     .
^.passed.lodge                         .     .       .           .     .     .
^.registry                             .     .       .           .     .     .
^.alert                                .     .       .           .     .     .
^.event.>                              .     .       .           .     .     .
^.health.camera-east-1                 .     .       .           .     .     .
^.>                                    .     .       .           .     .     .
menshen.*.pass.east                    .     .       .           .     .     .
menshen.>                              .     .       .           .     .     .
*.jiayuan.>                            .     .       .           .     .     .
>                                      .     .       .           .     .     .
$JS.API.INFO                           p     .       .           .     .     .
$JS.API.STREAM.NAMES                   p     .       .           .     .     .
$JS.API.STREAM.LIST                    p     .       .           .     .     .
$JS.API.STREAM.INFO.KV_kept            p     .       .           .     .     .
$JS.API.STREAM.CREATE.stolen           p     .       .           .     .     .
$JS.API.STREAM.UPDATE.kept             p     .       .           .     .     .
$JS.API.STREAM.PURGE.none              p     .       .           .     .     .
$JS.API.STREAM.DELETE.none             p     .       .           .     .     .
$JS.API.STREAM.MSG.GET.kept            p     .       .           .     .     .
$JS.API.STREAM.MSG.DELETE.none         p     .       .           .     .     .
$JS.API.STREAM.SNAPSHOT.none           p     .       .           .     .     .
$JS.API.DIRECT.GET.kept                p     .       .           .     .     .
$JS.API.CONSUMER.CREATE.none           p     .       .           .     .     .
$JS.API.CONSUMER.MSG.NEXT.none.a       p     .       .           .     .     .
$JS.API.CONSUMER.DELETE.none.a         p     .       .           .     .     .
$JS.API.>                              .     .       .           .     .     .
$JS.ACK.kept.a.1.1.1.1.1               p     .       .           .     .     .
$JS.EVENT.ADVISORY.>                   .     .       .           .     .     .
$SYS.REQ.USER.INFO                     .     .       .           .     .     .
$SYS.REQ.SERVER.PING                   .     .       .           .     .     .
$SYS.>                                 .     .       .           .     .     .
$MQTT.sub.x                            .     .       .           .     .     .
$MQTT.>                                .     .       .           .     .     .
_INBOX.hub.x                           ps    .       .           .     .     .
_INBOX.camera-east-1.x                 .     .       .           .     .     .
_INBOX.recognizer-1.x                  .     .       .           .     .     .
_INBOX.door-east.x                     .     .       .           s     .     .
_INBOX.post-lodge.x                    .     .       .           .     s     .
_INBOX.door-west.x                     .     .       .           .     .     .
_INBOX.>                               .     .       .           .     .     .
anything                               .     .       .           .     .     .
`

// square is one row of the matrix.
type square struct {
	subject, queue string
	may            map[string]string // role → letters
}

func squares(t *testing.T) (all []square) {
	t.Helper()
	for line := range strings.Lines(strings.TrimSpace(matrix)) {
		cells := strings.Fields(line)
		if cells[0] == "subject" {
			continue
		}
		n := len(cells) - len(matrixRoles)
		if n < 1 || n > 2 {
			t.Fatalf("the row %q has not one cell for each role", line)
		}
		q := square{subject: cells[0], may: map[string]string{}}
		q.subject = strings.NewReplacer("~", "menshen."+site, "^", "menshen.elsewhere").Replace(q.subject)
		if n == 2 {
			if q.queue = cells[1]; q.queue == "q" {
				q.queue = bus.RecognizerQueue
			}
		}
		for i, role := range matrixRoles {
			q.may[role] = cells[n+i]
		}
		all = append(all, q)
	}
	return all
}

// TestMatrix tries every role on every subject against the real server: publishing, subscribing, asking, the API of JetStream, and
// other sites.
func TestMatrix(t *testing.T) {
	seeds, public := map[string]menshen.Secret{}, map[string]string{}
	for _, role := range []string{"door", "post"} {
		var err error
		if seeds[role], public[role], err = bus.NewSeed(); err != nil {
			t.Fatal(err)
		}
	}
	server := mustMQTTServer(t, func(c *bus.ServerConfig) {
		c.Doors = map[string]string{"east": public["door"]}
		c.Posts = map[string]bus.Post{"lodge": {Key: public["post"], Gates: []string{"east"}}}
	})
	for name, r := range map[string]bus.Role{"hub": bus.RoleHub(), "camera": bus.RoleCamera("east-1"), "recognizer": bus.RoleRecognizer("1")} {
		c, err := server.Credentials(r)
		if err != nil {
			t.Fatal(err)
		}
		seeds[name] = c.Seed
	}
	inboxes := map[string]string{"hub": "hub", "camera": "camera-east-1", "recognizer": "recognizer-1", "door": "door-east", "post": "post-lodge"}
	hub := mustProbe(t, server.URL(), seeds["hub"], "_INBOX.hub")
	// Something that JetStream keeps, and that must be there in the end.
	js, err := jetstream.New(hub.nc)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := js.CreateStream(t.Context(), jetstream.StreamConfig{Name: "kept", Subjects: []string{"menshen." + site + ".kept"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := js.Publish(t.Context(), "menshen."+site+".kept", []byte("x")); err != nil {
		t.Fatal(err)
	}
	// The hub answers everything that it is asked.
	if _, err := hub.nc.Subscribe("menshen."+site+".>", func(m *nats.Msg) {
		if m.Reply != "" && string(m.Data) == "ask" {
			_ = m.Respond([]byte("answer"))
		}
	}); err != nil {
		t.Fatal(err)
	}
	if err := hub.nc.Flush(); err != nil {
		t.Fatal(err)
	}
	for name, seed := range seeds {
		t.Run(name, func(t *testing.T) {
			p := mustProbe(t, server.URL(), seed, "_INBOX."+inboxes[name])
			rows := squares(t)
			for _, q := range rows {
				if q.queue == "" && !strings.ContainsAny(q.subject, "*>") {
					if err := p.nc.Publish(q.subject, nil); err != nil {
						t.Fatal(err)
					}
				}
				if _, err := p.nc.QueueSubscribe(q.subject, q.queue, func(*nats.Msg) {}); err != nil {
					t.Fatal(err)
				}
			}
			refused := p.refused(t, "nobody.may")
			for _, q := range rows {
				as := strings.TrimSpace(q.subject + " " + q.queue)
				if may := strings.Contains(q.may[name], "s"); refused["Subscription "+as] == may {
					t.Errorf("subscribing to %s: refused %v", as, may)
				}
				if q.queue != "" || strings.ContainsAny(q.subject, "*>") {
					continue
				}
				if may := strings.Contains(q.may[name], "p"); refused["Publish "+as] == may {
					t.Errorf("publishing to %s: refused %v", as, may)
				}
				if !strings.Contains(q.may[name], "r") {
					continue
				}
				if m, err := p.nc.Request(q.subject, []byte("ask"), limit); err != nil || string(m.Data) != "answer" {
					t.Errorf("asking %s: %v", as, err)
				}
			}
		})
	}
	t.Run("mqtt", func(t *testing.T) {
		c, err := reader(t, "tcp://"+server.MQTTAddr(), "matrix", bus.MQTTUser, password.Reveal(), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range squares(t) {
			if q.queue != "" || strings.HasPrefix(q.subject, "$MQTT") { // MQTT has no queues of ours; its own subjects are no topics
				continue
			}
			topic := strings.NewReplacer(".", "/", "*", "+", ">", "#").Replace(q.subject)
			if _, code := follow(t, c, 1, topic); (code != 0x80) != strings.Contains(q.may["mqtt"], "s") {
				t.Errorf("subscribing to %s gives %#x", topic, code)
			}
		}
	})
	if info, err := kept.Info(t.Context()); err != nil || info.State.Msgs != 1 {
		t.Errorf("what JetStream keeps: %+v, %v", info, err)
	}
}

// TestNobodyWithoutAKey: no name, no token, no key of another site, and no key of a component that is not in the configuration.
func TestNobodyWithoutAKey(t *testing.T) {
	s, other := MustServer(t), MustServer(t, func(c *bus.ServerConfig) { c.Site = "elsewhere" })
	for name, option := range map[string]nats.Option{"nobody": nats.Name("x"), "a user": nats.UserInfo(bus.MQTTUser, password.Reveal()), "a token": nats.Token("x")} {
		nc, err := nats.Connect(s.URL(), option)
		if err == nil {
			nc.Close()
		}
		if !errors.Is(err, nats.ErrAuthorization) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, role := range []bus.Role{bus.RoleHub(), bus.RoleCamera("east-1"), bus.RoleRecognizer("1")} {
		c, err := other.Credentials(role)
		if err != nil {
			t.Fatal(err)
		}
		c.URL = s.URL()
		_, err = bus.Connect(t.Context(), bus.ConnConfig{Site: site, Credentials: c})
		MustCode(t, err, menshen.CodeDenied)
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
