package sqlite

import (
	"context"
	"database/sql"
	"iter"
	"time"

	"menshen"
)

const credentialColumns = "id, person, kind, key, label, issued, revoked"

const selectCredentials = "SELECT " + credentialColumns + " FROM credentials"

// AddCredential keeps a credential. CodeNotFound for nobody; CodeConflict for an id that is there, or a kind and key that
// somebody uses already. The key of a revoked one can be used again.
func (s *Site) AddCredential(ctx context.Context, c menshen.Credential) error {
	const op = "sqlite.add_credential"
	if err := c.Validate(); err != nil {
		return err
	}
	if err := checkTexts(op, c.ID, c.Person, c.Label); err != nil {
		return err
	}
	t, err := encodeTimes(c.Issued, c.Revoked)
	if err != nil {
		return err
	}
	return s.alter(ctx, op, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO credentials ("+credentialColumns+") VALUES (?, ?, ?, ?, ?, ?, ?)",
			c.ID, c.Person, string(c.Kind), c.Key, c.Label, t[0], t[1])
		switch {
		case taken(err):
			return menshen.Errorf(menshen.CodeConflict, op, "this credential is in use already").WithCause(err).
				WithHint("take another card or number, or revoke the old one first")
		case missing(err):
			return nobody(op, c.Person)
		case err != nil:
			return err
		}
		return mark(ctx, tx, menshen.ChangeCredential, c.ID)
	})
}

// RevokeCredential ends a credential. CodeNotFound without it, CodeConflict if it is revoked already.
func (s *Site) RevokeCredential(ctx context.Context, id string, at time.Time) error {
	const op = "sqlite.revoke_credential"
	if at.IsZero() {
		return menshen.Errorf(menshen.CodeInvalid, op, "a credential is revoked without a time")
	}
	n, err := encodeTime(at)
	if err != nil {
		return err
	}
	return s.alter(ctx, op, func(tx *sql.Tx) error {
		done, err := rowsOf(ctx, tx, "UPDATE credentials SET revoked = ? WHERE id = ? AND revoked IS NULL RETURNING id", []any{n, id}, scanText)
		if err != nil {
			return err
		}
		if len(done) > 0 {
			return mark(ctx, tx, menshen.ChangeCredential, id)
		}
		there, err := rowsOf(ctx, tx, "SELECT id FROM credentials WHERE id = ?", []any{id}, scanText)
		if err != nil {
			return err
		}
		if len(there) == 0 {
			return noCredential(op, id)
		}
		return menshen.Errorf(menshen.CodeConflict, op, "credential %s is revoked already", id)
	})
}

func scanCredential(rows *sql.Rows) (menshen.Credential, error) {
	var c menshen.Credential
	var issued, revoked sql.NullInt64
	if err := rows.Scan(&c.ID, &c.Person, &c.Kind, &c.Key, &c.Label, &issued, &revoked); err != nil {
		return menshen.Credential{}, err
	}
	c.Issued, c.Revoked = decodeTime(issued), decodeTime(revoked)
	if err := c.Validate(); err != nil {
		return menshen.Credential{}, unusable("sqlite.credential", c.ID, err)
	}
	return c, nil
}

func noCredential(op, id string) error {
	return menshen.Errorf(menshen.CodeNotFound, op, "there is no credential %q", id).WithHint("list the credentials of the person to find its id")
}

// Credential gives the credential of an id, or CodeNotFound.
func (s *Site) Credential(ctx context.Context, id string) (menshen.Credential, error) {
	const op = "sqlite.credential"
	c, found, err := first(stream(ctx, s.db, op, selectCredentials+" WHERE id = ?", []any{id}, scanCredential))
	if err == nil && !found {
		err = noCredential(op, id)
	}
	return c, err
}

// Credentials gives those of a person, or all for "", revoked ones too, in the order they were added.
func (s *Site) Credentials(ctx context.Context, person string) iter.Seq2[menshen.Credential, error] {
	var where conditions
	where.equal("person", person)
	return stream(ctx, s.db, "sqlite.credentials", selectCredentials+where.String()+" ORDER BY rowid", where.args, scanCredential)
}
