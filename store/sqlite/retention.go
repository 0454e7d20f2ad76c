package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"menshen"
)

// sweep is one table of a class: which rows of it were over before ?1.
type sweep struct {
	table string
	key   string // what tells rows apart: the first of it is what changes are marked with
	old   string // condition
	kind  menshen.ChangeKind
}

// sweeps are the tables of each class that are removed row by row.
func sweeps(class string) []sweep {
	switch class {
	case "passes": // after the passes themselves
		return []sweep{
			{"set_aside", "rowid", "captured < ?1", ""},
			{"annotations", "id", "at < ?1 AND NOT EXISTS (SELECT 1 FROM passes p WHERE p.gate = annotations.gate AND p.sequence = annotations.sequence)", ""},
		}
	case "temperatures":
		return []sweep{{"temperatures", "id", "at < ?1", ""}}
	case "health":
		return []sweep{{"health", "person", "coalesce(changed, 0) < ?1 AND " + healthEnd + " < ?1", menshen.ChangeHealth}}
	case "questionnaires":
		return []sweep{{"form_answers", "id", "at < ?1", ""}}
	case "visits":
		// Whoever nobody saw leave is inside as long as they pass gates.
		return []sweep{{"visits", "id", `max(registered, coalesce(expected_to, 0), coalesce(answered, 0), coalesce(entered, 0), coalesce(left_at, 0)) < ?1
			AND NOT (state = 'inside' AND EXISTS (SELECT 1 FROM passes p WHERE p.person = visits.person AND p.captured >= ?1))`, ""}}
	case "deliveries":
		return []sweep{{"deliveries", "id", "max(arrived, coalesce(handed, 0)) < ?1", ""}}
	case "permits":
		return []sweep{
			{"permits", "id", "coalesce(revoked, valid_to) < ?1 OR valid_to < ?1", menshen.ChangePermit},
			{"credentials", "id", "revoked < ?1", menshen.ChangeCredential},
		}
	case "consents":
		return []sweep{{"consents", "id", "ended < ?1", ""}}
	case "pack_requests":
		return []sweep{{"pack_requests", "id", "expires < ?1", ""}}
	case "links":
		return []sweep{{"links", "hash", "expires < ?1 OR used < ?1", ""}}
	case "settings":
		return []sweep{
			{"rules", "version", "EXISTS (SELECT 1 FROM rules r WHERE r.version > rules.version AND r.at < ?1)", ""},
			{"tracing_policies", "id, version", `EXISTS (SELECT 1 FROM tracing_policies t WHERE t.id = tracing_policies.id AND t.version > tracing_policies.version AND t.at < ?1)
				AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.policy = tracing_policies.id AND c.policy_version = tracing_policies.version)`, ""},
			{"site_plans", "revision", "EXISTS (SELECT 1 FROM site_plans p WHERE p.revision > site_plans.revision AND p.at < ?1)", ""},
			{"plan_pictures", "id", "?1 = ?1 AND NOT EXISTS (SELECT 1 FROM site_plans p WHERE p.picture = plan_pictures.id)", ""},
		}
	}
	return nil
}

