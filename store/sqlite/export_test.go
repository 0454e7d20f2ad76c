package sqlite

// The decoders of stored columns, for fuzzing from outside.
var (
	DecodeReasons    = decodeReasons
	EncodeReasons    = encodeReasons
	DecodeMatch      = decodeMatch
	EncodeMatch      = encodeMatch
	DecodeDescriptor = decodeDescriptor
	EncodeDescriptor = encodeDescriptor
	DecodeTime       = decodeTime
	EncodeTime       = encodeTime
)
