package office

import (
	"cmp"
	"context"
	"strings"
	"time"

	"menshen"
	"menshen/store"
)

// TakeDelivery keeps that something was taken at a gate, so that the courier need not come in. The same with the same ID once
// more gives the delivery as it is kept.
func (o *Office) TakeDelivery(ctx context.Context, d menshen.Delivery, by string) (menshen.Delivery, error) {
	const op = "office.delivery"
	if err := o.checkGates([]string{d.Gate}); err != nil {
		return menshen.Delivery{}, err
	}
	if d.For == (menshen.Dwelling{}) {
		return menshen.Delivery{}, menshen.Errorf(menshen.CodeInvalid, op, "nobody knows for whom the delivery is").WithHint("give the dwelling, for example 3-2-14-1402")
	}
	d.Phone = menshen.NormalizePhone(d.Phone)
	if err := (menshen.Particulars{Phone: d.Phone}).Validate(); err != nil {
		return menshen.Delivery{}, err
	}
	d.Carrier, d.Item = strings.TrimSpace(d.Carrier), strings.TrimSpace(d.Item)
	if err := checkText(op, d.Carrier, d.Item); err != nil {
		return menshen.Delivery{}, err
	}
	if d.ID != "" {
		kept, err := o.deps.Store.Delivery(ctx, d.ID)
		switch {
		case err == nil && kept.TakenBy == by && kept.Gate == d.Gate && kept.For == d.For && kept.Item == d.Item:
			return kept, nil
		case err == nil:
			return menshen.Delivery{}, otherEntry(op, d.ID)
		case menshen.ErrorCode(err) != menshen.CodeNotFound:
			return menshen.Delivery{}, err
		}
	}
	d.ID, d.Arrived, d.TakenBy = cmp.Or(d.ID, menshen.NewID()), o.deps.Clock(), by
	d.Handed, d.HandedBy, d.HandedTo = time.Time{}, "", ""
	return d, o.deps.Store.AddDelivery(ctx, d)
}

// HandOver keeps who fetched a delivery. The same of the same guard once more changes nothing; CodeConflict for one that was
// handed over otherwise.
func (o *Office) HandOver(ctx context.Context, id, to, by string) (menshen.Delivery, error) {
	const op = "office.delivery"
	to = strings.TrimSpace(to)
	if to == "" {
		return menshen.Delivery{}, menshen.Errorf(menshen.CodeInvalid, op, "nobody is named who fetches the delivery").WithHint("give a name")
	}
	if err := checkText(op, to); err != nil {
		return menshen.Delivery{}, err
	}
	o.writing.Lock()
	defer o.writing.Unlock()
	d, err := o.deps.Store.Delivery(ctx, id)
	if err != nil {
		return menshen.Delivery{}, err
	}
	if !d.Handed.IsZero() && d.HandedTo == to && d.HandedBy == by {
		return d, nil
	}
	if !d.Handed.IsZero() {
		return menshen.Delivery{}, menshen.Errorf(menshen.CodeConflict, op, "the delivery was handed over to %s already, at %s", d.HandedTo, o.day(d.Handed)).
			WithHint("look for another delivery of the dwelling")
	}
	d.Handed, d.HandedBy, d.HandedTo = o.deps.Clock(), by, to
	return d, o.deps.Store.ChangeDelivery(ctx, d)
}

// Deliveries lists deliveries, latest first; Latest is 1 … 10000, 100 if 0.
func (o *Office) Deliveries(ctx context.Context, f store.DeliveryFilter) ([]menshen.Delivery, error) {
	limit, err := bounded(f.Latest)
	if err != nil {
		return nil, err
	}
	f.Latest = limit
	return gather(o.deps.Store.Deliveries(ctx, f))
}
