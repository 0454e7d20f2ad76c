package office_test

import (
	"strings"
	"testing"
	"time"

	"menshen"
	"menshen/office"
)

func TestConsents(t *testing.T) {
	h, ctx := MustHouse(t), t.Context()
	texts, err := h.ConsentTexts(ctx)
	if err != nil || len(texts) != 1 || texts[0].Version != 1 || !strings.Contains(texts[0].Text.ZH, "同意") || !strings.Contains(texts[0].Text.EN, "consent") {
		t.Fatal(texts, err)
	}
	p := h.MustPerson(t, "王芳", "3-2-14-1402", nil)
	enrollable := func(want bool) {
		t.Helper()
		if _, got, err := h.Consents(ctx, p.ID); err != nil || got != want {
			t.Errorf("enrollable %v, %v", got, err)
		}
	}
	enrollable(false)
	for word, c := range map[string]menshen.Consent{
		"nobody has signed": {Person: p.ID, Version: 1}, "no drawing": {Person: p.ID, Version: 1, Signer: "王芳", Signature: "<svg>"}, "version 1": {Person: p.ID, Version: 7, Signer: "王芳"},
		"signer's name": {Person: p.ID, Version: 1, Signer: strings.Repeat("芳", 81)}, "nobody in the registry": {Person: "nobody", Version: 1, Signer: "王芳"},
	} {
		if _, err := h.RecordConsent(ctx, c, "office@desk"); err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("%s: %v", word, err)
		}
	}
	enrollable(false)
	given, err := h.RecordConsent(ctx, menshen.Consent{Person: p.ID, Version: 1, Signer: "王芳", Signature: "M1 2L30 40M5 6L7 8"}, "office@desk")
	if err != nil || !given.Drawn {
		t.Fatal(given, err)
	}
	enrollable(true)
	if c, err := h.Consent(ctx, given.ID); err != nil || c.Signature != "M1 2L30 40M5 6L7 8" || c.Signer != "王芳" || c.By != "office@desk" {
		t.Errorf("%+v, %v", c, err)
	}

	// Another text asks for another consent; whoever changes an older one is told.
	if v, err := h.PutConsentText(ctx, menshen.Text{ZH: "新", EN: "new"}, 1, "office@desk"); err != nil || v != 2 {
		t.Fatal(v, err)
	}
	enrollable(false)
	for _, text := range []menshen.Text{{ZH: "新", EN: "new"}, {ZH: "新"}, {}, {ZH: strings.Repeat("长", 8001), EN: "x"}} {
		if _, err := h.PutConsentText(ctx, text, 2, "office@desk"); menshen.ErrorCode(err) != menshen.CodeInvalid {
			t.Errorf("%.20q: %v", text.ZH, err)
		}
	}
	if _, err := h.PutConsentText(ctx, menshen.Text{ZH: "别的", EN: "other"}, 1, "office@desk"); menshen.ErrorCode(err) != menshen.CodeConflict {
		t.Error(err)
	}
	if _, err := h.RecordConsent(ctx, menshen.Consent{Person: p.ID, Version: 1, Signer: "王芳"}, "office@desk"); menshen.ErrorCode(err) != menshen.CodeConflict {
		t.Error(err)
	}
	if _, err := h.RecordConsent(ctx, menshen.Consent{Person: p.ID, Version: 2, Signer: "王芳"}, "office@desk"); err != nil {
		t.Fatal(err)
	}
	enrollable(true)

	// A refusal needs nobody's signature, and ends the consent.
	if _, err := h.RecordConsent(ctx, menshen.Consent{Person: p.ID, Version: 2, Refused: true}, "office@desk"); err != nil {
		t.Fatal(err)
	}
	enrollable(false)
	all, _, err := h.Consents(ctx, p.ID)
	if err != nil || len(all) != 3 || !all[0].Refused || !all[0].Ended.IsZero() || all[1].Ended.IsZero() || all[1].Signature != "" {
		t.Errorf("%+v, %v", all, err)
	}

	// Who is removed has consented to nothing any more, and their name and signature are gone.
	if _, err := h.RecordConsent(ctx, menshen.Consent{Person: p.ID, Version: 2, Signer: "王芳", Signature: "M1 2L3 4"}, "office@desk"); err != nil {
		t.Fatal(err)
	}
	if err := h.store.RemovePerson(ctx, p.ID); err != nil {
		t.Fatal(err)
	}
	enrollable(false)
	all, _, err = h.Consents(ctx, p.ID)
	if err != nil || len(all) != 4 || all[0].Signer != "" || all[0].Drawn || all[0].Ended.IsZero() || all[0].Version != 2 {
		t.Errorf("%+v, %v", all, err)
	}
}

