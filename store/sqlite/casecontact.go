package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"math"
	"strings"

	"menshen"
	"menshen/store"
)

const contactColumns = "id, case_id, person, phone_hash, source, generation, level, status, owner, follow_from, follow_to, merged_into, " +
	"withdrawn_for, revision, facts, central, path, sealed"

const contactMarks = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

// sealedContact is what of a contact only the key opens.
type sealedContact struct {
	Name  string `json:"n,omitempty"`
	Phone string `json:"p,omitempty"` // not menshen.Secret, which would not reach the JSON
	Note  string `json:"t,omitempty"`
}

func (s *Site) putContacts(ctx context.Context, tx *sql.Tx, w store.CaseWrite) error {
	const op = "sqlite.write_case"
	if len(w.Contacts) == 0 {
		return nil
	}
	insert, err := tx.PrepareContext(ctx, "INSERT INTO case_contacts ("+contactColumns+") VALUES "+contactMarks)
	if err != nil {
		return err
	}
	defer insert.Close()
	update, err := tx.PrepareContext(ctx, "UPDATE case_contacts SET ("+contactColumns+") = "+contactMarks+" WHERE id = ? AND revision = ?")
	if err != nil {
		return err
	}
	defer update.Close()
	for i, c := range w.Contacts {
		if err := sometimes(ctx, i); err != nil {
			return err
		}
		values, err := s.contactValues(op, c)
		if err != nil {
			return err
		}
		// The driver starts a goroutine for a statement that can be cancelled, which would cost more than the row.
		if c.Revision == 0 {
			_, err = insert.ExecContext(context.WithoutCancel(ctx), values...)
		} else {
			var done sql.Result
			done, err = update.ExecContext(context.WithoutCancel(ctx), append(values, c.ID, int64(c.Revision))...)
			if err == nil {
				err = changedOne(ctx, tx, op, done, "case_contacts", c.ID, noContact)
			}
		}
		switch {
		case taken(err):
			return menshen.Errorf(menshen.CodeConflict, op, "contact %s is there already", c.ID).WithCause(err)
		case missing(err):
			return menshen.Errorf(menshen.CodeNotFound, op, "person: the case or the person of a contact is not there").WithCause(err).
				WithHint("search by name or dwelling to find the id")
		case err != nil:
			return err
		}
	}
	return nil
}

// contactValues gives the columns of a contact at its next revision.
func (s *Site) contactValues(op string, c menshen.CaseContact) ([]any, error) {
	switch {
	case c.ID == "" || c.Case == "" || c.Created.IsZero() || c.Policy.Version > maxSequence:
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "a contact has no id, case or time of its record")
	case c.Person == "" && c.Name == "":
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "person: a contact is neither a person of the registry nor has a name").WithHint("give one of them")
	case !c.Level.Valid():
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "level: the level %q is unknown", c.Level).WithHint("use close, secondary, general or copresent")
	case !c.Status.Valid():
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "status: the status %q is unknown", c.Status).
			WithHint("use to_notify, notified, home_observation, central_isolation, released or became_case")
	case c.Source != menshen.SourceDerived && c.Source != menshen.SourceInterview:
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "source: the source %q is unknown", c.Source).WithHint("use derived or interview")
	case math.IsNaN(c.Sureness) || c.Sureness < 0 || c.Sureness > 1:
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "sureness: it is not between 0 and 1").WithHint("use 0 to 1")
	}
	if err := checkTexts(op, c.ID, c.Case, c.Person, c.Name, c.Phone.Reveal(), c.Risk, c.Rule, c.Policy.ID, c.Owner, c.MergedInto,
		c.WithdrawnFor, c.CreatedBy, c.Note); err != nil {
		return nil, err
	}
	for _, text := range []string{c.ID, c.Case, c.Person, c.Owner, c.MergedInto, c.WithdrawnFor, c.CreatedBy} {
		if strings.Contains(text, separator) {
			return nil, menshen.Errorf(menshen.CodeInvalid, op, "a text of a contact has a control character in it").WithHint("take it out")
		}
	}
	facts, err := encodeFacts(op, c)
	if err != nil {
		return nil, err
	}
	t, err := encodeTimes(c.FollowFrom, c.FollowTo)
	if err != nil {
		return nil, err
	}
	path, err := encodePath(c.Path)
	if err != nil {
		return nil, err
	}
	var plain, hash []byte
	if secret := (sealedContact{Name: c.Name, Phone: c.Phone.Reveal(), Note: c.Note}); secret != (sealedContact{}) {
		if plain, err = json.Marshal(secret); err != nil {
			return nil, err
		}
	}
	sealed, err := s.vault.keep(op, plain, "case_contacts", c.ID)
	if err != nil {
		return nil, err
	}
	if c.Phone != "" {
		hash = s.vault.findPhone(c.Phone.Reveal())
	}
	var central any
	if len(c.Central) > 0 {
		if central, err = encodeSpans(c.Central...); err != nil {
			return nil, err
		}
	}
	person := sql.NullString{String: c.Person, Valid: c.Person != ""}
	return []any{
		c.ID, c.Case, person, hash, string(c.Source), c.Generation, string(c.Level), string(c.Status), c.Owner, t[0], t[1], c.MergedInto,
		c.WithdrawnFor, int64(c.Revision + 1), facts, central, path, sealed,
	}, nil
}

func (s *Site) openContact(op string, sealed []byte, c *menshen.CaseContact) error {
	plain, err := s.vault.read(op, sealed, "case_contacts", c.ID)
	if err != nil || plain == nil {
		return err
	}
	var secret sealedContact
	if err := json.Unmarshal(plain, &secret); err != nil {
		return unusable(op, c.ID, err)
	}
	c.Name, c.Phone, c.Note = secret.Name, menshen.Secret(secret.Phone), secret.Note
	return nil
}

func noContact(op, id string) error {
	return menshen.Errorf(menshen.CodeNotFound, op, "there is no contact %q", id).WithHint("list the contacts of the case to find its id")
}
