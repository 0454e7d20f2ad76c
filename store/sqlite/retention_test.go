package sqlite_test

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"menshen"
	"menshen/store"
	"menshen/store/sqlite"
	"menshen/store/storetest"
)

// aged puts one row of each kind that ages into a site, over at a time. Names in it end with a mark, so that there may be two of each.
func aged(t *testing.T, db *sql.DB, mark string, over time.Time) {
	t.Helper()
	at := over.UnixNano()
	early := over.Add(-time.Hour).UnixNano()
	put := func(query string, args ...any) {
		t.Helper()
		if _, err := db.Exec(strings.ReplaceAll(query, "@", mark), args...); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
	}
	number := map[string]int{"old": 1, "new": 2}[mark]
	put("INSERT INTO people (id, name, state, created) VALUES ('p-@', '王', 'active', NULL)") // whom all is about
	put("INSERT INTO households (id, dwelling) VALUES ('h-@', '3-2-14-140' || ?)", number)
	put("UPDATE people SET household = 'h-@' WHERE id = 'p-@'")
	put("INSERT INTO passes (gate, sequence, site, person, direction, captured, decided, means, outcome, camera, track) VALUES ('east', ?, 'garden', 'p-@', 'in', ?, ?, 'face', 'allow', '', '')", number, early, at)
	put("INSERT INTO annotations VALUES ('a-@', 'east', ?, 'note', '', 'x', ?, 'guard')", number, at)
	put("INSERT INTO set_aside (gate, sequence, site, direction, captured, means, outcome, camera, track) VALUES ('east', ?, 'garden', 'in', ?, 'face', 'deny', '', '')", number, at)
	put("INSERT INTO temperatures (id, person, at, celsius, source, gate, entered_by) VALUES ('t-@', 'p-@', ?, 36.5, 'gate', '', '')", at)
	put("INSERT INTO health (person, state, since, reason, code, code_source, celsius, changed, changed_by) VALUES ('p-@', 'normal', ?, '', '', '', 0, ?, '')", early, at)
	put("INSERT OR IGNORE INTO forms VALUES ('entry', 1, '{}')")
	put("INSERT INTO form_answers VALUES ('f-@', 'entry', 1, 'p-@', NULL, ?, '', '', '', '')", at)
	put("INSERT INTO visits (id, person, host, reason, from_where, celsius, plate, state, permit, registered, registered_by, answered_by, left_at) VALUES ('v-@', 'p-@', '', '', '', 0, '', 'left', '', ?, '', '', ?)", early, at)
	put("INSERT INTO deliveries (id, gate, carrier, dwelling, item, arrived, taken_by, handed, handed_by, handed_to) VALUES ('d-@', 'east', '', '', '', ?, '', ?, '', '')", early, at)
	const permit = "INSERT INTO permits (id, kind, person, plate, valid_from, valid_to, weekdays, hours_from, hours_to, quota_outings, quota_days, quota_household, visit, renews, issued_by, revoked, revoked_by, revoked_for) VALUES (?, 'resident', 'p-@', '', 0, ?, 0, 0, 0, 0, 0, 0, '', '', '', ?, '', '')"
	put(permit, "m-ended-"+mark, at, nil)
	put(permit, "m-revoked-"+mark, nil, at)
	put("INSERT INTO credentials VALUES ('c-@', 'p-@', 'card', ?, '', NULL, ?)", []byte(mark), at)
	put("INSERT OR IGNORE INTO consent_texts VALUES (1, 'x', 'x', 0, '')")
	put("INSERT INTO consents VALUES ('k-@', 'p-@', 0, 1, 0, ?, '', ?, NULL)", early, at)
	put("INSERT INTO pack_requests VALUES ('r-@', 'p-@', 'refused', ?, 'x', ?, 'y', ?, 0, NULL)", early, early, at)
	put("INSERT INTO links VALUES (?, 'visit', '', '', ?, NULL)", []byte("expired-"+mark), at)
	put("INSERT INTO links VALUES (?, 'visit', '', '', NULL, ?)", []byte("used-"+mark), at)
	put("INSERT INTO rules (yaml, written_by, note, at) VALUES ('@', '', '', ?)", early)
	put("INSERT INTO rules (yaml, written_by, note, at) VALUES ('after @', '', '', ?)", at)
	put("INSERT INTO tracing_policies VALUES ('nhc-@', 1, '', '', ?, ''), ('nhc-@', 2, '', '', ?, '')", early, at)
	put("INSERT INTO plan_pictures VALUES ('pic-@', 'image/png', 1, 1, x'00')")
	put("INSERT INTO site_plans (at, made_by, picture, places) VALUES (?, '', 'pic-@', '[]'), (?, '', NULL, '[]')", early, at)
	put("INSERT INTO people (id, name, state, created) VALUES ('visitor-@', '李', 'active', ?), ('faced-@', '赵', 'active', ?)", at, early)
	put("INSERT OR IGNORE INTO engines VALUES (1, 'opencv', 'x', 2, 'euclidean')")
	put("INSERT INTO templates (id, person, engine, descriptor, quality, masked, created) VALUES ('tpl-@', 'faced-@', 1, ?, 1, 0, ?)", sqlite.EncodeDescriptor(menshen.Descriptor{1, 2}), at)
	put("INSERT INTO photographs (person, sum, name, data, created) VALUES ('faced-@', ?, 'x', x'00', ?)", []byte(mark), at)
	put("INSERT INTO people (id, name, household, state) VALUES ('gone-@', '孙', 'h-@', 'inactive')")
	put("INSERT INTO departures VALUES ('gone-@', ?, NULL)", at)
}

