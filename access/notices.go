package access

import (
	"sync"
	"time"

	"menshen"
)

// How long a notice stays after what it is about happened last. What is lost for good stays until somebody must have
// seen it.
const (
	noticeLife = time.Minute
	lossLife   = 24 * time.Hour
	guessLife  = 24 * time.Hour
)

// maxNotices bounds the board: ids come from outside.
const maxNotices = 64

// notices is a board of what went wrong with incoming faces. Safe for concurrent use.
type notices struct {
	mu    sync.Mutex
	board map[string]*notice
}

type notice struct {
	condition menshen.Condition
	last      time.Time
	life      time.Duration
}

func (n *notice) over(now time.Time) bool { return now.Sub(n.last) > n.life }

// post notes that a condition holds now and for life after it was posted last. A full board keeps what it has.
func (n *notices) post(now time.Time, life time.Duration, c func() menshen.Condition, kind, subject string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	id := kind + ":" + subject
	if old := n.board[id]; old != nil && !old.over(now) {
		old.last = now
		return
	}
	n.drop(now)
	if len(n.board) >= maxNotices {
		return
	}
	condition := c()
	condition.ID, condition.Since = id, now
	n.board[id] = &notice{condition: condition, last: now, life: life}
}

func (n *notices) list(now time.Time) []menshen.Condition {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.drop(now)
	var all []menshen.Condition
	for _, x := range n.board {
		all = append(all, x.condition)
	}
	return all
}

func (n *notices) drop(now time.Time) {
	for id, x := range n.board {
		if x.over(now) {
			delete(n.board, id)
		}
	}
}
