package web_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
	"menshen/web"
)

func TestListPasses(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	list := func(m *menshenv1.ListPassesRequest) ([]*menshenv1.PassView, error) {
		res, err := s.client.Passes.ListPasses(context.Background(), connect.NewRequest(m))
		if err != nil {
			return nil, err
		}
		return res.Msg.Passes, nil
	}
	all, err := list(&menshenv1.ListPassesRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 3 || all[0].Pass.Sequence != 3 || all[2].Pass.Sequence != 1 {
		t.Fatalf("not the newest first: %v", all)
	}
	if v := all[2]; v.PersonName != "王芳" || v.Dwelling != "3-2-14-1402" || len(v.Reasons) != 1 || v.Reasons[0].Zh == "" || v.Reasons[0].En == "" {
		t.Errorf("pass %v", v)
	}
	if v := all[0]; v.PersonName != "" || v.Pass.Person != "" || v.Pass.Outcome != menshenv1.Outcome_OUTCOME_DENY {
		t.Errorf("stranger %v", v)
	}
	if some, err := list(&menshenv1.ListPassesRequest{Limit: 1, Gate: "east-1"}); err != nil || len(some) != 1 || some[0].Pass.Sequence != 3 {
		t.Errorf("latest of a gate: %v, %v", some, err)
	}
	if none, err := list(&menshenv1.ListPassesRequest{Gate: "west-1"}); err != nil || len(none) != 0 {
		t.Errorf("other gate: %v, %v", none, err)
	}
	_, err = list(&menshenv1.ListPassesRequest{Limit: 1001})
	wantError(t, err, menshen.CodeInvalid, "limit")
	_, err = list(&menshenv1.ListPassesRequest{Gate: "north"})
	wantError(t, err, menshen.CodeNotFound, "north")
}

// MustWatch opens a stream and waits until it is subscribed.
func (s *served) MustWatch(tb testing.TB, gate string) *connect.ServerStreamForClient[menshenv1.WatchPassesResponse] {
	tb.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	stream, err := s.client.Passes.WatchPasses(ctx, connect.NewRequest(&menshenv1.WatchPassesRequest{Gate: gate}))
	if err != nil {
		cancel()
		tb.Fatal(err)
	}
	tb.Cleanup(func() { cancel(); stream.Close() })
	if !stream.Receive() || stream.Msg().Pass != nil {
		tb.Fatalf("no sign of life first: %v, %v", stream.Msg(), stream.Err())
	}
	return stream
}

func TestWatchPasses(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	east, all := s.MustWatch(t, "east-1"), s.MustWatch(t, "")
	west := mustPass(7, "p-2")
	west.ID.Gate = "west-1"
	s.feed.Publish(west)
	s.feed.Publish(mustPass(8, "p-1"))
	if !east.Receive() || east.Msg().Pass.Pass.Sequence != 8 || east.Msg().Pass.PersonName != "王芳" {
		t.Errorf("east: %v, %v", east.Msg(), east.Err())
	}
	for _, want := range []uint64{7, 8} {
		if !all.Receive() || all.Msg().Pass.Pass.Sequence != want {
			t.Errorf("all: %v, %v", all.Msg(), all.Err())
		}
	}
	stream, err := s.client.Passes.WatchPasses(context.Background(), connect.NewRequest(&menshenv1.WatchPassesRequest{Gate: "north"}))
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	if stream.Receive() {
		t.Error("something came of an unknown gate")
	}
	wantError(t, stream.Err(), menshen.CodeNotFound, "north")
}

// A token for gates shows what passed there, whatever it asks for.
func TestPassesOfATokensGates(t *testing.T) {
	h := newHouse()
	for n := range uint64(2) {
		p := mustPass(n+1, "p-2")
		p.ID.Gate = "west-1"
		h.passes = append(h.passes, p)
	}
	serve := func(gates ...string) *served {
		return MustServeTo(t, h, web.Config{}, web.Grant{Token: web.NewToken(), Actor: "guard@gate", Role: web.RoleGuard, Gates: gates})
	}
	s := serve("west-1")
	list, err := s.client.Passes.ListPasses(t.Context(), connect.NewRequest(&menshenv1.ListPassesRequest{}))
	if err != nil || len(list.Msg.Passes) != 2 || list.Msg.Passes[0].Pass.Gate != "west-1" || list.Msg.Passes[1].Pass.Gate != "west-1" {
		t.Errorf("list %v, %v", list, err)
	}
	_, err = s.client.Passes.ListPasses(t.Context(), connect.NewRequest(&menshenv1.ListPassesRequest{Gate: "east-1"}))
	wantError(t, err, menshen.CodeDenied, "east-1")
	stream := s.MustWatch(t, "")
	s.feed.Publish(mustPass(8, "p-1")) // at the east gate
	west := mustPass(7, "p-2")
	west.ID.Gate = "west-1"
	s.feed.Publish(west)
	if !stream.Receive() || stream.Msg().Pass.Pass.Gate != "west-1" {
		t.Errorf("came %v, %v", stream.Msg(), stream.Err())
	}
	other, err := s.client.Passes.WatchPasses(t.Context(), connect.NewRequest(&menshenv1.WatchPassesRequest{Gate: "east-1"}))
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if other.Receive() {
		t.Error("the east gate is shown")
	}
	wantError(t, other.Err(), menshen.CodeDenied, "east-1")
	// Of several gates the latest come first, and no more than asked for.
	list, err = serve("west-1", "east-1").client.Passes.ListPasses(t.Context(), connect.NewRequest(&menshenv1.ListPassesRequest{Limit: 3}))
	if err != nil || len(list.Msg.Passes) != 3 || list.Msg.Passes[0].Pass.Sequence != 3 || list.Msg.Passes[2].Pass.Gate != "west-1" {
		t.Errorf("list %v, %v", list, err)
	}
}

func TestWatchSignsOfLife(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{SignOfLife: time.Millisecond, ReadLimit: 50 * time.Millisecond})
	stream := s.MustWatch(t, "")
	for range 100 { // for longer than the limit of a body, which is over
		if !stream.Receive() || stream.Msg().Pass != nil {
			t.Fatalf("%v, %v", stream.Msg(), stream.Err())
		}
	}
}

