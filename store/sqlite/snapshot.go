package sqlite

import (
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
	var last int64
	if err := k.db.reader.QueryRowContext(ctx, "SELECT coalesce(max(number), 0) FROM erasures").Scan(&last); err != nil {
		return fault(op, k.db.path, err)
	}
	behind, err := collect(stream(ctx, k.db, op, "SELECT path FROM snapshots WHERE purged < ? ORDER BY path", []any{last}, scanText))
	if err != nil {
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
		if err := k.purge(ctx, path); err != nil {
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

// purge destroys in one copy what is destroyed here.
func (k *keyring) purge(ctx context.Context, path string) (err error) {
	const op = "sqlite.purge_keys"
	opts := k.db.opts
	opts.names = nil
	numbers, _ := k.gone()
	list, err := json.Marshal(numbers)
	if err != nil {
		return err
	}
	copied, err := openDatabase(ctx, path, keysSchema(), opts)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, copied.close()) }()
	if err := copied.write(ctx, op, func(tx *sql.Tx) error { return overwrite(ctx, tx, string(list)) }); err != nil {
		return err
	}
	return copied.emptyLog(ctx, op)
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
