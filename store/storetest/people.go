package storetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"menshen"
	"menshen/store"
)

func addPersonRoundTrip(t *testing.T, s Store) {
	ctx := t.Context()
	p := samplePerson("p-1", "王小明", "3-2-B1-室02")
	p.Created = p.Created.In(time.FixedZone("CST", 8*3600))
	ts := []menshen.Template{sampleTemplate("t-1", "p-1", Engine("opencv"), 1), sampleTemplate("t-2", "p-1", Engine("opencv"), 2)}
	ts[1].Created = time.Time{}
	must(t, s.AddPerson(ctx, p, ts))

	got, err := s.Person(ctx, "p-1")
	must(t, err)
	if got.Household == "" {
		t.Error("no household was made for the dwelling")
	}
	p.Household, p.Created = got.Household, start()
	wantEqual(t, got, p)
	wantEqual(t, MustCollect(t, s.Templates(ctx, Engine("opencv"))), ts)
	wantEqual(t, MustCollect(t, s.People(ctx)), []menshen.Person{p})

	worker := samplePerson("p-2", "Worker", "")
	worker.Created = time.Time{}
	must(t, s.AddPerson(ctx, worker, nil))
	got, err = s.Person(ctx, "p-2")
	must(t, err)
	wantEqual(t, got, worker)

	_, err = s.Person(ctx, "nobody")
	wantCode(t, err, menshen.CodeNotFound)
	if _, hint := menshen.ErrorMessage(err); hint == "" {
		t.Error("no hint for an unknown person")
	}
}

func addPersonIsAtomic(t *testing.T, s Store) {
	ctx := t.Context()
	must(t, s.AddPerson(ctx, samplePerson("p-1", "A", "1-1-1-101"), []menshen.Template{sampleTemplate("t-1", "p-1", Engine("opencv"), 1)}))
	before, err := s.Counts(ctx)
	must(t, err)

	err = s.AddPerson(ctx, samplePerson("p-2", "B", "9-9-9-901"), []menshen.Template{
		sampleTemplate("t-2", "p-2", Engine("dlib"), 1), sampleTemplate("t-1", "p-2", Engine("dlib"), 1),
	})
	wantCode(t, err, menshen.CodeConflict)
	after, err := s.Counts(ctx)
	must(t, err)
	wantEqual(t, after, before)
	engines, err := s.TemplateEngines(ctx)
	must(t, err)
	wantEqual(t, engines, map[menshen.EngineID]int{Engine("opencv"): 1})
}

func addPersonRefuses(t *testing.T, s Store) {
	ctx := t.Context()
	must(t, s.AddPerson(ctx, samplePerson("p-1", "A", "1-1-1-101"), nil))
	wantCode(t, s.AddPerson(ctx, samplePerson("p-1", "B", "1-1-1-102"), nil), menshen.CodeConflict)
	wantCode(t, s.AddPerson(ctx, samplePerson("p-2", " ", ""), nil), menshen.CodeInvalid)

	odd := samplePerson("p-3", "C", "")
	odd.Dwelling = menshen.Dwelling{Building: "3-2", Unit: "1", Floor: 1, Room: "101"}
	wantCode(t, s.AddPerson(ctx, odd, nil), menshen.CodeInvalid)

	old := samplePerson("p-4", "D", "")
	old.Created = time.Date(1500, 1, 1, 0, 0, 0, 0, time.UTC)
	wantCode(t, s.AddPerson(ctx, old, nil), menshen.CodeInvalid)

	other := []menshen.Template{sampleTemplate("t-1", "p-1", Engine("opencv"), 1)}
	wantCode(t, s.AddPerson(ctx, samplePerson("p-5", "E", ""), other), menshen.CodeInvalid)
	if n := len(MustCollect(t, s.People(ctx))); n != 1 {
		t.Errorf("%d people, want 1", n)
	}
}

