package proto

import (
	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// MaxCrop is the largest crop of a sighting in bytes. A good one is about 100 KB.
const MaxCrop = 1 << 20

// SightingToWire converts a sighting. The crop is shared, not copied.
func SightingToWire(s menshen.Sighting) *menshenv1.Sighting {
	m := &menshenv1.Sighting{
		Camera: s.Camera, Track: s.Track, Sequence: countToWire(s.Sequence), Captured: timeToWire(s.Captured),
		Crop: s.Crop, Quality: qualityToWire(s.Quality), Last: s.Last,
	}
	if s.Last && s.Face == (menshen.Detection{}) {
		return m // the end of a track shows no face
	}
	m.Origin = pointToWire(s.Origin)
	m.Box = boxToWire(s.Face.Box)
	m.Landmarks = landmarksToWire(s.Face.Landmarks)
	m.Score = s.Face.Score
	return m
}

// SightingFromWire converts a sighting. The crop is shared, not copied. The end of a track needs no face and has no crop.
func SightingFromWire(m *menshenv1.Sighting) (menshen.Sighting, error) {
	const op = "proto.sighting"
	s := menshen.Sighting{Camera: m.GetCamera(), Track: m.GetTrack(), Last: m.GetLast()}
	var err error
	if s.Sequence, s.Captured, err = shotFromWire(op, m); err != nil {
		return menshen.Sighting{}, err
	}
	if crop := m.GetCrop(); len(crop) > 0 {
		s.Crop = crop
	}
	switch {
	case s.Last && len(s.Crop) > 0:
		return menshen.Sighting{}, invalid(op, "the end of a track comes with a crop")
	case !s.Last && len(s.Crop) == 0:
		return menshen.Sighting{}, invalid(op, "a sighting has no crop")
	case len(s.Crop) > MaxCrop:
		return menshen.Sighting{}, invalid(op, "a crop has %d bytes, more than %d", len(s.Crop), MaxCrop)
	}
	if s.Origin, err = pointFromWire(op, m.GetOrigin()); err != nil {
		return menshen.Sighting{}, err
	}
	if s.Quality, err = qualityFromWire(op, m.GetQuality()); err != nil {
		return menshen.Sighting{}, err
	}
	if s.Last && len(m.GetLandmarks()) == 0 {
		return s, nil
	}
	if s.Face, err = detectionFromWire(op, m.GetBox(), m.GetLandmarks(), m.GetScore()); err != nil {
		return menshen.Sighting{}, err
	}
	return s, nil
}

// EncodeSighting gives the bytes of a sighting.
func EncodeSighting(s menshen.Sighting) ([]byte, error) {
	return encode("proto.sighting", s, SightingToWire, SightingFromWire)
}

// DecodeSighting reads the bytes of a sighting.
func DecodeSighting(b []byte) (menshen.Sighting, error) {
	return decode("proto.sighting", b, SightingFromWire)
}
