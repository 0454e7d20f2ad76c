package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"menshen"
	"menshen/store"
)

// sealedConsent is what only the key opens.
type sealedConsent struct {
	Signer    string `json:"s"`
	Guardian  bool   `json:"g,omitempty"`
	Signature string `json:"p,omitempty"`
}

// AddConsentText keeps a text under the next version, which it gives. CodeConflict where the latest is not the one named.
func (s *Site) AddConsentText(ctx context.Context, t menshen.ConsentText, after int) (version int, err error) {
	const op = "sqlite.add_consent_text"
	at, err := encodeTime(t.At)
	if err != nil {
		return 0, err
	}
	err = s.db.write(ctx, op, func(tx *sql.Tx) error {
		if err := tx.QueryRowContext(ctx, "SELECT coalesce(max(version), 0) FROM consent_texts").Scan(&version); err != nil {
			return err
		}
		if version != after {
			return menshen.Errorf(menshen.CodeConflict, op, "the consent text has version %d meanwhile", version).
				WithHint("read the new text, then change that one")
		}
		version++
		_, err := tx.ExecContext(ctx, "INSERT INTO consent_texts (version, zh, en, at, made_by) VALUES (?, ?, ?, ?, ?)", version, t.Text.ZH, t.Text.EN, at, t.By)
		return err
	})
	if err != nil {
		return 0, err
	}
	return version, nil
}

// ConsentTexts gives all versions, latest first.
func (s *Site) ConsentTexts(ctx context.Context) ([]menshen.ConsentText, error) {
	const query = "SELECT version, zh, en, at, made_by FROM consent_texts ORDER BY version DESC"
	return collect(stream(ctx, s.db, "sqlite.consent_texts", query, nil, func(rows *sql.Rows) (t menshen.ConsentText, err error) {
		var at sql.NullInt64
		err = rows.Scan(&t.Version, &t.Text.ZH, &t.Text.EN, &at, &t.By)
		t.At = decodeTime(at)
		return t, err
	}))
}

// AddConsent keeps what somebody said, and ends what they said before. CodeNotFound for nobody.
func (s *Site) AddConsent(ctx context.Context, c menshen.Consent) error {
	const op = "sqlite.add_consent"
	if err := c.Signature.Validate(); err != nil {
		return err
	}
	if err := checkTexts(op, c.ID, c.Person, c.Signer, c.By); err != nil {
		return err
	}
	at, err := encodeTime(c.At)
	if err != nil {
		return err
	}
	plain, err := json.Marshal(sealedConsent{Signer: c.Signer, Guardian: c.Guardian, Signature: string(c.Signature)})
	if err != nil {
		return err
	}
	return s.db.write(ctx, op, func(tx *sql.Tx) error {
		sealed, err := s.keepPersonal(ctx, tx, op, plain, c.Person, "consents", c.ID)
		if err != nil {
			return err
		}
		if err := endConsents(ctx, tx, c.Person, at); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO consents (id, person, refused, version, drawn, at, recorded_by, sealed) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
			c.ID, c.Person, c.Refused, c.Version, c.Signature != "", at, c.By, sealed)
		if missing(err) {
			return nobody(op, c.Person)
		}
		return err
	})
}

func endConsents(ctx context.Context, tx *sql.Tx, person string, at any) error {
	_, err := tx.ExecContext(ctx, "UPDATE consents SET ended = ? WHERE person = ? AND ended IS NULL", at, person)
	return err
}

const selectConsents = "SELECT id, person, refused, version, drawn, at, recorded_by, ended, sealed FROM consents"

// Consents gives what somebody said, latest first, without the signatures; none for nobody.
func (s *Site) Consents(ctx context.Context, person string) ([]menshen.Consent, error) {
	return collect(stream(ctx, s.db, "sqlite.consents", selectConsents+" WHERE person = ? ORDER BY rowid DESC", []any{person}, func(rows *sql.Rows) (menshen.Consent, error) {
		c, err := s.scanConsent(rows)
		c.Signature = ""
		return c, err
	}))
}

