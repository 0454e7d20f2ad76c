package main_test

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"menshen"
	"menshen/bus"
	menshenv1 "menshen/proto/menshen/v1"
	"menshen/web/client"

	"google.golang.org/protobuf/types/known/timestamppb"
)

// cable is a way over TCP that a test can cut and mend.
type cable struct {
	listener net.Listener
	to       string

	mu   sync.Mutex
	cut  bool
	ends []net.Conn
}

func newCable(tb testing.TB, to string) *cable {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	c := &cable{listener: l, to: to}
	go c.run()
	tb.Cleanup(func() {
		l.Close()
		c.set(true)
	})
	return c
}

func (c *cable) run() {
	for {
		near, err := c.listener.Accept()
		if err != nil {
			return
		}
		far, err := net.Dial("tcp", c.to)
		c.mu.Lock()
		if err != nil || c.cut {
			near.Close()
			if far != nil {
				far.Close()
			}
			c.mu.Unlock()
			continue
		}
		c.ends = append(c.ends, near, far)
		c.mu.Unlock()
		for _, way := range [][2]net.Conn{{near, far}, {far, near}} {
			go func() {
				_, _ = io.Copy(way[0], way[1])
				way[0].Close()
				way[1].Close()
			}()
		}
	}
}

// set cuts the cable, or mends it.
func (c *cable) set(cut bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cut = cut
	for _, end := range c.ends {
		end.Close()
	}
	c.ends = nil
}

// clockFile has how far ahead the clock of posts is.
func (c *community) clockFile() string { return filepath.Join(c.dir, "clock") }

// setClock sets the clock of posts ahead. The file is whole at every moment: half of it would be another time.
func (c *community) setClock(ahead time.Duration) {
	c.tb.Helper()
	next := c.clockFile() + ".next"
	if err := os.WriteFile(next, []byte(ahead.String()), 0o600); err != nil {
		c.tb.Fatal(err)
	}
	if err := os.Rename(next, c.clockFile()); err != nil {
		c.tb.Fatal(err)
	}
}

// startPost starts menshen post with a clock that can be set ahead, and ends it with the test.
func (c *community) startPost(id string) *service {
	c.tb.Helper()
	return c.start(mustShifted(c.tb), []string{"post", id}, "MENSHEN_TEST_CLOCK="+c.clockFile())
}

// reader is a card reader at a gate of a post.
type reader struct {
	tb   testing.TB
	conn *bus.Conn
	gate string
}

func mustReader(tb testing.TB, address, folder, gate string) *reader {
	tb.Helper()
	r := &reader{tb: tb, gate: gate}
	eventually(tb, "the post's bus answers the reader of "+gate, func() bool {
		seed, err := os.ReadFile(filepath.Join(folder, "door-"+gate+".nk"))
		if err != nil {
			return false
		}
		r.conn, err = bus.Connect(tb.Context(), bus.ConnConfig{Site: "cut", Credentials: bus.Credentials{
			Role: bus.RoleDoor(gate), URL: "nats://" + address, Seed: menshen.Secret(strings.TrimSpace(string(seed))),
		}})
		return err == nil
	})
	tb.Cleanup(func() { _ = r.conn.Close() })
	return r
}

func (r *reader) show(card string, d menshen.Direction) (menshen.Decision, error) {
	ctx, cancel := context.WithTimeout(r.tb.Context(), 30*time.Second)
	defer cancel()
	return r.conn.Present(ctx, menshen.Presentation{Gate: r.gate, Direction: d, Kind: menshen.CredentialCard, Value: menshen.Secret(card)})
}

