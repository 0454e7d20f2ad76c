package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"iter"

	"menshen"
	"menshen/store"
)

// AddForm keeps a version of a questionnaire for good. CodeConflict unless its version follows the latest one.
func (s *Site) AddForm(ctx context.Context, f menshen.Form) error {
	const op = "sqlite.add_form"
	if err := menshen.ValidateSlug("form", f.ID); err != nil {
		return err
	}
	content, err := json.Marshal(withoutEmpty(f))
	if err != nil {
		return menshen.Errorf(menshen.CodeInvalid, op, "the form %s cannot be kept", f.ID).WithCause(err)
	}
	return s.db.write(ctx, op, func(tx *sql.Tx) error {
		var latest int
		if err := tx.QueryRowContext(ctx, "SELECT coalesce(max(version), 0) FROM forms WHERE id = ?", f.ID).Scan(&latest); err != nil {
			return err
		}
		if f.Version != latest+1 {
			return menshen.Errorf(menshen.CodeConflict, op, "version %d of the form %s cannot follow version %d", f.Version, f.ID, latest).
				WithHint("somebody else changed the form meanwhile: look at it and try again")
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO forms (id, version, content) VALUES (?, ?, ?)", f.ID, f.Version, string(content))
		return err
	})
}

// withoutEmpty gives a form whose empty lists are nil, as they come back.
func withoutEmpty(f menshen.Form) menshen.Form {
	f.Fields, f.Rules = append([]menshen.Field(nil), f.Fields...), append([]menshen.FormRule(nil), f.Rules...)
	for i := range f.Fields {
		f.Fields[i].Choices = append([]menshen.FormChoice(nil), f.Fields[i].Choices...)
	}
	for i := range f.Rules {
		f.Rules[i].When = append([]menshen.FormCondition(nil), f.Rules[i].When...)
		for j := range f.Rules[i].When {
			f.Rules[i].When[j].In = append([]string(nil), f.Rules[i].When[j].In...)
		}
	}
	return f
}

func scanForm(rows *sql.Rows) (f menshen.Form, err error) {
	var id, content string
	if err := rows.Scan(&id, &content); err != nil {
		return f, err
	}
	if err := json.Unmarshal([]byte(content), &f); err != nil {
		return menshen.Form{}, unusable("sqlite.form", id, err)
	}
	return f, nil
}

// Forms gives the latest version of each questionnaire, in order of id.
func (s *Site) Forms(ctx context.Context) ([]menshen.Form, error) {
	const query = "SELECT id, content FROM forms f WHERE version = (SELECT max(version) FROM forms l WHERE l.id = f.id) ORDER BY id"
	return collect(stream(ctx, s.db, "sqlite.forms", query, nil, scanForm))
}

// Form gives a version of a questionnaire, the latest for 0, or CodeNotFound.
func (s *Site) Form(ctx context.Context, id string, version int) (menshen.Form, error) {
	const op = "sqlite.form"
	const query = "SELECT id, content FROM forms WHERE id = ?1 AND (?2 = 0 OR version = ?2) ORDER BY version DESC LIMIT 1"
	f, found, err := first(stream(ctx, s.db, op, query, []any{id, version}, scanForm))
	if err == nil && !found {
		err = menshen.Errorf(menshen.CodeNotFound, op, "there is no form %q of that version", id).WithHint("list the forms to find it")
	}
	return f, err
}

// AddFormAnswer keeps a filled-in form and, where it is given, the health record that it led to: both or neither.
// CodeNotFound for nobody or no such form, CodeConflict for an id that is there.
func (s *Site) AddFormAnswer(ctx context.Context, a menshen.FormAnswer, h *menshen.Health) error {
	const op = "sqlite.add_form_answer"
	if a.ID == "" || a.Person == "" || a.At.IsZero() {
		return menshen.Errorf(menshen.CodeInvalid, op, "a filled-in form has no id, person or time")
	}
	if err := checkTexts(op, a.ID, a.Person, a.By, string(a.State), a.Reason.ZH, a.Reason.EN); err != nil {
		return err
	}
	at, err := encodeTime(a.At)
	if err != nil {
		return err
	}
	var plain []byte
	if len(a.Answers) > 0 {
		for _, text := range a.Answers {
			if err := checkTexts(op, text); err != nil {
				return err
			}
		}
		if plain, err = json.Marshal(a.Answers); err != nil {
			return menshen.Errorf(menshen.CodeInvalid, op, "the form %s cannot be kept", a.Form).WithCause(err)
		}
	}
	return s.alter(ctx, op, func(tx *sql.Tx) error {
		sealed, err := s.keepPersonal(ctx, tx, op, plain, a.Person, "form_answers", a.ID)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			INSERT INTO form_answers (id, form, version, person, sealed, at, filled_by, state, reason_zh, reason_en)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			a.ID, a.Form, a.Version, a.Person, sealed, at, a.By, string(a.State), a.Reason.ZH, a.Reason.EN)
		switch {
		case taken(err):
			return menshen.Errorf(menshen.CodeConflict, op, "the filled-in form %s is there already", a.ID).WithCause(err)
		case missing(err):
			return menshen.Errorf(menshen.CodeNotFound, op, "there is no such person, or no form %q of that version", a.Form).WithCause(err).
				WithHint("list the forms to find it")
		case err != nil || h == nil:
			return err
		}
		return s.setHealth(ctx, tx, *h)
	})
}

// FormAnswers gives the filled-in forms that the filter selects, the latest first.
func (s *Site) FormAnswers(ctx context.Context, f store.AnswerFilter) iter.Seq2[menshen.FormAnswer, error] {
	const op = "sqlite.form_answers"
	var where conditions
	where.equal("person", f.Person, "form", f.Form)
	query := "SELECT id, form, version, person, sealed, at, filled_by, state, reason_zh, reason_en FROM form_answers" +
		where.String() + where.latest("at DESC, rowid DESC", f.Latest)
	return stream(ctx, s.db, op, query, where.args, func(rows *sql.Rows) (a menshen.FormAnswer, err error) {
		var at sql.NullInt64
		var sealed []byte
		if err := rows.Scan(&a.ID, &a.Form, &a.Version, &a.Person, &sealed, &at, &a.By, &a.State, &a.Reason.ZH, &a.Reason.EN); err != nil {
			return a, err
		}
		a.At = decodeTime(at)
		plain, err := s.readOwn(op, sealed, own{keyOwner{a.Person, keyOther}, []string{"form_answers", a.ID}})
		if err == nil && plain != nil {
			if err = json.Unmarshal(plain, &a.Answers); err != nil {
				err = unusable(op, a.ID, err)
			}
		}
		return a, err
	})
}
