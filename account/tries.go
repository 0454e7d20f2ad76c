package account

import (
	"crypto/sha256"
	"math"
	"sync"
	"time"

	"menshen"
)

// tries slows guessing down: after five failures of one kind each further one makes the next wait twice as long, up to a
// minute for an account, so that nobody can keep its holder out, and a quarter of an hour for an address. It never stops counting:
// where it has as much as it may keep, the mildest goes first, of those the oldest.
type tries struct {
	now func() time.Time
	mu  sync.Mutex
	by  map[[sha256.Size]byte]failures // by what a key hashes to: names that strangers make up may be long
}

type failures struct {
	count int
	last  time.Time
}

// milder reports whether there is less to lose by forgetting f than by forgetting g.
func (f failures) milder(g failures) bool {
	return f.count < g.count || f.count == g.count && f.last.Before(g.last)
}

const (
	freeTries  = 5
	longestPer = time.Minute
	longestAt  = 15 * time.Minute
	maxTracked = 10_000
	forgiven   = 24 * time.Hour // after this they count no more
)

func newTries(now func() time.Time) *tries {
	return &tries{now: now, by: map[[sha256.Size]byte]failures{}}
}

// wait gives an error where a try of a key comes too early.
func (t *tries) wait(key string, longest time.Duration) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	f := t.by[sha256.Sum256([]byte(key))]
	if f.count < freeTries {
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
	now, sum := t.now(), sha256.Sum256([]byte(key))
	f, known := t.by[sum]
	if !known && len(t.by) >= maxTracked {
		t.forget()
	}
	if now.Sub(f.last) > forgiven {
		f = failures{}
	}
	t.by[sum] = failures{f.count + 1, now}
}

// forget makes room for one more.
func (t *tries) forget() {
	var mildest [sha256.Size]byte
	least := failures{count: math.MaxInt}
	now := t.now()
	for k, f := range t.by {
		if now.Sub(f.last) > forgiven {
			f.count = 0
		}
		if f.milder(least) {
			mildest, least = k, f
		}
	}
	delete(t.by, mildest)
}

func (t *tries) clear(key string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.by, sha256.Sum256([]byte(key)))
}
