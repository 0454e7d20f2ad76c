package proto

import (
	"google.golang.org/protobuf/proto"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// MaxChanges is how many changes one answer carries at most.
const MaxChanges = 5000

// ChangesRequest asks for what a gate post lacks of the registry.
type ChangesRequest struct {
	Post  string // component name of the post
	After uint64 // revision that the post has; 0 for nothing
	Limit int    // 1 … MaxChanges
}

// Changes is the answer: the changes that follow in order of revision, and the latest revision of the registry.
type Changes struct {
	List   []menshen.Change
	Latest uint64
}

func changesRequestToWire(r ChangesRequest) *menshenv1.ChangesRequest {
	return &menshenv1.ChangesRequest{Post: r.Post, After: r.After, Limit: countToWire(r.Limit)}
}

func changesRequestFromWire(m *menshenv1.ChangesRequest) (ChangesRequest, error) {
	const op = "proto.changes"
	if err := ValidateComponent(m.GetPost()); err != nil {
		return ChangesRequest{}, err
	}
	if m.GetLimit() < 1 || m.GetLimit() > MaxChanges {
		return ChangesRequest{}, invalid(op, "%d changes are asked for at once instead of 1 to %d", m.GetLimit(), MaxChanges)
	}
	return ChangesRequest{Post: m.GetPost(), After: m.GetAfter(), Limit: int(m.GetLimit())}, nil
}

// EncodeChangesRequest gives the bytes of a request.
func EncodeChangesRequest(r ChangesRequest) ([]byte, error) {
	return encode("proto.changes", r, changesRequestToWire, changesRequestFromWire)
}

// DecodeChangesRequest reads the bytes of a request.
func DecodeChangesRequest(b []byte) (ChangesRequest, error) {
	return decode("proto.changes", b, changesRequestFromWire)
}

func changesToWire(c Changes) *menshenv1.ChangesResponse {
	m := &menshenv1.ChangesResponse{Latest: c.Latest}
	for _, x := range c.List {
		m.Changes = append(m.Changes, ChangeToWire(x))
	}
	return m
}

func changesFromWire(m *menshenv1.ChangesResponse) (Changes, error) {
	const op = "proto.changes"
	if m.GetError() != "" {
		if err := checkText(op, "the hub's error", m.GetError()); err != nil {
			return Changes{}, err
		}
		return Changes{}, menshen.Errorf(menshen.CodeUnavailable, op, "the hub cannot say what changed: %s", m.GetError()).
			WithHint("look at the log of the hub")
	}
	if len(m.GetChanges()) > MaxChanges {
		return Changes{}, invalid(op, "an answer has %d changes, more than %d", len(m.GetChanges()), MaxChanges)
	}
	c := Changes{Latest: m.GetLatest()}
	last := uint64(0)
	for _, x := range m.GetChanges() {
		change, err := ChangeFromWire(x)
		if err != nil {
			return Changes{}, err
		}
		if change.Revision <= last || change.Revision > c.Latest {
			return Changes{}, invalid(op, "the changes are not in the order of their revisions")
		}
		last = change.Revision
		c.List = append(c.List, change)
	}
	return c, nil
}

// EncodeChangesResponse gives the bytes of an answer, or of why there is none. Changes that cannot be sent go as the error
// that says so: a post must not go on without one of them.
func EncodeChangesResponse(c Changes, failure error) []byte {
	if failure == nil {
		b, err := encode("proto.changes", c, changesToWire, changesFromWire)
		if err == nil {
			return b
		}
		failure = err
	}
	message, _ := menshen.ErrorMessage(failure)
	b, err := proto.Marshal(&menshenv1.ChangesResponse{Error: clip(message)})
	if err != nil { // cannot be: clip leaves nothing but UTF-8
		return nil
	}
	return b
}

// DecodeChangesResponse reads an answer. CodeUnavailable with the hub's own words where it had none.
func DecodeChangesResponse(b []byte) (Changes, error) {
	return decode("proto.changes", b, changesFromWire)
}