// Consent gives one of an id with its signature, or CodeNotFound.
func (s *Site) Consent(ctx context.Context, id string) (menshen.Consent, error) {
	const op = "sqlite.consent"
	c, found, err := first(stream(ctx, s.db, op, selectConsents+" WHERE id = ?", []any{id}, s.scanConsent))
	if err == nil && !found {
		err = menshen.Errorf(menshen.CodeNotFound, op, "there is no consent %q", id).WithHint("look at the consents of the person")
	}
	return c, err
}

func (s *Site) scanConsent(rows *sql.Rows) (c menshen.Consent, err error) {
	const op = "sqlite.consent"
	var at, ended sql.NullInt64
	var sealed []byte
	if err := rows.Scan(&c.ID, &c.Person, &c.Refused, &c.Version, &c.Drawn, &at, &c.By, &ended, &sealed); err != nil {
		return c, err
	}
	c.At, c.Ended = decodeTime(at), decodeTime(ended)
	plain, err := s.readOwn(op, sealed, own{keyOwner{c.Person, keyOther}, []string{"consents", c.ID}})
	if err != nil || plain == nil {
		c.Drawn = false
		return c, err
	}
	var secret sealedConsent
	if err := json.Unmarshal(plain, &secret); err != nil {
		return c, unusable(op, c.ID, err)
	}
	c.Signer, c.Guardian, c.Signature = secret.Signer, secret.Guardian, menshen.Signature(secret.Signature)
	return c, nil
}

// RemoveFace erases the templates and photographs of a person, of every engine, and destroys the key that they were sealed under. As
// after RemovePerson no copy stays in the write-ahead log.
func (s *Site) RemoveFace(ctx context.Context, person string) error {
	const op = "sqlite.remove_face"
	ctx = context.WithoutCancel(ctx) // as in RemovePerson
	err := s.alter(ctx, op, func(tx *sql.Tx) error {
		if err := s.erase(ctx, tx, person, store.ErasedFace, keyFace); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM photographs WHERE person = ?", person); err != nil {
			return err
		}
		gone, err := rowsOf(ctx, tx, "DELETE FROM templates WHERE person = ? RETURNING id", []any{person}, scanText)
		if err != nil {
			return err
		}
		return mark(ctx, tx, menshen.ChangeTemplate, gone...)
	})
	if err != nil {
		return errors.Join(err, s.sweep(ctx))
	}
	return s.finishErasure(ctx, op)
}

// FacesRefused gives who said no, before a moment and for the last time, and has templates or photographs all the same: their
// erasure did not come to its end.
func (s *Site) FacesRefused(ctx context.Context, before time.Time) ([]string, error) {
	const op = "sqlite.faces_refused"
	at, err := encodeTime(before)
	if err != nil {
		return nil, err
	}
	const query = `SELECT DISTINCT person FROM consents c WHERE refused AND ended IS NULL AND at < ?
		AND (EXISTS (SELECT 1 FROM templates t WHERE t.person = c.person) OR EXISTS (SELECT 1 FROM photographs f WHERE f.person = c.person))
		ORDER BY person`
	return collect(stream(ctx, s.db, op, query, []any{at}, scanText))
}

// forgetConsents ends what somebody said and erases who signed.
func forgetConsents(ctx context.Context, tx *sql.Tx, person string, at time.Time) error {
	now, err := encodeTime(at)
	if err != nil {
		return err
	}
	if err := endConsents(ctx, tx, person, now); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "UPDATE consents SET sealed = NULL WHERE person = ?", person)
	return err
}

// Phones gives the telephone numbers of everybody who has one, by id.
func (s *Site) Phones(ctx context.Context) (map[string]string, error) {
	const op = "sqlite.phones"
	numbers := map[string]string{}
	for p, err := range stream(ctx, s.db, op, "SELECT person, sealed FROM particulars WHERE phone_hash IS NOT NULL", nil, func(rows *sql.Rows) (p [2]string, err error) {
		var sealed []byte
		if err := rows.Scan(&p[0], &sealed); err != nil {
			return p, err
		}
		var with menshen.Particulars
		err = s.openParticulars(op, p[0], sealed, &with)
		p[1] = with.Phone
		return p, err
	}) {
		if err != nil {
			return nil, err
		}
		numbers[p[0]] = p[1]
	}
	return numbers, nil
}