// TestPostAlone cuts the way between hub and post for 72 hours by the post's clock, lets 50,000 people pass, changes the
// registry meanwhile, starts the post again without the hub, and mends the way: every pass arrives once and in order, and
// every change gets through. What time changes, such as the end of a permit, happens at the post without the hub.
func TestPostAlone(t *testing.T) {
	const gates, people, hours = 5, 200, 72
	passes := 50_000
	if testing.Short() {
		passes = 2000
	}
	hubBus, postBus := closedPort(t), closedPort(t)
	way := newCable(t, hubBus)
	var yaml, doors strings.Builder
	yaml.WriteString("site:\n  id: cut\n  zones: [{id: compound, kind: compound}]\n  gates:\n")
	var names []string
	for i := range gates {
		gate := fmt.Sprintf("gate-%d", i)
		names = append(names, gate)
		fmt.Fprintf(&yaml, "    - {id: %s, from: outside, to: compound}\n", gate)
		fmt.Fprintf(&doors, "  - {gate: %s, driver: nats}\n", gate)
	}
	fmt.Fprintf(&yaml, "doors:\n%saccess: {cooldown: 1s, door_limit: 100ms}\nposts:\n  - {id: lodge, gates: [%s], hub: \"nats://%s\", bus: \"%s\"}\n",
		doors.String(), strings.Join(names, ", "), way.listener.Addr(), postBus)
	c := newCommunity(t, yaml.String())
	if err := os.WriteFile(filepath.Join(c.dir, "menshen.yaml"), []byte(yaml.String()+fmt.Sprintf("bus: {listen: \"%s\"}\nweb: {listen: \"127.0.0.1:0\"}\n", hubBus)), 0o600); err != nil {
		t.Fatal(err)
	}
	c.serve()
	data := filepath.Join(c.dir, "data")
	api := c.api(data)

	ids := make([]string, people)
	for i := range people {
		ids[i] = call(t, api.Registry.PutPerson, &menshenv1.PutPersonRequest{Name: fmt.Sprintf("住户%d", i), Dwelling: fmt.Sprintf("1-1-%d-%d", i/10+1, i%10+1)}).GetPerson()
		call(t, api.Credentials.IssueCredential, &menshenv1.IssueCredentialRequest{Person: ids[i], Kind: "card", Card: card(i)})
	}
	call(t, api.Gates.SetMode, &menshenv1.SetModeRequest{Mode: "closed", Reason: "epidemic"})
	var permit, second string
	for _, id := range ids[:people-1] { // the last one has none yet
		draft := &menshenv1.Permit{Kind: "resident", Person: id}
		if id == ids[people-3] {
			draft.To = timestamppb.New(time.Now().Add(47*time.Hour + 30*time.Minute))
		}
		p := call(t, api.Permits.IssuePermit, &menshenv1.IssuePermitRequest{Permit: draft}).GetPermit()
		switch id {
		case ids[0]:
			permit = p.GetId()
		case ids[1]:
			second = p.GetId()
		}
	}

	post := c.startPost("lodge")
	folder := filepath.Join(data, "post-lodge")
	readers := make([]*reader, gates)
	for i, gate := range names {
		readers[i] = mustReader(t, postBus, folder, gate)
	}
	decides := func(i int, want menshen.Outcome, why menshen.Reason) func() bool {
		return func() bool {
			d, err := readers[0].show(card(i), menshen.DirectionIn)
			return err == nil && d.Outcome == want && slices.Contains(d.Reasons, why)
		}
	}
	eventually(t, "the post knows who may pass", decides(people-2, menshen.OutcomeAllow, menshen.ReasonPermitValid))
	eventually(t, "and who may not", decides(people-1, menshen.OutcomeDeny, menshen.ReasonNoPermit))

	way.set(true)
	// Meanwhile the office goes on: one permit is revoked, another issued.
	call(t, api.Permits.RevokePermit, &menshenv1.RevokePermitRequest{Permit: permit, Reason: "moved away"})
	call(t, api.Permits.IssuePermit, &menshenv1.IssuePermitRequest{Permit: &menshenv1.Permit{Kind: "resident", Person: ids[people-1]}})
	var slowest time.Duration
	outbox := filepath.Join(folder, "gate.db")
	for hour, done := 0, 0; hour < hours; hour++ {
		c.setClock(time.Duration(hour) * time.Hour)
		if hour < 48 {
			eventually(t, "a permit for 48 hours is good", decides(people-3, menshen.OutcomeAllow, menshen.ReasonPermitValid))
		} else {
			eventually(t, "a permit for 48 hours is over", decides(people-3, menshen.OutcomeDeny, menshen.ReasonPermitExpired))
		}
		slowest = max(slowest, anHour(t, readers, people-3, passes/hours/gates+1))
		done += (passes/hours/gates + 1) * gates
		// The clock is set ahead when everything is kept: a real one does not jump while a pass is being written.
		// Those who were only asked about are left out: how often is not known.
		eventually(t, "every pass is in the post's outbox", func() bool { return waiting(t, outbox, ids[people-3:]...) >= done })
	}
	t.Logf("%d hours and %d passes without the hub, the slowest decision after %v", hours, waiting(t, outbox), slowest)
	atPost := c.api(folder)
	if r := call(t, atPost.Guard.Present, &menshenv1.PresentRequest{Gate: names[1], Direction: menshenv1.Direction_DIRECTION_IN, Kind: "card", Value: card(0)}); r.GetOutcome() != menshenv1.Outcome_OUTCOME_ALLOW {
		t.Errorf("over HTTP, without the hub: %v", r)
	}
	eventually(t, "the post says that the hub is out of reach", func() bool {
		return slices.ContainsFunc(call(t, atPost.Site.GetStatus, &menshenv1.GetStatusRequest{}).GetConditions(), func(c *menshenv1.Condition) bool { return c.GetId() == "hub-out-of-reach" })
	})
	if d, err := readers[0].show(card(0), menshen.DirectionIn); err != nil || d.Outcome != menshen.OutcomeAllow {
		t.Errorf("without the hub the post does not decide by what it knew: %v %v", d, err)
	}

	// The post is killed and comes back, still without the hub.
	post.kill(t)
	for _, r := range readers {
		_ = r.conn.Close()
	}
	c.startPost("lodge")
	readers[0] = mustReader(t, postBus, folder, names[0])
	eventually(t, "after a start without the hub the post decides", decides(people-2, menshen.OutcomeAllow, menshen.ReasonPermitValid))

	mended := time.Now()
	way.set(false)
	eventually(t, "the revoked permit is refused at the post", decides(0, menshen.OutcomeDeny, menshen.ReasonPermitRevoked))
	eventually(t, "the new permit is good at the post", decides(people-1, menshen.OutcomeAllow, menshen.ReasonPermitValid))
	t.Logf("the registry reached the post %v after the way was mended", time.Since(mended).Round(10*time.Millisecond))

	call(t, api.Permits.RevokePermit, &menshenv1.RevokePermitRequest{Permit: second, Reason: "moved away"})
	revoked := time.Now()
	eventually(t, "online, a revoked permit is refused at the post", decides(1, menshen.OutcomeDeny, menshen.ReasonPermitRevoked))
	t.Logf("online, the post refused %v after the permit was revoked", time.Since(revoked).Round(10*time.Millisecond))
	mustObey(t, api, readers[0])

	db := filepath.Join(data, "site.db")
	eventually(t, "every pass is in the pass log of the hub", func() bool { return waiting(t, filepath.Join(folder, "gate.db")) == 0 })
	n := mustHaveNoGap(t, db)
	mustHaveNoDouble(t, db)
	mustBeInOrder(t, db)
	if n < passes {
		t.Errorf("only %d passes of %d arrived", n, passes)
	}
	t.Logf("%d passes in the log", n)
}

