package erasure_test

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"time"

	"menshen"
	"menshen/erasure"
)

func mustKey(tb testing.TB, b byte) erasure.Key {
	tb.Helper()
	seed, err := erasure.Seed(bytes.Repeat([]byte{b}, 32))
	if err == nil {
		var k erasure.Key
		if k, err = erasure.NewKey(seed); err == nil {
			return k
		}
	}
	tb.Fatal(err)
	return erasure.Key{}
}

func sample() erasure.Certificate {
	at := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	return erasure.Certificate{
		Site: "garden", Number: 3, Person: "0198c0de-0000-7000-8000-000000000001", Scope: erasure.ScopeFace, Erased: erasure.Counts{Templates: 2, Photographs: 1},
		Keys: []string{"00112233445566778899aabbccddeeff"}, At: erasure.Stamp(at), Issued: erasure.Stamp(at.Add(time.Second)), Audit: 17, Backups: 1,
	}
}

func TestSignAndRead(t *testing.T) {
	key := mustKey(t, 1)
	signed, err := key.Sign(sample())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(signed, []byte(`{"at":"2026-03-01T08:00:00Z","audit":17,"backups":1,"erased":{"answers":0,`)) || bytes.Contains(signed, []byte("\n")) {
		t.Errorf("not canonical: %s", signed)
	}
	c, err := erasure.Read(signed)
	if err != nil {
		t.Fatal(err)
	}
	if c.Key != key.Public() || c.Person != sample().Person || c.Erased != sample().Erased || c.Audit != 17 {
		t.Errorf("%+v", c)
	}
	for _, text := range []string{c.Text.ZH, c.Text.EN} {
		if !strings.Contains(text, c.Person) || !strings.Contains(text, c.At) || !strings.Contains(text, "garden") {
			t.Errorf("the words are %q", text)
		}
	}
	// The order of keys and the space between them are no part of what is signed.
	spaced := bytes.ReplaceAll(signed, []byte(`,"`), []byte(",\n  \""))
	if _, err := erasure.Read(spaced); err != nil {
		t.Errorf("with spaces: %v", err)
	}
	if other := mustKey(t, 2); other.Public() == key.Public() || erasure.Fingerprint(other.Public()) == erasure.Fingerprint(key.Public()) {
		t.Error("two sites sign with one key")
	}
}

// TestRecordsAreOptional: a certificate without records is written as before there were any, so that those still verify.
func TestRecordsAreOptional(t *testing.T) {
	key := mustKey(t, 1)
	c := sample()
	without, err := key.Sign(c)
	if err != nil {
		t.Fatal(err)
	}
	c.Erased.Records = 4
	with, err := key.Sign(c)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(without, []byte("records")) || !bytes.Contains(with, []byte(`"records":4`)) {
		t.Errorf("%s\n%s", without, with)
	}
	read, err := erasure.Read(with)
	if err != nil || read.Erased.Records != 4 || !strings.Contains(read.Text.EN, "temperatures") || !strings.Contains(read.Text.ZH, "体温") {
		t.Errorf("%+v, %v", read, err)
	}
}

// TestChanged changes every byte of a certificate, one at a time: none passes that says anything else.
func TestChanged(t *testing.T) {
	key := mustKey(t, 1)
	signed, err := key.Sign(sample())
	if err != nil {
		t.Fatal(err)
	}
	whole, err := erasure.Read(signed)
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for i := range signed {
		for _, b := range []byte{signed[i] ^ 1, signed[i] ^ 0x20} {
			changed := bytes.Clone(signed)
			changed[i] = b
			c, err := erasure.Read(changed)
			if err != nil {
				refused++
				continue
			}
			// Names of fields are read whatever their case, and say the same.
			if !reflect.DeepEqual(c, whole) {
				t.Fatalf("byte %d changed to %q: taken as %+v", i, b, c)
			}
		}
	}
	if refused < len(signed) {
		t.Errorf("%d changes were refused of %d", refused, 2*len(signed))
	}
}

func TestNoCertificate(t *testing.T) {
	key := mustKey(t, 1)
	signed, err := key.Sign(sample())
	if err != nil {
		t.Fatal(err)
	}
	for what, text := range map[string]string{
		"nothing": "", "no JSON": "erased", "another": `{"format":"menshen-erasure-2"}`, "two": string(signed) + string(signed),
		"more": strings.Replace(string(signed), `{"at"`, `{"extra":1,"at"`, 1),
	} {
		if _, err := erasure.Read([]byte(text)); menshen.ErrorCode(err) != menshen.CodeInvalid {
			t.Errorf("%s: %v", what, err)
		}
	}
	for what, change := range map[string]func(*erasure.Certificate){
		"person": func(c *erasure.Certificate) { c.Person = "" }, "keys": func(c *erasure.Certificate) { c.Keys = nil },
		"a key": func(c *erasure.Certificate) { c.Keys = []string{"x"} }, "time": func(c *erasure.Certificate) { c.At = "today" },
		"scope": func(c *erasure.Certificate) { c.Scope = "all" },
	} {
		c := sample()
		change(&c)
		if _, err := key.Sign(c); menshen.ErrorCode(err) != menshen.CodeInvalid {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	signed, err := mustKey(f, 1).Sign(sample())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(signed)
	f.Add([]byte(`{"format":"menshen-erasure-1","keys":["00"]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := erasure.Read(text)
		if err == nil && (c.Person == "" || len(c.Keys) == 0) {
			t.Errorf("%q is taken as %+v", text, c)
		}
	})
}
