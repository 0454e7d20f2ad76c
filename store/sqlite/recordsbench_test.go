package sqlite_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"menshen"
	"menshen/store"
	"menshen/store/sqlite"
	"menshen/store/storetest"
)

// BenchmarkRecords reads the health records of 100,000 people, one in fifty of them observed, with a reading of the day each; then
// 400,000 permits, of which one in forty is of a vehicle, as a start does.
func BenchmarkRecords(b *testing.B) {
	const people, portion = 100_000, 5000
	ctx := b.Context()
	path := filepath.Join(b.TempDir(), "site.db")
	s, err := sqlite.Open(ctx, path, sqlite.Options{Key: key()})
	must(b, err)
	all := make([]menshen.Person, people)
	permits := make([]menshen.Permit, 0, 4*people)
	day := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	for i := range all {
		all[i] = menshen.Person{ID: fmt.Sprintf("0198c0de-0000-7000-8000-%012d", i), Name: fmt.Sprint("人", i), State: menshen.PersonActive}
		for n := range 4 {
			p := storetest.Permit(fmt.Sprintf("e-%06d-%d", i, n), all[i].ID, n)
			if n == 0 && i%10 == 0 {
				p.Kind, p.Plate = menshen.PermitVehicle, fmt.Sprintf("京A%05d", i)
			}
			permits = append(permits, p)
		}
	}
	must(b, s.AddPeople(ctx, all))
	must(b, s.AddPermits(ctx, permits))
	b.Run("permits", func(b *testing.B) {
		for b.Loop() {
			for after := uint64(people); ; {
				changes, _, err := s.Changes(ctx, after, portion)
				must(b, err)
				if len(changes) == 0 {
					break
				}
				after = changes[len(changes)-1].Revision
			}
		}
	})
	must(b, s.Close())
	db := MustRaw(b, path)
	tx, err := db.BeginTx(ctx, nil)
	must(b, err)
	for i, p := range all {
		at := day.Add(time.Duration(i) * time.Millisecond).UnixNano()
		state, celsius := "normal", 36.5
		if i%50 == 0 {
			state = "observation"
		}
		if i%100 == 0 {
			celsius = 38.1
		}
		_, err := tx.Exec(`INSERT INTO health (person, state, reason, code, code_source, celsius, measured_at, changed, changed_by)
			VALUES (?, ?, '', 'green', 'gate', ?, ?, ?, 'guard@east')`, p.ID, state, celsius, at, at)
		must(b, err)
		_, err = tx.Exec("INSERT INTO temperatures (id, person, at, celsius, source, gate, entered_by) VALUES (?, ?, ?, ?, 'gate', 'east', 'sensor')", "m-"+p.ID, p.ID, at, celsius)
		must(b, err)
	}
	must(b, tx.Commit())
	must(b, db.Close())
	start := time.Now()
	s = MustOpen(b, path, sqlite.Options{Key: key()})
	b.Logf("opened after %v: 200,000 rows brought under keys, if they are", time.Since(start))
	for what, state := range map[string]menshen.HealthState{"not normal": "", "observed": menshen.HealthObservation} {
		b.Run(what, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if n := len(storetest.MustCollect(b, s.HealthRecords(ctx, state))); n != people/50 {
					b.Fatal(n)
				}
			}
		})
	}
	b.Run("fevers", func(b *testing.B) {
		for b.Loop() {
			if n := len(storetest.MustCollect(b, s.Temperatures(ctx, store.TemperatureFilter{AtLeast: menshen.Fever}))); n != people/100 {
				b.Fatal(n)
			}
		}
	})
	b.Run("latest fever", func(b *testing.B) {
		for b.Loop() {
			if n := len(storetest.MustCollect(b, s.Temperatures(ctx, store.TemperatureFilter{AtLeast: menshen.Fever, Latest: 10}))); n != 10 {
				b.Fatal(n)
			}
		}
	})
	b.Run("figures", func(b *testing.B) {
		for b.Loop() {
			f, err := s.SiteFigures(ctx, day, day.AddDate(0, 0, 1), menshen.Fever)
			must(b, err)
			if f.Observed != people/50 || f.Measured != people {
				b.Fatalf("%+v", f)
			}
		}
	})
}
