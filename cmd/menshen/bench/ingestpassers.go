package bench

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"menshen"
)

// passers are people before gates, and what a pass of theirs looks like.
type passers struct {
	site   menshen.Site
	people []string
	n      atomic.Uint64 // passes decided
}

func newPassers(o IngestOptions) *passers {
	c := &passers{site: menshen.Site{
		ID: "bench", Name: menshen.Text{ZH: "测试", EN: "Bench"}, Location: time.UTC,
		Zones: []menshen.Zone{{ID: menshen.OutsideZone, Kind: menshen.ZoneOutside}, {ID: "compound", Kind: menshen.ZoneCompound, Parent: menshen.OutsideZone}},
	}}
	for i := range o.Gates {
		c.site.Gates = append(c.site.Gates, menshen.Gate{ID: fmt.Sprintf("gate-%d", i+1), From: menshen.OutsideZone, To: "compound"})
	}
	for i := range o.People {
		c.people = append(c.people, fmt.Sprintf("0198c0de-0000-7000-8000-%012d", i))
	}
	return c
}

// next gives a pass by face, decided now, with all that recognition says of one.
func (c *passers) next() menshen.Pass {
	n := c.n.Add(1)
	at := n * 0x9E3779B97F4A7C15 >> 16 // anybody
	gate := c.site.Gates[n%uint64(len(c.site.Gates))].ID
	person := c.people[at%uint64(len(c.people))]
	direction := menshen.DirectionIn
	if at&(1<<40) != 0 {
		direction = menshen.DirectionOut
	}
	now := time.Now()
	return menshen.Pass{
		ID: menshen.PassID{Gate: gate}, Site: c.site.ID, Person: person, Direction: direction, Captured: now.Add(-150 * time.Millisecond), Decided: now,
		Means: menshen.MeansFace, Decision: menshen.Decision{Outcome: menshen.OutcomeAllow, Reasons: []menshen.Reason{menshen.ReasonActiveResident}},
		Match: menshen.Match{
			Verdict: menshen.VerdictKnown, Faces: 3, Agreeing: 2, Threshold: 0.8631,
			Candidates: []menshen.Candidate{{Person: person, Template: person, Distance: 0.4137}, {Person: c.people[(at+1)%uint64(len(c.people))], Distance: 1.2518}},
		},
		Camera: gate + "-cam", Track: fmt.Sprintf("%s-%d", gate, n), Confidence: 0.9987,
	}
}

// size is how many bytes the texts and numbers of a row have, about.
func (c *passers) size() int {
	n := 0
	for _, v := range bareRow(c.next(), 1) {
		switch v := v.(type) {
		case string:
			n += len(v)
		default:
			n += 8
		}
	}
	return n
}

// turns say when the next pass may be decided: at a rate, or when there is room.
type turns struct {
	room chan struct{} // nil with a rate
	mu   sync.Mutex
	next time.Time
	gap  time.Duration
}

func newTurns(o IngestOptions) *turns {
	if o.Rate > 0 {
		return &turns{next: time.Now(), gap: time.Second / time.Duration(o.Rate)}
	}
	if o.Waiting >= 1<<30 {
		return &turns{}
	}
	return &turns{room: make(chan struct{}, o.Waiting)}
}

// wait waits for a turn.
func (t *turns) wait(ctx context.Context) error {
	if t.room != nil {
		select {
		case t.room <- struct{}{}:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	t.mu.Lock()
	until := t.next
	t.next = t.next.Add(t.gap)
	t.mu.Unlock()
	if d := time.Until(until); d > 0 {
		return sleep(ctx, d)
	}
	return ctx.Err()
}

// back gives turns back.
func (t *turns) back(n int) {
	if t.room == nil {
		return
	}
	for range n {
		<-t.room
	}
}

// pass has people pass for a while. Each caller waits until its pass is on the disk of the gate.
func (c *passers) pass(ctx context.Context, o IngestOptions, lasting time.Duration, t *turns, way Way, w *receiptWatch) error {
	ctx, stop := context.WithTimeout(ctx, lasting)
	defer stop()
	w.begin()
	defer w.end()
	failed := make(chan error, o.Callers)
	var callers sync.WaitGroup
	for range o.Callers {
		callers.Go(func() {
			for t.wait(ctx) == nil {
				p := c.next()
				kept, err := way.Append(context.WithoutCancel(ctx), p)
				if err != nil {
					failed <- err
					stop()
					return
				}
				w.decided(kept)
			}
		})
	}
	callers.Wait()
	select {
	case err := <-failed:
		return err
	default:
		return nil
	}
}
