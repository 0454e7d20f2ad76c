package bus

import "sync"

// backlog is a bounded queue between the connection and the handlers. Where it is full, room is made by dropping the
// oldest entry that may go, and where none may, the oldest: what is late is worth less than what is new. Safe for
// concurrent use.
type backlog[T any] struct {
	keep func(T) bool // entries to drop last; nil for none

	mu     sync.Mutex
	some   sync.Cond
	list   []T
	size   int
	closed bool
}

func newBacklog[T any](size int, keep func(T) bool) *backlog[T] {
	b := &backlog[T]{keep: keep, size: max(size, 1)}
	b.some.L = &b.mu
	return b
}

// put adds an entry, and reports whether another one was dropped for it.
func (b *backlog[T]) put(v T) (dropped bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return true
	}
	if len(b.list) >= b.size {
		b.drop()
		dropped = true
	}
	b.list = append(b.list, v)
	b.some.Signal()
	return dropped
}

// offer adds an entry only where there is room.
func (b *backlog[T]) offer(v T) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed || len(b.list) >= b.size {
		return false
	}
	b.list = append(b.list, v)
	b.some.Signal()
	return true
}

// drop takes out one entry. The caller holds the lock.
func (b *backlog[T]) drop() {
	at := 0
	if b.keep != nil {
		for at < len(b.list) && b.keep(b.list[at]) {
			at++
		}
		if at == len(b.list) {
			at = 0
		}
	}
	copy(b.list[at:], b.list[at+1:])
	b.shrink()
}

// shrink forgets the last place. The caller holds the lock.
func (b *backlog[T]) shrink() {
	var none T
	b.list[len(b.list)-1] = none // crops are large: do not hold on to them
	b.list = b.list[:len(b.list)-1]
}

// take waits for the oldest entry. It reports false once the backlog is closed and empty.
func (b *backlog[T]) take() (v T, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.list) == 0 && !b.closed {
		b.some.Wait()
	}
	if len(b.list) == 0 {
		return v, false
	}
	v = b.list[0]
	copy(b.list, b.list[1:])
	b.shrink()
	return v, true
}

// close lets take end once all was taken.
func (b *backlog[T]) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	b.some.Broadcast()
}
