package sqlite

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"menshen"
)

// ownVersion is the first byte of what is sealed under a person's key: the number of the key follows, 8 bytes, big endian.
const ownVersion = 2

// own says of whom a value is, under which of their keys it is sealed, and where it belongs.
type own struct {
	owner keyOwner
	where []string
}

// keepOwn seals a value under a person's key, which is there or made by ensure before. Nothing stays NULL.
func (s *Site) keepOwn(op string, plain []byte, o own) (any, error) {
	if len(plain) == 0 {
		return nil, nil
	}
	number, sealed, err := s.sealOwn(op, plain, o)
	if err != nil {
		return nil, err
	}
	return append(binary.BigEndian.AppendUint64([]byte{ownVersion}, uint64(number)), sealed...), nil //nolint:gosec // from 1 up
}

// sealOwn gives a value sealed under a person's key and the number of that key.
func (s *Site) sealOwn(op string, plain []byte, o own) (number int64, sealed []byte, err error) {
	if err := s.vault.needed(op); err != nil {
		return 0, nil, err
	}
	number, key := s.ring.of(o.owner)
	if number == 0 {
		return 0, nil, menshen.Errorf(menshen.CodeInternal, op, "person %s has no key", o.owner.person)
	}
	defer clear(key[:])
	aead, err := sealer(key[:])
	if err != nil {
		return 0, nil, err
	}
	return number, aead.Seal(nil, nil, plain, ownPlace(number, o)), nil
}

// ownPlace is place with the number of the key and its owner first. Lists open many values.
func ownPlace(number int64, o own) []byte {
	b := append(make([]byte, 0, 128), "own\x00"...)
	b = strconv.AppendInt(b, number, 10)
	b = append(append(b, 0), o.owner.person...)
	for _, w := range o.where {
		b = append(append(b, 0), w...)
	}
	return b
}

// readOwn is the inverse of keepOwn; it reads what is sealed under the site's key too, as older versions did. errErased where the
// key was destroyed.
func (s *Site) readOwn(op string, sealed []byte, o own) ([]byte, error) {
	if len(sealed) == 0 || sealed[0] != ownVersion {
		return s.vault.read(op, sealed, o.where...)
	}
	const head = 1 + 8
	if len(sealed) < head {
		return nil, undecipherable(op, errors.New("cut"))
	}
	return s.openOwn(op, int64(binary.BigEndian.Uint64(sealed[1:head])), sealed[head:], o) //nolint:gosec // any number
}

// openOwn is the inverse of sealOwn.
func (s *Site) openOwn(op string, number int64, sealed []byte, o own) ([]byte, error) {
	if err := s.vault.needed(op); err != nil {
		return nil, err
	}
	key, err := s.ring.numbered(number)
	if errors.Is(err, errErased) {
		return nil, err
	}
	if err != nil {
		return nil, undecipherable(op, err)
	}
	defer clear(key[:])
	aead, err := sealer(key[:])
	if err != nil {
		return nil, err
	}
	plain, err := aead.Open(nil, nil, sealed, ownPlace(number, o))
	if err != nil {
		return nil, undecipherable(op, err)
	}
	return plain, nil
}

func undecipherable(op string, cause error) error {
	return menshen.Errorf(menshen.CodeCorrupt, op, "stored personal data cannot be decrypted").WithCause(cause).
		WithHint("put the latest backup in place of the database")
}

// nameOf reads a name: as it is where it is plain, NameErased where it was erased.
func (s *Site) nameOf(person, plain string, sealed []byte) (string, error) {
	if plain != "" || len(sealed) == 0 {
		return plain, nil
	}
	b, err := s.readOwn("sqlite.person", sealed, ofName(person))
	if errors.Is(err, errErased) {
		return menshen.NameErased, nil
	}
	return string(b), err
}

func ofName(person string) own { return own{keyOwner{person, keyOther}, []string{"people", person}} }

// keepName gives the columns name and sealed: the name is plain only in a database that never had a key.
func (s *Site) keepName(op, person, name string) (plain string, sealed any, err error) {
	if s.keyless {
		return name, nil, nil
	}
	sealed, err = s.keepOwn(op, []byte(name), ofName(person))
	return "", sealed, err
}

// ensureKeys makes the keys of people where there are none.
func (s *Site) ensureKeys(ctx context.Context, op string, kind keyKind, people ...string) error {
	if s.keyless {
		return nil
	}
	if err := s.vault.needed(op); err != nil {
		return err
	}
	return s.ring.ensure(ctx, kind, people...)
}

// digest is by which one photograph of a person is known from another, without saying anything to who has not their key.
func (s *Site) digest(owner keyOwner, data []byte) ([]byte, error) {
	number, key := s.ring.of(owner)
	if number == 0 {
		return nil, fmt.Errorf("person %s has no key", owner.person)
	}
	defer clear(key[:])
	h := hmac.New(sha256.New, key[:])
	h.Write([]byte("photograph\x00"))
	h.Write(data)
	return h.Sum(nil), nil
}

// keepPersonal seals a value under the second key of a person, for whom it is made where there is none. Of whoever is not there, or was
// erased, nothing is kept: nil.
func (s *Site) keepPersonal(ctx context.Context, tx *sql.Tx, op string, plain []byte, person string, where ...string) (any, error) {
	if len(plain) == 0 {
		return nil, nil
	}
	if err := s.vault.needed(op); err != nil {
		return nil, err
	}
	var there bool
	if err := tx.QueryRowContext(context.WithoutCancel(ctx), "SELECT EXISTS (SELECT 1 FROM people WHERE id = ? AND name <> ?)", person, menshen.NameErased).Scan(&there); err != nil {
		return nil, err
	}
	if !there {
		return nil, nil
	}
	if err := s.ring.ensure(ctx, keyOther, person); err != nil {
		return nil, err
	}
	return s.keepOwn(op, plain, own{keyOwner{person, keyOther}, where})
}

// keepRecord gives what a row says of a person, sealed under their key. keepPersonal says of whom there is none.
func (s *Site) keepRecord(ctx context.Context, tx *sql.Tx, op string, record any, person string, where ...string) (any, error) {
	plain, err := json.Marshal(record)
	if err != nil {
		return nil, unusable(op, where[len(where)-1], err)
	}
	return s.keepPersonal(ctx, tx, op, plain, person, where...)
}

// openRecord is the inverse of keepRecord. errErased where the key was destroyed.
func (s *Site) openRecord(op string, sealed []byte, record any, person string, where ...string) error {
	plain, err := s.readOwn(op, sealed, own{keyOwner{person, keyOther}, where})
	if err != nil {
		return err
	}
	if err := json.Unmarshal(plain, record); err != nil {
		return unusable(op, where[len(where)-1], err)
	}
	return nil
}