// anHour has people pass at all gates at the same time, in and out by turns, and gives how long the slowest decision took.
func anHour(t *testing.T, readers []*reader, people, each int) (slowest time.Duration) {
	t.Helper()
	if each > 2*(people-1) {
		t.Fatalf("%d passes of %d people: somebody would come again within the same crossing", each, people)
	}
	var mu sync.Mutex
	var all sync.WaitGroup
	for _, r := range readers {
		all.Go(func() {
			for i := range each {
				who, d := 1+i%(people-1), menshen.DirectionIn
				if i >= people-1 {
					d = menshen.DirectionOut
				}
				begin := time.Now()
				if _, err := r.show(card(who), d); err != nil {
					t.Errorf("gate %s did not decide: %v", r.gate, err)
					return
				}
				mu.Lock()
				slowest = max(slowest, time.Since(begin))
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return slowest
}

// mustObey has the hub open all doors in an emergency, and back: the post's doors do it too.
func mustObey(t *testing.T, api *client.Client, r *reader) {
	t.Helper()
	told := make(chan menshen.DoorAction, 16)
	sub, err := r.conn.ServeDoor(t.Context(), r.gate, func(_ context.Context, cmd menshen.DoorCommand) error {
		told <- cmd.Do()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	defer sub.Close()
	for _, action := range []menshen.DoorAction{menshen.DoorEmergency, menshen.DoorNormal} {
		res := call(t, api.Gates.CommandDoors, &menshenv1.CommandDoorsRequest{Action: string(action), Reason: "fire"})
		i := slices.IndexFunc(res.GetDoors(), func(d *menshenv1.DoorResult) bool { return d.GetGate() == r.gate })
		if i < 0 || !res.GetDoors()[i].GetConfirmed() {
			t.Errorf("%s: %v", action, res.GetDoors())
		}
		eventually(t, "the door hears of it", func() bool {
			for len(told) > 0 {
				if <-told == action {
					return true
				}
			}
			return false
		})
	}
}

func card(i int) string { return fmt.Sprintf("04A2%06d", i) }

// waiting is how many passes lie in an outbox, without those of some people.
func waiting(tb testing.TB, path string, without ...string) (n int) {
	tb.Helper()
	db, err := sql.Open("sqlite3", "file:"+path+"?mode=ro")
	if err != nil {
		tb.Fatal(err)
	}
	defer db.Close()
	query, people := "SELECT count(*) FROM outbox", make([]any, len(without))
	if len(without) > 0 {
		query += " WHERE person NOT IN (?" + strings.Repeat(", ?", len(without)-1) + ")"
		for i, id := range without {
			people[i] = id
		}
	}
	if err := db.QueryRow(query, people...).Scan(&n); err != nil {
		tb.Fatal(err)
	}
	return n
}

// mustBeInOrder checks that within each gate a later number is of a later decision.
func mustBeInOrder(tb testing.TB, path string) {
	tb.Helper()
	db, err := sql.Open("sqlite3", "file:"+path)
	if err != nil {
		tb.Fatal(err)
	}
	defer db.Close()
	var wrong int
	err = db.QueryRow(`SELECT count(*) FROM (SELECT decided, lag(decided) OVER (PARTITION BY gate ORDER BY sequence) AS before FROM passes) WHERE decided < before`).Scan(&wrong)
	if err != nil || wrong > 0 {
		tb.Errorf("%d passes are out of order, %v", wrong, err)
	}
}

// TestPostFollowsARestoredHub puts an older database back at the hub: the post forgets what the hub no longer knows.
func TestPostFollowsARestoredHub(t *testing.T) {
	hubBus, postBus := closedPort(t), closedPort(t)
	c := newCommunity(t, fmt.Sprintf(`site:
  id: cut
  zones: [{id: compound, kind: compound}]
  gates: [{id: gate-0, from: outside, to: compound}]
doors: [{gate: gate-0, driver: nats}]
access: {cooldown: 1s, door_limit: 100ms}
posts: [{id: lodge, gates: [gate-0], hub: "nats://%s", bus: "%s"}]`, hubBus, postBus))
	config := filepath.Join(c.dir, "menshen.yaml")
	yaml, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(config, []byte(strings.Replace(string(yaml), `bus: {listen: "127.0.0.1:0"}`, fmt.Sprintf(`bus: {listen: "%s"}`, hubBus), 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	hub := c.serve()
	data := filepath.Join(c.dir, "data")
	api := c.api(data)
	person := call(t, api.Registry.PutPerson, &menshenv1.PutPersonRequest{Name: "张三", Dwelling: "1-1-1-101"}).GetPerson()
	call(t, api.Credentials.IssueCredential, &menshenv1.IssueCredentialRequest{Person: person, Kind: "card", Card: card(1)})
	c.startPost("lodge")
	r := mustReader(t, postBus, filepath.Join(data, "post-lodge"), "gate-0")
	says := func(want menshen.Outcome, why menshen.Reason) func() bool {
		return func() bool {
			d, err := r.show(card(1), menshen.DirectionIn)
			return err == nil && d.Outcome == want && slices.Contains(d.Reasons, why)
		}
	}
	eventually(t, "the post lets her in", says(menshen.OutcomeAllow, menshen.ReasonActiveResident))

	hub.stop(t)
	old, err := os.ReadFile(filepath.Join(data, "site.db"))
	if err != nil {
		t.Fatal(err)
	}
	hub = c.serve()
	call(t, c.api(data).Health.SetHealth, &menshenv1.SetHealthRequest{Person: person, State: "isolated", Reason: "a mistake"})
	eventually(t, "the post refuses her", says(menshen.OutcomeDeny, menshen.ReasonIsolated))

	hub.stop(t)
	if err := os.WriteFile(filepath.Join(data, "site.db"), old, 0o600); err != nil {
		t.Fatal(err)
	}
	c.serve()
	eventually(t, "by the restored registry she is let in", says(menshen.OutcomeAllow, menshen.ReasonActiveResident))
}
