package sqlite_test

import (
	"bytes"
	"database/sql"
	"encoding/binary"
	"fmt"
	"math"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"menshen"
	"menshen/store"
	"menshen/store/sqlite"
	"menshen/store/storetest"
)

// records are what is kept of one person in health, temperatures, visits and permits, every text and number in them theirs alone.
type records struct {
	health  menshen.Health
	reading menshen.Temperature
	visit   menshen.Visit
	permit  menshen.Permit
}

// recordsOf gives the records of a person; n is from 0 to 9999.
func recordsOf(id string, n int) records {
	at := time.Date(2026, 3, 1, 8, 0, n, 0, time.UTC)
	by := fmt.Sprintf("值班员%05d", n)
	return records{
		health: menshen.Health{
			Person: id, State: menshen.HealthObservation, Since: at, Until: at.AddDate(0, 0, 14), Reason: fmt.Sprintf("同乘电梯%05d", n),
			Code: menshen.HealthCodeYellow, CodeSource: fmt.Sprintf("自报%05d", n), CodeAt: at, Celsius: 30 + float64(n)*0.00111 + 0.00013, MeasuredAt: at, Changed: at, By: by,
		},
		reading: menshen.Temperature{
			ID: "m-" + id, Person: id, At: at, Celsius: 30 + float64(n)*0.00111 + 0.00013, Source: menshen.TemperatureGuard, Gate: fmt.Sprintf("gate-%05d", n), By: by,
		},
		visit: menshen.Visit{
			ID: "v-" + id, Person: id, Host: "host", Reason: fmt.Sprintf("探望外婆%05d", n), From: fmt.Sprintf("来自武昌%05d", n), Origin: 30 + float64(n)*0.00111 + 0.00017,
			Plate: fmt.Sprintf("京B%05d", n), Span: menshen.Span{From: at, To: at.Add(time.Hour)}, State: menshen.VisitAsked, Registered: at, RegisteredBy: by, AnsweredBy: by,
		},
		permit: menshen.Permit{
			ID: "e-" + id, Kind: menshen.PermitVehicle, Person: id, Plate: fmt.Sprintf("鄂A%05d", n), Span: menshen.Span{From: at},
			Issued: at, IssuedBy: "office", Revoked: at.Add(time.Hour), RevokedBy: "office", RevokedFor: fmt.Sprintf("搬走了%05d", n),
		},
	}
}

// plain is what must be readable nowhere: texts, and numbers as SQLite keeps them and as they are written.
func (r records) plain() map[string][]byte {
	all := map[string][]byte{
		"reason of a state": []byte(r.health.Reason), "source of a code": []byte(r.health.CodeSource), "gate of a reading": []byte(r.reading.Gate),
		"reason of a visit": []byte(r.visit.Reason), "origin of a visitor": []byte(r.visit.From), "plate of a visitor": []byte(r.visit.Plate),
		"plate of a permit": []byte(r.permit.Plate), "reason of a revocation": []byte(r.permit.RevokedFor), "name of who entered it": []byte(r.visit.RegisteredBy),
	}
	for what, t := range map[string]float64{"temperature": r.reading.Celsius, "temperature of a visitor": r.visit.Origin} {
		all[what] = binary.BigEndian.AppendUint64(nil, math.Float64bits(t))
		all[what+" in figures"] = []byte(strconv.FormatFloat(t, 'f', -1, 64))
	}
	return all
}

func mustKeepRecords(tb testing.TB, s *sqlite.Site, r records) {
	tb.Helper()
	ctx := tb.Context()
	p, err := s.Person(ctx, r.visit.Person)
	must(tb, err)
	with, err := s.Particulars(ctx, p.ID)
	must(tb, err)
	must(tb, s.AddVisit(ctx, r.visit, p, with, &r.reading))
	must(tb, s.AddPermit(ctx, r.permit))
	must(tb, s.SetHealth(ctx, r.health))
}

