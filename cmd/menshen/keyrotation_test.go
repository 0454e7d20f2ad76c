package main_test

import (
	"bytes"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	menshenv1 "menshen/proto/menshen/v1"
	"menshen/store/sqlite"
)

// TestKeyRotate changes the key of a site: people are found as before, what was signed before can be checked, nothing can be read with
// the old key, and whatever cuts the change off is finished by the next start. The store's own test kills it at random moments.
func TestKeyRotate(t *testing.T) {
	c := newCommunity(t, "engine: {models: none}\nsite:\n  id: garden\n  zones: [{id: compound, kind: compound}]\n  gates: [{id: east, from: outside, to: compound}]")
	data := filepath.Join(c.dir, "data")
	file := func(name string) string { return filepath.Join(data, name) }
	read := func(name string) []byte {
		b, err := os.ReadFile(file(name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	s := c.serve()
	api := c.api(data)
	if r := c.try("key", "rotate"); r.code == 0 || !strings.Contains(r.err, "another menshen uses") {
		t.Errorf("beside a running hub: exit code %d, %s", r.code, r.err)
	}
	person := call(t, api.Registry.PutPerson, &menshenv1.PutPersonRequest{Name: "王芳", Dwelling: "1-1-1-101", Particulars: &menshenv1.Particulars{Phone: "13812345678", DocumentNumber: "11010519491231002X"}}).GetPerson()
	gone := call(t, api.Registry.PutPerson, &menshenv1.PutPersonRequest{Name: "李强", Dwelling: "1-1-1-102"}).GetPerson()
	code := call(t, api.Credentials.IssueCredential, &menshenv1.IssueCredentialRequest{Person: person, Kind: "card", Card: card(1)})
	if code.GetCredential().GetId() == "" {
		t.Fatal(code)
	}
	c.must("people", "remove", gone)
	s.stop(t)
	auditKey, certificate := c.must("audit", "key"), c.must("erasure", "list")
	c.mustWrite("certificate.json", []byte(certificate))
	c.must("erasure", "verify", "certificate.json")
	old, wrapped := read("site.key"), wrappedKeys(t, data, person)[0]

	works := func(when string) {
		t.Helper()
		s := c.serve()
		api := c.api(data)
		found := call(t, api.Registry.FindByDocument, &menshenv1.FindByDocumentRequest{DocumentNumber: "11010519491231002X"}).GetPeople()
		if len(found) != 1 || found[0].GetName() != "王芳" {
			t.Errorf("%s: by the document: %v", when, found)
		}
		r := call(t, api.Guard.Present, &menshenv1.PresentRequest{Gate: "east", Direction: menshenv1.Direction_DIRECTION_IN, Kind: "card", Value: card(1)})
		if r.GetName() != "王芳" {
			t.Errorf("%s: the card is that of %q, %v", when, r.GetName(), r)
		}
		s.stop(t)
		if out := c.must("audit", "verify"); !strings.Contains(out, "none was changed") {
			t.Errorf("%s: %s", when, out)
		}
		if c.must("audit", "key") != auditKey {
			t.Errorf("%s: the audit log is signed under another key", when)
		}
		c.must("erasure", "verify", "certificate.json")
		if _, err := os.Stat(file("site.key.next")); err == nil {
			t.Errorf("%s: the change is not finished", when)
		}
	}
	c.must("key", "rotate", "--keep-old", "old.key")
	if b, err := os.ReadFile(filepath.Join(c.dir, "old.key")); err != nil || !bytes.Equal(b, old) {
		t.Errorf("the old key is not kept: %v", err)
	}
	if bytes.Equal(read("site.key"), old) {
		t.Fatal("the key is the same")
	}
	at := bytesBelow(t, data)
	raw, err := hex.DecodeString(strings.TrimSpace(string(old)))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(at, bytes.TrimSpace(old)) || bytes.Contains(at, raw) || bytes.Contains(at, wrapped) {
		t.Error("the old key, or a key wrapped under it, is still in the data folder")
	}
	works("after a change")

	// Cut off before anything was sealed anew, and after everything was.
	c.mustWrite("data/site.key.next", []byte(strings.Repeat("5a", 32)+"\n"))
	works("begun")
	if string(read("site.key")) != strings.Repeat("5a", 32)+"\n" {
		t.Errorf("the key begun with was not taken: %s", read("site.key"))
	}
	c.mustWrite("data/site.key.next", []byte(strings.Repeat("6b", 32)+"\n"))
	db, err := sqlite.Open(t.Context(), file("site.db"), sqlite.Options{Key: bytes.Repeat([]byte{0x5a}, 32), NextKey: bytes.Repeat([]byte{0x6b}, 32)})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	works("all but done")
	if string(read("site.key")) != strings.Repeat("6b", 32)+"\n" {
		t.Errorf("the key is %s", read("site.key"))
	}
}
