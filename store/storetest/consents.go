package storetest

import (
	"context"
	"testing"
	"time"

	"menshen"
)

// Consents is the part of a site's database that has what people said to the use of their face.
type Consents interface {
	AddConsentText(ctx context.Context, t menshen.ConsentText, after int) (version int, err error)
	ConsentTexts(ctx context.Context) ([]menshen.ConsentText, error)
	AddConsent(ctx context.Context, c menshen.Consent) error
	Consents(ctx context.Context, person string) ([]menshen.Consent, error)
	Consent(ctx context.Context, id string) (menshen.Consent, error)
	RemoveFace(ctx context.Context, person string) error
	FacesRefused(ctx context.Context, before time.Time) ([]string, error)
	Phones(ctx context.Context) (map[string]string, error)
}

func consents(t *testing.T, s Store) {
	ctx := t.Context()
	must(t, s.AddPerson(ctx, samplePerson("p-1", "王芳", "3-2-14-1402"), nil))
	text := menshen.ConsentText{Text: menshen.Text{ZH: "一", EN: "one"}, At: start(), By: "office@desk"}
	for after := range 2 {
		version, err := s.AddConsentText(ctx, text, after)
		must(t, err)
		wantEqual(t, version, after+1)
	}
	_, err := s.AddConsentText(ctx, text, 1)
	wantCode(t, err, menshen.CodeConflict)
	texts, err := s.ConsentTexts(ctx)
	must(t, err)
	text.Version = 2
	wantEqual(t, texts[0], text)
	wantEqual(t, len(texts), 2)

	first := menshen.Consent{ID: "c-1", Person: "p-1", Version: 1, Signer: "王芳", Signature: "M1 2L3 4", Drawn: true, At: start(), By: "office@desk"}
	must(t, s.AddConsent(ctx, first))
	got, err := s.Consent(ctx, "c-1")
	must(t, err)
	wantEqual(t, got, first)
	second := menshen.Consent{ID: "c-2", Person: "p-1", Version: 2, Refused: true, Guardian: true, At: start().Add(time.Hour), By: "office@desk"}
	must(t, s.AddConsent(ctx, second))
	first.Ended, first.Signature = second.At, "" // lists have no signatures
	all, err := s.Consents(ctx, "p-1")
	must(t, err)
	wantEqual(t, all, []menshen.Consent{second, first})

	wantCode(t, s.AddConsent(ctx, menshen.Consent{ID: "c-3", Person: "nobody", Version: 1, At: start()}), menshen.CodeNotFound)
	wantCode(t, s.AddConsent(ctx, menshen.Consent{ID: "c-3", Person: "p-1", Version: 1, At: start(), Signature: "javascript:"}), menshen.CodeInvalid)
	_, err = s.Consent(ctx, "nothing")
	wantCode(t, err, menshen.CodeNotFound)

	must(t, s.RemovePerson(ctx, "p-1"))
	all, err = s.Consents(ctx, "p-1")
	must(t, err)
	for _, c := range all {
		if c.Ended.IsZero() || c.Signer != "" || c.Drawn || c.Guardian {
			t.Errorf("after the removal: %+v", c)
		}
	}
}

func removeFace(t *testing.T, s Store) {
	ctx := t.Context()
	must(t, s.AddPerson(ctx, samplePerson("p-1", "王芳", ""), []menshen.Template{sampleTemplate("t-1", "p-1", Engine("opencv"), 1), sampleTemplate("t-2", "p-1", Engine("dlib"), 2)}))
	must(t, s.AddPerson(ctx, samplePerson("p-2", "李强", ""), []menshen.Template{sampleTemplate("t-3", "p-2", Engine("opencv"), 3)}))
	must(t, s.AddPhotographs(ctx, "p-1", []menshen.Photograph{{Name: "a.jpg", Data: []byte("a"), Created: start()}}))
	must(t, s.RemoveFace(ctx, "p-1"))
	counts, err := s.TemplateEngines(ctx)
	must(t, err)
	wantEqual(t, counts, map[menshen.EngineID]int{Engine("opencv"): 1})
	wantEqual(t, len(MustCollect(t, s.Photographs(ctx, "p-1"))), 0)
	p, err := s.Person(ctx, "p-1")
	must(t, err)
	wantEqual(t, p.State, menshen.PersonActive)
}

// phones are told whole, and another number is a change of the person: whoever finds people by it must hear of it.
func phones(t *testing.T, s Store) {
	ctx := t.Context()
	p := samplePerson("p-1", "王芳", "")
	revision := func() uint64 {
		t.Helper()
		_, latest, err := s.Changes(ctx, 0, 0)
		must(t, err)
		return latest
	}
	must(t, s.PutPerson(ctx, p, &menshen.Particulars{Phone: "13800001111"}))
	must(t, s.PutPerson(ctx, samplePerson("p-2", "李强", ""), &menshen.Particulars{Role: menshen.RoleHead}))
	numbers, err := s.Phones(ctx)
	must(t, err)
	wantEqual(t, numbers, map[string]string{"p-1": "13800001111"})

	before := revision()
	must(t, s.PutPerson(ctx, p, &menshen.Particulars{Phone: "13800001111", Role: menshen.RoleHead}))
	wantEqual(t, revision(), before)
	must(t, s.PutPerson(ctx, p, &menshen.Particulars{Phone: "13800002222"}))
	if revision() == before {
		t.Error("another number is no change")
	}
	before = revision()
	must(t, s.PutPerson(ctx, p, &menshen.Particulars{}))
	if revision() == before {
		t.Error("a number that went is no change")
	}
	numbers, err = s.Phones(ctx)
	must(t, err)
	wantEqual(t, len(numbers), 0)
}

func facesRefused(t *testing.T, s Store) {
	ctx := t.Context()
	_, err := s.AddConsentText(ctx, menshen.ConsentText{Text: menshen.Text{ZH: "一", EN: "one"}, At: start()}, 0)
	must(t, err)
	say := func(id, person string, refused bool, at time.Time) {
		must(t, s.AddConsent(ctx, menshen.Consent{ID: id, Person: person, Version: 1, Refused: refused, At: at}))
	}
	for i, person := range []string{"p-1", "p-2", "p-3", "p-4", "p-5"} {
		var templates []menshen.Template
		if person != "p-4" {
			templates = []menshen.Template{sampleTemplate("t-"+person, person, Engine("opencv"), float32(i))}
		}
		must(t, s.AddPerson(ctx, samplePerson(person, "王芳", ""), templates))
	}
	must(t, s.AddPhotographs(ctx, "p-4", []menshen.Photograph{{Name: "a.jpg", Data: []byte("a"), Created: start()}}))
	say("c-1", "p-1", true, start())
	say("c-2", "p-2", true, start())
	say("c-3", "p-2", false, start().Add(time.Minute)) // changed their mind
	say("c-4", "p-3", false, start())
	say("c-5", "p-4", true, start())
	say("c-6", "p-5", true, start().Add(time.Hour))
	refused, err := s.FacesRefused(ctx, start().Add(30*time.Minute))
	must(t, err)
	wantEqual(t, refused, []string{"p-1", "p-4"})
	for _, person := range refused {
		must(t, s.RemoveFace(ctx, person))
	}
	refused, err = s.FacesRefused(ctx, start().Add(2*time.Hour))
	must(t, err)
	wantEqual(t, refused, []string{"p-5"})
}
