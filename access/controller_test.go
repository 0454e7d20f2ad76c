package access_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"menshen"
	"menshen/access"
	"menshen/access/evidence"
)

func TestResidentPasses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := MustWorld(t, nil)
		w.handle(w.face("east-a", "t1", 1, "ann"))
		time.Sleep(100 * time.Millisecond)
		w.expect()
		captured := time.Now()
		f := w.face("east-a", "t1", 2, "ann")
		time.Sleep(60 * time.Millisecond)
		w.handle(f)
		w.expect("allow ann active_resident")
		p := w.records.kept[0]
		if p.ID != (menshen.PassID{Gate: "east", Sequence: 1}) || p.Site != "garden" || p.Direction != menshen.DirectionIn ||
			!p.Captured.Equal(captured) || p.Decided.Sub(p.Captured) != 60*time.Millisecond || p.Means != menshen.MeansFace ||
			p.Camera != "east-a" || p.Track != "t1" || p.Match.Verdict != menshen.VerdictKnown || p.Match.Agreeing != 2 || p.Match.Threshold != 0.4 {
			t.Errorf("the pass is %+v", p)
		}
		want := menshen.DoorCommand{Gate: "east", Direction: menshen.DirectionIn, At: p.Decided, Track: "t1", Hold: 5 * time.Second}
		if len(w.doors.opened) != 1 || w.doors.opened[0] != want {
			t.Errorf("the door was told %+v, want %+v", w.doors.opened, want)
		}
		if l := w.lessons; len(l) != 1 || l[0].Person != "ann" || l[0].Engine != engine || len(l[0].Descriptor) != engine.Dim || l[0].Quality < 0.5 || !l[0].Captured.Equal(captured) {
			t.Errorf("lessons %+v", l)
		}
		for name, want := range map[string]float64{
			"menshen_access_decision_seconds": 1, "menshen_access_door_seconds": 1, "menshen_access_faces_total": 2,
			"menshen_access_tracks": 1, "menshen_access_passes_waiting": 0,
		} {
			if got := w.figure(name); got != want {
				t.Errorf("%s is %v, want %v", name, got, want)
			}
		}
		w.expectConditions()
		time.Sleep(time.Minute)
		if w.figure("menshen_access_tracks") != 0 {
			t.Error("the track is not forgotten")
		}
		w.expect("allow ann active_resident")
	})
}

func TestOneCrossingOnePass(t *testing.T) {
	const in = "allow ann active_resident"
	synctest.Test(t, func(t *testing.T) {
		w := MustWorld(t, nil)
		w.walk("east-a", "t1", "ann", 6)
		w.walk("east-b", "t2", "ann", 6) // the other camera of the gate
		time.Sleep(8 * time.Second)
		w.walk("east-a", "t3", "ann", 3) // lost and found again
		time.Sleep(8 * time.Second)
		w.walk("east-a", "t4", "ann", 3)
		w.expect(in)
		w.walk("east-out", "t5", "ann", 3) // the other way
		w.walk("west-a", "t6", "ann", 3)   // another gate
		w.walk("east-a", "t7", "bob", 3)   // another person
		w.expect(in, in, in, "allow bob active_resident")
		time.Sleep(11 * time.Second)
		w.walk("east-a", "t8", "ann", 3)
		w.expect(in, in, in, "allow bob active_resident", in)
	})
}

// Who still stands before a door that has closed has it opened again, without a second pass.
func TestDoorOpensAgain(t *testing.T) {
	for _, reopen := range []time.Duration{0, -1} {
		synctest.Test(t, func(t *testing.T) {
			w := MustWorld(t, func(c *access.Config) { c.Reopen = reopen })
			w.walk("east-a", "t1", "ann", 150) // 15 s
			w.expect("allow ann active_resident")
			want := 2
			if reopen < 0 {
				want = 1
			}
			if n := w.doors.at("east"); n != want {
				t.Errorf("the door was told %d times, want %d", n, want)
			}
		})
	}
}

func TestWhoIsNotLetIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := MustWorld(t, nil)
		w.walk("east-a", "t1", "ida", 4)
		w.walk("east-a", "t2", "gone", 4)
		w.walk("shut-a", "t3", "ann", 4)
		w.walk("east-a", "t4", "sam", 4)
		w.walk("east-a", "t5", "ann", 1)
		w.expect("deny ida inactive_person", "deny not_in_registry", "deny ann gate_closed", "deny unknown_face", "review unsure_face")
		f := w.face("west-a", "t6", 1, "ann")
		f.Descriptor, f.Refusal = nil, "blurred"
		w.handle(f)
		w.handle(menshen.Face{Camera: "west-a", Track: "t6", Sequence: 2, Captured: time.Now(), Last: true})
		if got := w.passes(); got[len(got)-1] != "review unreadable_face" {
			t.Errorf("unreadable: %q", got)
		}
		if len(w.doors.opened) != 0 {
			t.Errorf("doors were told %+v", w.doors.opened)
		}
		for _, p := range w.records.kept {
			if p.Decision.Outcome == menshen.OutcomeReview && p.Person != "" {
				t.Errorf("somebody unsure is named: %+v", p)
			}
		}
	})
}

func TestStrangersAreRefusedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := MustWorld(t, nil)
		w.walk("east-a", "t1", "sam", 30)
		w.walk("east-b", "t2", "sam", 5)
		w.walk("east-a", "t3", "tom", 5)
		w.expect("deny unknown_face", "deny unknown_face")
		time.Sleep(11 * time.Second)
		w.walk("east-a", "t4", "sam", 5)
		w.expect("deny unknown_face", "deny unknown_face", "deny unknown_face")
	})
}

func TestRefusedThenAllowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := MustWorld(t, nil)
		// A track that says nobody, ends, and gets late faces that know her.
		w.walk("east-a", "t1", "sam", 2)
		for i := range 4 {
			time.Sleep(50 * time.Millisecond)
			w.handle(w.face("east-a", "t1", 10+i, "ann"))
		}
		w.expect("deny unknown_face", "allow ann active_resident")
		// An inactive person whom the office activates while they wait.
		w.walk("east-a", "t2", "ida", 3)
		w.registry.set("ida", menshen.PersonActive)
		w.walk("east-a", "t3", "ida", 6)
		w.expect("deny unknown_face", "allow ann active_resident", "deny ida inactive_person", "allow ida active_resident")
	})
}

func TestFacesThatAreRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := MustWorld(t, nil)
		for _, tc := range []struct {
			name   string
			change func(*menshen.Face)
			code   menshen.Code
		}{
			{"camera", func(f *menshen.Face) { f.Camera = "nowhere" }, menshen.CodeNotFound},
			{"engine", func(f *menshen.Face) { f.Engine.ModelHash = "other" }, menshen.CodeConflict},
			{"dimension", func(f *menshen.Face) { f.Descriptor = f.Descriptor[:4] }, menshen.CodeInvalid},
			{"not a number", func(f *menshen.Face) { f.Descriptor[0] = float32(math.NaN()) }, menshen.CodeInvalid},
			{"zero", func(f *menshen.Face) { clear(f.Descriptor) }, menshen.CodeInvalid},
			{"no track", func(f *menshen.Face) { f.Track = "" }, menshen.CodeInvalid},
			{"no sequence", func(f *menshen.Face) { f.Sequence = 0 }, menshen.CodeInvalid},
			{"no time", func(f *menshen.Face) { f.Captured = time.Time{} }, menshen.CodeInvalid},
			{"too late", func(f *menshen.Face) { f.Captured = f.Captured.Add(-11 * time.Second) }, menshen.CodeInvalid},
			{"from the future", func(f *menshen.Face) { f.Captured = f.Captured.Add(11 * time.Second) }, menshen.CodeInvalid},
		} {
			for i := range 3 {
				f := w.face("east-a", "t1", i+1, "ann")
				tc.change(&f)
				if err := w.Handle(t.Context(), f); menshen.ErrorCode(err) != tc.code {
					t.Errorf("%s gives %v", tc.name, err)
				}
				time.Sleep(10 * time.Millisecond)
			}
		}
		w.expectConditions("faces-late:east-a", "unknown-camera:nowhere", "wrong-engine:east-a")
		if n := w.figure("menshen_access_tracks"); n != 0 {
			t.Errorf("%v tracks were made", n)
		}
		time.Sleep(2 * time.Minute)
		w.expectConditions()
		w.expect()
		for i := range 500 {
			f := w.face(fmt.Sprint("nowhere-", i), "t", 1, "ann")
			_ = w.Handle(t.Context(), f)
		}
		if n := len(w.conditions()); n > 64 {
			t.Errorf("%d conditions", n)
		}
	})
}

func TestGalleryFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := MustWorld(t, nil)
		w.gallery.err = menshen.Errorf(menshen.CodeInternal, "test", "broken")
		for i := range 3 {
			if err := w.Handle(t.Context(), w.face("east-a", "t1", i+1, "ann")); !errors.Is(err, w.gallery.err) {
				t.Errorf("Handle: %v", err)
			}
		}
		w.handle(menshen.Face{Camera: "east-a", Track: "t1", Sequence: 4, Captured: time.Now(), Last: true})
		w.expect("review unreadable_face")
		w.expectConditions("search-failed:gallery")
	})
}

func TestGateAndOperatingPointChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := MustWorld(t, nil)
		w.SetGateState("east", menshen.GateClosed)
		w.walk("east-a", "t1", "ann", 3)
		w.SetGateState("east", menshen.GateOpen)
		w.walk("east-a", "t2", "ann", 3)
		w.expect("deny ann gate_closed", "allow ann active_resident")
		if err := w.SetOperatingPoint(evidence.OperatingPoint{Known: 0.01, Unsure: 0.02}); err != nil {
			t.Fatal(err)
		}
		w.walk("west-a", "t3", "ann", 3)
		w.expect("deny ann gate_closed", "allow ann active_resident", "deny unknown_face")
		if err := w.SetOperatingPoint(evidence.OperatingPoint{}); menshen.ErrorCode(err) != menshen.CodeInvalid {
			t.Errorf("a point that is none gives %v", err)
		}
	})
}

// A flood of tracks must cost neither memory nor the people in it.
func TestFloodOfTracks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := MustWorld(t, func(c *access.Config) { c.MaxTracks = 8 })
		for i := range 500 {
			f := w.face("east-a", fmt.Sprint("t", i), 1, "sam")
			w.handle(f)
			time.Sleep(time.Millisecond)
		}
		if n := w.figure("menshen_access_tracks"); n != 8 {
			t.Errorf("%v tracks", n)
		}
		if n := w.figure("menshen_access_tracks_evicted_total"); n != 492 {
			t.Errorf("%v tracks were evicted", n)
		}
		w.walk("east-a", "resident", "ann", 3)
		if got := w.passes(); !slices.Equal(got, []string{"deny unknown_face", "allow ann active_resident"}) {
			t.Errorf("passes are %q", got)
		}
	})
}

func TestConfigIsChecked(t *testing.T) {
	for name, change := range map[string]func(*access.Config){
		"site":               func(c *access.Config) { c.Site.ID = "" },
		"camera id":          func(c *access.Config) { c.Cameras[0].ID = "A B" },
		"camera twice":       func(c *access.Config) { c.Cameras[1].ID = c.Cameras[0].ID },
		"camera's gate":      func(c *access.Config) { c.Cameras[0].Gate = "north" },
		"camera's direction": func(c *access.Config) { c.Cameras[0].Direction = "up" },
		"operating point":    func(c *access.Config) { c.Evidence.Known = 0 },
		"cooldown":           func(c *access.Config) { c.Cooldown = -1 },
		"hold":               func(c *access.Config) { c.Hold = time.Hour },
		"waits":              func(c *access.Config) { c.RetryMin = time.Minute },
		"queue":              func(c *access.Config) { c.QueueSize = -1 },
	} {
		_, deps, cfg := newWorld(t, change)
		_, err := access.New(deps, cfg)
		if _, hint := menshen.ErrorMessage(err); menshen.ErrorCode(err) != menshen.CodeInvalid || hint == "" {
			t.Errorf("%s gives %v", name, err)
		}
	}
	_, deps, cfg := newWorld(t, nil)
	if _, err := access.New(access.Deps{}, cfg); err == nil {
		t.Error("no parts give no error")
	}
	if _, err := access.New(deps, cfg); err != nil {
		t.Fatal(err)
	}
	if _, err := access.New(deps, cfg); err == nil {
		t.Error("figures registered twice give no error")
	}
}

func TestRunEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := MustWorld(t, nil)
		synctest.Wait()
		if err := w.Run(t.Context()); err == nil {
			t.Error("a second Run gives no error")
		}
		if err := w.stop(); err != nil {
			t.Errorf("Run: %v", err)
		}
		if err := w.Handle(context.Background(), w.face("east-a", "t1", 1, "ann")); menshen.ErrorCode(err) != menshen.CodeUnavailable {
			t.Errorf("Handle after the end: %v", err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if err := w.Handle(ctx, w.face("east-a", "t1", 1, "ann")); menshen.ErrorCode(err) != menshen.CodeUnavailable {
			t.Errorf("Handle with an ended context: %v", err)
		}
	})
}

// TestLivenessRequired: a gate that asks for a living face looks until there was time to see it change. Who goes before is
// for the guard, and who stands still with a print is too.
func TestLivenessRequired(t *testing.T) {
	for name, c := range map[string]struct {
		faces int
		still bool
		want  []string
	}{
		"walks up":         {4, false, []string{"allow ann active_resident"}},
		"gone too early":   {2, false, []string{"review ann liveness_unseen"}},
		"a print, held up": {8, true, []string{"review ann not_live"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := MustWorld(t, func(cfg *access.Config) { cfg.Site.Gates[0].Liveness = menshen.LivenessRequire })
				first := w.face("east-a", "t1", 1, "ann")
				for i := range c.faces {
					f := w.face("east-a", "t1", i+1, "ann")
					f.Liveness = menshen.Liveness{Faces: 1, Score: 0.9}
					if c.still {
						f.Descriptor = slices.Clone(first.Descriptor)
					}
					w.handle(f)
					time.Sleep(200 * time.Millisecond)
				}
				time.Sleep(10 * time.Second)
				w.expect(c.want...)
			})
		})
	}
}
