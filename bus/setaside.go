package bus

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"menshen"
)

// damagedTries is how often in a row the stream or its consumer must be refused before the store counts as damaged.
const damagedTries = 3

// storesKept is how many damaged stores stay beside the one in use.
const storesKept = 2

// storeRefused says that JetStream cannot use what it has on the disk, as after a power cut that tore a file of it. It never
// mends that by itself.
func storeRefused(err error) bool {
	if errors.Is(err, errStuck) {
		return true
	}
	const serverError = 500
	api, ok := errors.AsType[*jetstream.APIError](err)
	return ok && api.Code == serverError
}

// refusals counts how often in a row JetStream refused what somebody needs of its store, and has the store set aside when that was
// too often.
type refusals struct {
	conn *Conn
	n    int
}

// note takes the outcome of a try.
func (r *refusals) note(ctx context.Context, err error) {
	if r.n++; !storeRefused(err) {
		r.n = 0
	}
	if r.n < damagedTries || r.conn.cfg.Server == nil {
		return
	}
	r.n = 0
	if failed := r.conn.SetAside(ctx, err); failed != nil {
		r.conn.tally.add("the store of the message bus cannot be set aside", failed)
	}
}

// insist tries something that needs the store until it succeeds or fails for another reason than the store, at most once more than
// it takes to have the store set aside.
func (c *Conn) insist(ctx context.Context, try func() error) (err error) {
	r := refusals{conn: c}
	for range damagedTries + 1 {
		if err = try(); !storeRefused(err) || !sleep(ctx, 200*time.Millisecond) {
			return err
		}
		r.note(ctx, err)
	}
	return err
}

// SetAside has the store of the server in this process set aside, see Server.SetAside, and returns once the connection is back.
func (c *Conn) SetAside(ctx context.Context, cause error) error {
	if err := c.cfg.Server.SetAside(ctx, cause); err != nil {
		return err
	}
	for end := time.Now().Add(c.cfg.ConnectLimit); !c.Connected(); {
		if time.Now().After(end) || !sleep(ctx, 20*time.Millisecond) {
			return menshen.Errorf(menshen.CodeUnavailable, "bus.set_aside", "the message bus does not answer")
		}
	}
	return nil
}

// asideFor is how long after a store was set aside nobody sets it aside again: others may have found the same damage.
const asideFor = 10 * time.Second

// SetAside moves the folder of JetStream away, whose content cannot be used, and starts the server with an empty one. Nothing is
// lost by it: the stream is a carrier, and what has no receipt lies in the outboxes, which send it again; only webhooks may not be told of what they had not been told of yet. The condition
// bus-store-set-aside tells of it until the process ends. Nothing is done, and CodeExhausted or CodeUnavailable comes, where the
// folder takes no data: then that is what is wrong.
func (s *Server) SetAside(ctx context.Context, cause error) error {
	s.turn.Lock()
	defer s.turn.Unlock()
	if s.cfg.Now().Sub(s.aside).Abs() < asideFor {
		return nil
	}
	if err := s.checkStore(); err != nil {
		return err
	}
	s.halt()
	if err := s.moveStore(cause); err != nil {
		return err
	}
	return s.start(ctx)
}

// moveStore moves the folder. The caller has the turn, and the server does not run.
func (s *Server) moveStore(cause error) error {
	const op = "bus.set_aside"
	s.mu.RLock()
	closed := s.closed
	s.mu.RUnlock()
	if closed {
		return menshen.Errorf(menshen.CodeUnavailable, op, "the bus is closed")
	}
	aside := s.cfg.Store + ".damaged-" + s.cfg.Now().UTC().Format("20060102-150405.000")
	if err := os.Rename(s.cfg.Store, aside); err != nil {
		return storeError(op, err)
	}
	s.aside = s.cfg.Now()
	s.health.set(storeSetAside(aside), cause)
	s.cfg.Log.Error("the store of the message bus is damaged: set aside; passes without receipt are sent again", "folder", aside, "error", cause)
	older, err := filepath.Glob(s.cfg.Store + ".damaged-*")
	if err != nil {
		return storeError(op, err)
	}
	slices.Sort(older)
	// The first has what was there before; those that were made after it, one after the other, have little.
	for _, folder := range older[min(1, len(older)):max(1, len(older)-storesKept+1)] {
		if err := os.RemoveAll(folder); err != nil {
			return storeError(op, err)
		}
	}
	return nil
}

func storeSetAside(folder string) menshen.Condition {
	return menshen.Condition{
		ID: "bus-store-set-aside", Severity: menshen.SeverityWarning,
		Meaning: menshen.Text{
			ZH: "消息总线的存储已损坏，已移到 " + folder + "；没有回执的通行记录正在重新发送，没有丢失；外部系统可能漏收个别通知",
			EN: "the store of the message bus was damaged and was moved to " + folder + "; passes without receipt are sent again, none is lost; programs outside may miss some events",
		},
		Action: menshen.Text{ZH: "请检查磁盘；确认通行记录已送达后可删除该文件夹", EN: "check the disk; delete that folder once the passes have arrived"},
	}
}
