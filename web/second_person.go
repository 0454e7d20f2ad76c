package web

import (
	"context"
	"strings"

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
	if who.role == RoleOperator && strings.HasPrefix(c.RequestedBy, string(RoleOperator)+"@") {
		return menshen.Errorf(menshen.CodeDenied, op, "case %s was asked for by an operator, and an operator cannot approve it", c.Number).
			WithHint("let an investigator approve it, with a token that was made before the request")
	}
	if who.account.ID != "" && who.issued.After(c.Requested) {
		return menshen.Errorf(menshen.CodeDenied, op, "this account was made, reset or given its roles after case %s was asked for, so it cannot approve it", c.Number).
			WithHint("let another approver do it; where there is none, refuse the case and ask for it again")
	}
	if who.issued.After(c.Requested) {
		return menshen.Errorf(menshen.CodeDenied, op, "this token was made after case %s was asked for, so it cannot approve it", c.Number).
			WithHint("let somebody approve it whose token is older; where there is none, refuse the case and ask for it again")
	}
	return nil
}
