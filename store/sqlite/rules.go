package sqlite

import (
	"context"
	"database/sql"
	"time"
	"unicode/utf8"

	"menshen"
	"menshen/store"
)

// maxRules is the longest text of rules in bytes.
const maxRules = 1 << 20

const selectRules = "SELECT version, yaml, written_by, note FROM rules"

// AddRules keeps rules as the next version, which it gives; the version in r does not count. Whether they can be used is for
// the policy to say.
func (s *Site) AddRules(ctx context.Context, r menshen.RuleText, at time.Time) (version uint64, err error) {
	const op = "sqlite.add_rules"
	if len(r.YAML) > maxRules || !utf8.ValidString(r.YAML) {
		return 0, menshen.Errorf(menshen.CodeInvalid, op, "the rules are longer than %d bytes or not UTF-8", maxRules).WithHint("shorten it")
	}
	if err := checkTexts(op, r.By, r.Note); err != nil {
		return 0, err
	}
	if at.IsZero() {
		return 0, menshen.Errorf(menshen.CodeInvalid, op, "rules are kept without a time")
	}
	n, err := encodeTime(at)
	if err != nil {
		return 0, err
	}
	err = s.alter(ctx, op, func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, "INSERT INTO rules (yaml, written_by, note, at) VALUES (?, ?, ?, ?) RETURNING version",
			r.YAML, r.By, r.Note, n).Scan(&version)
		if err != nil {
			return err
		}
		return mark(ctx, tx, menshen.ChangeRules, "")
	})
	if err != nil {
		return 0, err
	}
	return version, nil
}

func scanRules(rows *sql.Rows) (r menshen.RuleText, err error) {
	return r, rows.Scan(&r.Version, &r.YAML, &r.By, &r.Note)
}

// Rules gives a version of the rules, the latest for 0, or CodeNotFound.
func (s *Site) Rules(ctx context.Context, version uint64) (menshen.RuleText, error) {
	const op = "sqlite.rules"
	const query = selectRules + " WHERE ?1 = 0 OR version = ?1 ORDER BY version DESC LIMIT 1"
	r, found, err := first(stream(ctx, s.db, op, query, []any{int64(min(version, maxSequence))}, scanRules))
	if err == nil && !found {
		err = menshen.Errorf(menshen.CodeNotFound, op, "the site has no such rules").WithHint("list the versions of the rules")
	}
	return r, err
}

// RuleHistory gives all versions without their texts, the latest first.
func (s *Site) RuleHistory(ctx context.Context) ([]store.RuleVersion, error) {
	const query = "SELECT version, written_by, note, at FROM rules ORDER BY version DESC"
	return collect(stream(ctx, s.db, "sqlite.rule_history", query, nil, func(rows *sql.Rows) (v store.RuleVersion, err error) {
		var at sql.NullInt64
		err = rows.Scan(&v.Version, &v.By, &v.Note, &at)
		v.At = decodeTime(at)
		return v, err
	}))
}
