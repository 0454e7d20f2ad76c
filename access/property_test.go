package access_test

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"menshen"
	"menshen/access"
)

// arrival is a face and when it comes.
type arrival struct {
	at   time.Time
	face menshen.Face
}

// visit is a human being before the cameras of a gate, in one direction, for one crossing.
type visit struct{ person, gate string }

var views = map[string][]string{"east": {"east-a", "east-b"}, "out": {"east-out"}, "west": {"west-a"}, "shut": {"shut-a"}}

// stage makes the tracks of a visit that begins at a time: one to three, over the cameras of the gate, some of them lost
// ends, poor and unreadable shots, duplicates, and every order of arrival within 400 ms.
func stage(rng *rand.Rand, v visit, id string, begin time.Time) []arrival {
	var all []arrival
	deliver := func(f menshen.Face) {
		for range 1 + rng.IntN(5)/4 {
			all = append(all, arrival{f.Captured.Add(time.Duration(30+rng.IntN(370)) * time.Millisecond), f})
		}
	}
	for n := range 1 + rng.IntN(3) {
		cameras := views[v.gate]
		camera, track := cameras[rng.IntN(len(cameras))], fmt.Sprintf("%s-%d", id, n)
		at := begin.Add(time.Duration(rng.IntN(2500)) * time.Millisecond)
		shots := 4 + rng.IntN(9)
		for seq := 1; seq <= shots; seq++ {
			at = at.Add(time.Duration(100+rng.IntN(150)) * time.Millisecond)
			q := 0.5 + rng.Float64()/2
			f := menshen.Face{
				Camera: camera, Track: track, Sequence: seq, Captured: at, Engine: engine,
				Descriptor: faceOf(v.person, 0.19*rng.Float64(), rng), Quality: menshen.Quality{Size: q, Sharpness: q, Pose: q, Light: q},
			}
			if seq > 3 && rng.IntN(4) == 0 {
				f.Descriptor, f.Refusal = nil, "blurred"
			}
			deliver(f)
		}
		if rng.IntN(5) > 0 {
			deliver(menshen.Face{Camera: camera, Track: track, Sequence: shots + 1, Captured: at, Last: true})
		}
	}
	return all
}

// Under random visits, reorders, duplicates and losses every crossing of a resident makes exactly one allow pass, every
// visit of anybody else exactly one refusal, and nobody else is ever let in.
func TestEveryCrossingOnce(t *testing.T) {
	people := []string{"ann", "bob", "ida", "gone", "sam", "tom"}
	places := []string{"east", "out", "west", "shut"}
	for seed := range uint64(30) {
		synctest.Test(t, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(seed, 3))
			w := MustWorld(t, nil)
			begin := time.Now()
			want := map[string]int{}
			var all []arrival
			for _, person := range people {
				for _, place := range places {
					at := begin.Add(time.Duration(rng.IntN(30_000)) * time.Millisecond)
					for n := range rng.IntN(4) {
						all = append(all, stage(rng, visit{person, place}, fmt.Sprintf("%s-%s-%d", person, place, n), at)...)
						want[expected(person, place)]++
						// A visit lasts up to 6 s; the cooldown counts from its last face.
						at = at.Add(18*time.Second + time.Duration(rng.IntN(10_000))*time.Millisecond)
					}
				}
			}
			slices.SortStableFunc(all, func(a, b arrival) int { return a.at.Compare(b.at) })
			for _, a := range all {
				time.Sleep(time.Until(a.at))
				w.handle(a.face)
			}
			time.Sleep(time.Minute)
			synctest.Wait()
			got := map[string]int{}
			for _, p := range w.records.kept {
				got[fmt.Sprintf("%s %s %s %s %s", p.ID.Gate, p.Direction, p.Person, p.Decision.Outcome, p.Decision.Reasons[0])]++
			}
			for _, k := range slices.Sorted(keys(got, want)) {
				if got[k] != want[k] {
					t.Errorf("seed %d: %s: %d passes, want %d", seed, k, got[k], want[k])
				}
			}
			checkSafety(t, w)
		})
	}
}

// expected gives the pass of a visit.
func expected(person, place string) string {
	gate, direction := place, menshen.DirectionIn
	if place == "out" {
		gate, direction = "east", menshen.DirectionOut
	}
	name, end := person, "allow active_resident"
	switch person {
	case "sam", "tom":
		name, end = "", "deny unknown_face"
	case "gone":
		name, end = "", "deny not_in_registry"
	case "ida":
		end = "deny inactive_person"
	}
	if gate == "shut" {
		end = "deny gate_closed"
	}
	return fmt.Sprintf("%s %s %s %s", gate, direction, name, end)
}

func keys(maps ...map[string]int) func(func(string) bool) {
	all := map[string]bool{}
	for _, m := range maps {
		for k := range m {
			all[k] = true
		}
	}
	return func(yield func(string) bool) {
		for k := range all {
			if !yield(k) {
				return
			}
		}
	}
}

