package roll

import (
	"errors"
	"slices"
	"strings"

	"menshen"
	"menshen/access/policy"
)

// Apply takes changes of the registry in, in order. A change whose revision is not after the last one was taken in
// before and is passed over; revision 0 is always taken in. Kinds that this program does not know, and templates, are
// passed over too. Everything that can be taken in is, whatever the error: rules that cannot be used leave the old ones in
// force, and the error (of the code of policy.Parse, usually CodeInvalid) says why.
func (r *Roll) Apply(changes ...menshen.Change) error {
	r.applying.Lock()
	defer r.applying.Unlock()
	var errs []error
	last := r.revision.Load()
	for i := range changes {
		c := &changes[i]
		if c.Revision != 0 && c.Revision <= last {
			continue
		}
		r.writing.Lock() // for each anew: passes must not wait for all of them
		err := r.apply(c)
		r.writing.Unlock()
		if err != nil {
			errs = append(errs, err)
		}
		last = max(last, c.Revision)
		r.revision.Store(last)
	}
	return errors.Join(errs...)
}

func (r *Roll) apply(c *menshen.Change) error {
	switch c.Kind {
	case menshen.ChangePerson:
		r.applyPerson(c.Key, c.Person)
	case menshen.ChangePermit:
		r.applyPermit(c.Key, c.Permit)
	case menshen.ChangeHealth:
		r.applyHealth(c.Key, c.Health)
	case menshen.ChangeCredential:
		r.credentials.apply(c.Key, c.Credential)
	case menshen.ChangeGate:
		r.applyGate(c.Key, c.Gate)
	case menshen.ChangeSite:
		r.applySite(c.Site)
	case menshen.ChangeRules:
		return r.applyRules(c.Rules)
	case menshen.ChangeTemplate:
	}
	return nil
}

// hold gives the entry of a person, made if need be. Only writers call it.
func (r *Roll) hold(person string) (*shard, *entry) {
	part := r.part(person)
	e := part.people[person] // no other writer runs
	if e == nil {
		id := strings.Clone(person)
		e = &entry{id: id, person: menshen.Person{ID: id}}
		part.mu.Lock()
		part.people[e.id] = e
		part.mu.Unlock()
	}
	return part, e
}

// drop forgets an entry that says nothing any more.
func (r *Roll) drop(part *shard, e *entry) {
	if e.found || len(e.permits) > 0 || e.health != (policy.Health{}) || e.last != nil || e.outings != nil {
		return
	}
	part.mu.Lock()
	delete(part.people, e.id)
	part.mu.Unlock()
}

func (r *Roll) applyPerson(id string, p *menshen.Person) {
	part, e := r.hold(id)
	kept := menshen.Person{ID: e.id}
	var home *household
	if p != nil {
		c := *p
		c.ID = e.id
		c.State = intern(c.State)
		if c.Household != "" {
			home = r.home(c.Household)
			c.Household = home.id
		}
		c.Dwelling.Building, c.Dwelling.Unit, c.Dwelling.Room = r.word(c.Dwelling.Building), r.word(c.Dwelling.Unit), r.word(c.Dwelling.Room)
		kept = c
	}
	before := e.household
	if e.last != nil && e.found != (p != nil) { // who is in the registry is counted in zones
		from, to := e.last.Zone, ""
		if p != nil {
			from, to = to, from
		}
		r.move(from, to)
	}
	part.mu.Lock()
	e.found, e.person, e.household = p != nil, kept, home
	if p == nil {
		e.last, e.outings = nil, nil
	}
	part.mu.Unlock()
	if before != home {
		r.leave(before, e)
		if home != nil {
			home.members = append(home.members, e)
			r.count(home)
		}
	}
	r.drop(part, e)
}

// intern gives the constant for a state, so that a hundred thousand copies of the word are one.
func intern(s menshen.PersonState) menshen.PersonState {
	switch s {
	case menshen.PersonActive:
		return menshen.PersonActive
	case menshen.PersonInactive:
		return menshen.PersonInactive
	}
	return s
}

// word gives the one copy of a short word that many people share.
func (r *Roll) word(s string) string {
	if w, ok := r.words[s]; ok {
		return w
	}
	if len(r.words) >= 1<<16 {
		return s
	}
	s = strings.Clone(s)
	r.words[s] = s
	return s
}

