package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"iter"
	"unicode/utf8"

	"menshen"
	"menshen/store"
)

// Audit appends an entry to the audit log. It is on the disk when Audit returns, and nothing here can change or delete
// it: triggers refuse both.
func (s *Site) Audit(ctx context.Context, e menshen.AuditEntry) error { return s.db.audit(ctx, e) }

// Audit appends an entry to the audit log of the post, as Site.Audit does to that of the site.
func (c *Copy) Audit(ctx context.Context, e menshen.AuditEntry) error { return c.db.audit(ctx, e) }

func (d *database) audit(ctx context.Context, e menshen.AuditEntry) error {
	const op = "sqlite.audit"
	if e.Actor == "" || e.Action == "" || e.At.IsZero() {
		return menshen.Errorf(menshen.CodeInvalid, op, "an audit entry needs an actor, an action and a time")
	}
	if !utf8.ValidString(e.Actor + e.Action + e.Subject + e.Purpose + e.Detail) {
		return menshen.Errorf(menshen.CodeInvalid, op, "an audit entry has a text that is not UTF-8")
	}
	at, err := encodeTime(e.At)
	if err != nil {
		return err
	}
	return d.write(ctx, op, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, "INSERT INTO audit (at, actor, action, subject, purpose, detail) VALUES (?, ?, ?, ?, ?, ?)",
			at, e.Actor, e.Action, e.Subject, e.Purpose, e.Detail)
		if err != nil {
			return err
		}
		number, err := done.LastInsertId()
		if err != nil {
			return err
		}
		return growTree(ctx, tx, uint64(number), e)
	})
}

// AuditEntries gives the entries that the filter selects, in the order they were appended.
func (s *Site) AuditEntries(ctx context.Context, f store.AuditFilter) iter.Seq2[menshen.AuditEntry, error] {
	return s.db.auditEntries(ctx, f)
}

// AuditEntries gives what was appended at this post, as Site.AuditEntries does.
func (c *Copy) AuditEntries(ctx context.Context, f store.AuditFilter) iter.Seq2[menshen.AuditEntry, error] {
	return c.db.auditEntries(ctx, f)
}

func (d *database) auditEntries(ctx context.Context, f store.AuditFilter) iter.Seq2[menshen.AuditEntry, error] {
	var where conditions
	for _, c := range []struct{ column, value string }{{"actor", f.Actor}, {"action", f.Action}, {"subject", f.Subject}} {
		if c.value != "" {
			where.add(c.column+" = ?", c.value)
		}
	}
	if err := where.within("at", f.Span); err != nil {
		return failed[menshen.AuditEntry](err)
	}
	query := "SELECT id, at, actor, action, subject, purpose, detail FROM audit" + where.String()
	if f.Latest > 0 {
		query = "SELECT * FROM (" + query + " ORDER BY id DESC LIMIT ?)"
		where.args = append(where.args, f.Latest)
	}
	return stream(ctx, d, "sqlite.audit_entries", query+" ORDER BY id", where.args, func(rows *sql.Rows) (menshen.AuditEntry, error) {
		row, err := scanAudit(rows)
		return row.entry, err
	})
}

// AuditQuestion selects entries of the audit log; zero fields select all.
type AuditQuestion struct {
	Actor           string
	Action, Subject string   // a part of it
	About           []string // ids: the subject is one of them, or the detail names one
	Span            menshen.Span
	Before          uint64 // number; 0 for the newest
	Limit           int
}

// AuditPage gives entries, newest first, with their numbers.
func (s *Site) AuditPage(ctx context.Context, q AuditQuestion) (entries []menshen.AuditEntry, numbers []uint64, err error) {
	var where conditions
	if q.Actor != "" {
		where.add("actor = ?", q.Actor)
	}
	if q.Action != "" {
		where.add("instr(action, ?) > 0", q.Action)
	}
	if q.Subject != "" {
		where.add("instr(subject, ?) > 0", q.Subject)
	}
	if q.About != nil {
		ids, err := json.Marshal(q.About)
		if err != nil {
			return nil, nil, fault("sqlite.audit_page", s.db.path, err)
		}
		where.add("EXISTS (SELECT 1 FROM json_each(?) WHERE subject = value OR instr(detail, '\"' || value || '\"') > 0)", string(ids))
	}
	if q.Before > 0 && q.Before <= maxSequence {
		where.add("id < ?", int64(q.Before))
	}
	if err := where.within("at", q.Span); err != nil {
		return nil, nil, err
	}
	query := "SELECT id, at, actor, action, subject, purpose, detail FROM audit" + where.String() + " ORDER BY id DESC LIMIT ?"
	for row, err := range stream(ctx, s.db, "sqlite.audit_page", query, append(where.args, q.Limit), scanAudit) {
		if err != nil {
			return nil, nil, err
		}
		entries, numbers = append(entries, row.entry), append(numbers, row.number)
	}
	return entries, numbers, nil
}
