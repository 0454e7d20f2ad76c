package main

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"menshen"
	"menshen/bus"
	"menshen/config"
	"menshen/proto"
	"menshen/webhook"
)

// events is what tells programs outside: webhooks, each with a courier of its own, and the JSON events on the bus for MQTT.
type events struct {
	hooks    []*webhook.Hook
	couriers []*bus.Courier
}

// openEvents makes the webhooks and their couriers, which bring what comes from now on.
func (h *hub) openEvents(ctx context.Context) error {
	for _, w := range h.cfg.Webhooks {
		hook, err := webhook.New(webhook.Config{ID: w.ID, URL: w.URL, Secret: w.Secret, Private: w.Private}, webhook.Deps{Clock: time.Now, Log: h.log, Registerer: h.registry})
		if err != nil {
			return err
		}
		h.closers = append(h.closers, hook)
		h.events.hooks = append(h.events.hooks, hook)
		wants := func(event string) bool { return len(w.Events) == 0 || slices.Contains(w.Events, event) }
		if err := h.addCourier(ctx, bus.CourierConfig{Durable: "webhook-" + w.ID, Passes: wants(webhook.TypePass), Alerts: wants(webhook.TypeAlert)},
			func(ctx context.Context, l bus.Letter) error { return hook.Send(ctx, h.event(l, w.Names)) }); err != nil {
			return err
		}
	}
	return h.addCourier(ctx, bus.CourierConfig{Durable: "events", Passes: true, Alerts: true}, func(_ context.Context, l bus.Letter) error {
		err := h.tell(h.event(l, false))
		if menshen.ErrorCode(err) == menshen.CodeInvalid { // it never will be told
			h.log.Error("an event cannot be told", "error", err)
			return nil
		}
		return err
	})
}

func (h *hub) addCourier(ctx context.Context, cfg bus.CourierConfig, deliver func(context.Context, bus.Letter) error) error {
	c, err := bus.NewCourier(h.pipeline.conn, cfg, deliver)
	if err != nil {
		return err
	}
	h.events.couriers = append(h.events.couriers, c)
	return c.Prepare(ctx)
}

// event puts what a courier brings into the words of those outside.
func (h *hub) event(l bus.Letter, names bool) webhook.Event {
	name := func(person string) string {
		if p, ok := h.people.Person(person); names && ok {
			return p.Name
		}
		return ""
	}
	if l.Alert != nil {
		return webhook.AlertEvent(h.site, l.AlertID, *l.Alert, names, name(l.Alert.Person))
	}
	return webhook.PassEvent(*l.Pass, name(l.Pass.Person))
}

// tell publishes an event as JSON on the bus, for MQTT and NATS. Nobody keeps it: who must not miss one takes a webhook.
func (h *hub) tell(e webhook.Event) error {
	data, err := e.JSON()
	if err != nil {
		return err
	}
	kind, token := proto.KindPass, ""
	switch {
	case e.Pass != nil:
		token = e.Pass.Gate
	case e.Alert != nil:
		kind, token = proto.KindAlert, strings.ReplaceAll(e.Alert.Kind, "_", "-")
	case e.Door != nil:
		kind, token = proto.KindDoor, e.Door.Gate
	}
	return h.pipeline.conn.PublishEvent(kind, token, data)
}

// telling is the stage that tells programs outside.
func (h *hub) telling() stage {
	s := stage{name: "events", runs: []func(context.Context) error{h.tellDoors}}
	for _, c := range h.events.couriers {
		s.runs = append(s.runs, c.Run)
	}
	return s
}

// tellDoors tells how doors are, whenever that changes.
func (h *hub) tellDoors(ctx context.Context) error {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	told := map[string]menshen.DoorState{}
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		for _, s := range h.controller.DoorStates() {
			at := s.At
			s.At = time.Time{}
			if at.IsZero() || told[s.Gate] == s {
				continue
			}
			now := s
			now.At = at
			if h.tell(webhook.DoorEvent(h.site.ID, now)) == nil { // else at the next look
				told[s.Gate] = s
			}
		}
	}
}

// conditions gives what is not well with those outside.
func (e *events) conditions() (all []menshen.Condition) {
	for _, h := range e.hooks {
		all = append(all, h.Conditions()...)
	}
	return all
}

// mqttPasswordFile holds the password of the MQTT listener, made once.
const mqttPasswordFile = "mqtt.password"

// mqttListener gives the listener for readers over MQTT, with the certificate of the web.
func mqttListener(cfg config.Config, data *dataFolder, own encryption) (bus.MQTTConfig, error) {
	const op = "cmd.mqtt"
	if cfg.Bus.MQTT.Listen == "" {
		return bus.MQTTConfig{}, nil
	}
	c := bus.MQTTConfig{Listen: cfg.Bus.MQTT.Listen}
	path := data.file(mqttPasswordFile)
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		b = []byte(rand.Text() + "\n")
		err = os.WriteFile(path, b, 0o600)
	}
	if err != nil {
		return c, diskError(op, path, err)
	}
	c.Password = menshen.Secret(strings.TrimSpace(string(b)))
	c.TLS = own.forPages(c.Listen)
	if cert, key := cfg.TLSFiles(); cert != "" {
		pair, err := tls.LoadX509KeyPair(cert, key)
		if err != nil {
			return c, menshen.Errorf(menshen.CodeInvalid, op, "the certificate and its key cannot be used").
				WithHint("check web.tls_cert and web.tls_key: PEM files that belong together and that this user can read").WithCause(err)
		}
		c.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	}
	return c, nil
}