// chosen are people whose whole record or face is removed, class by class: a query for their ids.
func chosen(class string) string {
	switch class {
	case "templates": // nobody enrolled or renewed them, and nobody saw the person, since
		return `SELECT t.person FROM (SELECT person, max(created) AS made FROM
			(SELECT person, created FROM templates UNION ALL SELECT person, created FROM photographs) GROUP BY person) t
			WHERE coalesce(t.made, 0) < ?1
			  AND NOT EXISTS (SELECT 1 FROM passes p WHERE p.person = t.person AND p.captured >= ?1)
			  AND NOT EXISTS (SELECT 1 FROM last_seen s WHERE s.person = t.person AND s.at >= ?1)`
	case "moved_out":
		return "SELECT d.person FROM departures d JOIN people p ON p.id = d.person AND p.state <> 'active' WHERE d.since < ?1 AND d.erased IS NULL" + inNoCase("d.person")
	case "visitors": // nothing that could let them in, and no trace of them, since
		return `SELECT p.id FROM people p WHERE p.household IS NULL AND p.state = 'active' AND coalesce(p.created, 0) < ?1
			AND NOT EXISTS (SELECT 1 FROM visits x WHERE x.person = p.id OR x.host = p.id)
			AND NOT EXISTS (SELECT 1 FROM permits x WHERE x.person = p.id AND coalesce(x.revoked, x.valid_to, ?1) >= ?1)
			AND NOT EXISTS (SELECT 1 FROM credentials x WHERE x.person = p.id AND x.revoked IS NULL)
			AND NOT EXISTS (SELECT 1 FROM templates x WHERE x.person = p.id)
			AND NOT EXISTS (SELECT 1 FROM health x WHERE x.person = p.id AND ` + healthEnd + ` = 9223372036854775807)
			AND NOT EXISTS (SELECT 1 FROM particulars x WHERE x.guardian = p.id)
			AND NOT EXISTS (SELECT 1 FROM passes x WHERE x.person = p.id AND x.captured >= ?1)` + inNoCase("p.id")
	}
	return ""
}

// inNoCase keeps the names of people whom a case still has: they go after it.
func inNoCase(person string) string {
	return " AND NOT EXISTS (SELECT 1 FROM cases c WHERE c.person = " + person + ") AND NOT EXISTS (SELECT 1 FROM case_contacts c WHERE c.person = " + person + ")"
}

const (
	oldPasses = "captured < ?1 AND coalesce(decided, 0) < ?1"
	// gonePeople are those whose names are off, and of whom nothing else is there: their ids go too.
	gonePeople = "SELECT d.person FROM departures d JOIN people i ON i.id = d.person AND i.state <> 'active' WHERE d.erased IS NOT NULL AND NOT EXISTS (SELECT 1 FROM passes p WHERE p.person = d.person)"
)

// Old counts what there is of a class of data that ages, and what of it was over before a time. CodeInvalid for a class that is
// not kept here.
func (s *Site) Old(ctx context.Context, class string, before time.Time) (kept, due int, err error) {
	const op = "sqlite.old"
	at, err := encodeTime(before)
	if err != nil {
		return 0, 0, err
	}
	count := func(query string, into *int) error {
		var n int
		var args []any
		if strings.Contains(query, "?1") {
			args = append(args, at)
		}
		if err := s.db.reader.QueryRowContext(ctx, query, args...).Scan(&n); err != nil {
			return fault(op, s.db.path, err)
		}
		*into += n
		return nil
	}
	known := false
	if people := chosen(class); people != "" {
		known = true
		err = count("SELECT count(*) FROM ("+people+")", &due)
		all := map[string]string{
			"templates": "SELECT count(*) FROM templates", "moved_out": "SELECT count(*) FROM people WHERE state <> 'active'",
			"visitors": "SELECT count(*) FROM people WHERE household IS NULL AND state = 'active'",
		}
		err = errors.Join(err, count(all[class], &kept))
	}
	if class == "passes" {
		err = errors.Join(err, count("SELECT count(*) FROM passes WHERE "+oldPasses, &due), count("SELECT count(*) FROM passes", &kept))
	}
	for _, w := range sweeps(class) {
		known = true
		err = errors.Join(err, count("SELECT count(*) FROM "+w.table+" WHERE "+w.old, &due))
		if w.table != "plan_pictures" { // of plans that are counted
			err = errors.Join(err, count("SELECT count(*) FROM "+w.table, &kept))
		}
	}
	if !known {
		err = noClass(op, class)
	}
	return kept, due, err
}

func noClass(op, class string) error {
	return menshen.Errorf(menshen.CodeInvalid, op, "nothing of the class %q is kept here", class)
}

