package web

import (
	"crypto/rand"
	"encoding/base32"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"menshen"
)

// Token is a bearer token. It prints as [secret] everywhere but through Reveal.
type Token = menshen.Secret

const (
	tokenPrefix  = "menshen_" // lets a scanner for leaked secrets know what it found
	tokenBytes   = 20         // 160 random bits, 32 characters of base32
	tokenMaxFile = 256
)

var tokenEncoding = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// NewToken makes a token of 160 random bits.
func NewToken() Token {
	var b [tokenBytes]byte
	rand.Read(b[:]) // never fails: it ends the process where the system has no randomness
	return Token(tokenPrefix + tokenEncoding.EncodeToString(b[:]))
}

// ParseToken checks that s is a token as NewToken makes them, so that a damaged file or a typing error is told apart
// from a token that is no longer valid.
func ParseToken(s string) (Token, error) {
	s = strings.TrimSpace(s)
	body, ok := strings.CutPrefix(s, tokenPrefix)
	if b, err := tokenEncoding.DecodeString(body); !ok || err != nil || len(b) != tokenBytes {
		return "", menshen.Errorf(menshen.CodeInvalid, "web.token", "this is no Menshen token").
			WithHint("a token begins with %s and is in the data folder's token file", tokenPrefix)
	}
	return Token(s), nil
}

// EnsureToken gives the token of the file, and makes the file with a new token, readable by its owner only, where there
// is none. Of several processes that make it at the same time one wins and all get the same token.
func EnsureToken(path string) (Token, error) {
	const op = "web.token"
	token, err := ReadToken(path)
	if menshen.ErrorCode(err) != menshen.CodeNotFound {
		return token, err
	}
	dir := filepath.Dir(path)
	cannot := func(err error) error {
		return menshen.Errorf(menshen.CodeUnavailable, op, "the token file %s cannot be made", path).
			WithHint("let Menshen write to %s, and see that its disk is not full", dir).WithCause(err)
	}
	tmp, err := os.CreateTemp(dir, ".token-*") // made with mode 0600
	if err != nil {
		return "", cannot(err)
	}
	defer os.Remove(tmp.Name())
	_, err = io.WriteString(tmp, NewToken().Reveal()+"\n")
	if err := errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return "", cannot(err)
	}
	// A link, unlike a rename, never replaces what another process has put there meanwhile.
	if err := os.Link(tmp.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", cannot(err)
	}
	// What the token is used for is durable, so must its name be.
	folder, err := os.Open(dir)
	if err != nil {
		return "", cannot(err)
	}
	if err := errors.Join(folder.Sync(), folder.Close()); err != nil {
		return "", cannot(err)
	}
	return ReadToken(path)
}

// ReadToken gives the token of the file: CodeNotFound where there is none, CodeDenied where it is not readable or others
// may read it, CodeCorrupt where it holds something else.
func ReadToken(path string) (Token, error) {
	const op = "web.token"
	f, err := os.Open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", menshen.Errorf(menshen.CodeNotFound, op, "there is no token file %s", path).
			WithHint("menshen serve makes it at its first start").WithCause(err)
	case err != nil:
		return "", menshen.Errorf(menshen.CodeDenied, op, "the token file %s cannot be read", path).
			WithHint("run this as the user who runs menshen serve").WithCause(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", menshen.Errorf(menshen.CodeUnavailable, op, "the token file %s cannot be read", path).
			WithHint("check the disk it is on").WithCause(err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return "", menshen.Errorf(menshen.CodeDenied, op, "the token file %s can be read by others, so its token is no secret", path).
			WithHint("delete it and restart menshen serve: it makes a new one")
	}
	b, err := io.ReadAll(io.LimitReader(f, tokenMaxFile))
	if err != nil {
		return "", menshen.Errorf(menshen.CodeUnavailable, op, "the token file %s cannot be read", path).
			WithHint("check the disk it is on").WithCause(err)
	}
	token, err := ParseToken(string(b))
	if err != nil {
		return "", menshen.Errorf(menshen.CodeCorrupt, op, "the token file %s holds no token", path).
			WithHint("delete it and restart menshen serve: it makes a new one").WithCause(err)
	}
	return token, nil
}
