package proto

import (
	"google.golang.org/protobuf/proto"
)

// encode gives the bytes of a value, and fails if they could not be decoded again.
func encode[T any, M proto.Message](op string, v T, to func(T) M, from func(M) (T, error)) ([]byte, error) {
	m := to(v)
	if _, err := from(m); err != nil {
		return nil, err
	}
	b, err := proto.Marshal(m)
	if err != nil { // text that is not UTF-8
		return nil, invalid(op, "it cannot be put into a message").WithCause(err)
	}
	return b, nil
}

// decode reads the bytes of a message.
func decode[T any, M any, P interface {
	*M
	proto.Message
}](op string, b []byte, from func(P) (T, error)) (T, error) {
	m := P(new(M))
	if err := proto.Unmarshal(b, m); err != nil {
		var none T
		return none, invalid(op, "the message cannot be read").WithCause(err)
	}
	return from(m)
}
