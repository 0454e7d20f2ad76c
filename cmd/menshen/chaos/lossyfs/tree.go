package lossyfs

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// entry is a file or a folder of the tree. Which entries a folder has is guarded by the tree's lock.
type entry struct {
	ino     uint64
	folder  map[string]*entry // nil for a file
	mode    uint32            // of a folder
	content *content          // nil for a folder
}

// tree is everything that the disk and the kernel have. It outlives mounts.
type tree struct {
	mu      sync.Mutex
	root    *entry
	next    uint64
	journal []change // of folders, not durable yet, oldest first
	lying   atomic.Bool
}

// change is one name of a folder that was given to something else, or to nothing.
type change struct {
	folder *entry
	name   string
	was    *entry // nil for none
	now    *entry
}

func newTree() *tree {
	t := &tree{}
	t.root = t.newFolder(0o700)
	return t
}

func (t *tree) newFolder(mode uint32) *entry {
	t.next++
	return &entry{ino: t.next, folder: map[string]*entry{}, mode: mode}
}

func (t *tree) newFile(mode uint32) *entry {
	t.next++
	return &entry{ino: t.next, content: newContent(mode)}
}

// set gives a name of a folder to an entry, nil for none. The caller holds the lock.
func (t *tree) set(folder *entry, name string, to *entry) {
	t.journal = append(t.journal, change{folder, name, folder.folder[name], to})
	put(folder, name, to)
}

func put(folder *entry, name string, to *entry) {
	if to == nil {
		delete(folder.folder, name)
		return
	}
	folder.folder[name] = to
}

// sync makes an entry durable: a file's content, or a folder's names.
func (t *tree) sync(e *entry) {
	if t.lying.Load() {
		return
	}
	if e.content != nil {
		e.content.sync()
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.journal = slices.DeleteFunc(t.journal, func(c change) bool { return c.folder == e })
}

// syncAll makes everything durable.
func (t *tree) syncAll() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.journal = nil
	for _, e := range t.all() {
		if e.content != nil {
			e.content.sync()
		}
	}
}

// all gives every entry. The caller holds the lock.
func (t *tree) all() []*entry {
	seen := map[*entry]bool{}
	var walk func(e *entry)
	walk = func(e *entry) {
		seen[e] = true
		for _, name := range slices.Sorted(maps.Keys(e.folder)) {
			walk(e.folder[name])
		}
	}
	walk(t.root)
	// What was removed and not synced may come back.
	for _, c := range t.journal {
		for _, e := range []*entry{c.was, c.now} {
			if e != nil && !seen[e] {
				walk(e)
			}
		}
	}
	return slices.SortedFunc(maps.Keys(seen), func(a, b *entry) int { return int(a.ino) - int(b.ino) })
}

// cut loses what is not durable. With rng some of it has reached the disk.
func (t *tree) cut(rng *rand.Rand) (pages, names int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := t.all()
	keep := 0
	if rng != nil && len(t.journal) > 0 {
		keep = rng.IntN(len(t.journal) + 1)
	}
	for _, c := range slices.Backward(t.journal[keep:]) {
		put(c.folder, c.name, c.was)
		names++
	}
	t.journal = nil
	for _, e := range all {
		if e.content != nil {
			pages += e.content.lose(rng)
		}
		for name := range e.folder {
			if strings.HasSuffix(name, "-shm") {
				delete(e.folder, name)
			}
		}
	}
	return pages, names
}
