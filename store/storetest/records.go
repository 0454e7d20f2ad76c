package storetest

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"menshen"
	"menshen/store"
)

// hour gives the nth hour after the start.
func hour(n int) time.Time { return start().Add(time.Duration(n) * time.Hour) }

func sampleParticulars() menshen.Particulars {
	return menshen.Particulars{
		Phone: "+8613800001111", Document: menshen.Document{Kind: menshen.DocumentIDCard, Number: "11010519491231002X"}, Role: menshen.RoleHead,
		Guardian: "p-9", Born: time.Date(1949, 12, 31, 0, 0, 0, 0, time.UTC), Language: "en",
	}
}

// Permit gives a permit with every field set that an issued one has, from the nth hour on for a day.
func Permit(id, person string, n int) menshen.Permit {
	return menshen.Permit{
		ID: id, Kind: menshen.PermitResident, Person: person, Span: menshen.Span{From: hour(n), To: hour(n + 24)}, Gates: []string{"east-1", "west-1"},
		Weekdays: 0b0111110, Hours: menshen.DayHours{From: 1320, To: 360}, Quota: menshen.Quota{Outings: 1, Days: 2, Household: true},
		Visit: "", Renews: "e-0", Issued: hour(n), IssuedBy: "office@“desk”",
	}
}

func sampleHealth(person string) menshen.Health {
	return menshen.Health{
		Person: person, State: menshen.HealthObservation, Since: hour(1), Until: hour(15 * 24), Reason: "从武汉返回", Code: menshen.HealthCodeYellow,
		CodeSource: "gate", CodeAt: hour(2), Celsius: 36.6, MeasuredAt: hour(3), Changed: hour(4), By: "office",
	}
}

func sampleCredential(id, person string, first byte) menshen.Credential {
	return menshen.Credential{ID: id, Person: person, Kind: menshen.CredentialCard, Key: bytes.Repeat([]byte{first}, 32), Label: "妈妈的卡", Issued: hour(1)}
}

func sampleVisit(id, person string, n int) menshen.Visit {
	return menshen.Visit{
		ID: id, Person: person, Host: "p-1", Reason: "修水管", From: "通州", Origin: 36.5, Plate: "京A12345",
		Span: menshen.Span{From: hour(n), To: hour(n + 4)}, State: menshen.VisitAsked, Registered: hour(n), RegisteredBy: "guard",
	}
}

// MustPeople adds people without a dwelling.
func MustPeople(tb testing.TB, s Store, ids ...string) {
	tb.Helper()
	for _, id := range ids {
		must(tb, s.AddPerson(tb.Context(), samplePerson(id, "人 "+id, ""), nil))
	}
}

// MustChanges gives all changes after a revision.
func MustChanges(tb testing.TB, s Store, after uint64) []menshen.Change {
	tb.Helper()
	changes, latest, err := s.Changes(tb.Context(), after, 0)
	must(tb, err)
	for i, c := range changes {
		if c.Revision <= after || c.Revision > latest || i > 0 && c.Revision <= changes[i-1].Revision {
			tb.Fatalf("revision %d after %d of at most %d", c.Revision, after, latest)
		}
	}
	return changes
}

// latest gives the latest revision.
func latest(tb testing.TB, s Store) uint64 {
	tb.Helper()
	_, n, err := s.Changes(tb.Context(), 0, 1)
	must(tb, err)
	return n
}

// keysOf says what changed, in order.
func keysOf(changes []menshen.Change) (keys []string) {
	for _, c := range changes {
		gone := ""
		if c.Gone() {
			gone = " gone"
		}
		keys = append(keys, fmt.Sprintf("%s %s%s", c.Kind, c.Key, gone))
	}
	return keys
}

