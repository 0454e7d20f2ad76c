package lossyfs

import (
	"math/rand/v2"
	"sync"
	"time"
)

const pageSize = 4096

// content is a file: how it is now, and what it takes to have it as it was synced last.
type content struct {
	mu    sync.Mutex
	pages [][]byte // nil for a hole
	size  int64
	mode  uint32
	mtime time.Time

	syncedSize int64
	synced     map[int64][]byte // pages that have changed since, as they were; nil for a hole
}

func newContent(mode uint32) *content {
	return &content{mode: mode, mtime: time.Now(), synced: map[int64][]byte{}}
}

// page gives a page to be changed; before its first change since the last sync it is copied. The caller holds the lock.
func (c *content) page(i int64) []byte {
	for int64(len(c.pages)) <= i {
		c.pages = append(c.pages, nil)
	}
	c.remember(i)
	if c.pages[i] == nil {
		c.pages[i] = make([]byte, pageSize)
	}
	return c.pages[i]
}

func (c *content) remember(i int64) {
	if _, there := c.synced[i]; there {
		return
	}
	var was []byte
	if i < int64(len(c.pages)) && c.pages[i] != nil {
		was = append(was, c.pages[i]...)
	}
	c.synced[i] = was
}

func (c *content) write(data []byte, off int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for done := 0; done < len(data); {
		at := off + int64(done)
		done += copy(c.page(at / pageSize)[at%pageSize:], data[done:])
	}
	c.size = max(c.size, off+int64(len(data)))
	c.mtime = time.Now()
}

func (c *content) read(dest []byte, off int64) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := int(min(int64(len(dest)), c.size-off))
	if n <= 0 {
		return 0
	}
	for done := 0; done < n; {
		at := off + int64(done)
		part := dest[done:min(n, done+int(pageSize-at%pageSize))]
		clear(part)
		if i := at / pageSize; i < int64(len(c.pages)) && c.pages[i] != nil {
			copy(part, c.pages[i][at%pageSize:])
		}
		done += len(part)
	}
	return n
}

func (c *content) truncate(size int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cut(size)
	c.mtime = time.Now()
}

// cut sets the size; what is beyond it is zero when the file grows again.
func (c *content) cut(size int64) {
	if size < c.size {
		if rest := size % pageSize; rest != 0 && size/pageSize < int64(len(c.pages)) && c.pages[size/pageSize] != nil {
			clear(c.page(size / pageSize)[rest:])
		}
		first := (size + pageSize - 1) / pageSize
		for i := first; i < int64(len(c.pages)); i++ {
			c.remember(i)
			c.pages[i] = nil
		}
		if first < int64(len(c.pages)) {
			c.pages = c.pages[:first]
		}
	}
	c.size = size
}

// sync makes it durable as it is.
func (c *content) sync() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.syncedSize = c.size
	clear(c.synced)
}

// lose brings back what was synced. With rng each changed page is kept by chance, and the size too.
func (c *content) lose(rng *rand.Rand) (lost int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, was := range c.synced {
		if rng != nil && rng.IntN(2) == 0 {
			continue // it had reached the disk
		}
		lost++
		for int64(len(c.pages)) <= i {
			c.pages = append(c.pages, nil)
		}
		c.pages[i] = was
	}
	clear(c.synced)
	size := c.syncedSize
	if rng != nil && rng.IntN(2) == 0 {
		size = c.size
	}
	if size != c.size {
		c.cut(size)
	}
	clear(c.synced)
	c.syncedSize = c.size
	return lost
}