// A parent signs for a child.
func TestChildrenDoNotConsent(t *testing.T) {
	h, ctx := MustHouse(t), t.Context()
	mother := h.MustPerson(t, "王芳", "3-2-14-1402", nil)
	child := h.MustPerson(t, "王小宝", "3-2-14-1402", &menshen.Particulars{Born: time.Date(2012, 5, 1, 0, 0, 0, 0, time.UTC), Guardian: mother.ID})
	if _, err := h.ConsentTexts(ctx); err != nil {
		t.Fatal(err)
	}
	_, err := h.RecordConsent(ctx, menshen.Consent{Person: child.ID, Version: 1, Signer: "王小宝"}, "office@desk")
	if menshen.ErrorCode(err) != menshen.CodeInvalid || !strings.Contains(err.Error(), "child") {
		t.Error(err)
	}
	if _, err := h.RecordConsent(ctx, menshen.Consent{Person: child.ID, Version: 1, Signer: "王芳", Guardian: true}, "office@desk"); err != nil {
		t.Error(err)
	}
	all, enrollable, err := h.Consents(ctx, child.ID)
	if err != nil || !enrollable || !all[0].Guardian {
		t.Errorf("%+v, %v, %v", all, enrollable, err)
	}
}

// TestConsentOfSomebodyWhoIsAChild: a consent without a guardian does not count for somebody whose day of birth says later that they are a
// child.
func TestConsentOfSomebodyWhoIsAChild(t *testing.T) {
	h, ctx := MustHouse(t), t.Context()
	mother := h.MustPerson(t, "王芳", "3-2-14-1402", nil)
	child := h.MustPerson(t, "王小宝", "3-2-14-1402", nil) // of whom no day of birth is known
	if _, err := h.ConsentTexts(ctx); err != nil {
		t.Fatal(err)
	}
	if err := h.Consented(ctx, child.ID); menshen.ErrorCode(err) != menshen.CodeMissing {
		t.Error(err)
	}
	if _, err := h.RecordConsent(ctx, menshen.Consent{Person: child.ID, Version: 1, Signer: "王小宝"}, "office@desk"); err != nil {
		t.Fatal(err)
	}
	if err := h.Consented(ctx, child.ID); err != nil {
		t.Error(err)
	}
	if _, err := h.PutPerson(ctx, child, &menshen.Particulars{Born: time.Date(2012, 5, 1, 0, 0, 0, 0, time.UTC), Guardian: mother.ID}); err != nil {
		t.Fatal(err)
	}
	if err := h.Consented(ctx, child.ID); menshen.ErrorCode(err) != menshen.CodeMissing {
		t.Error(err)
	}
}

// Of two who change one record the second is told, and nothing is written over.
func TestRevisions(t *testing.T) {
	h, ctx := MustHouse(t), t.Context()
	p := h.MustPerson(t, "王芳", "3-2-14-1402", &menshen.Particulars{Phone: "13800001111"})
	record, err := h.Record(ctx, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	seen := office.RevisionOf(record.Person, record.Particulars)
	put := func(phone string, seen office.Revision) error {
		_, err := h.ChangePerson(ctx, menshen.Person{ID: p.ID, Name: "王芳", Dwelling: p.Dwelling}, &menshen.Particulars{Phone: phone}, seen)
		return err
	}
	if err := put("13900002222", seen); err != nil {
		t.Fatal(err)
	}
	if err := put("13700003333", seen); menshen.ErrorCode(err) != menshen.CodeConflict {
		t.Error(err)
	}
	if with, err := h.store.Particulars(ctx, p.ID); err != nil || with.Phone != "13900002222" {
		t.Error(with.Phone, err)
	}
	if err := put("13700003333", ""); err != nil { // whoever saw none
		t.Error(err)
	}

	home := menshen.Household{Dwelling: p.Dwelling, Note: "a dog"}
	if _, err := h.PutHousehold(ctx, home); err != nil {
		t.Fatal(err)
	}
	all, err := h.Households(ctx, "3-2-14-1402", 1)
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	first := office.RevisionOfHousehold(all[0].Household)
	home.Note = "two dogs"
	if _, err := h.ChangeHousehold(ctx, home, first); err != nil {
		t.Error(err)
	}
	home.Note = "a cat"
	if _, err := h.ChangeHousehold(ctx, home, first); menshen.ErrorCode(err) != menshen.CodeConflict {
		t.Error(err)
	}
}
