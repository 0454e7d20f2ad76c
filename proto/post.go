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

// PassedPage is an answer: passes in the order in which they were committed, the cursor to go on from, and the highest
// committed number of each gate, beyond which a post that lost its outbox must count on.
type PassedPage struct {
	Passes []menshen.Pass
	Next   uint64
	Last   map[string]uint64
}

// EncodePassedResponse gives the bytes of an answer, or of why there is none.
func EncodePassedResponse(page PassedPage, failure error) ([]byte, error) {
	m := &menshenv1.PassedResponse{Next: page.Next, Last: page.Last}
	if failure != nil {
		m.ErrorCode, m.ErrorMessage, m.ErrorHint = ErrorToWire(failure)
	}
	for _, p := range page.Passes {
		m.Passes = append(m.Passes, PassToWire(p))
	}
	b, err := proto.Marshal(m)
	if err != nil {
		return nil, invalid("proto.passed", "it cannot be put into a message").WithCause(err)
	}
	return b, nil
}

// DecodePassedResponse reads the bytes of an answer.
func DecodePassedResponse(b []byte) (PassedPage, error) {
	const op = "proto.passed"
	return decode(op, b, func(m *menshenv1.PassedResponse) (page PassedPage, err error) {
		if err := ErrorFromWire(op, m.GetErrorCode(), m.GetErrorMessage(), m.GetErrorHint()); err != nil {
			return page, err
		}
		if len(m.GetPasses()) > MaxPassed {
			return page, invalid(op, "it has %d passes, more than %d", len(m.GetPasses()), MaxPassed)
		}
		for _, w := range m.GetPasses() {
			p, err := PassFromWire(w)
			if err != nil {
				return PassedPage{}, err
			}
			page.Passes = append(page.Passes, p)
		}
		for gate := range m.GetLast() {
			if err := checkID(op, "gate", gate); err != nil {
				return PassedPage{}, err
			}
		}
		page.Next, page.Last = m.GetNext(), m.GetLast()
		return page, nil
	})
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
