package web_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
	"menshen/proto/menshen/v1/menshenv1connect"
	"menshen/web"
)

func console(s *served) menshenv1connect.ConsoleServiceClient { return s.client.Console }

func smallFrame() []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 64, 64)), nil); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func mustFrame(tb testing.TB, w, h int) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, w, h)), nil); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func TestFramesOfABrowser(t *testing.T) {
	h := newHouse()
	s := MustServe(t, h, web.Config{})
	send := func(gate, sender string, frame []byte) error {
		_, err := console(s).SendFrame(t.Context(), connect.NewRequest(&menshenv1.SendFrameRequest{Gate: gate, Sender: sender, Jpeg: frame}))
		return err
	}
	good := mustFrame(t, 640, 360)
	wantError(t, send("east-1", "page0001", append(slices.Clone(good), make([]byte, 600<<10)...)), menshen.CodeInvalid, "at most 512")
	wantError(t, send("east-1", "page0001", []byte("GIF89a is no JPEG")), menshen.CodeInvalid, "no JPEG")
	wantError(t, send("east-1", "page0001", mustFrame(t, 1920, 1080)), menshen.CodeInvalid, "1280×720")
	wantError(t, send("east-1", "a b", good), menshen.CodeInvalid, "sender")
	wantError(t, send("west-1", "page0001", good), menshen.CodeNotFound, "no camera that is a browser")
	if len(h.events) != 0 {
		t.Fatalf("refused frames did %v", h.events)
	}
	if err := send("east-1", "page0001", good); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(h.events, []string{"audit", "frame cam-1"}) {
		t.Errorf("a first frame did %v", h.events)
	}
	// The clock of the test stands still.
	wantError(t, send("east-1", "page0001", good), menshen.CodeExhausted, "too often")
	wantError(t, send("east-1", "page0002", good), menshen.CodeConflict, "another page")
}

func TestCropsAreBoundedAndOfTheirGate(t *testing.T) {
	at := now
	c := web.NewCrops(func() time.Time { return at })
	sighting := func(track string, size int, quality float64) menshen.Sighting {
		return menshen.Sighting{Camera: "cam-1", Track: track, Crop: bytes.Repeat([]byte{1}, size), Quality: menshen.Quality{Size: quality, Sharpness: quality, Pose: quality, Light: quality}}
	}
	c.Hear("east-1", sighting("a", 10, 0.5))
	c.Hear("east-1", sighting("a", 20, 0.9))
	c.Hear("east-1", sighting("a", 30, 0.2))
	if n := len(c.Face("east-1", "cam-1", "a")); n != 20 {
		t.Errorf("the best picture has 20 bytes, not %d", n)
	}
	if c.Face("west-1", "cam-1", "a") != nil {
		t.Error("a face of one gate is given at another")
	}
	c.Hear("east-1", sighting("big", 300<<10, 1))
	if c.Face("east-1", "cam-1", "big") != nil {
		t.Error("a picture that is too large is kept")
	}
	for i := range 64 {
		c.Hear("east-1", sighting("t"+strconv.Itoa(i), 10, 0.5))
	}
	if c.Face("east-1", "cam-1", "a") != nil || c.Face("east-1", "cam-1", "t63") == nil {
		t.Error("the oldest track goes, and only that")
	}
	at = at.Add(5 * time.Minute)
	if c.Face("east-1", "cam-1", "t63") != nil {
		t.Error("an old picture is given")
	}
}

func TestWatchConsoleSendsWhatWasMissed(t *testing.T) {
	h := newHouse()
	s := MustServe(t, h, web.Config{})
	stream, err := console(s).WatchConsole(t.Context(), connect.NewRequest(&menshenv1.WatchConsoleRequest{Gates: []string{"east-1"}, After: map[string]uint64{"east-1": 1}}))
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	var got []uint64
	for len(got) < 2 && stream.Receive() {
		if p := stream.Msg().GetPass(); p != nil {
			got = append(got, p.View.Pass.Sequence)
			if p.View.Pass.Person != "" && (p.Permit != "resident" || p.Health != "monitoring") {
				t.Errorf("standing %v", p)
			}
		}
	}
	if !slices.Equal(got, []uint64{2, 3}) {
		t.Fatalf("missed passes %v, %v", got, stream.Err())
	}
	s.feed.Publish(mustPass(3, "")) // committed while the list was read: not a second time
	s.feed.Publish(mustPass(4, "p-1"))
	for stream.Receive() {
		if p := stream.Msg().GetPass(); p != nil {
			if p.View.Pass.Sequence != 4 {
				t.Errorf("pass %d comes after 3", p.View.Pass.Sequence)
			}
			return
		}
	}
	t.Fatal(stream.Err())
}

// The token of one gate sees no face, no pass and no display of another, and sends it no frame.
func TestConsoleOfAnotherGate(t *testing.T) {
	h := newHouse()
	s := MustServeTo(t, h, web.Config{}, web.Grant{Token: web.NewToken(), Actor: "guard@west", Role: web.RoleGuard, Gates: []string{"west-1"}})
	_, err := console(s).GetFace(t.Context(), connect.NewRequest(&menshenv1.GetFaceRequest{Gate: "east-1", Camera: "cam-1", Track: "t"}))
	wantError(t, err, menshen.CodeDenied, "east-1")
	_, err = console(s).SendFrame(t.Context(), connect.NewRequest(&menshenv1.SendFrameRequest{Gate: "east-1", Sender: "page0001", Jpeg: mustFrame(t, 64, 64)}))
	wantError(t, err, menshen.CodeDenied, "east-1")
	_, err = console(s).ListCandidates(t.Context(), connect.NewRequest(&menshenv1.ListCandidatesRequest{Pass: "east-1:3"}))
	wantError(t, err, menshen.CodeDenied, "east-1")
	if len(h.events) != 0 {
		t.Errorf("something was done: %v", h.events)
	}
}

