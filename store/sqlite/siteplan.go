package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"

	"menshen"
)

// plansKept is how many revisions of the plan are kept.
const plansKept = 50

const selectPlan = `
	SELECT s.revision, s.at, s.made_by, s.places, coalesce(p.id, ''), coalesce(p.type, ''), coalesce(p.width, 0), coalesce(p.height, 0)
	FROM site_plans s LEFT JOIN plan_pictures p ON p.id = s.picture`

func scanPlan(rows *sql.Rows) (p menshen.SitePlan, err error) {
	var at sql.NullInt64
	var places string
	if err := rows.Scan(&p.Revision, &at, &p.By, &places, &p.Picture.ID, &p.Picture.Type, &p.Picture.Width, &p.Picture.Height); err != nil {
		return p, err
	}
	p.At = decodeTime(at)
	if err := json.Unmarshal([]byte(places), &p.Places); err != nil {
		return p, menshen.Errorf(menshen.CodeCorrupt, "sqlite.site_plan", "revision %d of the site plan is not readable", p.Revision).
			WithCause(err).WithHint("restore the site database from a backup")
	}
	return p, nil
}

// SitePlan gives a revision of the plan, without the data of its picture; 0 is the latest, which is the zero plan where there is
// none. CodeNotFound for a revision that is not kept.
func (s *Site) SitePlan(ctx context.Context, revision uint64) (menshen.SitePlan, error) {
	const op = "sqlite.site_plan"
	p, found, err := first(stream(ctx, s.db, op, selectPlan+" WHERE ?1 = 0 OR s.revision = ?1 ORDER BY s.revision DESC LIMIT 1",
		[]any{int64(min(revision, maxSequence))}, scanPlan))
	if err == nil && !found && revision != 0 {
		err = menshen.Errorf(menshen.CodeNotFound, op, "the site plan has no revision %d any more", revision).WithHint("load the page again, and choose another one")
	}
	return p, err
}

// PlanHistory gives the revisions that are kept, the latest first.
func (s *Site) PlanHistory(ctx context.Context) ([]menshen.PlanRevision, error) {
	const query = "SELECT revision, at, made_by, picture IS NOT NULL, json_array_length(places) FROM site_plans ORDER BY revision DESC"
	return collect(stream(ctx, s.db, "sqlite.plan_history", query, nil, func(rows *sql.Rows) (r menshen.PlanRevision, err error) {
		var at sql.NullInt64
		err = rows.Scan(&r.Revision, &at, &r.By, &r.Picture, &r.Places)
		r.At = decodeTime(at)
		return r, err
	}))
}

// PlanPicture gives a picture with its data, or CodeNotFound.
func (s *Site) PlanPicture(ctx context.Context, id string) (menshen.PlanPicture, error) {
	const op = "sqlite.plan_picture"
	p, found, err := first(stream(ctx, s.db, op, "SELECT id, type, width, height, data FROM plan_pictures WHERE id = ?", []any{id},
		func(rows *sql.Rows) (p menshen.PlanPicture, err error) {
			return p, rows.Scan(&p.ID, &p.Type, &p.Width, &p.Height, &p.Data)
		}))
	if err == nil && !found {
		err = menshen.Errorf(menshen.CodeNotFound, op, "the site plan has no such picture").WithHint("load the page again")
	}
	return p, err
}

// AddSitePlan keeps a plan as the next revision, which it gives. A picture is kept if it has data; else it must be there. base is
// the revision that was changed: CodeConflict where it is no longer the latest.
func (s *Site) AddSitePlan(ctx context.Context, p menshen.SitePlan, base uint64) (revision uint64, err error) {
	const op = "sqlite.add_site_plan"
	for _, place := range p.Places {
		if err := place.Validate(); err != nil {
			return 0, err
		}
	}
	if err := checkTexts(op, p.By); err != nil {
		return 0, err
	}
	at, err := encodeTime(p.At)
	if err != nil {
		return 0, err
	}
	if at == nil {
		return 0, menshen.Errorf(menshen.CodeInvalid, op, "a site plan has no time")
	}
	if p.Places == nil {
		p.Places = []menshen.PlanPlace{}
	}
	places, err := json.Marshal(p.Places)
	if err != nil {
		return 0, menshen.Errorf(menshen.CodeInvalid, op, "the places of a site plan cannot be kept").WithCause(err)
	}
	err = s.db.write(ctx, op, func(tx *sql.Tx) error {
		var latest uint64
		if err := tx.QueryRowContext(ctx, "SELECT coalesce(max(revision), 0) FROM site_plans").Scan(&latest); err != nil {
			return err
		}
		if latest != base {
			return menshen.Errorf(menshen.CodeConflict, op, "somebody else has changed the site plan in the meantime").
				WithHint("load it again, then make your change again")
		}
		var picture any
		if p.Picture.ID != "" {
			picture = p.Picture.ID
		}
		if len(p.Picture.Data) > 0 {
			_, err := tx.ExecContext(ctx, "INSERT INTO plan_pictures (id, type, width, height, data) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING",
				p.Picture.ID, p.Picture.Type, p.Picture.Width, p.Picture.Height, p.Picture.Data)
			if err != nil {
				return err
			}
		}
		err := tx.QueryRowContext(ctx, "INSERT INTO site_plans (at, made_by, picture, places) VALUES (?, ?, ?, ?) RETURNING revision", at, p.By, picture, string(places)).
			Scan(&revision)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM site_plans WHERE revision <= ?", int64(revision)-plansKept); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "DELETE FROM plan_pictures WHERE id NOT IN (SELECT picture FROM site_plans WHERE picture IS NOT NULL)")
		return err
	})
	if err != nil {
		return 0, err
	}
	return revision, nil
}
