package casebook

import (
	"context"

	"menshen"
	"menshen/store"
)

// order has somebody's health state set once the deed is kept.
func (d *deed) order(contact string, h menshen.Health, reason string) {
	h.Changed, h.By, h.Reason = d.now, d.act.By, clip(reason)
	d.Orders = append(d.Orders, store.CaseOrder{ID: menshen.NewID(), Contact: contact, Health: h})
}

// clip cuts a text to what a reason may be long.
func clip(text string) string {
	if r := []rune(text); len(r) > maxText {
		return string(r[:maxText-1]) + "…"
	}
	return text
}

// Settle sets the health states that the registry has not got yet: after a crash between the two, or an error; and alerts of
// contacts whose observation or isolation is over. It is for calling at start and about once a minute.
func (b *Book) Settle(ctx context.Context) error {
	b.writing.Lock()
	defer b.writing.Unlock()
	if err := b.settleAll(ctx); err != nil {
		return err
	}
	return b.remind(ctx)
}

// settle is Settle right after a write. The write stands whatever comes of it, so an error is told to the office and tried
// again later.
func (b *Book) settle(ctx context.Context) {
	if err := b.settleAll(ctx); err != nil {
		b.deps.Log.ErrorContext(ctx, "a health state that a case set is not at the gates yet", "error", err)
		b.alert(ctx, menshen.AlertContact, "", menshen.Text{
			ZH: "病例要求的健康状态尚未下达到出入口，系统会重试，请先人工管控",
			EN: "a health state that a case set is not at the gates yet; it is tried again: see to it by hand meanwhile",
		})
	}
}

func (b *Book) settleAll(ctx context.Context) error {
	orders, err := gather(b.deps.Store.CaseOrders(ctx))
	if err != nil {
		return err
	}
	for _, o := range orders {
		err := b.deps.Health.SetHealth(ctx, HealthOrder{Person: o.Person, State: o.State, Since: o.Since, Until: o.Until, Reason: o.Reason, By: o.By})
		switch menshen.ErrorCode(err) {
		case "":
		case menshen.CodeInvalid, menshen.CodeNotFound:
			// It will never be taken, and must not stand before those that can be: people see to it.
			b.deps.Log.ErrorContext(ctx, "a health state that a case set cannot be kept", "contact", o.Contact, "state", o.State, "error", err)
			state := o.State.Text()
			b.alert(ctx, menshen.AlertContact, o.Person, menshen.Text{
				ZH: "病例要求的健康状态“" + state.ZH + "”无法设置，请在健康管理中人工设置",
				EN: "the health state " + state.EN + " that a case set cannot be kept: set it by hand",
			})
		default:
			return err
		}
		if err := b.deps.Store.EndCaseOrder(ctx, o.ID); err != nil {
			return err
		}
	}
	return nil
}
