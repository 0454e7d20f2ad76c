package sqlite_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"menshen"
	"menshen/store"
	"menshen/store/sqlite"
	"menshen/store/storetest"
)

// personal is all that must not be readable in a file.
var personal = []string{
	"13800001111", "11010519491231002X", "1949-12-31", "13900002222", "返回日期不详", "NUMBER-KEY-NUMBER-KEY-NUMBER-KEY", "SEED-SEED-SEED-SEED-SEED-SEED-SE",
	"孙悟空", "13700004444", "在食堂同桌吃饭", "看谁与其同乘电梯", "嗅觉丧失", "夜里咳嗽厉害", "家里没有退烧药", "流调组复核", "原为次密接", "隔离于某宾馆", "37.8",
}

// ofVisitor are records whose texts must not be readable either.
var ofVisitor = recordsOf("p-visitor", 77)

func mustFillSecrets(tb testing.TB, s *sqlite.Site) {
	tb.Helper()
	ctx := tb.Context()
	at := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	must(tb, s.PutPerson(ctx, menshen.Person{ID: "p-1", Name: "王", State: menshen.PersonActive}, &menshen.Particulars{
		Phone: personal[0], Document: menshen.Document{Kind: menshen.DocumentIDCard, Number: menshen.Secret(personal[1])},
		Born: time.Date(1949, 12, 31, 0, 0, 0, 0, time.UTC),
	}))
	must(tb, s.AddDelivery(ctx, menshen.Delivery{ID: "d-1", Gate: "east-1", Phone: personal[3], Arrived: at}))
	must(tb, s.AddForm(ctx, menshen.Form{ID: "returnee", Version: 1}))
	must(tb, s.AddFormAnswer(ctx, menshen.FormAnswer{ID: "a-1", Form: "returnee", Version: 1, Person: "p-1", Answers: map[string]string{"back": personal[4]}, At: at}, nil))
	must(tb, s.SetSite(ctx, menshen.SiteSetting{NumberKey: []byte(personal[5])}))
	must(tb, s.SetPermitSeed(ctx, []byte(personal[6])))
	mustAddPeople(tb, s, "p-visitor")
	mustKeepRecords(tb, s, ofVisitor)
	mustFillCase(tb, s, at)
}

// mustFillCase keeps a case of p-1 whose texts are the rest of what is personal.
func mustFillCase(tb testing.TB, s *sqlite.Site, at time.Time) {
	tb.Helper()
	said := func(contact string) menshen.CaseChange {
		return menshen.CaseChange{Case: "c-1", Contact: contact, At: at, By: "li", Why: personal[14], Field: "level", Before: personal[15], After: "close"}
	}
	must(tb, s.WriteCase(tb.Context(), store.CaseWrite{
		Cases: []menshen.Case{{
			ID: "c-1", Number: "2026-1", Person: "p-1", Purpose: personal[10], Expires: at.AddDate(0, 1, 0), State: menshen.CaseOpen, Requested: at,
			Clinical: menshen.Clinical{Symptoms: []string{personal[11]}},
		}},
		Contacts: []menshen.CaseContact{{
			ID: "x-1", Case: "c-1", Name: personal[7], Phone: menshen.Secret(personal[8]), Note: personal[9], Source: menshen.SourceInterview,
			Generation: 1, Level: menshen.LevelClose, Status: menshen.ContactNotified, Created: at,
		}},
		FollowUps: []menshen.FollowUp{{
			ID: "f-1", Contact: "x-1", Day: "2026-03-01", Celsius: 37.8, Symptoms: []string{personal[12]}, Note: personal[13], Reached: true, At: at, By: "li",
		}},
		Orders:  []store.CaseOrder{{ID: "o-1", Contact: "x-1", Health: menshen.Health{Person: "p-1", State: menshen.HealthIsolated, Reason: personal[16]}}},
		Changes: []menshen.CaseChange{said(""), said("x-1")},
	}))
}

