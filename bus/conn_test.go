package bus_test

import (
	"context"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"menshen"
	"menshen/bus"
	"menshen/proto"
)

// TestSightingToFace goes the way from a camera over a recognizer to the hub.
func TestSightingToFace(t *testing.T) {
	s := MustServer(t)
	hub, camera, recognizer := MustConn(t, s, bus.RoleHub()), MustConn(t, s, bus.RoleCamera("east-1")), MustConn(t, s, bus.RoleRecognizer("1"))
	faces, reports := make(chan menshen.Face, 10), make(chan menshen.Report, 10)
	if _, err := hub.SubscribeFaces(t.Context(), func(_ context.Context, f menshen.Face) { faces <- f }); err != nil {
		t.Fatal(err)
	}
	if _, err := hub.SubscribeReports(t.Context(), func(_ context.Context, r menshen.Report) { reports <- r }); err != nil {
		t.Fatal(err)
	}
	if _, err := recognizer.SubscribeSightings(t.Context(), bus.RecognizerQueue, func(_ context.Context, s menshen.Sighting) {
		if !reflect.DeepEqual(s, sampleSighting("east-1", s.Sequence)) {
			t.Errorf("got %+v", s)
		}
		if err := recognizer.PublishFace(sampleFace(s.Camera, s.Sequence)); err != nil {
			t.Error(err)
		}
	}); err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= 3; n++ {
		if err := camera.PublishSighting(sampleSighting("east-1", n)); err != nil {
			t.Fatal(err)
		}
		if got := receive(t, "a face", faces); !reflect.DeepEqual(got, sampleFace("east-1", n)) {
			t.Errorf("got %+v", got)
		}
	}
	report := menshen.Report{Component: "camera-east-1", At: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), OK: true, Figures: map[string]float64{"fps": 25}}
	if err := camera.PublishReport(report); err != nil {
		t.Fatal(err)
	}
	if got := receive(t, "a report", reports); !reflect.DeepEqual(got, report) {
		t.Errorf("got %+v", got)
	}

	bad := sampleSighting("east-1", 0)
	MustCode(t, camera.PublishSighting(bad), menshen.CodeInvalid)
	bad = sampleSighting("east-1", 1)
	bad.Crop = make([]byte, proto.MaxCrop+1)
	MustCode(t, camera.PublishSighting(bad), menshen.CodeInvalid)
}

// TestQueueSharesSightings: of two recognizers each sighting comes to one.
func TestQueueSharesSightings(t *testing.T) {
	s := MustServer(t, func(c *bus.ServerConfig) { c.Recognizers = []string{"1", "2"} })
	camera := MustConn(t, s, bus.RoleCamera("east-1"))
	seen := make(chan int, 1000)
	for _, id := range []string{"1", "2"} {
		r := MustConn(t, s, bus.RoleRecognizer(id), func(c *bus.ConnConfig) { c.QueueSightings = 1000 })
		if _, err := r.SubscribeSightings(t.Context(), bus.RecognizerQueue, func(_ context.Context, s menshen.Sighting) { seen <- s.Sequence }); err != nil {
			t.Fatal(err)
		}
	}
	const n = 200
	for i := 1; i <= n; i++ {
		if err := camera.PublishSighting(sampleSighting("east-1", i)); err != nil {
			t.Fatal(err)
		}
	}
	var got []int
	for range n {
		got = append(got, receive(t, "a sighting", seen))
	}
	slices.Sort(got)
	for i, sequence := range got {
		if sequence != i+1 {
			t.Fatalf("sighting %d came as %d: one came twice or not at all", i+1, sequence)
		}
	}
}

