package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"iter"
	"os"
	"path/filepath"

	"golang.org/x/mod/sumdb/tlog"

	"menshen"
)

// growAtOnce is how many entries that are older than the tree get their hashes in one transaction.
const growAtOnce = 10_000

// treeReader reads hashes of the tree within a transaction, or from a file.
type treeReader struct {
	ctx   context.Context
	query interface {
		QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	}
}

// ReadHashes implements tlog.HashReader.
func (r treeReader) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	all := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		level, number := tlog.SplitStoredHashIndex(index)
		var hash []byte
		if err := r.query.QueryRowContext(r.ctx, "SELECT hash FROM audit_tree WHERE level = ? AND number = ?", level, number).Scan(&hash); err != nil {
			return nil, err
		}
		copy(all[i][:], hash)
	}
	return all, nil
}

// growTree gives an entry its place in the tree: the one after all before it.
func growTree(ctx context.Context, tx *sql.Tx, number uint64, e menshen.AuditEntry) error {
	leaf := int64(number) - 1
	hashes, err := tlog.StoredHashes(leaf, e.Record(number), treeReader{ctx, tx})
	if errors.Is(err, sql.ErrNoRows) {
		return menshen.Errorf(menshen.CodeCorrupt, "sqlite.audit", "hashes of the audit log are missing before entry %d", number).
			WithHint("run menshen audit verify, and put back the latest backup if it agrees")
	}
	if err != nil {
		return err
	}
	first := tlog.StoredHashIndex(0, leaf)
	for i, hash := range hashes {
		level, n := tlog.SplitStoredHashIndex(first + int64(i))
		if _, err := tx.ExecContext(ctx, "INSERT INTO audit_tree (level, number, hash) VALUES (?, ?, ?)", level, n, hash[:]); err != nil {
			return err
		}
	}
	return nil
}

// growOldTree gives entries that are older than the tree their places in it.
func (d *database) growOldTree(ctx context.Context) error {
	const op = "sqlite.audit_tree"
	for {
		more := 0
		err := d.write(ctx, op, func(tx *sql.Tx) error {
			rows, err := tx.QueryContext(ctx, `SELECT id, at, actor, action, subject, purpose, detail FROM audit
				WHERE id > (SELECT coalesce(max(number), -1) + 1 FROM audit_tree WHERE level = 0) ORDER BY id LIMIT ?`, growAtOnce)
			if err != nil {
				return err
			}
			defer rows.Close()
			var old []auditRow
			for rows.Next() {
				row, err := scanAudit(rows)
				if err != nil {
					return err
				}
				old = append(old, row)
			}
			if err := rows.Err(); err != nil {
				return err
			}
			for _, row := range old {
				if err := growTree(ctx, tx, row.number, row.entry); err != nil {
					return err
				}
			}
			more = len(old)
			return nil
		})
		if err != nil || more < growAtOnce {
			return err
		}
	}
}

// auditRow is an entry with its number.
type auditRow struct {
	number uint64
	entry  menshen.AuditEntry
}

func scanAudit(rows *sql.Rows) (auditRow, error) {
	var r auditRow
	var id int64
	var at sql.NullInt64
	e := &r.entry
	err := rows.Scan(&id, &at, &e.Actor, &e.Action, &e.Subject, &e.Purpose, &e.Detail)
	e.At, r.number = decodeTime(at), uint64(max(id, 0))
	return r, err
}

// AuditTree gives how many entries the audit log has, and the hash over all of them as RFC 6962 defines it.
func (s *Site) AuditTree(ctx context.Context) (size uint64, root [32]byte, err error) {
	return s.db.auditTree(ctx)
}

// AuditTree is that of the post's own log, as Site.AuditTree.
func (c *Copy) AuditTree(ctx context.Context) (size uint64, root [32]byte, err error) {
	return c.db.auditTree(ctx)
}