// checkSafety checks what must hold whatever came: only active people at gates in use are let in, doors open for passes
// only, numbers have no gap, and one person's grants at a gate lie a cooldown apart.
func checkSafety(t *testing.T, w *world) {
	t.Helper()
	last := map[string]time.Time{}
	granted := map[string]int{}
	kept := slices.Clone(w.records.kept)
	next := map[string]uint64{}
	for _, p := range kept {
		next[p.ID.Gate]++
		if p.ID.Sequence != next[p.ID.Gate] {
			t.Errorf("pass %s, want number %d", p.ID, next[p.ID.Gate])
		}
	}
	slices.SortFunc(kept, func(a, b menshen.Pass) int { return cmp.Or(a.Captured.Compare(b.Captured)) })
	for _, p := range kept {
		if p.Decision.Outcome != menshen.OutcomeAllow {
			continue
		}
		if p.Person != "ann" && p.Person != "bob" || p.ID.Gate == "shut" || p.Match.Agreeing < 2 {
			t.Errorf("let in: %+v", p)
		}
		key := fmt.Sprint(p.Person, p.ID.Gate, p.Direction)
		if before, ok := last[key]; ok && p.Captured.Sub(before) <= 10*time.Second {
			t.Errorf("%s was let in twice within %v", p.Person, p.Captured.Sub(before))
		}
		last[key] = p.Captured
		granted[p.ID.Gate]++
	}
	for gate, n := range granted {
		if w.doors.at(gate) < n {
			t.Errorf("gate %s: %d grants, but the door was told %d times", gate, n, w.doors.at(gate))
		}
	}
	for _, c := range w.doors.opened {
		if granted[c.Gate] == 0 {
			t.Errorf("the door was told %+v without a grant", c)
		}
	}
}

// Hostile sequences: arbitrary faces of people who may not enter, near and far, mixed under few tracks, never open.
func TestNobodyElseIsLetIn(t *testing.T) {
	for seed := range uint64(30) {
		synctest.Test(t, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(seed, 4))
			w := MustWorld(t, func(c *access.Config) { c.MaxTracks = 4 })
			w.SetGateState("west", menshen.GateClosed)
			for range 400 {
				time.Sleep(time.Duration(rng.IntN(200)) * time.Millisecond)
				person, camera := []string{"ida", "gone", "sam", "tom"}[rng.IntN(4)], []string{"east-a", "east-b", "east-out"}[rng.IntN(3)]
				if rng.IntN(3) == 0 { // residents, but only where the gate is closed
					person, camera = []string{"ann", "bob"}[rng.IntN(2)], []string{"west-a", "shut-a"}[rng.IntN(2)]
				}
				q := rng.Float64()
				f := menshen.Face{
					Camera: camera, Track: fmt.Sprint("t", rng.IntN(6)), Sequence: 1 + rng.IntN(80), Engine: engine,
					Captured: time.Now().Add(-time.Duration(rng.IntN(3000)) * time.Millisecond), Last: rng.IntN(40) == 0,
					Descriptor: faceOf(person, rng.Float64(), rng), Quality: menshen.Quality{Size: q, Sharpness: q, Pose: q, Light: q},
				}
				if rng.IntN(10) == 0 {
					f.Descriptor = nil
				}
				w.handle(f)
			}
			time.Sleep(time.Minute)
			synctest.Wait()
			for _, p := range w.records.kept {
				if p.Decision.Outcome == menshen.OutcomeAllow {
					t.Errorf("seed %d: let in: %+v", seed, p)
				}
			}
			if n := len(w.doors.opened); n > 0 {
				t.Errorf("seed %d: doors were told %d times", seed, n)
			}
		})
	}
}

// Many goroutines hand in faces at once, as several subscriptions do.
func TestConcurrentFaces(t *testing.T) {
	w := MustWorld(t, func(c *access.Config) { c.Tick = time.Millisecond })
	var wg sync.WaitGroup
	for n, camera := range []string{"east-a", "east-b", "east-out", "west-a", "shut-a"} {
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(uint64(n), 5))
			for i := range 400 {
				f := menshen.Face{
					Camera: camera, Track: fmt.Sprint("t", i/8), Sequence: 1 + i%8, Captured: time.Now(), Engine: engine,
					Descriptor: faceOf([]string{"ann", "bob", "ida", "sam"}[i/8%4], 0.1, rng), Quality: menshen.Quality{Size: 1, Sharpness: 1, Pose: 1, Light: 1},
				}
				if err := w.Handle(context.Background(), f); err != nil {
					t.Error(err)
				}
				if i%50 == 0 {
					w.Conditions()
					w.SetGateState("west", menshen.GateGuarded)
				}
			}
		})
	}
	wg.Wait()
	if err := w.stop(); err != nil {
		t.Error(err)
	}
	got := map[string]int{}
	for _, p := range w.records.kept {
		if p.Decision.Outcome == menshen.OutcomeAllow {
			got[fmt.Sprint(p.ID.Gate, p.Direction, p.Person)]++
		}
	}
	if len(got) != 6 {
		t.Errorf("let in: %v", got)
	}
	for k, n := range got {
		if n != 1 {
			t.Errorf("%s: %d grants", k, n)
		}
	}
}