// TestRetentionOfEveryClass puts what was over a moment before the limit beside what was over at it, in every class that the store
// ages: the first is counted and goes, the second stays.
func TestRetentionOfEveryClass(t *testing.T) {
	now := time.Date(2026, 3, 15, 8, 0, 0, 0, time.UTC)
	limit := now.AddDate(0, 0, -30)
	path := filepath.Join(t.TempDir(), "site.db")
	s := MustOpen(t, path, sqlite.Options{Key: key(), Now: func() time.Time { return now }})
	db := MustRaw(t, path)
	aged(t, db, "old", limit.Add(-time.Nanosecond))
	aged(t, db, "new", limit)
	for _, c := range []struct {
		class          string
		due            int
		gone, alsoGone string // queries for something of "old"; with "new", for what must stay
	}{
		{class: "passes", due: 2, gone: "SELECT 1 FROM passes WHERE person = 'p-old'", alsoGone: "SELECT 1 FROM annotations WHERE id = 'a-old'"},
		{class: "temperatures", due: 1, gone: "SELECT 1 FROM temperatures WHERE id = 't-old'"},
		{class: "health", due: 1, gone: "SELECT 1 FROM health WHERE person = 'p-old'"},
		{class: "questionnaires", due: 1, gone: "SELECT 1 FROM form_answers WHERE id = 'f-old'"},
		{class: "visits", due: 1, gone: "SELECT 1 FROM visits WHERE id = 'v-old'"},
		{class: "deliveries", due: 1, gone: "SELECT 1 FROM deliveries WHERE id = 'd-old'"},
		{class: "permits", due: 3, gone: "SELECT 1 FROM permits WHERE id IN ('m-ended-old', 'm-revoked-old')", alsoGone: "SELECT 1 FROM credentials WHERE id = 'c-old'"},
		{class: "consents", due: 1, gone: "SELECT 1 FROM consents WHERE id = 'k-old'"},
		{class: "pack_requests", due: 1, gone: "SELECT 1 FROM pack_requests WHERE id = 'r-old'"},
		{class: "links", due: 2, gone: "SELECT 1 FROM links WHERE hash IN (CAST('expired-old' AS BLOB), CAST('used-old' AS BLOB))"},
		// The row of the old picture goes after its plan, so it is not due before.
		{class: "settings", due: 4, gone: "SELECT 1 FROM tracing_policies WHERE id = 'nhc-old' AND version = 1", alsoGone: "SELECT 1 FROM plan_pictures WHERE id = 'pic-old'"},
		{class: "templates", due: 1, gone: "SELECT 1 FROM templates WHERE id = 'tpl-old'", alsoGone: "SELECT 1 FROM photographs WHERE person = 'faced-old'"},
		{class: "visitors", due: 1, gone: "SELECT 1 FROM people WHERE id = 'visitor-old' AND name <> '" + menshen.NameErased + "'"},
		{class: "moved_out", due: 1, gone: "SELECT 1 FROM people WHERE id = 'gone-old' AND name <> '" + menshen.NameErased + "'"},
	} {
		t.Run(c.class, func(t *testing.T) {
			kept, due, err := s.Old(t.Context(), c.class, limit)
			must(t, err)
			if due < c.due || kept < due {
				t.Errorf("%d of %d are due", due, kept)
			}
			there := func(query string) bool {
				var n int
				err := db.QueryRow("SELECT EXISTS (" + query + ")").Scan(&n)
				must(t, err)
				return n == 1
			}
			for n := 1; n > 0; {
				n = removeSome(t, s, c.class, limit, 1) // one at a time: each step leaves the rest whole
			}
			for _, query := range []string{c.gone, c.alsoGone} {
				if query == "" {
					continue
				}
				if there(query) {
					t.Errorf("%s: still there", query)
				}
				if !there(strings.ReplaceAll(query, "old", "new")) {
					t.Errorf("%s: gone early", strings.ReplaceAll(query, "old", "new"))
				}
			}
			if _, due, err = s.Old(t.Context(), c.class, limit); err != nil || due != 0 {
				t.Errorf("%d are due after, %v", due, err)
			}
		})
	}
}

