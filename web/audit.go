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
	const op = "web.audit"
	who := callerOf(ctx)
	all := map[string]any{"remote": who.remote, "request": requestID(ctx)}
	for k, v := range detail {
		all[k] = v
	}
	text, err := json.Marshal(all)
	if err != nil {
		return menshen.Errorf(menshen.CodeInternal, op, "the audit entry cannot be made").WithCause(err)
	}
	entry := menshen.AuditEntry{At: r.now(), Actor: who.actor, Action: action, Subject: subject, Purpose: purpose, Detail: string(text)}
	if err := r.auditor.Audit(ctx, entry); err != nil {
		return menshen.Errorf(menshen.CodeUnavailable, op, "the audit log cannot be written, so the answer is withheld").
			WithHint("see that the disk is not full, then ask again; menshen doctor tells more").WithCause(err)
	}
	return nil
}
