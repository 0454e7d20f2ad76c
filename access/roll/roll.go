package roll

import (
	"sync"
	"sync/atomic"
	"time"

	"menshen"
	"menshen/access/policy"
)

// shardCount is how many parts people are kept in, each with a lock of its own. It is a power of two.
const shardCount = 256

// Roll is the copy. It is safe for concurrent use: reads do not wait for each other, and for a change only while it is
// put in its place.
type Roll struct {
	site  site
	parts [shardCount]shard

	credentials credentials
	codes       codes

	settings atomic.Pointer[settings]
	rules    atomic.Pointer[Ruling]
	revision atomic.Uint64

	applying   sync.Mutex // held by Apply, so that changes stay in order
	writing    sync.Mutex // held for each change and pass, before the lock of a shard; guards what follows
	households map[string]*household
	lists      map[string][]string
	words      map[string]string
	seen       []seen                 // of gates, by index
	early      map[earlyKey]time.Time // passes that were noted before they had a number, by when they were captured
	inside     []atomic.Int64
}

// shard is a part of the people.
type shard struct {
	mu      sync.RWMutex
	people  map[string]*entry // by their id
	permits map[string]*entry // holders, by the id of the permit
	_       [24]byte          // a cache line of its own
}

// entry is what there is of one person. The pointers lead to what never changes.
type entry struct {
	id        string // never changes
	found     bool   // the registry has the person
	health    policy.Health
	permits   []policy.Permit
	outings   *policy.Outings
	shared    *policy.Outings // of the household
	last      *last
	household *household
	person    menshen.Person // but for its ID zero unless found
}

// household is what the people of a dwelling share.
type household struct {
	id      string
	members []*entry // guarded by Roll.writing
}

// settings is what the office sets of the site while it runs.
type settings struct {
	site  menshen.SiteSetting
	gates map[string]menshen.GateState
}

// Ruling is a version of the rules.
type Ruling struct {
	Rules   *policy.Rules
	Version uint64 // 0 are those that come with Menshen
}

// New makes an empty roll of a site: nobody is known, the mode is normal, gates are as the site says, and the rules are
// those that come with Menshen.
func New(s menshen.Site) *Roll {
	r := &Roll{site: layout(s)}
	r.codes.init()
	r.inside = make([]atomic.Int64, len(r.site.zones))
	r.clear()
	return r
}

// Reset forgets everything that was applied and noted, for a registry that has gone back. The gate knows nobody afterwards,
// until the changes come anew from the first one on.
func (r *Roll) Reset() {
	r.applying.Lock()
	defer r.applying.Unlock()
	r.writing.Lock()
	defer r.writing.Unlock()
	r.clear()
}

// clear makes it empty.
func (r *Roll) clear() {
	for i := range r.parts {
		part := &r.parts[i]
		part.mu.Lock()
		part.people, part.permits = map[string]*entry{}, map[string]*entry{}
		part.mu.Unlock()
	}
	r.households, r.lists, r.words = map[string]*household{}, map[string][]string{}, map[string]string{}
	r.credentials.clear()
	r.seen, r.early = make([]seen, len(r.site.gates)), map[earlyKey]time.Time{}
	for i := range r.inside {
		r.inside[i].Store(0)
	}
	r.settings.Store(&settings{})
	r.rules.Store(&Ruling{Rules: policy.Default()})
	r.revision.Store(0)
}

// part tells parts by the end of an id, where ids of ours are random.
func (r *Roll) part(id string) *shard {
	h := uint32(len(id))
	for i := max(0, len(id)-8); i < len(id); i++ {
		h = (h ^ uint32(id[i])) * 16777619 // FNV-1a
	}
	return &r.parts[(h^h>>16)&(shardCount-1)]
}

// Standing gives what is known of a person, and whether the registry has them. Somebody who is gone from it, or has not
// come yet, can still have a state of health.
func (r *Roll) Standing(person string) (s policy.Standing, found bool) {
	found = r.standing(&s, person)
	return s, found
}

