package sqlite_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pressly/goose/v3"

	"menshen"
	"menshen/store"
	"menshen/store/sqlite"
	"menshen/store/storetest"
)

// planted is what is known of one person, to be searched for byte by byte.
type planted struct {
	name, phone, document, signer, photograph, file, answer, asked string
	template                                                       menshen.Template
	records                                                        records
}

func mustPlant(tb testing.TB, s *sqlite.Site, n int) planted {
	tb.Helper()
	ctx := tb.Context()
	id := fmt.Sprintf("p-%05d", n)
	p := planted{
		name: fmt.Sprintf("欧阳%05d", n), phone: fmt.Sprint(13800000000 + n), document: fmt.Sprintf("E%08d", 30000000+n), signer: fmt.Sprintf("签字人%05d", n),
		photograph: fmt.Sprintf("JPEG of the person %05d, byte by byte", n), file: fmt.Sprintf("欧阳%05d.jpg", n), answer: fmt.Sprintf("自驾返回%05d", n), asked: fmt.Sprintf("委托人%05d", n),
		records: recordsOf(id, n),
	}
	e := storetest.Engine("opencv")
	for i := range e.Dim {
		p.template.Descriptor = append(p.template.Descriptor, float32(n)+float32(i)/7)
	}
	p.template.ID, p.template.Person, p.template.Engine = "t-"+id, id, e
	must(tb, s.PutPerson(ctx, menshen.Person{ID: id, Name: p.name, State: menshen.PersonActive}, &menshen.Particulars{
		Phone: p.phone, Document: menshen.Document{Kind: menshen.DocumentPassport, Number: menshen.Secret(p.document)},
	}))
	must(tb, s.AddTemplates(ctx, []menshen.Template{p.template}))
	must(tb, s.AddPhotographs(ctx, id, []menshen.Photograph{{Name: p.file, Data: []byte(p.photograph), Created: time.Unix(1, 0)}}))
	must(tb, s.AddConsent(ctx, menshen.Consent{ID: "c-" + id, Person: id, Version: 1, Signer: p.signer, At: time.Unix(1, 0)}))
	must(tb, s.AddFormAnswer(ctx, menshen.FormAnswer{ID: "a-" + id, Form: "daily", Version: 1, Person: id, Answers: map[string]string{"how": p.answer}, At: time.Unix(1, 0)}, nil))
	mustKeepRecords(tb, s, p.records)
	must(tb, s.AddPackRequest(ctx, menshen.PackRequest{ID: "r-" + id, Person: id, AskedBy: p.asked, State: menshen.PackRequested, RequestedBy: "account@office", Requested: time.Unix(1, 0), Expires: time.Unix(2, 0)}))
	return p
}

func mustPlantForms(tb testing.TB, s *sqlite.Site) {
	tb.Helper()
	_, err := s.AddConsentText(tb.Context(), menshen.ConsentText{Text: menshen.Text{ZH: "人脸", EN: "face"}}, 0)
	must(tb, err)
	must(tb, s.AddForm(tb.Context(), menshen.Form{ID: "daily", Version: 1}))
}

// bytesOf gives all bytes of all files below folders.
func bytesOf(tb testing.TB, folders ...string) []byte {
	tb.Helper()
	var all []byte
	for _, folder := range folders {
		must(tb, filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			b, err := os.ReadFile(path)
			all = append(all, b...)
			return err
		}))
	}
	return all
}

// plain is what must be readable nowhere, whether erased or not.
func (p planted) plain() map[string][]byte {
	all := map[string][]byte{
		"name": []byte(p.name), "phone": []byte(p.phone), "document": []byte(p.document), "signer": []byte(p.signer), "photograph": []byte(p.photograph),
		"file name": []byte(p.file), "answer": []byte(p.answer), "who asked": []byte(p.asked), "template": sqlite.EncodeDescriptor(p.template.Descriptor),
	}
	maps.Copy(all, p.records.plain())
	return all
}

