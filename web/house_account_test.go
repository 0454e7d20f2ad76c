package web_test

import (
	"bytes"
	"context"
	"sync"

	"menshen"
	"menshen/web"
)

// shelf keeps accounts in memory.
type shelf struct {
	mu          sync.Mutex
	accounts    []menshen.Account
	sessions    []menshen.AccountSession
	factors     []menshen.AccountFactor
	invitations []menshen.AccountInvitation
}

// put replaces the first of a list that is the same, or adds it.
func put[T any](list *[]T, v T, same func(T) bool, add bool) {
	for i := range *list {
		if same((*list)[i]) {
			(*list)[i] = v
			return
		}
	}
	if add {
		*list = append(*list, v)
	}
}

// pick gives those of a list that are wanted.
func pick[T any](list []T, wanted func(T) bool) (out []T) {
	for _, v := range list {
		if wanted(v) {
			out = append(out, v)
		}
	}
	return out
}

func (s *shelf) AddFirstAccount(ctx context.Context, a menshen.Account) error {
	if all, _ := s.AllAccounts(ctx); len(all) > 0 {
		return menshen.Errorf(menshen.CodeConflict, "test", "there is one")
	}
	return s.PutAccount(ctx, a)
}

func (s *shelf) PutAccount(_ context.Context, a menshen.Account) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	put(&s.accounts, a, func(x menshen.Account) bool { return x.ID == a.ID }, true)
	return nil
}

func (s *shelf) AllAccounts(context.Context) ([]menshen.Account, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return pick(s.accounts, func(menshen.Account) bool { return true }), nil
}

func (s *shelf) AccountBy(_ context.Context, key string) (menshen.Account, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.accounts {
		if a.ID == key || a.Name == key {
			return a, true, nil
		}
	}
	return menshen.Account{}, false, nil
}

func (s *shelf) PutAccountSession(_ context.Context, x menshen.AccountSession) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	put(&s.sessions, x, func(o menshen.AccountSession) bool { return o.ID == x.ID }, true)
	return nil
}

func (s *shelf) TouchAccountSession(_ context.Context, x menshen.AccountSession) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	put(&s.sessions, x, func(o menshen.AccountSession) bool { return o.ID == x.ID }, false)
	return nil
}

func (s *shelf) AccountSessionBy(_ context.Context, hash []byte) (menshen.AccountSession, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, x := range s.sessions {
		if bytes.Equal(x.Hash, hash) {
			return x, true, nil
		}
	}
	return menshen.AccountSession{}, false, nil
}

func (s *shelf) AccountSessions(_ context.Context, account string) ([]menshen.AccountSession, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return pick(s.sessions, func(x menshen.AccountSession) bool { return account == "" || x.Account == account }), nil
}

func (s *shelf) RemoveAccountSession(_ context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sessions = pick(s.sessions, func(x menshen.AccountSession) bool { return x.ID != id })
	return nil
}

func (s *shelf) PutAccountFactor(_ context.Context, f menshen.AccountFactor) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	put(&s.factors, f, func(x menshen.AccountFactor) bool { return x.ID == f.ID }, true)
	return nil
}

func (s *shelf) AccountFactors(_ context.Context, account string) ([]menshen.AccountFactor, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return pick(s.factors, func(f menshen.AccountFactor) bool { return f.Account == account }), nil
}

func (s *shelf) RemoveAccountFactor(_ context.Context, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.factors = pick(s.factors, func(f menshen.AccountFactor) bool { return f.ID != id })
	return nil
}

func (s *shelf) PutAccountInvitation(_ context.Context, i menshen.AccountInvitation) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	put(&s.invitations, i, func(x menshen.AccountInvitation) bool { return x.Account == i.Account }, true)
	return nil
}

func (s *shelf) TakeAccountInvitation(_ context.Context, hash []byte) (menshen.AccountInvitation, bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, i := range s.invitations {
		if bytes.Equal(i.Hash, hash) {
			s.invitations = pick(s.invitations, func(x menshen.AccountInvitation) bool { return !bytes.Equal(x.Hash, hash) })
			return i, true, nil
		}
	}
	return menshen.AccountInvitation{}, false, nil
}

func (h *house) AuditPage(context.Context, web.AuditQuestion) ([]web.AuditLine, error) {
	return []web.AuditLine{{Sequence: 7, AuditEntry: menshen.AuditEntry{At: now, Actor: "account@li", Action: "account.sign_in"}}}, h.did("audit page")
}

func (h *house) Checkpoint(context.Context) (web.Checkpoint, error) {
	return web.Checkpoint{Note: "menshen.audit\n7\n", Size: 7, At: now, Verified: true, SentTo: []string{"/mnt"}, SentAt: now}, h.did("checkpoint")
}
