package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"menshen"
	"menshen/config"
	"menshen/retention"
)

// retentionRules are the limits of a configuration.
func retentionRules(c config.Config) []retention.Rule {
	r := c.Retention
	return []retention.Rule{
		{Class: retention.Passes, Key: "retention.passes", Days: c.PassDays()},
		{Class: retention.Templates, Key: "retention.templates", Days: r.Templates},
		{Class: retention.Temperatures, Key: "retention.temperatures", Days: r.Temperatures},
		{Class: retention.Health, Key: "retention.health", Days: r.Health},
		{Class: retention.Questionnaires, Key: "retention.questionnaires", Days: r.Questionnaires},
		{Class: retention.Visits, Key: "retention.visits", Days: r.Visits},
		{Class: retention.Deliveries, Key: "retention.deliveries", Days: r.Deliveries},
		{Class: retention.Permits, Key: "retention.permits", Days: r.Permits},
		{Class: retention.PackRequests, Key: "retention.pack_requests", Days: r.PackRequests},
		{Class: retention.Cases, Key: "tracing.case_days", Days: c.Tracing.CaseDays},
		{Class: retention.Visitors, Key: "retention.visitors", Days: r.Visitors}, // after what names them
		{Class: retention.MovedOut, Key: "retention.moved_out", Days: r.MovedOut},
		{Class: retention.Consents, Key: "retention.consents", Days: r.Consents},
		{Class: retention.Links, Key: "retention.links", Days: r.Links},
		{Class: retention.Settings, Key: "retention.settings", Days: r.Settings},
		{Class: retention.Accounts, Key: "retention.accounts", Days: r.Accounts},
		{Class: retention.Backups, Key: "retention.backups", Days: r.Backups},
		{Class: retention.Audit, Key: "retention.audit", Days: r.Audit},
	}
}

// openRetention joins what ages with its limits.
func (h *hub) openRetention(ctx context.Context) (err error) {
	site := siteShelf{h}
	shelves := map[retention.Class]retention.Shelf{
		retention.Cases: caseShelf{h}, retention.Accounts: accountShelf{h}, retention.Backups: backupShelf{operationView{h}}, retention.Audit: auditShelf{h.pipeline.store.Ageing(), h.data.path},
	}
	rules := retentionRules(h.cfg)
	for _, r := range rules {
		if shelves[r.Class] == nil {
			shelves[r.Class] = site
		}
	}
	h.keeper, err = retention.New(ctx, retention.Deps{
		Shelves: shelves, Journal: retentionJournal{h.pipeline.store, h.pipeline.store.Ageing()}, Moment: moment, Newest: h.pipeline.store.Newest, Log: h.log, Metrics: h.registry,
		Held: func(ctx context.Context, now time.Time) (time.Time, error) {
			earliest, err := h.cases.book.Reaches(ctx, now)
			if err != nil || earliest.IsZero() {
				return time.Time{}, err
			}
			return earliest.Add(-h.cases.engine.reach), nil
		},
		Notice: h.pipeline.store.NoteDepartures,
	}, rules)
	if err == nil {
		h.pipeline.sure = h.keeper.Now
	}
	return err
}

// moment is what the clocks of the machine say: that of the day, and the one that runs from its start on and is never set.
func moment() retention.Moment {
	m := retention.Moment{Wall: clock()}
	var since unix.Timespec
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err == nil && unix.ClockGettime(unix.CLOCK_BOOTTIME, &since) == nil {
		m.Boot, m.Up = strings.TrimSpace(string(boot)), time.Duration(since.Nano())
	}
	return m
}

// siteShelf is the site's database, with what is in memory of it.
type siteShelf struct{ *hub }

// Old implements retention.Shelf.
func (s siteShelf) Old(ctx context.Context, class retention.Class, before time.Time) (kept, due int, err error) {
	return s.pipeline.store.Old(ctx, string(class), before)
}

// RemoveOld implements retention.Shelf. Faces go from the gates first, passes from memory last.
func (s siteShelf) RemoveOld(ctx context.Context, class retention.Class, before time.Time, most int) (n int, err error) {
	switch class {
	case retention.Templates, retention.Visitors, retention.MovedOut:
		n, err = s.removePeople(ctx, class, before, most)
	default:
		n, err = s.pipeline.store.RemoveOld(ctx, string(class), before, most)
	}
	if n > 0 || err != nil {
		return n, err
	}
	if class == retention.Passes {
		s.pipeline.log.Forget(before)
	}
	return 0, s.pipeline.store.EmptyLog(ctx)
}

