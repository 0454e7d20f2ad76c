package web_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"connectrpc.com/connect"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
	"menshen/web"
	"menshen/web/client"
)

// TestAuditOfCasesHasNoNames: of cases the audit log has ids. All names and all that people wrote is Chinese here, and so is the
// number of the case.
func TestAuditOfCasesHasNoNames(t *testing.T) {
	clean := func(what string, s *served) {
		t.Helper()
		for _, a := range s.audits {
			if text := a.Action + a.Subject + a.Purpose + a.Detail; strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
				t.Errorf("%s: the audit log tells %+v", what, a)
			}
		}
	}
	for path, ask := range caseQuestions {
		if strings.Contains(path, "TracingPolicyService") {
			continue // of no case
		}
		s := MustServe(t, newHouse(), web.Config{})
		if err := ask(s); err != nil {
			t.Fatal(err)
		}
		clean(path, s)
	}
	// People are called by name.
	s := MustServe(t, newHouse(), web.Config{})
	c, ctx := s.client.Cases, t.Context()
	for _, ask := range []func() error{
		func() error {
			_, err := c.RequestCase(ctx, connect.NewRequest(&menshenv1.RequestCaseRequest{Number: "新", Person: "王芳", Purpose: "流调", Clinical: onset}))
			return err
		},
		func() error {
			_, err := c.AddContact(ctx, connect.NewRequest(&menshenv1.AddContactRequest{Case: "朝疾控2026-12", Name: "孙莉", Phone: "13800001111", Note: "同桌", Why: "访谈"}))
			return err
		},
		func() error {
			_, err := c.AddContact(ctx, connect.NewRequest(&menshenv1.AddContactRequest{Case: "朝疾控2026-12", Person: "王芳", Why: "访谈"}))
			return err
		},
		func() error {
			_, err := c.GetContact(ctx, connect.NewRequest(&menshenv1.GetContactRequest{Case: "朝疾控2026-12", Contact: "李强"}))
			return err
		},
		func() error {
			_, err := c.GetHistory(ctx, connect.NewRequest(&menshenv1.GetHistoryRequest{Case: "朝疾控2026-12", Contact: "李强"}))
			return err
		},
		func() error {
			_, err := c.SetContactOwner(ctx, connect.NewRequest(&menshenv1.SetContactOwnerRequest{Case: "case-1", Contact: "李强", Owner: "张医生", Why: "分工"}))
			return err
		},
		func() error {
			_, err := c.MergeContacts(ctx, connect.NewRequest(&menshenv1.MergeContactsRequest{Case: "case-1", Contact: "contact-2", Into: "李强", Why: "同一人"}))
			return err
		},
		func() error {
			_, err := c.ListContacts(ctx, connect.NewRequest(&menshenv1.ListContactsRequest{Case: "case-1", Owner: "张医生"}))
			return err
		},
		func() error {
			_, err := s.movements(&menshenv1.MovementsRequest{Case: "朝疾控2026-12", Person: "王芳", Purpose: "看看"})
			return err
		},
	} {
		if err := ask(); err != nil {
			t.Error(err)
		}
	}
	// Those whom there is not are not named either.
	_, err := c.GetContact(ctx, connect.NewRequest(&menshenv1.GetContactRequest{Case: "case-1", Contact: "吴用"}))
	wantError(t, err, menshen.CodeNotFound, "contact")
	_, err = c.RequestCase(ctx, connect.NewRequest(&menshenv1.RequestCaseRequest{Number: "新", Person: "吴用", Purpose: "流调", Clinical: onset}))
	wantError(t, err, menshen.CodeNotFound, "person:")
	if len(s.audits) != 11 {
		t.Errorf("%d entries", len(s.audits))
	}
	clean("by name", s)
}

// TestMovementsWithinACase: investigators see the passes of the people of a case that was approved, and of nobody else.
func TestMovementsWithinACase(t *testing.T) {
	h := newHouse()
	s := MustServeTo(t, h, web.Config{}, web.Grant{Token: web.NewToken(), Actor: "investigator@li", Role: web.RoleInvestigator})
	ask := map[string]func(person, in string) error{
		"movements": func(person, in string) error {
			_, err := s.movements(&menshenv1.MovementsRequest{Person: person, Case: in, Purpose: "x"})
			return err
		},
		"contacts": func(person, in string) error {
			_, err := s.client.Tracing.Contacts(t.Context(), connect.NewRequest(&menshenv1.ContactsRequest{Person: person, Case: in, Purpose: "x"}))
			return err
		},
	}
	for what, ask := range ask {
		asked := func() bool { return strings.Contains(strings.Join(h.events, " "), what) }
		h.alter, h.events, h.audits = nil, nil, nil
		wantError(t, ask("p-1", ""), menshen.CodeInvalid, "case:")
		wantError(t, ask("p-1", "no-such"), menshen.CodeNotFound, "no-such")
		wantError(t, ask("p-3", "case-1"), menshen.CodeDenied, "person:")
		for _, alter := range []func(*menshen.Case){
			func(c *menshen.Case) { c.State = menshen.CaseRequested }, func(c *menshen.Case) { c.State = menshen.CaseRefused }, func(c *menshen.Case) { c.Expires = now },
		} {
			h.alter = alter
			wantError(t, ask("p-1", "case-1"), menshen.CodeDenied, "approved")
		}
		h.alter = nil
		if asked() {
			t.Errorf("%s: something was looked at: %v", what, h.events)
		}
		if len(h.audits) != 5 {
			t.Errorf("%s: audits %+v", what, h.audits)
		}
		for _, person := range []string{"p-1", "p-2", "王芳"} {
			if err := ask(person, "朝疾控2026-12"); err != nil {
				t.Errorf("%s of %s: %v", what, person, err)
			}
		}
		if a := h.audits[6]; a.Subject != "p-2" || !strings.Contains(a.Detail, `"case":"case-1"`) {
			t.Errorf("%s: audit %+v", what, a)
		}
	}
}