// TestErasedKeysAreNowhere removes one of many people, withdraws the consent of another, and searches all bytes of the databases,
// their logs and their backups for the keys, plain and wrapped.
func TestErasedKeysAreNowhere(t *testing.T) {
	ctx := t.Context()
	folder, copies := t.TempDir(), t.TempDir()
	path := filepath.Join(folder, "site.db")
	s := MustOpen(t, path, sqlite.Options{Key: key()})
	mustPlantForms(t, s)
	const people = 400
	all := make([]planted, people)
	for _, n := range rand.Perm(people) {
		all[n] = mustPlant(t, s, n)
	}
	const removed, withdrawn, stays = "p-00123", "p-00234", "p-00300"
	keysOf := func(person string) (plain, wrapped [][]byte) {
		plain, wrapped, err := sqlite.PersonKeys(ctx, s, person)
		must(t, err)
		if len(plain) != 2 || len(wrapped) != 2 || len(wrapped[0]) != 61 {
			t.Fatalf("%s has %d keys", person, len(plain))
		}
		return plain, wrapped
	}
	goes, wrappedGoes := keysOf(removed)
	face, wrappedFace := keysOf(withdrawn)
	_, wrappedStays := keysOf(stays)
	backup := filepath.Join(copies, "site.db")
	must(t, s.Backup(ctx, backup))

	before := bytesOf(t, folder)
	saved := bytesOf(t, copies)
	for what, at := range map[string][]byte{"the database": before, "the backup": saved} {
		for _, w := range [][]byte{wrappedGoes[0], wrappedGoes[1], wrappedFace[0], wrappedStays[0]} {
			if !bytes.Contains(at, w) {
				t.Fatalf("the wrapped key is not in %s before it is erased: the search finds nothing", what)
			}
		}
		for _, n := range []int{123, 234, 300} {
			for what, b := range all[n].plain() {
				if bytes.Contains(at, b) {
					t.Errorf("the %s of %d can be read", what, n)
				}
			}
		}
		for _, k := range append(goes, face...) {
			if bytes.Contains(at, k) {
				t.Error("a key can be read")
			}
		}
	}

	must(t, s.RemovePerson(ctx, removed))
	must(t, s.RemoveFace(ctx, withdrawn))
	look := func(when string) {
		t.Helper()
		at := bytesOf(t, folder, copies)
		for _, w := range [][]byte{wrappedGoes[0], wrappedGoes[1], wrappedFace[0], goes[0], goes[1], face[0]} {
			if bytes.Contains(at, w) || bytes.Contains(at, w[len(w)/2:]) {
				t.Errorf("%s: a destroyed key is still there", when)
			}
		}
		if !bytes.Contains(at, wrappedFace[1]) || !bytes.Contains(at, wrappedStays[0]) {
			t.Errorf("%s: a key of somebody else is gone", when)
		}
	}
	look("in use")
	mustBeErased(t, s, all[123].records)
	mustHaveRecords(t, s, all[234].records) // who withdrew their consent stays in the registry
	if behind, err := s.BehindBackups(ctx); err != nil || len(behind) > 0 {
		t.Errorf("backups behind: %v, %v", behind, err)
	}
	erased, err := s.Erasures(ctx, "")
	must(t, err)
	if len(erased) != 2 || erased[0].Person != removed || erased[0].Scope != store.ErasedPerson || len(erased[0].Keys) != 2 ||
		erased[0].Counts != (store.ErasureCounts{Templates: 1, Photographs: 1, Names: 1, Particulars: 1, Signatures: 1, Answers: 1, Records: 4}) ||
		erased[1].Scope != store.ErasedFace || len(erased[1].Keys) != 1 || erased[1].Counts != (store.ErasureCounts{Templates: 1, Photographs: 1}) {
		t.Errorf("%+v", erased)
	}
	must(t, s.Close())
	look("closed")

	// The backup, put back, has neither of them.
	s = MustOpen(t, backup, sqlite.Options{Key: key()})
	left := storetest.MustCollect(t, s.Templates(ctx, storetest.Engine("opencv")))
	if len(left) != people-2 {
		t.Errorf("%d templates came back, want %d", len(left), people-2)
	}
	p, err := s.Person(ctx, removed)
	must(t, err)
	if p.Name != menshen.NameErased || p.State != menshen.PersonInactive {
		t.Errorf("%+v", p)
	}
	mustBeErased(t, s, all[123].records)
	if p, err = s.Person(ctx, withdrawn); err != nil || p.Name != all[234].name || p.State != menshen.PersonActive {
		t.Errorf("%+v, %v", p, err)
	}
}

