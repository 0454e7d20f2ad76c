package passlog_test

import (
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"menshen"
	"menshen/tracing/passlog"
)

func TestLogOfNothing(t *testing.T) {
	log := passlog.New(passlog.Config{})
	if n, err := log.Append(); n != 0 || err != nil {
		t.Errorf("appending nothing gave %d, %v", n, err)
	}
	if got := len(log.Passes("li", menshen.Span{})) + len(log.Passes("", menshen.Span{})) + len(log.Latest(3, "")) +
		len(log.Latest(-1, "east")) + log.Count() + log.Forget(day); got != 0 {
		t.Error("an empty log is not empty")
	}
	log.View(func(v passlog.View) {
		if _, ok := v.PersonNumber(""); ok || v.Gates() != 0 || v.People() != 1 || v.PersonID(0) != "" {
			t.Error("an empty log knows somebody")
		}
	})
}

func TestAppendTakesAllOrNothing(t *testing.T) {
	log := passlog.New(passlog.Config{})
	good := newPass("li", "east", "in", day, 1)
	bad := good
	bad.ID.Sequence = 0
	if n, err := log.Append(good, bad); n != 0 || menshen.ErrorCode(err) != menshen.CodeInvalid || log.Count() != 0 || len(log.Passes("li", menshen.Span{})) != 0 {
		t.Errorf("got %d, %v and %d passes", n, err, log.Count())
	}
	other := good
	other.Person = "wang" // the same id again says nothing new
	if n, err := log.Append(good, good, other); n != 1 || err != nil {
		t.Errorf("got %d, %v", n, err)
	}
	if len(log.Passes("li", menshen.Span{})) != 1 || len(log.Passes("wang", menshen.Span{})) != 0 {
		t.Error("the first pass of an id does not stand")
	}
}

func TestSequencesFarApart(t *testing.T) {
	log := passlog.New(passlog.Config{})
	for _, seq := range []uint64{1 << 50, 1, 64, 4095, 4096, 4097, 1 << 40, 1<<64 - 1, 3 << 39} {
		p := newPass("li", "east", "in", day, seq)
		for want := range 2 {
			if n, err := log.Append(p); n != 1-want || err != nil {
				t.Errorf("sequence %d: got %d, %v at attempt %d", seq, n, err, want)
			}
		}
		if got := log.Latest(1, "")[0]; seq == 1<<64-1 && got.ID.Sequence != seq {
			t.Errorf("the latest is %v", got.ID)
		}
	}
}

// TestManyManners has more manners than a byte has numbers: each pass still has its own, also after corrections and a night.
func TestManyManners(t *testing.T) {
	log, want := passlog.New(passlog.Config{Grade: grade}), &reference{wanted: map[menshen.PassID]string{}}
	rng := rand.New(rand.NewPCG(3, 3))
	reasons := []menshen.Reason{menshen.ReasonActiveResident, menshen.ReasonUnknownFace, menshen.ReasonSimulated, menshen.ReasonUnsureFace}
	var passes []menshen.Pass
	for i := range 3000 {
		p := newPass([]string{"li", "wang"}[rng.IntN(2)], "east", "in", day.Add(time.Duration(i)*time.Second), uint64(i+1))
		p.Decision.Reasons = nil
		for range rng.IntN(6) {
			p.Decision.Reasons = append(p.Decision.Reasons, reasons[rng.IntN(len(reasons))])
		}
		passes = append(passes, p)
	}
	rng.Shuffle(len(passes), func(i, j int) { passes[i], passes[j] = passes[j], passes[i] })
	for part := range slices.Chunk(passes, 100) {
		mustAppend(t, log, part)
		want.append(part...)
	}
	for i := range 50 {
		log.Reassign(passes[i].ID, "zhao")
		want.reassign(passes[i].ID, "zhao")
	}
	wantSame(t, log, want)
	if n, w := log.Forget(day.Add(20*time.Minute)), want.forget(day.Add(20*time.Minute)); n != w {
		t.Errorf("forgot %d, want %d", n, w)
	}
	wantSame(t, log, want)
}

