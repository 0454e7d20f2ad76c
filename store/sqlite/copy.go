package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"strconv"
	"time"

	"menshen"
)

// Copy is what a gate post knows of the registry, in a file of its own: with it the post decides while the hub cannot be
// reached. Entries are encrypted under Options.Key, since there are names and keys among them. Safe for concurrent use.
type Copy struct {
	db    *database
	vault *vault
}

// OpenCopy makes or opens a copy at path (usually copy.db). Errors are as in Open; without a key it is CodeInvalid.
func OpenCopy(ctx context.Context, path string, opts Options) (*Copy, error) {
	const op = "sqlite.open_copy"
	v, err := newVault(opts.Key)
	if err == nil {
		err = v.needed(op)
	}
	if err != nil {
		return nil, fault(op, path, err)
	}
	db, err := openDatabase(ctx, path, copySchema(), opts)
	if err != nil {
		return nil, err
	}
	if v, err = openVault(ctx, db); err == nil {
		err = db.growOldTree(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, db.close())
	}
	return &Copy{db: db, vault: v}, nil
}

// Close ends all connections. What was applied is on the disk already.
func (c *Copy) Close() error { return c.db.close() }

// Apply takes changes in, all or nothing: they are on the disk when it returns. They must be in order of revision. What
// the copy has already is passed over, so that an answer may come twice. A change of a revision that the copy had passed
// without it is CodeConflict: then the registry is another one, or was put back from a backup, and the copy must Reset.
func (c *Copy) Apply(ctx context.Context, changes []menshen.Change) error {
	const op = "sqlite.apply"
	return c.db.write(ctx, op, func(tx *sql.Tx) error {
		var had uint64
		if err := tx.QueryRowContext(ctx, "SELECT coalesce(max(revision), 0) FROM entries").Scan(&had); err != nil {
			return err
		}
		// REPLACE takes the former state of the entry out.
		put, err := tx.PrepareContext(ctx, "INSERT OR REPLACE INTO entries (revision, kind, key, sealed) VALUES (?, ?, ?, ?)")
		if err != nil {
			return err
		}
		defer put.Close()
		last, untidy := uint64(0), false
		for i, x := range changes {
			if err := sometimes(ctx, i); err != nil {
				return err
			}
			if x.Revision == 0 || x.Revision <= last || x.Revision > maxSequence || x.Kind == "" {
				return menshen.Errorf(menshen.CodeInvalid, op, "the changes of the registry are not in the order of their revisions")
			}
			last = x.Revision
			if x.Revision <= had {
				if err := there(ctx, tx, x); err != nil {
					return err
				}
				continue
			}
			sealed, err := c.seal(x)
			if err != nil {
				return err
			}
			if _, err := put.ExecContext(context.WithoutCancel(ctx), int64(x.Revision), string(x.Kind), x.Key, sealed); err != nil {
				return err
			}
			if x.Kind == menshen.ChangeTemplate && x.Gone() || x.Person != nil && x.Person.Name == menshen.NameErased {
				untidy = true
			}
		}
		if untidy {
			_, err = tx.ExecContext(ctx, "INSERT OR IGNORE INTO untidy (id) VALUES (1)")
		}
		return err
	})
}

// Tidy makes the file anew where somebody was erased since the last time: SQLite leaves copies of rows in other places when it balances
// its trees. Reading goes on meanwhile; Apply waits.
func (c *Copy) Tidy(ctx context.Context) error {
	const op = "sqlite.tidy"
	var untidy bool
	if err := c.db.reader.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM untidy)").Scan(&untidy); err != nil || !untidy {
		return fault(op, c.db.path, err)
	}
	// What comes while this runs begins a row of its own again.
	err := c.db.write(ctx, op, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM untidy")
		return err
	})
	if err == nil {
		err = c.db.vacuum(ctx, op)
	}
	if err == nil {
		return nil
	}
	return errors.Join(err, c.db.write(context.WithoutCancel(ctx), op, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(context.WithoutCancel(ctx), "INSERT OR IGNORE INTO untidy (id) VALUES (1)")
		return err
	}))
}

