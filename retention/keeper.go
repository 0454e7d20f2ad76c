package retention

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"menshen"
)

// batch is how many rows go in one transaction: so few that no gate waits for it.
const batch = 200

// Shelf is where data of classes lie. Safe for concurrent use; every error is a *menshen.Error.
type Shelf interface {
	// Old counts what there is of a class, and what of it was over before a time.
	Old(ctx context.Context, class Class, before time.Time) (kept, due int, err error)
	// RemoveOld removes at most so many of what was over before a time, in one short transaction or step, and says how many went:
	// none when all is done.
	RemoveOld(ctx context.Context, class Class, before time.Time, most int) (removed int, err error)
}

// Journal keeps what the looks did. Safe for concurrent use.
type Journal interface {
	Audit(ctx context.Context, e menshen.AuditEntry) error
	ClockState(ctx context.Context) (ClockState, error)
	PutClockState(ctx context.Context, s ClockState) error
	PutLook(ctx context.Context, class Class, at time.Time, removed int) error
	Looks(ctx context.Context) (map[Class]Look, error)
}

// Look is when a class was last looked through.
type Look struct {
	At      time.Time
	Removed int // then
	Total   int // ever
}

// Count is a class as it is now.
type Count struct {
	Rule
	Look

	Before    time.Time // what was over before goes
	Kept, Due int
	Err       error // why the class could not be looked through
	Uncounted bool  // not even how much there is of it could be found out
}

// Deps is what a Keeper works with. All must be set.
type Deps struct {
	Shelves map[Class]Shelf
	Journal Journal
	// Held gives before which time passes and corrections must stay because a case that is open reaches back to it; zero for none.
	Held func(ctx context.Context, now time.Time) (time.Time, error)
	// Notice hears the time that counts before each look, for what must be noticed before its time can run.
	Notice  func(ctx context.Context, now time.Time) error
	Moment  func() Moment
	Newest  func(ctx context.Context) (time.Time, error) // of all records; zero for none
	Log     *slog.Logger
	Metrics prometheus.Registerer
}

// Keeper removes what is older than its limit. Safe for concurrent use; one look runs at a time.
type Keeper struct {
	deps    Deps
	rules   []Rule
	clock   *Clock
	turn    sync.Mutex
	metrics metrics

	mu     sync.Mutex
	failed map[Class]error // at the last look
	since  time.Time       // of the first jump that is not believed yet
}

// New makes a Keeper.
func New(ctx context.Context, d Deps, rules []Rule) (*Keeper, error) {
	for _, r := range rules {
		if r.Days < 1 || d.Shelves[r.Class] == nil {
			return nil, menshen.Errorf(menshen.CodeInternal, "retention.new", "the class %q has no limit or no shelf", r.Class)
		}
	}
	state, err := d.Journal.ClockState(ctx)
	if err != nil {
		return nil, err
	}
	newest, err := d.Newest(ctx)
	if err != nil {
		return nil, err
	}
	m, err := newMetrics(d.Metrics)
	return &Keeper{deps: d, rules: slices.Clone(rules), clock: NewClock(state, newest), metrics: m, failed: map[Class]error{}}, err
}

// Now is the time that counts, after a look at the clock.
func (k *Keeper) Now(ctx context.Context) (time.Time, error) {
	m := k.deps.Moment()
	now, state := k.clock.Look(m)
	k.mu.Lock()
	if len(state.Jumps) == 0 {
		k.since = time.Time{}
	} else if k.since.IsZero() {
		k.since = m.Wall
	}
	k.mu.Unlock()
	return now, k.deps.Journal.PutClockState(ctx, state)
}

// Believe takes the clock as it is; by says who is sure of it.
func (k *Keeper) Believe(ctx context.Context, by string) error {
	if _, err := k.Now(ctx); err != nil {
		return err
	}
	if ahead, _ := k.clock.Pending(); ahead == 0 {
		return nil
	}
	if err := k.audit(ctx, by, "retention.clock", nil); err != nil {
		return err
	}
	return k.deps.Journal.PutClockState(ctx, k.clock.Believe())
}

// before gives what was over before which time goes.
func (k *Keeper) before(ctx context.Context, r Rule, now time.Time) (time.Time, error) {
	before := now.AddDate(0, 0, -r.Days)
	if r.Class != Passes && r.Class != Visitors {
		return before, nil
	}
	held, err := k.deps.Held(ctx, now)
	if err == nil && !held.IsZero() && held.Before(before) {
		before = held
	}
	return before, err
}

// Counts tells how each class is, without removing anything. A class that cannot be counted has Err, and holds up no other.
func (k *Keeper) Counts(ctx context.Context) ([]Count, error) {
	now, err := k.Now(ctx)
	if err != nil {
		return nil, err
	}
	looks, err := k.deps.Journal.Looks(ctx)
	if err != nil {
		return nil, err
	}
	var all []Count
	for _, r := range k.rules {
		c := Count{Rule: r, Look: looks[r.Class]}
		if c.Before, err = k.before(ctx, r, now); err == nil {
			c.Kept, c.Due, err = k.deps.Shelves[r.Class].Old(ctx, r.Class, c.Before)
		}
		if c.Uncounted = err != nil; c.Uncounted {
			c.Due, c.Err = 0, err
		} else {
			k.mu.Lock()
			c.Err = k.failed[r.Class]
			k.mu.Unlock()
		}
		all = append(all, c)
	}
	return all, nil
}