// removeSome removes what is old of a class, people as the hub removes them.
func removeSome(t *testing.T, s *sqlite.Site, class string, before time.Time, most int) int {
	t.Helper()
	ctx := t.Context()
	people := class == "templates" || class == "visitors" || class == "moved_out"
	if !people {
		n, err := s.RemoveOld(ctx, class, before, most)
		must(t, err)
		return n
	}
	old, err := s.OldPeople(ctx, class, before, most)
	must(t, err)
	for _, person := range old {
		if class == "templates" {
			must(t, s.RemoveFace(ctx, person))
			continue
		}
		must(t, s.RemovePerson(ctx, person))
		must(t, s.Anonymise(ctx, person))
	}
	if len(old) == 0 && class != "templates" {
		n, err := s.ForgetGone(ctx, most)
		must(t, err)
		return n
	}
	return len(old)
}

// TestVisitOfWhoeverIsInsideStays: nobody noted that they left, and they were seen since; once they were not, it goes.
func TestVisitOfWhoeverIsInsideStays(t *testing.T) {
	now := time.Date(2026, 3, 15, 8, 0, 0, 0, time.UTC)
	s := MustOpen(t, filepath.Join(t.TempDir(), "site.db"), sqlite.Options{Key: key(), Now: func() time.Time { return now }})
	long := now.AddDate(0, 0, -100)
	for _, id := range []string{"seen", "unseen"} {
		v := menshen.Visit{ID: "v-" + id, Person: id, State: menshen.VisitInside, Registered: long, Entered: long}
		must(t, s.AddVisit(t.Context(), v, menshen.Person{ID: id, Name: "王", State: menshen.PersonActive}, menshen.Particulars{}, nil))
	}
	pass := storetest.Pass("east-1", 1, "seen")
	pass.Captured, pass.Decided = now.AddDate(0, 0, -10), now.AddDate(0, 0, -10)
	_, err := s.CommitPasses(t.Context(), []menshen.Pass{pass})
	must(t, err)
	for _, step := range []struct{ days, want int }{{30, 1}, {5, 0}} {
		for n := 1; n > 0; {
			n, err = s.RemoveOld(t.Context(), "visits", now.AddDate(0, 0, -step.days), 10)
			must(t, err)
		}
		left := storetest.MustCollect(t, s.Visits(t.Context(), store.VisitFilter{}))
		if len(left) != step.want || step.want == 1 && left[0].Person != "seen" {
			t.Errorf("at %d days: %+v", step.days, left)
		}
	}
}

// TestRemovedPassesLeaveTheirNumbers: a gate whose passes all went goes on counting, and who was last seen is known where a
// template is kept.
func TestRemovedPassesLeaveTheirNumbers(t *testing.T) {
	now := time.Date(2026, 3, 15, 8, 0, 0, 0, time.UTC)
	s := MustOpen(t, filepath.Join(t.TempDir(), "site.db"), sqlite.Options{Key: key(), Now: func() time.Time { return now }})
	p := menshen.Person{ID: "p-1", Name: "王", State: menshen.PersonActive}
	engine := menshen.EngineID{Name: "opencv", ModelHash: "x", Dim: 2, Metric: menshen.MetricEuclidean}
	must(t, s.AddPerson(t.Context(), p, []menshen.Template{{ID: "t-1", Person: "p-1", Engine: engine, Descriptor: menshen.Descriptor{1, 2}, Quality: 1, Created: now.AddDate(-2, 0, 0)}}))
	var passes []menshen.Pass
	for i := range 5 {
		p := storetest.Pass("east-1", uint64(i+1), "p-1")
		p.Captured, p.Decided = now.AddDate(0, 0, -100+i), now.AddDate(0, 0, -100+i)
		passes = append(passes, p)
	}
	_, err := s.CommitPasses(t.Context(), passes)
	must(t, err)
	_, err = s.KeepPages(t.Context(), true)
	must(t, err)
	for n := 1; n > 0; {
		n, err = s.RemoveOld(t.Context(), "passes", now.AddDate(0, 0, -90), 2)
		must(t, err)
	}
	last, err := s.LastSequences(t.Context())
	must(t, err)
	if last["east-1"] != 5 {
		t.Errorf("the gate would give %d anew", last["east-1"]+1)
	}
	// Seen 96 days ago: not due at a limit of 97 days, due at one of 95.
	for days, want := range map[int]int{97: 0, 95: 1} {
		_, due, err := s.Old(t.Context(), "templates", now.AddDate(0, 0, -days))
		if err != nil || due != want {
			t.Errorf("at %d days %d templates are due, want %d; %v", days, due, want, err)
		}
	}
	if all := storetest.MustCollect(t, s.Passes(t.Context(), menshen.PassFilter{})); len(all) != 0 {
		t.Errorf("%d passes are left", len(all))
	}
}
