package chaos

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"menshen"
	"menshen/bus"
)

// load has people come to all gates, at a steady rate, one after the other at each gate.
type load struct {
	world *world
	stop  context.CancelFunc
	all   sync.WaitGroup
	quiet sync.RWMutex // held for reading while something is shown
}

// apart is how long after somebody passed a gate they may pass it again in the same direction: sooner, it is the same crossing.
const apart = 5 * time.Second

func newLoad(w *world) *load { return &load{world: w, stop: func() {}} }

// begin has people come until end.
func (l *load) begin() {
	ctx, stop := context.WithCancel(context.Background())
	l.stop = stop
	for _, r := range l.world.readers {
		l.all.Go(func() { r.run(ctx) })
	}
}

// end has nobody come any more.
func (l *load) end() {
	l.stop()
	l.all.Wait()
}

// pause lets whoever stands at a gate pass, and nobody else until the function that it gives is called.
func (l *load) pause() (goOn func()) {
	l.quiet.Lock()
	return l.quiet.Unlock
}

// reader is a card reader at a gate, with the controller of its door.
type reader struct {
	world *world
	gate  string
	at    *process // which decides there
	shift int      // readers begin with different people

	conn *bus.Conn
	next int
}

// run shows cards until ctx ends. While the process is down nobody comes: the door is shut.
func (r *reader) run(ctx context.Context) {
	defer r.close()
	// Not faster than so that everybody is gone before they come again.
	pace := max(time.Second*(hubGates+postGates)/time.Duration(r.world.options.Rate), apart/(2*crowd)+time.Millisecond)
	tick := time.NewTicker(pace)
	defer tick.Stop()
	for ctx.Err() == nil {
		life, living := r.at.now()
		if living.Err() != nil || r.connect(ctx) != nil {
			select {
			case <-ctx.Done():
			case <-time.After(20 * time.Millisecond):
			}
			continue
		}
		for ctx.Err() == nil && living.Err() == nil {
			select {
			case <-tick.C:
			case <-ctx.Done():
				continue
			case <-living.Done():
				continue
			}
			if now, _ := r.at.now(); now != life {
				break
			}
			who, direction := (r.next/2+r.shift*crowd/(hubGates+postGates))%crowd, menshen.DirectionIn
			if r.next%2 == 1 {
				direction = menshen.DirectionOut
			}
			r.next++
			if _, err := r.show(living, who, direction); err != nil {
				break // another connection is safer than one that may bring answers to earlier questions
			}
		}
		r.close()
	}
}

// show shows somebody's card, and has it in the ledger.
func (r *reader) show(ctx context.Context, who int, direction menshen.Direction) (menshen.Decision, error) {
	r.world.load.quiet.RLock()
	defer r.world.load.quiet.RUnlock()
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	life, _ := r.at.now()
	a := r.world.ledger.Present(Attempt{
		Gate: r.gate, Person: r.world.people[who], Direction: direction, Life: life, Ahead: time.Duration(r.at.ahead.Load()), Sent: time.Now(),
	})
	d, err := r.conn.Present(ctx, menshen.Presentation{Gate: r.gate, Direction: direction, Kind: menshen.CredentialCard, Value: menshen.Secret(card(who))})
	if err == nil {
		r.world.ledger.Answer(a, d)
	}
	return d, err
}

// connect joins the bus of the process that decides here, and answers for the door.
func (r *reader) connect(ctx context.Context) error {
	if r.conn != nil {
		return nil
	}
	seed, err := os.ReadFile(filepath.Join(r.at.folder, "door-"+r.gate+".nk"))
	if err != nil {
		return err
	}
	conn, err := bus.Connect(ctx, bus.ConnConfig{Site: siteID, Credentials: bus.Credentials{
		Role: bus.RoleDoor(r.gate), URL: "nats://" + r.at.bus, Seed: menshen.Secret(strings.TrimSpace(string(seed))),
	}, ConnectLimit: time.Second, CloseLimit: 100 * time.Millisecond})
	if err != nil {
		return err
	}
	if _, err := conn.ServeDoor(ctx, r.gate, func(context.Context, menshen.DoorCommand) error { return nil }); err != nil {
		_ = conn.Close()
		return err
	}
	r.conn = conn
	return nil
}

// close leaves the bus.
func (r *reader) close() {
	if r.conn != nil {
		_ = r.conn.Close()
		r.conn = nil
	}
}