func householdByDwelling(t *testing.T, s Store) {
	ctx := t.Context()
	home := func(p menshen.Person) string {
		t.Helper()
		must(t, s.AddPerson(ctx, p, nil))
		got, err := s.Person(ctx, p.ID)
		must(t, err)
		return got.Household
	}
	first := home(samplePerson("p-1", "A", "3-2-14-1402"))
	if second := home(samplePerson("p-2", "B", "3-2-14-1402")); second != first {
		t.Errorf("the same dwelling has the households %q and %q", first, second)
	}
	if other := home(samplePerson("p-3", "C", "3-2-14-1401")); other == first {
		t.Error("two dwellings share a household")
	}
	named := samplePerson("p-4", "D", "1-1-1-101")
	named.Household = "h-4"
	wantEqual(t, home(named), "h-4")

	joining := samplePerson("p-5", "E", "")
	joining.Household = "h-4"
	wantEqual(t, home(joining), "h-4")
	p, err := s.Person(ctx, "p-5")
	must(t, err)
	wantEqual(t, p.Dwelling, named.Dwelling)

	moved := samplePerson("p-6", "F", "2-1-1-101")
	moved.Household = "h-4"
	wantCode(t, s.AddPerson(ctx, moved, nil), menshen.CodeConflict)
	lost := samplePerson("p-7", "G", "")
	lost.Household = "h-9"
	wantCode(t, s.AddPerson(ctx, lost, nil), menshen.CodeNotFound)
}

func addPeople(t *testing.T, s Store) {
	ctx := t.Context()
	const many = 3000
	people := make([]menshen.Person, many)
	for i := range people {
		people[i] = samplePerson(fmt.Sprintf("p-%05d", i), fmt.Sprintf("人%d", i), fmt.Sprintf("%d-1-%d-%d", i/300+1, i/30%10+1, i/3))
	}
	must(t, s.AddPeople(ctx, people))
	c, err := s.Counts(ctx)
	must(t, err)
	wantEqual(t, c, store.Counts{People: many, Active: many, Households: many / 3})
	got := MustCollect(t, s.People(ctx))
	for i := range got {
		people[i].Household = got[i].Household
	}
	wantEqual(t, got, people)

	more := []menshen.Person{samplePerson("q-1", "新", "8-8-8-801"), people[7]}
	wantCode(t, s.AddPeople(ctx, more), menshen.CodeConflict)
	after, err := s.Counts(ctx)
	must(t, err)
	wantEqual(t, after, c)
	must(t, s.AddPeople(ctx, nil))
}

func findPeople(t *testing.T, s Store) {
	ctx := t.Context()
	must(t, s.AddPerson(ctx, samplePerson("id-1", "王小明", "3-2-14-1402"), []menshen.Template{
		sampleTemplate("t-1", "id-1", Engine("opencv"), 1), sampleTemplate("t-2", "id-1", Engine("dlib"), 1),
	}))
	must(t, s.AddPerson(ctx, samplePerson("id-2", "王小", "3-2-14-1402"), nil))
	must(t, s.AddPerson(ctx, samplePerson("id-3", "Anna 100%_x", "11-1-B2-03"), nil))
	must(t, s.AddPerson(ctx, samplePerson("id-4", "id-1", ""), nil))
	for _, c := range []struct {
		query string
		limit int
		want  string
	}{
		{"王小", 0, "id-2 id-1"}, // the exact name first
		{"明", 0, "id-1"},
		{"ANNA", 0, "id-3"},
		{"%_", 0, "id-3"}, // not wildcards
		{"1402", 0, "id-2 id-1"},
		{"3-2-14", 1, "id-2"},
		{"b2-03", 0, "id-3"},
		{"id-1", 0, "id-4 id-1"},
		{"id-2", 5, "id-2"},
		{"nobody", 5, ""},
		{"", 0, "id-3 id-4 id-2 id-1"},
		{"'; DROP TABLE people; --", 0, ""},
	} {
		found, err := s.FindPeople(ctx, c.query, c.limit)
		must(t, err)
		var ids []string
		for _, e := range found {
			ids = append(ids, e.ID)
			if want := map[string]int{"id-1": 2}[e.ID]; e.Templates != want {
				t.Errorf("%s has %d templates, want %d", e.ID, e.Templates, want)
			}
		}
		if got := strings.Join(ids, " "); got != c.want {
			t.Errorf("FindPeople(%q, %d) = %q, want %q", c.query, c.limit, got, c.want)
		}
	}
}

func peopleByID(t *testing.T, s Store) {
	ctx := t.Context()
	a, b := samplePerson("p-1", "A", ""), samplePerson("p-2", "B", "")
	b.State = menshen.PersonInactive
	must(t, s.AddPerson(ctx, a, []menshen.Template{sampleTemplate("t-1", "p-1", Engine("opencv"), 1)}))
	must(t, s.AddPeople(ctx, []menshen.Person{b, samplePerson("p-3", "C", "")}))
	found, err := s.PeopleByID(ctx, []string{"p-2", "p-1", "p-9", "p-1", "\"'"})
	must(t, err)
	wantEqual(t, found, map[string]store.Entry{"p-1": {Person: a, Templates: 1}, "p-2": {Person: b}})
	found, err = s.PeopleByID(ctx, nil)
	must(t, err)
	wantEqual(t, found, map[string]store.Entry{})
}

