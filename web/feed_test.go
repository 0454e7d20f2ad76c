package web_test

import (
	"testing"

	"menshen"
	"menshen/web"
)

func TestFeedHasALimit(t *testing.T) {
	f := web.NewFeed(0)
	var subs []*web.Subscription
	for {
		s, err := f.Subscribe()
		if err != nil {
			wantError(t, err, menshen.CodeExhausted, "256")
			break
		}
		subs = append(subs, s)
	}
	for _, s := range subs {
		s.Close()
		s.Close()
		if _, ok := <-s.Passes(); ok || s.Err() != nil {
			t.Fatalf("after Close: %v", s.Err())
		}
	}
	if f.Watching() != 0 {
		t.Error("subscriptions are left")
	}
	f.Publish(mustPass(1, "p-1")) // to nobody
}
