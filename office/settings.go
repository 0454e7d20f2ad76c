package office

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"menshen"
	"menshen/store"
)

// GatesRequest sets many gates at once.
type GatesRequest struct {
	Gates  []string
	State  menshen.GateState
	Others bool // every gate but these
}

// SetGates sets the state of many gates in one go and gives the ids of those that changed, in the site's order: closing 26
// of 35 entrances is one call. CodeNotFound for a gate that the site has not, and then none changes.
func (o *Office) SetGates(ctx context.Context, r GatesRequest) ([]string, error) {
	const op = "office.gates"
	switch r.State {
	case menshen.GateOpen, menshen.GateGuarded, menshen.GateClosed:
	default:
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "the state %q of gates is unknown", r.State).WithHint("use open, guarded or closed")
	}
	if len(r.Gates) == 0 {
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "no gate is named").WithHint("name the gates to set, or those to leave with \"others\"")
	}
	if err := o.checkGates(r.Gates); err != nil {
		return nil, err
	}
	o.writing.Lock()
	defer o.writing.Unlock()
	set, err := o.deps.Store.GateSettings(ctx)
	if err != nil {
		return nil, err
	}
	var changes []menshen.GateSetting
	var ids []string
	for _, g := range o.deps.Site().Gates {
		if slices.Contains(r.Gates, g.ID) == r.Others {
			continue
		}
		state, ok := set[g.ID]
		if !ok {
			state = g.State
		}
		if state != r.State {
			changes = append(changes, menshen.GateSetting{Gate: g.ID, State: r.State})
			ids = append(ids, g.ID)
		}
	}
	if len(changes) == 0 {
		return nil, nil
	}
	return ids, o.deps.Store.SetGates(ctx, changes...)
}

// SetMode sets how the site is run; its keys stay.
func (o *Office) SetMode(ctx context.Context, mode menshen.SiteMode) error {
	if !mode.Valid() {
		return menshen.Errorf(menshen.CodeInvalid, "office.mode", "the mode %q of a site is unknown", mode).WithHint("use normal, closed or lock-down")
	}
	o.writing.Lock()
	defer o.writing.Unlock()
	s, err := o.deps.Store.SiteSetting(ctx)
	if err != nil || s.Mode == mode {
		return err
	}
	s.Mode = mode
	return o.deps.Store.SetSite(ctx, s)
}

// PutRules takes rules of the policy into use and gives their version; with dryRun they are only checked, and the version
// is 0. Empty rules go back to those that come with Menshen, as a version of their own.
func (o *Office) PutRules(ctx context.Context, yaml, note string, dryRun bool, by string) (uint64, error) {
	if err := checkText("office.rules", note); err != nil {
		return 0, err
	}
	if strings.TrimSpace(yaml) == "" {
		yaml = ""
	} else if err := o.deps.Rules.CheckRules(yaml); err != nil {
		return 0, err
	}
	if dryRun {
		return 0, nil
	}
	return o.deps.Store.AddRules(ctx, menshen.RuleText{YAML: yaml, By: by, Note: strings.TrimSpace(note)}, o.deps.Clock())
}

// Rules gives a version of the rules, 0 the one in force; where none was ever put that is the zero RuleText: the rules that
// come with Menshen.
func (o *Office) Rules(ctx context.Context, version uint64) (menshen.RuleText, error) {
	r, err := o.deps.Store.Rules(ctx, version)
	if version == 0 && menshen.ErrorCode(err) == menshen.CodeNotFound {
		return menshen.RuleText{}, nil
	}
	return r, err
}

// RuleHistory gives the versions of the rules, latest first.
func (o *Office) RuleHistory(ctx context.Context) ([]store.RuleVersion, error) {
	history, err := o.deps.Store.RuleHistory(ctx)
	slices.SortFunc(history, func(a, b store.RuleVersion) int { return int(b.Version) - int(a.Version) })
	return history, err
}

