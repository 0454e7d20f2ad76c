package chaos

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"menshen"
)

// returnLimit is how long a killed child may be away: four seconds is the longest that it is not started, twenty it may
// take to give its first sign of life, and a machine that does all of this at once is busy.
const returnLimit = 30 * time.Second

// child is a process that hub or post keeps: the decoder of its camera, or its recognizer.
type child struct {
	of   *process
	role string // the command that it runs: camera or recognizer
	id   string // in menshen.yaml, and in the conditions
}

func (c *child) String() string { return fmt.Sprintf("the %s of the %s", c.role, c.of.name) }

// eye is the camera of hub or post, one each.
func eye(process string) string { return process + "-eye" }

// pid gives the process of a child, 0 where there is none. A hub that was killed may have left another one, which ends by
// itself: it is a child of nobody here.
func (c *child) pid() int {
	for _, pid := range childrenOf(c.of.pid()) {
		line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)) // it may have ended
		if words := strings.Split(string(line), "\x00"); len(words) > 1 && words[1] == c.role {
			return pid
		}
	}
	return 0
}

// childrenOf gives the processes whose parent is pid, but for those that have ended.
func childrenOf(parent int) (all []int) {
	if parent == 0 {
		return nil
	}
	paths, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is right
	for _, path := range paths {
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if s := statOf(pid); s.parent == parent {
			all = append(all, pid)
		}
	}
	return all
}

// stat is what the kernel says of a process; the zero value is one that has ended.
type stat struct {
	parent  int
	started string // since the machine was started; tells it from another of the same number
}

func statOf(pid int) stat {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return stat{}
	}
	f := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	if len(f) < 20 || f[0] == "Z" {
		return stat{}
	}
	parent, _ := strconv.Atoi(f[1])
	return stat{parent: parent, started: f[19]}
}

// well reports whether a child does its work, as its hub or post says, and where it can be asked as itself: a camera gives
// pictures, a recognizer of the hub has looked at one that was sent after since.
func (c *child) well(ctx context.Context, since time.Time) bool {
	s, err := c.of.status(ctx)
	if err != nil || slices.ContainsFunc(s.GetConditions(), conditionIs(c.role+"-down:"+c.id)) {
		return false
	}
	if c.role == "camera" {
		for _, cam := range s.GetCameras() {
			if cam.GetId() == c.id {
				return cam.GetOk() && cam.GetFigures()["fps"] > 0
			}
		}
		return false
	}
	return c.of != c.of.world.hub || c.of.world.looks.after(since)
}

// strikeChild kills a child while its hub or post goes on, and waits until another does its work.
func (w *world) strikeChild(ctx context.Context, s strike, r *Report) error {
	c := s.child(w)
	if err := c.of.ready(ctx); err != nil {
		return err
	}
	before := time.Now()
	back, err := w.within(ctx, returnLimit, func() bool { return c.pid() != 0 && (s.early || c.well(ctx, before)) }, c.of)
	if err != nil {
		return err
	}
	if !back {
		r.fault("%s did not work within %s of the start", c, returnLimit)
		return nil
	}
	if err := pause(ctx, s.after); err != nil {
		return err
	}
	killed := c.pid()
	if killed == 0 {
		r.fault("%s ended by itself", c)
		return nil
	}
	if err := syscall.Kill(killed, syscall.SIGKILL); err != nil {
		return menshen.Errorf(menshen.CodeInternal, "cmd.chaos", "%s cannot be killed", c).WithCause(err)
	}
	r.killed(c.role)
	at := time.Now()
	w.looks.again()
	back, err = w.within(ctx, returnLimit, func() bool {
		pid := c.pid()
		return pid != 0 && pid != killed && c.well(ctx, at)
	}, c.of)
	if err != nil {
		return err
	}
	away := time.Since(at)
	if !back {
		r.fault("%s was killed, and no other did its work within %s", c, returnLimit)
	}
	r.Away[c.role] = max(r.Away[c.role], away)
	r.Meanwhile += w.ledger.AnsweredSince(c.of.gates, at)
	return nil
}

// within waits for something that must be so after a time, while a process goes on.
func (w *world) within(ctx context.Context, limit time.Duration, ok func() bool, alive *process) (bool, error) {
	for end := time.Now().Add(limit); ; {
		if alive.ended() {
			return false, alive.failure()
		}
		if ok() {
			return true, nil
		}
		if time.Now().After(end) {
			return false, nil
		}
		if err := pause(ctx, 50*time.Millisecond); err != nil {
			return false, err
		}
	}
}

// orphan is a child whose hub or post was killed.
type orphan struct {
	pid  int
	stat stat
}

// leave remembers the children of a process that is about to be killed. They have groups of their own, so that they are not killed with
// it: they must see the end of their pipe.
func (w *world) leave(p *process) {
	for _, pid := range childrenOf(p.pid()) {
		w.orphans = append(w.orphans, orphan{pid, statOf(pid)})
	}
}

// outlived gives how many children are still there whose hub or post is not.
func (w *world) outlived(ctx context.Context) (n int) {
	_ = w.eventually(ctx, "children end with their parents", func() bool { // what is left is counted
		n = 0
		for _, o := range w.orphans {
			if s := statOf(o.pid); s.started != "" && s.started == o.stat.started {
				n++
			}
		}
		return n == 0
	})
	return n
}

// judgeChildren says what is wrong with the children after a run: doors must not have waited for them, and none may outlive its hub
// or post.
func (w *world) judgeChildren(ctx context.Context, r *Report) {
	if r.Killed.Cameras+r.Killed.Recognizers > 0 && r.Meanwhile == 0 {
		r.fault("nobody was answered at any gate while a camera or a recognizer was away")
	}
	if w.looks.count() == 0 {
		r.fault("the recognizer never looked at anything")
	}
	if n := w.outlived(ctx); n > 0 {
		r.fault("%d cameras and recognizers outlived the hub or the post that was killed", n)
	}
	r.note("the recognizer of the hub looked at %d frames between the kills; %d cameras and recognizers ended with their parents", w.looks.count(), len(w.orphans))
}
