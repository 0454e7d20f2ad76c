package chaos

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"path/filepath"
	"sync"
	"time"

	"menshen"
)

func linkLossScenario() Scenario {
	return Scenario{
		Name:  "linkloss",
		About: menshen.Text{ZH: "岗亭与主机断开数小时（按时钟），恢复后通行记录恰好到达一次", EN: "the post is cut off from the hub for hours, by the clock"},
		Clock: true,
		run:   runLinkLoss,
	}
}

const hoursCutOff = 12 // by the clock

// runLinkLoss cuts the way between hub and post, lets hours go by for both while people come to the gates of both, kills the post
// once meanwhile, and mends the way.
func runLinkLoss(ctx context.Context, w *world, r *Report) error {
	way, err := newCable(w.hub.bus)
	if err != nil {
		return err
	}
	defer way.close()
	w.address = way.listener.Addr().String()
	if err := w.configure(); err != nil {
		return err
	}
	if err := w.open(ctx); err != nil {
		return err
	}
	rng := rand.New(rand.NewPCG(w.options.Seed, 0x6c696e6b))
	hours := w.options.first(hoursCutOff)
	kill := rng.IntN(hours)
	way.set(true)
	for hour := range hours {
		if err := w.setClock(time.Duration(hour+1)*time.Hour, w.hub, w.post); err != nil {
			return err
		}
		if err := pause(ctx, 500*time.Millisecond+time.Duration(rng.IntN(1500))*time.Millisecond); err != nil {
			return err
		}
		if hour == kill {
			w.post.kill()
			r.killed(w.post.name)
			if err := w.post.start(ctx); err != nil {
				return err
			}
		}
	}
	told := w.eventually(ctx, "the post says that it is cut off", func() bool { return w.post.has(ctx, "hub-out-of-reach") })
	waiting, err := outboxLen(ctx, filepath.Join(w.post.folder, "gate.db"))
	if err != nil {
		return err
	}
	r.Done.Hours, r.Done.Waiting = hours, waiting
	way.set(false)
	mended := time.Now()
	if err := w.eventually(ctx, "the post hands its passes over", func() bool { return w.post.drained(ctx) }); err != nil {
		return err
	}
	r.note("cut off for %d h by the clock; %d passes waited at the post, and were handed over within %.1f s", hours, waiting, time.Since(mended).Seconds())
	w.program.tell(fmt.Sprintf("  岗亭积压 %d 条，已补传", waiting), fmt.Sprintf("  %d passes waited at the post and were handed over", waiting))
	v, rows, err := w.settleRows(ctx)
	r.Verdict = v
	if told != nil {
		r.Verdict.fault("the post was cut off, and its status did not say so")
	}
	if waiting == 0 {
		r.Verdict.fault("no pass waited at the post: it was not cut off")
	}
	if err == nil {
		r.Verdict.stays(rows)
	}
	return err
}

// drained reports whether next to nothing waits in an outbox, while people come.
func (p *process) drained(ctx context.Context) bool {
	n, err := outboxLen(ctx, filepath.Join(p.folder, "gate.db"))
	return err == nil && n < 100
}

// cable is a way over TCP that can be cut and mended.
type cable struct {
	listener net.Listener
	to       string

	mu   sync.Mutex
	cut  bool
	ends []net.Conn
	all  sync.WaitGroup
}

func newCable(to string) (*cable, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	c := &cable{listener: l, to: to}
	c.all.Go(c.run)
	return c, nil
}

func (c *cable) run() {
	for {
		near, err := c.listener.Accept()
		if err != nil {
			return
		}
		far, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", c.to)
		c.mu.Lock()
		if err != nil || c.cut {
			_ = near.Close()
			if far != nil {
				_ = far.Close()
			}
			c.mu.Unlock()
			continue
		}
		c.ends = append(c.ends, near, far)
		c.mu.Unlock()
		for _, way := range [][2]net.Conn{{near, far}, {far, near}} {
			c.all.Go(func() {
				_, _ = io.Copy(way[0], way[1])
				_ = way[0].Close()
				_ = way[1].Close()
			})
		}
	}
}

// set cuts the cable, or mends it.
func (c *cable) set(cut bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cut = cut
	for _, end := range c.ends {
		_ = end.Close()
	}
	c.ends = nil
}

// close takes the cable away.
func (c *cable) close() {
	_ = c.listener.Close()
	c.set(true)
	c.all.Wait()
}
