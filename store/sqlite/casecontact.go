package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"math"
	"strings"
	"time"

	"menshen"
	"menshen/store"
)

const contactColumns = "id, case_id, person, phone_hash, source, generation, level, risk, rule, policy, policy_version, first_at, " +
	"threshold_at, last_at, together, least, sureness, path, status, owner, follow_from, follow_to, isolated_from, isolated_to, fixed, " +
	"merged_into, withdrawn_for, created, created_by, revision, sealed"

const contactMarks = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

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
	fixed := strings.Join(c.Fixed, " ")
	if err := checkTexts(op, c.ID, c.Case, c.Person, c.Name, c.Phone.Reveal(), c.Risk, c.Rule, c.Policy.ID, c.Owner, fixed, c.MergedInto,
		c.WithdrawnFor, c.CreatedBy, c.Note); err != nil {
		return nil, err
	}
	t, err := encodeTimes(c.First, c.Threshold, c.Last, c.FollowFrom, c.FollowTo, c.IsolatedFrom, c.IsolatedTo, c.Created)
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
	person := sql.NullString{String: c.Person, Valid: c.Person != ""}
	return []any{
		c.ID, c.Case, person, hash, string(c.Source), c.Generation, string(c.Level), c.Risk, c.Rule, c.Policy.ID, int64(c.Policy.Version), t[0],
		t[1], t[2], int64(c.Together), int64(c.Least), c.Sureness, path, string(c.Status), c.Owner, t[3], t[4], t[5], t[6], fixed,
		c.MergedInto, c.WithdrawnFor, t[7], c.CreatedBy, int64(c.Revision + 1), sealed,
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

// storedHop is a hop as JSON with short names, since a case has thousands.
type storedHop struct {
	From     string  `json:"f"`
	To       string  `json:"t"`
	Kind     string  `json:"k"`
	Zone     string  `json:"z,omitempty"`
	Gate     string  `json:"g,omitempty"`
	Start    int64   `json:"a,omitempty"` // nanoseconds since 1970, 0 for none
	End      int64   `json:"b,omitempty"`
	Inferred bool    `json:"i,omitempty"`
	Least    int64   `json:"l,omitempty"`
	Floors   int     `json:"n,omitempty"`
	Sureness float64 `json:"s,omitempty"`
	Exposed  int64   `json:"e,omitempty"`
}

// encodePath gives a JSON array, or NULL for none.
func encodePath(path []menshen.Hop) (any, error) {
	if len(path) == 0 {
		return nil, nil
	}
	hops := make([]storedHop, len(path))
	for i, h := range path {
		hops[i] = storedHop{
			From: h.From, To: h.To, Kind: string(h.Kind), Zone: h.Zone, Gate: h.Gate, Start: hopTime(h.Span.From), End: hopTime(h.Span.To),
			Inferred: h.Inferred, Least: int64(h.Least), Floors: h.Floors, Sureness: h.Sureness, Exposed: hopTime(h.Exposed),
		}
	}
	b, err := json.Marshal(hops)
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeInvalid, "sqlite.write_case", "the path of a contact cannot be kept").WithCause(err)
	}
	return string(b), nil
}

func hopTime(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

// decodePath is the inverse of encodePath.
func decodePath(text sql.NullString) ([]menshen.Hop, error) {
	if !text.Valid {
		return nil, nil
	}
	var hops []storedHop
	if err := json.Unmarshal([]byte(text.String), &hops); err != nil {
		return nil, err
	}
	at := func(n int64) time.Time { return decodeTime(sql.NullInt64{Int64: n, Valid: n != 0}) }
	var path []menshen.Hop
	for _, h := range hops {
		path = append(path, menshen.Hop{From: h.From, To: h.To, Exposed: at(h.Exposed), Exposure: menshen.Exposure{
			Kind: menshen.ExposureKind(h.Kind), Zone: h.Zone, Gate: h.Gate, Span: menshen.Span{From: at(h.Start), To: at(h.End)},
			Inferred: h.Inferred, Least: time.Duration(h.Least), Floors: h.Floors, Sureness: h.Sureness,
		}})
	}
	return path, nil
}
