package queue_test

import (
	"context"
	"errors"
	"strconv"
	"testing"
	"time"

	"go.uber.org/goleak"

	"menshen"
	"menshen/camera/queue"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start runs a queue and gives a function that closes it and waits for the end.
func start(q *queue.Queue) (stop func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		q.Run(context.Background())
	}()
	return func() {
		q.Close(10 * time.Second)
		<-done
	}
}

func TestOrderAndCount(t *testing.T) {
	var got []int
	q := queue.New(func(_ context.Context, s menshen.Sighting) error {
		got = append(got, s.Sequence)
		if s.Sequence == 3 {
			return errors.New("no")
		}
		return nil
	})
	stop := start(q)
	for i := 1; i <= 5; i++ {
		q.Push(menshen.Sighting{Sequence: i})
	}
	stop()
	if len(got) != 5 || got[0] != 1 || got[4] != 5 {
		t.Errorf("published %v", got)
	}
	if s := q.Stats(); s.Sent != 4 || s.Failed != 1 || s.Dropped != 0 || s.Err == nil {
		t.Errorf("%+v", s)
	}
}

func TestFullQueueDropsTheOldestShotAndKeepsEnds(t *testing.T) {
	var got []menshen.Sighting
	q := queue.New(func(_ context.Context, s menshen.Sighting) error {
		got = append(got, s)
		return nil
	})
	q.Push(menshen.Sighting{Track: "end", Last: true})
	for i := range queue.Length + 9 {
		q.Push(menshen.Sighting{Track: strconv.Itoa(i)})
	}
	start(q)()
	if len(got) != queue.Length || got[0].Track != "end" || got[1].Track != "10" {
		t.Errorf("%d published, beginning with %q, %q", len(got), got[0].Track, got[1].Track)
	}
	if s := q.Stats(); s.Dropped != 10 || s.Sent != queue.Length {
		t.Errorf("%+v", s)
	}
}

func TestOnlyEndsStillBounded(t *testing.T) {
	q := queue.New(func(context.Context, menshen.Sighting) error { return nil })
	for range queue.Length + 3 {
		q.Push(menshen.Sighting{Last: true})
	}
	start(q)()
	if s := q.Stats(); s.Dropped != 3 || s.Sent != queue.Length {
		t.Errorf("%+v", s)
	}
}

// TestCloseGivesUp has a bus that hangs: Run ends all the same.
func TestCloseGivesUp(t *testing.T) {
	q := queue.New(func(ctx context.Context, _ menshen.Sighting) error {
		<-ctx.Done()
		return ctx.Err()
	})
	done := make(chan struct{})
	go func() {
		defer close(done)
		q.Run(context.Background())
	}()
	for range 30 {
		q.Push(menshen.Sighting{})
	}
	q.Close(time.Millisecond)
	<-done
	if s := q.Stats(); s.Failed != 30 {
		t.Errorf("%+v", s)
	}
}
