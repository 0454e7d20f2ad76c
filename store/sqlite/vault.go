package sqlite

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"errors"
	"path/filepath"
	"strings"

	"menshen"
)

// keyLength is that of every key, in bytes.
const keyLength = 32

// sealVersion is the first byte of what is sealed, so that another cipher can follow one day.
const sealVersion = 1

// vault encrypts personal columns with AES-256-GCM under a random nonce, and makes the keyed hashes to find them by. Where a
// value belongs is authenticated with it: one that was moved to another row or column cannot be read.
type vault struct {
	aead cipher.AEAD
	hash []byte // key of the keyed hash
}

// newVault makes a vault of a key; nil for no key.
func newVault(key []byte) (*vault, error) {
	const op = "sqlite.key"
	if len(key) == 0 || len(strings.Trim(string(key), "\x00")) == 0 {
		return nil, nil
	}
	if len(key) != keyLength {
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "the key of the database has %d bytes instead of %d", len(key), keyLength).
			WithHint("use the key file that menshen made")
	}
	seal, err := hkdf.Key(sha256.New, key, nil, "menshen store seal 1", keyLength)
	if err != nil {
		return nil, err
	}
	hash, err := hkdf.Key(sha256.New, key, nil, "menshen store hash 1", keyLength)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(seal)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, err
	}
	return &vault{aead: aead, hash: hash}, nil
}

// openVault makes the vault of a file and sees that the key is the one the file was begun with. The first key that comes
// begins it.
func openVault(ctx context.Context, d *database) (*vault, error) {
	const op = "sqlite.key"
	v, err := newVault(d.opts.Key)
	if v == nil || err != nil {
		return nil, fault(op, d.path, err)
	}
	var proof []byte
	err = d.reader.QueryRowContext(ctx, "SELECT proof FROM seal").Scan(&proof)
	if errors.Is(err, sql.ErrNoRows) {
		return v, d.write(ctx, op, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, "INSERT INTO seal (id, proof) VALUES (1, ?)", v.seal([]byte("menshen"), "seal"))
			return err
		})
	}
	if err != nil {
		return nil, fault(op, d.path, err)
	}
	if _, err := v.open(proof, "seal"); err != nil {
		return nil, otherKey(op, d.path, err)
	}
	return v, nil
}

func otherKey(op, path string, cause error) error {
	return menshen.Errorf(menshen.CodeDenied, op, "%s was begun with another key", filepath.Base(path)).WithCause(cause).
		WithHint("give the key that belongs to %s; without it nobody can read the personal data in it", path)
}

// needed refuses to go on without a key.
func (v *vault) needed(op string) error {
	if v != nil {
		return nil
	}
	return menshen.Errorf(menshen.CodeInvalid, op, "personal data cannot be kept or read without the key of the database").
		WithHint("give menshen the key that this database was begun with")
}

// place gives what is authenticated with a value: where it belongs.
func place(where []string) []byte { return []byte(strings.Join(where, "\x00")) }

func (v *vault) seal(plain []byte, where ...string) []byte {
	return v.aead.Seal([]byte{sealVersion}, nil, plain, place(where))
}

func (v *vault) open(sealed []byte, where ...string) ([]byte, error) {
	if len(sealed) == 0 || sealed[0] != sealVersion {
		return nil, errors.New("not sealed by this version")
	}
	return v.aead.Open(nil, nil, sealed[1:], place(where))
}

// keep seals the value of a column; nothing stays NULL and needs no key.
func (v *vault) keep(op string, plain []byte, where ...string) (any, error) {
	if len(plain) == 0 {
		return nil, nil
	}
	if err := v.needed(op); err != nil {
		return nil, err
	}
	return v.seal(plain, where...), nil
}

// read is the inverse of keep.
func (v *vault) read(op string, sealed []byte, where ...string) ([]byte, error) {
	if len(sealed) == 0 {
		return nil, nil
	}
	if err := v.needed(op); err != nil {
		return nil, err
	}
	plain, err := v.open(sealed, where...)
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeCorrupt, op, "stored personal data cannot be decrypted").WithCause(err).
			WithHint("put the latest backup in place of the database")
	}
	return plain, nil
}

// find gives the keyed hash of a document's number.
func (v *vault) find(number menshen.Secret) []byte {
	h := hmac.New(sha256.New, v.hash)
	h.Write([]byte(number.Reveal()))
	return h.Sum(nil)
}

// findPhone gives the keyed hash of a phone number, which is never that of a document.
func (v *vault) findPhone(phone string) []byte {
	phone = strings.TrimPrefix(strings.TrimPrefix(phone, "+86"), "0086")
	h := hmac.New(sha256.New, v.hash)
	h.Write([]byte("phone\x00" + phone))
	return h.Sum(nil)
}
