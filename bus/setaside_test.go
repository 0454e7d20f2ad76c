package bus_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"menshen/bus"
)

// A store that a power cut has torn, or that has rotten, is set aside: the bus goes on with an empty one, and every pass arrives.
func TestDamagedStoreIsSetAside(t *testing.T) {
	for name, pattern := range map[string]string{
		"state of the consumer": "*/streams/*/obs/*/o.dat",
		"meta of the consumer":  "*/streams/*/obs/*/meta.inf",
		"meta of the stream":    "*/streams/*/meta.inf",
		"messages":              "*/streams/*/msgs/*.blk",
	} {
		for how, damage := range map[string]func([]byte) []byte{
			"cut": func(b []byte) []byte { return b[:len(b)-len(b)/3] },
			"flipped here and there": func(b []byte) []byte {
				for i := 7; i < len(b); i += 512 {
					b[i] ^= 0x10
				}
				return b
			},
			"cut to nothing": func([]byte) []byte { return nil },
			"zeros":          func(b []byte) []byte { clear(b); return b },
			"flipped": func(b []byte) []byte {
				for i := range b {
					b[i] ^= 0x55
				}
				return b
			},
		} {
			t.Run(name+" "+how, func(t *testing.T) {
				folder := filepath.Join(t.TempDir(), "nats")
				b, l := newBox(), newPassLog()
				b.append("east", 100)
				damaged := 0
				func() {
					s := MustServer(t, func(c *bus.ServerConfig) { c.Store = folder })
					hub := MustConn(t, s, bus.RoleHub())
					courier, err := bus.NewCourier(hub, bus.CourierConfig{Durable: "events", Passes: true}, func(context.Context, bus.Letter) error { return nil })
					if err != nil {
						t.Fatal(err)
					}
					stopCourier := run(t, courier.Run)
					_, stopRelay := mustRelay(t, hub, b, quickRelay())
					_, stopConsumer := mustConsumer(t, hub, l, quickConsumer())
					eventually(t, "the first passes are kept", func() bool { return b.len() == 0 })
					stopConsumer()
					b.append("east", 50) // published, and taken by nobody
					eventually(t, "they are in the stream", func() bool { return stored(mustJetStream(t, s), hub) >= 150 })
					stopRelay()
					stopCourier()
					if err := hub.Close(); err != nil {
						t.Fatal(err)
					}
					if err := s.Close(); err != nil {
						t.Fatal(err)
					}
				}()
				err := filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
					if err != nil || d.IsDir() {
						return err
					}
					tail, err := filepath.Rel(filepath.Join(folder, "jetstream"), path)
					if err != nil {
						return err
					}
					if ok, err := filepath.Match(pattern, tail); !ok {
						return err
					}
					text, err := os.ReadFile(path)
					if err != nil {
						return err
					}
					damaged++
					return os.WriteFile(path, damage(text), 0o600)
				})
				if err != nil || damaged == 0 {
					t.Fatalf("%d files of %s: %v", damaged, pattern, err)
				}
				s := MustServer(t, func(c *bus.ServerConfig) { c.Store = folder })
				hub := MustConn(t, s, bus.RoleHub())
				courier, err := bus.NewCourier(hub, bus.CourierConfig{Durable: "events", Passes: true}, func(context.Context, bus.Letter) error { return nil })
				if err != nil {
					t.Fatal(err)
				}
				if err := courier.Prepare(t.Context()); err != nil {
					t.Fatal(err)
				}
				mustRelay(t, hub, b, quickRelay())
				mustConsumer(t, hub, l, quickConsumer())
				b.append("east", 50)
				wantAll(t, b, l, map[string]int{"east": 200})
				kept, err := filepath.Glob(folder + ".damaged-*")
				if err != nil {
					t.Fatal(err)
				}
				told := false
				for _, c := range s.Conditions() {
					told = told || c.ID == "bus-store-set-aside" && strings.Contains(c.Meaning.EN, kept[0])
				}
				if told != (len(kept) > 0) {
					t.Errorf("set aside %v, told %v", kept, told)
				}
				if strings.HasPrefix(name, "state of the consumer") && how == "flipped" && len(kept) == 0 {
					t.Error("JetStream uses a damaged state: this test shows nothing any more")
				}
			})
		}
	}
}