// TestYears keeps a window of 90 days for five years of a pass an hour: the origin moves, memory does not grow.
func TestYears(t *testing.T) {
	log, want := passlog.New(passlog.Config{Origin: day}), &reference{wanted: map[menshen.PassID]string{}, floor: day}
	size := 0
	for d := range 5 * 365 {
		at := day.AddDate(0, 0, d)
		var passes []menshen.Pass
		for h := range 24 {
			passes = append(passes, newPass([]string{"li", "wang", "zhao"}[h%3], "east", "in", at.Add(time.Duration(h)*time.Hour), uint64(24*d+h+1)))
		}
		mustAppend(t, log, passes)
		want.append(passes...)
		if n, w := log.Forget(at.AddDate(0, 0, -90)), want.forget(at.AddDate(0, 0, -90)); n != w {
			t.Fatalf("day %d: forgot %d, want %d", d, n, w)
		}
		if d%100 == 0 {
			wantSame(t, log, want)
		}
		if d == 200 {
			size = log.Bytes()
		}
	}
	if got := log.Bytes(); got > size {
		t.Errorf("the log grew from %d to %d bytes", size, got)
	}
	if log.Outside() > 0 {
		t.Errorf("%d passes were left out", log.Outside())
	}
}

// TestClocks has passes of clocks that are wrong: they keep nobody else out, whatever comes first.
func TestClocks(t *testing.T) {
	log, want := passlog.New(passlog.Config{Origin: day}), &reference{wanted: map[menshen.PassID]string{}, floor: day}
	for i, at := range []time.Time{
		day.AddDate(12, 0, 0), day.Add(time.Hour), day.AddDate(-20, 0, 0), day.AddDate(0, 0, 490), day.Add(2 * time.Hour), day, day.AddDate(0, 0, 480),
	} {
		p := newPass("li", "east", "in", at, uint64(i+1))
		mustAppend(t, log, []menshen.Pass{p})
		if at.Sub(day) < passlog.Reach {
			want.append(p)
		}
	}
	wantSame(t, log, want)
	if log.Outside() != 1 {
		t.Errorf("%d were left out, want 1", log.Outside())
	}
	free := passlog.New(passlog.Config{}) // without an origin, the first ones decide
	mustAppend(t, free, []menshen.Pass{newPass("li", "east", "in", day, 1), newPass("li", "east", "in", day.AddDate(0, 0, -400), 2), newPass("li", "east", "in", day.AddDate(0, 0, 90), 3)})
	mustAppend(t, free, []menshen.Pass{newPass("li", "east", "in", day.AddDate(0, 0, 100), 4)})
	if free.Count() != 3 || free.Outside() != 1 {
		t.Errorf("%d are held and %d left out, want 3 and 1", free.Count(), free.Outside())
	}
}

// TestCorrectionWaits shows that what is said of a pass before it comes is kept for two weeks.
func TestCorrectionWaits(t *testing.T) {
	for nights, want := range map[int]int{0: 1, 14: 1, 15: 0} {
		log := passlog.New(passlog.Config{})
		log.Reassign(menshen.PassID{Gate: "east", Sequence: 1}, "wang")
		for range nights {
			log.Forget(day)
		}
		mustAppend(t, log, []menshen.Pass{newPass("li", "east", "in", day, 1)})
		if got := len(log.Passes("wang", menshen.Span{})); got != want {
			t.Errorf("after %d nights wang has %d passes, want %d", nights, got, want)
		}
	}
}