func (r *Roll) home(id string) *household {
	h := r.households[id]
	if h == nil {
		h = &household{id: strings.Clone(id)}
		r.households[h.id] = h
	}
	return h
}

// leave takes somebody out of a household, and forgets one without members.
func (r *Roll) leave(h *household, e *entry) {
	if h == nil {
		return
	}
	h.members = slices.DeleteFunc(h.members, func(m *entry) bool { return m == e })
	part := r.part(e.id)
	part.mu.Lock()
	e.shared = nil
	part.mu.Unlock()
	r.count(h)
	if len(h.members) == 0 {
		delete(r.households, h.id)
	}
}

// count sums the outings of the members up, and tells each of them.
func (r *Roll) count(h *household) {
	var sum policy.Outings
	for _, m := range h.members {
		if m.outings != nil {
			sum = sum.Plus(*m.outings)
		}
	}
	shared := &sum
	if sum == (policy.Outings{}) {
		shared = nil
	}
	for _, m := range h.members {
		if m.shared == nil && shared == nil {
			continue
		}
		part := r.part(m.id)
		part.mu.Lock()
		m.shared = shared
		part.mu.Unlock()
	}
}

func (r *Roll) applyPermit(id string, p *menshen.Permit) {
	index := r.part(id)
	if before := index.permits[id]; before != nil && (p == nil || p.Person != before.id) {
		index.mu.Lock()
		delete(index.permits, id)
		index.mu.Unlock()
		r.takePermit(before, id)
	}
	if p == nil {
		return
	}
	part, e := r.hold(p.Person)
	c := policy.PermitOf(*p)
	c.ID, c.Gates = id, r.list(p.Gates)
	permits := make([]policy.Permit, 0, len(e.permits)+1)
	replaced := false
	for _, old := range e.permits { // what readers have is not changed
		if old.ID == id {
			c.ID = old.ID
			old, replaced = c, true
		}
		permits = append(permits, old)
	}
	if !replaced {
		c.ID = strings.Clone(id)
		permits = append(permits, c)
	}
	part.mu.Lock()
	e.permits = permits
	part.mu.Unlock()
	index.mu.Lock()
	index.permits[c.ID] = e
	index.mu.Unlock()
}

// takePermit takes a permit from its holder.
func (r *Roll) takePermit(e *entry, id string) {
	permits := make([]policy.Permit, 0, len(e.permits))
	for _, p := range e.permits {
		if p.ID != id {
			permits = append(permits, p)
		}
	}
	part := r.part(e.id)
	part.mu.Lock()
	e.permits = permits
	part.mu.Unlock()
	r.drop(part, e)
}

// list gives the one copy of a list of gates that many permits share.
func (r *Roll) list(gates []string) []string {
	if len(gates) == 0 {
		return nil
	}
	key := strings.Join(gates, " ")
	if l, ok := r.lists[key]; ok {
		return l
	}
	l := strings.Split(strings.Clone(key), " ")
	if len(r.lists) < 1<<14 {
		r.lists[key] = l
	}
	return l
}

func (r *Roll) applyHealth(person string, h *menshen.Health) {
	part, e := r.hold(person)
	var kept policy.Health
	if h != nil {
		kept = policy.HealthOf(*h)
	}
	part.mu.Lock()
	e.health = kept
	part.mu.Unlock()
	r.drop(part, e)
}

func (r *Roll) applyGate(id string, g *menshen.GateSetting) {
	next := *r.settings.Load()
	gates := make(map[string]menshen.GateState, len(next.gates)+1)
	for k, v := range next.gates {
		gates[k] = v
	}
	if g == nil {
		delete(gates, id)
	} else {
		gates[id] = g.State
	}
	next.gates = gates
	r.settings.Store(&next)
}

func (r *Roll) applySite(s *menshen.SiteSetting) {
	next := *r.settings.Load()
	next.site = menshen.SiteSetting{}
	if s != nil {
		next.site = *s
	}
	r.settings.Store(&next)
}

func (r *Roll) applyRules(t *menshen.RuleText) error {
	if t == nil || t.YAML == "" {
		next := Ruling{Rules: policy.Default()}
		if t != nil {
			next.Version = t.Version
		}
		r.rules.Store(&next)
		return nil
	}
	rules, err := policy.Parse([]byte(t.YAML))
	if err != nil {
		return err
	}
	r.rules.Store(&Ruling{Rules: rules, Version: t.Version})
	return nil
}
