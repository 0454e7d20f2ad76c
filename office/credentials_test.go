package office_test

import (
	"crypto/ed25519"
	"regexp"
	"testing"

	"menshen"
	"menshen/access/credential"
	"menshen/office"
)

func TestCredentials(t *testing.T) {
	h := MustHouse(t)
	ctx := t.Context()
	wang := h.MustPerson(t, "王芳", "3-2-14-1402", nil)
	h.MustPerson(t, "李雷", "1-1-1-101", nil)
	pin, err := h.IssueCredential(ctx, office.CredentialRequest{Person: "王芳", Kind: menshen.CredentialPIN, Label: " keypad "})
	if err != nil || !regexp.MustCompile(`^[0-9]{8}$`).MatchString(pin.Secret.Reveal()) || pin.Credential.Label != "keypad" || pin.Credential.Key != nil {
		t.Errorf("%+v %v", pin, err)
	}
	qr, err := h.IssueCredential(ctx, office.CredentialRequest{Person: wang.ID, Kind: menshen.CredentialQR})
	if err != nil || qr.Secret == "" || qr.Credential.Key != nil {
		t.Errorf("%+v %v", qr, err)
	}
	// What the device gets signs codes that the registry's key checks.
	device, err := credential.ParseKey(qr.Secret)
	if err != nil {
		t.Fatal(err)
	}
	shown, err := device.Code(h.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	kept, err := h.store.Credential(ctx, qr.Credential.ID)
	if code, ok := credential.Parse(shown); err != nil || !ok || code.Credential != kept.ID || !code.Verify(kept.Key) {
		t.Errorf("%+v does not belong to %+v, %v", code, kept, err)
	}
	public, _, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	own, err := h.IssueCredential(ctx, office.CredentialRequest{Person: wang.ID, Kind: menshen.CredentialQR, PublicKey: public})
	if err != nil || own.Secret != "" {
		t.Errorf("%+v %v", own, err)
	}
	if kept, err := h.store.Credential(ctx, own.Credential.ID); err != nil || string(kept.Key) != string(public) {
		t.Errorf("%+v %v", kept, err)
	}
	key, err := h.IssueCredential(ctx, office.CredentialRequest{Person: wang.ID, Kind: menshen.CredentialCard, Card: " 04:a1:b2:c3 "})
	if err != nil || key.Secret != "" {
		t.Errorf("%+v %v", key, err)
	}
	_, err = h.IssueCredential(ctx, office.CredentialRequest{Person: "李雷", Kind: menshen.CredentialCard, Card: "０４Ａ１Ｂ２Ｃ３"})
	h.check(t, "somebody else's card, written otherwise", err, menshen.CodeConflict)

	list, err := h.Credentials(ctx, "王芳")
	if err != nil || len(list) != 4 {
		t.Errorf("%+v %v", list, err)
	}
	for _, c := range list {
		if c.Key != nil {
			t.Errorf("the key of %s is shown", c.ID)
		}
	}
	if err := h.RevokeCredential(ctx, key.Credential.ID); err != nil {
		t.Fatal(err)
	}
	h.check(t, "revoked twice", h.RevokeCredential(ctx, key.Credential.ID), menshen.CodeConflict)
	if err := h.RevokeCredential(ctx, "nothing"); menshen.ErrorCode(err) != menshen.CodeNotFound {
		t.Error(err)
	}
	// A card that was given back goes to somebody else.
	if _, err := h.IssueCredential(ctx, office.CredentialRequest{Person: "李雷", Kind: menshen.CredentialCard, Card: "04a1b2c3"}); err != nil {
		t.Error(err)
	}
}

func TestIssueCredentialRefuses(t *testing.T) {
	h := MustHouse(t)
	ctx := t.Context()
	wang := h.MustPerson(t, "王芳", "3-2-14-1402", nil)
	gone := h.MustPerson(t, "迁出", "1-1-1-102", nil)
	if _, err := h.PutPerson(ctx, menshen.Person{ID: gone.ID, State: menshen.PersonInactive}, nil); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		r    office.CredentialRequest
		code menshen.Code
	}{
		"nobody":           {office.CredentialRequest{Person: "无人", Kind: menshen.CredentialPIN}, menshen.CodeNotFound},
		"moved away":       {office.CredentialRequest{Person: gone.ID, Kind: menshen.CredentialPIN}, menshen.CodeConflict},
		"unknown kind":     {office.CredentialRequest{Person: wang.ID, Kind: "voice"}, menshen.CodeInvalid},
		"no card number":   {office.CredentialRequest{Person: wang.ID, Kind: menshen.CredentialCard}, menshen.CodeInvalid},
		"no such number":   {office.CredentialRequest{Person: wang.ID, Kind: menshen.CredentialCard, Card: "卡片一二三四"}, menshen.CodeInvalid},
		"a short key":      {office.CredentialRequest{Person: wang.ID, Kind: menshen.CredentialQR, PublicKey: []byte("short")}, menshen.CodeInvalid},
		"a PIN with a key": {office.CredentialRequest{Person: wang.ID, Kind: menshen.CredentialPIN, PublicKey: make([]byte, 32)}, menshen.CodeInvalid},
		"a QR with a card": {office.CredentialRequest{Person: wang.ID, Kind: menshen.CredentialQR, Card: "12345678"}, menshen.CodeInvalid},
	} {
		got, err := h.IssueCredential(ctx, c.r)
		if menshen.ErrorCode(err) != c.code {
			t.Errorf("%s: %+v %v", name, got, err)
		}
	}
	if list, err := h.Credentials(ctx, ""); err != nil || len(list) != 0 {
		t.Errorf("%+v %v", list, err)
	}
}