func TestFacesAndDisplaysAreRecorded(t *testing.T) {
	h := newHouse()
	s := MustServe(t, h, web.Config{})
	if _, err := console(s).GetFace(t.Context(), connect.NewRequest(&menshenv1.GetFaceRequest{Gate: "east-1", Camera: "cam-1", Track: "t"})); err != nil {
		t.Fatal(err)
	}
	stream, err := console(s).WatchDisplay(t.Context(), connect.NewRequest(&menshenv1.WatchDisplayRequest{Gate: "east-1"}))
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	if !stream.Receive() {
		t.Fatal(stream.Err())
	}
	if !slices.Equal(h.events, []string{"audit", "audit"}) || h.audits[0].Action != "face.look" || h.audits[1].Action != "display.watch" {
		t.Fatalf("%v, %v", h.events, h.audits)
	}
	s.feed.Publish(mustPass(9, "p-1"))
	for stream.Receive() {
		if m := stream.Msg(); m.Outcome != 0 {
			if m.Outcome != menshenv1.Outcome_OUTCOME_ALLOW || m.Surname != "" {
				t.Errorf("the display shows %v", m)
			}
			return
		}
	}
	t.Fatal(stream.Err())
}

// A tablet that has not heard what came of its answer sends it again.
func TestAnsweredBefore(t *testing.T) {
	h := newHouse()
	s := MustServe(t, h, web.Config{})
	h.answeredBefore = true
	made := mustPass(8, "p-1")
	made.Means, made.By, made.Answers = menshen.MeansGuard, "operator@terminal", "east-1:3"
	made.Decision.Reasons = []menshen.Reason{menshen.ReasonGuardAllowed}
	h.passes = append(h.passes, made)
	answer := func(pass string, allow bool, person string) error {
		res, err := s.client.Guard.Answer(t.Context(), connect.NewRequest(&menshenv1.AnswerRequest{Pass: pass, Allow: allow, Person: person}))
		if err == nil && (res.Msg.Outcome != menshenv1.Outcome_OUTCOME_ALLOW || len(res.Msg.Reasons) != 1) {
			t.Errorf("%v", res.Msg)
		}
		return err
	}
	if err := answer("east-1:3", true, "p-1"); err != nil {
		t.Error(err)
	}
	if err := answer("east-1:3", true, ""); err != nil {
		t.Error(err)
	}
	wantError(t, answer("east-1:3", false, ""), menshen.CodeNotFound, "cannot be answered") // it is not what was answered
	wantError(t, answer("east-1:4", true, "p-1"), menshen.CodeNotFound, "cannot be answered")
	h.passes[len(h.passes)-1].By = "another guard"
	wantError(t, answer("east-1:3", true, "p-1"), menshen.CodeNotFound, "cannot be answered")
}

func TestOwnIDs(t *testing.T) {
	h := newHouse()
	s := MustServe(t, h, web.Config{})
	id := menshen.NewID()
	temperature := func(id string) error {
		_, err := s.client.Health.RecordTemperature(t.Context(), connect.NewRequest(&menshenv1.RecordTemperatureRequest{Person: "p-1", Celsius: 36.5, Id: id}))
		return err
	}
	if err := temperature(id); err != nil {
		t.Error(err)
	}
	before := len(h.events)
	for _, bad := range []string{"1", strings.ToUpper(id), "{" + id + "}", "../../etc"} {
		wantError(t, temperature(bad), menshen.CodeInvalid, "UUID")
		_, err := s.client.Visits.RegisterVisit(t.Context(), connect.NewRequest(&menshenv1.RegisterVisitRequest{Id: bad}))
		wantError(t, err, menshen.CodeInvalid, "UUID")
		_, err = s.client.Visits.TakeDelivery(t.Context(), connect.NewRequest(&menshenv1.TakeDeliveryRequest{Id: bad}))
		wantError(t, err, menshen.CodeInvalid, "UUID")
		_, err = s.client.Guard.Annotate(t.Context(), connect.NewRequest(&menshenv1.AnnotateRequest{Id: bad, Pass: "east-1:3", Kind: "note", Text: "x"}))
		wantError(t, err, menshen.CodeInvalid, "UUID")
	}
	if len(h.events) != before {
		t.Errorf("what was refused did %v", h.events[before:])
	}
}

func TestAbsentFacesAndFever(t *testing.T) {
	h := newHouse()
	s := MustServe(t, h, web.Config{})
	face, err := console(s).GetFace(t.Context(), connect.NewRequest(&menshenv1.GetFaceRequest{Gate: "east-1", Camera: "cam-1", Track: "t"}))
	if err != nil || len(face.Msg.Jpeg) > 0 || face.Msg.Absence != "gone" {
		t.Errorf("%v, %v", face, err)
	}
	stream, err := console(s).WatchConsole(t.Context(), connect.NewRequest(&menshenv1.WatchConsoleRequest{}))
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Close()
	if !stream.Receive() || stream.Msg().Fever != 37.2 {
		t.Errorf("%v, %v", stream.Msg(), stream.Err())
	}
}
