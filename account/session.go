package account

import (
	"context"
	"strings"
	"time"

	"menshen"
)

// SignIn checks a password and begins a session, which is done unless a second factor is still to be answered or added.
// A wrong name and a wrong password take the same time and the same words.
func (b *Book) SignIn(ctx context.Context, name, password, device, address string) (menshen.Account, menshen.AccountSession, string, error) {
	none := func(err error) (menshen.Account, menshen.AccountSession, string, error) {
		return menshen.Account{}, menshen.AccountSession{}, "", err
	}
	name = strings.ToLower(strings.TrimSpace(name))
	if err := b.tries.wait("account "+name, longestPer); err != nil {
		return none(err)
	}
	if err := b.tries.wait("address "+address, longestAt); err != nil {
		return none(err)
	}
	a, found, err := b.store.AccountBy(ctx, name)
	if err != nil {
		return none(err)
	}
	found = found && a.Name == name // an id is no name
	kept := ""
	if found {
		kept = a.Password
	}
	right, err := b.passwordIs(ctx, kept, password)
	if err != nil {
		return none(err)
	}
	if !right || !found || a.Disabled {
		b.tries.fail("account " + name)
		b.tries.fail("address " + address)
		return none(menshen.Errorf(menshen.CodeDenied, "account.sign_in", "the name or the password is wrong").
			WithHint("try again; an operator can reset the password"))
	}
	b.tries.clear("account " + name)
	a.SignedIn = b.now().UTC()
	if err := b.store.PutAccount(ctx, a); err != nil {
		return none(err)
	}
	s, secret, err := b.begin(ctx, a, device, address)
	return a, s, secret, err
}

// begin makes a session of an account whose password was right.
func (b *Book) begin(ctx context.Context, a menshen.Account, device, address string) (menshen.AccountSession, string, error) {
	factors, err := b.store.AccountFactors(ctx, a.ID)
	if err != nil {
		return menshen.AccountSession{}, "", err
	}
	secret, now := newSecret(), b.now().UTC()
	s := menshen.AccountSession{
		ID: menshen.NewID(), Hash: hashOf(secret), Account: a.ID, Done: len(factors) == 0 && !a.NeedsSecondFactor(),
		Device: device, Address: address, Began: now, Used: now,
	}
	return s, secret, b.store.PutAccountSession(ctx, s)
}

// EndsAt gives when a session ends if it is not used.
func (b *Book) EndsAt(a menshen.Account, s menshen.AccountSession) time.Time {
	idle := longIdle
	for _, r := range a.Roles {
		if r != menshen.AccountGuard && r != menshen.AccountOffice {
			idle = shortIdle
		}
	}
	if !s.Done {
		idle = stepTime
	}
	end := s.Used.Add(idle)
	if last := s.Began.Add(absolute); last.Before(end) {
		end = last
	}
	return end
}

// Session gives the session of a cookie with its account, and whether it is still one.
func (b *Book) Session(ctx context.Context, secret string) (menshen.Account, menshen.AccountSession, bool, error) {
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
	if s.Done && now.Sub(s.Used) >= wordless {
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
