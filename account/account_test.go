package account_test

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"menshen"
	"menshen/account"
	"menshen/store/sqlite"
)

// MustBook makes a book over a database, with a clock that the test moves.
func MustBook(t *testing.T) (*account.Book, *time.Time) {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "site.db"), sqlite.Options{Key: []byte("0123456789abcdef0123456789abcdef")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	now := time.Date(2026, 3, 15, 8, 0, 0, 0, time.UTC)
	return account.New(db, func() time.Time { return now }, slog.New(slog.DiscardHandler)), &now
}

func TestSessionsEnd(t *testing.T) {
	b, now := MustBook(t)
	code, err := b.SetUpCode(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"short", "1234567890", "aaaaaaaaaaaa"} {
		if _, _, _, err := b.SetUp(t.Context(), code, "li", "", bad, "", ""); menshen.ErrorCode(err) != menshen.CodeInvalid {
			t.Errorf("password %q: %v", bad, err)
		}
	}
	if _, _, _, err := b.SetUp(t.Context(), "", "li", "", "correct horse battery", "", ""); menshen.ErrorCode(err) != menshen.CodeDenied {
		t.Errorf("no code: %v", err)
	}
	a, s, secret, err := b.SetUp(t.Context(), code, "li", "", "correct horse battery", "a browser", "192.0.2.1")
	if err != nil || !s.Done {
		t.Fatal(a, s, err)
	}
	if code, err := b.SetUpCode(t.Context()); code != "" || err != nil {
		t.Errorf("another code: %q, %v", code, err)
	}
	alive := func() bool {
		_, _, found, err := b.Session(t.Context(), secret, menshen.AccountUsed)
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	*now = now.Add(29 * time.Minute)
	if !alive() {
		t.Error("an operator's session ended within 30 minutes")
	}
	*now = now.Add(29 * time.Minute)
	if !alive() {
		t.Error("the use of a session did not keep it")
	}
	ended := false
	b.OnEnd(s.ID, func() { ended = true })
	*now = now.Add(31 * time.Minute)
	if alive() || !ended {
		t.Error("a session lived on without use")
	}
	// A page that asks by itself keeps none.
	_, _, secret, err = b.SignIn(t.Context(), "li", "correct horse battery", "", "", "")
	if err != nil {
		t.Fatal(err)
	}
	*now = now.Add(29 * time.Minute)
	if _, _, found, err := b.Session(t.Context(), secret, menshen.AccountUnused); err != nil || !found {
		t.Error("a session ended within 30 minutes")
	}
	*now = now.Add(2 * time.Minute)
	if alive() {
		t.Error("a page that nobody used kept a session")
	}
	// Used every ten minutes, it ends after seven days.
	_, _, secret, err = b.SignIn(t.Context(), "Li", "correct horse battery", "", "", "")
	if err != nil {
		t.Fatal(err)
	}
	began := *now
	for alive() {
		*now = now.Add(10 * time.Minute)
	}
	if long := now.Sub(began); long != 7*24*time.Hour {
		t.Errorf("it lived for %v", long)
	}
}

func TestGuessingIsSlowedDown(t *testing.T) {
	b, now := MustBook(t)
	code, _ := b.SetUpCode(t.Context())
	if _, _, _, err := b.SetUp(t.Context(), code, "li", "", "correct horse battery", "", ""); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if _, _, _, err := b.SignIn(t.Context(), "li", "wrong and wrong", "", "", "192.0.2.1"); menshen.ErrorCode(err) != menshen.CodeDenied {
			t.Fatal(err)
		}
	}
	if _, _, _, err := b.SignIn(t.Context(), "li", "correct horse battery", "", "", "192.0.2.2"); menshen.ErrorCode(err) != menshen.CodeExhausted {
		t.Errorf("at once: %v", err)
	}
	*now = now.Add(time.Minute)
	if _, _, _, err := b.SignIn(t.Context(), "li", "correct horse battery", "", "", "192.0.2.2"); err != nil {
		t.Errorf("a minute later: %v", err)
	}
}

// TestJunkNamesHideNoGuessing: somebody who makes up names and addresses, more than are kept, before and between the guesses at a real
// account, is slowed down all the same, and so are guesses at one more name that nobody has.
func TestJunkNamesHideNoGuessing(t *testing.T) {
	b, now := MustBook(t)
	MustSetUp(t, b)
	b.Junk(0, 20_000)
	for _, name := range []string{"li", "nobody"} {
		for i := range 5 {
			if _, _, _, err := b.SignIn(t.Context(), name, "wrong and wrong", "", "", fmt.Sprintf("192.0.2.%d", i)); menshen.ErrorCode(err) != menshen.CodeDenied {
				t.Fatalf("%s: %v", name, err)
			}
			if *now = now.Add(time.Millisecond); name == "li" {
				b.Junk(20_000+i*1000, 21_000+i*1000)
			}
		}
		if _, _, _, err := b.SignIn(t.Context(), name, "wrong and wrong", "", "", "192.0.2.77"); menshen.ErrorCode(err) != menshen.CodeExhausted {
			t.Errorf("%s is guessed at: %v", name, err)
		}
	}
	if n := b.Tracked(); n > 2*account.MaxTracked {
		t.Errorf("%d are kept", n)
	}
	*now = now.Add(time.Minute)
	if _, _, _, err := b.SignIn(t.Context(), "li", "correct horse battery", "", "", "192.0.2.9"); err != nil {
		t.Errorf("the holder, a minute later: %v", err)
	}
}