// TestReadersBesideAWriter lets readers compare, while one writer appends (late passes too), corrects and forgets: each sees
// what the log was after some step, whole, never backwards.
func TestReadersBesideAWriter(t *testing.T) {
	const steps = 120
	source := &randomSource{rng: rand.New(rand.NewPCG(5, 5)), sequence: map[string]uint64{}, people: 5, gates: 3, span: time.Hour}
	log, now := passlog.New(passlog.Config{Grade: grade}), &reference{wanted: map[menshen.PassID]string{}}
	var mu sync.Mutex
	states := []string{showPasses(nil)} // the passes of p1 after each step; the next is added before the step is taken
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for last := 0; ; {
				select {
				case <-done:
					return
				default:
				}
				var got string
				log.View(func(v passlog.View) {
					passes := v.Passes("p1", menshen.Span{})
					got = showPasses(passes)
					n, _ := v.PersonNumber("p1")
					i := 0
					for piece := range v.Trail(n) {
						for _, e := range piece {
							if i >= len(passes) || v.GateID(e.Gate()) != passes[i].ID.Gate || !v.Time(e.At).Equal(passes[i].Captured) {
								t.Error("the trail is not that of the passes")
								return
							}
							i++
						}
					}
				})
				mu.Lock()
				at := last + slices.Index(states[last:], got)
				mu.Unlock()
				if at < last {
					t.Errorf("a reader saw what never was after step %d", last)
					return
				}
				last = at
				log.Latest(10, "")
			}
		})
	}
	for i := range steps {
		var step func()
		switch {
		case i%10 == 9:
			before := day.Add(time.Duration(i) * 10 * time.Second)
			now.forget(before)
			step = func() { log.Forget(before) }
		case i%3 == 2 && len(now.list) > 0:
			id := now.list[i*7%len(now.list)].ID
			now.reassign(id, "p1")
			step = func() { log.Reassign(id, "p1") }
		default:
			passes := source.many(40)
			now.append(passes...)
			step = func() { mustAppend(t, log, passes) }
		}
		want := showPasses(now.filter(func(p menshen.Pass) bool { return p.Person == "p1" }))
		mu.Lock()
		states = append(states, want)
		mu.Unlock()
		step()
	}
	close(done)
	wg.Wait()
	wantSame(t, log, now)
}

// TestForgettingBesideOthers forgets in the smallest portions, while others append, correct, move the origin and look: what is on
// a trail is always in a register and in order, and in the end the log has exactly what is late enough.
func TestForgettingBesideOthers(t *testing.T) {
	source := &randomSource{rng: rand.New(rand.NewPCG(6, 6)), sequence: map[string]uint64{}, people: 8, gates: 4, span: time.Hour}
	log, want := passlog.New(passlog.Config{Grade: grade}), &reference{wanted: map[menshen.PassID]string{}}
	log.ForgetOneByOne()
	passes := source.many(1500)
	slices.SortFunc(passes, byCapture)
	passes = append(passes, newPass("p1", "g-1", menshen.DirectionIn, day.AddDate(0, 0, 400), 1<<20)) // the origin must move
	want.append(passes...)
	done := make(chan struct{})
	var readers, writers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				log.View(func(v passlog.View) {
					for person := 1; person < v.People(); person++ {
						last := uint32(0)
						for piece := range v.Trail(uint32(person)) {
							for _, e := range piece {
								if e.At < last {
									t.Error("a trail is out of order")
								}
								last = e.At
								if len(v.PassesAt(uint32(person), e.Gate(), e.At)) == 0 {
									t.Error("a trail has what no register has")
								}
							}
						}
					}
				})
				log.Latest(5, "")
				log.Passes("p2", menshen.Span{})
			}
		})
	}
	writers.Go(func() {
		for part := range slices.Chunk(passes, 20) {
			mustAppend(t, log, part)
			log.Reassign(part[len(part)/2].ID, "p3")
			log.Reassign(part[0].ID, "")
		}
	})
	for part := range slices.Chunk(passes, 20) {
		want.reassign(part[len(part)/2].ID, "p3")
		want.reassign(part[0].ID, "")
	}
	for range 2 {
		writers.Go(func() {
			for minute := range 30 {
				log.Forget(day.Add(time.Duration(minute) * time.Minute))
			}
		})
	}
	writers.Wait()
	close(done)
	readers.Wait()
	log.Forget(day.Add(31 * time.Minute))
	want.forget(day.Add(31 * time.Minute))
	wantSame(t, log, want)
}
