package bus_test

import (
	"context"
	"testing"
	"time"

	"menshen"
	"menshen/bus"
)

// A courier brings what it is for, one at a time and in order, and the same again until it is delivered.
func TestCourier(t *testing.T) {
	s := MustServer(t)
	hub := MustConn(t, s, bus.RoleHub())
	_, err := bus.NewCourier(hub, bus.CourierConfig{Durable: "nothing"}, nil)
	MustCode(t, err, menshen.CodeInvalid)
	type bringing struct {
		id   string
		done chan error
	}
	brought := make(chan bringing, 16)
	courier, err := bus.NewCourier(hub, bus.CourierConfig{Durable: "webhook-a", Passes: true, Alerts: true}, func(_ context.Context, l bus.Letter) error {
		b := bringing{done: make(chan error, 1)}
		if l.Pass != nil {
			b.id = l.Pass.ID.String()
		} else {
			b.id = string(l.Alert.Kind) + " " + l.AlertID + " " + l.Alert.Gate + " " + l.Alert.Text.EN
		}
		brought <- b
		return <-b.done
	})
	if err != nil {
		t.Fatal(err)
	}
	alerts := make(chan string, 4)
	other, err := bus.NewCourier(hub, bus.CourierConfig{Durable: "webhook-b", Alerts: true}, func(_ context.Context, l bus.Letter) error {
		alerts <- l.AlertID
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []*bus.Courier{courier, other} {
		if err := c.Prepare(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	outbox, log := newBox(), newPassLog()
	relay, err := bus.NewRelay(hub, outbox, bus.RelayConfig{})
	if err != nil {
		t.Fatal(err)
	}
	consumer, err := bus.NewConsumer(hub, log, bus.ConsumerConfig{})
	if err != nil {
		t.Fatal(err)
	}
	run(t, consumer.Run)
	run(t, relay.Run)
	outbox.append("east", 2)
	eventually(t, "the passes are kept: a courier changes nothing for the pass log", func() bool { return log.len() == 2 && outbox.len() == 0 })
	alert := menshen.Alert{Kind: menshen.AlertFever, Gate: "east", At: time.Now(), Text: menshen.Text{EN: "fever"}}
	for range 2 { // the second is the same
		if err := hub.PublishAlert(t.Context(), "a-1", alert); err != nil {
			t.Fatal(err)
		}
	}
	MustCode(t, hub.PublishAlert(t.Context(), "", alert), menshen.CodeInvalid)
	run(t, courier.Run)
	run(t, other.Run)
	failed := false
	for _, want := range []string{"east:1", "east:1", "east:2", "fever a-1 east fever"} {
		b := receive(t, want, brought)
		if b.id != want {
			t.Errorf("%s was brought, want %s", b.id, want)
		}
		if len(brought) > 0 {
			t.Error("two are brought at a time")
		}
		if !failed {
			failed = true
			b.done <- menshen.Errorf(menshen.CodeUnavailable, "test", "not now")
			continue
		}
		b.done <- nil
	}
	if id := receive(t, "the alert", alerts); id != "a-1" {
		t.Errorf("%s was brought", id)
	}
}
