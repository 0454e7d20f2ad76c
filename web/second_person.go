package web

import (
	"context"
	"strings"
	"time"

	"menshen"
)

// secondPerson refuses an approval that does not show a second person. That nobody approves what they asked for under the same
// name is a rule of cases (Cases.DecideCase); here is what the tokens tell:
//
//   - A token made after the request may be one that whoever asked made for themselves, so it cannot approve.
//   - Operators sign for the machine, not for a person: where one asked, no other can approve.
//
// An operator makes the tokens of all others, and so is trusted to hand each to the person it is for, and to keep none. What
// is done about that is a record: no token works before its issue is in the audit log.
func secondPerson(ctx context.Context, c menshen.Case) error {
	const op = "web.second_person"
	who := callerOf(ctx)
	switch {
	case bothOperators(who, c.RequestedBy):
		return menshen.Errorf(menshen.CodeDenied, op, "case %s was asked for by an operator, and an operator cannot approve it", c.Number).
			WithHint("let an investigator approve it, with a token that was made before the request")
	case newer(who, c.Requested) && who.account.ID != "":
		return menshen.Errorf(menshen.CodeDenied, op, "this account was made, reset or given its roles after case %s was asked for, so it cannot approve it", c.Number).
			WithHint("let another approver do it; where there is none, refuse the case and ask for it again")
	case newer(who, c.Requested):
		return menshen.Errorf(menshen.CodeDenied, op, "this token was made after case %s was asked for, so it cannot approve it", c.Number).
			WithHint("let somebody approve it whose token is older; where there is none, refuse the case and ask for it again")
	}
	return nil
}

// secondPersonOfPack is secondPerson for a request for somebody's passes, which of tokens only the operator's decides.
func secondPersonOfPack(ctx context.Context, r menshen.PackRequest) error {
	const op = "web.second_person"
	who := callerOf(ctx)
	switch {
	case bothOperators(who, r.RequestedBy):
		return menshen.Errorf(menshen.CodeDenied, op, "this request was made by an operator, and an operator cannot approve it").
			WithHint("let an approver do it, with an account that was made before the request")
	case newer(who, r.Requested):
		return menshen.Errorf(menshen.CodeDenied, op, "this account was made, reset or given its roles after the request, so it cannot approve it").
			WithHint("let another approver do it; where there is none, refuse the request and ask again")
	}
	return nil
}

func bothOperators(who caller, requestedBy string) bool {
	return who.role == RoleOperator && strings.HasPrefix(requestedBy, string(RoleOperator)+"@")
}

func newer(who caller, requested time.Time) bool { return who.issued.After(requested) }