// TestCopyCarriedOff: a copy that the hub cannot reach has the keys still. Certificates destroy them when it is put back.
func TestCopyCarriedOff(t *testing.T) {
	ctx := t.Context()
	folder, copies, elsewhere := t.TempDir(), t.TempDir(), t.TempDir()
	s := MustOpen(t, filepath.Join(folder, "site.db"), sqlite.Options{Key: key()})
	mustPlantForms(t, s)
	for n := range 3 {
		mustPlant(t, s, n)
	}
	_, wrapped, err := sqlite.PersonKeys(ctx, s, "p-00001")
	must(t, err)
	must(t, s.Backup(ctx, filepath.Join(copies, "site.db")))
	must(t, os.CopyFS(elsewhere, os.DirFS(copies)))
	must(t, os.RemoveAll(copies))
	must(t, s.RemovePerson(ctx, "p-00001"))
	behind, err := s.BehindBackups(ctx)
	must(t, err)
	if len(behind) != 1 {
		t.Errorf("backups out of reach: %v", behind)
	}
	must(t, s.ForgetBackup(ctx, filepath.Join(copies, "site.db")))
	if behind, err = s.BehindBackups(ctx); err != nil || len(behind) > 0 {
		t.Errorf("%v, %v", behind, err)
	}
	erased, err := s.Erasures(ctx, "p-00001")
	must(t, err)
	if len(erased) != 1 || !bytes.Contains(bytesOf(t, elsewhere), wrapped[0]) {
		t.Fatalf("%+v", erased)
	}

	back := MustOpen(t, filepath.Join(elsewhere, "site.db"), sqlite.Options{Key: key()})
	n, err := back.EraseAgain(ctx, erased[0].Keys)
	must(t, err)
	if n != 2 {
		t.Errorf("%d keys were destroyed, want 2", n)
	}
	if p, err := back.Person(ctx, "p-00001"); err != nil || p.Name != menshen.NameErased {
		t.Errorf("%+v, %v", p, err)
	}
	mustBeErased(t, back, recordsOf("p-00001", 1))
	mustHaveRecords(t, back, recordsOf("p-00002", 2))
	if got := storetest.MustCollect(t, back.Templates(ctx, storetest.Engine("opencv"))); len(got) != 2 {
		t.Errorf("%d templates", len(got))
	}
	at := bytesOf(t, elsewhere)
	for _, w := range wrapped {
		if bytes.Contains(at, w) {
			t.Error("a key is still there")
		}
	}
	if n, err = back.EraseAgain(ctx, erased[0].Keys); err != nil || n != 0 {
		t.Errorf("again: %d, %v", n, err)
	}
}

