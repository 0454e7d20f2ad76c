package proto

import (
	"google.golang.org/protobuf/proto"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// MaxPassed is how many passes one PassedResponse may hold.
const MaxPassed = 1000

// maxReasons bounds the reasons of an answer.
const maxReasons = 64

// Passed asks for allowed passes after a cursor.
type Passed struct {
	Post  string
	After uint64
	Limit int // 1 … MaxPassed
}

// EncodePassedRequest gives the bytes of a request.
func EncodePassedRequest(p Passed) ([]byte, error) {
	return encode("proto.passed", p, func(p Passed) *menshenv1.PassedRequest {
		return &menshenv1.PassedRequest{Post: p.Post, After: p.After, Limit: countToWire(p.Limit)}
	}, passedFromWire)
}

// DecodePassedRequest reads the bytes of a request.
func DecodePassedRequest(b []byte) (Passed, error) { return decode("proto.passed", b, passedFromWire) }

func passedFromWire(m *menshenv1.PassedRequest) (Passed, error) {
	const op = "proto.passed"
	p := Passed{Post: m.GetPost(), After: m.GetAfter(), Limit: int(m.GetLimit())}
	if err := checkID(op, "post", p.Post); err != nil {
		return Passed{}, err
	}
	if p.Limit < 1 || p.Limit > MaxPassed {
		return Passed{}, invalid(op, "it asks for %d passes, not 1 to %d", p.Limit, MaxPassed)
	}
	return p, nil
}

// EncodePassedResponse gives the bytes of an answer: passes and the cursor to go on from, or why there are none.
func EncodePassedResponse(passes []menshen.Pass, next uint64, failure error) ([]byte, error) {
	m := &menshenv1.PassedResponse{Next: next}
	if failure != nil {
		m.ErrorCode, m.ErrorMessage, m.ErrorHint = ErrorToWire(failure)
	}
	for _, p := range passes {
		m.Passes = append(m.Passes, PassToWire(p))
	}
	b, err := proto.Marshal(m)
	if err != nil {
		return nil, invalid("proto.passed", "it cannot be put into a message").WithCause(err)
	}
	return b, nil
}

// DecodePassedResponse reads the bytes of an answer.
func DecodePassedResponse(b []byte) (passes []menshen.Pass, next uint64, err error) {
	const op = "proto.passed"
	_, err = decode(op, b, func(m *menshenv1.PassedResponse) (struct{}, error) {
		if err := ErrorFromWire(op, m.GetErrorCode(), m.GetErrorMessage(), m.GetErrorHint()); err != nil {
			return struct{}{}, err
		}
		if len(m.GetPasses()) > MaxPassed {
			return struct{}{}, invalid(op, "it has %d passes, more than %d", len(m.GetPasses()), MaxPassed)
		}
		for _, w := range m.GetPasses() {
			p, err := PassFromWire(w)
			if err != nil {
				return struct{}{}, err
			}
			passes = append(passes, p)
		}
		next = m.GetNext()
		return struct{}{}, nil
	})
	return passes, next, err
}

// EncodePresentationAnswer gives the bytes of the decision, or of why there is none.
func EncodePresentationAnswer(d menshen.Decision, failure error) []byte {
	m := &menshenv1.PresentationAnswer{Outcome: OutcomeToWire(d.Outcome)}
	for _, r := range d.Reasons {
		m.Reasons = append(m.Reasons, string(r))
	}
	if failure != nil {
		m = &menshenv1.PresentationAnswer{}
		m.ErrorCode, m.ErrorMessage, m.ErrorHint = ErrorToWire(failure)
	}
	b, err := proto.Marshal(m)
	if err != nil { // cannot be: reasons and clipped texts are UTF-8
		return nil
	}
	return b
}

// DecodePresentationAnswer reads the bytes of a decision.
func DecodePresentationAnswer(b []byte) (menshen.Decision, error) {
	const op = "proto.presentation"
	return decode(op, b, func(m *menshenv1.PresentationAnswer) (menshen.Decision, error) {
		if err := ErrorFromWire(op, m.GetErrorCode(), m.GetErrorMessage(), m.GetErrorHint()); err != nil {
			return menshen.Decision{}, err
		}
		var d menshen.Decision
		var err error
		if d.Outcome, err = OutcomeFromWire(m.GetOutcome()); err != nil {
			return menshen.Decision{}, err
		}
		if len(m.GetReasons()) > maxReasons {
			return menshen.Decision{}, invalid(op, "an answer has %d reasons, more than %d", len(m.GetReasons()), maxReasons)
		}
		if err = checkText(op, "a reason of the answer", m.GetReasons()...); err != nil {
			return menshen.Decision{}, err
		}
		for _, r := range m.GetReasons() {
			d.Reasons = append(d.Reasons, menshen.Reason(r))
		}
		return d, nil
	})
}