func (d *database) auditTree(ctx context.Context) (size uint64, root [32]byte, err error) {
	const op = "sqlite.audit_tree"
	tx, err := d.reader.BeginTx(ctx, nil) // one moment
	if err != nil {
		return 0, root, fault(op, d.path, err)
	}
	defer func() { err = errors.Join(err, fault(op, d.path, tx.Rollback())) }()
	var n int64
	if err := tx.QueryRowContext(ctx, "SELECT coalesce(max(number), -1) + 1 FROM audit_tree WHERE level = 0").Scan(&n); err != nil {
		return 0, root, fault(op, d.path, err)
	}
	hash, err := tlog.TreeHash(n, treeReader{ctx, tx})
	return uint64(n), hash, fault(op, d.path, err)
}

// AuditTreeAt gives the hash over the first entries of the audit log as RFC 6962 defines it. CodeNotFound where there are fewer.
func (s *Site) AuditTreeAt(ctx context.Context, size uint64) (root [32]byte, err error) {
	const op = "sqlite.audit_tree"
	hash, err := tlog.TreeHash(int64(min(size, maxSequence)), treeReader{ctx, s.db.reader})
	if errors.Is(err, sql.ErrNoRows) {
		return root, menshen.Errorf(menshen.CodeNotFound, op, "the audit log has no %d entries", size).WithHint("run menshen audit verify")
	}
	return hash, fault(op, s.db.path, err)
}

// RemovedAudit gives how many entries were removed from the audit log because of their age.
func (s *Site) RemovedAudit(ctx context.Context) (size uint64, err error) {
	err = s.db.reader.QueryRowContext(ctx, "SELECT coalesce(max(size), 0) FROM audit_removals").Scan(&size)
	return size, fault("sqlite.audit_tree", s.db.path, err)
}

// PutAuditCheckpoint keeps a signed checkpoint of the first entries of the audit log. One that is there already stays.
func (s *Site) PutAuditCheckpoint(ctx context.Context, size uint64, note string) error {
	return s.db.putAuditCheckpoint(ctx, size, note)
}

// PutAuditCheckpoint keeps one of the post's own log, as Site.PutAuditCheckpoint.
func (c *Copy) PutAuditCheckpoint(ctx context.Context, size uint64, note string) error {
	return c.db.putAuditCheckpoint(ctx, size, note)
}

func (d *database) putAuditCheckpoint(ctx context.Context, size uint64, note string) error {
	return d.write(ctx, "sqlite.audit_checkpoint", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO audit_checkpoints (size, note) SELECT ?1, ?2 WHERE NOT EXISTS (SELECT 1 FROM audit_checkpoints WHERE size = ?1)", int64(size), note)
		return err
	})
}

// AuditCheckpoint gives the latest checkpoint that was kept, "" for none.
func (s *Site) AuditCheckpoint(ctx context.Context) (note string, err error) {
	err = s.db.reader.QueryRowContext(ctx, "SELECT note FROM audit_checkpoints ORDER BY size DESC LIMIT 1").Scan(&note)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return note, fault("sqlite.audit_checkpoint", s.db.path, err)
}

// AuditLog reads the audit log of a file as it lies there: also of a backup, of a file that another process writes, and of one
// that somebody tampered with. Nothing is written. Safe for concurrent use.
type AuditLog struct{ db *database }

// OpenAuditLog opens a site's or a post's database, or a backup of one, to verify its audit log. CodeNotFound for no file.
func OpenAuditLog(ctx context.Context, path string) (*AuditLog, error) {
	const op = "sqlite.audit_log"
	opts := Options{}.withDefaults()
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fault(op, path, err)
	}
	db := &database{path: path, opts: opts, reader: sql.OpenDB(newLogReader(path, opts))}
	var tables int
	err = db.reader.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('audit', 'audit_tree')").Scan(&tables)
	if err == nil && tables != 2 {
		err = menshen.Errorf(menshen.CodeInvalid, op, "%s has no audit log that can be verified", path).WithHint("name the site.db or copy.db of Menshen; one of an older Menshen must be opened by this one first")
	}
	if err != nil {
		return nil, errors.Join(fault(op, path, err), db.close())
	}
	return &AuditLog{db}, nil
}