// TestKeysMissing: a database whose keys are gone is refused, not opened without its people.
// TestBackupsAfterARestore: a hub that was put back to an older backup knows of none that were made after it, and gives numbers anew that
// keys have in them. What is destroyed is destroyed in them all the same, by name.
func TestBackupsAfterARestore(t *testing.T) {
	ctx := t.Context()
	folder, backups, away := t.TempDir(), t.TempDir(), t.TempDir()
	path := filepath.Join(folder, "site.db")
	older, later := filepath.Join(backups, "older"), filepath.Join(backups, "later")
	for _, name := range []string{older, later, filepath.Join(backups, "not-a-backup")} {
		must(t, os.Mkdir(name, 0o700))
	}
	s := MustOpen(t, path, sqlite.Options{Key: key()})
	mustPlantForms(t, s)
	for n := range 2 {
		mustPlant(t, s, n)
	}
	wrappedOf := func(s *sqlite.Site, person string) [][]byte {
		_, wrapped, err := sqlite.PersonKeys(ctx, s, person)
		must(t, err)
		return wrapped
	}
	must(t, s.Backup(ctx, filepath.Join(older, "site.db")))
	for n := 2; n < 4; n++ {
		mustPlant(t, s, n)
	}
	must(t, s.Backup(ctx, filepath.Join(later, "site.db")))
	before, erased, stays := wrappedOf(s, "p-00000"), wrappedOf(s, "p-00002"), wrappedOf(s, "p-00003")
	must(t, os.Rename(later, filepath.Join(away, "later"))) // on a disk that is not there just now
	must(t, s.RemovePerson(ctx, "p-00002"))
	certified, err := s.Erasures(ctx, "p-00002")
	must(t, err)
	must(t, s.Close())

	must(t, os.RemoveAll(folder))
	must(t, os.Rename(filepath.Join(away, "later"), later))
	must(t, os.CopyFS(folder, os.DirFS(older)))
	s = MustOpen(t, path, sqlite.Options{Key: key()})
	must(t, s.AdoptBackups(ctx, backups))
	has := func(want bool, of string, wrapped [][]byte) {
		t.Helper()
		at := bytesOf(t, later)
		for _, w := range wrapped {
			if bytes.Contains(at, w) != want {
				t.Errorf("%s: the key is there: %v, want %v", of, !want, want)
			}
		}
	}
	has(true, "erased before the restore", erased)
	// Cut off here, and started again: what only certificates tell of is not forgotten for what the database knows itself.
	must(t, s.RemovePerson(ctx, "p-00001"))
	must(t, s.Close())
	s = MustOpen(t, path, sqlite.Options{Key: key()})
	has(true, "erased before the restore", erased)
	n, err := s.EraseAgain(ctx, certified[0].Keys)
	must(t, err)
	if n != 0 {
		t.Errorf("%d keys came back with a backup that never had them", n)
	}
	has(false, "erased before the restore", erased)
	for n := 6; n < 8; n++ { // under numbers that others have in the later backup
		mustPlant(t, s, n)
	}
	must(t, s.RemovePerson(ctx, "p-00007"))
	has(true, "whose number somebody else had", stays)
	has(true, "who was there before", before)
	must(t, s.RemovePerson(ctx, "p-00000"))
	has(false, "erased after the restore", before)
	has(true, "whose number somebody else had", stays)
}

func TestKeysMissing(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "site.db")
	s := MustOpen(t, path, sqlite.Options{Key: key()})
	must(t, s.AddPeople(t.Context(), []menshen.Person{{ID: "p-1", Name: "王", State: menshen.PersonActive}}))
	must(t, s.Close())
	must(t, os.Rename(sqlite.KeysPath(path), filepath.Join(dir, "kept")))
	_, err := sqlite.Open(t.Context(), path, sqlite.Options{Key: key()})
	wantFault(t, err, menshen.CodeMissing)
	must(t, os.Rename(filepath.Join(dir, "kept"), sqlite.KeysPath(path)))
	must(t, MustOpen(t, path, sqlite.Options{Key: key()}).Close())
}

