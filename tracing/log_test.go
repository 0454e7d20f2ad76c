package tracing_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"menshen"
	"menshen/tracing"
)

// randomPasses makes n passes of some people at some gates within an hour; capture times often coincide.
func randomPasses(rng *rand.Rand, n int) []menshen.Pass {
	out := make([]menshen.Pass, n)
	for i := range out {
		gate := fmt.Sprintf("g-%d", rng.IntN(5))
		person := ""
		if k := rng.IntN(20); k > 0 {
			person = fmt.Sprintf("p%d", k)
		}
		out[i] = newPass(person, gate, "in", day.Add(time.Duration(rng.IntN(3600))*time.Second), uint64(i+1))
		if person == "" {
			out[i].Decision = menshen.Decision{Outcome: menshen.OutcomeDeny, Reasons: []menshen.Reason{menshen.ReasonUnknownFace, menshen.ReasonSimulated}}
		}
	}
	return out
}

func byCapture(a, b menshen.Pass) int {
	return cmp.Or(a.Captured.Compare(b.Captured), cmp.Compare(a.ID.Gate, b.ID.Gate), cmp.Compare(a.ID.Sequence, b.ID.Sequence))
}

func wantPasses(tb testing.TB, got, want []menshen.Pass) {
	tb.Helper()
	show := func(list []menshen.Pass) []string {
		out := make([]string, len(list))
		for i, p := range list {
			out[i] = fmt.Sprintf("%s %s %q %s %s %s %v", clock(p.Captured), p.ID, p.Person, p.Site, p.Direction, p.Means, p.Decision)
		}
		return out
	}
	wantLines(tb, show(got), show(want))
}

// The log gives what filtering and sorting a plain list gives, however the passes came in.
func TestLogAgainstList(t *testing.T) {
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(seed, 4))
		list := randomPasses(rng, 1+rng.IntN(400))
		log := tracing.NewLog()
		arrivals := append(slices.Clone(list), list[:len(list)/2]...) // some come twice
		rng.Shuffle(len(arrivals), func(i, j int) { arrivals[i], arrivals[j] = arrivals[j], arrivals[i] })
		added := 0
		for len(arrivals) > 0 {
			n := min(1+rng.IntN(30), len(arrivals))
			k, err := log.Append(arrivals[:n]...)
			if err != nil {
				t.Fatal(err)
			}
			added += k
			arrivals = arrivals[n:]
		}
		if added != len(list) || log.Count() != len(list) {
			t.Fatalf("seed %d: added %d and counts %d of %d passes", seed, added, log.Count(), len(list))
		}
		slices.SortFunc(list, byCapture)
		filter := func(keep func(menshen.Pass) bool) []menshen.Pass {
			return slices.DeleteFunc(slices.Clone(list), func(p menshen.Pass) bool { return !keep(p) })
		}
		from, to := day.Add(time.Duration(rng.IntN(3600))*time.Second), day.Add(time.Duration(rng.IntN(3600))*time.Second)
		for _, span := range []menshen.Span{{}, {From: from}, {To: to}, {From: from, To: to}} {
			in := func(p menshen.Pass) bool {
				return (span.From.IsZero() || !p.Captured.Before(span.From)) && (span.To.IsZero() || p.Captured.Before(span.To))
			}
			wantPasses(t, log.Passes("p3", span), filter(func(p menshen.Pass) bool { return p.Person == "p3" && in(p) }))
		}
		slices.Reverse(list)
		wantPasses(t, log.Latest(7, ""), list[:min(7, len(list))])
		atGate := filter(func(p menshen.Pass) bool { return p.ID.Gate == "g-1" })
		wantPasses(t, log.Latest(5, "g-1"), atGate[:min(5, len(atGate))])
	}
}

func TestLogOfNothing(t *testing.T) {
	log := tracing.NewLog()
	if n, err := log.Append(); n != 0 || err != nil {
		t.Errorf("appending nothing gave %d, %v", n, err)
	}
	if got := len(log.Passes("li", menshen.Span{})) + len(log.Passes("", menshen.Span{})) + len(log.Latest(3, "")) +
		len(log.Latest(-1, "east")) + log.Count(); got != 0 {
		t.Error("an empty log is not empty")
	}
}

func TestAppendTakesAllOrNothing(t *testing.T) {
	log := tracing.NewLog()
	good := MustPasses(t, "li", "08:00 east in")[0]
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
	log := tracing.NewLog()
	for _, seq := range []uint64{1, 64, 4095, 4096, 4097, 1 << 40, 1<<64 - 1} {
		p := newPass("li", "east", "in", day, seq)
		for want := range 2 {
			if n, err := log.Append(p); n != 1-want || err != nil {
				t.Errorf("sequence %d: got %d, %v at attempt %d", seq, n, err, want)
			}
		}
	}
}

// Readers see whole batches in order while one writer appends, late passes included.
func TestReadersBesideAWriter(t *testing.T) {
	const batches, size = 60, 40
	rng := rand.New(rand.NewPCG(5, 5))
	list := randomPasses(rng, batches*size)
	for i := range list {
		list[i].Person, list[i].ID.Gate = "li", "east"
		list[i].Decision.Outcome = menshen.OutcomeAllow
	}
	log := tracing.NewLog()
	tracer, err := tracing.New(log, testSite(), tracing.Config{Now: func() time.Time { return day.Add(time.Hour) }})
	if err != nil {
		t.Fatal(err)
	}
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
				got := log.Passes("li", menshen.Span{})
				if len(got)%size != 0 || len(got) < last || !slices.IsSortedFunc(got, byCapture) {
					t.Errorf("a reader saw %d passes after %d, in order: %v", len(got), last, slices.IsSortedFunc(got, byCapture))
					return
				}
				last = len(got)
				if last > 0 {
					if _, err := tracer.Contacts(t.Context(), "li", menshen.Span{From: day, To: day.Add(time.Hour)}, tracing.ContactOptions{}); err != nil {
						t.Error(err)
						return
					}
				}
				log.Latest(10, "east")
			}
		})
	}
	for i := range batches {
		if _, err := log.Append(list[i*size : (i+1)*size]...); err != nil {
			t.Fatal(err)
		}
	}
	close(done)
	wg.Wait()
	slices.SortFunc(list, byCapture)
	wantPasses(t, log.Passes("li", menshen.Span{}), list)
}
