package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"

	"menshen"
)

// sealJSON gives a value as it is kept in the column data.
func (s *Site) sealJSON(op string, v any, where ...string) (any, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeInternal, op, "an account cannot be kept").WithCause(err)
	}
	return s.vault.keep(op, plain, where...)
}

// openJSON scans an id and its sealed data.
func openJSON[T any](s *Site, op, table string) func(rows *sql.Rows) (T, error) {
	return func(rows *sql.Rows) (v T, err error) {
		var id string
		var sealed []byte
		if err := rows.Scan(&id, &sealed); err != nil {
			return v, err
		}
		plain, err := s.vault.read(op, sealed, table, id)
		if err != nil {
			return v, err
		}
		return v, json.Unmarshal(plain, &v)
	}
}

// AddFirstAccount keeps an account if there is none yet: CodeConflict otherwise.
func (s *Site) AddFirstAccount(ctx context.Context, a menshen.Account) error {
	const op = "sqlite.first_account"
	sealed, err := s.sealJSON(op, a, "accounts", a.ID)
	if err != nil {
		return err
	}
	return s.db.write(ctx, op, func(tx *sql.Tx) error {
		var n int
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM accounts").Scan(&n); err != nil {
			return err
		}
		if n > 0 {
			return menshen.Errorf(menshen.CodeConflict, op, "there is an account already").WithHint("sign in with it, or ask whoever set this site up for an invitation")
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO accounts (id, name, data) VALUES (?, ?, ?)", a.ID, a.Name, sealed)
		return err
	})
}

// PutAccount keeps an account, in place of an older state of it. CodeConflict where another one has its name.
func (s *Site) PutAccount(ctx context.Context, a menshen.Account) error {
	const op = "sqlite.put_account"
	sealed, err := s.sealJSON(op, a, "accounts", a.ID)
	if err != nil {
		return err
	}
	return s.db.write(ctx, op, func(tx *sql.Tx) error {
		var n int
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM accounts WHERE name = ? AND id <> ?", a.Name, a.ID).Scan(&n); err != nil {
			return err
		}
		if n > 0 {
			return menshen.Errorf(menshen.CodeConflict, op, "there is an account named %q already", a.Name).WithHint("choose another name")
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO accounts (id, name, data) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name, data = excluded.data", a.ID, a.Name, sealed)
		return err
	})
}

// AllAccounts gives the accounts in order of their names.
func (s *Site) AllAccounts(ctx context.Context) ([]menshen.Account, error) {
	const op = "sqlite.accounts"
	return collect(stream(ctx, s.db, op, "SELECT id, data FROM accounts ORDER BY name", nil, openJSON[menshen.Account](s, op, "accounts")))
}

// AccountBy gives the account of an id or a name, and whether there is one.
func (s *Site) AccountBy(ctx context.Context, idOrName string) (menshen.Account, bool, error) {
	const op = "sqlite.account"
	return first(stream(ctx, s.db, op, "SELECT id, data FROM accounts WHERE id = ?1 OR name = ?1", []any{idOrName}, openJSON[menshen.Account](s, op, "accounts")))
}

// PutAccountSession keeps a session, in place of an older state of it.
func (s *Site) PutAccountSession(ctx context.Context, x menshen.AccountSession) error {
	const op = "sqlite.put_session"
	sealed, err := s.sealJSON(op, x, "account_sessions", x.ID)
	if err != nil {
		return err
	}
	return s.db.write(ctx, op, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO account_sessions (hash, id, account, data) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET hash = excluded.hash, data = excluded.data", x.Hash, x.ID, x.Account, sealed)
		return err
	})
}

// TouchAccountSession keeps a newer state of a session that is still there; one that was ended stays so.
func (s *Site) TouchAccountSession(ctx context.Context, x menshen.AccountSession) error {
	const op = "sqlite.touch_session"
	sealed, err := s.sealJSON(op, x, "account_sessions", x.ID)
	if err != nil {
		return err
	}
	return s.db.write(ctx, op, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE account_sessions SET hash = ?, data = ? WHERE id = ?", x.Hash, sealed, x.ID)
		return err
	})
}

