package casebook

import (
	"log/slog"
	"sync"
	"time"

	"menshen"
)

// Deps is what a Book works with. All must be set.
type Deps struct {
	Store    Store
	Engine   Engine
	Policies *PolicyShelf
	Registry Registry
	Health   Health
	Alerter  Alerter
	Clock    func() time.Time
	Log      *slog.Logger
	Location func() *time.Location // of the site: days begin at its midnight
}

// Config of a Book. Zero values take their defaults.
type Config struct {
	// Listed is how many contacts a list has if nobody says; default 1000, at most 100000.
	Listed int
}

// Book holds the rules of cases on top of the store. Safe for concurrent use.
//
// One Book must be the only writer of its cases: what is checked before it is written (people isolated by two cases, one
// follow-up a day by link) is kept true by a lock in here. Two who edit one entry from the same state are told apart by
// its revision, in the store.
type Book struct {
	deps Deps
	cfg  Config

	writing  sync.Mutex           // from a check to the write that relies on it
	reminded time.Time            // when contacts were last looked through, under writing
	told     map[string]time.Time // whose end was alerted, by id
}

// New makes a Book.
func New(d Deps, cfg Config) (*Book, error) {
	if d.Store == nil || d.Engine == nil || d.Policies == nil || d.Registry == nil || d.Health == nil || d.Alerter == nil ||
		d.Clock == nil || d.Log == nil || d.Location == nil {
		return nil, menshen.Errorf(menshen.CodeInternal, "casebook.new", "a part that the casebook needs was not handed in")
	}
	if cfg.Listed == 0 {
		cfg.Listed = 1000
	}
	return &Book{deps: d, cfg: cfg}, nil
}
