package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"menshen"
)

// sealedParticulars are what only the key opens.
type sealedParticulars struct {
	Phone  string `json:"p,omitempty"`
	Number string `json:"n,omitempty"` // not menshen.Secret, which would not reach the JSON
	Born   string `json:"b,omitempty"` // date
}

// putParticulars keeps particulars, and says whether the telephone number is another one than before.
func (s *Site) putParticulars(ctx context.Context, tx *sql.Tx, person string, p menshen.Particulars) (called bool, err error) {
	const op = "sqlite.particulars"
	if err := p.Validate(); err != nil {
		return false, err
	}
	if err := checkTexts(op, p.Guardian); err != nil {
		return false, err
	}
	var before []byte
	err = tx.QueryRowContext(context.WithoutCancel(ctx), "SELECT phone_hash FROM particulars WHERE person = ?", person).Scan(&before)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return false, err
	}
	if p == (menshen.Particulars{}) {
		_, err := tx.ExecContext(context.WithoutCancel(ctx), "DELETE FROM particulars WHERE person = ?", person)
		return before != nil, err
	}
	secret := sealedParticulars{Phone: p.Phone, Number: p.Document.Number.Reveal()}
	if !p.Born.IsZero() {
		secret.Born = p.Born.Format(time.DateOnly)
	}
	var plain, hash, phone []byte
	if secret != (sealedParticulars{}) {
		if plain, err = json.Marshal(secret); err != nil {
			return false, err
		}
	}
	sealed, err := s.keepPersonal(ctx, tx, op, plain, person, "particulars", person)
	if err != nil {
		return false, err
	}
	if secret.Number != "" {
		hash = s.vault.find(p.Document.Number)
	}
	if secret.Phone != "" {
		phone = s.vault.findPhone(secret.Phone)
	}
	_, err = tx.ExecContext(context.WithoutCancel(ctx), `
		INSERT OR REPLACE INTO particulars (person, document_kind, document_hash, phone_hash, role, guardian, language, sealed)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		person, string(p.Document.Kind), hash, phone, string(p.Role), p.Guardian, p.Language, sealed)
	return !bytes.Equal(before, phone), err
}

// Particulars gives what is known of a person beyond their name: the zero value where nothing is, CodeNotFound for nobody.
func (s *Site) Particulars(ctx context.Context, person string) (menshen.Particulars, error) {
	const op = "sqlite.particulars"
	const query = "SELECT document_kind, role, guardian, language, sealed FROM particulars WHERE person = ?"
	p, found, err := first(stream(ctx, s.db, op, query, []any{person}, func(rows *sql.Rows) (p menshen.Particulars, err error) {
		var sealed []byte
		if err := rows.Scan(&p.Document.Kind, &p.Role, &p.Guardian, &p.Language, &sealed); err != nil {
			return p, err
		}
		return p, s.openParticulars(op, person, sealed, &p)
	}))
	if err == nil && !found {
		_, err = s.Person(ctx, person)
	}
	if err != nil {
		return menshen.Particulars{}, err
	}
	return p, nil
}

func (s *Site) openParticulars(op, person string, sealed []byte, p *menshen.Particulars) error {
	plain, err := s.readOwn(op, sealed, own{keyOwner{person, keyOther}, []string{"particulars", person}})
	if err != nil || plain == nil {
		return err
	}
	var secret sealedParticulars
	if err := json.Unmarshal(plain, &secret); err != nil {
		return unusable(op, person, err)
	}
	p.Phone, p.Document.Number = secret.Phone, menshen.Secret(secret.Number)
	if secret.Born != "" {
		if p.Born, err = time.Parse(time.DateOnly, secret.Born); err != nil {
			return unusable(op, person, err)
		}
	}
	return nil
}

// unusable says that a stored entry is not what was written; op says of which kind it is.
func unusable(op, id string, err error) error {
	return menshen.Errorf(menshen.CodeCorrupt, op, "the stored entry %q is not usable", id).WithCause(err).
		WithHint("put the latest backup in place of the database")
}

// PeopleByDocument gives those whose identity document has the number, in order of id: one, or none, or several where the
// registry has somebody twice.
func (s *Site) PeopleByDocument(ctx context.Context, number menshen.Secret) ([]menshen.Person, error) {
	const op = "sqlite.people_by_document"
	if err := s.vault.needed(op); err != nil {
		return nil, err
	}
	number = menshen.NormalizeDocument(number.Reveal())
	if number == "" {
		return nil, nil
	}
	const query = selectPeople + fromPeople + " JOIN particulars d ON d.person = p.id WHERE d.document_hash = ? ORDER BY p.id"
	return collect(stream(ctx, s.db, op, query, []any{s.vault.find(number)}, s.scanPerson))
}

// PeopleByPhone gives those who are reached by a phone number, in order of id. A family may share one. The country code of
// China makes no difference.
func (s *Site) PeopleByPhone(ctx context.Context, phone string) ([]menshen.Person, error) {
	const op = "sqlite.people_by_phone"
	if err := s.vault.needed(op); err != nil {
		return nil, err
	}
	phone = menshen.NormalizePhone(phone)
	if phone == "" {
		return nil, nil
	}
	const query = selectPeople + fromPeople + " JOIN particulars d ON d.person = p.id WHERE d.phone_hash = ? ORDER BY p.id"
	return collect(stream(ctx, s.db, op, query, []any{s.vault.findPhone(phone)}, s.scanPerson))
}
