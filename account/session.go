package account

import (
	"context"
	"net/netip"
	"strings"
	"time"

	"menshen"
)

// SignIn checks a password and begins a session, which is done unless a second factor is still to be answered or added.
// A wrong name and a wrong password take the same time and the same words. mark is that of the browser, see Known.
func (b *Book) SignIn(ctx context.Context, name, password, mark, device, address string) (menshen.Account, menshen.AccountSession, string, error) {
	none := func(err error) (menshen.Account, menshen.AccountSession, string, error) {
		return menshen.Account{}, menshen.AccountSession{}, "", err
	}
	name = strings.ToLower(strings.TrimSpace(name))
	a, found, err := b.store.AccountBy(ctx, name)
	if err != nil {
		return none(err)
	}
	found = found && a.Name == name // an id is no name
	kept := ""
	if found {
		kept = a.Password
	}
	limits := b.limits(a, found, name, mark, address)
	may := func() error {
		for _, l := range limits {
			if err := l.of.wait(l.key, l.longest); err != nil {
				return err
			}
		}
		return nil
	}
	if err := may(); err != nil {
		return none(err)
	}
	right, err := b.passwordIs(ctx, kept, password, may)
	if err != nil {
		return none(err)
	}
	if !right || !found || a.Disabled {
		for _, l := range limits {
			l.of.fail(l.key)
		}
		return none(menshen.Errorf(menshen.CodeDenied, "account.sign_in", "the name or the password is wrong").
			WithHint("try again; an operator can reset the password"))
	}
	limits[0].of.clear(limits[0].key)
	return b.enter(ctx, a, false, device, address)
}

// limit is how long failures of a kind may make the next try wait.
type limit struct {
	of      *tries
	key     string
	longest time.Duration
}

// limits gives what slows a sign-in down, that of the account first. What anybody can make up, names that nobody has and addresses,
// is counted apart: it takes no account's place.
func (b *Book) limits(a menshen.Account, found bool, name, mark, address string) []limit {
	of := b.strangers
	if found {
		if id, known := deviceOf(a, mark); known {
			return []limit{{b.tries, "device " + id + " " + a.ID, longestPer}}
		}
		of = b.tries
	}
	return []limit{{of, "account " + name, longestPer}, {b.strangers, "address " + neighbourhood(address), longestAt}}
}

// neighbourhood is what of an address one subscriber has: of IPv6 the first half.
func neighbourhood(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil || ip.Unmap().Is4() {
		return address
	}
	return netip.PrefixFrom(ip.WithZone(""), 64).Masked().String()
}

// enter begins the session of somebody who showed who they are. strong says that it was by two factors.
func (b *Book) enter(ctx context.Context, a menshen.Account, strong bool, device, address string) (menshen.Account, menshen.AccountSession, string, error) {
	// Checking a password takes a while: what an operator changed meanwhile must not be undone.
	now, found, err := b.store.AccountBy(ctx, a.ID)
	if err != nil {
		return a, menshen.AccountSession{}, "", err
	}
	if found {
		if now.Disabled || now.Password != a.Password {
			return a, menshen.AccountSession{}, "", menshen.Errorf(menshen.CodeDenied, "account.sign_in", "the account was changed meanwhile").WithHint("sign in again")
		}
		now.Outside = a.Outside
		a = now
	}
	a.SignedIn = b.now().UTC()
	if err := b.store.PutAccount(ctx, a); err != nil {
		return a, menshen.AccountSession{}, "", err
	}
	s, secret, err := b.begin(ctx, a, strong, device, address)
	return a, s, secret, err
}

// begin makes a session of an account whose password was right, or that its provider of sign-ins vouches for.
func (b *Book) begin(ctx context.Context, a menshen.Account, strong bool, device, address string) (menshen.AccountSession, string, error) {
	factors, err := b.store.AccountFactors(ctx, a.ID)
	if err != nil {
		return menshen.AccountSession{}, "", err
	}
	secret, now := newSecret(), b.now().UTC()
	s := menshen.AccountSession{
		ID: menshen.NewID(), Hash: hashOf(secret), Account: a.ID, Done: strong || len(factors) == 0 && !a.NeedsSecondFactor(),
		Device: device, Address: address, Began: now, Used: now,
	}
	return s, secret, b.store.PutAccountSession(ctx, s)
}

// idleOf gives how long sessions of an account last without use.
func idleOf(a menshen.Account) time.Duration {
	for _, r := range a.Roles {
		if r != menshen.AccountGuard && r != menshen.AccountOffice {
			return shortIdle
		}
	}
	return longIdle
}

// EndsAt gives when a session ends if it is not used.
func (b *Book) EndsAt(a menshen.Account, s menshen.AccountSession) time.Time {
	idle := idleOf(a)
	if !s.Done {
		idle = stepTime
	}
	end := s.Used.Add(idle)
	if last := s.Began.Add(absolute); last.Before(end) {
		end = last
	}
	return end
}