// removePeople removes the faces of people, or all that is known of them, as somebody at a desk would, few at a time.
func (s siteShelf) removePeople(ctx context.Context, class retention.Class, before time.Time, most int) (int, error) {
	people, err := s.pipeline.store.OldPeople(ctx, string(class), before, min(most, 20))
	if err != nil {
		return 0, err
	}
	if len(people) == 0 && class != retention.Templates {
		return s.pipeline.store.ForgetGone(ctx, most)
	}
	removed := 0
	var errs []error
	for _, person := range people {
		if class == retention.Templates {
			err = enrolView(s).EraseFace(ctx, person)
		} else if err = enrolView(s).Remove(ctx, person); err == nil {
			err = s.pipeline.store.Anonymise(ctx, person)
		}
		if err == nil {
			removed++
		}
		errs = append(errs, err) // one who cannot be removed holds up nobody of this look
	}
	return removed, errors.Join(errs...)
}

// caseShelf are the cases. Each that goes is in the audit log by itself.
type caseShelf struct{ *hub }

// Old implements retention.Shelf.
func (s caseShelf) Old(ctx context.Context, _ retention.Class, before time.Time) (kept, due int, err error) {
	return s.cases.book.Old(ctx, before)
}

// RemoveOld implements retention.Shelf.
func (s caseShelf) RemoveOld(ctx context.Context, _ retention.Class, before time.Time, _ int) (int, error) {
	removed, err := s.cases.book.Age(ctx, before)
	for _, c := range removed {
		entry := menshen.AuditEntry{At: time.Now(), Actor: "menshen", Action: "case.removed", Subject: c.ID, Purpose: "retention"}
		err = errors.Join(err, s.pipeline.store.Audit(ctx, entry))
	}
	return len(removed), err
}

// accountShelf are accounts that are disabled.
type accountShelf struct{ *hub }

func (s accountShelf) old(ctx context.Context, before time.Time) (disabled, old []menshen.Account, err error) {
	all, err := s.accounts.All(ctx)
	for _, a := range all {
		if !a.Disabled {
			continue
		}
		disabled = append(disabled, a)
		if slices.MaxFunc([]time.Time{a.Created, a.Trusted, a.SignedIn}, time.Time.Compare).Before(before) {
			old = append(old, a)
		}
	}
	return disabled, old, err
}

// Old implements retention.Shelf.
func (s accountShelf) Old(ctx context.Context, _ retention.Class, before time.Time) (kept, due int, err error) {
	disabled, old, err := s.old(ctx, before)
	return len(disabled), len(old), err
}

// RemoveOld implements retention.Shelf.
func (s accountShelf) RemoveOld(ctx context.Context, _ retention.Class, before time.Time, _ int) (int, error) {
	_, old, err := s.old(ctx, before)
	for i, a := range old {
		if err := s.pipeline.store.RemoveAccount(ctx, a.ID); err != nil {
			return i, err
		}
	}
	return len(old), err
}

// backupShelf are the backups of the usual folder. The latest whole one stays, however old it is.
type backupShelf struct{ operationView }

func (s backupShelf) old(ctx context.Context, before time.Time) (all int, paths []string, err error) {
	made, folder, err := s.Backups(ctx)
	kept := false
	for _, b := range made {
		if b.Whole && !kept {
			kept = true
			continue
		}
		if kept && b.Made.Before(before) {
			paths = append(paths, filepath.Join(folder, b.Name))
		}
	}
	return len(made), paths, err
}

// Old implements retention.Shelf.
func (s backupShelf) Old(ctx context.Context, _ retention.Class, before time.Time) (kept, due int, err error) {
	all, paths, err := s.old(ctx, before)
	return all, len(paths), err
}

// RemoveOld implements retention.Shelf.
func (s backupShelf) RemoveOld(ctx context.Context, _ retention.Class, before time.Time, _ int) (int, error) {
	_, paths, err := s.old(ctx, before)
	for i, path := range paths {
		if err := os.RemoveAll(path); err != nil {
			return i, diskError("cmd.retention", path, err)
		}
	}
	return len(paths), err
}
