package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"math"
	"time"

	"menshen"
)

const healthColumns = "person, state, since, until, reason, code, code_source, code_at, celsius, measured_at, changed, changed_by, sealed"

const selectHealth = "SELECT " + healthColumns + " FROM health"

// sealedHealth is what only the key opens. Times are as encodeTime has them.
type sealedHealth struct {
	State    menshen.HealthState `json:"s"`
	Since    *int64              `json:"f,omitempty"`
	Until    *int64              `json:"u,omitempty"`
	Reason   string              `json:"r,omitempty"`
	Code     menshen.HealthCode  `json:"c,omitempty"`
	Source   string              `json:"o,omitempty"` // of the code
	CodeAt   *int64              `json:"a,omitempty"`
	Celsius  float64             `json:"t,omitempty"`
	Measured *int64              `json:"m,omitempty"`
	By       string              `json:"b,omitempty"`
}

// SetHealth keeps what an epidemic means for a person, in place of what was kept. The state "" is kept as normal.
// CodeNotFound for nobody.
func (s *Site) SetHealth(ctx context.Context, h menshen.Health) error {
	return s.alter(ctx, "sqlite.set_health", func(tx *sql.Tx) error { return s.setHealth(ctx, tx, h) })
}

func (s *Site) setHealth(ctx context.Context, tx *sql.Tx, h menshen.Health) error {
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
	if err := s.putHealth(ctx, tx, op, h); err != nil {
		return err
	}
	return mark(ctx, tx, menshen.ChangeHealth, h.Person)
}

// putHealth writes the row of a record that is good.
func (s *Site) putHealth(ctx context.Context, tx *sql.Tx, op string, h menshen.Health) error {
	times, err := encodeTimes(h.Since, h.Until, h.CodeAt, h.MeasuredAt, h.Changed)
	if err != nil {
		return err
	}
	const insert = "INSERT OR REPLACE INTO health (" + healthColumns + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
	if s.keyless {
		_, err = tx.ExecContext(ctx, insert, h.Person, string(h.State), times[0], times[1], h.Reason, string(h.Code), h.CodeSource, times[2],
			h.Celsius, times[3], times[4], h.By, nil)
	} else {
		var sealed any
		sealed, err = s.keepRecord(ctx, tx, op, sealedHealth{
			State: h.State, Since: stored(times[0]), Until: stored(times[1]), Reason: h.Reason, Code: h.Code, Source: h.CodeSource,
			CodeAt: stored(times[2]), Celsius: h.Celsius, Measured: stored(times[3]), By: h.By,
		}, h.Person, "health", h.Person)
		if err == nil && sealed == nil {
			return nobody(op, h.Person)
		}
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, insert, h.Person, "", nil, nil, "", "", "", nil, 0, nil, times[4], "", sealed)
	}
	if missing(err) {
		return nobody(op, h.Person)
	}
	return err
}

func (s *Site) scanHealth(rows *sql.Rows) (menshen.Health, error) {
	const op = "sqlite.health"
	var h menshen.Health
	var since, until, codeAt, measured, changed sql.NullInt64
	var sealed sql.RawBytes
	err := rows.Scan(&h.Person, &h.State, &since, &until, &h.Reason, &h.Code, &h.CodeSource, &codeAt, &h.Celsius, &measured, &changed, &h.By, &sealed)
	if err != nil {
		return menshen.Health{}, err
	}
	h.Since, h.Until, h.CodeAt, h.MeasuredAt, h.Changed = decodeTime(since), decodeTime(until), decodeTime(codeAt), decodeTime(measured), decodeTime(changed)
	if len(sealed) > 0 {
		if err := s.openHealth(op, sealed, &h); err != nil {
			return menshen.Health{Person: h.Person}, err
		}
	}
	if err := h.Validate(); err != nil {
		return menshen.Health{Person: h.Person}, unusable(op, h.Person, err)
	}
	return h, nil
}

// scanHealthOfAll is scanHealth for reading everybody's: one record that is damaged holds up no other. It is said in the log, and given
// without a state.
func (s *Site) scanHealthOfAll(rows *sql.Rows) (menshen.Health, error) {
	h, err := s.scanHealth(rows)
	if menshen.ErrorCode(err) == menshen.CodeCorrupt {
		s.db.opts.Log.Error("the health record of a person is damaged", "person", h.Person, "error", err)
		return menshen.Health{Person: h.Person}, nil
	}
	return h, err
}

// openHealth reads what is sealed of a person's record.
func (s *Site) openHealth(op string, sealed []byte, h *menshen.Health) error {
	var r sealedHealth
	if err := s.openRecord(op, sealed, &r, h.Person, "health", h.Person); err != nil {
		return err
	}
	h.State, h.Reason, h.Code, h.CodeSource, h.Celsius, h.By = r.State, r.Reason, r.Code, r.Source, r.Celsius, r.By
	h.Since, h.Until, h.CodeAt, h.MeasuredAt = kept(r.Since), kept(r.Until), kept(r.CodeAt), kept(r.Measured)
	return nil
}

// Health gives what is kept of a person, or the normal state where nothing is.
func (s *Site) Health(ctx context.Context, person string) (menshen.Health, error) {
	h, found, err := first(stream(ctx, s.db, "sqlite.health", selectHealth+" WHERE person = ?", []any{person}, s.scanHealth))
	if err == nil && !found {
		h = menshen.Health{Person: person, State: menshen.HealthNormal}
	}
	return h, err
}

// HealthRecords gives those in a state, in order of person. "" is everybody who is not normal: by their state, by a code
// that is not green, or by a fever at the latest reading. Every record is opened for it; damaged ones are left out, and said in the log.
func (s *Site) HealthRecords(ctx context.Context, state menshen.HealthState) iter.Seq2[menshen.Health, error] {
	all := stream(ctx, s.db, "sqlite.health_records", selectHealth+" ORDER BY person", nil, s.scanHealthOfAll)
	return only(all, 0, func(h menshen.Health) bool {
		if h.State == "" {
			return false
		}
		if state != "" {
			return h.State == state
		}
		return h.State != menshen.HealthNormal || h.Code == menshen.HealthCodeYellow || h.Code == menshen.HealthCodeRed || h.Celsius >= menshen.Fever
	})
}

// healthEnd gives, in SQL, when a row of health was over, in nanoseconds: never for states that somebody must end.
const healthEnd = "health_end(person, state, max(coalesce(since, 0), coalesce(until, 0), coalesce(measured_at, 0), coalesce(code_at, 0)), coalesce(sealed, x''))"

// never is after every time.
const never = math.MaxInt64

// healthEnds is the SQL function health_end: state and latest are those of a row that is not sealed. What cannot be opened for damage
// is not over.
func (s *Site) healthEnds(person, state string, latest int64, sealed []byte) (int64, error) {
	h := menshen.Health{Person: person, State: menshen.HealthState(state)}
	if len(sealed) > 0 {
		err := s.openHealth("sqlite.health", sealed, &h)
		if errors.Is(err, errErased) {
			return 0, nil
		}
		if menshen.ErrorCode(err) == menshen.CodeCorrupt {
			return never, nil
		}
		if err != nil {
			return 0, err
		}
		latest = 0
		for _, t := range []time.Time{h.Since, h.Until, h.MeasuredAt, h.CodeAt} {
			if !t.IsZero() {
				latest = max(latest, t.UnixNano())
			}
		}
	}
	if h.State != menshen.HealthNormal && h.State != menshen.HealthRecovered {
		return never, nil
	}
	return latest, nil
}
