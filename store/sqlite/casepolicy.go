package sqlite

import (
	"context"
	"database/sql"

	"menshen"
	"menshen/store"
)

// AddTracingPolicy keeps a version of a tracing policy and gives its number, one more than the last of the id. The Version
// of p is not looked at.
func (s *Site) AddTracingPolicy(ctx context.Context, p store.TracingPolicy) (version uint64, err error) {
	const op = "sqlite.add_tracing_policy"
	if p.ID == "" || p.YAML == "" || p.By == "" || p.At.IsZero() || len(p.YAML) > maxRules {
		return 0, menshen.Errorf(menshen.CodeInvalid, op, "a policy has no id, text, author or time, or is longer than %d bytes", maxRules).WithHint("shorten it")
	}
	if err := checkTexts(op, p.ID, p.By, p.Note); err != nil {
		return 0, err
	}
	at, err := encodeTime(p.At)
	if err != nil {
		return 0, err
	}
	err = s.db.write(ctx, op, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `
			INSERT INTO tracing_policies (id, version, yaml, written_by, at, note)
			SELECT ?1, coalesce(max(version), 0) + 1, ?2, ?3, ?4, ?5 FROM tracing_policies WHERE id = ?1 RETURNING version`,
			p.ID, p.YAML, p.By, at, p.Note).Scan(&version)
	})
	return version, err
}

const selectTracingPolicies = "SELECT id, version, yaml, written_by, at, note FROM tracing_policies"

func scanTracingPolicy(rows *sql.Rows) (p store.TracingPolicy, err error) {
	var at sql.NullInt64
	err = rows.Scan(&p.ID, &p.Version, &p.YAML, &p.By, &at, &p.Note)
	p.At = decodeTime(at)
	return p, err
}

// TracingPolicy gives a version of a policy, the latest for 0, or CodeNotFound.
func (s *Site) TracingPolicy(ctx context.Context, id string, version uint64) (store.TracingPolicy, error) {
	const op = "sqlite.tracing_policy"
	query := selectTracingPolicies + " WHERE id = ?1 AND (?2 = 0 OR version = ?2) ORDER BY version DESC LIMIT 1"
	p, found, err := first(stream(ctx, s.db, op, query, []any{id, int64(min(version, maxSequence))}, scanTracingPolicy))
	if err == nil && !found {
		err = menshen.Errorf(menshen.CodeNotFound, op, "policy: there is no %q of such a version", id).WithHint("list them with: menshen trace policy list")
	}
	return p, err
}

// TracingPolicies gives all versions, by id and in each the latest first.
func (s *Site) TracingPolicies(ctx context.Context) ([]store.TracingPolicy, error) {
	return collect(stream(ctx, s.db, "sqlite.tracing_policies", selectTracingPolicies+" ORDER BY id, version DESC", nil, scanTracingPolicy))
}
