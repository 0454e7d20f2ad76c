package office

import (
	"log/slog"
	"sync"
	"time"

	"menshen"
)

// Deps is what an Office works with. All must be set.
type Deps struct {
	Store   Store
	Policy  Policy
	Signer  Signer
	Numbers Numbers
	Rules   RuleChecker
	Alerter Alerter
	Clock   func() time.Time
	Log     *slog.Logger
	Site    func() menshen.Site      // with the gates as they are configured
	Chinese func(text string) string // gives a message or hint in Chinese, for reports in both languages
}

// Config of an Office. Zero values take their defaults.
type Config struct {
	VisitTime  time.Duration // how long a visit lasts if nobody says; default 4 h
	VisitLimit time.Duration // the longest visit; default 72 h
	LinkTime   time.Duration // how long a link is good if nobody says; default 72 h
	LinkLimit  time.Duration // the longest; default 30 days
	AlertPause time.Duration // one person at gates under observation is alerted once in this time; default 10 min
}

// Office holds the rules of the property office on top of the store. Safe for concurrent use.
//
// One Office must be the only writer of its store: what is checked before it is written (overlapping permits, doubled
// documents) is kept true by a lock in here.
type Office struct {
	deps Deps
	cfg  Config

	writing sync.Mutex // from a check to the write that relies on it

	alerting sync.Mutex
	alerted  map[string]time.Time // what was alerted, by a key, and when

	feverish map[string]refusedVisit // by the id of the visit; under writing
}

// New makes an Office.
func New(d Deps, cfg Config) (*Office, error) {
	if d.Store == nil || d.Policy == nil || d.Signer == nil || d.Numbers == nil || d.Rules == nil || d.Alerter == nil ||
		d.Clock == nil || d.Log == nil || d.Site == nil || d.Chinese == nil {
		return nil, menshen.Errorf(menshen.CodeInternal, "office.new", "a part that the office needs was not handed in")
	}
	cfg, err := cfg.withDefaults()
	if err != nil {
		return nil, err
	}
	return &Office{deps: d, cfg: cfg, alerted: map[string]time.Time{}, feverish: map[string]refusedVisit{}}, nil
}

func (c Config) withDefaults() (Config, error) {
	for _, d := range []struct {
		field *time.Duration
		value time.Duration
	}{
		{&c.VisitTime, 4 * time.Hour}, {&c.VisitLimit, 72 * time.Hour}, {&c.LinkTime, 72 * time.Hour},
		{&c.LinkLimit, 30 * 24 * time.Hour}, {&c.AlertPause, 10 * time.Minute},
	} {
		if *d.field == 0 {
			*d.field = d.value
		}
		if *d.field < time.Second {
			return c, menshen.Errorf(menshen.CodeInvalid, "office.config", "a time of the office is %v", *d.field).WithHint("use 1s or more")
		}
	}
	return c, nil
}
