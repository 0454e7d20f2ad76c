// Package proto is the wire contract: the .proto files below it with the code generated from them (package menshenv1),
// the subjects of NATS (Subjects), and the conversion between wire messages and the types of the root package.
//
// For every message X there is XToWire and XFromWire, and for what travels on NATS also EncodeX and DecodeX for its bytes.
// The way in trusts nothing: whatever bytes come, the answer is a value that can be used or an error of CodeInvalid, never
// a panic and never half a value. The way out promises that what was encoded can be decoded: EncodeX fails for a value
// that DecodeX would refuse. Unknown fields are passed over, so that an older program can read a newer one.
//
// Times travel as UTC with nanoseconds and come back without location; the zero time travels as an absent field. Crops,
// photographs and descriptors share memory with the message where they can: who decodes must not change the bytes given
// as long as the value lives.
//
// The package does no I/O, keeps no state, and all its functions are safe for concurrent use.
package proto
