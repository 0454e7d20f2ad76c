package office_test

import (
	"strings"
	"testing"

	"menshen"
	"menshen/office"
)

// An emoji is no name; one that is there already can stay when something else is changed.
func TestNamesAreLetters(t *testing.T) {
	h := MustHouse(t)
	for _, name := range []string{"王芳🐼", "😀", "王\u0007芳", "★"} {
		if _, err := h.PutPerson(t.Context(), menshen.Person{Name: name}, nil); menshen.ErrorCode(err) != menshen.CodeInvalid || !strings.Contains(err.Error(), "no letter") {
			t.Errorf("%q: %v", name, err)
		}
	}
	for _, name := range []string{"王芳", "阿依古丽·买买提", "O’Neil Jr.", "𠮷野", "José"} {
		h.MustPerson(t, name, "", nil)
	}
	old := menshen.Person{ID: "old", Name: "旧🐼", State: menshen.PersonActive, Created: h.clock.Now()}
	if err := h.store.PutPerson(t.Context(), old, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := h.PutPerson(t.Context(), old, &menshen.Particulars{Phone: "13800001111"}); err != nil {
		t.Error(err)
	}
}

func TestPutPerson(t *testing.T) {
	h := MustHouse(t)
	ctx := t.Context()
	wang := h.MustPerson(t, " 王芳 ", "3-2-14-1402", &menshen.Particulars{Phone: "138 0000-1111", Document: card(grown), Role: menshen.RoleHead})
	if wang.Name != "王芳" || wang.State != menshen.PersonActive || wang.Household == "" || !wang.Created.Equal(h.clock.Now()) {
		t.Errorf("%+v", wang)
	}
	r, err := h.Record(ctx, "王芳")
	if err != nil || r.Particulars.Phone != "13800001111" || r.Particulars.Born.Format("2006-01-02") != "1990-05-31" || r.Health.State != menshen.HealthNormal {
		t.Errorf("%+v %v", r, err)
	}
	// What is not said stays.
	again, err := h.PutPerson(ctx, menshen.Person{ID: wang.ID, Dwelling: wang.Dwelling, State: menshen.PersonInactive}, nil)
	if err != nil || again.Name != "王芳" || again.State != menshen.PersonInactive || !again.Created.Equal(wang.Created) {
		t.Errorf("%+v %v", again, err)
	}
	if r, err := h.Record(ctx, wang.ID); err != nil || r.Particulars.Document.Number != grown {
		t.Errorf("%+v %v", r, err)
	}
	found, err := h.FindByDocument(ctx, " 11010519900531007x ")
	if err != nil || len(found) != 1 || found[0].ID != wang.ID {
		t.Errorf("%+v %v", found, err)
	}
	_, err = h.FindByDocument(ctx, " ")
	h.check(t, "no number", err, menshen.CodeInvalid)
}

func TestPutPersonRefuses(t *testing.T) {
	h := MustHouse(t)
	ctx := t.Context()
	wang := h.MustPerson(t, "王芳", "3-2-14-1402", &menshen.Particulars{Document: card(grown)})
	young := h.MustPerson(t, "王小明", "3-2-14-1402", &menshen.Particulars{Document: card(child), Guardian: wang.ID})
	put := func(p menshen.Person, with menshen.Particulars) error {
		_, err := h.PutPerson(ctx, p, &with)
		return err
	}
	li := menshen.Person{Name: "李雷", Dwelling: home("1-1-1-101")}
	born := h.clock.Now().UTC().AddDate(-10, 0, 0)
	for name, c := range map[string]struct {
		err   error
		code  menshen.Code
		words []string
	}{
		"document twice":      {put(li, menshen.Particulars{Document: card(grown)}), menshen.CodeConflict, []string{"王芳", wang.ID}},
		"no name":             {put(menshen.Person{Name: "  "}, menshen.Particulars{}), menshen.CodeInvalid, nil},
		"a wrong card":        {put(li, menshen.Particulars{Document: card("110105199005310021")}), menshen.CodeInvalid, []string{"18"}},
		"born on another day": {put(li, menshen.Particulars{Document: card("110105198801010014"), Born: born}), menshen.CodeInvalid, []string{"date of birth"}},
		"a child alone":       {put(li, menshen.Particulars{Born: born}), menshen.CodeInvalid, []string{"guardian", "14"}},
		"a child as guardian": {put(li, menshen.Particulars{Born: born, Guardian: young.ID}), menshen.CodeInvalid, []string{"王小明", "18"}},
		"nobody as guardian":  {put(li, menshen.Particulars{Born: born, Guardian: "nobody"}), menshen.CodeNotFound, nil},
		"their own guardian":  {put(menshen.Person{ID: young.ID, Dwelling: young.Dwelling}, menshen.Particulars{Guardian: young.ID}), menshen.CodeInvalid, nil},
		"somebody not there":  {put(menshen.Person{ID: "nobody", Name: "x"}, menshen.Particulars{}), menshen.CodeNotFound, nil},
		"an unknown phone":    {put(li, menshen.Particulars{Phone: "call me"}), menshen.CodeInvalid, nil},
		"a number of no kind": {put(li, menshen.Particulars{Document: menshen.Document{Number: "E1"}}), menshen.CodeInvalid, nil},
		"an unknown state":    {put(menshen.Person{Name: "李雷", State: "away"}, menshen.Particulars{}), menshen.CodeInvalid, nil},
	} {
		h.check(t, name, c.err, c.code, c.words...)
	}
	if n := mustCount(t, h); n != 2 {
		t.Errorf("%d people after refusals", n)
	}
	// A child who only visits brings the guardian along.
	h.MustPerson(t, "小客", "", &menshen.Particulars{Born: born})
}

func mustCount(tb testing.TB, h *house) int {
	tb.Helper()
	c, err := h.store.Counts(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	return c.People
}

func TestPersonByName(t *testing.T) {
	h := MustHouse(t)
	ctx := t.Context()
	a := h.MustPerson(t, "张伟", "1-1-1-101", nil)
	b := h.MustPerson(t, "张伟", "2-1-1-101", nil)
	h.MustPerson(t, "张伟明", "2-1-1-101", nil)
	_, err := h.Person(ctx, "张伟")
	h.check(t, "two of a name", err, menshen.CodeConflict, "2 people", a.ID, "2-1-1-101")
	_, err = h.Person(ctx, "张")
	h.check(t, "a part of a name", err, menshen.CodeNotFound)
	_, err = h.Person(ctx, "")
	h.check(t, "nobody", err, menshen.CodeInvalid)
	if p, err := h.Person(ctx, b.ID); err != nil || p.ID != b.ID {
		t.Errorf("%+v %v", p, err)
	}
	// Of two who bear a name the one who lives here is meant.
	if _, err := h.PutPerson(ctx, menshen.Person{ID: a.ID, Dwelling: a.Dwelling, State: menshen.PersonInactive}, nil); err != nil {
		t.Fatal(err)
	}
	if p, err := h.Person(ctx, "张伟"); err != nil || p.ID != b.ID {
		t.Errorf("%+v %v", p, err)
	}
}

func TestHouseholds(t *testing.T) {
	h := MustHouse(t)
	ctx := t.Context()
	_, err := h.PutHousehold(ctx, menshen.Household{Note: "nowhere"})
	h.check(t, "no dwelling", err, menshen.CodeInvalid, "no dwelling", "3-2-14-1402")
	_, err = h.PutHousehold(ctx, menshen.Household{Dwelling: menshen.Dwelling{Building: "3-2", Unit: "1", Floor: 1, Room: "1"}})
	h.check(t, "a dwelling that cannot be written", err, menshen.CodeInvalid)
	_, err = h.PutHousehold(ctx, menshen.Household{Dwelling: home("1-1-1-101"), Language: "fr"})
	h.check(t, "French", err, menshen.CodeInvalid)

	h.MustPerson(t, "王芳", "3-2-14-1402", nil)
	id, err := h.PutHousehold(ctx, menshen.Household{Dwelling: home("3-2-14-1402"), Language: "en", Note: "two cats"})
	if err != nil {
		t.Fatal(err)
	}
	again, err := h.PutHousehold(ctx, menshen.Household{Dwelling: home("3-2-14-1402"), Language: "zh"})
	if err != nil || again != id {
		t.Errorf("%s and %s, %v", id, again, err)
	}
	for _, query := range []string{"王", "1402"} {
		list, err := h.Households(ctx, query, 0)
		if err != nil || len(list) != 1 || list[0].ID != id || len(list[0].People) != 1 || list[0].Language != "zh" {
			t.Errorf("%s: %+v %v", query, list, err)
		}
	}
	_, err = h.Households(ctx, "", 10_001)
	h.check(t, "too many", err, menshen.CodeInvalid)
}

func TestNewWantsAllParts(t *testing.T) {
	if _, err := office.New(office.Deps{}, office.Config{}); menshen.ErrorCode(err) != menshen.CodeInternal {
		t.Errorf("%v", err)
	}
}

// A child who came as a visitor needs a guardian to move in, also when only the dwelling is put.
func TestChildMovesIn(t *testing.T) {
	h := MustHouse(t)
	ctx := t.Context()
	mother := h.MustPerson(t, "王芳", "3-2-14-1402", nil)
	p := h.MustPerson(t, "小客", "", &menshen.Particulars{Document: card(child)})
	p.Dwelling = mother.Dwelling
	_, err := h.PutPerson(ctx, p, nil)
	h.check(t, "without a guardian", err, menshen.CodeInvalid, "guardian")
	if _, err := h.PutPerson(ctx, p, &menshen.Particulars{Document: card(child), Guardian: mother.ID}); err != nil {
		t.Error(err)
	}
	p.Name = "王小客"
	if got, err := h.PutPerson(ctx, p, nil); err != nil || got.Name != "王小客" {
		t.Errorf("%+v %v", got, err)
	}
}