// mustPutPlain puts records into a database as versions before these were sealed left them.
func mustPutPlain(tb testing.TB, db interface {
	Exec(string, ...any) (sql.Result, error)
}, r records) {
	tb.Helper()
	at := func(t time.Time) any {
		if t.IsZero() {
			return nil
		}
		return t.UnixNano()
	}
	h, t, v, p := r.health, r.reading, r.visit, r.permit
	for _, x := range []struct {
		query string
		args  []any
	}{
		{"INSERT INTO health (person, state, since, until, reason, code, code_source, code_at, celsius, measured_at, changed, changed_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			[]any{h.Person, string(h.State), at(h.Since), at(h.Until), h.Reason, string(h.Code), h.CodeSource, at(h.CodeAt), h.Celsius, at(h.MeasuredAt), at(h.Changed), h.By}},
		{"INSERT INTO temperatures (id, person, at, celsius, source, gate, entered_by) VALUES (?, ?, ?, ?, ?, ?, ?)",
			[]any{t.ID, t.Person, at(t.At), t.Celsius, string(t.Source), t.Gate, t.By}},
		{`INSERT INTO visits (id, person, host, reason, from_where, celsius, plate, expected_from, expected_to, state, permit, registered, registered_by, answered_by)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', ?, ?, ?)`,
			[]any{v.ID, v.Person, v.Host, v.Reason, v.From, v.Origin, v.Plate, at(v.Span.From), at(v.To), string(v.State), at(v.Registered), v.RegisteredBy, v.AnsweredBy}},
		{`INSERT INTO permits (id, kind, person, plate, valid_from, weekdays, hours_from, hours_to, quota_outings, quota_days, quota_household, visit, renews, issued, issued_by,
			revoked, revoked_by, revoked_for) VALUES (?, ?, ?, ?, ?, 0, 0, 0, 0, 0, 0, '', '', ?, ?, ?, ?, ?)`,
			[]any{p.ID, string(p.Kind), p.Person, p.Plate, at(p.From), at(p.Issued), p.IssuedBy, at(p.Revoked), p.RevokedBy, p.RevokedFor}},
	} {
		_, err := db.Exec(x.query, x.args...)
		must(tb, err)
	}
}

// mustHaveRecords reads the records of somebody through every way there is.
func mustHaveRecords(tb testing.TB, s *sqlite.Site, want records) {
	tb.Helper()
	ctx := tb.Context()
	id := want.health.Person
	h, err := s.Health(ctx, id)
	must(tb, err)
	p, err := s.Permit(ctx, want.permit.ID)
	must(tb, err)
	v, err := s.Visit(ctx, want.visit.ID)
	must(tb, err)
	readings := storetest.MustCollect(tb, s.Temperatures(ctx, store.TemperatureFilter{Person: id, AtLeast: 30, Latest: 1}))
	if len(readings) != 1 || readings[0] != want.reading {
		tb.Fatalf("%+v", readings)
	}
	if got := (records{h, readings[0], v, p}); !reflect.DeepEqual(got, want) {
		tb.Fatalf("\n got %+v\nwant %+v", got, want)
	}
}

// mustBeErased reads what is left of the records of somebody who was removed.
func mustBeErased(tb testing.TB, s *sqlite.Site, was records) {
	tb.Helper()
	ctx := tb.Context()
	id := was.health.Person
	if h, err := s.Health(ctx, id); err != nil || h != (menshen.Health{Person: id, State: menshen.HealthNormal}) {
		tb.Errorf("%+v, %v", h, err)
	}
	if t := storetest.MustCollect(tb, s.Temperatures(ctx, store.TemperatureFilter{Person: id})); len(t) > 0 {
		tb.Errorf("%+v", t)
	}
	for _, h := range storetest.MustCollect(tb, s.HealthRecords(ctx, menshen.HealthObservation)) {
		if h.Person == id {
			tb.Errorf("%+v", h)
		}
	}
	visit, permit := was.visit, was.permit
	visit.Reason, visit.From, visit.Origin, visit.Plate, visit.RegisteredBy, visit.AnsweredBy = "", "", 0, "", "", ""
	permit.Plate, permit.RevokedFor = menshen.NameErased, ""
	if v := storetest.MustCollect(tb, s.Visits(ctx, store.VisitFilter{Person: id})); len(v) != 1 || v[0] != visit {
		tb.Errorf("%+v", v)
	}
	if p := storetest.MustCollect(tb, s.Permits(ctx, store.PermitFilter{Person: id})); len(p) != 1 || !reflect.DeepEqual(p[0], permit) {
		tb.Errorf("%+v", p)
	}
	if _, _, err := s.Changes(ctx, 0, 0); err != nil {
		tb.Error(err)
	}
}

func mustAddPeople(tb testing.TB, s *sqlite.Site, ids ...string) {
	tb.Helper()
	for _, id := range ids {
		must(tb, s.PutPerson(tb.Context(), menshen.Person{ID: id, Name: "人" + id, State: menshen.PersonActive}, nil))
	}
}

// TestMovedRecords: what is sealed in the rows of people can be opened only where it was put.
func TestMovedRecords(t *testing.T) {
	ctx := t.Context()
	one, two := recordsOf("p-1", 1), recordsOf("p-2", 2)
	read := map[string]func(s *sqlite.Site, r records) error{
		"health": func(s *sqlite.Site, r records) error { _, err := s.Health(ctx, r.health.Person); return err },
		"temperatures": func(s *sqlite.Site, r records) (last error) {
			for _, err := range s.Temperatures(ctx, store.TemperatureFilter{Person: r.reading.Person}) {
				last = err
			}
			return last
		},
		"visits":  func(s *sqlite.Site, r records) error { _, err := s.Visit(ctx, r.visit.ID); return err },
		"permits": func(s *sqlite.Site, r records) error { _, err := s.Permit(ctx, r.permit.ID); return err },
	}
	for table := range read {
		for name, damage := range map[string]string{
			"another row":    "(SELECT sealed FROM " + table + " WHERE person = 'p-1')",
			"another table":  "(SELECT sealed FROM people WHERE id = 'p-2')",
			"a byte more":    "CAST(sealed || x'00' AS BLOB)",
			"cut":            "substr(sealed, 1, 3)",
			"a newer cipher": "CAST(x'03' || substr(sealed, 2) AS BLOB)",
		} {
			path := filepath.Join(t.TempDir(), "site.db")
			s := MustOpen(t, path, sqlite.Options{Key: key()})
			mustAddPeople(t, s, "p-1", "p-2")
			mustKeepRecords(t, s, one)
			mustKeepRecords(t, s, two)
			must(t, s.Close())
			db := MustRaw(t, path)
			mustExec(t, db, "UPDATE "+table+" SET sealed = "+damage+" WHERE person = 'p-2'")
			must(t, db.Close())
			s = MustOpen(t, path, sqlite.Options{Key: key()})
			if err := read[table](s, two); menshen.ErrorCode(err) != menshen.CodeCorrupt {
				t.Errorf("%s, %s: %v", table, name, err)
			}
			mustHaveRecords(t, s, one)
			// One that is damaged holds up neither those who look at all, nor a reading.
			for _, err := range s.HealthRecords(ctx, "") {
				must(t, err)
			}
			_, err := s.SiteFigures(ctx, one.reading.At, two.reading.At, 30)
			must(t, err)
			later := two.reading
			later.ID, later.At = "m-later", two.reading.At.Add(time.Hour)
			must(t, s.AddTemperature(ctx, later))
		}
	}
}

// TestRecordsOfTheErased: while the keys of somebody are destroyed and their rows are still there, nobody's reading fails. The next
// opening deletes the rows.
func TestRecordsOfTheErased(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "site.db")
	s := MustOpen(t, path, sqlite.Options{Key: key()})
	mustAddPeople(t, s, "p-1", "p-2")
	one, two := recordsOf("p-1", 1), recordsOf("p-2", 2)
	mustKeepRecords(t, s, one)
	mustKeepRecords(t, s, two)
	must(t, sqlite.DestroyKeys(ctx, s, "p-1"))
	check := func() {
		t.Helper()
		mustBeErased(t, s, one)
		mustHaveRecords(t, s, two)
		if v := storetest.MustCollect(t, s.Visits(ctx, store.VisitFilter{})); len(v) != 2 {
			t.Errorf("%+v", v)
		}
		f, err := s.SiteFigures(ctx, one.reading.At, two.reading.At, 30)
		must(t, err)
		if f.Observed != 1 || f.Fevers != 1 {
			t.Errorf("%+v", f)
		}
		for _, class := range []string{"health", "temperatures", "visits", "permits", "visitors"} {
			_, _, err := s.Old(ctx, class, time.Date(2027, 3, 1, 8, 0, 0, 0, time.UTC))
			must(t, err)
		}
	}
	check()
	// A reading that comes now is kept under a new key.
	later := one.reading
	later.ID, later.At = "m-later", one.reading.At.Add(time.Hour)
	must(t, s.AddTemperature(ctx, later))
	if h, err := s.Health(ctx, "p-1"); err != nil || h.MeasuredAt != later.At || h.State != menshen.HealthNormal {
		t.Errorf("%+v, %v", h, err)
	}
	must(t, s.Close())
	s = MustOpen(t, path, sqlite.Options{Key: key()})
	check()
	// Whoever read something before the erasure and writes it after brings nothing back.
	must(t, s.ChangeVisit(ctx, one.visit, nil))
	refuse := func(err error) {
		t.Helper()
		if menshen.ErrorCode(err) != menshen.CodeNotFound {
			t.Errorf("%v", err)
		}
	}
	refuse(s.SetHealth(ctx, one.health))
	later.ID = "m-later-still"
	refuse(s.AddTemperature(ctx, later))
	fresh := one.permit
	fresh.ID = "permit-later"
	refuse(s.AddPermit(ctx, fresh))
	db := MustRaw(t, path)
	var left int
	must(t, db.QueryRow(`SELECT (SELECT count(*) FROM health WHERE person = 'p-1') + (SELECT count(*) FROM temperatures WHERE person = 'p-1') +
		(SELECT count(*) FROM visits WHERE person = 'p-1' AND sealed IS NOT NULL) + (SELECT count(*) FROM permits WHERE person = 'p-1' AND sealed IS NOT NULL)`).Scan(&left))
	if left != 0 {
		t.Errorf("%d rows are left", left)
	}
}