// TestSecondPerson: neither a token that came after the request approves a case, nor an operator what an operator asked for.
func TestSecondPerson(t *testing.T) {
	h := newHouse()
	h.tokens = web.TokenFolder(filepath.Join(t.TempDir(), "tokens"))
	requested := now.Add(-time.Hour)
	by := "investigator@zhang"
	h.alter = func(c *menshen.Case) {
		c.State, c.RequestedBy, c.Requested, c.DecidedBy = menshen.CaseRequested, by, requested, ""
	}
	issue := func(name string, at time.Time) web.Token {
		t.Helper()
		token, err := h.tokens.Issue(web.IssuedToken{Name: name, Role: web.RoleInvestigator, Issued: at})
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	older, newer := issue("wang", requested.Add(-time.Second)), issue("sun", requested.Add(time.Second))
	s := MustServe(t, h, web.Config{})
	decide := func(token web.Token, approve bool) error {
		c, err := client.New(s.url, token, "")
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Cases.DecideCase(t.Context(), connect.NewRequest(&menshenv1.DecideCaseRequest{Case: "case-1", Approve: approve, Why: "x"}))
		return err
	}
	for name, x := range map[string]struct {
		by      string
		token   web.Token
		approve bool
		refused string
	}{
		"an older token":                 {"investigator@zhang", older, true, ""},
		"a newer token":                  {"investigator@zhang", newer, true, "after case"},
		"a newer token refuses":          {"investigator@zhang", newer, false, ""},
		"the operator of another":        {"investigator@zhang", s.token, true, ""},
		"the operator of the operator":   {"operator@terminal", s.token, true, "operator"},
		"a token that the operator made": {"operator@terminal", newer, true, "after case"},
		"an older one for the operator":  {"operator@terminal", older, true, ""},
		"another operator's name":        {"operator@desk", s.token, true, "operator"},
	} {
		by, h.events = x.by, nil
		err := decide(x.token, x.approve)
		if x.refused == "" && err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if decided := strings.Contains(strings.Join(h.events, " "), "decide"); decided != (x.refused == "") {
			t.Errorf("%s: %v after %v", name, err, h.events)
		}
		if x.refused != "" && (connect.CodeOf(err) != connect.CodePermissionDenied || !strings.Contains(err.Error(), x.refused)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestChangedCaseIsBlankWhereUnreadable: who changes a case that nobody may look into is not shown what is known of the illness.
func TestChangedCaseIsBlankWhereUnreadable(t *testing.T) {
	h := newHouse()
	s := MustServe(t, h, web.Config{})
	c, ctx := s.client.Cases, t.Context()
	calls := map[string]func() (*menshenv1.Case, error){
		"close": func() (*menshenv1.Case, error) {
			r, err := c.CloseCase(ctx, connect.NewRequest(&menshenv1.CloseCaseRequest{Case: "case-1", Why: "x"}))
			return r.Msg.GetCase(), err
		},
		"reopen": func() (*menshenv1.Case, error) {
			r, err := c.ReopenCase(ctx, connect.NewRequest(&menshenv1.ReopenCaseRequest{Case: "case-1", Why: "x"}))
			return r.Msg.GetCase(), err
		},
		"decide": func() (*menshenv1.Case, error) {
			r, err := c.DecideCase(ctx, connect.NewRequest(&menshenv1.DecideCaseRequest{Case: "case-1", Why: "x"}))
			return r.Msg.GetCase(), err
		},
	}
	for what, ask := range calls {
		for name, x := range map[string]struct {
			alter func(*menshen.Case)
			blank bool
		}{
			"open": {nil, false}, "closed": {func(c *menshen.Case) { c.State = menshen.CaseClosed }, false},
			"expired":   {func(c *menshen.Case) { c.Expires = now.Add(-time.Hour) }, true},
			"requested": {func(c *menshen.Case) { c.State = menshen.CaseRequested }, true},
			"refused":   {func(c *menshen.Case) { c.State = menshen.CaseRefused }, true},
		} {
			h.alter = x.alter
			m, err := ask()
			if err != nil {
				t.Fatalf("%s %s: %v", what, name, err)
			}
			known := m.GetClinical().GetOnset() != nil || len(m.GetClinical().GetSymptoms()) > 0 || m.GetJudged() != nil
			if known == x.blank || m.GetReadable() == x.blank {
				t.Errorf("%s of a case that is %s: %v", what, name, m)
			}
		}
	}
}
