package main_test

import (
	"bytes"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"menshen"
	"menshen/store"
	"menshen/store/sqlite"
)

// TestRefusalIsFinishedAtTheNextStart leaves a data folder as a crash does between the record of a refusal and the erasure of
// the face: the next start erases it, after the audit log says so, and leaves the faces of others.
func TestRefusalIsFinishedAtTheNextStart(t *testing.T) {
	c := newCommunity(t, "simulation: {people: 30, days: 1}")
	c.serve().stop(t)
	folder := filepath.Join(c.dir, "data/simulated")
	open := func() *sqlite.Site {
		text, err := os.ReadFile(filepath.Join(folder, "site.key"))
		if err != nil {
			t.Fatal(err)
		}
		key, err := hex.DecodeString(strings.TrimSpace(string(text)))
		if err != nil {
			t.Fatal(err)
		}
		s, err := sqlite.Open(t.Context(), filepath.Join(folder, "site.db"), sqlite.Options{Key: key})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	engine := menshen.EngineID{Name: "dlib", ModelHash: "793362600dda", Dim: 4, Metric: menshen.MetricEuclidean}
	gone := []byte("a photograph of somebody who said no")
	s := open()
	_, err := s.AddConsentText(t.Context(), menshen.ConsentText{Text: menshen.Text{ZH: "一", EN: "one"}, At: time.Now()}, 0)
	check(err)
	for i, id := range []string{"refused", "agreed"} {
		p := menshen.Person{ID: id, Name: id, State: menshen.PersonActive}
		check(s.AddPerson(t.Context(), p, []menshen.Template{{ID: "t-" + id, Person: id, Engine: engine, Descriptor: menshen.Descriptor{float32(i), 1, 2, 3}, Created: time.Now()}}))
		check(s.AddConsent(t.Context(), menshen.Consent{ID: "c-" + id, Person: id, Version: 1, Refused: id == "refused", At: time.Now()}))
	}
	check(s.AddPhotographs(t.Context(), "refused", []menshen.Photograph{{Name: "a.jpg", Data: gone, Created: time.Now()}}))
	check(s.Close())

	c.serve().stop(t)
	s = open()
	left := 0
	for x, err := range s.Templates(t.Context(), engine) {
		check(err)
		if left++; x.Person != "agreed" {
			t.Errorf("the template of %s is there", x.Person)
		}
	}
	if left != 1 {
		t.Errorf("%d templates are left", left)
	}
	said := 0
	for e, err := range s.AuditEntries(t.Context(), store.AuditFilter{Subject: "refused"}) {
		check(err)
		if e.Action == "consent.erase" {
			said++
		}
	}
	if said != 1 {
		t.Errorf("the audit log says %d times that the face was erased", said)
	}
	check(s.Close())
	for _, name := range []string{"site.db", "site.db-wal"} {
		if b, err := os.ReadFile(filepath.Join(folder, name)); err == nil && bytes.Contains(b, gone) {
			t.Errorf("the photograph is still in %s", name)
		}
	}
}
