package tracing

import (
	"context"
	"runtime"
	"sync"

	"menshen"
	"menshen/tracing/passlog"
	"menshen/tracing/policy"
)

// run is one question about a case. It goes round by round, a hop each. What is reached with exactly so many hops is a
// layer; in the next round all of a layer are followed at once, place by place and not pass by pass:
//
//   - at gates, the register is read once from end to end, with the passes of the last moments beside it (runGates);
//   - in zones, the stays of the layer make a list of times with the first of them who is there, against which the stays of
//     everybody who may have come by are held (runZones), or, where a rule asks for sums, one list of their stays (runSums);
//   - who lives together follows from the registry (runHomes).
//
// Each gives offers: somebody can have been exposed at a time by somebody. The best offer to each is kept.
type run struct {
	*look
	ctx   context.Context
	q     *CaseQuestion
	now   uint32
	lo    uint32           // asked backward: nobody is exposed before
	held  map[uint32][]gap // when they are isolated, in order and apart
	known map[uint32][]told
	index uint32        // number of the index person whom known is about
	first []policy.Rule // of the first generation, that for what is known included
	many  int           // people are numbered up to here, those of the registry without a pass included
	desks []*desk
	sheet *sheet
	rules []policy.Rule // of this round
	last  bool          // whether it is the last round

	horizon uint32 // no offer is worse, if bounded
	bounded bool
	longest uint32 // how far from a time in a zone, of those the policy looks at, its proof may lie

	layers [][]node
	found  []spot // of nodes that are findings, by layer
}

// node is somebody reached with so many hops as the layer says.
type node struct {
	person uint32
	before uint32 // place in the layer before
	label  uint32 // when exposed
	from   uint32 // when they pass the infection on, [from, to); asked backward, when they can have caught it
	minEnd uint32 // exposures must not end before
	to     uint32 // 0 for not at all
}

type spot struct{ layer, place uint32 }

func (t *Tracer) newRun(ctx context.Context, v passlog.View, q *CaseQuestion) *run {
	r := &run{look: t.newLook(v), ctx: ctx, q: q, now: v.Tick(t.now())}
	r.many = v.People() + len(r.residents.list)
	r.sheet = sheets.Get().(*sheet)
	r.sheet.fit(r.many)
	ways := t.plan.waysOf(r.ground, r.zoneKinds())
	for range min(runtime.GOMAXPROCS(0), 8) {
		d := desks.Get().(*desk)
		r.desks = append(r.desks, d)
		d.run, d.stays = r, d.stays[:0]
		for len(d.offers) < r.many {
			d.offers, d.marks = append(d.offers, unreached), append(d.marks, 0)
		}
		if n := v.Gates() - len(d.slots); n > 0 {
			d.timed = append(d.timed, make([]uint32, n)...)
			d.slots, d.near = append(d.slots, make([]uint32, n)...), append(d.near, make([]uint8, n)...)
		}
		d.walker.view, d.walker.plan, d.walker.ways, d.walker.now = v, t.plan, ways, r.now
		d.walker.again = ticksOf(t.plan.cfg.Repeat)
	}
	return r
}

func (r *run) close() {
	r.unbar()
	for _, p := range r.sheet.touched {
		r.sheet.best[p] = unreached
	}
	r.sheet.touched = r.sheet.touched[:0]
	for _, d := range r.desks {
		for _, p := range d.offered {
			d.offers[p] = unreached
		}
		for _, p := range d.pockets {
			r.sheet.at[p] = nil
		}
		d.pockets = d.pockets[:0]
		d.forget()
		d.offered, d.run, d.walker.view, d.walker.plan, d.walker.ways = d.offered[:0], nil, passlog.View{}, nil, nil
		desks.Put(d)
	}
	sheets.Put(r.sheet)
}

