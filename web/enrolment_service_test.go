package web_test

import (
	"strings"
	"testing"

	"connectrpc.com/connect"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
	"menshen/web"
)

func TestLookingAtFramesIsRecordedOnce(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	for range 3 {
		res, err := s.client.Enrolment.LookAtFrame(t.Context(), connect.NewRequest(&menshenv1.LookAtFrameRequest{Jpeg: smallFrame()}))
		if err != nil || res.Msg.Code != "far" || res.Msg.Faces != 1 || res.Msg.Face.GetWidth() != 100 || res.Msg.Eyes != 45 || res.Msg.Sharpness != 0.9 {
			t.Fatalf("%v, %v", res, err)
		}
	}
	if len(s.audits) != 1 || s.audits[0].Action != "enrolment.look" {
		t.Errorf("audits %+v", s.audits)
	}
	for name, frame := range map[string][]byte{"no picture": []byte("GIF89a"), "too large": make([]byte, 600<<10), "nothing": nil} {
		_, err := s.client.Enrolment.LookAtFrame(t.Context(), connect.NewRequest(&menshenv1.LookAtFrameRequest{Jpeg: frame}))
		if menshen.ErrorCode(err) != menshen.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEnrolmentAsksForConsent(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	enrol := func(m *menshenv1.EnrollRequest) error {
		m.Photos = []*menshenv1.Photo{{Name: "a.jpg", Data: []byte("jpeg")}}
		_, err := s.client.People.Enroll(t.Context(), connect.NewRequest(m))
		return err
	}
	if err := enrol(&menshenv1.EnrollRequest{Person: "p-1"}); err != nil {
		t.Error(err)
	}
	wantError(t, enrol(&menshenv1.EnrollRequest{Person: "p-2"}), menshen.CodeMissing, "consent")
	wantError(t, enrol(&menshenv1.EnrollRequest{Name: "赵敏", Dwelling: "3-2-14-1402"}), menshen.CodeMissing, "consent")
	wantError(t, enrol(&menshenv1.EnrollRequest{Person: "p-2", Consent: &menshenv1.EnrolmentConsent{Signer: " "}}), menshen.CodeInvalid, "signed")
	if len(s.enrolled) != 1 {
		t.Errorf("enrolled %v", s.enrolled)
	}
	// Who consents with the enrolment is recorded with it.
	if err := enrol(&menshenv1.EnrollRequest{Name: "赵敏", Dwelling: "3-2-14-1402", Consent: &menshenv1.EnrolmentConsent{Signer: "赵大", Guardian: true}}); err != nil {
		t.Error(err)
	}
	if c := s.enrolled[1].Consent; c == nil || c.Signer != "赵大" || !c.Guardian || c.By != "operator@terminal" {
		t.Errorf("consent %+v", c)
	}
}

func TestConsent(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	texts, err := s.client.Consents.ListConsentTexts(t.Context(), connect.NewRequest(&menshenv1.ListConsentTextsRequest{}))
	if err != nil || len(texts.Msg.Texts) != 1 || texts.Msg.Texts[0].Text.Zh != "同意书" {
		t.Fatal(texts, err)
	}
	given, err := s.client.Consents.RecordConsent(t.Context(), connect.NewRequest(&menshenv1.RecordConsentRequest{Person: "p-1", Version: 2, Signer: " 王芳 ", Signature: "M1 2L3 4"}))
	if err != nil || given.Msg.Consent.Signer != "王芳" || given.Msg.Consent.By != "operator@terminal" {
		t.Fatal(given, err)
	}
	if c, ok := s.last().(menshen.Consent); !ok || c.Signature != "M1 2L3 4" || c.Refused {
		t.Errorf("recorded %v", s.last())
	}
	if strings.Contains(s.audits[0].Detail, "M1") || strings.Contains(s.audits[0].Detail, "王芳") {
		t.Errorf("the audit log has the signature: %s", s.audits[0].Detail)
	}
	// A refusal takes the face away.
	if _, err := s.client.Consents.RecordConsent(t.Context(), connect.NewRequest(&menshenv1.RecordConsentRequest{Person: "p-1", Refused: true, Version: 2})); err != nil || s.last() != "p-1" {
		t.Errorf("%v, last %v", err, s.last())
	}
	list, err := s.client.Consents.ListConsents(t.Context(), connect.NewRequest(&menshenv1.ListConsentsRequest{Person: "p-1"}))
	if err != nil || !list.Msg.Enrollable || len(list.Msg.Consents) != 1 || !list.Msg.Consents[0].Drawn {
		t.Errorf("%v, %v", list, err)
	}
	signature, err := s.client.Consents.GetSignature(t.Context(), connect.NewRequest(&menshenv1.GetSignatureRequest{Consent: "consent-1"}))
	if err != nil || signature.Msg.Signature != "M1 2L3 4" {
		t.Errorf("%v, %v", signature, err)
	}
	if a := s.audits[len(s.audits)-1]; a.Action != "consent.signature" || a.Subject != "consent-1" {
		t.Errorf("audit %+v", a)
	}
	proofs, err := s.client.Consents.ListErasureCertificates(t.Context(), connect.NewRequest(&menshenv1.ListErasureCertificatesRequest{Person: "p-1"}))
	if err != nil || len(proofs.Msg.Certificates) != 1 || proofs.Msg.Certificates[0].Signed != `{"person":"p-1"}` || proofs.Msg.Certificates[0].Text.Zh != "销毁了密钥" {
		t.Errorf("%v, %v", proofs, err)
	}
	if a := s.audits[len(s.audits)-1]; a.Action != "erasures.list" || a.Subject != "p-1" {
		t.Errorf("audit %+v", a)
	}
}

func TestSearchPeople(t *testing.T) {
	h := newHouse()
	tokens := map[web.Role]web.Grant{}
	for _, role := range []web.Role{web.RoleOffice, web.RoleGuard} {
		tokens[role] = web.Grant{Token: web.NewToken(), Actor: string(role) + "@test", Role: role}
	}
	for role, phones := range map[web.Role]bool{web.RoleOffice: true, web.RoleGuard: false} {
		s := MustServeTo(t, h, web.Config{}, tokens[role])
		res, err := s.client.People.ListPeople(t.Context(), connect.NewRequest(&menshenv1.ListPeopleRequest{Query: " 李强 ", Limit: 1, Offset: 1}))
		if err != nil || res.Msg.Total != 2 || len(res.Msg.People) != 1 || res.Msg.People[0].Id != "p-3" {
			t.Errorf("%v, %v", res, err)
		}
		if q, ok := s.last().(web.PeopleQuery); !ok || q != (web.PeopleQuery{Text: "李强", Phones: phones, Limit: 1, Offset: 1}) {
			t.Errorf("%s asked %v", role, s.last())
		}
	}
}

func TestOfTwoWhoChangeOneTheSecondIsTold(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	seen, err := s.client.Registry.GetPerson(t.Context(), connect.NewRequest(&menshenv1.GetPersonRequest{Person: "p-1"}))
	if err != nil || seen.Msg.Record.Revision != "r-1" {
		t.Fatal(seen, err)
	}
	_, err = s.client.Registry.PutPerson(t.Context(), connect.NewRequest(&menshenv1.PutPersonRequest{Person: "p-1", Name: "王芳", Revision: "old"}))
	wantError(t, err, menshen.CodeConflict, "meanwhile")
	_, err = s.client.Registry.PutHousehold(t.Context(), connect.NewRequest(&menshenv1.PutHouseholdRequest{Dwelling: "3-2-14-1402", Revision: "old"}))
	wantError(t, err, menshen.CodeConflict, "meanwhile")
	all, err := s.client.Registry.ListHouseholds(t.Context(), connect.NewRequest(&menshenv1.ListHouseholdsRequest{}))
	if err != nil || all.Msg.Households[0].Revision != "r-2" {
		t.Errorf("%v, %v", all, err)
	}
}
