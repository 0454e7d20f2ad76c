package passlog_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"menshen"
	"menshen/tracing/passlog"
)

// columnist writes passes as a store would, with numbers of its own.
type columnist struct {
	people, gates []string
	numbers       map[string]uint32
}

func newColumnist() *columnist {
	return &columnist{people: []string{"", ""}, gates: []string{"", ""}, numbers: map[string]uint32{}} // with unused numbers
}

func (c *columnist) number(list *[]string, kind, id string) uint32 {
	if id == "" {
		return 0
	}
	n, ok := c.numbers[kind+id]
	if !ok {
		n = uint32(len(*list))
		*list = append(*list, id)
		c.numbers[kind+id] = n
	}
	return n
}

func (c *columnist) columns(passes []menshen.Pass) passlog.Columns {
	var out passlog.Columns
	var keys []string
	tick := func(t time.Time) int64 { return t.UnixNano() / int64(passlog.TickLength) }
	for i, p := range passes {
		if i == 0 || tick(p.Captured) < out.Base {
			out.Base = tick(p.Captured)
		}
	}
	for _, p := range passes {
		key := fmt.Sprint(p.Site, p.Direction, p.Means, p.Decision, p.Track)
		k := slices.Index(keys, key)
		if k < 0 {
			k, keys = len(keys), append(keys, key)
			out.Manners = append(out.Manners, menshen.Pass{Site: p.Site, Direction: p.Direction, Means: p.Means, Decision: p.Decision, Track: p.Track})
		}
		out.At = append(out.At, uint32(tick(p.Captured)-out.Base))
		out.Person = append(out.Person, c.number(&c.people, "p", p.Person))
		out.Gate = append(out.Gate, c.number(&c.gates, "g", p.ID.Gate))
		out.Sequence = append(out.Sequence, p.ID.Sequence)
		out.Manner = append(out.Manner, uint16(k))
	}
	return out
}

// TestBulkAgainstList builds logs at once that must be as if they had been appended, and goes on with them.
func TestBulkAgainstList(t *testing.T) {
	for seed := range uint64(600) {
		rng := rand.New(rand.NewPCG(seed, 9))
		source := &randomSource{
			rng: rng, sequence: map[string]uint64{}, people: 1 + rng.IntN(20), gates: 1 + rng.IntN(5),
			span: []time.Duration{time.Second / 5, time.Hour, 400 * 24 * time.Hour}[rng.IntN(3)], wild: rng.IntN(10) == 0,
		}
		list := source.many(rng.IntN(900))
		ids := map[menshen.PassID]bool{} // a store has one pass of an id
		list = slices.DeleteFunc(list, func(p menshen.Pass) bool {
			had := ids[p.ID]
			ids[p.ID] = true
			return had
		})
		if rng.IntN(2) == 0 {
			slices.SortFunc(list, byCapture)
		}
		cfg := passlog.Config{Grade: grade}
		want := &reference{wanted: map[menshen.PassID]string{}}
		if rng.IntN(3) == 0 {
			cfg.Origin = day.Add(source.span / 3).Truncate(passlog.TickLength)
			want.floor = cfg.Origin
		}
		c := newColumnist()
		var parts []passlog.Columns
		for rest := list; len(rest) > 0; {
			n := min(1+rng.IntN(200), len(rest))
			part := rest[:n]
			if rng.IntN(4) == 0 { // some are on two pages
				part = append(slices.Clone(part), list[:min(5, len(list))]...)
			}
			parts = append(parts, c.columns(part))
			want.append(part...)
			rest = rest[n:]
		}
		bulk := passlog.NewBulk(cfg, c.people, c.gates)
		for _, part := range parts {
			if err := bulk.Add(part); err != nil {
				t.Fatal(err)
			}
		}
		log, err := bulk.Build()
		if err != nil {
			t.Fatal(err)
		}
		wantSame(t, log, want)
		more := source.many(200)
		if n, err := log.Append(more...); err != nil || n != want.append(more...) {
			t.Fatalf("seed %d: added %d, %v", seed, n, err)
		}
		for range 20 {
			id := list[:min(1, len(list))]
			if len(id) > 0 {
				p := list[rng.IntN(len(list))]
				log.Reassign(p.ID, "p2")
				want.reassign(p.ID, "p2")
			}
		}
		before := day.Add(source.span / 2).Truncate(passlog.TickLength)
		if n, w := log.Forget(before), want.forget(before); n != w {
			t.Fatalf("seed %d: forgot %d, want %d", seed, n, w)
		}
		more = source.many(200)
		if n, err := log.Append(more...); err != nil || n != want.append(more...) {
			t.Fatalf("seed %d: added %d, %v", seed, n, err)
		}
		wantSame(t, log, want)
	}
}

func TestBulkFromSeveral(t *testing.T) {
	source := &randomSource{rng: rand.New(rand.NewPCG(1, 1)), sequence: map[string]uint64{}, people: 300, gates: 30, span: time.Hour}
	c, want := newColumnist(), &reference{wanted: map[menshen.PassID]string{}}
	var parts []passlog.Columns
	for range 20 {
		passes := source.many(200)
		want.append(passes...)
		parts = append(parts, c.columns(passes))
	}
	bulk := passlog.NewBulk(passlog.Config{Grade: grade}, c.people, c.gates)
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := w; i < len(parts); i += 4 {
				if err := bulk.Add(parts[i]); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	log, err := bulk.Build()
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, log, want)
}

func TestBulkRefuses(t *testing.T) {
	for name, damage := range map[string]func(*passlog.Columns){
		"length":   func(c *passlog.Columns) { c.Gate = c.Gate[:0] },
		"person":   func(c *passlog.Columns) { c.Person[0] = 99 },
		"unused":   func(c *passlog.Columns) { c.Person[0] = 1 },
		"gate":     func(c *passlog.Columns) { c.Gate[0] = 0 },
		"beyond":   func(c *passlog.Columns) { c.Gate[0] = 99 },
		"sequence": func(c *passlog.Columns) { c.Sequence[0] = 0 },
		"manner":   func(c *passlog.Columns) { c.Manner[0] = 1 },
		"word":     func(c *passlog.Columns) { c.Manners[0].Direction = "up" },
		"nobody":   func(c *passlog.Columns) { c.Person[0] = 0 },
	} {
		w := newColumnist()
		c := w.columns([]menshen.Pass{newPass("li", "east", "in", day, 1), newPass("li", "east", "in", day, 2)})
		damage(&c)
		bulk := passlog.NewBulk(passlog.Config{}, w.people, w.gates)
		if err := bulk.Add(c); menshen.ErrorCode(err) != menshen.CodeCorrupt {
			t.Errorf("%s: %v", name, err)
		}
		log, err := bulk.Build()
		if err != nil || log.Count() != 0 {
			t.Errorf("%s: %d passes, %v", name, log.Count(), err)
		}
	}
}
