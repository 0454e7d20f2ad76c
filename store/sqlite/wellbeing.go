package sqlite

import (
	"context"
	"database/sql"
	"iter"
	"math"

	"menshen"
	"menshen/store"
)

const healthColumns = "person, state, since, until, reason, code, code_source, code_at, celsius, measured_at, changed, changed_by"

const selectHealth = "SELECT " + healthColumns + " FROM health"

// SetHealth keeps what an epidemic means for a person, in place of what was kept. The state "" is kept as normal.
// CodeNotFound for nobody.
func (s *Site) SetHealth(ctx context.Context, h menshen.Health) error {
	return s.alter(ctx, "sqlite.set_health", func(tx *sql.Tx) error { return setHealth(ctx, tx, h) })
}

func setHealth(ctx context.Context, tx *sql.Tx, h menshen.Health) error {
	const op = "sqlite.set_health"
	if h.State == "" {
		h.State = menshen.HealthNormal
	}
	if err := h.Validate(); err != nil {
		return err
	}
	if math.IsNaN(h.Celsius) || math.IsInf(h.Celsius, 0) {
		return menshen.Errorf(menshen.CodeInvalid, op, "a temperature is no number").WithHint("measure again; use 30 to 45 °C")
	}
	if err := checkTexts(op, h.Person, h.Reason, h.CodeSource, h.By); err != nil {
		return err
	}
	times, err := encodeTimes(h.Since, h.Until, h.CodeAt, h.MeasuredAt, h.Changed)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT OR REPLACE INTO health ("+healthColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		h.Person, string(h.State), times[0], times[1], h.Reason, string(h.Code), h.CodeSource, times[2], h.Celsius, times[3], times[4], h.By)
	if missing(err) {
		return nobody(op, h.Person)
	}
	if err != nil {
		return err
	}
	return mark(ctx, tx, menshen.ChangeHealth, h.Person)
}

func scanHealth(rows *sql.Rows) (menshen.Health, error) {
	var h menshen.Health
	var since, until, codeAt, measured, changed sql.NullInt64
	err := rows.Scan(&h.Person, &h.State, &since, &until, &h.Reason, &h.Code, &h.CodeSource, &codeAt, &h.Celsius, &measured, &changed, &h.By)
	if err != nil {
		return menshen.Health{}, err
	}
	h.Since, h.Until, h.CodeAt, h.MeasuredAt, h.Changed = decodeTime(since), decodeTime(until), decodeTime(codeAt), decodeTime(measured), decodeTime(changed)
	if err := h.Validate(); err != nil {
		return menshen.Health{}, unusable("sqlite.health", h.Person, err)
	}
	return h, nil
}

// Health gives what is kept of a person, or the normal state where nothing is.
func (s *Site) Health(ctx context.Context, person string) (menshen.Health, error) {
	h, found, err := first(stream(ctx, s.db, "sqlite.health", selectHealth+" WHERE person = ?", []any{person}, scanHealth))
	if err == nil && !found {
		h = menshen.Health{Person: person, State: menshen.HealthNormal}
	}
	return h, err
}

// HealthRecords gives those in a state, in order of person. "" is everybody who is not normal: by their state, by a code
// that is not green, or by a fever at the latest reading.
func (s *Site) HealthRecords(ctx context.Context, state menshen.HealthState) iter.Seq2[menshen.Health, error] {
	var where conditions
	if state != "" {
		where.add("state = ?", string(state))
	} else {
		where.add("(state <> ? OR code IN (?, ?) OR celsius >= ?)", string(menshen.HealthNormal),
			string(menshen.HealthCodeYellow), string(menshen.HealthCodeRed), menshen.Fever)
	}
	return stream(ctx, s.db, "sqlite.health_records", selectHealth+where.String()+" ORDER BY person", where.args, scanHealth)
}

// AddTemperature keeps a reading, and puts it into the health record of the person unless a later one is there.
// CodeNotFound for nobody, CodeConflict for an id that is there.
func (s *Site) AddTemperature(ctx context.Context, t menshen.Temperature) error {
	return s.alter(ctx, "sqlite.add_temperature", func(tx *sql.Tx) error { return addTemperature(ctx, tx, t) })
}

func addTemperature(ctx context.Context, tx *sql.Tx, t menshen.Temperature) error {
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
	at, err := encodeTime(t.At)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO temperatures (id, person, at, celsius, source, gate, entered_by) VALUES (?, ?, ?, ?, ?, ?, ?)",
		t.ID, t.Person, at, t.Celsius, string(t.Source), t.Gate, t.By)
	switch {
	case taken(err):
		return menshen.Errorf(menshen.CodeConflict, op, "temperature %s is there already", t.ID).WithCause(err)
	case missing(err):
		return nobody(op, t.Person)
	case err != nil:
		return err
	}
	// State, code and who changed them stay.
	latest, err := rowsOf(ctx, tx, `
		INSERT INTO health (`+healthColumns+`) VALUES (?, ?, NULL, NULL, '', '', '', NULL, ?, ?, ?, ?)
		ON CONFLICT (person) DO UPDATE SET celsius = excluded.celsius, measured_at = excluded.measured_at
		WHERE measured_at IS NULL OR measured_at <= excluded.measured_at RETURNING person`,
		[]any{t.Person, string(menshen.HealthNormal), t.Celsius, at, at, t.By}, scanText)
	if err != nil {
		return err
	}
	return mark(ctx, tx, menshen.ChangeHealth, latest...)
}

// Temperatures gives the readings that the filter selects, the latest first.
func (s *Site) Temperatures(ctx context.Context, f store.TemperatureFilter) iter.Seq2[menshen.Temperature, error] {
	var where conditions
	where.equal("person", f.Person)
	if f.AtLeast > 0 {
		where.add("celsius >= ?", f.AtLeast)
	}
	if err := where.within("at", f.Span); err != nil {
		return failed[menshen.Temperature](err)
	}
	query := "SELECT id, person, at, celsius, source, gate, entered_by FROM temperatures" + where.String() + where.latest("at DESC, rowid DESC", f.Latest)
	return stream(ctx, s.db, "sqlite.temperatures", query, where.args, func(rows *sql.Rows) (t menshen.Temperature, err error) {
		var at sql.NullInt64
		if err := rows.Scan(&t.ID, &t.Person, &at, &t.Celsius, &t.Source, &t.Gate, &t.By); err != nil {
			return t, err
		}
		t.At = decodeTime(at)
		if err := t.Validate(); err != nil {
			return menshen.Temperature{}, unusable("sqlite.temperatures", t.ID, err)
		}
		return t, nil
	})
}