// TestNothingPersonalIsReadable looks for personal data in the bytes of the files.
func TestNothingPersonalIsReadable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "site.db")
	s := MustOpen(t, path, sqlite.Options{Key: key()})
	mustFillSecrets(t, s)
	look := func(when string, files ...string) {
		t.Helper()
		var all []byte
		for _, file := range files {
			b, err := os.ReadFile(file)
			must(t, err)
			all = append(all, b...)
		}
		if !bytes.Contains(all, []byte("returnee")) {
			t.Errorf("%s: nothing is in the files at all", when)
		}
		for _, text := range personal {
			if bytes.Contains(all, []byte(text)) {
				t.Errorf("%s: %q can be read in the files", when, text)
			}
		}
		for what, b := range ofVisitor.plain() {
			if bytes.Contains(all, b) {
				t.Errorf("%s: the %s can be read in the files", when, what)
			}
		}
		if bytes.Contains(all, key()) {
			t.Errorf("%s: the key is in the files", when)
		}
	}
	look("in use", path, path+"-wal")
	dest := filepath.Join(t.TempDir(), "backup.db")
	must(t, s.Backup(t.Context(), dest))
	look("backed up", dest)
	must(t, s.Close())
	look("closed", path)

	// What comes back is what went in, and the site's own key is told to gates only in the clear of a change.
	s = MustOpen(t, path, sqlite.Options{Key: key()})
	p, err := s.Particulars(t.Context(), "p-1")
	must(t, err)
	if p.Phone != personal[0] || p.Document.Number.Reveal() != personal[1] || p.Born.Format(time.DateOnly) != personal[2] {
		t.Errorf("%+v", p)
	}
	mustHaveRecords(t, s, ofVisitor)
	changes, _, err := s.Changes(t.Context(), 0, 0)
	must(t, err)
	for _, c := range changes {
		if c.Site != nil && string(c.Site.NumberKey) != personal[5] {
			t.Errorf("the number key comes as %q", c.Site.NumberKey)
		}
	}
}

func TestWrongKey(t *testing.T) {
	dir := t.TempDir()
	site, copied := filepath.Join(dir, "site.db"), filepath.Join(dir, "copy.db")
	must(t, MustOpen(t, site, sqlite.Options{Key: key()}).Close())
	must(t, MustOpenCopy(t, copied, sqlite.Options{Key: key()}).Close())
	other := bytes.Repeat([]byte{8}, 32)
	_, err := sqlite.Open(t.Context(), site, sqlite.Options{Key: other})
	wantFault(t, err, menshen.CodeDenied)
	_, err = sqlite.OpenCopy(t.Context(), copied, sqlite.Options{Key: other})
	wantFault(t, err, menshen.CodeDenied)
	for _, short := range [][]byte{{1}, key()[:31], append(key(), 1)} {
		_, err = sqlite.Open(t.Context(), site, sqlite.Options{Key: short})
		wantFault(t, err, menshen.CodeInvalid)
	}
	for _, none := range [][]byte{nil, make([]byte, 32)} {
		_, err = sqlite.OpenCopy(t.Context(), copied, sqlite.Options{Key: none})
		wantFault(t, err, menshen.CodeInvalid)
	}
	must(t, MustOpen(t, site, sqlite.Options{Key: key()}).Close())
}

// TestNoKey: what is not personal works without a key, and what is does not.
func TestNoKey(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "site.db")
	s := MustOpen(t, path, sqlite.Options{})
	p := menshen.Person{ID: "p-1", Name: "王", State: menshen.PersonActive}
	must(t, s.PutPerson(ctx, p, &menshen.Particulars{Role: menshen.RoleHead, Language: "zh"}))
	must(t, s.SetSite(ctx, menshen.SiteSetting{Mode: menshen.ModeClosed}))
	wantFault(t, s.PutPerson(ctx, p, &menshen.Particulars{Phone: "13800001111"}), menshen.CodeInvalid)
	wantFault(t, s.SetPermitSeed(ctx, key()), menshen.CodeInvalid)
	wantFault(t, s.SetSite(ctx, menshen.SiteSetting{NumberKey: key()}), menshen.CodeInvalid)
	_, err := s.PeopleByDocument(ctx, "E12345678")
	wantFault(t, err, menshen.CodeInvalid)
	got, err := s.Particulars(ctx, "p-1")
	must(t, err)
	if got != (menshen.Particulars{Role: menshen.RoleHead, Language: "zh"}) {
		t.Errorf("%+v", got)
	}
	must(t, s.Close())

	s = MustOpen(t, path, sqlite.Options{Key: key()}) // the first key that comes begins the file
	mustFillSecrets(t, s)
	must(t, s.Close())
	s = MustOpen(t, path, sqlite.Options{})
	_, err = s.Particulars(ctx, "p-1")
	wantFault(t, err, menshen.CodeInvalid)
	_, err = s.PermitSeed(ctx)
	wantFault(t, err, menshen.CodeInvalid)
	for _, err := range s.Deliveries(ctx, store.DeliveryFilter{}) {
		wantFault(t, err, menshen.CodeInvalid)
	}
	_, err = s.Person(ctx, "p-1") // the name
	wantFault(t, err, menshen.CodeInvalid)
}