// mustOldSite makes a database of schema 13 with people in it, as a version before people had keys left it.
func mustOldSite(tb testing.TB, path string, people int) {
	tb.Helper()
	ctx := tb.Context()
	db := MustRaw(tb, path)
	p, err := goose.NewProvider(goose.DialectSQLite3, db, os.DirFS("migrations/site"), goose.WithDisableGlobalRegistry(true))
	must(tb, err)
	_, err = p.UpTo(ctx, 13)
	must(tb, err)
	mustExec(tb, db, "INSERT INTO engines VALUES (1, 'opencv', '793362600dda', 4, 'euclidean')")
	mustExec(tb, db, "INSERT INTO consent_texts VALUES (1, '人脸', 'face', NULL, '')")
	mustExec(tb, db, "INSERT INTO seal VALUES (1, ?)", sqlite.SealAsBefore(tb, key(), "menshen", "seal"))
	tx, err := db.BeginTx(ctx, nil)
	must(tb, err)
	for i := range people {
		id := fmt.Sprintf("p-%05d", i*7919%people)
		for _, x := range []struct {
			query string
			args  []any
		}{
			{"INSERT INTO people VALUES (?, ?, NULL, 'active', NULL)", []any{id, "欧阳" + id}},
			{"INSERT INTO templates (id, person, engine, descriptor, quality, masked) VALUES (?, ?, 1, ?, 1, 0)", []any{"t-" + id, id, oldDescriptor(i * 7919 % people)}},
			{"INSERT INTO photographs VALUES (?, ?, ?, ?, NULL)", []any{id, bytes.Repeat([]byte{byte(i), byte(i >> 8)}, 16), "欧阳" + id + ".jpg", []byte("JPEG of " + id)}},
			{"INSERT INTO particulars VALUES (?, '', NULL, NULL, '', '', '', ?)", []any{id, sqlite.SealAsBefore(tb, key(), `{"p":"13800001111"}`, "particulars", id)}},
			{"INSERT INTO consents VALUES (?, ?, 0, 1, 0, 1, '', NULL, ?)", []any{"c-" + id, id, sqlite.SealAsBefore(tb, key(), `{"s":"签字人"}`, "consents", "c-"+id)}},
		} {
			_, err := tx.ExecContext(ctx, x.query, x.args...)
			must(tb, err)
		}
		mustPutPlain(tb, tx, recordsOf(id, i*7919%people))
	}
	must(tb, tx.Commit())
	must(tb, db.Close())
}

func oldDescriptor(i int) []byte {
	return sqlite.EncodeDescriptor(menshen.Descriptor{float32(i) + 0.5, float32(i) * 3.25, 77.125, float32(i) / 3})
}

func mustHaveOldPeople(tb testing.TB, s *sqlite.Site, people int) {
	tb.Helper()
	ctx := tb.Context()
	n := 0
	for p, err := range s.People(ctx) {
		must(tb, err)
		if p.Name != "欧阳"+p.ID {
			tb.Fatalf("%+v", p)
		}
		n++
	}
	templates := storetest.MustCollect(tb, s.Templates(ctx, menshen.EngineID{Name: "opencv", ModelHash: "793362600dda", Dim: 4, Metric: "euclidean"}))
	if n != people || len(templates) != people {
		tb.Fatalf("%d people with %d templates, want %d", n, len(templates), people)
	}
	for _, t := range templates {
		var i int
		if _, err := fmt.Sscanf(t.Person, "p-%d", &i); err != nil || !bytes.Equal(sqlite.EncodeDescriptor(t.Descriptor), oldDescriptor(i)) {
			tb.Fatalf("%+v", t)
		}
	}
	if observed := storetest.MustCollect(tb, s.HealthRecords(ctx, menshen.HealthObservation)); len(observed) != people {
		tb.Errorf("%d are observed, want %d", len(observed), people)
	}
	for _, n := range []int{0, people / 2, people - 1} {
		mustHaveRecords(tb, s, recordsOf(fmt.Sprintf("p-%05d", n), n))
	}
	for _, id := range []string{"p-00000", fmt.Sprintf("p-%05d", people-1)} {
		photographs := storetest.MustCollect(tb, s.Photographs(ctx, id))
		if len(photographs) != 1 || string(photographs[0].Data) != "JPEG of "+id || photographs[0].Name != "欧阳"+id+".jpg" {
			tb.Errorf("%+v", photographs)
		}
		if p, err := s.Particulars(ctx, id); err != nil || p.Phone != "13800001111" {
			tb.Errorf("%+v, %v", p, err)
		}
		if c, err := s.Consents(ctx, id); err != nil || len(c) != 1 || c[0].Signer != "签字人" {
			tb.Errorf("%+v, %v", c, err)
		}
	}
}