func (r *Roll) standing(s *policy.Standing, person string) bool {
	part := r.part(person)
	part.mu.RLock()
	e := part.people[person]
	if e == nil {
		part.mu.RUnlock()
		return false
	}
	s.Health, s.Permits, s.Outings, s.Household = e.health, e.permits, e.outings, e.shared
	if e.last != nil {
		s.Last = &e.last.Crossing
	}
	if s.Found = e.found; s.Found {
		s.Person = e.person
	}
	part.mu.RUnlock()
	return s.Found
}

// Person gives the record of a person, and whether the registry has them.
func (r *Roll) Person(id string) (menshen.Person, bool) {
	part := r.part(id)
	part.mu.RLock()
	defer part.mu.RUnlock()
	if e := part.people[id]; e != nil && e.found {
		return e.person, true
	}
	return menshen.Person{}, false
}

// Fill completes a request that has Direction, At and what was shown: the standing of a person ("" for nobody), the gate
// as it is now, the mode and location of the site, and how full it is. It reports whether the site has the gate.
func (r *Roll) Fill(q *policy.Request, person, gate string) bool {
	set := r.settings.Load()
	g, known := r.site.gate(gate)
	if known {
		q.Gate = g.Gate
		if state, ok := set.gates[gate]; ok {
			q.Gate.State = state
		}
	} else {
		q.Gate = menshen.Gate{ID: gate} // in no state: closed
	}
	q.Mode, q.Location = set.site.Mode, r.site.location
	if person != "" {
		r.standing(&q.Standing, person)
	}
	q.Full, q.Inside = false, false
	if known && q.Direction == menshen.DirectionIn {
		q.Full = r.full(g)
		if l := q.Standing.Last; l != nil {
			q.Inside = r.site.within(l.Zone, g.to)
		}
	}
	return known
}

// Permit gives a permit by its id, as far as gates know it: see policy.Permit.Whole.
func (r *Roll) Permit(id string) (menshen.Permit, bool) {
	part := r.part(id)
	part.mu.RLock()
	e := part.permits[id]
	part.mu.RUnlock()
	if e == nil {
		return menshen.Permit{}, false
	}
	part = r.part(e.id)
	part.mu.RLock()
	permits := e.permits
	part.mu.RUnlock()
	for i := range permits {
		if permits[i].ID == id {
			return permits[i].Whole(e.id), true
		}
	}
	return menshen.Permit{}, false
}

// Mode gives how the site is run now.
func (r *Roll) Mode() menshen.SiteMode {
	if m := r.settings.Load().site.Mode; m != "" {
		return m
	}
	return menshen.ModeNormal
}

// Setting gives what the office set of the site, with the keys of codes and numbers.
func (r *Roll) Setting() menshen.SiteSetting { return r.settings.Load().site }

// GateState gives the state of a gate now: as the office set it, or else as the site says; closed for a gate that the
// site does not have.
func (r *Roll) GateState(id string) menshen.GateState {
	if state, ok := r.settings.Load().gates[id]; ok {
		return state
	}
	if g, ok := r.site.gate(id); ok {
		return g.State
	}
	return menshen.GateClosed
}

// Rules gives the rules in force.
func (r *Roll) Rules() *policy.Rules { return r.rules.Load().Rules }

// Ruling gives the rules in force with their version.
func (r *Roll) Ruling() Ruling { return *r.rules.Load() }

// Revision gives the revision of the last change that was applied.
func (r *Roll) Revision() uint64 { return r.revision.Load() }

// Decide looks a person up and decides: Fill and the Decide of the rules in force, in one.
func (r *Roll) Decide(q *policy.Request, person, gate string) policy.Result {
	r.Fill(q, person, gate)
	return r.Rules().Decide(q)
}

// last is the last crossing of a person, with what puts crossings of the same moment in order.
type last struct {
	policy.Crossing

	id menshen.PassID
}

// after says that a pass is later than the last one.
func (l *last) after(at time.Time, id menshen.PassID) bool {
	switch {
	case l == nil || at.After(l.At):
		return true
	case at.Before(l.At):
		return false
	case id.Gate != l.id.Gate:
		return id.Gate > l.id.Gate
	}
	return id.Sequence > l.id.Sequence
}