// AccountSessionBy gives the session of a hash, and whether there is one.
func (s *Site) AccountSessionBy(ctx context.Context, hash []byte) (menshen.AccountSession, bool, error) {
	const op = "sqlite.session"
	return first(stream(ctx, s.db, op, "SELECT id, data FROM account_sessions WHERE hash = ?", []any{hash}, openJSON[menshen.AccountSession](s, op, "account_sessions")))
}

// AccountSessions gives the sessions of an account, of all for "".
func (s *Site) AccountSessions(ctx context.Context, account string) ([]menshen.AccountSession, error) {
	const op = "sqlite.sessions"
	return collect(stream(ctx, s.db, op, "SELECT id, data FROM account_sessions WHERE ?1 = '' OR account = ?1 ORDER BY id", []any{account}, openJSON[menshen.AccountSession](s, op, "account_sessions")))
}

// RemoveAccountSession ends a session.
func (s *Site) RemoveAccountSession(ctx context.Context, id string) error {
	return s.accountExec(ctx, "sqlite.remove_session", "DELETE FROM account_sessions WHERE id = ?", id)
}

func (s *Site) accountExec(ctx context.Context, op, query string, args ...any) error {
	return s.db.write(ctx, op, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	})
}

// RemoveAccount takes an account out with its sessions, factors and invitation.
func (s *Site) RemoveAccount(ctx context.Context, id string) error {
	return s.accountExec(ctx, "sqlite.remove_account", "DELETE FROM accounts WHERE id = ?", id)
}

// PutAccountFactor keeps a second factor, in place of an older state of it.
func (s *Site) PutAccountFactor(ctx context.Context, f menshen.AccountFactor) error {
	const op = "sqlite.put_factor"
	sealed, err := s.sealJSON(op, f, "account_factors", f.ID)
	if err != nil {
		return err
	}
	return s.accountExec(ctx, op, "INSERT INTO account_factors (id, account, data) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET data = excluded.data", f.ID, f.Account, sealed)
}

// AccountFactors gives the second factors of an account, in the order they were added.
func (s *Site) AccountFactors(ctx context.Context, account string) ([]menshen.AccountFactor, error) {
	const op = "sqlite.factors"
	return collect(stream(ctx, s.db, op, "SELECT id, data FROM account_factors WHERE account = ? ORDER BY id", []any{account}, openJSON[menshen.AccountFactor](s, op, "account_factors")))
}

// RemoveAccountFactor takes a second factor away.
func (s *Site) RemoveAccountFactor(ctx context.Context, id string) error {
	return s.accountExec(ctx, "sqlite.remove_factor", "DELETE FROM account_factors WHERE id = ?", id)
}

// PutAccountInvitation keeps the one invitation of an account.
func (s *Site) PutAccountInvitation(ctx context.Context, i menshen.AccountInvitation) error {
	at, err := encodeTime(i.Expires)
	if err != nil {
		return err
	}
	return s.accountExec(ctx, "sqlite.put_invitation", "INSERT INTO account_invitations (account, hash, expires) VALUES (?, ?, ?) ON CONFLICT (account) DO UPDATE SET hash = excluded.hash, expires = excluded.expires", i.Account, i.Hash, at)
}

// TakeAccountInvitation gives the invitation of a hash and takes it away, so that it is good once.
func (s *Site) TakeAccountInvitation(ctx context.Context, hash []byte) (i menshen.AccountInvitation, found bool, err error) {
	var at sql.NullInt64
	err = s.db.write(ctx, "sqlite.take_invitation", func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, "DELETE FROM account_invitations WHERE hash = ? RETURNING account, expires", hash)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			found = true
			if err := rows.Scan(&i.Account, &at); err != nil {
				return err
			}
		}
		return rows.Err()
	})
	i.Hash, i.Expires = hash, decodeTime(at)
	return i, found, err
}