// TestMovedValues: what is sealed can be opened only where it was put.
func TestMovedValues(t *testing.T) {
	ctx := t.Context()
	for name, damage := range map[string]string{
		"another row":    "UPDATE particulars SET sealed = (SELECT sealed FROM particulars WHERE person = 'p-1') WHERE person = 'p-2'",
		"another table":  "UPDATE particulars SET sealed = (SELECT sealed FROM deliveries) WHERE person = 'p-2'",
		"another column": "UPDATE particulars SET sealed = (SELECT permit_seed FROM site_setting) WHERE person = 'p-2'",
		"a byte more":    "UPDATE particulars SET sealed = CAST(sealed || x'00' AS BLOB) WHERE person = 'p-2'",
		"cut":            "UPDATE particulars SET sealed = substr(sealed, 1, 3) WHERE person = 'p-2'",
		"a newer cipher": "UPDATE particulars SET sealed = CAST(x'03' || substr(sealed, 2) AS BLOB) WHERE person = 'p-2'",
	} {
		path := filepath.Join(t.TempDir(), "site.db")
		s := MustOpen(t, path, sqlite.Options{Key: key()})
		mustFillSecrets(t, s)
		must(t, s.PutPerson(ctx, menshen.Person{ID: "p-2", Name: "李", State: menshen.PersonActive}, &menshen.Particulars{Phone: "13700003333"}))
		must(t, s.Close())
		db := MustRaw(t, path)
		mustExec(t, db, damage)
		must(t, db.Close())
		s = MustOpen(t, path, sqlite.Options{Key: key()})
		_, err := s.Particulars(ctx, "p-2")
		if menshen.ErrorCode(err) != menshen.CodeCorrupt {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := s.Particulars(ctx, "p-1"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestParticularsErased looks for what is sealed of a person who was removed.
func TestParticularsErased(t *testing.T) {
	path := filepath.Join(t.TempDir(), "site.db")
	s := MustOpen(t, path, sqlite.Options{Key: key()})
	mustFillSecrets(t, s)
	var sealed, hash []byte
	db := MustRaw(t, path)
	must(t, db.QueryRow("SELECT sealed, document_hash FROM particulars WHERE person = 'p-1'").Scan(&sealed, &hash))
	must(t, db.Close())
	holds := func(what []byte) bool {
		t.Helper()
		found := false
		for _, suffix := range []string{"", "-wal"} {
			b, err := os.ReadFile(path + suffix)
			must(t, err)
			found = found || bytes.Contains(b, what)
		}
		return found
	}
	if !holds(sealed) || !holds(hash) {
		t.Fatal("the particulars are not in the files")
	}
	must(t, s.RemovePerson(t.Context(), "p-1"))
	if holds(sealed) || holds(hash) {
		t.Error("particulars of a removed person are still in the files")
	}
}

// TestCopyIsEncrypted looks for names and keys in the files of a copy, and for what damage does.
func TestCopyIsEncrypted(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "copy.db")
	c := MustOpenCopy(t, path, sqlite.Options{Key: key()})
	must(t, c.Apply(ctx, storetest.Changes()))
	for _, suffix := range []string{"", "-wal"} {
		b, err := os.ReadFile(path + suffix)
		must(t, err)
		for _, text := range []string{"王小明", "妈妈的卡", "从武汉返回", string(bytes.Repeat([]byte{2}, 32))} {
			if bytes.Contains(b, []byte(text)) {
				t.Errorf("%q can be read in copy.db%s", text, suffix)
			}
		}
	}
	must(t, c.Close())
	for _, damage := range []string{
		"UPDATE entries SET sealed = (SELECT sealed FROM entries WHERE revision = 4) WHERE revision = 3",
		"UPDATE entries SET revision = 5 WHERE revision = 4", // an older state cannot be passed off as a newer one
		"UPDATE entries SET key = 'p-9' WHERE revision = 3",
		"UPDATE entries SET sealed = x'0102' WHERE revision = 9",
	} {
		copied := filepath.Join(t.TempDir(), "copy.db")
		b, err := os.ReadFile(path)
		must(t, err)
		must(t, os.WriteFile(copied, b, 0o600))
		db := MustRaw(t, copied)
		mustExec(t, db, damage)
		must(t, db.Close())
		var last error
		for _, err := range MustOpenCopy(t, copied, sqlite.Options{Key: key()}).All(ctx) {
			last = err
			if err != nil {
				break
			}
		}
		if last == nil {
			t.Errorf("%s: not noticed", damage)
			continue
		}
		wantFault(t, last, menshen.CodeCorrupt)
	}
}
