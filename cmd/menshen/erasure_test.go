package main_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// bytesBelow gives all bytes of all files below a folder, which a running hub may write to.
func bytesBelow(tb testing.TB, folder string) []byte {
	tb.Helper()
	var all []byte
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		all = append(all, b...)
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return all
}

// unmistakable is a descriptor that is like no other, and its bytes as a program would keep them.
func unmistakable(n int) (menshen.Descriptor, []byte) {
	d := make(menshen.Descriptor, mobileFaceNet.Dim)
	for i := range d {
		d[i] = float32(math.Sin(float64(n*1000+i)) / 8)
	}
	return d, sqliteBytes(d)
}

func sqliteBytes(d menshen.Descriptor) []byte {
	var b []byte
	for _, v := range d {
		u := math.Float32bits(v)
		b = append(b, byte(u), byte(u>>8), byte(u>>16), byte(u>>24))
	}
	return b
}

// wrappedKeys gives the keys of somebody as they lie in the file of keys.
func wrappedKeys(tb testing.TB, folder, person string) (keys [][]byte) {
	tb.Helper()
	db := mustRead(tb, filepath.Join(folder, "site-keys.db"))
	rows, err := db.Query("SELECT wrapped FROM person_keys WHERE person = ? ORDER BY kind", person)
	if err != nil {
		tb.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var k []byte
		if err := rows.Scan(&k); err != nil {
			tb.Fatal(err)
		}
		keys = append(keys, k)
	}
	if err := rows.Err(); err != nil {
		tb.Fatal(err)
	}
	return keys
}