func putPerson(t *testing.T, s Store) {
	ctx := t.Context()
	p, full := samplePerson("p-1", "王小明", "3-2-14-1402"), sampleParticulars()
	must(t, s.PutPerson(ctx, p, &full))
	got, err := s.Person(ctx, "p-1")
	must(t, err)
	p.Household = got.Household
	wantEqual(t, got, p)
	kept, err := s.Particulars(ctx, "p-1")
	must(t, err)
	wantEqual(t, kept, full)

	// What is as before makes no change; particulars that are not given stay; the time of creation stays.
	before := latest(t, s)
	again := p
	again.Created = time.Time{}
	must(t, s.PutPerson(ctx, again, nil))
	wantEqual(t, latest(t, s), before)
	kept, err = s.Particulars(ctx, "p-1")
	must(t, err)
	wantEqual(t, kept, full)

	moved := samplePerson("p-1", "王大明", "8-1-B1-1")
	moved.Created, moved.State = time.Time{}, menshen.PersonInactive
	must(t, s.PutPerson(ctx, moved, &menshen.Particulars{Role: menshen.RoleTenant}))
	got, err = s.Person(ctx, "p-1")
	must(t, err)
	moved.Household, moved.Created = got.Household, p.Created
	wantEqual(t, got, moved)
	if got.Household == p.Household {
		t.Error("the household stayed after a move")
	}
	wantEqual(t, keysOf(MustChanges(t, s, before)), []string{"person p-1"})
	kept, err = s.Particulars(ctx, "p-1")
	must(t, err)
	wantEqual(t, kept, menshen.Particulars{Role: menshen.RoleTenant})
	must(t, s.PutPerson(ctx, moved, &menshen.Particulars{}))
	kept, err = s.Particulars(ctx, "p-1")
	must(t, err)
	wantEqual(t, kept, menshen.Particulars{})
	_, err = s.Particulars(ctx, "p-9")
	wantCode(t, err, menshen.CodeNotFound)
}

func putPersonIsAtomic(t *testing.T, s Store) {
	ctx := t.Context()
	bad := menshen.Particulars{Phone: "no digits"}
	wantCode(t, s.PutPeople(ctx, []store.Record{{Person: samplePerson("p-1", "A", "1-1-1-1")}, {Person: samplePerson("p-2", "B", ""), Particulars: &bad}}), menshen.CodeInvalid)
	wantCode(t, s.PutPerson(ctx, samplePerson("p-3", " ", ""), nil), menshen.CodeInvalid)
	wantCode(t, s.PutPerson(ctx, samplePerson("p-\xff", "A", ""), nil), menshen.CodeInvalid)
	c, err := s.Counts(ctx)
	must(t, err)
	wantEqual(t, c, store.Counts{})
	wantEqual(t, latest(t, s), uint64(0))
}

func documents(t *testing.T, s Store) {
	ctx := t.Context()
	full := sampleParticulars()
	twin := full
	twin.Phone = ""
	must(t, s.PutPeople(ctx, []store.Record{
		{Person: samplePerson("p-2", "B", ""), Particulars: &twin}, {Person: samplePerson("p-1", "A", ""), Particulars: &full},
		{Person: samplePerson("p-3", "C", ""), Particulars: &menshen.Particulars{Document: menshen.Document{Kind: menshen.DocumentPassport, Number: "E12345678"}}},
	}))
	for number, want := range map[menshen.Secret]string{
		"11010519491231002X": "p-1 p-2 ", " 110105 19491231 002x": "p-1 p-2 ", "e12345678": "p-3 ", "11010519491231": "", "": "",
	} {
		found, err := s.PeopleByDocument(ctx, number)
		must(t, err)
		got := ""
		for _, p := range found {
			got += p.ID + " "
		}
		if got != want {
			t.Errorf("%s: %q, want %q", number.Reveal(), got, want)
		}
	}
	must(t, s.PutPerson(ctx, samplePerson("p-1", "王小明", ""), &menshen.Particulars{Phone: "13800001111", Document: menshen.Document{Kind: menshen.DocumentIDCard, Number: "11010519491231002X"}}))
	must(t, s.PutPerson(ctx, samplePerson("p-4", "王芳", ""), &menshen.Particulars{Phone: "+8613800001111"}))
	must(t, s.PutPerson(ctx, samplePerson("p-5", "李雷", ""), &menshen.Particulars{Phone: "+113800001111"}))
	for phone, want := range map[string]string{
		"138 0000-1111": "p-1 p-4 ", "+86 138 0000 1111": "p-1 p-4 ", "008613800001111": "p-1 p-4 ", "+1 13800001111": "p-5 ", "11010519491231002X": "", "": "",
	} {
		found, err := s.PeopleByPhone(ctx, phone)
		must(t, err)
		got := ""
		for _, p := range found {
			got += p.ID + " "
		}
		if got != want {
			t.Errorf("%s: %q, want %q", phone, got, want)
		}
	}
	must(t, s.RemovePerson(ctx, "p-1"))
	found, err := s.PeopleByDocument(ctx, "11010519491231002X")
	must(t, err)
	if len(found) != 1 || found[0].ID != "p-2" {
		t.Errorf("after a removal: %+v", found)
	}
	kept, err := s.Particulars(ctx, "p-1")
	must(t, err)
	wantEqual(t, kept, menshen.Particulars{})
}

