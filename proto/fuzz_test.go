package proto_test

import (
	"bytes"
	"math"
	"testing"
	"time"

	"menshen"
	"menshen/proto"
)

// fuzzDecoder feeds bytes to a decoder. It never panics; what it refuses is CodeInvalid; what it takes can be encoded, and
// decoding that gives a value of the same bytes.
func fuzzDecoder[T any](f *testing.F, sample func(sampler) T, encode func(T) ([]byte, error), decode func([]byte) (T, error)) {
	for seed := range uint64(8) {
		b, err := encode(sample(newSampler(seed)))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
		f.Add(b[:len(b)/2])
	}
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := decode(b)
		if err != nil {
			wantInvalid(t, "decode", err)
			return
		}
		first, err := encode(v)
		if err != nil {
			t.Fatalf("what was decoded cannot be encoded: %+v: %v", v, err)
		}
		again, err := decode(first)
		if err != nil {
			t.Fatalf("what was encoded cannot be decoded: %v", err)
		}
		second, err := encode(again)
		if err != nil || len(first) != len(second) { // maps have no order, so only the length is the same
			t.Fatalf("the second time around differs: %x, %x, %v", first, second, err)
		}
	})
}

func FuzzDecodeSighting(f *testing.F) {
	fuzzDecoder(f, sampler.sighting, proto.EncodeSighting, proto.DecodeSighting)
}
func FuzzDecodeFace(f *testing.F) { fuzzDecoder(f, sampler.face, proto.EncodeFace, proto.DecodeFace) }
func FuzzDecodePass(f *testing.F) { fuzzDecoder(f, sampler.pass, proto.EncodePass, proto.DecodePass) }
func FuzzDecodeReport(f *testing.F) {
	fuzzDecoder(f, sampler.report, proto.EncodeReport, proto.DecodeReport)
}
func FuzzDecodeDoorCommand(f *testing.F) {
	fuzzDecoder(f, sampler.command, proto.EncodeDoorCommand, proto.DecodeDoorCommand)
}
func FuzzDecodeReceipt(f *testing.F) {
	fuzzDecoder(f, func(s sampler) proto.Receipt {
		return proto.Receipt{Gate: s.slug(), Sequences: []uint64{1, math.MaxUint64}}
	}, proto.EncodeReceipt, proto.DecodeReceipt)
}
func FuzzDecodeReconcile(f *testing.F) {
	fuzzDecoder(f, func(s sampler) proto.Receipt { return proto.Receipt{Gate: s.slug(), Sequences: []uint64{1, 2}} }, proto.EncodeReconcile, proto.DecodeReconcile)
}
func FuzzDecodeAnalyseRequest(f *testing.F) {
	fuzzDecoder(f, sampler.bytes, proto.EncodeAnalyseRequest, proto.DecodeAnalyseRequest)
}

func FuzzDecodeAnalysis(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(proto.EncodeAnalysis(newSampler(seed).analysis(), nil))
	}
	f.Add(proto.EncodeAnalysis(menshen.Analysis{}, menshen.Errorf(menshen.CodeDenied, "op", "no")))
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := proto.DecodeAnalysis(b)
		if err != nil {
			if menshen.ErrorCode(err) == "" {
				t.Fatalf("an error without a code: %v", err)
			}
			return
		}
		first := proto.EncodeAnalysis(a, nil)
		again, err := proto.DecodeAnalysis(first)
		if err != nil {
			t.Fatalf("what was encoded cannot be decoded: %v", err)
		}
		if !bytes.Equal(first, proto.EncodeAnalysis(again, nil)) {
			t.Fatal("the second time around differs")
		}
	})
}

func FuzzDecodeDoorReport(f *testing.F) {
	f.Add(proto.EncodeDoorReport(nil))
	f.Add(proto.EncodeDoorReport(menshen.Errorf(menshen.CodeDenied, "op", "no")))
	f.Fuzz(func(t *testing.T, b []byte) {
		switch err := proto.DecodeDoorReport(b); menshen.ErrorCode(err) {
		case "", menshen.CodeUnavailable, menshen.CodeInvalid:
		default:
			t.Fatalf("got %v", err)
		}
	})
}

func FuzzDecodeSeen(f *testing.F) {
	seen := menshen.Seen{Captured: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC), Width: 640, Height: 360, Faces: []menshen.Box{{X: 10, Y: 20, W: 80, H: 96}, {W: 1, H: 1}}}
	f.Add(proto.EncodeSeen(seen, nil))
	f.Add(proto.EncodeSeen(menshen.Seen{}, nil))
	f.Add(proto.EncodeSeen(menshen.Seen{}, menshen.Errorf(menshen.CodeInvalid, "op", "no").WithHint("yes")))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := proto.DecodeSeen(b)
		if err != nil {
			if menshen.ErrorCode(err) == "" {
				t.Fatalf("an error without a code: %v", err)
			}
			return
		}
		first := proto.EncodeSeen(s, nil)
		again, err := proto.DecodeSeen(first)
		if err != nil {
			t.Fatalf("what was encoded cannot be decoded: %v", err)
		}
		if !bytes.Equal(first, proto.EncodeSeen(again, nil)) {
			t.Fatal("the second time around differs")
		}
	})
}

func FuzzCheckFrame(f *testing.F) {
	f.Add([]byte{0xff, 0xd8, 0xff, 0xe0})
	f.Add([]byte{0xff, 0xd8})
	f.Add([]byte("GIF89a"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if err := proto.CheckFrame(b); err != nil {
			wantInvalid(t, "frame", err)
		} else if len(b) < 4 || len(b) > proto.MaxFrame || !bytes.HasPrefix(b, []byte{0xff, 0xd8, 0xff}) {
			t.Fatalf("%d bytes are taken for a frame", len(b))
		}
	})
}
