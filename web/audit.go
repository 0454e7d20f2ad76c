package web

import (
	"context"
	"encoding/json"
	"time"

	"menshen"
)

// recorder writes the audit entry of a question. Where it fails, the question is not answered.
type recorder struct {
	auditor Auditor
	now     func() time.Time
}

// record returns only after the entry is kept. detail holds the parameters of the question, never its answer.
func (r recorder) record(ctx context.Context, action, subject, purpose string, detail map[string]any) error {
	who := callerOf(ctx)
	all := map[string]any{"remote": who.remote, "request": requestID(ctx)}
	for k, v := range detail {
		all[k] = v
	}
	return r.write(ctx, who.actor, action, subject, purpose, all)
}

func (r recorder) write(ctx context.Context, actor, action, subject, purpose string, all map[string]any) error {
	const op = "web.audit"
	text, err := json.Marshal(all)
	if err != nil {
		return menshen.Errorf(menshen.CodeInternal, op, "the audit entry cannot be made").WithCause(err)
	}
	entry := menshen.AuditEntry{At: r.now(), Actor: actor, Action: action, Subject: subject, Purpose: purpose, Detail: string(text)}
	if err := r.auditor.Audit(ctx, entry); err != nil {
		return menshen.Errorf(menshen.CodeUnavailable, op, "the audit log cannot be written, so the answer is withheld").
			WithHint("see that the disk is not full, then ask again; menshen doctor tells more").WithCause(err)
	}
	return nil
}

// terminal is who makes tokens: whoever runs commands on the machine.
const terminal = "operator@terminal"

// issue records that a token was made.
func (r recorder) issue(ctx context.Context, b Bearer) error {
	return r.write(ctx, terminal, "token.issue", b.Actor, "", map[string]any{"role": b.Role, "gates": b.Gates, "issued": b.Issued})
}