// TestSlowHandlerLosesTheOldest: shots go before ends of tracks, and all losses are counted.
func TestSlowHandlerLosesTheOldest(t *testing.T) {
	registry := prometheus.NewPedanticRegistry()
	s := MustServer(t)
	hub := MustConn(t, s, bus.RoleHub(), func(c *bus.ConnConfig) { c.QueueFaces, c.Registerer = 4, registry })
	recognizer := MustConn(t, s, bus.RoleRecognizer("1"))
	begun, release, got := make(chan struct{}, 100), make(chan struct{}), make(chan int, 100)
	if _, err := hub.SubscribeFaces(t.Context(), func(_ context.Context, f menshen.Face) {
		begun <- struct{}{}
		<-release
		got <- f.Sequence
	}); err != nil {
		t.Fatal(err)
	}
	send := func(n int, last bool) {
		f := sampleFace("east-1", n)
		if f.Last = last; last {
			f.Descriptor = nil
		}
		if err := recognizer.PublishFace(f); err != nil {
			t.Fatal(err)
		}
	}
	send(1, false)
	receive(t, "the first face", begun) // and it stays with it
	send(2, true)
	for n := 3; n <= 10; n++ {
		send(n, false)
	}
	dropped := func() float64 {
		n, err := testutil.GatherAndCount(registry, "menshen_bus_dropped_total")
		if err != nil || n == 0 {
			return 0
		}
		families, err := registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		total := 0.0
		for _, f := range families {
			if f.GetName() == "menshen_bus_dropped_total" {
				for _, m := range f.GetMetric() {
					total += m.GetCounter().GetValue()
				}
			}
		}
		return total
	}
	eventually(t, "five are counted as dropped", func() bool { return dropped() == 5 })
	close(release)
	var order []int
	for range 5 {
		order = append(order, receive(t, "a face", got))
	}
	if want := []int{1, 2, 8, 9, 10}; !slices.Equal(order, want) {
		t.Errorf("got %v, want %v: the oldest shots go, the end of the track stays", order, want)
	}
}

// TestUnreadableMessages are counted and do no harm; nor can one camera speak for another.
func TestUnreadableMessages(t *testing.T) {
	registry := prometheus.NewPedanticRegistry()
	server := MustServer(t)
	hub := MustConn(t, server, bus.RoleHub(), func(c *bus.ConnConfig) { c.Registerer = registry })
	faces := make(chan menshen.Face, 10)
	if _, err := hub.SubscribeFaces(t.Context(), func(_ context.Context, f menshen.Face) { faces <- f }); err != nil {
		t.Fatal(err)
	}
	credentials, err := server.Credentials(bus.RoleRecognizer("1"))
	if err != nil {
		t.Fatal(err)
	}
	p := mustProbe(t, server.URL(), credentials.Seed, "_INBOX.recognizer-1")
	s := proto.Subjects{Site: site}
	good, err := proto.EncodeFace(sampleFace("east-1", 1))
	if err != nil {
		t.Fatal(err)
	}
	for subject, data := range map[string][]byte{s.Face("east-1"): []byte("garbage"), s.Face("west-1"): good} {
		if err := p.nc.Publish(subject, data); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.nc.Publish(s.Face("east-1"), good); err != nil {
		t.Fatal(err)
	}
	receive(t, "the good face", faces)
	if len(faces) != 0 {
		t.Error("a bad message came through")
	}
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() != "menshen_bus_dropped_total" {
			continue
		}
		total := 0.0
		for _, m := range f.GetMetric() {
			total += m.GetCounter().GetValue()
		}
		if total != 2 {
			t.Errorf("%v messages are counted as lost, want 2", total)
		}
	}
}

