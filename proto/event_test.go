package proto_test

import (
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	goproto "google.golang.org/protobuf/proto"

	"menshen"
	"menshen/proto"
	menshenv1 "menshen/proto/menshen/v1"
)

// roundTrip sends values there and back a few hundred times.
func roundTrip[T any](t *testing.T, sample func(sampler) T, encode func(T) ([]byte, error), decode func([]byte) (T, error)) {
	t.Helper()
	for seed := range uint64(300) {
		want := sample(newSampler(seed))
		b, err := encode(want)
		if err != nil {
			t.Fatalf("seed %d: encode %+v: %v", seed, want, err)
		}
		got, err := decode(b)
		if err != nil {
			t.Fatalf("seed %d: decode: %v", seed, err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("seed %d:\n got %+v\nwant %+v", seed, got, want)
		}
	}
}

func TestEventsRoundTrip(t *testing.T) {
	t.Run("sighting", func(t *testing.T) { roundTrip(t, sampler.sighting, proto.EncodeSighting, proto.DecodeSighting) })
	t.Run("face", func(t *testing.T) { roundTrip(t, sampler.face, proto.EncodeFace, proto.DecodeFace) })
	t.Run("pass", func(t *testing.T) { roundTrip(t, sampler.pass, proto.EncodePass, proto.DecodePass) })
	t.Run("report", func(t *testing.T) { roundTrip(t, sampler.report, proto.EncodeReport, proto.DecodeReport) })
	t.Run("door", func(t *testing.T) { roundTrip(t, sampler.command, proto.EncodeDoorCommand, proto.DecodeDoorCommand) })
	receipt := func(s sampler) proto.Receipt {
		r := proto.Receipt{Gate: s.slug()}
		for range s.IntN(20) {
			r.Sequences = append(r.Sequences, s.Uint64()|1)
		}
		return r
	}
	t.Run("receipt", func(t *testing.T) { roundTrip(t, receipt, proto.EncodeReceipt, proto.DecodeReceipt) })
	t.Run("reconcile", func(t *testing.T) { roundTrip(t, receipt, proto.EncodeReconcile, proto.DecodeReconcile) })
	t.Run("analyse request", func(t *testing.T) {
		roundTrip(t, sampler.bytes, proto.EncodeAnalyseRequest, proto.DecodeAnalyseRequest)
	})
	t.Run("analysis", func(t *testing.T) {
		roundTrip(t, sampler.analysis, func(a menshen.Analysis) ([]byte, error) { return proto.EncodeAnalysis(a, nil), nil }, proto.DecodeAnalysis)
	})
}

// TestTimesTravelAsUTC: the location and the monotonic reading stay behind, the instant does not change.
func TestTimesTravelAsUTC(t *testing.T) {
	p := newSampler(1).pass()
	p.Captured = time.Now().In(time.FixedZone("CST", 8*3600))
	b, err := proto.EncodePass(p)
	if err != nil {
		t.Fatal(err)
	}
	got, err := proto.DecodePass(b)
	if err != nil {
		t.Fatal(err)
	}
	if !got.Captured.Equal(p.Captured) || got.Captured.Location() != time.UTC {
		t.Errorf("got %v, want %v in UTC", got.Captured, p.Captured)
	}
}

// wantInvalid checks an error.
func wantInvalid(t *testing.T, what string, err error) {
	t.Helper()
	if menshen.ErrorCode(err) != menshen.CodeInvalid {
		t.Errorf("%s: got %v, want CodeInvalid", what, err)
	}
}

// TestWireIsNotTrusted changes one thing of a good message at a time.
func TestWireIsNotTrusted(t *testing.T) {
	s := newSampler(3)
	sighting := s.sighting()
	for sighting.Last {
		sighting = s.sighting()
	}
	face := s.face()
	for len(face.Descriptor) < 2 {
		face = s.face()
	}
	pass := s.pass()
	pass.Match = menshen.Match{Verdict: menshen.VerdictKnown, Candidates: []menshen.Candidate{{Person: "p", Distance: 0.5}}}

	for what, change := range map[string]func(*menshenv1.Sighting){
		"camera":         func(m *menshenv1.Sighting) { m.Camera = "Not a slug" },
		"no camera":      func(m *menshenv1.Sighting) { m.Camera = "" },
		"track":          func(m *menshenv1.Sighting) { m.Track = "" },
		"long track":     func(m *menshenv1.Sighting) { m.Track = strings.Repeat("x", 1<<16) },
		"sequence 0":     func(m *menshenv1.Sighting) { m.Sequence = 0 },
		"sequence":       func(m *menshenv1.Sighting) { m.Sequence = math.MaxUint32 },
		"no time":        func(m *menshenv1.Sighting) { m.Captured = nil },
		"bad time":       func(m *menshenv1.Sighting) { m.Captured.Nanos = -1 },
		"far time":       func(m *menshenv1.Sighting) { m.Captured.Seconds = math.MaxInt64 },
		"no crop":        func(m *menshenv1.Sighting) { m.Crop = nil },
		"large crop":     func(m *menshenv1.Sighting) { m.Crop = make([]byte, proto.MaxCrop+1) },
		"four points":    func(m *menshenv1.Sighting) { m.Landmarks = m.Landmarks[:4] },
		"nil point":      func(m *menshenv1.Sighting) { m.Landmarks[2] = &menshenv1.Point{X: math.NaN()} },
		"score":          func(m *menshenv1.Sighting) { m.Score = 1.5 },
		"score NaN":      func(m *menshenv1.Sighting) { m.Score = math.NaN() },
		"quality":        func(m *menshenv1.Sighting) { m.Quality.Light = -0.1 },
		"quality NaN":    func(m *menshenv1.Sighting) { m.Quality.Pose = math.NaN() },
		"box infinite":   func(m *menshenv1.Sighting) { m.Box.W = math.Inf(1) },
		"box inside out": func(m *menshenv1.Sighting) { m.Box.H = -1 },
		"origin":         func(m *menshenv1.Sighting) { m.Origin.X = math.NaN() },
		"last with crop": func(m *menshenv1.Sighting) { m.Last = true },
	} {
		m := proto.SightingToWire(sighting)
		change(m)
		_, err := proto.SightingFromWire(m)
		wantInvalid(t, "sighting: "+what, err)
	}
	for what, change := range map[string]func(*menshenv1.Face){
		"no engine":    func(m *menshenv1.Face) { m.Engine = nil },
		"short":        func(m *menshenv1.Face) { m.Descriptor_ = m.Descriptor_[:len(m.Descriptor_)-4] },
		"odd bytes":    func(m *menshenv1.Face) { m.Descriptor_ = append(m.Descriptor_, 0) },
		"zero":         func(m *menshenv1.Face) { clear(m.Descriptor_) },
		"NaN":          func(m *menshenv1.Face) { copy(m.Descriptor_, []byte{0xff, 0xff, 0xff, 0xff}) },
		"dim 0":        func(m *menshenv1.Face) { m.Engine.Dim = 0 },
		"dim large":    func(m *menshenv1.Face) { m.Engine.Dim = math.MaxUint32 },
		"metric":       func(m *menshenv1.Face) { m.Engine.Metric = "cosine" },
		"engine name":  func(m *menshenv1.Face) { m.Engine.Name = "" },
		"liveness":     func(m *menshenv1.Face) { m.Liveness = &menshenv1.Liveness{Faces: 1, Score: 1.5} },
		"change":       func(m *menshenv1.Face) { m.Liveness = &menshenv1.Liveness{Faces: 1, Change: math.NaN()} },
		"no time":      func(m *menshenv1.Face) { m.Captured = nil },
		"long refusal": func(m *menshenv1.Face) { m.Refusal = strings.Repeat("x", 1<<16) },
	} {
		m := goproto.Clone(proto.FaceToWire(face)).(*menshenv1.Face)
		change(m)
		_, err := proto.FaceFromWire(m)
		wantInvalid(t, "face: "+what, err)
	}
	for what, change := range map[string]func(*menshenv1.Pass){
		"gate":         func(m *menshenv1.Pass) { m.Gate = "" },
		"sequence":     func(m *menshenv1.Pass) { m.Sequence = 0 },
		"site":         func(m *menshenv1.Pass) { m.Site = "*" },
		"direction":    func(m *menshenv1.Pass) { m.Direction = 9 },
		"no direction": func(m *menshenv1.Pass) { m.Direction = 0 },
		"means":        func(m *menshenv1.Pass) { m.Means = 99 },
		"no means":     func(m *menshenv1.Pass) { m.Means = 0 },
		"outcome":      func(m *menshenv1.Pass) { m.Outcome = -1 },
		"no outcome":   func(m *menshenv1.Pass) { m.Outcome = 0 },
		"verdict":      func(m *menshenv1.Pass) { m.Match.Verdict = 7 },
		"distance":     func(m *menshenv1.Pass) { m.Match.Candidates[0].Distance = math.NaN() },
		"nil":          func(m *menshenv1.Pass) { m.Match.Candidates = make([]*menshenv1.Candidate, 65) },
		"no time":      func(m *menshenv1.Pass) { m.Captured = nil },
		"old":          func(m *menshenv1.Pass) { m.Captured.Seconds = 0 },
		"decided":      func(m *menshenv1.Pass) { m.Decided = m.Captured; m.Decided.Nanos = 1 << 30 },
		"nobody":       func(m *menshenv1.Pass) { m.Person, m.Outcome = "", menshenv1.Outcome_OUTCOME_ALLOW },
		"not UTF-8":    func(m *menshenv1.Pass) { m.Track = "\xff" },
	} {
		m := proto.PassToWire(pass)
		change(m)
		_, err := proto.PassFromWire(m)
		wantInvalid(t, "pass: "+what, err)
	}

	_, err := proto.ReceiptFromWire(&menshenv1.Receipt{Gate: "east", Sequences: []uint64{1, 0}})
	wantInvalid(t, "receipt: sequence 0", err)
	_, err = proto.ReconcileFromWire(&menshenv1.ReconcileRequest{Gate: "east", Sequences: slices.Repeat([]uint64{1}, proto.MaxSequences+1)})
	wantInvalid(t, "reconcile: too many", err)
	_, err = proto.DoorCommandFromWire(&menshenv1.DoorCommand{Gate: "east", Direction: 1, At: proto.PassToWire(pass).Captured, HoldMs: math.MaxUint32})
	wantInvalid(t, "door: hold", err)
	_, err = proto.ReportFromWire(&menshenv1.Health{Component: "camera-1"})
	wantInvalid(t, "report: no time", err)
	_, err = proto.AnalysisFromWire(&menshenv1.AnalyseResponse{})
	wantInvalid(t, "analysis: empty", err)
	for _, d := range []func([]byte) error{
		func(b []byte) error { _, err := proto.DecodePass(b); return err },
		func(b []byte) error { _, err := proto.DecodeFace(b); return err },
		func(b []byte) error { _, err := proto.DecodeSighting(b); return err },
		proto.DecodeDoorReport,
	} {
		wantInvalid(t, "garbage", d([]byte("\xff\xff\xff garbage")))
		wantInvalid(t, "nothing", d(nil))
	}
}

// Nothing but an opening has a direction: who knows of no other action refuses what has none, and does not open.
func TestOnlyOpeningHasADirection(t *testing.T) {
	for _, a := range []menshen.DoorAction{menshen.DoorHold, menshen.DoorLock, menshen.DoorNormal, menshen.DoorEmergency} {
		m := proto.DoorCommandToWire(menshen.DoorCommand{Gate: "east", Direction: menshen.DirectionIn, At: time.Now(), Hold: time.Second, Action: a})
		if m.GetDirection() != menshenv1.Direction_DIRECTION_UNSPECIFIED || m.GetHoldMs() != 0 {
			t.Errorf("%s goes out as %v", a, m)
		}
	}
	if m := proto.DoorCommandToWire(newSampler(1).opening()); m.GetDirection() == menshenv1.Direction_DIRECTION_UNSPECIFIED {
		t.Errorf("an opening goes out as %v", m)
	}
}

// TestWhatCannotBeReadIsNotSent: the way out is as strict as the way in.
func TestWhatCannotBeReadIsNotSent(t *testing.T) {
	p := newSampler(1).pass()
	p.Means = "telepathy"
	_, err := proto.EncodePass(p)
	wantInvalid(t, "means", err)
	s := newSampler(1).sighting()
	s.Sequence = -1
	_, err = proto.EncodeSighting(s)
	wantInvalid(t, "sequence", err)
	s = newSampler(1).sighting()
	s.Track = "\xff"
	_, err = proto.EncodeSighting(s)
	wantInvalid(t, "track", err)
	c := newSampler(1).opening()
	c.Hold = -time.Second
	_, err = proto.EncodeDoorCommand(c)
	wantInvalid(t, "hold", err)
	c = newSampler(1).opening()
	c.Action = "explode"
	if b, err := proto.EncodeDoorCommand(c); err == nil {
		got, err := proto.DecodeDoorCommand(b)
		t.Errorf("an unknown action is sent as %+v, %v", got, err)
	}
	_, err = proto.EncodeAnalyseRequest(nil)
	wantInvalid(t, "no photograph", err)
	_, err = proto.EncodeAnalyseRequest(make([]byte, proto.MaxImage+1))
	wantInvalid(t, "large photograph", err)

	a := newSampler(1).analysis()
	a.Width = -1
	_, err = proto.DecodeAnalysis(proto.EncodeAnalysis(a, nil))
	if menshen.ErrorCode(err) != menshen.CodeInternal {
		t.Errorf("an analysis that cannot be sent arrives as %v, want CodeInternal", err)
	}
}

func TestErrorsCrossTheBorder(t *testing.T) {
	for _, code := range []menshen.Code{
		menshen.CodeInvalid, menshen.CodeNotFound, menshen.CodeConflict, menshen.CodeDenied, menshen.CodeUnavailable,
		menshen.CodeMissing, menshen.CodeExhausted, menshen.CodeCorrupt, menshen.CodeInternal,
	} {
		sent := menshen.Errorf(code, "here", "it broke").WithHint("mend it").WithCause(errors.New("password=secret"))
		_, err := proto.DecodeAnalysis(proto.EncodeAnalysis(menshen.Analysis{}, sent))
		message, hint := menshen.ErrorMessage(err)
		if menshen.ErrorCode(err) != code || message != "it broke" || hint != "mend it" {
			t.Errorf("%s arrives as %v, %q, %q", code, err, message, hint)
		}
		if strings.Contains(err.Error(), "secret") {
			t.Errorf("the cause crossed the border: %v", err)
		}
	}
	if err := proto.ErrorFromWire("op", "of_a_newer_version", "", ""); menshen.ErrorCode(err) != menshen.CodeInternal {
		t.Errorf("an unknown code arrives as %v", err)
	}
	if err := proto.ErrorFromWire("op", "", "text", ""); err != nil {
		t.Errorf("no code arrives as %v", err)
	}
	long := menshen.Errorf(menshen.CodeInvalid, "op", "%s\xff", strings.Repeat("长", 5000))
	_, err := proto.DecodeAnalysis(proto.EncodeAnalysis(menshen.Analysis{}, long))
	if menshen.ErrorCode(err) != menshen.CodeInvalid {
		t.Errorf("a long error arrives as %v", err)
	}

	if err := proto.DecodeDoorReport(proto.EncodeDoorReport(nil)); err != nil {
		t.Errorf("an open door arrives as %v", err)
	}
	err = proto.DecodeDoorReport(proto.EncodeDoorReport(menshen.Errorf(menshen.CodeDenied, "door", "the bolt is stuck")))
	if menshen.ErrorCode(err) != menshen.CodeUnavailable || !strings.Contains(err.Error(), "the bolt is stuck") {
		t.Errorf("a stuck door arrives as %v", err)
	}
}
