package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"menshen"
)

// SetCalibration keeps the calibration of an engine in place of the former one. CodeInvalid for one that makes no sense.
func (s *Site) SetCalibration(ctx context.Context, c menshen.Calibration) error {
	const op = "sqlite.set_calibration"
	if err := c.Validate(); err != nil {
		return err
	}
	at, err := encodeTime(c.At)
	if err != nil {
		return err
	}
	if at == nil {
		return menshen.Errorf(menshen.CodeInvalid, op, "a calibration has no time")
	}
	figures, err := json.Marshal(c.Figures)
	if err != nil {
		return menshen.Errorf(menshen.CodeInvalid, op, "the figures of a calibration cannot be kept").WithCause(err)
	}
	return s.db.write(ctx, op, func(tx *sql.Tx) error {
		engine, err := engineRow(ctx, tx, c.Engine)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			INSERT OR REPLACE INTO calibrations (engine, at, people, templates, fpir, known, unsure, min_margin, basis, figures)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			engine, at, c.People, c.Templates, c.FPIR, c.Known, c.Unsure, c.MinMargin, string(c.Basis), string(figures))
		return err
	})
}

// Calibration gives the calibration of an engine, CodeNotFound where there is none.
func (s *Site) Calibration(ctx context.Context, engine menshen.EngineID) (menshen.Calibration, error) {
	const op = "sqlite.calibration"
	c := menshen.Calibration{Engine: engine}
	var at sql.NullInt64
	var figures string
	err := s.db.reader.QueryRowContext(ctx, `
		SELECT c.at, c.people, c.templates, c.fpir, c.known, c.unsure, c.min_margin, c.basis, c.figures
		FROM calibrations c JOIN engines e ON e.id = c.engine
		WHERE e.name = ? AND e.model_hash = ? AND e.dim = ? AND e.metric = ?`,
		engine.Name, engine.ModelHash, engine.Dim, string(engine.Metric)).
		Scan(&at, &c.People, &c.Templates, &c.FPIR, &c.Known, &c.Unsure, &c.MinMargin, &c.Basis, &figures)
	if errors.Is(err, sql.ErrNoRows) {
		return menshen.Calibration{}, menshen.Errorf(menshen.CodeNotFound, op, "the engine %s has not been calibrated", engine).
			WithHint("run: menshen calibrate")
	}
	if err != nil {
		return menshen.Calibration{}, fault(op, s.db.path, err)
	}
	c.At = decodeTime(at)
	err = json.Unmarshal([]byte(figures), &c.Figures)
	if err == nil {
		err = c.Validate()
	}
	if err != nil {
		return menshen.Calibration{}, menshen.Errorf(menshen.CodeCorrupt, op, "the stored calibration of the engine %s is not usable", engine).
			WithCause(err).WithHint("run: menshen calibrate")
	}
	return c, nil
}
