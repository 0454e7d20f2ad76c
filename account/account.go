// Package account knows who may use the pages: accounts, their passwords and second factors, sessions and invitations. It
// keeps them in a store that is handed in. It knows nothing of HTTP, and it writes no audit log: who calls it does.
package account

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"log/slog"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/go-webauthn/webauthn/webauthn"

	"menshen"
)

// Store keeps accounts. Safe for concurrent use.
type Store interface {
	AddFirstAccount(ctx context.Context, a menshen.Account) error
	PutAccount(ctx context.Context, a menshen.Account) error
	AllAccounts(ctx context.Context) ([]menshen.Account, error)
	AccountBy(ctx context.Context, idOrName string) (menshen.Account, bool, error)
	PutAccountSession(ctx context.Context, s menshen.AccountSession) error
	TouchAccountSession(ctx context.Context, s menshen.AccountSession) error
	AccountSessionBy(ctx context.Context, hash []byte) (menshen.AccountSession, bool, error)
	AccountSessions(ctx context.Context, account string) ([]menshen.AccountSession, error)
	RemoveAccountSession(ctx context.Context, id string) error
	PutAccountFactor(ctx context.Context, f menshen.AccountFactor) error
	AccountFactors(ctx context.Context, account string) ([]menshen.AccountFactor, error)
	RemoveAccountFactor(ctx context.Context, id string) error
	PutAccountInvitation(ctx context.Context, i menshen.AccountInvitation) error
	TakeAccountInvitation(ctx context.Context, hash []byte) (menshen.AccountInvitation, bool, error)
}

const (
	longIdle  = 12 * time.Hour     // of guards and the office: a shift
	shortIdle = 30 * time.Minute   // of those who see more
	absolute  = 7 * 24 * time.Hour // whatever is done meanwhile
	invited   = 72 * time.Hour
	stepTime  = 10 * time.Minute // to answer with the second factor
	wordless  = time.Minute      // between two notes of a session's use
)

// Book is all accounts. Safe for concurrent use.
type Book struct {
	store Store
	now   func() time.Time
	gate  chan struct{} // hashing takes 64 MiB each: two at once
	decoy string
	log   *slog.Logger

	tries     *tries // of accounts, their factors and browsers
	strangers *tries // of names that nobody has, and of addresses

	mu    sync.Mutex
	setUp [sha256.Size]byte // of the one-time code; zero for none
	wakes map[string]map[*func()]struct{}
	asked map[string]webauthn.SessionData // challenges of security keys, by what and the session
	codes sync.Mutex
}

// New makes a book over a store.
func New(store Store, now func() time.Time, log *slog.Logger) *Book {
	b := &Book{store: store, now: now, log: log, gate: make(chan struct{}, 2), tries: newTries(now), strangers: newTries(now), wakes: map[string]map[*func()]struct{}{}, asked: map[string]webauthn.SessionData{}}
	var salt [16]byte
	var key [32]byte
	rand.Read(salt[:])
	rand.Read(key[:])
	b.decoy = phc(salt[:], key[:])
	return b
}

// SetUpCode makes the code for the first account, in place of an earlier one; "" where there is an account.
func (b *Book) SetUpCode(ctx context.Context) (string, error) {
	all, err := b.store.AllAccounts(ctx)
	if err != nil || len(all) > 0 {
		return "", err
	}
	code := newSecret()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.setUp = sha256.Sum256([]byte(code))
	return code, nil
}

// Empty reports whether there is no account yet.
func (b *Book) Empty(ctx context.Context) (bool, error) {
	all, err := b.store.AllAccounts(ctx)
	return len(all) == 0, err
}

// SetUp makes the first account, an operator with every page of running the site, and signs it in.
func (b *Book) SetUp(ctx context.Context, code, name, shown, password string, device, address string) (menshen.Account, menshen.AccountSession, string, error) {
	const op = "account.set_up"
	none := func(err error) (menshen.Account, menshen.AccountSession, string, error) {
		return menshen.Account{}, menshen.AccountSession{}, "", err
	}
	sum := sha256.Sum256([]byte(strings.TrimSpace(code)))
	b.mu.Lock()
	right := b.setUp != [sha256.Size]byte{} && subtle.ConstantTimeCompare(sum[:], b.setUp[:]) == 1
	b.mu.Unlock()
	if !right {
		return none(menshen.Errorf(menshen.CodeDenied, op, "this set-up code is not valid").
			WithHint("use the link that menshen serve printed when it started last; it is good once"))
	}
	a, err := b.newAccount(name, shown, []menshen.AccountRole{menshen.AccountOperator})
	if err != nil {
		return none(err)
	}
	if err := checkPassword(a.Name, password); err != nil {
		return none(err)
	}
	if a.Password, err = b.hashPassword(ctx, password); err != nil {
		return none(err)
	}
	a.SignedIn = a.Created
	if err := b.store.AddFirstAccount(ctx, a); err != nil {
		return none(err)
	}
	b.mu.Lock()
	b.setUp = [sha256.Size]byte{}
	b.mu.Unlock()
	s, secret, err := b.begin(ctx, a, false, device, address)
	return a, s, secret, err
}

func (b *Book) newAccount(name, shown string, roles []menshen.AccountRole) (menshen.Account, error) {
	const op = "account.new"
	name = strings.ToLower(strings.TrimSpace(name))
	shown = strings.TrimSpace(shown)
	if name == "" || utf8.RuneCountInString(name) > 100 || !utf8.ValidString(name) || strings.ContainsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
		return menshen.Account{}, menshen.Errorf(menshen.CodeInvalid, op, "name: it is empty, too long or has spaces").WithHint("use at most 100 characters without spaces, such as wang.fang or an e-mail address")
	}
	shown, err := checkShown(cmp.Or(shown, name))
	if err != nil {
		return menshen.Account{}, err
	}
	if err := checkRoles(roles); err != nil {
		return menshen.Account{}, err
	}
	now := b.now().UTC()
	return menshen.Account{ID: menshen.NewID(), Name: name, Shown: shown, Roles: roles, Created: now, Trusted: now}, nil
}

func checkShown(shown string) (string, error) {
	shown = strings.TrimSpace(shown)
	if shown == "" || utf8.RuneCountInString(shown) > 100 || !utf8.ValidString(shown) {
		return "", menshen.Errorf(menshen.CodeInvalid, "account.shown", "shown: the name that others see is empty or too long").WithHint("use at most 100 characters")
	}
	return shown, nil
}

func checkRoles(roles []menshen.AccountRole) error {
	for _, r := range roles {
		if !r.Valid() {
			return menshen.Errorf(menshen.CodeInvalid, "account.roles", "roles: one of them is unknown").WithHint("use guard, office, investigator, approver, operator or auditor")
		}
	}
	if len(roles) == 0 {
		return menshen.Errorf(menshen.CodeInvalid, "account.roles", "roles: there is none").WithHint("give the account one role or several")
	}
	return nil
}

func newSecret() string {
	var raw [32]byte
	rand.Read(raw[:])
	return base64.RawURLEncoding.EncodeToString(raw[:])
}

func hashOf(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}
