package bus_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"menshen"
	"menshen/bus"
	"menshen/proto"
)

// registry is what posts follow in these tests.
type registry struct {
	mu      sync.Mutex
	changes []menshen.Change
	passes  []menshen.Pass
}

func (r *registry) Changes(_ context.Context, after uint64, limit int) ([]menshen.Change, uint64, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	rest := r.changes[min(int(after), len(r.changes)):]
	return rest[:min(limit, len(rest))], uint64(len(r.changes)), nil
}

func (r *registry) PassedAfter(_ context.Context, after uint64, limit int) (proto.PassedPage, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if after > uint64(len(r.passes)) {
		return proto.PassedPage{}, menshen.Errorf(menshen.CodeInvalid, "test", "no such cursor").WithHint("begin at 0")
	}
	rest := r.passes[after:]
	rest = rest[:min(limit, len(rest))]
	return proto.PassedPage{Passes: rest, Next: after + uint64(len(rest)), Last: map[string]uint64{"east": 2}}, nil
}

// allowed is a pass of somebody who was let in.
func allowed(sequence uint64) menshen.Pass {
	return menshen.Pass{
		ID: menshen.PassID{Gate: "east", Sequence: sequence}, Site: site, Person: "p-1", Direction: menshen.DirectionIn, Captured: time.Unix(1_770_000_000, 0),
		Means: menshen.MeansCard, Decision: menshen.Decision{Outcome: menshen.OutcomeAllow},
	}
}

// mustPost makes a server with a post at the gate east, and connects hub and post.
func mustPost(t *testing.T) (hub, post *bus.Conn) {
	seed, key, err := bus.NewSeed()
	if err != nil {
		t.Fatal(err)
	}
	server := MustServer(t, func(c *bus.ServerConfig) {
		c.Posts = map[string]bus.Post{"lodge": {Key: key, Gates: []string{"east"}}}
	})
	hub = MustConn(t, server, bus.RoleHub())
	post, err = bus.Connect(t.Context(), bus.ConnConfig{Site: site, Credentials: bus.Credentials{Role: bus.RolePost("lodge"), URL: server.URL(), Seed: seed}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := post.Close(); err != nil {
			t.Error(err)
		}
	})
	return hub, post
}

func TestPostFollows(t *testing.T) {
	hub, post := mustPost(t)
	_, _, err := post.AskChanges(t.Context(), "lodge", 0, 10)
	MustCode(t, err, menshen.CodeUnavailable) // nobody answers yet

	source := &registry{}
	for i := range 5 {
		source.changes = append(source.changes, menshen.Change{
			Revision: uint64(i + 1), Kind: menshen.ChangeGate, Key: "east", Gate: &menshen.GateSetting{Gate: "east", State: menshen.GateClosed},
		})
	}
	source.passes = append(source.passes, allowed(1), allowed(2))
	changes, passed, err := hub.ServePosts(t.Context(), source)
	if err != nil {
		t.Fatal(err)
	}
	defer changes.Close()
	defer passed.Close()

	nudged := make(chan struct{}, 1)
	nudges, err := post.SubscribeNudges(t.Context(), func(context.Context) {
		select {
		case nudged <- struct{}{}:
		default:
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer nudges.Close()
	if err := hub.Nudge(); err != nil {
		t.Fatal(err)
	}
	<-nudged

	var got []menshen.Change
	for after := uint64(0); ; {
		list, latest, err := post.AskChanges(t.Context(), "lodge", after, 2)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, list...)
		if after = got[len(got)-1].Revision; after == latest {
			break
		}
	}
	if len(got) != 5 || got[4].Revision != 5 || got[0].Gate == nil || got[0].Gate.State != menshen.GateClosed {
		t.Errorf("got %+v", got)
	}
	page, err := post.AskPassed(t.Context(), "lodge", 0, 10)
	if err != nil || len(page.Passes) != 2 || page.Next != 2 || page.Passes[1].ID.Sequence != 2 || page.Last["east"] != 2 {
		t.Errorf("got %+v, %v", page, err)
	}
	_, err = post.AskPassed(t.Context(), "lodge", 9, 10)
	MustCode(t, err, menshen.CodeInvalid)
}

// A post tells the hub how it is, and speaks for nobody else.
func TestPostReports(t *testing.T) {
	hub, post := mustPost(t)
	reports := make(chan menshen.Report, 2)
	sub, err := hub.SubscribeReports(t.Context(), func(_ context.Context, r menshen.Report) { reports <- r })
	if err != nil {
		t.Fatal(err)
	}
	defer sub.Close()
	for _, r := range []menshen.Report{
		{Component: "post-gatehouse", At: time.Now(), OK: true},
		{Component: "post-lodge", At: time.Now(), Message: "the disk is full", Hint: "free space", Figures: map[string]float64{"outbox_waiting": 3}},
	} {
		if err := post.PublishReport(r); err != nil {
			t.Fatal(err)
		}
	}
	if r := <-reports; r.Component != "post-lodge" || r.OK || r.Message != "the disk is full" || r.Figures["outbox_waiting"] != 3 {
		t.Errorf("heard %+v", r)
	}
}

// TestPostCarries has a post's relay bring its passes to the hub's pass log, and hear of the receipts.
func TestPostCarries(t *testing.T) {
	hub, post := mustPost(t)
	if err := hub.EnsureStream(t.Context(), bus.StreamConfig{}); err != nil {
		t.Fatal(err)
	}
	b, l := newBox(), newPassLog()
	b.append("east", 100)
	mustConsumer(t, hub, l, quickConsumer())
	cfg := quickRelay()
	cfg.Gates = []string{"east"}
	relay, _ := mustRelay(t, post, b, cfg)
	b.append("east", 50)
	wantAll(t, b, l, map[string]int{"east": 150})
	if c := relay.Conditions(); len(c) != 0 {
		t.Errorf("not well: %+v", c)
	}
}

func TestPresentation(t *testing.T) {
	seed, key, err := bus.NewSeed()
	if err != nil {
		t.Fatal(err)
	}
	server := MustServer(t, func(c *bus.ServerConfig) { c.Doors = map[string]string{"east": key} })
	hub := MustConn(t, server, bus.RoleHub())
	reader, err := bus.Connect(t.Context(), bus.ConnConfig{Site: site, Credentials: bus.Credentials{Role: bus.RoleDoor("east"), URL: server.URL(), Seed: seed}})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	card := menshen.Presentation{Gate: "east", Direction: menshen.DirectionIn, Kind: menshen.CredentialCard, Value: "04A2B3C4"}
	_, err = reader.Present(t.Context(), card)
	MustCode(t, err, menshen.CodeUnavailable)

	sub, err := hub.ServePresentations(t.Context(), func(_ context.Context, p menshen.Presentation) (menshen.Decision, error) {
		if p.Value.Reveal() != "04A2B3C4" {
			return menshen.Decision{}, menshen.Errorf(menshen.CodeNotFound, "test", "unknown")
		}
		return menshen.Decision{Outcome: menshen.OutcomeAllow, Reasons: []menshen.Reason{menshen.ReasonActiveResident}}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	defer sub.Close()
	d, err := reader.Present(t.Context(), card)
	if err != nil || d.Outcome != menshen.OutcomeAllow || len(d.Reasons) != 1 {
		t.Errorf("got %+v, %v", d, err)
	}
	card.Value = "other"
	_, err = reader.Present(t.Context(), card)
	MustCode(t, err, menshen.CodeNotFound)
	card.Kind = "key"
	_, err = reader.Present(t.Context(), card)
	MustCode(t, err, menshen.CodeInvalid)
}
