package web

import (
	"regexp"
	"sync"
	"time"

	"menshen"
)

// senders knows which page sends frames for each gate: one at a time, and not too often. Safe for concurrent use.
type senders struct {
	mu    sync.Mutex
	gates map[string]*sender
}

type sender struct {
	id, actor string
	last      time.Time
}

const (
	senderLife = 5 * time.Second        // without a frame another page may take over
	framePause = 120 * time.Millisecond // what pages are asked to wait
	frameEvery = 50 * time.Millisecond  // what they must wait
)

var senderID = regexp.MustCompile(`^[A-Za-z0-9]{8,64}$`)

// admit says whether a page may send a frame now, and whether it has just begun to.
func (s *senders) admit(gate, id, actor string, now time.Time) (begins bool, err error) {
	const op = "web.frame"
	if !senderID.MatchString(id) {
		return false, menshen.Errorf(menshen.CodeInvalid, op, "sender: it is no name of a page").WithHint("use 8 to 64 letters and digits, chosen at random when the page opens")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	was := s.gates[gate]
	switch {
	case was == nil || now.Sub(was.last) > senderLife:
		begins = true
	case was.id != id || was.actor != actor:
		return false, menshen.Errorf(menshen.CodeConflict, op, "another page is the camera of the gate %s", gate).
			WithHint("close the page on the other tablet, and wait five seconds")
	case now.Sub(was.last) < frameEvery:
		return false, menshen.Errorf(menshen.CodeExhausted, op, "frames come too often").WithHint("send at most ten a second")
	}
	if s.gates == nil {
		s.gates = map[string]*sender{}
	}
	s.gates[gate] = &sender{id, actor, now}
	return begins, nil
}
