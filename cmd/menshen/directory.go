package main

import (
	"context"
	"iter"
	"sync"

	"menshen"
)

// directory is the people of the site in memory: gates and pages look names up without waiting for a disk. Safe for
// concurrent use.
type directory struct {
	reading sync.Mutex // of one who reads a person anew: what was read last is put last

	mu     sync.RWMutex
	people map[string]menshen.Person
}

// newDirectory reads all people.
func newDirectory(people iter.Seq2[menshen.Person, error]) (*directory, error) {
	d := &directory{people: map[string]menshen.Person{}}
	for p, err := range people {
		if err != nil {
			return nil, err
		}
		d.people[p.ID] = p
	}
	return d, nil
}

// Person implements access.Registry.
func (d *directory) Person(id string) (menshen.Person, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	p, ok := d.people[id]
	return p, ok
}

func (d *directory) put(people ...menshen.Person) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, p := range people {
		d.people[p.ID] = p
	}
}

// reload takes over what the registry says of a person now.
func (d *directory) reload(ctx context.Context, registry interface {
	Person(ctx context.Context, id string) (menshen.Person, error)
}, id string) error {
	d.reading.Lock()
	defer d.reading.Unlock()
	p, err := registry.Person(ctx, id)
	if err != nil {
		return err
	}
	d.put(p)
	return nil
}

// remove forgets somebody who is gone from the registry.
func (d *directory) remove(id string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.people, id)
}

// size is how many people there are.
func (d *directory) size() int {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return len(d.people)
}

// inactive gives the id of somebody of that name and dwelling who was removed, "" for nobody.
func (d *directory) inactive(name string, dwelling menshen.Dwelling) string {
	d.mu.RLock()
	defer d.mu.RUnlock()
	for _, p := range d.people {
		if p.State == menshen.PersonInactive && p.Name == name && p.Dwelling == dwelling {
			return p.ID
		}
	}
	return ""
}
