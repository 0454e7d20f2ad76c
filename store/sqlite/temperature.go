package sqlite

import (
	"context"
	"database/sql"
	"iter"

	"menshen"
	"menshen/store"
)

const temperatureColumns = "id, person, at, celsius, source, gate, entered_by, sealed"

const selectTemperatures = "SELECT " + temperatureColumns + " FROM temperatures"

// sealedTemperature is what only the key opens.
type sealedTemperature struct {
	Celsius float64                   `json:"t"`
	Source  menshen.TemperatureSource `json:"s"`
	Gate    string                    `json:"g,omitempty"`
	By      string                    `json:"b,omitempty"`
}

// AddTemperature keeps a reading, and puts it into the health record of the person unless a later one is there.
// CodeNotFound for nobody, CodeConflict for an id that is there.
func (s *Site) AddTemperature(ctx context.Context, t menshen.Temperature) error {
	return s.alter(ctx, "sqlite.add_temperature", func(tx *sql.Tx) error { return s.addTemperature(ctx, tx, t) })
}

func (s *Site) addTemperature(ctx context.Context, tx *sql.Tx, t menshen.Temperature) error {
	const op = "sqlite.add_temperature"
	if err := t.Validate(); err != nil {
		return err
	}
	if t.ID == "" {
		return menshen.Errorf(menshen.CodeInvalid, op, "a temperature has no id")
	}
	if err := checkTexts(op, t.ID, t.Person, t.Gate, t.By); err != nil {
		return err
	}
	values, err := s.temperatureValues(ctx, tx, op, t)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO temperatures ("+temperatureColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?)", values...)
	switch {
	case taken(err):
		return menshen.Errorf(menshen.CodeConflict, op, "temperature %s is there already", t.ID).WithCause(err)
	case missing(err):
		return nobody(op, t.Person)
	case err != nil:
		return err
	}
	return s.latestTemperature(ctx, tx, op, t)
}

// latestTemperature puts a reading into the health record of its person, unless a later one is there. State, code and who changed
// them stay.
func (s *Site) latestTemperature(ctx context.Context, tx *sql.Tx, op string, t menshen.Temperature) error {
	records, err := rowsOf(ctx, tx, selectHealth+" WHERE person = ?", []any{t.Person}, s.scanHealth)
	if menshen.ErrorCode(err) == menshen.CodeCorrupt { // the reading is good all the same
		s.db.opts.Log.ErrorContext(ctx, "the health record of a person is damaged", "person", t.Person, "error", err)
		return nil
	}
	if err != nil {
		return err
	}
	h := menshen.Health{Person: t.Person, State: menshen.HealthNormal, Changed: t.At, By: t.By}
	if len(records) > 0 {
		if h = records[0]; h.MeasuredAt.After(t.At) {
			return nil
		}
	}
	h.Celsius, h.MeasuredAt = t.Celsius, t.At
	if err := s.putHealth(ctx, tx, op, h); err != nil {
		return err
	}
	return mark(ctx, tx, menshen.ChangeHealth, t.Person)
}

func (s *Site) temperatureValues(ctx context.Context, tx *sql.Tx, op string, t menshen.Temperature) ([]any, error) {
	at, err := encodeTime(t.At)
	if err != nil {
		return nil, err
	}
	if s.keyless {
		return []any{t.ID, t.Person, at, t.Celsius, string(t.Source), t.Gate, t.By, nil}, nil
	}
	sealed, err := s.keepRecord(ctx, tx, op, sealedTemperature{Celsius: t.Celsius, Source: t.Source, Gate: t.Gate, By: t.By}, t.Person, "temperatures", t.ID)
	if err == nil && sealed == nil {
		err = nobody(op, t.Person)
	}
	return []any{t.ID, t.Person, at, 0, "", "", "", sealed}, err
}

func (s *Site) scanTemperature(rows *sql.Rows) (t menshen.Temperature, err error) {
	const op = "sqlite.temperatures"
	var at sql.NullInt64
	var sealed sql.RawBytes
	if err := rows.Scan(&t.ID, &t.Person, &at, &t.Celsius, &t.Source, &t.Gate, &t.By, &sealed); err != nil {
		return t, err
	}
	t.At = decodeTime(at)
	if len(sealed) > 0 {
		var r sealedTemperature
		if err := s.openRecord(op, sealed, &r, t.Person, "temperatures", t.ID); err != nil {
			return menshen.Temperature{}, err
		}
		t.Celsius, t.Source, t.Gate, t.By = r.Celsius, r.Source, r.Gate, r.By
	}
	if err := t.Validate(); err != nil {
		return menshen.Temperature{}, unusable(op, t.ID, err)
	}
	return t, nil
}

// scanTemperatureOfAll is scanTemperature for reading everybody's: see scanHealthOfAll.
func (s *Site) scanTemperatureOfAll(rows *sql.Rows) (menshen.Temperature, error) {
	t, err := s.scanTemperature(rows)
	if menshen.ErrorCode(err) == menshen.CodeCorrupt {
		s.db.opts.Log.Error("a temperature is damaged", "error", err)
		return menshen.Temperature{}, nil
	}
	return t, err
}

// Temperatures gives the readings that the filter selects, the latest first. One that asks for a least temperature opens readings until
// it has as many as it wants.
func (s *Site) Temperatures(ctx context.Context, f store.TemperatureFilter) iter.Seq2[menshen.Temperature, error] {
	var where conditions
	where.equal("person", f.Person)
	if err := where.within("at", f.Span); err != nil {
		return failed[menshen.Temperature](err)
	}
	latest := f.Latest
	if f.AtLeast > 0 {
		latest = 0
	}
	query := selectTemperatures + where.String() + where.latest("at DESC, rowid DESC", latest)
	if f.AtLeast <= 0 {
		return stream(ctx, s.db, "sqlite.temperatures", query, where.args, s.scanTemperature)
	}
	return only(stream(ctx, s.db, "sqlite.temperatures", query, where.args, s.scanTemperatureOfAll), max(f.Latest, 0), func(t menshen.Temperature) bool { return t.Celsius >= f.AtLeast })
}
