package crossing_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"menshen"
	"menshen/access/crossing"
)

var start = time.Date(2022, 11, 20, 8, 0, 0, 0, time.UTC)

var cfg = crossing.Config{Cooldown: 10 * time.Second, Keep: 5 * time.Second}

func at(s float64) crossing.Seen {
	t := start.Add(time.Duration(s * float64(time.Second)))
	return crossing.Seen{Captured: t, Now: t}
}

func like(s float64, d ...float32) crossing.Seen {
	x := at(s)
	x.Descriptor = d
	return x
}

func TestPerson(t *testing.T) {
	const allow, deny, review = menshen.OutcomeAllow, menshen.OutcomeDeny, menshen.OutcomeReview
	type step struct {
		at      float64
		outcome menshen.Outcome
		fresh   bool
	}
	for name, steps := range map[string][]step{
		"once":                     {{0, allow, true}, {1, allow, false}, {9.9, allow, false}, {19, allow, false}, {30, allow, true}},
		"exactly the cooldown":     {{0, allow, true}, {10, allow, false}, {20.1, allow, true}},
		"late faces":               {{10, allow, true}, {1, allow, false}, {25, allow, true}},
		"an earlier one, late":     {{30, allow, true}, {1, allow, true}},
		"turned away, then in":     {{0, deny, true}, {1, deny, false}, {2, review, false}, {3, allow, true}, {4, allow, false}},
		"reviewed, then in":        {{0, review, true}, {1, review, false}, {2, allow, true}, {3, review, false}},
		"in, then suspended":       {{0, allow, true}, {1, deny, true}, {2, deny, false}, {3, allow, false}},
		"reviewed, then suspended": {{0, review, true}, {1, deny, true}, {2, deny, false}},
	} {
		l := crossing.New(cfg)
		for i, s := range steps {
			if _, fresh := l.Person("ann", s.outcome, at(s.at), nil); fresh != s.fresh {
				t.Errorf("%s: step %d is fresh: %v", name, i, fresh)
			}
		}
		if _, fresh := l.Person("bob", allow, at(1), nil); !fresh {
			t.Errorf("%s: another person is not told apart", name)
		}
	}
}

// A track in view is one crossing, even where no face was good enough for longer than the cooldown.
func TestPersonOfOneTrack(t *testing.T) {
	l := crossing.New(cfg)
	c, _ := l.Person("ann", menshen.OutcomeAllow, at(0), nil)
	l.Expire(start.Add(time.Minute))
	if l.Len() != 0 {
		t.Fatal("not forgotten")
	}
	again, fresh := l.Person("ann", menshen.OutcomeAllow, at(60), c)
	if fresh || again != c {
		t.Error("the same track is another crossing")
	}
	if _, fresh := l.Person("ann", menshen.OutcomeAllow, at(65), nil); fresh {
		t.Error("the crossing was not remembered again")
	}
	if _, fresh := l.Person("bob", menshen.OutcomeAllow, at(60), c); !fresh {
		t.Error("another person under the track is not told apart")
	}
}

func TestStranger(t *testing.T) {
	l := crossing.New(cfg)
	for i, s := range []struct {
		seen  crossing.Seen
		fresh bool
	}{
		{like(0, 1, 0), true}, {like(1, 1, 0.3), false}, {like(2, 0, 1), true}, {like(9, 1, 0), false},
		{like(18, 1, 0), false}, {like(18, 0, 1), true}, {like(40, 1, 0), true}, {like(41, 1, 0, 0), true}, {at(42), true},
	} {
		if _, fresh := l.Stranger(s.seen, 0.4); fresh != s.fresh {
			t.Errorf("step %d is fresh: %v", i, fresh)
		}
	}
	l.Person("ann", menshen.OutcomeAllow, like(50, -1, 0), nil)
	if _, fresh := l.Stranger(like(52, -1, 0.1), 0.4); fresh {
		t.Error("somebody just let in and lost by the camera counts as a stranger")
	}
	if _, fresh := l.Stranger(like(70, -1, 0.1), 0.4); !fresh {
		t.Error("after the cooldown they count as the same")
	}
}

func TestUnreadable(t *testing.T) {
	l := crossing.New(cfg)
	for i, s := range []struct {
		at    float64
		fresh bool
	}{{0, true}, {5, false}, {14, false}, {30, true}} {
		if _, fresh := l.Unreadable(at(s.at)); fresh != s.fresh {
			t.Errorf("step %d is fresh: %v", i, fresh)
		}
	}
}

func TestMemoryIsBoundedAndExpires(t *testing.T) {
	l := crossing.New(cfg)
	for i := range 1500 {
		s := float64(i) / 300
		l.Person(fmt.Sprint(i), menshen.OutcomeAllow, like(s, float32(i), 1), nil)
		l.Stranger(like(s, float32(i), -1), 0.1)
	}
	l.Unreadable(at(5))
	if n := l.Len(); n > 641 {
		t.Errorf("%d crossings are remembered", n)
	}
	if _, fresh := l.Person("1499", menshen.OutcomeAllow, at(5), nil); fresh {
		t.Error("the newest was forgotten")
	}
	l.Expire(start.Add(20 * time.Second))
	if l.Len() == 0 {
		t.Error("forgotten too early")
	}
	l.Expire(start.Add(21 * time.Second))
	if n := l.Len(); n != 0 {
		t.Errorf("%d crossings are left", n)
	}
}

// In any order of arrival a burst of sightings within the cooldown of each other makes one pass.
func TestOrderDoesNotMatter(t *testing.T) {
	for seed := range uint64(500) {
		rng := rand.New(rand.NewPCG(seed, 2))
		l := crossing.New(cfg)
		n := 0
		for range 30 {
			if _, fresh := l.Person("ann", menshen.OutcomeAllow, at(rng.Float64()*10), nil); fresh {
				n++
			}
		}
		if n != 1 {
			t.Fatalf("seed %d: %d passes", seed, n)
		}
	}
}
