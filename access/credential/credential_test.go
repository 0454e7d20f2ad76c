package credential_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"menshen"
	"menshen/access/credential"
)

var now = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

func mustSite(tb testing.TB, id string, seed byte) *credential.Site {
	tb.Helper()
	s, err := credential.NewSite(id, bytes.Repeat([]byte{seed}, 32), bytes.Repeat([]byte{seed + 1}, 32))
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func mustParse(tb testing.TB, text string) credential.Code {
	tb.Helper()
	c, ok := credential.Parse(text)
	if !ok {
		tb.Fatalf("%q is not read", text)
	}
	return c
}

func TestPersonalCode(t *testing.T) {
	site, other := mustSite(t, "jiayuan", 1), mustSite(t, "jiayuan", 7)
	id := menshen.NewID()
	public, text, err := site.NewQRKey(id)
	if err != nil {
		t.Fatal(err)
	}
	if shown := fmt.Sprint(text); shown != "[secret]" {
		t.Errorf("the key shows itself: %s", shown)
	}
	key, err := credential.ParseKey(text)
	if err != nil {
		t.Fatal(err)
	}
	made, err := key.Code(now)
	if err != nil {
		t.Fatal(err)
	}
	c := mustParse(t, " "+made+"\n")
	if c.Credential != id || c.Permit != "" || !c.Made.Equal(now) || c.Site != site.Tag() || c.Site == other.Tag() {
		t.Errorf("read %+v", c)
	}
	if !c.Verify(public) {
		t.Error("the code does not verify with its own key")
	}
	if c.Verify(site.PermitKey()) || c.Verify(nil) {
		t.Error("the code verifies with another key")
	}
}

func TestPermitCode(t *testing.T) {
	site := mustSite(t, "jiayuan", 1)
	for _, sheet := range []bool{true, false} {
		for _, to := range []time.Time{now.Add(4 * time.Hour), {}} {
			p := menshen.Permit{ID: menshen.NewID(), Span: menshen.Span{From: now, To: to}}
			text, err := site.PermitCode(p, sheet)
			if err != nil {
				t.Fatal(err)
			}
			c := mustParse(t, text)
			if c.Permit != p.ID || c.Credential != "" || c.Sheet != sheet || !c.From.Equal(p.From) || !c.To.Equal(p.To) {
				t.Errorf("read %+v of %+v", c, p)
			}
			if !c.Verify(site.PermitKey()) {
				t.Error("the code does not verify")
			}
		}
	}
	if _, err := site.PermitCode(menshen.Permit{ID: "p-1"}, false); menshen.ErrorCode(err) != menshen.CodeInvalid {
		t.Errorf("an id that is none: %v", err)
	}
}

// Every changed byte of a code makes it unreadable or forged.
func TestForgedCode(t *testing.T) {
	site := mustSite(t, "jiayuan", 1)
	id := menshen.NewID()
	public, text, err := site.NewQRKey(id)
	if err != nil {
		t.Fatal(err)
	}
	key, err := credential.ParseKey(text)
	if err != nil {
		t.Fatal(err)
	}
	made, err := key.Code(now)
	if err != nil {
		t.Fatal(err)
	}
	for i := range made {
		b := []byte(made)
		if b[i] = 'A'; made[i] == 'A' {
			b[i] = 'B'
		}
		if c, ok := credential.Parse(string(b)); ok && c.Verify(public) {
			t.Errorf("changed at %d it is still genuine", i)
		}
	}
}

func TestFreshness(t *testing.T) {
	f := credential.Freshness{}.WithDefaults()
	visit := credential.Code{Permit: "p", Span: menshen.Span{From: now, To: now.Add(time.Hour)}}
	endless := credential.Code{Permit: "p", Span: menshen.Span{From: now}}
	code := credential.Code{Credential: "c", Made: now}
	for _, c := range []struct {
		name string
		code credential.Code
		at   time.Duration
		want menshen.CredentialFault
	}{
		{"fresh", code, 0, menshen.CredentialFine},
		{"at the end of its life, clocks apart", code, 89 * time.Second, menshen.CredentialFine},
		{"old", code, 90 * time.Second, menshen.CredentialExpired},
		{"a phone's clock an hour behind", code, time.Hour, menshen.CredentialExpired},
		{"a phone's clock a little ahead", code, -30 * time.Second, menshen.CredentialFine},
		{"a phone's clock an hour ahead", code, -time.Hour, menshen.CredentialEarly},
		{"visit", visit, 30 * time.Minute, menshen.CredentialFine},
		{"visit tomorrow", visit, -24 * time.Hour, menshen.CredentialEarly},
		{"visit over", visit, 2 * time.Hour, menshen.CredentialExpired},
		{"permit without end", endless, 24 * 365 * time.Hour, menshen.CredentialFine},
	} {
		if got := f.Fault(c.code, now.Add(c.at)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestNumbers(t *testing.T) {
	site, other := mustSite(t, "jiayuan", 1), mustSite(t, "jiayuan", 7)
	hash := func(s *credential.Site, kind menshen.CredentialKind, number string) string {
		h, err := s.Hash(kind, number)
		if err != nil {
			t.Fatal(err)
		}
		return string(h)
	}
	card := hash(site, menshen.CredentialCard, "04:a2:b3:c4")
	if card != hash(site, menshen.CredentialCard, "04 A2 B3 C4") || card != hash(site, menshen.CredentialCard, "０４A２b３c４") {
		t.Error("one card has two numbers")
	}
	pin := hash(site, menshen.CredentialPIN, "12345678")
	if pin == hash(site, menshen.CredentialCard, "12345678") || pin == hash(other, menshen.CredentialPIN, "12345678") {
		t.Error("kinds or sites share numbers")
	}
	for kind, bad := range map[menshen.CredentialKind][]string{
		menshen.CredentialPIN:  {"", "1234567", "123456789", "1234567a"},
		menshen.CredentialCard: {"", "123", "04/A2", strings.Repeat("1", 65)},
		menshen.CredentialQR:   {"12345678"},
	} {
		for _, n := range bad {
			if _, err := site.Hash(kind, n); menshen.ErrorCode(err) != menshen.CodeInvalid {
				t.Errorf("%s %q: %v", kind, n, err)
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	site := mustSite(f, "jiayuan", 1)
	_, text, err := site.NewQRKey(menshen.NewID())
	if err != nil {
		f.Fatal(err)
	}
	key, err := credential.ParseKey(text)
	if err != nil {
		f.Fatal(err)
	}
	made, err := key.Code(now)
	if err != nil {
		f.Fatal(err)
	}
	sheet, err := site.PermitCode(menshen.Permit{ID: menshen.NewID(), Span: menshen.Span{From: now}}, true)
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{"", "MS1.", "MS1.AAAA", made, sheet} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if c, ok := credential.Parse(s); ok && (c.Credential == "") == (c.Permit == "") {
			t.Errorf("%q names a credential and a permit, or neither", s)
		}
	})
}