// newLogReader reads beside a process that has the file; where none has, a file on a medium that cannot be written is read too.
func newLogReader(path string, opts Options) *connector {
	for _, more := range []string{"-wal", "-shm"} {
		if _, err := os.Stat(path + more); err == nil {
			return newReader(path, opts)
		}
	}
	return newCopyReader(path)
}

// Close closes the file.
func (l *AuditLog) Close() error { return l.db.close() }

// VerifiableEntry is an entry of the audit log with what the tree has of it.
type VerifiableEntry struct {
	Number uint64
	Entry  menshen.AuditEntry
	Leaf   []byte // 32 bytes; nil for none
}

// Entries gives all entries in the order of their numbers.
func (l *AuditLog) Entries(ctx context.Context) iter.Seq2[VerifiableEntry, error] {
	const query = `SELECT a.id, a.at, a.actor, a.action, a.subject, a.purpose, a.detail, t.hash
		FROM audit a LEFT JOIN audit_tree t ON t.level = 0 AND t.number = a.id - 1 ORDER BY a.id`
	return stream(ctx, l.db, "sqlite.audit_log", query, nil, func(rows *sql.Rows) (VerifiableEntry, error) {
		var v VerifiableEntry
		var id int64
		var at sql.NullInt64
		err := rows.Scan(&id, &at, &v.Entry.Actor, &v.Entry.Action, &v.Entry.Subject, &v.Entry.Purpose, &v.Entry.Detail, &v.Leaf)
		v.Entry.At, v.Number, v.Leaf = decodeTime(at), uint64(max(id, 0)), bytes.Clone(v.Leaf)
		return v, err
	})
}

// Leaves gives how many entries the tree knows.
func (l *AuditLog) Leaves(ctx context.Context) (uint64, error) {
	var n int64
	err := l.db.reader.QueryRowContext(ctx, "SELECT coalesce(max(number), -1) + 1 FROM audit_tree WHERE level = 0").Scan(&n)
	return uint64(n), fault("sqlite.audit_log", l.db.path, err)
}

// Checkpoints gives the checkpoints that are kept, the oldest first; none where there is no table of them.
func (l *AuditLog) Checkpoints(ctx context.Context) ([]string, error) {
	return l.notes(ctx, "audit_checkpoints")
}

// Removals gives the notes of entries that were removed because of their age, the oldest first.
func (l *AuditLog) Removals(ctx context.Context) ([]string, error) {
	return l.notes(ctx, "audit_removals")
}

func (l *AuditLog) notes(ctx context.Context, table string) ([]string, error) {
	var kept int
	if err := l.db.reader.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?", table).Scan(&kept); err != nil || kept == 0 {
		return nil, fault("sqlite.audit_log", l.db.path, err)
	}
	return collect(stream(ctx, l.db, "sqlite.audit_log", "SELECT note FROM "+table+" ORDER BY size", nil, func(rows *sql.Rows) (note string, err error) {
		return note, rows.Scan(&note)
	}))
}

// Hashes gives what the tree has of the first entries, nil for one that it has not.
func (l *AuditLog) Hashes(ctx context.Context, size uint64) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		next := int64(0)
		type leaf struct {
			number int64
			hash   []byte
		}
		for x, err := range stream(ctx, l.db, "sqlite.audit_log", "SELECT number, hash FROM audit_tree WHERE level = 0 AND number < ? ORDER BY number", []any{int64(min(size, maxSequence))},
			func(rows *sql.Rows) (x leaf, err error) { return x, rows.Scan(&x.number, &x.hash) }) {
			for ; err == nil && next < x.number; next++ {
				if !yield(nil, nil) {
					return
				}
			}
			next++
			if !yield(x.hash, err) || err != nil {
				return
			}
		}
	}
}
