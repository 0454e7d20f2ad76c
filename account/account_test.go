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

// TestGuessesAtOnce: those that come together are as few as those that come one after the other.
func TestGuessesAtOnce(t *testing.T) {
	b, now := MustBook(t)
	MustSetUp(t, b)
	const guesses = 60
	answers := make(chan menshen.Code, guesses)
	for i := range guesses {
		go func() {
			_, _, _, err := b.SignIn(t.Context(), "li", "wrong and wrong", "", "", fmt.Sprintf("192.0.2.%d", i))
			answers <- menshen.ErrorCode(err)
		}()
	}
	tried := 0
	for range guesses {
		switch code := <-answers; code {
		case menshen.CodeDenied:
			tried++
		case menshen.CodeExhausted:
		default:
			t.Errorf("refused with %q", code)
		}
	}
	if tried < 5 || tried > 10 {
		t.Errorf("%d of %d guesses were tried", tried, guesses)
	}
	*now = now.Add(time.Minute)
	if _, _, _, err := b.SignIn(t.Context(), "li", "correct horse battery", "", "", "192.0.2.200"); err != nil {
		t.Errorf("the holder, a minute later: %v", err)
	}
}

// TestAddressesOfOneSubscriber: whoever has a network of IPv6 has one address for this.
func TestAddressesOfOneSubscriber(t *testing.T) {
	b, _ := MustBook(t)
	for i := range 5 {
		if _, _, _, err := b.SignIn(t.Context(), fmt.Sprintf("nobody-%d", i), "wrong and wrong", "", "", fmt.Sprintf("2001:db8:1:2:%x::1", i)); menshen.ErrorCode(err) != menshen.CodeDenied {
			t.Fatal(err)
		}
	}
	for address, want := range map[string]menshen.Code{"2001:db8:1:2:ffff::9": menshen.CodeExhausted, "2001:db8:1:3::9": menshen.CodeDenied} {
		if _, _, _, err := b.SignIn(t.Context(), "nobody-9", "wrong and wrong", "", "", address); menshen.ErrorCode(err) != want {
			t.Errorf("%s: %v", address, err)
		}
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
