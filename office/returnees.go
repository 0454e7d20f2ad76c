package office

import (
	"bytes"
	"context"
	"time"

	"menshen"
	"menshen/office/form"
	"menshen/table"
)

// ReturneeReport says what became of a table of returnees. Every row is counted as observed, unchanged or refused.
type ReturneeReport struct {
	Rows      int
	Added     int         // people who were not in the registry
	Observed  int         // put under observation, those added included
	Unchanged int         // under this observation already, or isolated
	Taken     []RowResult // in order of lines: those that were not refused
	Refused   []RowRefusal
}

// RegisterReturnees takes a table of returnees or tenants, with the columns of ImportPeople and 返京日期/return date (入住日期
// for tenants), 来自/from. Each row is imported as ImportPeople does, so the person is made where missing, and then put under
// home observation from the day of return for as long as the policy says. A state is never made milder nor an observation
// shorter; who came back so long ago that it would be over gets it as one that has ended. dryRun keeps nothing. It can be repeated.
func (o *Office) RegisterReturnees(ctx context.Context, data []byte, dryRun bool, by string) (ReturneeReport, error) {
	t, err := table.Read(bytes.NewReader(data), returneeColumns())
	if err != nil {
		return ReturneeReport{}, err
	}
	i, err := o.newImporter(ctx, dryRun)
	if err != nil {
		return ReturneeReport{}, err
	}
	report := ReturneeReport{Rows: len(t.Rows)}
	for _, row := range guardiansFirst(t.Rows) {
		if err := ctx.Err(); err != nil {
			return report, err
		}
		done, added, err := i.returnee(ctx, row, by)
		if added {
			report.Added++
		}
		switch {
		case err != nil:
			refusal, err := o.refuse(row, err)
			if err != nil {
				return report, err
			}
			report.Refused = append(report.Refused, refusal)
			continue
		case done.Outcome == RowObserved:
			report.Observed++
		default:
			report.Unchanged++
		}
		report.Taken = append(report.Taken, done)
	}
	sortRefusals(report.Refused)
	sortResults(report.Taken)
	return report, nil
}

// returnee takes one row. added tells of a person who is new, also where the row is refused then.
func (i *importer) returnee(ctx context.Context, row table.Row, by string) (done RowResult, added bool, err error) {
	const op = "office.returnees"
	if row.Broken {
		return done, false, broken()
	}
	now := i.deps.Clock().In(i.zone())
	day, err := row.Date(columnReturned)
	switch {
	case err != nil:
		return done, false, err
	case day.IsZero():
		return done, false, menshen.Errorf(menshen.CodeInvalid, op, "the row has no date of return").WithHint("write it like 2020-02-14")
	case day.After(dayOf(now)):
		return done, false, menshen.Errorf(menshen.CodeInvalid, op, "the date of return lies in the future").WithHint("register people when they have come back")
	case day.Before(dayOf(now).AddDate(-1, 0, 0)):
		return done, false, menshen.Errorf(menshen.CodeInvalid, op, "the date of return is more than a year ago").WithHint("correct the date, or leave the row out")
	}
	from := row.Get(columnFrom)
	if err := checkText(op, from); err != nil {
		return done, false, err
	}
	taken, err := i.person(ctx, row)
	if err != nil {
		return done, false, err
	}
	added = taken.change == RowAdded
	observed, err := i.observe(ctx, taken.person, added, day, from, by)
	done = taken.result()
	done.Outcome = RowUnchanged
	if observed {
		done.Outcome = RowObserved
	}
	return done, added, err
}

// person puts the person of one row.
func (i *importer) person(ctx context.Context, row table.Row) (takenRow, error) {
	i.writing.Lock()
	defer i.writing.Unlock()
	done, err := i.row(ctx, row)
	if err == nil {
		err = i.flush(ctx)
	}
	return done, err
}

// observe puts a returnee under observation from a day on, unless that would make nothing stricter.
func (i *importer) observe(ctx context.Context, p menshen.Person, added bool, day time.Time, from, by string) (bool, error) {
	now := i.deps.Clock()
	since := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, i.zone())
	reason := menshen.Text{ZH: since.Format(time.DateOnly) + "返回"}
	if from != "" {
		reason.ZH = since.Format(time.DateOnly) + "从" + from + "返回"
	}
	c := form.Consequence{
		State: menshen.HealthObservation, Since: since, Until: since.AddDate(0, 0, i.deps.Policy.ObservationDays()), Reason: reason,
	}
	i.writing.Lock()
	defer i.writing.Unlock()
	var old menshen.Health
	if !added {
		var err error
		if old, err = i.deps.Store.Health(ctx, p.ID); err != nil {
			return false, err
		}
	}
	old.Person = p.ID
	h, changed := i.stricter(old, c, by)
	if over := !c.Until.After(now); over {
		// Long ago: kept as observation that has ended, so that a returnee permit can be issued, unless something newer is known.
		changed = old.State != menshen.HealthIsolated && old.Since.IsZero()
		h = i.next(old, HealthChange{State: c.State, Since: c.Since, Until: c.Until, Reason: c.Reason.ZH}, by)
	}
	if !changed || i.dryRun {
		return changed, nil
	}
	if err := h.Validate(); err != nil {
		return false, err
	}
	return true, i.deps.Store.SetHealth(ctx, h)
}
