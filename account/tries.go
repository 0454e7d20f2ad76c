package account

import (
	"sync"
	"time"

	"menshen"
)

// tries slows guessing down: after five failures of one kind each further one makes the next wait twice as long, up to a
// minute for an account, so that nobody can keep its holder out, and a quarter of an hour for an address.
type tries struct {
	now func() time.Time
	mu  sync.Mutex
	by  map[string]*failures
}

type failures struct {
	count int
	last  time.Time
}

const (
	freeTries  = 5
	longestPer = time.Minute
	longestAt  = 15 * time.Minute
	maxTracked = 10_000
)

func newTries(now func() time.Time) *tries { return &tries{now: now, by: map[string]*failures{}} }

// wait gives an error where a try of a key comes too early.
func (t *tries) wait(key string, longest time.Duration) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	f := t.by[key]
	if f == nil || f.count < freeTries {
		return nil
	}
	delay := min(longest, time.Second<<min(f.count-freeTries, 12))
	if t.now().Before(f.last.Add(delay)) {
		return menshen.Errorf(menshen.CodeExhausted, "account.tries", "there were too many failed tries").WithHint("wait a minute, then try again")
	}
	return nil
}

func (t *tries) fail(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	if len(t.by) >= maxTracked {
		for k, f := range t.by {
			if now.Sub(f.last) > longestAt {
				delete(t.by, k)
			}
		}
		if len(t.by) >= maxTracked {
			return
		}
	}
	f := t.by[key]
	if f == nil || now.Sub(f.last) > 24*time.Hour {
		f = &failures{}
		t.by[key] = f
	}
	f.count, f.last = f.count+1, now
}

func (t *tries) clear(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.by, key)
}