// TestRecordsWithoutAKey: a database that never had a key keeps records plain, erases them all the same, and seals them as soon as a key
// comes.
func TestRecordsWithoutAKey(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "site.db")
	s := MustOpen(t, path, sqlite.Options{})
	mustAddPeople(t, s, "p-1", "p-2")
	one, two := recordsOf("p-1", 1), recordsOf("p-2", 2)
	mustKeepRecords(t, s, one)
	mustKeepRecords(t, s, two)
	mustHaveRecords(t, s, one)
	must(t, s.RemovePerson(t.Context(), "p-1"))
	mustBeErased(t, s, one)
	mustHaveRecords(t, s, two)
	must(t, s.Close())
	for what, b := range two.plain() {
		if !strings.HasSuffix(what, "in figures") && !bytes.Contains(bytesOf(t, dir), b) {
			t.Fatalf("the %s is not there before: the search finds nothing", what)
		}
	}

	s = MustOpen(t, path, sqlite.Options{Key: key()})
	mustBeErased(t, s, one)
	mustHaveRecords(t, s, two)
	mustBeNowhere(t, two, dir)
	must(t, s.Close())
	s = MustOpen(t, path, sqlite.Options{})
	_, err := s.Health(t.Context(), "p-2")
	wantFault(t, err, menshen.CodeInvalid)
	wantFault(t, s.SetHealth(t.Context(), two.health), menshen.CodeInvalid)
	wantFault(t, s.AddPermit(t.Context(), recordsOf("p-2", 3).permit), menshen.CodeInvalid)
}

