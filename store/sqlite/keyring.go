package sqlite

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"menshen"
)

// keyKind says what a person's key seals. Whoever withdraws their consent loses the first one and stays in the registry.
type keyKind int64

const (
	keyFace  keyKind = 1 // templates and photographs
	keyOther keyKind = 2 // name, particulars, signatures, answers
)

// wrappedLength is that of a wrapped key: version, nonce, key, tag.
const wrappedLength = 1 + 12 + keyLength + 16

// markLength is that of the random name of a key.
const markLength = 16

// errErased says that the key of a value was destroyed: the value is no more, though its row may be there for a moment.
var errErased = errors.New("the key was destroyed")

// keyring is the file of people's keys, beside the site's database. All keys are in memory; what is done with them is on the disk
// when a method returns. Safe for concurrent use.
type keyring struct {
	db   *database
	wrap cipher.AEAD
	new  bool // begun with this opening, for a database that knew none

	copies    sync.Mutex // of the file, while one is written or changed
	certified []string   // random names of keys that certificates say are destroyed; nil before they were read; under copies

	mu      sync.RWMutex
	keys    map[int64]*personKey
	current map[keyOwner]int64
	erased  map[int64]keyOwner
}

type keyOwner struct {
	person string
	kind   keyKind
}

type personKey struct {
	owner keyOwner
	mark  [markLength]byte
	key   [keyLength]byte
}

// KeysPath gives the file of people's keys that belongs to a site's database.
func KeysPath(site string) string { return strings.TrimSuffix(site, filepath.Ext(site)) + "-keys.db" }

// keysSchema is for site-keys.db.
func keysSchema() schema {
	return schema{folder: "migrations/keys", id: 0x4D53534B, holds: "file of keys"}
}

// wrapping gives what wraps people's keys under the key of a site.
func wrapping(siteKey []byte) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, siteKey, nil, "menshen person keys 1", keyLength)
	if err != nil {
		return nil, err
	}
	return sealer(key)
}

// sealer gives AES-256-GCM under random nonces.
func sealer(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// openKeyring opens the keys that belong to the site's database, and makes the file with a new one. CodeMissing where the file
// is gone or is that of another database.
func openKeyring(ctx context.Context, site *database) (_ *keyring, err error) {
	const op = "sqlite.keyring"
	path := KeysPath(site.path)
	var want []byte
	if err := site.writer.QueryRowContext(ctx, "SELECT mark FROM keyring").Scan(&want); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, fault(op, site.path, err)
	}
	opts := site.opts
	opts.MaxBytes = 0
	db, err := openDatabase(ctx, path, keysSchema(), opts)
	if err != nil {
		return nil, err
	}
	k := &keyring{db: db, keys: map[int64]*personKey{}, current: map[keyOwner]int64{}, erased: map[int64]keyOwner{}}
	defer func() {
		if err != nil {
			err = errors.Join(err, db.close())
		}
	}()
	if k.wrap, err = wrapping(opts.Key); err != nil {
		return nil, fault(op, path, err)
	}
	if _, err = openVault(ctx, db); err != nil {
		return nil, err
	}
	if err = k.join(ctx, site, want); err != nil {
		return nil, err
	}
	return k, k.load(ctx)
}

// join sees that the file of keys is the one of the database, or makes it so where both are new.
func (k *keyring) join(ctx context.Context, site *database, want []byte) error {
	const op = "sqlite.keyring"
	var have []byte
	err := k.db.reader.QueryRowContext(ctx, "SELECT mark FROM keyring").Scan(&have)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fault(op, k.db.path, err)
	}
	if want != nil && !bytes.Equal(want, have) {
		return menshen.Errorf(menshen.CodeMissing, op, "%s does not hold the keys of the people in %s", filepath.Base(k.db.path), filepath.Base(site.path)).
			WithHint("put both files of one backup in place: without its keys nobody can read what is kept of people")
	}
	if have == nil {
		have = make([]byte, markLength)
		rand.Read(have)
		err := k.db.write(ctx, op, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, "INSERT INTO keyring (id, mark) VALUES (1, ?)", have)
			return err
		})
		if err != nil {
			return err
		}
	}
	if want != nil {
		return nil
	}
	k.new = true
	return site.write(ctx, op, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO keyring (id, mark, rewritten) SELECT 1, ?, NOT EXISTS (SELECT 1 FROM people)", have)
		return err
	})
}

// load unwraps all keys.
func (k *keyring) load(ctx context.Context) error {
	const op = "sqlite.keyring"
	rows, err := k.db.reader.QueryContext(ctx, "SELECT number, person, kind, mark, wrapped FROM person_keys ORDER BY number")
	if err != nil {
		return fault(op, k.db.path, err)
	}
	defer func() { _ = rows.Close() }() // Err says what Close could
	destroyed := make([]byte, wrappedLength)
	for rows.Next() {
		var number int64
		var mark, wrapped sql.RawBytes
		p := &personKey{}
		if err := rows.Scan(&number, &p.owner.person, &p.owner.kind, &mark, &wrapped); err != nil {
			return fault(op, k.db.path, err)
		}
		copy(p.mark[:], mark)
		if bytes.Equal(wrapped, destroyed) {
			k.erased[number] = p.owner
			continue
		}
		if err := p.unwrap(k.wrap, wrapped); err != nil {
			return corrupt(op, k.db.path).WithCause(err)
		}
		k.keys[number], k.current[p.owner] = p, number
	}
	return fault(op, k.db.path, rows.Err())
}

