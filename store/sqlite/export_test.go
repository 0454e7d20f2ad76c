package sqlite

import (
	"context"
	"errors"
	"net/url"

	"menshen"
)

// The decoders of stored columns, for fuzzing from outside, and the translation of errors.
var (
	DecodeReasons    = decodeReasons
	EncodeReasons    = encodeReasons
	DecodeMatch      = decodeMatch
	EncodeMatch      = encodeMatch
	DecodeDescriptor = decodeDescriptor
	EncodeDescriptor = encodeDescriptor
	DecodeTime       = decodeTime
	EncodeTime       = encodeTime
	EncodeEntry      = encodeEntry
	DecodeEntry      = decodeEntry
	DecodePath       = decodePath
	EncodePath       = encodePath
	Fault            = fault
)

// ConnectCarelessly opens a connection with the parameters given, and asserts what a writer must be.
func ConnectCarelessly(path string, parameters url.Values, name, value string) error {
	c, err := newConnector(path, parameters, []setting{{name, value}}, nil).Connect(context.Background())
	if err != nil {
		return err
	}
	return errors.Join(c.Close())
}

// DecodeFacts and EncodeFacts are those of contacts.
func DecodeFacts(text []byte) (c menshen.CaseContact, err error) {
	err = (&Site{}).contactScan(false).decodeFacts(text, &c)
	return c, err
}

func EncodeFacts(c menshen.CaseContact) (string, error) { return encodeFacts("test", c) }
