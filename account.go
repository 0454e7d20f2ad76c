package menshen

import "time"

// AccountRole is what the holder of an account does on the site.
type AccountRole string

const (
	AccountGuard        AccountRole = "guard"
	AccountOffice       AccountRole = "office"
	AccountInvestigator AccountRole = "investigator"
	AccountApprover     AccountRole = "approver"
	AccountOperator     AccountRole = "operator"
	AccountAuditor      AccountRole = "auditor"
)

// Valid reports whether r is one of the roles above.
func (r AccountRole) Valid() bool {
	switch r {
	case AccountGuard, AccountOffice, AccountInvestigator, AccountApprover, AccountOperator, AccountAuditor:
		return true
	}
	return false
}

// Account is somebody who uses the pages.
type Account struct {
	ID       string
	Name     string // signed in with; lower case
	Shown    string // that others see
	Roles    []AccountRole
	Disabled bool
	Password string    // its argon2id hash, "" before an invitation is taken up
	Created  time.Time //
	Trusted  time.Time // when an operator last made, reset or gave roles to it: it approves nothing that was asked for before
	SignedIn time.Time // last; zero if never
	Outside  string    `json:",omitempty"` // issuer and subject at the provider of sign-ins that it was first matched with; "" before
}

// Has reports whether the account has a role.
func (a Account) Has(role AccountRole) bool {
	for _, r := range a.Roles {
		if r == role {
			return true
		}
	}
	return false
}

// NeedsSecondFactor reports whether its roles need one.
func (a Account) NeedsSecondFactor() bool {
	return a.Has(AccountInvestigator) || a.Has(AccountApprover)
}

// Actor is how the audit log and cases name the account. No token has such a name.
func (a Account) Actor() string { return "account@" + a.Name }

// AccountChange is what an operator changes of an account. What is not given stays as it is.
type AccountChange struct {
	Shown    string
	Roles    []AccountRole
	Disabled *bool
}

// AccountProof is how somebody who is signed in shows that it is still them: by one of these.
type AccountProof struct {
	Password string
	Code     string // of an authenticator app
	Key      string // the answer of a security key to BeginKey
}

// AccountSession is a browser that somebody signed in with.
type AccountSession struct {
	ID      string
	Hash    []byte // SHA-256 of what the cookie has
	Account string // id
	Done    bool   // nothing is left to answer
	Device  string // in the words of the browser
	Address string
	Began   time.Time
	Used    time.Time // last; written once a minute
}

// AccountUse says whether somebody asked, or a page by itself.
type AccountUse bool

const (
	AccountUsed   AccountUse = true
	AccountUnused AccountUse = false
)

// AccountFactor is a second factor of an account.
type AccountFactor struct {
	ID      string
	Account string // id
	Kind    string // code, key
	Name    string
	Secret  []byte // of a code: its key; of a security key: the public half and its counter, as JSON
	Step    uint64 // the last time step of a code that was used, so that none is good twice
	Added   time.Time
	Used    time.Time
}

// AccountInvitation is a link that sets the password of an account, once.
type AccountInvitation struct {
	Hash    []byte // SHA-256 of its code
	Account string // id
	Expires time.Time
}