// mustBeNowhere looks for records in all files of folders.
func mustBeNowhere(tb testing.TB, r records, folders ...string) {
	tb.Helper()
	at := bytesOf(tb, folders...)
	for what, b := range r.plain() {
		if bytes.Contains(at, b) {
			tb.Errorf("the %s of %s can be read", what, r.health.Person)
		}
	}
}

// mustMakeOlder takes a closed database back to the schema before records were sealed. Its people have keys.
func mustMakeOlder(tb testing.TB, db *sql.DB) {
	tb.Helper()
	for _, table := range []string{"health", "temperatures", "visits", "permits"} {
		mustExec(tb, db, "DROP INDEX "+table+"_plain")
		mustExec(tb, db, "ALTER TABLE "+table+" DROP COLUMN sealed")
	}
	mustExec(tb, db, "DROP TABLE pack_requests")
	mustExec(tb, db, "DELETE FROM goose_db_version WHERE version_id >= 17")
}

// TestRecordsOfBefore upgrades a database whose people have keys, and whose file was made anew once already: their records are brought
// under the keys, and what lay about in the file is gone. Of who was erased before, nothing is brought under a key.
func TestRecordsOfBefore(t *testing.T) {
	ctx := t.Context()
	dir, copies := t.TempDir(), t.TempDir()
	path := filepath.Join(dir, "site.db")
	s := MustOpen(t, path, sqlite.Options{Key: key()})
	mustAddPeople(t, s, "p-1", "p-2", "p-3", "p-4")
	must(t, s.RemovePerson(ctx, "p-3"))
	must(t, s.Close())
	one, two, erased, thrown := recordsOf("p-1", 1), recordsOf("p-2", 2), recordsOf("p-3", 3), recordsOf("p-4", 4)
	db := MustRaw(t, path)
	mustMakeOlder(t, db)
	mustExec(t, db, "PRAGMA secure_delete = OFF")
	for _, r := range []records{one, two, erased, thrown} {
		mustPutPlain(t, db, r)
	}
	for _, table := range []string{"health", "temperatures", "visits", "permits"} {
		mustExec(t, db, "DELETE FROM "+table+" WHERE person = 'p-4'")
	}
	mustExec(t, db, "UPDATE health SET state = 'dead' WHERE person = 'p-2'")
	var rewritten int
	must(t, db.QueryRow("SELECT rewritten FROM keyring").Scan(&rewritten))
	must(t, db.Close())
	for _, r := range []records{one, erased, thrown} {
		if rewritten != 1 || !bytes.Contains(bytesOf(t, dir), []byte(r.visit.Reason)) {
			t.Fatal("the search finds nothing")
		}
	}

	s = MustOpen(t, path, sqlite.Options{Key: key()})
	mustHaveRecords(t, s, one)
	if held, _, err := sqlite.PersonKeys(ctx, s, "p-3"); err != nil || len(held) > 0 {
		t.Errorf("who was erased has %d keys, %v", len(held), err)
	}
	_, err := s.Health(ctx, "p-2") // damaged before: it stays, and is found out
	wantFault(t, err, menshen.CodeCorrupt)
	must(t, s.SetHealth(ctx, two.health))
	mustHaveRecords(t, s, two)
	mustBeErased(t, s, erased)
	must(t, s.Backup(ctx, filepath.Join(copies, "site.db")))
	look := func() {
		t.Helper()
		for _, r := range []records{one, erased, thrown} {
			mustBeNowhere(t, r, dir, copies)
		}
	}
	look()
	must(t, s.Close())
	look()
	db = MustRaw(t, path)
	must(t, db.QueryRow("SELECT rewritten FROM keyring").Scan(&rewritten))
	if rewritten != 1 {
		t.Error("the file was not made anew")
	}
}