// Session gives the session of a cookie with its account, and whether it is still one. by says that a page asked by itself, with
// nobody before it: that keeps no session of those who see more, but the screens at gates.
func (b *Book) Session(ctx context.Context, secret string, by menshen.AccountUse) (menshen.Account, menshen.AccountSession, bool, error) {
	if len(secret) != 43 {
		return menshen.Account{}, menshen.AccountSession{}, false, nil
	}
	s, found, err := b.store.AccountSessionBy(ctx, hashOf(secret))
	if err != nil || !found {
		return menshen.Account{}, menshen.AccountSession{}, false, err
	}
	a, found, err := b.store.AccountBy(ctx, s.Account)
	if err != nil {
		return menshen.Account{}, menshen.AccountSession{}, false, err
	}
	now := b.now().UTC()
	if !found || a.Disabled || !now.Before(b.EndsAt(a, s)) {
		return menshen.Account{}, menshen.AccountSession{}, false, b.End(ctx, s.ID)
	}
	if s.Done && now.Sub(s.Used) >= wordless && (by == menshen.AccountUsed || idleOf(a) == longIdle) {
		s.Used = now
		if err := b.store.TouchAccountSession(ctx, s); err != nil {
			return menshen.Account{}, menshen.AccountSession{}, false, err
		}
	}
	return a, s, true, nil
}

// End ends a session and what is being answered in it.
func (b *Book) End(ctx context.Context, id string) error {
	if err := b.store.RemoveAccountSession(ctx, id); err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for wake := range b.wakes[id] {
		(*wake)()
	}
	delete(b.wakes, id)
	return nil
}

// OnEnd calls end when a session ends, until forget is called.
func (b *Book) OnEnd(id string, end func()) (forget func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.wakes[id] == nil {
		b.wakes[id] = map[*func()]struct{}{}
	}
	b.wakes[id][&end] = struct{}{}
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.wakes[id], &end)
		if len(b.wakes[id]) == 0 {
			delete(b.wakes, id)
		}
	}
}

// Sessions gives the sessions of an account that have not ended.
func (b *Book) Sessions(ctx context.Context, account string) ([]menshen.AccountSession, error) {
	a, found, err := b.store.AccountBy(ctx, account)
	if err != nil || !found {
		return nil, err
	}
	all, err := b.store.AccountSessions(ctx, a.ID)
	if err != nil {
		return nil, err
	}
	var out []menshen.AccountSession
	for _, s := range all {
		if b.now().Before(b.EndsAt(a, s)) {
			out = append(out, s)
		}
	}
	return out, nil
}

// endOthers ends the sessions of an account but for one.
func (b *Book) endOthers(ctx context.Context, account, but string) error {
	all, err := b.store.AccountSessions(ctx, account)
	if err != nil {
		return err
	}
	for _, s := range all {
		if s.ID == but {
			continue
		}
		if err := b.End(ctx, s.ID); err != nil {
			return err
		}
	}
	return nil
}

// done completes a session under a new secret.
func (b *Book) done(ctx context.Context, s menshen.AccountSession) (menshen.AccountSession, string, error) {
	secret := newSecret()
	s.Hash, s.Done, s.Used = hashOf(secret), true, b.now().UTC()
	return s, secret, b.store.TouchAccountSession(ctx, s)
}

// Factors gives the second factors of an account.
func (b *Book) Factors(ctx context.Context, account string) ([]menshen.AccountFactor, error) {
	return b.store.AccountFactors(ctx, account)
}

// All gives all accounts.
func (b *Book) All(ctx context.Context) ([]menshen.Account, error) { return b.store.AllAccounts(ctx) }

// sweepEvery is how often sessions are ended that nobody used: what is open in them ends then.
const sweepEvery = time.Minute

// Run ends sessions whose time is over, until ctx ends.
func (b *Book) Run(ctx context.Context) error {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			if err := b.Sweep(ctx); err != nil && ctx.Err() == nil {
				b.log.WarnContext(ctx, "old sessions could not be ended", "error", err)
			}
		}
	}
}

// Sweep ends the sessions whose time is over.
func (b *Book) Sweep(ctx context.Context) error {
	all, err := b.store.AccountSessions(ctx, "")
	if err != nil {
		return err
	}
	for _, s := range all {
		a, found, err := b.store.AccountBy(ctx, s.Account)
		if err != nil {
			return err
		}
		if found && !a.Disabled && b.now().Before(b.EndsAt(a, s)) {
			continue
		}
		if err := b.End(ctx, s.ID); err != nil {
			return err
		}
	}
	return nil
}

// AllSessions counts the sessions of everybody that have not ended.
func (b *Book) AllSessions(ctx context.Context) (n int, err error) {
	all, err := b.store.AllAccounts(ctx)
	for _, a := range all {
		if err == nil {
			var own []menshen.AccountSession
			own, err = b.Sessions(ctx, a.ID)
			n += len(own)
		}
	}
	return n, err
}