// there checks that the copy has an entry in the state of a change that it should know, or in a later one.
func there(ctx context.Context, tx *sql.Tx, x menshen.Change) error {
	var have sql.NullInt64
	err := tx.QueryRowContext(ctx, "SELECT max(revision) FROM entries WHERE kind = ? AND key = ?", string(x.Kind), x.Key).Scan(&have)
	if err != nil || have.Int64 >= int64(x.Revision) {
		return err
	}
	return menshen.Errorf(menshen.CodeConflict, "sqlite.apply", "the registry has gone back to revision %d", x.Revision).
		WithHint("the registry was put back from a backup: the copy of this gate must be made anew")
}

// Reset forgets everything, for a registry that has gone back. Whoever calls it fetches all changes from 0 on.
func (c *Copy) Reset(ctx context.Context) error {
	const op = "sqlite.reset_copy"
	err := c.db.write(ctx, op, func(tx *sql.Tx) error {
		for _, table := range []string{"entries", "passed", "passed_cursor", "whole"} {
			if _, err := tx.ExecContext(ctx, "DELETE FROM "+table); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return c.db.emptyLog(ctx, op)
}

// Revision gives the latest revision that was applied, 0 for none.
func (c *Copy) Revision(ctx context.Context) (revision uint64, err error) {
	err = c.db.reader.QueryRowContext(ctx, "SELECT coalesce(max(revision), 0) FROM entries").Scan(&revision)
	return revision, fault("sqlite.revision", c.db.path, err)
}

// Whole reports whether the copy was complete once since it was begun: changes may be missing since, but no part of the
// registry as it was then.
func (c *Copy) Whole(ctx context.Context) (whole bool, err error) {
	err = c.db.reader.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM whole)").Scan(&whole)
	return whole, fault("sqlite.whole", c.db.path, err)
}

// SetWhole notes that the copy is complete.
func (c *Copy) SetWhole(ctx context.Context, at time.Time) error {
	const op = "sqlite.set_whole"
	when, err := encodeTime(at)
	if err != nil {
		return err
	}
	return c.db.write(ctx, op, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT OR IGNORE INTO whole (id, at) VALUES (1, ?)", when)
		return err
	})
}

// All gives the latest state of every entry in order of revision, those that are gone included.
func (c *Copy) All(ctx context.Context) iter.Seq2[menshen.Change, error] {
	const query = "SELECT revision, kind, key, sealed FROM entries ORDER BY revision"
	return stream(ctx, c.db, "sqlite.copy", query, nil, func(rows *sql.Rows) (x menshen.Change, err error) {
		var sealed sql.RawBytes
		if err := rows.Scan(&x.Revision, &x.Kind, &x.Key, &sealed); err != nil {
			return x, err
		}
		return c.open(x, sealed)
	})
}

// seal gives the column of an entry, NULL for one that is gone. It can be opened only at its place and revision.
func (c *Copy) seal(x menshen.Change) (any, error) {
	if x.Gone() {
		return nil, nil
	}
	plain, err := encodeEntry(x)
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeInvalid, "sqlite.apply", "a change of the registry cannot be kept").WithCause(err)
	}
	return c.vault.seal(plain, entryPlace(x)...), nil
}

func entryPlace(x menshen.Change) []string {
	return []string{"entries", strconv.FormatUint(x.Revision, 10), string(x.Kind), x.Key}
}

// open is the inverse of seal.
func (c *Copy) open(x menshen.Change, sealed []byte) (menshen.Change, error) {
	if len(sealed) == 0 {
		return x, nil
	}
	bad := func(err error) (menshen.Change, error) {
		return menshen.Change{}, menshen.Errorf(menshen.CodeCorrupt, "sqlite.copy", "the copy of the registry is damaged").WithCause(err).
			WithHint("stop the gate, remove %s with its -wal file, and start it again: it fetches everything anew", c.db.path)
	}
	plain, err := c.vault.open(sealed, entryPlace(x)...)
	if err != nil {
		return bad(err)
	}
	if err := decodeEntry(plain, &x); err != nil {
		return bad(err)
	}
	return x, nil
}

// Newest is the latest time that an entry of the post's audit log has; zero for none.
func (c *Copy) Newest(ctx context.Context) (time.Time, error) {
	var at sql.NullInt64
	err := c.db.reader.QueryRowContext(ctx, "SELECT max(at) FROM (SELECT at FROM audit ORDER BY id DESC LIMIT 1)").Scan(&at)
	return decodeTime(at), fault("sqlite.newest", c.db.path, err)
}
