package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"menshen"
)

// The second recommended parameters of RFC 9106.
const (
	argonTime   = 3
	argonMemory = 64 << 10 // KiB
	argonLanes  = 4
	argonPrefix = "$argon2id$v=19$m=65536,t=3,p=4$"
)

// common are passwords that everybody tries first.
var common = []string{
	"1234567890", "0123456789", "12345678910", "123456789a", "1111111111", "0000000000", "8888888888", "6666666666", "password123", "password1234",
	"passwordpassword", "qwertyuiop", "1qaz2wsx3edc", "abcdefghij", "a123456789", "woaini1314", "woaini520520", "5201314520", "administrator", "menshen123", "menshenmenshen",
}

func checkPassword(name, password string) error {
	const op = "account.password"
	if n := utf8.RuneCountInString(password); n < 10 || n > 200 || !utf8.ValidString(password) {
		return menshen.Errorf(menshen.CodeInvalid, op, "password: it is too short or too long").WithHint("use 10 to 200 characters; a sentence is easy to remember")
	}
	low := strings.ToLower(password)
	if low == name || slices.Contains(common, low) || strings.Count(low, low[:1]) == len(low) {
		return menshen.Errorf(menshen.CodeInvalid, op, "password: it is one that others guess first").WithHint("choose another; a sentence is easy to remember")
	}
	return nil
}

// derive hashes a few passwords at once, and lets the others wait. Whose turn it is asks once more whether it may: guesses that came
// together are refused as soon as the first few were wrong, and hold nobody up.
func (b *Book) derive(ctx context.Context, password string, salt []byte, may func() error) ([]byte, error) {
	select {
	case b.gate <- struct{}{}:
		defer func() { <-b.gate }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if err := may(); err != nil {
		return nil, err
	}
	return argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonLanes, 32), nil
}

func (b *Book) hashPassword(ctx context.Context, password string) (string, error) {
	var salt [16]byte
	rand.Read(salt[:])
	key, err := b.derive(ctx, password, salt[:], func() error { return nil })
	return phc(salt[:], key), err
}

// phc writes a hash with its parameters.
func phc(salt, key []byte) string {
	return argonPrefix + base64.RawStdEncoding.EncodeToString(salt) + "$" + base64.RawStdEncoding.EncodeToString(key)
}

// passwordIs takes as long for a hash that nothing matches as for any other.
func (b *Book) passwordIs(ctx context.Context, kept, password string, may func() error) (bool, error) {
	real := strings.HasPrefix(kept, argonPrefix)
	if !real {
		kept = b.decoy
	}
	salt64, key64, _ := strings.Cut(strings.TrimPrefix(kept, argonPrefix), "$")
	salt, err1 := base64.RawStdEncoding.DecodeString(salt64)
	want, err2 := base64.RawStdEncoding.DecodeString(key64)
	if len(password) > 1000 {
		password = ""
	}
	got, err := b.derive(ctx, password, salt, may)
	if err != nil {
		return false, err
	}
	return subtle.ConstantTimeCompare(got, want) == 1 && real && err1 == nil && err2 == nil, nil
}