func TestAnalyse(t *testing.T) {
	s := MustServer(t)
	hub, recognizer := MustConn(t, s, bus.RoleHub()), MustConn(t, s, bus.RoleRecognizer("1"))
	_, err := hub.Analyse(t.Context(), []byte("photo"))
	MustCode(t, err, menshen.CodeUnavailable)
	if message, hint := menshen.ErrorMessage(err); message != "no recognizer is running" || hint == "" {
		t.Errorf("got %q, %q", message, hint)
	}

	want := menshen.Analysis{Engine: menshen.EngineID{Name: "dlib", ModelHash: "ab", Dim: 2, Metric: menshen.MetricEuclidean}, Width: 640, Height: 480}
	sub, err := recognizer.ServeAnalyse(t.Context(), bus.RecognizerQueue, 2, func(_ context.Context, image []byte) (menshen.Analysis, error) {
		if string(image[:4]) == "fail" {
			return menshen.Analysis{}, menshen.Errorf(menshen.CodeInvalid, "here", "this is no picture").WithHint("take another")
		}
		return want, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := hub.Analyse(t.Context(), []byte("photo"))
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	_, err = hub.Analyse(t.Context(), []byte("fail"))
	MustCode(t, err, menshen.CodeInvalid)
	if message, hint := menshen.ErrorMessage(err); message != "this is no picture" || hint != "take another" {
		t.Errorf("got %q, %q", message, hint)
	}
	// The largest photograph goes through, a larger one is refused before it is sent.
	if _, err := hub.Analyse(t.Context(), make([]byte, proto.MaxImage)); err != nil {
		t.Error(err)
	}
	_, err = hub.Analyse(t.Context(), make([]byte, proto.MaxImage+1))
	MustCode(t, err, menshen.CodeInvalid)

	if err := sub.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = hub.Analyse(t.Context(), []byte("photo"))
	MustCode(t, err, menshen.CodeUnavailable)
}

// TestBusyRecognizerSaysSo: so many at the same time, so many waiting, and the next one is told at once.
func TestBusyRecognizerSaysSo(t *testing.T) {
	s := MustServer(t)
	hub := MustConn(t, s, bus.RoleHub())
	recognizer := MustConn(t, s, bus.RoleRecognizer("1"), func(c *bus.ConnConfig) { c.QueueRequests = 1 })
	begun, release := make(chan struct{}, 10), make(chan struct{})
	var most, now atomic.Int32
	_, err := recognizer.ServeAnalyse(t.Context(), bus.RecognizerQueue, 2, func(context.Context, []byte) (menshen.Analysis, error) {
		if n := now.Add(1); n > most.Load() {
			most.Store(n)
		}
		begun <- struct{}{}
		<-release
		now.Add(-1)
		return menshen.Analysis{}, menshen.Errorf(menshen.CodeNotFound, "here", "no face")
	})
	if err != nil {
		t.Fatal(err)
	}
	codes := make(chan menshen.Code, 10)
	var all sync.WaitGroup
	ask := func() {
		all.Go(func() {
			_, err := hub.Analyse(t.Context(), []byte("photo"))
			codes <- menshen.ErrorCode(err)
		})
	}
	ask()
	receive(t, "the first", begun)
	ask()
	receive(t, "the second", begun)
	ask()
	ask() // of these two one waits and one is refused
	if code := receive(t, "the refusal", codes); code != menshen.CodeExhausted {
		t.Errorf("got %s", code)
	}
	close(release)
	all.Wait()
	for range 3 {
		if code := <-codes; code != menshen.CodeNotFound {
			t.Errorf("got %s", code)
		}
	}
	if most.Load() > 2 {
		t.Errorf("%d ran at the same time", most.Load())
	}
}

// TestAskersContextEnds: nobody waits longer than they wanted.
func TestAskersContextEnds(t *testing.T) {
	s := MustServer(t)
	hub, recognizer := MustConn(t, s, bus.RoleHub()), MustConn(t, s, bus.RoleRecognizer("1"), func(c *bus.ConnConfig) { c.CloseLimit = 10 * time.Millisecond })
	begun := make(chan struct{}, 1)
	_, err := recognizer.ServeAnalyse(t.Context(), bus.RecognizerQueue, 1, func(ctx context.Context, _ []byte) (menshen.Analysis, error) {
		begun <- struct{}{}
		<-ctx.Done() // ends with the connection
		return menshen.Analysis{}, ctx.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-begun
		cancel()
	}()
	_, err = hub.Analyse(ctx, []byte("photo"))
	MustCode(t, err, menshen.CodeUnavailable)
}

func TestDoor(t *testing.T) {
	seed, key, err := bus.NewSeed()
	if err != nil {
		t.Fatal(err)
	}
	s := MustServer(t, func(c *bus.ServerConfig) { c.Doors = map[string]string{"east": key} })
	hub := MustConn(t, s, bus.RoleHub())
	cmd := menshen.DoorCommand{Gate: "east", Direction: menshen.DirectionIn, At: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), Track: "t1", Hold: 5 * time.Second}
	MustCode(t, hub.AskDoor(t.Context(), cmd), menshen.CodeUnavailable)

	door, err := bus.Connect(t.Context(), bus.ConnConfig{Site: site, Credentials: bus.Credentials{Role: bus.RoleDoor("east"), URL: s.URL(), Seed: seed}})
	if err != nil {
		t.Fatal(err)
	}
	defer door.Close()
	_, err = door.ServeDoor(t.Context(), "west", nil)
	MustCode(t, err, menshen.CodeDenied)
	_, err = door.ServeDoor(t.Context(), "*", nil)
	MustCode(t, err, menshen.CodeInvalid)
	if _, err := door.ServeDoor(t.Context(), "east", func(_ context.Context, got menshen.DoorCommand) error {
		if got.Track == "stuck" {
			return menshen.Errorf(menshen.CodeUnavailable, "here", "the bolt is stuck")
		}
		if !reflect.DeepEqual(got, cmd) {
			t.Errorf("got %+v", got)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if err := hub.AskDoor(t.Context(), cmd); err != nil {
		t.Fatal(err)
	}
	cmd.Track = "stuck"
	MustCode(t, hub.AskDoor(t.Context(), cmd), menshen.CodeUnavailable)
	if _, err := hub.AskDoorState(t.Context(), "east"); menshen.ErrorCode(err) != menshen.CodeMissing {
		t.Errorf("a door that cannot tell gives %v", err)
	}
	_, err = door.ServeDoorState(t.Context(), "west", nil)
	MustCode(t, err, menshen.CodeDenied)
	var stuck atomic.Bool
	state := menshen.DoorState{Gate: "east", Position: menshen.PositionOpen, Lock: menshen.LockHeld, Alarm: "tamper", At: cmd.At}
	if _, err := door.ServeDoorState(t.Context(), "east", func(context.Context) (menshen.DoorState, error) {
		if stuck.Load() {
			return menshen.DoorState{}, menshen.Errorf(menshen.CodeUnavailable, "here", "the contact is broken")
		}
		return state, nil
	}); err != nil {
		t.Fatal(err)
	}
	if got, err := hub.AskDoorState(t.Context(), "east"); err != nil || got != state {
		t.Errorf("the door is %+v, %v", got, err)
	}
	stuck.Store(true)
	_, err = hub.AskDoorState(t.Context(), "east")
	MustCode(t, err, menshen.CodeUnavailable)
	cmd.Direction = "sideways"
	MustCode(t, hub.AskDoor(t.Context(), cmd), menshen.CodeInvalid)
}

// TestNothingIsSentLater: what is published while the connection is down fails, and does not come when it is back.
func TestNothingIsSentLater(t *testing.T) {
	s := MustServer(t)
	hub := MustConn(t, s, bus.RoleHub())
	s.Close()
	eventually(t, "the connection is down", func() bool { return !hub.Connected() })
	MustCode(t, hub.PublishReport(menshen.Report{Component: "hub", At: time.Now()}), menshen.CodeUnavailable)
	err := hub.AskDoor(t.Context(), menshen.DoorCommand{Gate: "east", Direction: menshen.DirectionIn, At: time.Now()})
	MustCode(t, err, menshen.CodeUnavailable)
}

// TestCloseWorksOffWhatCame: handlers finish what was received, and nothing is handled after Close.
func TestCloseWorksOffWhatCame(t *testing.T) {
	s := MustServer(t)
	hub, recognizer := MustConn(t, s, bus.RoleHub()), MustConn(t, s, bus.RoleRecognizer("1"))
	var handled atomic.Int32
	begun := make(chan struct{}, 100)
	sub, err := hub.SubscribeFaces(t.Context(), func(context.Context, menshen.Face) {
		begun <- struct{}{}
		handled.Add(1)
	})
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= 50; n++ {
		if err := recognizer.PublishFace(sampleFace("east-1", n)); err != nil {
			t.Fatal(err)
		}
	}
	if err := recognizer.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	receive(t, "the first face", begun)
	if err := sub.Close(); err != nil {
		t.Fatal(err)
	}
	if got := handled.Load(); got != 50 {
		t.Errorf("%d of 50 faces were handled", got)
	}
	if err := hub.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = hub.SubscribeFaces(t.Context(), nil)
	MustCode(t, err, menshen.CodeUnavailable)
}

// TestFrame goes the way of a frame from a page over the hub to the camera, and of what the camera saw back.
func TestFrame(t *testing.T) {
	s := MustServer(t)
	hub, camera := MustConn(t, s, bus.RoleHub()), MustConn(t, s, bus.RoleCamera("east-1"))
	frame := append([]byte{0xff, 0xd8, 0xff, 0xe0}, "picture"...)
	_, err := hub.SendFrame(t.Context(), "east-1", frame)
	MustCode(t, err, menshen.CodeUnavailable)
	if message, hint := menshen.ErrorMessage(err); message != "the camera east-1 is not running" || hint == "" {
		t.Errorf("got %q, %q", message, hint)
	}

	want := menshen.Seen{Captured: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC), Width: 640, Height: 360, Faces: []menshen.Box{{X: 10, Y: 20, W: 80, H: 96}}}
	largest := 0
	sub, err := camera.ServeFrames(t.Context(), "east-1", func(_ context.Context, jpeg []byte) (menshen.Seen, error) {
		largest = max(largest, len(jpeg))
		if string(jpeg[4:]) == "broken" {
			return menshen.Seen{}, menshen.Errorf(menshen.CodeInvalid, "here", "the frame cannot be decoded").WithHint("send another")
		}
		return want, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := hub.SendFrame(t.Context(), "east-1", frame)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	_, err = hub.SendFrame(t.Context(), "east-1", append(slices.Clone(frame[:4]), "broken"...))
	MustCode(t, err, menshen.CodeInvalid)
	if message, hint := menshen.ErrorMessage(err); message != "the frame cannot be decoded" || hint != "send another" {
		t.Errorf("got %q, %q", message, hint)
	}
	// The largest frame goes through; a larger one, and what is no JPEG, are refused before they are sent.
	if _, err := hub.SendFrame(t.Context(), "east-1", append(slices.Clone(frame[:4]), make([]byte, proto.MaxFrame-4)...)); err != nil || largest != proto.MaxFrame {
		t.Errorf("%v; the largest had %d bytes", err, largest)
	}
	for _, bad := range [][]byte{nil, []byte("GIF89a"), append(slices.Clone(frame[:4]), make([]byte, proto.MaxFrame-3)...)} {
		_, err := hub.SendFrame(t.Context(), "east-1", bad)
		MustCode(t, err, menshen.CodeInvalid)
	}
	for _, name := range []string{"", "*", ">", "east.1", "a b"} {
		_, err := hub.SendFrame(t.Context(), name, frame)
		MustCode(t, err, menshen.CodeInvalid)
		_, err = camera.ServeFrames(t.Context(), name, nil)
		MustCode(t, err, menshen.CodeInvalid)
	}
	// Another camera's frames are not for this one.
	_, err = camera.ServeFrames(t.Context(), "west-1", nil)
	MustCode(t, err, menshen.CodeDenied)
	if err := sub.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = hub.SendFrame(t.Context(), "east-1", frame)
	MustCode(t, err, menshen.CodeUnavailable)
}

// TestFrameFromElsewhere: what comes to a camera's subject and is no frame is answered, and not handed on.
func TestFrameFromElsewhere(t *testing.T) {
	s := MustServer(t)
	camera := MustConn(t, s, bus.RoleCamera("east-1"))
	credentials, err := s.Credentials(bus.RoleHub())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := camera.ServeFrames(t.Context(), "east-1", func(context.Context, []byte) (menshen.Seen, error) {
		t.Error("what is no frame was handed on")
		return menshen.Seen{}, nil
	}); err != nil {
		t.Fatal(err)
	}
	hub := mustProbe(t, s.URL(), credentials.Seed, "_INBOX.hub")
	for _, bad := range []string{"", "x", "GIF89a is no JPEG", string(make([]byte, proto.MaxFrame+1))} {
		m, err := hub.nc.Request(proto.Subjects{Site: site}.Frame("east-1"), []byte(bad), 20*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		_, err = proto.DecodeSeen(m.Data)
		MustCode(t, err, menshen.CodeInvalid)
	}
}
