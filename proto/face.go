package proto

import (
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// shot is what a sighting and the face made of it have in common.
type shot interface {
	GetCamera() string
	GetTrack() string
	GetSequence() uint32
	GetCaptured() *timestamppb.Timestamp
}

// shotFromWire checks where and when a shot belongs, and gives its number within the track and its time.
func shotFromWire(op string, m shot) (sequence int, captured time.Time, err error) {
	if err := checkID(op, "camera", m.GetCamera()); err != nil {
		return 0, time.Time{}, err
	}
	if m.GetTrack() == "" {
		return 0, time.Time{}, invalid(op, "the track is missing")
	}
	if err := checkText(op, "the track", m.GetTrack()); err != nil {
		return 0, time.Time{}, err
	}
	if sequence, err = countFromWire(op, "the sequence", m.GetSequence()); err != nil {
		return 0, time.Time{}, err
	}
	if sequence == 0 {
		return 0, time.Time{}, invalid(op, "the sequence is missing")
	}
	captured, err = neededTime(op, "the capture time", m.GetCaptured())
	return sequence, captured, err
}

// FaceToWire converts a face.
func FaceToWire(f menshen.Face) *menshenv1.Face {
	return &menshenv1.Face{
		Camera: f.Camera, Track: f.Track, Sequence: countToWire(f.Sequence), Captured: timeToWire(f.Captured),
		Engine: EngineToWire(f.Engine), Descriptor_: descriptorToWire(f.Descriptor), Quality: qualityToWire(f.Quality),
		Box: boxToWire(f.Box), Last: f.Last, Refusal: f.Refusal, Liveness: livenessToWire(f.Liveness), Masked: f.Masked,
	}
}

// FaceFromWire converts a face. A descriptor must fit the engine that comes with it.
func FaceFromWire(m *menshenv1.Face) (menshen.Face, error) {
	const op = "proto.face"
	f := menshen.Face{Camera: m.GetCamera(), Track: m.GetTrack(), Last: m.GetLast(), Refusal: m.GetRefusal(), Masked: m.GetMasked()}
	var err error
	if f.Sequence, f.Captured, err = shotFromWire(op, m); err != nil {
		return menshen.Face{}, err
	}
	if err = checkText(op, "the refusal", f.Refusal); err != nil {
		return menshen.Face{}, err
	}
	if f.Engine, err = EngineFromWire(m.GetEngine()); err != nil {
		return menshen.Face{}, err
	}
	if f.Descriptor, err = descriptorFromWire(op, m.GetDescriptor_(), f.Engine); err != nil {
		return menshen.Face{}, err
	}
	if f.Quality, err = qualityFromWire(op, m.GetQuality()); err != nil {
		return menshen.Face{}, err
	}
	if f.Box, err = boxFromWire(op, m.GetBox()); err != nil {
		return menshen.Face{}, err
	}
	if f.Liveness, err = livenessFromWire(op, m.GetLiveness()); err != nil {
		return menshen.Face{}, err
	}
	return f, nil
}

// EncodeFace gives the bytes of a face.
func EncodeFace(f menshen.Face) ([]byte, error) {
	return encode("proto.face", f, FaceToWire, FaceFromWire)
}

// DecodeFace reads the bytes of a face.
func DecodeFace(b []byte) (menshen.Face, error) { return decode("proto.face", b, FaceFromWire) }