// Annotate adds to a pass what a guard has to say of it; Person is an id or a name. A call for help is alerted at once. The
// same with the same ID once more adds and alerts nothing.
func (o *Office) Annotate(ctx context.Context, a menshen.Annotation, by string) (menshen.Annotation, error) {
	const op = "office.annotation"
	id := a.ID
	a.ID, a.At, a.By, a.Text = cmp.Or(id, menshen.NewID()), o.deps.Clock(), by, strings.TrimSpace(a.Text)
	if err := a.Validate(); err != nil {
		return menshen.Annotation{}, err
	}
	if err := checkText(op, a.Text); err != nil {
		return menshen.Annotation{}, err
	}
	if err := o.checkGates([]string{a.Pass.Gate}); err != nil {
		return menshen.Annotation{}, err
	}
	if a.Person != "" {
		p, err := o.Person(ctx, a.Person)
		if err != nil {
			return menshen.Annotation{}, err
		}
		a.Person = p.ID
	}
	err := o.deps.Store.AddAnnotation(ctx, a)
	if id != "" && menshen.ErrorCode(err) == menshen.CodeConflict {
		return o.annotatedBefore(ctx, a)
	}
	if err != nil {
		return menshen.Annotation{}, err
	}
	if a.Kind == menshen.AnnotationHelp {
		o.alertHelp(ctx, a.Person, menshen.HelpCall{Gate: a.Pass.Gate, Text: a.Text})
	}
	return a, nil
}

// annotatedBefore gives what has an id already, if it is the same.
func (o *Office) annotatedBefore(ctx context.Context, a menshen.Annotation) (menshen.Annotation, error) {
	for kept, err := range o.deps.Store.Annotations(ctx, store.AnnotationFilter{Pass: a.Pass}) {
		if err != nil {
			return menshen.Annotation{}, err
		}
		if kept.ID == a.ID && kept.Kind == a.Kind && kept.Person == a.Person && kept.Text == a.Text && kept.By == a.By {
			return kept, nil
		}
	}
	return menshen.Annotation{}, otherEntry("office.annotation", a.ID)
}

// lateHelp is how long after it was called a call for help says when that was.
const lateHelp = time.Minute

// Help alerts that somebody calls for help at a gate, where there is no pass to annotate. One that could not be sent at once says
// when it was called; whose clock is ahead calls now. The same call with the same ID once more is alerted once, within a day and as
// long as the Office lives. CodeNotFound for a gate that the site has not.
func (o *Office) Help(ctx context.Context, c menshen.HelpCall) error {
	c.Text = strings.TrimSpace(c.Text)
	if err := checkText("office.help", c.Text); err != nil {
		return err
	}
	if err := o.checkGates([]string{c.Gate}); err != nil {
		return err
	}
	if c.ID != "" && !o.first("help/"+c.ID, 0) {
		return nil
	}
	o.alertHelp(ctx, "", c)
	return nil
}

func (o *Office) alertHelp(ctx context.Context, person string, c menshen.HelpCall) {
	gate, _ := o.deps.Site().Gate(c.Gate)
	now := o.deps.Clock()
	if c.At.IsZero() || c.At.After(now) {
		c.At = now
	}
	var zh, en string
	if now.Sub(c.At) > lateHelp {
		zh, en = "（"+o.day(c.At)+"呼叫，因连接中断迟到）", " (called at "+o.day(c.At)+", late because the connection was lost)"
	}
	o.deps.Alerter.Alert(ctx, menshen.Alert{Kind: menshen.AlertHelp, Person: person, Gate: c.Gate, At: c.At, Text: menshen.Text{
		ZH: strings.TrimSuffix(fmt.Sprintf("出入口%s请求支援%s：%s", gate.Name.In("zh"), zh, c.Text), "："),
		EN: strings.TrimSuffix(fmt.Sprintf("gate %s calls for help%s: %s", gate.Name.In("en"), en, c.Text), ": "),
	}})
}

// Annotations lists those of a pass ("gate:sequence"), or the latest of all where pass is "". limit is 1 … 10000, 100 if 0.
func (o *Office) Annotations(ctx context.Context, pass string, limit int) ([]menshen.Annotation, error) {
	limit, err := bounded(limit)
	if err != nil {
		return nil, err
	}
	f := store.AnnotationFilter{Latest: limit}
	if pass != "" {
		if f.Pass, err = menshen.ParsePassID(pass); err != nil {
			return nil, err
		}
	}
	return gather(o.deps.Store.Annotations(ctx, f))
}