// TestWithdrawalEverywhere withdraws the consent of two people and removes a third, while a post is in reach and while it is not. Their
// faces go from the gates of the hub and of the post; their keys go from every byte of the data folder, the bus's store, the post and
// the backups; and the office gets certificates that anybody can check.
func TestWithdrawalEverywhere(t *testing.T) {
	hubBus, postBus := closedPort(t), closedPort(t)
	way := newCable(t, hubBus)
	c := newCommunity(t, "")
	yaml := fmt.Sprintf(`engine: {models: %q, evaluation: true, recognizers: 1}
site:
  id: garden
  zones: [{id: compound, kind: compound}]
  gates: [{id: east, from: outside, to: compound}, {id: lodge, from: outside, to: compound}]
posts: [{id: lodge, gates: [lodge], hub: "nats://%s", bus: "%s"}]
bus: {listen: "%s"}
web: {listen: "127.0.0.1:0"}
`, mustShared(t, "models"), way.listener.Addr(), postBus, hubBus)
	c.mustWrite("menshen.yaml", []byte(yaml))
	data := filepath.Join(c.dir, "data")

	s := c.serve()
	api := c.api(data)
	const people, withdrawn, offline, removed, stays = 6, 0, 1, 2, 3
	names := []string{"独孤求败", "东方不败", "令狐无名", "上官留下", "欧阳留下", "司徒留下"}
	ids, templates := make([]string, people), make([][]byte, people)
	for i := range people {
		ids[i] = call(t, api.Registry.PutPerson, &menshenv1.PutPersonRequest{
			Name: names[i], Dwelling: fmt.Sprintf("1-1-1-10%d", i), Particulars: &menshenv1.Particulars{Phone: fmt.Sprint(13812345670 + i)},
		}).GetPerson()
		call(t, api.Consents.RecordConsent, &menshenv1.RecordConsentRequest{Person: ids[i], Version: 1, Signer: names[i]})
	}
	s.stop(t)
	db := mustSite(t, filepath.Join(data, "site.db"))
	for i := range people {
		var d menshen.Descriptor
		d, templates[i] = unmistakable(i)
		template := menshen.Template{ID: "t-" + ids[i], Person: ids[i], Engine: mobileFaceNet, Descriptor: d, Quality: 1, Created: time.Now()}
		if err := db.AddTemplates(t.Context(), []menshen.Template{template}); err != nil {
			t.Fatal(err)
		}
		if err := db.AddPhotographs(t.Context(), ids[i], []menshen.Photograph{{Name: names[i] + ".jpg", Data: []byte("JPEG of " + names[i])}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}

	s = c.serve()
	api = c.api(data)
	folder := filepath.Join(data, "post-lodge")
	post := c.startPost("lodge")
	eventually(t, "the post's pages answer", func() bool {
		_, err := os.Stat(filepath.Join(folder, "running.json"))
		return err == nil
	})
	faces := func(folder string, want int) func() bool {
		return func() bool {
			return int(call(t, c.api(folder).Site.GetStatus, &menshenv1.GetStatusRequest{}).GetTemplates()) == want
		}
	}
	eventually(t, "the post has all faces", faces(folder, people))
	c.must("backup")
	keys := make([][][]byte, people)
	before := bytesBelow(t, data)
	for i := range people {
		if keys[i] = wrappedKeys(t, data, ids[i]); len(keys[i]) != 2 || bytes.Count(before, keys[i][0]) < 2 {
			t.Fatalf("the keys of %s are not in the database and its backup before: the search finds nothing", names[i])
		}
	}
	sealedAtPost := sealedEntry(t, folder, "t-"+ids[withdrawn])
	if !bytes.Contains(before, sealedAtPost) {
		t.Fatal("the template is not at the post before")
	}

	begun := time.Now()
	call(t, api.Consents.RecordConsent, &menshenv1.RecordConsentRequest{Person: ids[withdrawn], Refused: true, Version: 1, Signer: names[withdrawn]})
	eventually(t, "the face is gone at the hub", faces(data, people-1))
	eventually(t, "the face is gone at the post", faces(folder, people-1))
	t.Logf("gone everywhere %v after the consent was withdrawn", time.Since(begun).Round(10*time.Millisecond))

	// A post that cannot be reached decides by what it knew, also after a start, and hears of it before anything else.
	way.set(true)
	call(t, api.Consents.RecordConsent, &menshenv1.RecordConsentRequest{Person: ids[offline], Refused: true, Version: 1, Signer: names[offline]})
	eventually(t, "the face is gone at the hub", faces(data, people-2))
	post.kill(t)
	_ = os.Remove(filepath.Join(folder, "running.json"))
	post = c.startPost("lodge")
	eventually(t, "the post answers again", func() bool {
		_, err := os.Stat(filepath.Join(folder, "running.json"))
		return err == nil
	})
	if !faces(folder, people-1)() {
		t.Error("the post does not decide by what it knew")
	}
	begun = time.Now()
	way.set(false)
	eventually(t, "the second face is gone at the post", faces(folder, people-2))
	t.Logf("gone at the post %v after it was in reach again", time.Since(begun).Round(10*time.Millisecond))

	c.must("people", "remove", ids[removed])
	eventually(t, "the third face is gone at the post", faces(folder, people-3))
	eventually(t, "nothing is left of the template in the post's files", func() bool { return !bytes.Contains(bytesBelow(t, folder), sealedAtPost) })

	certificates := mustCertify(t, c, data, map[string]string{ids[withdrawn]: "face", ids[offline]: "face", ids[removed]: "person"})
	if got := call(t, api.Consents.ListErasureCertificates, &menshenv1.ListErasureCertificatesRequest{Person: ids[stays]}); len(got.GetCertificates()) > 0 {
		t.Errorf("somebody who was not erased has a certificate: %v", got)
	}
	look := func(when string) {
		t.Helper()
		at := bytesBelow(t, data)
		for who, gone := range map[int][][]byte{withdrawn: keys[withdrawn][:1], offline: keys[offline][:1], removed: keys[removed]} {
			for _, k := range gone {
				if bytes.Contains(at, k) {
					t.Errorf("%s: a destroyed key of %s is still there", when, names[who])
				}
			}
		}
		if !bytes.Contains(at, keys[stays][0]) || !bytes.Contains(at, keys[withdrawn][1]) {
			t.Errorf("%s: a key that is in use is gone", when)
		}
		for i := range people {
			for what, b := range map[string][]byte{"name": []byte(names[i]), "phone": []byte(fmt.Sprint(13812345670 + i)), "template": templates[i], "photograph": []byte("JPEG of " + names[i])} {
				if bytes.Contains(at, b) {
					t.Errorf("%s: the %s of %s can be read", when, what, names[i])
				}
			}
		}
		for _, text := range certificates {
			for _, name := range names {
				if bytes.Contains(text, []byte(name)) {
					t.Errorf("a certificate names %s", name)
				}
			}
		}
	}
	look("in use")
	post.stop(t)
	s.stop(t)
	look("stopped")
}

// mustCertify sees that each of the people has one certificate, that it is good, and that one that was changed is not.
func mustCertify(t *testing.T, c *community, data string, people map[string]string) (texts [][]byte) {
	t.Helper()
	fingerprint := ""
	for person, scope := range people {
		got := call(t, c.api(data).Consents.ListErasureCertificates, &menshenv1.ListErasureCertificatesRequest{Person: person}).GetCertificates()
		if len(got) != 1 || got[0].GetScope() != scope {
			t.Fatalf("%s has the certificates %v", person, got)
		}
		text := got[0].GetSigned()
		fingerprint = got[0].GetFingerprint()
		c.mustWrite("certificate.json", []byte(text))
		if out := c.must("erasure", "verify", "certificate.json"); !strings.Contains(out, person) || !strings.Contains(out, "signed by this site: 1 certificates") {
			t.Errorf("verify says %q", out)
		}
		if !strings.Contains(text, `"audit":`) || strings.Contains(text, `"audit":0`) {
			t.Errorf("the certificate names no entry of the audit log: %s", text)
		}
		c.mustWrite("changed.json", []byte(strings.Replace(text, `"templates":1`, `"templates":9`, 1)))
		if r := c.try("erasure", "verify", "changed.json"); r.code == 0 || !strings.Contains(r.err, "not as it was signed") {
			t.Errorf("changed: exit code %d, %s", r.code, r.err)
		}
		texts = append(texts, []byte(text))
	}
	if r := c.try("erasure", "verify", "certificate.json", "--key", "0000000000000000"); r.code == 0 || !strings.Contains(r.err, "under another key") {
		t.Errorf("another key: exit code %d, %s", r.code, r.err)
	}
	c.must("erasure", "verify", "certificate.json", "--key", fingerprint)
	c.must("erasure", "verify", filepath.Join(data, "erasures.jsonl"))
	if n := strings.Count(c.must("erasure", "list"), "\n"); n != len(people) {
		t.Errorf("%d certificates are listed, want %d", n, len(people))
	}
	return texts
}

// sealedEntry gives a template as it lies at a post.
func sealedEntry(tb testing.TB, folder, key string) (sealed []byte) {
	tb.Helper()
	db := mustRead(tb, filepath.Join(folder, "copy.db"))
	if err := db.QueryRow("SELECT sealed FROM entries WHERE kind = 'template' AND key = ?", key).Scan(&sealed); err != nil {
		tb.Fatal(err)
	}
	return sealed
}

func mustRead(tb testing.TB, path string) *sql.DB {
	tb.Helper()
	db, err := sql.Open("sqlite3", "file:"+path+"?mode=ro")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = db.Close() })
	return db
}