// RemoveOld removes some of what was over before a time, in one short transaction: at most about so many rows. It says how many went;
// 0 once none is left. Removed content is overwritten; copies in the write-ahead log go with EmptyLog, or a later checkpoint.
func (s *Site) RemoveOld(ctx context.Context, class string, before time.Time, most int) (removed int, err error) {
	const op = "sqlite.remove_old"
	at, err := encodeTime(before)
	if err != nil {
		return 0, err
	}
	if class == "passes" {
		if removed, err = s.removePasses(ctx, at, most); removed > 0 || err != nil {
			return removed, err
		}
	}
	all := sweeps(class)
	if all == nil {
		return 0, noClass(op, class)
	}
	for _, w := range all {
		// removed counts rows alone; who follows the registry hears of what it knows.
		f := func(tx *sql.Tx) error {
			gone, err := rowsOf(ctx, tx, "DELETE FROM "+w.table+" WHERE ("+w.key+") IN (SELECT "+w.key+" FROM "+w.table+" WHERE "+w.old+" LIMIT ?2) RETURNING "+firstOf(w.key),
				[]any{at, most}, scanText)
			if err != nil {
				return err
			}
			removed = len(gone)
			if w.kind == "" {
				return nil
			}
			return mark(ctx, tx, w.kind, gone...)
		}
		if w.kind == "" {
			err = s.db.write(ctx, op, f)
		} else {
			err = s.alter(ctx, op, f)
		}
		if err != nil {
			return 0, err
		}
		if removed > 0 {
			return removed, nil
		}
	}
	return 0, nil
}

func firstOf(key string) string {
	k, _, _ := strings.Cut(key, ",")
	return k
}

// removePasses removes old passes; their pages go by themselves. The highest number of each gate stays known, and so does when
// somebody with a template was last seen.
func (s *Site) removePasses(ctx context.Context, at any, most int) (removed int, err error) {
	const op = "sqlite.remove_old"
	err = s.db.write(ctx, op, func(tx *sql.Tx) error {
		rows, err := rowsOf(ctx, tx, "SELECT rowid FROM passes WHERE "+oldPasses+" ORDER BY captured LIMIT ?2", []any{at, most}, func(rows *sql.Rows) (id int64, err error) {
			return id, rows.Scan(&id)
		})
		if err != nil || len(rows) == 0 {
			return err
		}
		list, err := json.Marshal(rows)
		if err != nil {
			return err
		}
		const among = " FROM passes WHERE rowid IN (SELECT value FROM json_each(?1))"
		for _, query := range []string{
			"INSERT INTO removed_passes (gate, last) SELECT gate, max(sequence)" + among + " GROUP BY gate ON CONFLICT (gate) DO UPDATE SET last = max(last, excluded.last)",
			"INSERT INTO last_seen (person, at) SELECT person, max(captured)" + among + ` AND person IN (SELECT person FROM templates UNION SELECT person FROM photographs) GROUP BY person
				ON CONFLICT (person) DO UPDATE SET at = max(at, excluded.at)`,
			"DELETE" + among,
		} {
			if _, err := tx.ExecContext(ctx, query, string(list)); err != nil {
				return err
			}
		}
		removed = len(rows)
		return nil
	})
	if err != nil {
		return 0, err
	}
	return removed, nil
}

// OldPeople gives at most so many people whose face (templates), or all that is known of them (visitors, moved_out), was over before a
// time.
func (s *Site) OldPeople(ctx context.Context, class string, before time.Time, most int) ([]string, error) {
	at, err := encodeTime(before)
	if err != nil {
		return nil, err
	}
	return collect(stream(ctx, s.db, "sqlite.old_people", "SELECT * FROM ("+chosen(class)+") ORDER BY 1 LIMIT ?2", []any{at, most}, scanText))
}

