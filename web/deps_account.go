package web

import (
	"context"
	"time"

	"menshen"
)

// Accounts are those of people who use the pages. What begins a session gives the secret of its cookie. Safe for concurrent use.
type Accounts interface {
	SignIns
	Factors
	AccountBook
}

// SignIns begin and end sessions.
type SignIns interface {
	Empty(ctx context.Context) (bool, error)
	SetUp(ctx context.Context, code, name, shown, password string, device, address string) (menshen.Account, menshen.AccountSession, string, error)
	// SignIn takes the mark of the browser, by which it is known from earlier sign-ins; "" for none.
	SignIn(ctx context.Context, name, password, mark string, device, address string) (menshen.Account, menshen.AccountSession, string, error)
	Accept(ctx context.Context, code, password string, device, address string) (menshen.Account, menshen.AccountSession, string, error)
	// Known gives the mark of a browser in which an account signed in, from the one that it had.
	Known(a menshen.Account, mark string) string
	// Session gives whose the secret of a cookie is, and whether it is anybody's.
	Session(ctx context.Context, secret string, by menshen.AccountUse) (menshen.Account, menshen.AccountSession, bool, error)
	Sessions(ctx context.Context, account string) ([]menshen.AccountSession, error)
	EndsAt(a menshen.Account, s menshen.AccountSession) time.Time
	End(ctx context.Context, session string) error
	// OnEnd calls end when a session ends, until forget is called.
	OnEnd(session string, end func()) (forget func())
}

// Outside is the site's own provider of sign-ins. Safe for concurrent use.
type Outside interface {
	Name() string
	// Begin gives where a browser is sent, and the state that it comes back with to the address redirect.
	Begin(ctx context.Context, redirect string) (address, state string, err error)
	// Finish begins the session of whom the provider vouches for. CodeInvalid: begun too long ago; CodeNotFound: no account;
	// CodeDenied: not let in; CodeUnavailable: the provider does not answer.
	Finish(ctx context.Context, state, code string, device, address string) (menshen.Account, menshen.AccountSession, string, error)
}

// Factors are second factors. What answers or adds the first one gives a new secret for the cookie.
type Factors interface {
	Factors(ctx context.Context, account string) ([]menshen.AccountFactor, error)
	AnswerCode(ctx context.Context, a menshen.Account, s menshen.AccountSession, code string) (menshen.AccountSession, string, error)
	NewCode(a menshen.Account, issuer string) (secret, uri string, png []byte, err error)
	AddCode(ctx context.Context, a menshen.Account, s menshen.AccountSession, secret, code string) (menshen.AccountSession, string, error)
	BeginKey(ctx context.Context, a menshen.Account, s menshen.AccountSession, origin string) (options string, err error)
	AnswerKey(ctx context.Context, a menshen.Account, s menshen.AccountSession, origin, answer string) (menshen.AccountSession, string, error)
	BeginAddKey(ctx context.Context, a menshen.Account, s menshen.AccountSession, origin string) (options string, err error)
	AddKey(ctx context.Context, a menshen.Account, s menshen.AccountSession, origin, name, answer string) (menshen.AccountSession, string, error)
	RemoveFactor(ctx context.Context, a menshen.Account, id string) error
	// Prove checks that it is still the holder of the account who asks.
	Prove(ctx context.Context, a menshen.Account, s menshen.AccountSession, origin string, p menshen.AccountProof) error
}

// AccountBook is what operators do with accounts, and everybody with their own password.
type AccountBook interface {
	All(ctx context.Context) ([]menshen.Account, error)
	By(ctx context.Context, idOrName string) (menshen.Account, error)
	Invite(ctx context.Context, name, shown string, roles []menshen.AccountRole) (menshen.Account, string, error)
	Set(ctx context.Context, id string, c menshen.AccountChange) (menshen.Account, error)
	Reset(ctx context.Context, id string) (menshen.Account, string, error)
	SetPassword(ctx context.Context, a menshen.Account, s menshen.AccountSession, old, wanted string) error
}

// AuditQuestion is what is looked for in the audit log; empty fields are any.
type AuditQuestion struct {
	Actor, Action, Subject string   // of action and subject a part
	About                  []string // ids that the entry is about, as its subject or in its detail; nil for any
	Span                   menshen.Span
	Before                 uint64 // sequence; 0 for the newest
	Limit                  int
}

// AuditLine is an entry of the audit log with its number.
type AuditLine struct {
	Sequence uint64
	menshen.AuditEntry
}

// AuditLog reads the audit log, newest first. Safe for concurrent use.
type AuditLog interface {
	AuditPage(ctx context.Context, q AuditQuestion) ([]AuditLine, error)
	// Checkpoint signs how the log is now, and tells where checkpoints go.
	Checkpoint(ctx context.Context) (Checkpoint, error)
}

// Checkpoint is the log as it was signed just now.
type Checkpoint struct {
	Note, Key string // the signed text, and what verifies it
	Size      uint64 // entries that it covers
	Removed   uint64 // of them, because of their age
	At        time.Time
	Verified  bool // the signature is of this site
	SentTo    []string
	SentAt    time.Time // last, to all of them; zero for never
	Problem   string    // why the last could not be sent
}
