package main

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"menshen"
	"menshen/audit"
	"menshen/erasure"
)

// signingFile holds the seeds of the keys that sign, sealed under the site's key. It is made when the site's key is changed for the
// first time: until then they are derived from it. What was signed before can be checked after.
const signingFile = "signing.key"

// signing are the seeds of a site's signing keys.
type signing struct {
	Audit   []byte `json:"audit"`
	Erasure []byte `json:"erasure"`
}

// signingOf gives the seeds of a data folder whose site has a key.
func signingOf(folder string, siteKey []byte) (s signing, err error) {
	const op = "cmd.signing_key"
	path := filepath.Join(folder, signingFile)
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if s.Audit, err = audit.Seed(siteKey); err == nil {
			s.Erasure, err = erasure.Seed(siteKey)
		}
		return s, err
	}
	if err != nil {
		return s, diskError(op, path, err)
	}
	aead, err := signingSeal(siteKey)
	if err != nil {
		return s, err
	}
	// Under the old key and the new one, while the site's key is changed.
	var sealed [][]byte
	if err = json.Unmarshal(b, &sealed); err == nil {
		for _, one := range sealed {
			var plain []byte
			if plain, err = aead.Open(nil, nil, one, []byte(signingFile)); err == nil {
				return s, json.Unmarshal(plain, &s)
			}
		}
	}
	return s, menshen.Errorf(menshen.CodeCorrupt, op, "the file %s does not belong to the key of the site", path).
		WithHint("put the file of the latest backup in its place").WithCause(err)
}

// putSigning keeps the seeds, sealed under each of the keys.
func putSigning(folder string, s signing, siteKeys ...[]byte) error {
	plain, err := json.Marshal(s)
	if err != nil {
		return err
	}
	var sealed [][]byte
	for _, key := range siteKeys {
		aead, err := signingSeal(key)
		if err != nil {
			return err
		}
		sealed = append(sealed, aead.Seal(nil, nil, plain, []byte(signingFile)))
	}
	b, err := json.Marshal(sealed)
	if err != nil {
		return err
	}
	path := filepath.Join(folder, signingFile)
	if err := keepFile(path, b); err != nil {
		return diskError("cmd.signing_key", path, err)
	}
	return nil
}

func signingSeal(siteKey []byte) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, siteKey, nil, "menshen signing keys 1", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}