func (p *personKey) place() []byte {
	return place([]string{"person_keys", p.owner.person, string(rune('0' + p.owner.kind)), hex.EncodeToString(p.mark[:])})
}

func (p *personKey) wrapped(wrap cipher.AEAD) []byte {
	return wrap.Seal([]byte{sealVersion}, nil, p.key[:], p.place())
}

func (p *personKey) unwrap(wrap cipher.AEAD, wrapped []byte) error {
	if len(wrapped) != wrappedLength || wrapped[0] != sealVersion {
		return errors.New("not wrapped by this version")
	}
	_, err := wrap.Open(p.key[:0], nil, wrapped[1:], p.place())
	return err
}

// ensure makes a key of a kind for each of the people who have none. A key whose owner never comes to be does no harm.
func (k *keyring) ensure(ctx context.Context, kind keyKind, people ...string) error {
	const op = "sqlite.keyring"
	var fresh []*personKey
	now, err := encodeTime(k.db.opts.Now())
	if err != nil {
		return err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	asked := map[string]bool{}
	for _, person := range people {
		if k.current[keyOwner{person, kind}] != 0 || asked[person] {
			continue
		}
		asked[person] = true
		p := &personKey{owner: keyOwner{person, kind}}
		rand.Read(p.mark[:]) // never fails: it ends the process where the system has no randomness
		rand.Read(p.key[:])
		fresh = append(fresh, p)
	}
	if len(fresh) == 0 {
		return nil
	}
	numbers := make([]int64, len(fresh))
	err = k.db.write(ctx, op, func(tx *sql.Tx) error {
		insert, err := tx.PrepareContext(ctx, "INSERT INTO person_keys (person, kind, made, mark, wrapped) VALUES (?, ?, ?, ?, ?)")
		if err != nil {
			return err
		}
		defer insert.Close()
		for i, p := range fresh {
			done, err := insert.ExecContext(context.WithoutCancel(ctx), p.owner.person, int64(p.owner.kind), now, p.mark[:], p.wrapped(k.wrap))
			if err == nil {
				numbers[i], err = done.LastInsertId()
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i, p := range fresh {
		k.keys[numbers[i]], k.current[p.owner] = p, numbers[i]
	}
	return nil
}

// of gives the number of somebody's key in use, and a copy of it; 0 where they have none.
func (k *keyring) of(owner keyOwner) (int64, [keyLength]byte) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	number := k.current[owner]
	if number == 0 {
		return 0, [keyLength]byte{}
	}
	return number, k.keys[number].key
}

// numbered gives a copy of the key of a number: errErased for one that was destroyed.
func (k *keyring) numbered(number int64) ([keyLength]byte, error) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if p := k.keys[number]; p != nil {
		return p.key, nil
	}
	if _, gone := k.erased[number]; gone {
		return [keyLength]byte{}, errErased
	}
	return [keyLength]byte{}, errors.New("the key is not in the file of keys")
}

// marks gives the random names of keys.
func (k *keyring) marks(ctx context.Context, numbers []int64) (marks []string, err error) {
	for _, n := range numbers {
		var mark []byte
		if err := k.db.reader.QueryRowContext(ctx, "SELECT mark FROM person_keys WHERE number = ?", n).Scan(&mark); err != nil {
			return nil, fault("sqlite.keyring", k.db.path, err)
		}
		marks = append(marks, hex.EncodeToString(mark))
	}
	return marks, nil
}

// held gives the numbers of somebody's keys in use.
func (k *keyring) held(person string, kinds ...keyKind) (numbers []int64) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	for _, kind := range kinds {
		if n := k.current[keyOwner{person, kind}]; n != 0 {
			numbers = append(numbers, n)
		}
	}
	return numbers
}

// forget takes destroyed keys out of memory.
func (k *keyring) forget(numbers []int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, n := range numbers {
		p := k.keys[n]
		if p == nil {
			continue
		}
		clear(p.key[:])
		k.erased[n] = p.owner
		delete(k.keys, n)
		if k.current[p.owner] == n {
			delete(k.current, p.owner)
		}
	}
}

// gone gives the numbers and the people of all keys that were destroyed.
func (k *keyring) gone() (numbers []int64, people []string) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	seen := map[string]bool{}
	for n, owner := range k.erased {
		numbers = append(numbers, n)
		if !seen[owner.person] {
			seen[owner.person] = true
			people = append(people, owner.person)
		}
	}
	slices.Sort(numbers)
	return numbers, people
}