// Run removes what is due of every class, and gives how many went of each. That it is done is in the audit log before, with what
// is due; how many went, after. A class that cannot be removed holds up no other; the error joins all.
func (k *Keeper) Run(ctx context.Context, by string) ([]Count, error) {
	k.turn.Lock()
	defer k.turn.Unlock()
	now, err := k.Now(ctx)
	if err != nil {
		return nil, err
	}
	if err := k.deps.Notice(ctx, now); err != nil {
		return nil, err
	}
	counts, err := k.Counts(ctx)
	if err != nil {
		return nil, err
	}
	due := map[Class]int{}
	for _, c := range counts {
		if c.Due > 0 {
			due[c.Class] = c.Due
		}
	}
	if len(due) > 0 {
		if err := k.audit(ctx, by, "retention.begin", map[string]any{"due": due}); err != nil {
			return nil, err
		}
	}
	gone := map[Class]int{}
	var errs []error
	for i := range counts {
		c := &counts[i]
		c.Removed = 0
		if !c.Uncounted {
			c.Err = nil
		}
		if c.Due > 0 {
			c.Removed, c.Err = k.remove(ctx, *c)
		}
		c.At = k.deps.Moment().Wall
		if c.Removed > 0 {
			gone[c.Class] = c.Removed
		}
		k.metrics.looked(*c)
		c.Total += c.Removed
		if err := k.deps.Journal.PutLook(context.WithoutCancel(ctx), c.Class, c.At, c.Removed); err != nil {
			errs = append(errs, err)
		}
		k.mu.Lock()
		k.failed[c.Class] = c.Err
		k.mu.Unlock()
		errs = append(errs, c.Err)
	}
	if len(gone) > 0 {
		errs = append(errs, k.audit(context.WithoutCancel(ctx), by, "retention.end", map[string]any{"removed": gone}))
	}
	return counts, errors.Join(errs...)
}

func (k *Keeper) remove(ctx context.Context, c Count) (gone int, err error) {
	for {
		n, err := k.deps.Shelves[c.Class].RemoveOld(ctx, c.Class, c.Before, batch)
		gone += n
		if err != nil || n == 0 {
			return gone, err
		}
		if err := ctx.Err(); err != nil {
			return gone, menshen.Errorf(menshen.CodeUnavailable, "retention.run", "the look at what is old was broken off").WithCause(err).WithHint("it goes on within the hour")
		}
	}
}

func (k *Keeper) audit(ctx context.Context, by, action string, detail map[string]any) error {
	text, err := json.Marshal(detail)
	if err != nil {
		return menshen.Errorf(menshen.CodeInternal, "retention.audit", "the audit entry cannot be made").WithCause(err)
	}
	return k.deps.Journal.Audit(ctx, menshen.AuditEntry{At: k.deps.Moment().Wall, Actor: by, Action: action, Purpose: "retention", Detail: string(text)})
}

// Conditions tells what is not well: a clock that is not believed, and classes that could not be removed.
func (k *Keeper) Conditions() []menshen.Condition {
	var all []menshen.Condition
	by, left := k.clock.Pending()
	k.mu.Lock()
	defer k.mu.Unlock()
	if by > 0 {
		all = append(all, menshen.Condition{
			ID: "clock-jumped", Severity: menshen.SeverityWarning, Since: k.since,
			Meaning: menshen.Text{
				ZH: "时钟曾向前跳动或主机曾停机（共 " + span(by).ZH + "）：过期数据暂按跳动前的时间计算",
				EN: "the clock went ahead by " + span(by).EN + " at once, or the machine was off: data grow old by the time before",
			},
			Action: menshen.Text{
				ZH: "请核对时钟。若时钟正确，再运行 " + span(left).ZH + "后自动采用，或运行 menshen retention run --clock-is-right；若不正确，请改正",
				EN: "check the clock. If it is right, it counts by itself after " + span(left).EN + " more, or run menshen retention run --clock-is-right; if it is wrong, put it right",
			},
		})
	}
	for _, r := range k.rules {
		if err := k.failed[r.Class]; err != nil {
			what, _ := r.Class.Text()
			message, _ := menshen.ErrorMessage(err)
			all = append(all, menshen.Condition{
				ID: "retention-failed:" + string(r.Class), Severity: menshen.SeverityWarning, Since: k.deps.Moment().Wall, Detail: message,
				Meaning: menshen.Text{ZH: "过期数据未能删除：" + what.ZH, EN: "what is over its time could not be removed: " + what.EN},
				Action:  menshen.Text{ZH: "每小时自动重试；也可运行 menshen retention run 查看原因", EN: "it is tried again every hour; menshen retention run tells more"},
			})
		}
	}
	return all
}

// span says how long in whole minutes, hours or days.
func span(d time.Duration) menshen.Text {
	n, zh, en := int(d/time.Minute), " 分钟", " minutes"
	switch {
	case d >= 48*time.Hour:
		n, zh, en = int(d/(24*time.Hour)), " 天", " days"
	case d >= 2*time.Hour:
		n, zh, en = int(d/time.Hour), " 小时", " hours"
	}
	return menshen.Text{ZH: strconv.Itoa(n) + zh, EN: strconv.Itoa(n) + en}
}
