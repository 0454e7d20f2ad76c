package proto

import (
	"google.golang.org/protobuf/proto"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// MaxFrame is the largest frame in bytes that is taken from a browser. It is a JPEG; as a request on the bus it has no other
// form.
const MaxFrame = 512 << 10

// CheckFrame refuses what cannot be a JPEG of the size that is taken. It reads nothing but the first bytes.
func CheckFrame(jpeg []byte) error {
	const op = "proto.frame"
	if len(jpeg) > MaxFrame {
		return invalid(op, "the frame has %d KB, at most %d are taken", len(jpeg)>>10, MaxFrame>>10).WithHint("send a JPEG of at most 1280×720 pixels")
	}
	if len(jpeg) < 4 || jpeg[0] != 0xff || jpeg[1] != 0xd8 || jpeg[2] != 0xff {
		return invalid(op, "the frame is no JPEG").WithHint("send a JPEG of at most 1280×720 pixels")
	}
	return nil
}

// SeenToWire converts what a camera saw.
func SeenToWire(s menshen.Seen) *menshenv1.Seen {
	m := &menshenv1.Seen{Captured: timeToWire(s.Captured), Width: countToWire(s.Width), Height: countToWire(s.Height)}
	for _, b := range s.Faces {
		m.Faces = append(m.Faces, boxToWire(b))
	}
	return m
}

// EncodeSeen gives the bytes of an answer to a frame, or of why it was not taken.
func EncodeSeen(s menshen.Seen, failure error) []byte {
	m := SeenToWire(s)
	m.ErrorCode, m.ErrorMessage, m.ErrorHint = ErrorToWire(failure)
	b, err := proto.Marshal(m)
	if err != nil {
		return nil // which nobody takes for an answer
	}
	return b
}

// DecodeSeen reads an answer to a frame, or the other side's error.
func DecodeSeen(b []byte) (menshen.Seen, error) {
	const op = "proto.seen"
	return decode(op, b, func(m *menshenv1.Seen) (s menshen.Seen, err error) {
		if err := ErrorFromWire("bus.frame", m.GetErrorCode(), m.GetErrorMessage(), m.GetErrorHint()); err != nil {
			return s, err
		}
		if len(m.GetFaces()) > maxFaces {
			return s, invalid(op, "a frame has %d faces, more than %d", len(m.GetFaces()), maxFaces)
		}
		if m.GetCaptured() != nil {
			s.Captured = m.GetCaptured().AsTime()
		}
		if s.Width, err = countFromWire(op, "the width", m.GetWidth()); err != nil {
			return menshen.Seen{}, err
		}
		if s.Height, err = countFromWire(op, "the height", m.GetHeight()); err != nil {
			return menshen.Seen{}, err
		}
		for _, f := range m.GetFaces() {
			b, err := boxFromWire(op, f)
			if err != nil {
				return menshen.Seen{}, err
			}
			s.Faces = append(s.Faces, b)
		}
		return s, nil
	})
}
