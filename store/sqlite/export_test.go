package sqlite

import (
	"context"
	"errors"
	"net/url"
	"testing"

	"menshen"
	"menshen/store"
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

// EncodePage and DecodePage are the form of pages; rowids are what binds a page to its rows.
func EncodePage(p store.PassPage, first, last int64, without []int64) []byte {
	return encodePage(page{PassPage: p, first: first, last: last, without: without})
}

func DecodePage(data []byte) (p store.PassPage, first, last int64, without []int64, err error) {
	var d page
	err = decodePage(data, &d)
	return d.PassPage, d.first, d.last, d.without, err
}

// PageConfidence gives a confidence as it comes back from a page.
func PageConfidence(c float64) float64 { return cellConfidence(confidenceCell(c)) }

// DecodeFacts and EncodeFacts are those of contacts.
func DecodeFacts(text []byte) (c menshen.CaseContact, err error) {
	err = (&Site{}).contactScan(false).decodeFacts(text, &c)
	return c, err
}

func EncodeFacts(c menshen.CaseContact) (string, error) { return encodeFacts("test", c) }

// AppendMatch writes a match the quick way, and reports whether that is possible.
func AppendMatch(m menshen.Match) ([]byte, bool) { return appendMatch(nil, m) }

// StoredMatch is what encoding/json writes of a match.
func StoredMatch(m menshen.Match) any {
	s := storedMatch{Verdict: m.Verdict, Faces: m.Faces, Agreeing: m.Agreeing, Threshold: m.Threshold}
	for _, c := range m.Candidates {
		s.Candidates = append(s.Candidates, storedCandidate(c))
	}
	return s
}

// PersonKeys gives somebody's keys as they are in memory, and as they are wrapped in the file of keys.
func PersonKeys(ctx context.Context, s *Site, person string) (plain, wrapped [][]byte, err error) {
	for _, number := range s.ring.held(person, keyFace, keyOther) {
		key, err := s.ring.numbered(number)
		if err != nil {
			return nil, nil, err
		}
		var w []byte
		if err := s.ring.db.reader.QueryRowContext(ctx, "SELECT wrapped FROM person_keys WHERE number = ?", number).Scan(&w); err != nil {
			return nil, nil, err
		}
		plain, wrapped = append(plain, key[:]), append(wrapped, w)
	}
	return plain, wrapped, nil
}

// SealAsBefore seals as versions did that had no keys of people.
func SealAsBefore(tb testing.TB, key []byte, plain string, where ...string) []byte {
	v, err := newVault(key)
	if err != nil {
		tb.Fatal(err)
	}
	return v.seal([]byte(plain), where...)
}

// DestroyKeys destroys somebody's keys and leaves their rows, as a crash in the middle of an erasure does.
func DestroyKeys(ctx context.Context, s *Site, person string) error {
	return s.ring.destroy(ctx, store.Erasure{Person: person, Scope: store.ErasedPerson, At: s.db.opts.Now()}, s.ring.held(person, keyFace, keyOther))
}
