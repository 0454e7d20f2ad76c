package web_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"menshen"
	"menshen/web"
)

func TestEnsureToken(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	_, err := web.ReadToken(path)
	wantError(t, err, menshen.CodeNotFound, path)

	// Many at once agree on one token.
	var wg sync.WaitGroup
	got := make([]web.Token, 8)
	for i := range got {
		wg.Go(func() {
			var err error
			if got[i], err = web.EnsureToken(path); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	again, err := web.ReadToken(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range got {
		if g != again || len(g.Reveal()) < 32 {
			t.Fatalf("tokens differ or are short")
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("mode %v, %v", info.Mode(), err)
	}
	left, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(left) != 1 {
		t.Fatalf("files left behind: %v, %v", left, err)
	}
}

func TestTokenFileRefused(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "token")
	write := func(content string, mode os.FileMode) {
		t.Helper()
		os.Remove(path)
		if err := os.WriteFile(path, []byte(content), mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	for _, content := range []string{"", "menshen_", "menshen_short", "secret", strings.Repeat("x", 1<<16)} {
		write(content, 0o600)
		_, err := web.EnsureToken(path)
		wantError(t, err, menshen.CodeCorrupt, path)
	}
	write(web.NewToken().Reveal(), 0o640)
	_, err := web.EnsureToken(path)
	wantError(t, err, menshen.CodeDenied, "read by others")

	_, err = web.EnsureToken(filepath.Join(dir, "nowhere", "token"))
	wantError(t, err, menshen.CodeUnavailable, "nowhere")
}

func TestTokenRedacts(t *testing.T) {
	token := web.NewToken()
	b, err := json.Marshal(map[string]any{"token": token})
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "token", token, "grant", web.Grant{Token: token})
	for _, s := range []string{token.String(), fmt.Sprintf("%v %s %q %#v %+v", token, token, token, token, web.Grant{Token: token}), string(b), log.String()} {
		if strings.Contains(s, token.Reveal()) || strings.Contains(s, token.Reveal()[len("menshen_"):]) {
			t.Errorf("the token shows in %q", s)
		}
	}
}

func TestTokens(t *testing.T) {
	a, b := web.NewToken(), web.NewToken()
	tokens, err := web.NewTokens(web.Grant{Token: a, Actor: "a"}, web.Grant{Token: b, Actor: "b"})
	if err != nil {
		t.Fatal(err)
	}
	for token, want := range map[string]string{a.Reveal(): "a", b.Reveal(): "b", "": "", web.NewToken().Reveal(): "", a.Reveal() + "x": ""} {
		if who, ok := tokens.Bearer(token); who.Actor != want || ok != (want != "") {
			t.Errorf("actor %q, %v, wanted %q", who.Actor, ok, want)
		}
	}
	_, err = web.NewTokens(web.Grant{Token: "guess", Actor: "a"})
	wantError(t, err, menshen.CodeInvalid, "token")
	_, err = web.NewTokens(web.Grant{Token: a})
	wantError(t, err, menshen.CodeInvalid, "audit log")
}

func FuzzParseToken(f *testing.F) {
	f.Add(web.NewToken().Reveal())
	f.Add("menshen_")
	f.Add(" menshen_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n")
	f.Fuzz(func(t *testing.T, s string) {
		token, err := web.ParseToken(s)
		if err != nil {
			wantError(t, err, menshen.CodeInvalid, "token")
			return
		}
		if again, err := web.ParseToken(token.Reveal()); err != nil || again != token || !strings.Contains(s, token.Reveal()) {
			t.Fatalf("%q became %q", s, token.Reveal())
		}
	})
}
