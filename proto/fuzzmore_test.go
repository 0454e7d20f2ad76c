package proto_test

import (
	"testing"

	"menshen"
	"menshen/proto"
)

// fuzzRefusal checks that a reader of what comes over the bus gives a value or an error with a code, and never falls.
func fuzzRefusal[T any](f *testing.F, decode func([]byte) (T, error), seeds ...[]byte) {
	for _, s := range append(seeds, nil, []byte{0xff}) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := decode(b); err != nil && menshen.ErrorCode(err) == "" {
			t.Errorf("an error without a code: %v", err)
		}
	})
}

func FuzzDecodeAlert(f *testing.F) {
	fuzzRefusal(f, proto.DecodeAlert, []byte("\x0a\x04east\x12\x02zh"), []byte("\x0a\xff\xff\xff\xff\x0f"))
}

func FuzzDecodeDoorStateRequest(f *testing.F) {
	fuzzRefusal(f, proto.DecodeDoorStateRequest, []byte("\x0a\x04east"))
}

func FuzzDecodeDoorStateAnswer(f *testing.F) {
	fuzzRefusal(f, proto.DecodeDoorStateAnswer, []byte("\x0a\x04east"), []byte("\x08\x01\x10\x01"))
}
