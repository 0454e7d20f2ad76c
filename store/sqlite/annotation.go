package sqlite

import (
	"context"
	"database/sql"
	"iter"

	"menshen"
	"menshen/store"
)

// AddAnnotation keeps what a guard added to a pass. The pass need not have arrived yet. CodeConflict for an id that is there.
func (s *Site) AddAnnotation(ctx context.Context, a menshen.Annotation) error {
	const op = "sqlite.add_annotation"
	if err := a.Validate(); err != nil {
		return err
	}
	if err := menshen.ValidateSlug("gate", a.Pass.Gate); err != nil {
		return err
	}
	if err := checkTexts(op, a.ID, a.Person, a.Text, a.By); err != nil {
		return err
	}
	if a.Pass.Sequence > maxSequence {
		return menshen.Errorf(menshen.CodeInvalid, op, "the sequence %d of gate %s is too large", a.Pass.Sequence, a.Pass.Gate)
	}
	at, err := encodeTime(a.At)
	if err != nil {
		return err
	}
	return s.db.write(ctx, op, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO annotations (id, gate, sequence, kind, person, text, at, added_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			a.ID, a.Pass.Gate, int64(a.Pass.Sequence), string(a.Kind), a.Person, a.Text, at, a.By)
		if taken(err) {
			return menshen.Errorf(menshen.CodeConflict, op, "annotation %s is there already", a.ID).WithCause(err)
		}
		return err
	})
}

// Annotations gives those that the filter selects, the latest first.
func (s *Site) Annotations(ctx context.Context, f store.AnnotationFilter) iter.Seq2[menshen.Annotation, error] {
	var where conditions
	if f.Pass != (menshen.PassID{}) {
		where.add("gate = ? AND sequence = ?", f.Pass.Gate, int64(min(f.Pass.Sequence, maxSequence)))
	}
	query := "SELECT id, gate, sequence, kind, person, text, at, added_by FROM annotations" + where.String() + where.latest("at DESC, rowid DESC", f.Latest)
	return stream(ctx, s.db, "sqlite.annotations", query, where.args, func(rows *sql.Rows) (a menshen.Annotation, err error) {
		var at sql.NullInt64
		if err := rows.Scan(&a.ID, &a.Pass.Gate, &a.Pass.Sequence, &a.Kind, &a.Person, &a.Text, &at, &a.By); err != nil {
			return a, err
		}
		a.At = decodeTime(at)
		if err := a.Validate(); err != nil {
			return menshen.Annotation{}, unusable("sqlite.annotations", a.ID, err)
		}
		return a, nil
	})
}