// openerEnv makes the test binary open the site it names with the key of the tests, and with the next key where that is asked for.
const (
	openerEnv  = "MENSHEN_TEST_OPEN"
	nextKeyEnv = "MENSHEN_TEST_NEXT_KEY"
)

func openUntilKilled(path string) int {
	next, err := hex.DecodeString(os.Getenv(nextKeyEnv))
	if err != nil {
		return 1
	}
	s, err := sqlite.Open(context.Background(), path, sqlite.Options{Key: key(), NextKey: next})
	if err == nil {
		err = s.Close()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// openAndKill opens a site in another process, and kills that after a while; it says whether the process came to its end before.
func openAndKill(t *testing.T, path string, next []byte, after time.Duration) (ended bool) {
	t.Helper()
	self, err := os.Executable()
	must(t, err)
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), openerEnv+"="+path, nextKeyEnv+"="+hex.EncodeToString(next))
	cmd.Stderr = os.Stderr
	must(t, cmd.Start())
	killer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	defer killer.Stop()
	err = cmd.Wait()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() > 0 {
		t.Fatal(err)
	}
	return err == nil
}

// TestOlderSiteIsSealed opens a database of schema 13, killed again and again while what is in it is brought under the keys of its
// people. Nothing is lost, and nothing of it can be read after, wherever in the file it was before.
func TestOlderSiteIsSealed(t *testing.T) {
	const people = 3000
	dir, copies := t.TempDir(), t.TempDir()
	path := filepath.Join(dir, "site.db")
	mustOldSite(t, path, people)
	before := bytesOf(t, dir)
	if !bytes.Contains(before, []byte("欧阳p-01234")) || !bytes.Contains(before, oldDescriptor(1234)) {
		t.Fatal("the search finds nothing")
	}
	for what, b := range recordsOf("p-01234", 1234).plain() {
		if !bytes.Contains(before, b) && !strings.HasSuffix(what, "in figures") {
			t.Fatalf("the search does not find the %s", what)
		}
	}
	kills := 0
	for after := 40 * time.Millisecond; !openAndKill(t, path, nil, after); after = after * 5 / 4 {
		kills++
	}
	t.Logf("killed %d times", kills)
	s := MustOpen(t, path, sqlite.Options{Key: key()})
	mustHaveOldPeople(t, s, people)
	must(t, s.Backup(t.Context(), filepath.Join(copies, "site.db")))
	at, saved := bytesOf(t, dir), bytesOf(t, copies)
	for i := range people {
		id := fmt.Sprintf("p-%05d", i)
		some := i%50 == 34
		plain := map[string][]byte{"name": []byte("欧阳" + id), "template": oldDescriptor(i), "photograph": []byte("JPEG of " + id)}
		if some {
			maps.Copy(plain, recordsOf(id, i).plain())
		}
		for what, b := range plain {
			if bytes.Contains(at, b) || some && bytes.Contains(saved, b) {
				t.Fatalf("the %s of %s can be read", what, id)
			}
		}
	}
}

