package storetest

import (
	"testing"

	"menshen"
	"menshen/store"
)

func removeTemplates(t *testing.T, s Store) {
	ctx := t.Context()
	must(t, s.AddPerson(ctx, samplePerson("p-1", "A", ""), nil))
	e := Engine("opencv")
	ts := []menshen.Template{sampleTemplate("t-1", "p-1", e, 1), sampleTemplate("t-2", "p-1", e, 2), sampleTemplate("t-3", "p-1", e, 3)}
	ts[1].Adapted, ts[2].Masked = true, true
	must(t, s.AddTemplates(ctx, ts))
	wantEqual(t, MustCollect(t, s.Templates(ctx, e)), ts)
	must(t, s.RemoveTemplates(ctx, nil))
	must(t, s.RemoveTemplates(ctx, []string{"t-2", "t-9"}))
	wantEqual(t, MustCollect(t, s.Templates(ctx, e)), []menshen.Template{ts[0], ts[2]})
}

func photographs(t *testing.T, s Store) {
	ctx := t.Context()
	must(t, s.AddPerson(ctx, samplePerson("p-1", "A", ""), nil))
	a := menshen.Photograph{Name: "a.jpg", Data: []byte{1, 2, 3}, Created: start()}
	b := menshen.Photograph{Name: "b.jpg", Data: []byte{1, 2, 4}, Created: start()}
	must(t, s.AddPhotographs(ctx, "p-1", []menshen.Photograph{a, b}))
	again := a
	again.Name = "renamed.jpg"
	must(t, s.AddPhotographs(ctx, "p-1", []menshen.Photograph{again}))
	wantEqual(t, MustCollect(t, s.Photographs(ctx, "p-1")), []menshen.Photograph{a, b})
	wantEqual(t, MustCollect(t, s.Photographs(ctx, "p-2")), []menshen.Photograph(nil))
	wantCode(t, s.AddPhotographs(ctx, "p-2", []menshen.Photograph{a}), menshen.CodeNotFound)
	wantCode(t, s.AddPhotographs(ctx, "p-1", []menshen.Photograph{{Name: "empty.jpg"}}), menshen.CodeInvalid)
	must(t, s.RemovePerson(ctx, "p-1"))
	wantEqual(t, MustCollect(t, s.Photographs(ctx, "p-1")), []menshen.Photograph(nil))

	for _, id := range []string{"p-3", "p-4"} {
		must(t, s.AddPerson(ctx, samplePerson(id, "B", ""), nil))
		must(t, s.AddPhotographs(ctx, id, []menshen.Photograph{a, b}))
	}
	n, err := s.RemovePhotographs(ctx, "p-3")
	must(t, err)
	wantEqual(t, n, 2)
	wantEqual(t, len(MustCollect(t, s.Photographs(ctx, "p-4"))), 2)
	n, err = s.RemovePhotographs(ctx, "")
	must(t, err)
	wantEqual(t, n, 2)
}

func untemplated(t *testing.T, s Store) {
	ctx := t.Context()
	former, next := Engine("dlib"), Engine("opencv")
	for _, id := range []string{"p-1", "p-2", "p-3", "p-4"} {
		must(t, s.AddPerson(ctx, samplePerson(id, "N "+id, "3-2-14-1402"), nil))
	}
	ts := []menshen.Template{
		sampleTemplate("t-1", "p-1", former, 1), // needs a new one, and has a photograph
		sampleTemplate("t-2", "p-2", former, 2), // has one of the next engine too
		sampleTemplate("t-3", "p-2", next, 3),
		sampleTemplate("t-5", "p-3", next, 5),   // none for covered faces
		sampleTemplate("t-4", "p-4", former, 4), // is gone
	}
	for i := range ts {
		ts[i].Masked = ts[i].ID == "t-3"
	}
	must(t, s.AddTemplates(ctx, ts))
	must(t, s.AddPhotographs(ctx, "p-1", []menshen.Photograph{{Name: "a.jpg", Data: []byte{1}}}))
	must(t, s.SetPersonState(ctx, "p-4", menshen.PersonInactive))
	home := "3-2-14-1402"
	wantEqual(t, MustCollect(t, s.Untemplated(ctx, next)), []store.Untemplated{
		{Person: "p-1", Name: "N p-1", Dwelling: home, Photographs: 1}, {Person: "p-3", Name: "N p-3", Dwelling: home, MaskedOnly: true},
	})
	wantEqual(t, MustCollect(t, s.Untemplated(ctx, former)), []store.Untemplated{
		{Person: "p-1", Name: "N p-1", Dwelling: home, Photographs: 1, MaskedOnly: true},
		{Person: "p-2", Name: "N p-2", Dwelling: home, MaskedOnly: true}, {Person: "p-3", Name: "N p-3", Dwelling: home},
	})
}
