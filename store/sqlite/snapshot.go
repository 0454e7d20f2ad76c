package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// snapshot writes a copy of the keys for a backup, and remembers where: keys that are destroyed later are destroyed there too.
func (k *keyring) snapshot(ctx context.Context, dest string) error {
	const op = "sqlite.backup_keys"
	whole, err := filepath.Abs(dest)
	if err != nil {
		return fault(op, dest, err)
	}
	k.copies.Lock()
	defer k.copies.Unlock()
	err = k.db.write(ctx, op, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO snapshots (path, purged) SELECT ?, coalesce(max(number), 0) FROM erasures", whole)
		return err
	})
	if err != nil {
		return err
	}
	return k.db.backup(ctx, whole)
}

// purgeSnapshots destroys in the copies what was destroyed since they were made. One that is not there is passed over until it is;
// one that cannot be written is said in the log, and tried again with the next erasure or start.
func (k *keyring) purgeSnapshots(ctx context.Context) error {
	const op = "sqlite.purge_keys"
	k.copies.Lock()
	defer k.copies.Unlock()
	var marks string
	var last int64
	if err := k.db.reader.QueryRowContext(ctx, "SELECT coalesce(max(number), 0) FROM erasures").Scan(&last); err != nil {
		return fault(op, k.db.path, err)
	}
	first := int64(adopted)
	if k.certified == nil {
		first = 0 // what was adopted may have keys that only certificates tell of
	}
	behind, err := collect(stream(ctx, k.db, op, "SELECT path FROM snapshots WHERE purged < ? AND purged >= ? ORDER BY path", []any{last, first}, scanText))
	if err != nil || len(behind) == 0 {
		return err
	}
	if marks, err = k.destroyed(ctx); err != nil {
		return err
	}
	for _, path := range behind {
		if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
			// Beside the database it was deleted; elsewhere it may be on a disk that is away.
			if strings.HasPrefix(path, filepath.Dir(k.db.path)+string(filepath.Separator)) {
				if err := k.forgetSnapshot(ctx, path); err != nil {
					return err
				}
			}
			continue
		}
		if err := k.purge(ctx, path, marks); err != nil {
			k.db.opts.Log.ErrorContext(ctx, "destroyed keys are still in a backup", "file", path, "error", err)
			continue
		}
		err := k.db.write(ctx, op, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, "UPDATE snapshots SET purged = ? WHERE path = ?", last, path)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// adopted is up to which erasure a copy was purged that was found: before any.
const adopted = -1

// destroyed gives the random names of all keys that were destroyed, here or, as certificates say, before a backup was put back: a
// JSON array. Numbers would not do: after a restore they are given to other keys than in copies that were made before it.
func (k *keyring) destroyed(ctx context.Context) (string, error) {
	marks, err := collect(stream(ctx, k.db, "sqlite.purge_keys", "SELECT lower(hex(mark)) FROM person_keys WHERE wrapped = zeroblob(?)", []any{wrappedLength}, scanText))
	if err != nil {
		return "", err
	}
	list, err := json.Marshal(append(marks, k.certified...))
	return string(list), err
}

// purge destroys the keys of these names in one copy.
func (k *keyring) purge(ctx context.Context, path, marks string) (err error) {
	const op = "sqlite.purge_keys"
	opts := k.db.opts
	opts.names = nil
	copied, err := openDatabase(ctx, path, keysSchema(), opts)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, copied.close()) }()
	err = copied.write(ctx, op, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE person_keys SET wrapped = zeroblob(?1) WHERE lower(hex(mark)) IN (SELECT value FROM json_each(?2)) AND wrapped <> zeroblob(?1)",
			wrappedLength, marks)
		return err
	})
	if err != nil {
		return err
	}
	return copied.emptyLog(ctx, op)
}

// AdoptBackups puts the backups in a folder on the list of those that destroyed keys are taken from, where they are not: after a
// restore the list is older than they are. Those of other sites are passed over.
func (s *Site) AdoptBackups(ctx context.Context, folder string) error {
	const op = "sqlite.adopt_backups"
	if s.ring == nil {
		return nil
	}
	whole, err := filepath.Abs(folder)
	if err != nil {
		return fault(op, folder, err)
	}
	entries, err := os.ReadDir(whole)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fault(op, folder, err)
	}
	s.ring.copies.Lock()
	defer s.ring.copies.Unlock()
	for _, e := range entries {
		path := filepath.Join(whole, e.Name(), filepath.Base(s.ring.db.path))
		var known bool
		if err := s.ring.db.reader.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM snapshots WHERE path = ?)", path).Scan(&known); err != nil {
			return fault(op, s.ring.db.path, err)
		}
		if known || !s.ring.copied(ctx, path) {
			continue
		}
		err := s.ring.db.write(ctx, op, func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, "INSERT INTO snapshots (path, purged) VALUES (?, ?)", path, adopted)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// copied reports whether there is a copy of these keys at a path.
func (k *keyring) copied(ctx context.Context, path string) bool {
	if _, err := os.Lstat(path); err != nil {
		return false
	}
	db := sql.OpenDB(newCopyReader(path))
	defer func() { _ = db.Close() }() // nothing was written
	var theirs, ours []byte
	const mark = "SELECT mark FROM keyring"
	err := errors.Join(db.QueryRowContext(ctx, mark).Scan(&theirs), k.db.reader.QueryRowContext(ctx, mark).Scan(&ours))
	return err == nil && bytes.Equal(theirs, ours)
}

// BehindBackups gives the files of keys in backups that still have keys which were destroyed: they could not be reached. One that is
// gone for good is not among them once it is forgotten.
func (s *Site) BehindBackups(ctx context.Context) ([]string, error) {
	if s.ring == nil {
		return nil, nil
	}
	const query = "SELECT path FROM snapshots WHERE purged < (SELECT coalesce(max(number), 0) FROM erasures) ORDER BY path"
	return collect(stream(ctx, s.ring.db, "sqlite.behind_backups", query, nil, scanText))
}

// ForgetBackup takes the files of a backup that was deleted off the list of those from which destroyed keys are taken.
func (s *Site) ForgetBackup(ctx context.Context, site string) error {
	const op = "sqlite.forget_backup"
	if s.ring == nil {
		return nil
	}
	whole, err := filepath.Abs(KeysPath(site))
	if err != nil {
		return fault(op, site, err)
	}
	return s.ring.forgetSnapshot(ctx, whole)
}

func (k *keyring) forgetSnapshot(ctx context.Context, path string) error {
	return k.db.write(ctx, "sqlite.forget_backup", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM snapshots WHERE path = ?", path)
		return err
	})
}