// TestRotate seals a site under another key, killed again and again meanwhile. All is there under the new key; with the old one
// nothing can be opened any more, not even a key.
func TestRotate(t *testing.T) {
	ctx := t.Context()
	dir := t.TempDir()
	path := filepath.Join(dir, "site.db")
	const people = 3000
	mustOldSite(t, path, people)
	s := MustOpen(t, path, sqlite.Options{Key: key()})
	mustFillSecrets(t, s)
	_, wrapped, err := sqlite.PersonKeys(ctx, s, "p-1")
	must(t, err)
	must(t, s.RemovePerson(ctx, "p-00007"))
	must(t, s.Close())
	if !bytes.Contains(bytesOf(t, dir), wrapped[0]) {
		t.Fatal("the wrapped key is not there before")
	}

	next := bytes.Repeat([]byte{9}, 32)
	kills := 0
	for after := 10 * time.Millisecond; !openAndKill(t, path, next, after); after = after * 6 / 5 {
		kills++
	}
	t.Logf("killed %d times", kills)
	_, err = sqlite.Open(ctx, path, sqlite.Options{Key: key()})
	wantFault(t, err, menshen.CodeDenied)
	s = MustOpen(t, path, sqlite.Options{Key: key(), NextKey: next}) // once more does no harm
	if bytes.Contains(bytesOf(t, dir), wrapped[0]) {
		t.Error("a key is still wrapped under the old key of the site")
	}
	if p, err := s.Person(ctx, "p-00007"); err != nil || p.Name != menshen.NameErased {
		t.Errorf("%+v, %v", p, err)
	}
	p, err := s.Particulars(ctx, "p-1")
	must(t, err)
	if p.Phone != personal[0] || p.Document.Number.Reveal() != personal[1] {
		t.Errorf("%+v", p)
	}
	for what, find := range map[string]func() ([]menshen.Person, error){
		"document": func() ([]menshen.Person, error) { return s.PeopleByDocument(ctx, menshen.Secret(personal[1])) },
		"phone":    func() ([]menshen.Person, error) { return s.PeopleByPhone(ctx, personal[0]) },
	} {
		if found, err := find(); err != nil || len(found) != 1 || found[0].ID != "p-1" {
			t.Errorf("by %s: %+v, %v", what, found, err)
		}
	}
	mustHaveRecords(t, s, ofVisitor)
	mustBeErased(t, s, recordsOf("p-00007", 7))
	mustHaveRecords(t, s, recordsOf("p-00008", 8))
	setting, err := s.SiteSetting(ctx)
	must(t, err)
	seed, err := s.PermitSeed(ctx)
	must(t, err)
	if string(setting.NumberKey) != personal[5] || string(seed) != personal[6] {
		t.Error("the keys of permits and numbers are other ones")
	}
	mustReadCase(t, s)
	must(t, s.Close())
	db := MustRaw(t, path)
	if _, err := db.ExecContext(ctx, "UPDATE case_changes SET field = 'x'"); err == nil {
		t.Error("the history of cases can be changed")
	}
	must(t, db.Close())
}

// mustReadCase reads all that mustFillCase kept.
func mustReadCase(t *testing.T, s *sqlite.Site) {
	t.Helper()
	ctx := t.Context()
	c, err := s.Case(ctx, "c-1")
	must(t, err)
	contacts := storetest.MustCollect(t, s.CaseContacts(ctx, store.ContactFilter{Phone: menshen.Secret(personal[8])}))
	if c.Purpose != personal[10] || len(contacts) != 1 || contacts[0].Name != personal[7] {
		t.Errorf("%+v %+v", c, contacts)
	}
	if changes := storetest.MustCollect(t, s.CaseChanges(ctx, "c-1", "")); len(changes) != 2 || changes[1].Why != personal[14] {
		t.Errorf("%+v", changes)
	}
	if f := storetest.MustCollect(t, s.FollowUps(ctx, store.FollowUpFilter{Case: "c-1"})); len(f) != 1 || f[0].Note != personal[13] {
		t.Errorf("%+v", f)
	}
	if orders := storetest.MustCollect(t, s.CaseOrders(ctx)); len(orders) != 1 || orders[0].Reason != personal[16] {
		t.Errorf("%+v", orders)
	}
	for d, err := range s.Deliveries(ctx, store.DeliveryFilter{}) {
		must(t, err)
		if d.Phone != personal[3] {
			t.Errorf("%+v", d)
		}
	}
}
