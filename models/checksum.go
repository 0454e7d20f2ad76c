package models

import (
	"context"
	"crypto/sha1" // #nosec G505 -- git's blob ids are SHA-1; where only such an id is published there is no other to check
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"slices"
)

// sums are the checksums of a file's content.
type sums struct {
	Size   int64
	SHA256 string
	Git    string
}

// summer computes both checksums of a stream of a size that is known before: git's blob id starts with it.
type summer struct {
	n    int64
	sha2 hash.Hash
	git  hash.Hash
}

func newSummer(size int64) *summer {
	s := &summer{sha2: sha256.New(), git: sha1.New()} // #nosec G401 -- see the import
	fmt.Fprintf(s.git, "blob %d\x00", size)
	return s
}

// Write never fails.
func (s *summer) Write(p []byte) (int, error) {
	s.n += int64(len(p))
	s.sha2.Write(p)
	s.git.Write(p)
	return len(p), nil
}

func (s *summer) sums() sums {
	return sums{Size: s.n, SHA256: hex.EncodeToString(s.sha2.Sum(nil)), Git: hex.EncodeToString(s.git.Sum(nil))}
}

// matches reports whether content with these sums is the file.
func (f File) matches(s sums) bool {
	return s.Size == f.Size && slices.ContainsFunc(f.Accept, func(c Checksum) bool {
		return c != (Checksum{}) && (c.SHA256 == "" || c.SHA256 == s.SHA256) && (c.Git == "" || c.Git == s.Git)
	})
}

// contextReader makes a long read of a file stop when the caller gives up.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