// begin finds the index person.
func (r *run) begin(op string) error {
	r.hold()
	r.lo = r.view.Tick(r.q.Window.From)
	layer := make([]node, 0, 1+len(r.q.Others))
	for i := -1; i < len(r.q.Others); i++ {
		x := Index{r.q.Person, r.q.Window, r.q.Isolated}
		if i >= 0 {
			x = r.q.Others[i]
		}
		n, ok := r.number(x.Person)
		if !ok {
			return menshen.Errorf(menshen.CodeNotFound, op, "person %q has not been seen at any gate and has no residence", x.Person).
				WithHint("check the id")
		}
		if r.sheet.best[n] != unreached {
			return menshen.Errorf(menshen.CodeInvalid, op, "person %q is twice among the index people", x.Person).WithHint("name each once")
		}
		r.sheet.best[n] = 0
		r.sheet.touched = append(r.sheet.touched, n)
		from := r.view.Tick(x.Window.From)
		root := node{person: n, from: from, minEnd: from, to: min(r.view.Tick(x.Window.To), r.now)}
		if !r.q.Backward {
			if !x.Isolated.IsZero() {
				root.to = min(root.to, r.view.Tick(x.Isolated))
			}
			root.from = r.released(n, root.from)
			root.minEnd, root.to = root.from, r.until(n, root.from, root.to)
			if root.to <= root.from {
				root.to = 0
			}
		}
		layer = append(layer, root)
	}
	r.layers = append(r.layers, layer)
	r.index = layer[0].person
	r.learn()
	for z := range r.plan.zones {
		if r.plan.kinds[z]&r.zoneKinds() != 0 {
			r.longest = max(r.longest, r.reach(z))
		}
	}
	return nil
}

// each shares pieces of work among the desks; small work is done by one.
func (r *run) each(n, small int, work func(d *desk, i int)) error {
	if n <= small || len(r.desks) == 1 {
		for i := range n {
			if i%64 == 0 && r.ctx.Err() != nil {
				return r.ctx.Err()
			}
			work(r.desks[0], i)
		}
		return nil
	}
	const lot = 8
	var next counter
	var wg sync.WaitGroup
	for _, d := range r.desks {
		wg.Go(func() {
			for i := next.take(lot); i < n && r.ctx.Err() == nil; i = next.take(lot) {
				for k := i; k < min(i+lot, n); k++ {
					work(d, k)
				}
			}
		})
	}
	wg.Wait()
	return r.ctx.Err()
}

// rounds makes the layers.
func (r *run) rounds() error {
	generations := r.q.generations()
	for g := 1; g <= generations; g++ {
		r.rules, r.last = r.rulesOf(g), g == generations
		layer := r.layers[g-1]
		if len(layer) == 0 || len(r.rules) == 0 {
			break
		}
		r.sheet.place(layer)
		r.bar()
		err := r.follow(layer)
		r.sheet.displace(layer)
		if err != nil {
			return err
		}
		r.settle()
		if !r.last {
			if err := r.restrain(g); err != nil {
				return err
			}
		}
	}
	return nil
}

// follow collects the offers of a layer.
func (r *run) follow(layer []node) error {
	if r.q.Policy.NextFrom == policy.AnchorLast {
		return r.runPairs(layer)
	}
	r.runKnown(layer)
	r.runHomes(layer)
	plain := kinds(0)
	for i := range r.rules {
		if rule := &r.rules[i]; rule.Kind == policy.RuleZone && rule.Each == 0 && rule.Total == 0 {
			plain |= kindsOf(rule.Zones)
		}
	}
	if err := r.runGates(layer, plain); err != nil {
		return err
	}
	bounded := r.bounded
	r.bounded = false // what is late adds to a sum that counts from early on
	for i := range r.rules {
		if rule := &r.rules[i]; rule.Kind == policy.RuleZone && (rule.Each != 0 || rule.Total != 0) {
			if err := r.runSums(layer, rule); err != nil {
				return err
			}
		}
	}
	if r.bounded = bounded; plain == 0 {
		return nil
	}
	r.share()
	return r.runZones(layer, plain)
}