func personState(t *testing.T, s Store) {
	ctx := t.Context()
	must(t, s.AddPerson(ctx, samplePerson("p-1", "A", ""), nil))
	must(t, s.SetPersonState(ctx, "p-1", menshen.PersonInactive))
	p, err := s.Person(ctx, "p-1")
	must(t, err)
	wantEqual(t, p.State, menshen.PersonInactive)
	c, err := s.Counts(ctx)
	must(t, err)
	wantEqual(t, c, store.Counts{People: 1})
	wantCode(t, s.SetPersonState(ctx, "p-1", "asleep"), menshen.CodeInvalid)
	wantCode(t, s.SetPersonState(ctx, "p-2", menshen.PersonActive), menshen.CodeNotFound)
}

func removePerson(t *testing.T, s Store) {
	ctx := t.Context()
	e := Engine("opencv")
	must(t, s.AddPerson(ctx, samplePerson("p-1", "A", ""), []menshen.Template{sampleTemplate("t-1", "p-1", e, 1)}))
	must(t, s.AddPerson(ctx, samplePerson("p-2", "B", ""), []menshen.Template{sampleTemplate("t-2", "p-2", e, 1)}))
	_, err := s.CommitPasses(ctx, []menshen.Pass{Pass("east-1", 1, "p-1")})
	must(t, err)

	must(t, s.RemovePerson(ctx, "p-1"))
	p, err := s.Person(ctx, "p-1")
	must(t, err)
	wantEqual(t, p.State, menshen.PersonInactive)
	left := MustCollect(t, s.Templates(ctx, e))
	if len(left) != 1 || left[0].Person != "p-2" {
		t.Errorf("templates left: %+v", left)
	}
	wantEqual(t, MustCollect(t, s.Passes(ctx, menshen.PassFilter{Person: "p-1"})), []menshen.Pass{Pass("east-1", 1, "p-1")})
	must(t, s.RemovePerson(ctx, "p-1"))
	wantCode(t, s.RemovePerson(ctx, "p-9"), menshen.CodeNotFound)
}

func templatesOfOneEngine(t *testing.T, s Store) {
	ctx := t.Context()
	must(t, s.AddPerson(ctx, samplePerson("p-1", "A", ""), nil))
	a, b, c := Engine("opencv"), Engine("opencv"), Engine("opencv")
	b.ModelHash, c.Dim = "another", 5
	five := sampleTemplate("t-3", "p-1", c, 1)
	five.Descriptor = append(five.Descriptor, 5)
	ts := []menshen.Template{sampleTemplate("t-1", "p-1", a, 1), sampleTemplate("t-2", "p-1", b, 2), five, sampleTemplate("t-0", "p-1", a, 4)}
	must(t, s.AddTemplates(ctx, ts))

	wantEqual(t, MustCollect(t, s.Templates(ctx, a)), []menshen.Template{ts[0], ts[3]})
	wantEqual(t, MustCollect(t, s.Templates(ctx, b)), ts[1:2])
	wantEqual(t, MustCollect(t, s.Templates(ctx, c)), ts[2:3])
	wantEqual(t, MustCollect(t, s.Templates(ctx, Engine("dlib"))), []menshen.Template(nil))
	engines, err := s.TemplateEngines(ctx)
	must(t, err)
	wantEqual(t, engines, map[menshen.EngineID]int{a: 2, b: 1, c: 1})
}

func addTemplatesRefuses(t *testing.T, s Store) {
	ctx := t.Context()
	e := Engine("opencv")
	must(t, s.AddPerson(ctx, samplePerson("p-1", "A", ""), nil))
	good := sampleTemplate("t-1", "p-1", e, 1)
	short := sampleTemplate("t-2", "p-1", e, 1)
	short.Descriptor = short.Descriptor[:3]
	none := sampleTemplate("t-4", "p-1", menshen.EngineID{Name: "x"}, 1)
	none.Descriptor = nil
	for _, c := range []struct {
		bad  menshen.Template
		code menshen.Code
	}{
		{short, menshen.CodeInvalid},
		{none, menshen.CodeInvalid},
		{sampleTemplate("t-3", "p-9", e, 1), menshen.CodeNotFound},
		{good, menshen.CodeConflict},
	} {
		wantCode(t, s.AddTemplates(ctx, []menshen.Template{good, c.bad}), c.code)
	}
	if n := len(MustCollect(t, s.Templates(ctx, e))); n != 0 {
		t.Errorf("%d templates stayed of refused batches", n)
	}
}
