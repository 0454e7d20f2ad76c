package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"time"

	"menshen"
	"menshen/audit"
	"menshen/retention"
	"menshen/store/sqlite"
)

// ageEvery is how often data are looked through for what is too old.
const ageEvery = time.Hour

// age removes what is over its time, at the start and once an hour, until ctx ends.
func age(ctx context.Context, keeper *retention.Keeper, log *slog.Logger) error {
	ticker := time.NewTicker(ageEvery)
	defer ticker.Stop()
	for {
		if _, err := keeper.Run(ctx, "menshen"); err != nil && ctx.Err() == nil {
			log.Error("not all that is over its time could be removed", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// auditor keeps entries of an audit log.
type auditor interface {
	Audit(ctx context.Context, e menshen.AuditEntry) error
}

// retentionJournal keeps what was done where the data are: in the site's database or a post's.
type retentionJournal struct {
	auditor

	ageing sqlite.Ageing
}

// ClockState implements retention.Journal.
func (j retentionJournal) ClockState(ctx context.Context) (s retention.ClockState, err error) {
	text, err := j.ageing.Clock(ctx)
	if err != nil || text == "" {
		return s, err
	}
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return s, menshen.Errorf(menshen.CodeCorrupt, "cmd.retention", "what was kept of the clock cannot be read").WithCause(err).WithHint("put back the latest backup")
	}
	return s, nil
}

// PutClockState implements retention.Journal.
func (j retentionJournal) PutClockState(ctx context.Context, s retention.ClockState) error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return j.ageing.PutClock(ctx, string(text))
}

// PutLook implements retention.Journal.
func (j retentionJournal) PutLook(ctx context.Context, class retention.Class, at time.Time, removed int) error {
	return j.ageing.PutLook(ctx, string(class), at, removed)
}

// Looks implements retention.Journal.
func (j retentionJournal) Looks(ctx context.Context) (map[retention.Class]retention.Look, error) {
	kept, err := j.ageing.Looks(ctx)
	looks := make(map[retention.Class]retention.Look, len(kept))
	for class, l := range kept {
		looks[retention.Class(class)] = retention.Look(l)
	}
	return looks, err
}

// auditShelf is the audit log of a site or a post. What is removed leaves its hashes, and a signed note.
type auditShelf struct {
	ageing sqlite.Ageing
	keys   string // folder with the key that signs
}

// auditAtOnce is how many entries go with one note.
const auditAtOnce = 2000

// Old implements retention.Shelf.
func (s auditShelf) Old(ctx context.Context, _ retention.Class, before time.Time) (kept, due int, err error) {
	_, kept, due, err = s.ageing.OldAudit(ctx, before, 1)
	return kept, due, err
}

// RemoveOld implements retention.Shelf.
func (s auditShelf) RemoveOld(ctx context.Context, _ retention.Class, before time.Time, _ int) (int, error) {
	old, _, due, err := s.ageing.OldAudit(ctx, before, auditAtOnce)
	if err != nil || old.Size == 0 {
		return 0, err
	}
	key, err := auditKeyIn(s.keys)
	if err != nil {
		return 0, err
	}
	note, err := key.SignRemoval(audit.Removal{Size: old.Size, Root: old.Root, Until: old.Until, At: clock()})
	if err != nil {
		return 0, err
	}
	if err := s.ageing.RemoveOldAudit(ctx, old.Size, note); err != nil {
		return 0, err
	}
	_, _, left, err := s.ageing.OldAudit(ctx, before, 1)
	return due - left, err
}