// TestRetentionOfSealedHealth: by what is sealed of a record it is told whether it is over, and whether somebody must stay for it.
func TestRetentionOfSealedHealth(t *testing.T) {
	ctx := t.Context()
	now := time.Date(2026, 3, 15, 8, 0, 0, 0, time.UTC)
	old, limit := now.AddDate(0, 0, -60), now.AddDate(0, 0, -30)
	s := MustOpen(t, filepath.Join(t.TempDir(), "site.db"), sqlite.Options{Key: key(), Now: func() time.Time { return now }})
	for id, h := range map[string]menshen.Health{
		"p-over":      {State: menshen.HealthNormal, Since: old, Changed: old},
		"p-recovered": {State: menshen.HealthRecovered, Since: old, Until: old.Add(time.Hour), Changed: old},
		"p-isolated":  {State: menshen.HealthIsolated, Since: old, Changed: old},
		"p-measured":  {State: menshen.HealthNormal, Celsius: 36.5, MeasuredAt: limit, Changed: old},
		"p-coded":     {State: menshen.HealthNormal, Code: menshen.HealthCodeGreen, CodeAt: limit, Changed: old},
		"p-until":     {State: menshen.HealthNormal, Since: old, Until: limit, Changed: old},
		"p-changed":   {State: menshen.HealthNormal, Changed: limit},
	} {
		must(t, s.PutPerson(ctx, menshen.Person{ID: id, Name: "人" + id, State: menshen.PersonActive, Created: old}, nil))
		h.Person = id
		must(t, s.SetHealth(ctx, h))
	}
	ids := func() (all []string) {
		for _, h := range append(storetest.MustCollect(t, s.HealthRecords(ctx, menshen.HealthNormal)), storetest.MustCollect(t, s.HealthRecords(ctx, ""))...) {
			all = append(all, h.Person)
		}
		return all
	}
	people, err := s.OldPeople(ctx, "visitors", limit, 100)
	must(t, err)
	if len(people) != 6 || slices.Contains(people, "p-isolated") {
		t.Errorf("visitors that are over: %v", people)
	}
	kept, due, err := s.Old(ctx, "health", limit)
	must(t, err)
	removed, err := s.RemoveOld(ctx, "health", limit, 100)
	must(t, err)
	if kept != 7 || due != 2 || removed != 2 {
		t.Errorf("%d of %d are due, %d went", due, kept, removed)
	}
	if got := ids(); !slices.Equal(got, []string{"p-changed", "p-coded", "p-measured", "p-until", "p-isolated"}) {
		t.Errorf("%v stay", got)
	}
	// Whose keys are destroyed holds up nobody.
	must(t, sqlite.DestroyKeys(ctx, s, "p-until"))
	if removed, err = s.RemoveOld(ctx, "health", limit.Add(1), 100); err != nil || removed != 4 {
		t.Errorf("%d went, %v", removed, err)
	}
}