func householdsFound(t *testing.T, s Store) {
	ctx := t.Context()
	must(t, s.AddPerson(ctx, samplePerson("p-1", "王小明", "3-2-14-1402"), nil))
	must(t, s.AddPerson(ctx, samplePerson("p-2", "Anna", "3-2-14-1402"), nil))
	p, err := s.Person(ctx, "p-1")
	must(t, err)
	home := menshen.Household{Dwelling: p.Dwelling, Language: "en", Note: "两位老人", Shared: true}
	id, err := s.PutHousehold(ctx, home)
	must(t, err)
	wantEqual(t, id, p.Household)
	home.ID = id
	other := menshen.Household{ID: "h-2", Dwelling: samplePerson("x", "x", "11-1-B1-2").Dwelling}
	id, err = s.PutHousehold(ctx, other)
	must(t, err)
	wantEqual(t, id, "h-2")
	for query, want := range map[string][]menshen.Household{
		"": {other, home}, "ANNA": {home}, "3-2": {home}, "b1": {other}, "h-2": {other}, "nobody": nil,
	} {
		found, err := s.Households(ctx, query, 0)
		must(t, err)
		wantEqual(t, found, want)
	}
	found, err := s.Households(ctx, "", 1)
	must(t, err)
	wantEqual(t, found, []menshen.Household{other})
	got, err := s.Household(ctx, home.ID)
	must(t, err)
	wantEqual(t, got, home)
	_, err = s.Household(ctx, "h-9")
	wantCode(t, err, menshen.CodeNotFound)
	must(t, s.AddPerson(ctx, samplePerson("p-3", "Nobody's", ""), nil))
	wantEqual(t, MustCollect(t, s.Residences(ctx)), []store.Residence{
		{Person: "p-1", Household: home.ID, Dwelling: home.Dwelling, Shared: true}, {Person: "p-2", Household: home.ID, Dwelling: home.Dwelling, Shared: true},
	})
	people, err := s.HouseholdPeople(ctx, home.ID)
	must(t, err)
	if len(people) != 2 || people[0].ID != "p-1" || people[1].ID != "p-2" {
		t.Errorf("%+v", people)
	}
	people, err = s.HouseholdPeople(ctx, "h-9")
	must(t, err)
	wantEqual(t, len(people), 0)
	for _, bad := range []menshen.Household{{}, {Dwelling: home.Dwelling, Language: "fr"}, {Dwelling: menshen.Dwelling{Building: "1"}}, {Dwelling: home.Dwelling, Note: "\xff"}} {
		_, err := s.PutHousehold(ctx, bad)
		wantCode(t, err, menshen.CodeInvalid)
	}
}