// Anonymise takes off somebody who was removed what tells who they were and where they lived.
func (s *Site) Anonymise(ctx context.Context, person string) error {
	const op = "sqlite.anonymise"
	now, err := encodeTime(s.db.opts.Now())
	if err != nil {
		return err
	}
	return s.alter(ctx, op, func(tx *sql.Tx) error {
		for _, query := range []string{
			"UPDATE people SET name = ?2, household = NULL, created = NULL WHERE id = ?1",
			"DELETE FROM last_seen WHERE person = ?1",
			"DELETE FROM links WHERE person = ?1",
			"DELETE FROM temperatures WHERE person = ?1",
			"DELETE FROM form_answers WHERE person = ?1",
			"DELETE FROM health WHERE person = ?1",
			"INSERT INTO departures (person, since, erased) VALUES (?1, ?3, ?3) ON CONFLICT (person) DO UPDATE SET erased = excluded.erased",
		} {
			if _, err := tx.ExecContext(ctx, query, person, menshen.NameErased, now); err != nil {
				return err
			}
		}
		vehicles, err := rowsOf(ctx, tx, "DELETE FROM permits WHERE person = ? AND kind = 'vehicle' RETURNING id", []any{person}, scanText)
		if err != nil {
			return err
		}
		// A household that nobody is left of keeps its dwelling, which is a place, and loses what was noted of the people.
		if _, err := tx.ExecContext(ctx, "UPDATE households SET note = '', language = '' WHERE note || language <> '' AND NOT EXISTS (SELECT 1 FROM people p WHERE p.household = households.id)"); err != nil {
			return err
		}
		return errors.Join(mark(ctx, tx, menshen.ChangePerson, person), mark(ctx, tx, menshen.ChangeHealth, person), mark(ctx, tx, menshen.ChangePermit, vehicles...))
	})
}

// ForgetGone removes at most so many people whose names are off, as soon as nothing names them any more, and says how many.
func (s *Site) ForgetGone(ctx context.Context, most int) (removed int, err error) {
	const op = "sqlite.remove_old"
	people, err := collect(stream(ctx, s.db, op, gonePeople, nil, scanText))
	if err != nil {
		return 0, err
	}
	for _, person := range people {
		if removed >= most {
			break
		}
		err := s.alter(ctx, op, func(tx *sql.Tx) error {
			if _, err := tx.ExecContext(ctx, "DELETE FROM people WHERE id = ?", person); err != nil {
				return err
			}
			return mark(ctx, tx, menshen.ChangePerson, person)
		})
		if missing(err) {
			continue // a consent, a permit or a case still names them
		}
		if err != nil {
			return removed, err
		}
		removed++
	}
	return removed, nil
}

// NoteDepartures notes who is not active since when, as far as it was not noted before: from then on their time runs.
func (s *Site) NoteDepartures(ctx context.Context, now time.Time) error {
	at, err := encodeTime(now)
	if err != nil {
		return err
	}
	return s.db.write(ctx, "sqlite.departures", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM departures WHERE person IN (SELECT id FROM people WHERE state = 'active')")
		if err == nil {
			_, err = tx.ExecContext(ctx, "INSERT INTO departures (person, since) SELECT id, ? FROM people WHERE state <> 'active' AND true ON CONFLICT DO NOTHING", at)
		}
		return err
	})
}

// EmptyLog moves the write-ahead log into the file, so that no copy of what was removed stays in it, unless somebody reads just now.
func (s *Site) EmptyLog(ctx context.Context) error { return s.db.emptyLog(ctx, "sqlite.empty_log") }

// Newest is the latest time that a pass or an entry of the audit log has; zero for none.
func (s *Site) Newest(ctx context.Context) (time.Time, error) {
	var at sql.NullInt64
	err := s.db.reader.QueryRowContext(ctx, `SELECT max(at) FROM (SELECT max(captured) AS at FROM passes
		UNION ALL SELECT at FROM (SELECT at FROM audit ORDER BY id DESC LIMIT 1))`).Scan(&at)
	return decodeTime(at), fault("sqlite.newest", s.db.path, err)
}