// A watcher that falls behind gets what came before, then an error, never a gap.
func TestWatchFallsBehind(t *testing.T) {
	h := newHouse()
	h.lookups = make(chan struct{})
	s := MustServe(t, h, web.Config{})
	stream := s.MustWatch(t, "")
	// One pass may be in the server's hands, four are in the buffer: eight are too many for sure.
	for i := range uint64(8) {
		s.feed.Publish(mustPass(i+1, "p-1"))
	}
	if s.feed.Watching() != 0 {
		t.Fatal("the watcher was not cut off")
	}
	close(h.lookups)
	got := uint64(0)
	for stream.Receive() {
		if p := stream.Msg().Pass; p != nil {
			if got++; p.Pass.Sequence != got {
				t.Fatalf("pass %d came as number %d", p.Pass.Sequence, got)
			}
		}
	}
	if got < 4 || got > 5 {
		t.Errorf("%d passes came", got)
	}
	wantError(t, stream.Err(), menshen.CodeExhausted, fmt.Sprintf("east-1:%d", got+1))
}

// A watcher that reads nothing is dropped and holds nothing.
func TestWatcherThatReadsNothing(t *testing.T) {
	h := newHouse()
	h.people[0].Name = strings.Repeat("长", 1<<16)
	s := MustServe(t, h, web.Config{WriteLimit: 50 * time.Millisecond})
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST /menshen.v1.PassService/WatchPasses HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: application/connect+json\r\nContent-Length: 7\r\n\r\n\x00\x00\x00\x00\x02{}", s.token.Reveal())
	wait := func(what string, ok func() bool) {
		t.Helper()
		for end := time.Now().Add(30 * time.Second); !ok(); time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal("never: " + what)
			}
		}
	}
	wait("subscribed", func() bool { return s.feed.Watching() == 1 })
	sequence := uint64(0)
	wait("dropped", func() bool {
		sequence++
		s.feed.Publish(mustPass(sequence, "p-1"))
		return s.feed.Watching() == 0
	})
}

func TestWatchEndsWithTheServerAndTheClient(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	ctx, cancel := context.WithCancel(context.Background())
	gone, err := s.client.Passes.WatchPasses(ctx, connect.NewRequest(&menshenv1.WatchPassesRequest{}))
	if err != nil {
		t.Fatal(err)
	}
	gone.Receive()
	cancel()
	for gone.Receive() {
	}
	if !errors.Is(gone.Err(), context.Canceled) {
		t.Errorf("cancelled: %v", gone.Err())
	}
	gone.Close()

	stream := s.MustWatch(t, "")
	s.stop()
	if stream.Receive() {
		t.Errorf("%v came", stream.Msg())
	}
	wantError(t, stream.Err(), menshen.CodeUnavailable, "stopping")
	if s.feed.Watching() != 0 {
		t.Error("a subscription is left")
	}
	_, err = s.client.Site.GetSite(context.Background(), connect.NewRequest(&menshenv1.GetSiteRequest{}))
	wantError(t, err, menshen.CodeUnavailable, "menshen serve")
}
