package policy

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"menshen"
)

// maxText bounds a file of rules in bytes.
const maxText = 1 << 18

const op = "policy.parse"

// page is a file of rules as it is written.
type page struct {
	Format     int           `yaml:"format"`
	Parameters parameterPage `yaml:"parameters"`
	Rules      []rulePage    `yaml:"rules"`
}

type parameterPage struct {
	ObservationDays     *int                 `yaml:"observation_days"`
	Fever               *float64             `yaml:"fever"`
	FeverValid          *string              `yaml:"fever_valid"`
	TemperatureValid    *string              `yaml:"temperature_valid"`
	TemperatureRequired []string             `yaml:"temperature_required"`
	PermitRequired      []string             `yaml:"permit_required"`
	ReviewWait          *string              `yaml:"review_wait"`
	SameCrossing        *string              `yaml:"same_crossing"`
	Quotas              map[string]quotaPage `yaml:"quotas"`
}

type quotaPage struct {
	Outings int    `yaml:"outings"`
	Days    int    `yaml:"days"`
	Of      string `yaml:"of"` // person or household
}

type textPage struct {
	ZH string `yaml:"zh"`
	EN string `yaml:"en"`
}

type rulePage struct {
	ID       string   `yaml:"id"`
	Title    textPage `yaml:"title"`
	When     []string `yaml:"when"`
	Then     string   `yaml:"then"`
	Reason   string   `yaml:"reason"`
	Override bool     `yaml:"override"`
	Enabled  *bool    `yaml:"enabled"` // true if absent
}

// Parse reads and checks rules. Errors are CodeInvalid and name the rule, or the line.
func Parse(text []byte) (*Rules, error) {
	if len(text) > maxText {
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "the rules are larger than %d KB", maxText>>10).WithHint("this is hardly a file of rules")
	}
	var p page
	if err := decode(text, &p); err != nil && !errors.Is(err, io.EOF) { // EOF: nothing but comments
		return nil, unreadable(err)
	}
	if p.Format != 1 {
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "the format of the rules is %d", p.Format).WithHint("begin the file with: format: 1")
	}
	parameters, err := p.Parameters.read()
	if err != nil {
		return nil, err
	}
	r := &Rules{}
	seen := map[string]bool{}
	for i := range p.Rules {
		rule, err := p.Rules[i].read(i)
		if err != nil {
			return nil, err
		}
		if seen[rule.ID] {
			return nil, menshen.Errorf(menshen.CodeInvalid, op, "there are two rules %q", rule.ID).WithHint("give each rule its own id")
		}
		seen[rule.ID] = true
		r.rules = append(r.rules, rule)
	}
	if err := r.compile(); err != nil {
		return nil, err
	}
	r.use(parameters)
	return r, nil
}

// decode reads YAML and refuses unknown keys. The library panics on some broken files.
func decode(text []byte, p *page) (err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("the text is not YAML")
		}
	}()
	return yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()).Decode(p)
}

// keys are all that a file of rules may have.
func keys() []string {
	return []string{
		"format", "parameters", "rules", "observation_days", "fever", "fever_valid", "temperature_valid", "temperature_required", "permit_required",
		"review_wait", "same_crossing", "quotas", "outings", "days", "of", "zh", "en", "id", "title", "when", "then", "reason", "override", "enabled",
	}
}

func unreadable(err error) error {
	line, what := 0, "not readable"
	if e, ok := errors.AsType[yaml.Error](err); ok {
		what = e.GetMessage()
		if t := e.GetToken(); t != nil && t.Position != nil {
			line = t.Position.Line
		}
	}
	if e, ok := errors.AsType[*yaml.UnknownFieldError](err); ok {
		key := e.GetToken().Value
		return suggest(menshen.Errorf(menshen.CodeInvalid, op, "rules, line %d: unknown key %q", line, key), key, keys())
	}
	return menshen.Errorf(menshen.CodeInvalid, op, "rules, line %d: %s", line, what).
		WithHint("correct that line; see the form of every key with: menshen policy show --default").WithCause(err)
}

func (p *parameterPage) read() (menshen.PolicyParameters, error) {
	out := menshen.PolicyParameters{
		ObservationDays: 14, Fever: menshen.Fever, FeverValid: 24 * time.Hour, TemperatureValid: 12 * time.Hour,
		PermitRequired: []menshen.SiteMode{menshen.ModeClosed, menshen.ModeLockdown}, ReviewWait: 30 * time.Second, SameCrossing: 10 * time.Second,
	}
	if p.ObservationDays != nil {
		out.ObservationDays = *p.ObservationDays
	}
	if p.Fever != nil {
		out.Fever = *p.Fever
	}
	for _, x := range []struct {
		key  string
		from *string
		to   *time.Duration
	}{
		{"fever_valid", p.FeverValid, &out.FeverValid}, {"temperature_valid", p.TemperatureValid, &out.TemperatureValid},
		{"review_wait", p.ReviewWait, &out.ReviewWait}, {"same_crossing", p.SameCrossing, &out.SameCrossing},
	} {
		if x.from == nil {
			continue
		}
		d, err := time.ParseDuration(*x.from)
		if err != nil {
			return out, menshen.Errorf(menshen.CodeInvalid, op, "the parameter %s: %q is no time", x.key, *x.from).WithHint("write it like 24h, 15m or 30s")
		}
		*x.to = d
	}
	if p.PermitRequired != nil {
		out.PermitRequired = modes(p.PermitRequired)
	}
	out.TemperatureRequired = modes(p.TemperatureRequired)
	for kind, q := range p.Quotas {
		if q.Of != "" && q.Of != "person" && q.Of != "household" {
			return out, menshen.Errorf(menshen.CodeInvalid, op, "the quota of %s is of an unknown %q", kind, q.Of).WithHint("use person or household")
		}
		if out.Quotas == nil {
			out.Quotas = map[menshen.PermitKind]menshen.Quota{}
		}
		out.Quotas[menshen.PermitKind(kind)] = menshen.Quota{Outings: q.Outings, Days: q.Days, Household: q.Of == "household"}
	}
	return out, out.Validate()
}

func modes(words []string) []menshen.SiteMode {
	out := make([]menshen.SiteMode, len(words))
	for i, w := range words {
		out[i] = menshen.SiteMode(w)
	}
	return out
}

// read checks a rule on its own, but for its facts.
func (p *rulePage) read(i int) (Rule, error) {
	r := Rule{
		ID: p.ID, Title: menshen.Text{ZH: p.Title.ZH, EN: p.Title.EN}, When: p.When, Then: Then(p.Then),
		Reason: menshen.Reason(p.Reason), Override: p.Override, Enabled: p.Enabled == nil || *p.Enabled,
	}
	if strings.Trim(r.ID, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" || r.ID == "" || len(r.ID) > 48 {
		return r, menshen.Errorf(menshen.CodeInvalid, op, "rule %d has the id %q", i+1, r.ID).
			WithHint("use 1 to 48 lower-case letters, digits and '_'")
	}
	if r.Title.ZH == "" || r.Title.EN == "" {
		return r, menshen.Errorf(menshen.CodeInvalid, op, "rule %s has no title in Chinese or none in English", r.ID).
			WithHint("write: title: {zh: 说明, en: what it is for}")
	}
	if !slices.Contains([]Then{ThenDeny, ThenReview, ThenAllow, ThenNote}, r.Then) {
		return r, suggest(menshen.Errorf(menshen.CodeInvalid, op, "rule %s: then: %q is unknown", r.ID, r.Then), p.Then,
			[]string{string(ThenDeny), string(ThenReview), string(ThenAllow), string(ThenNote)})
	}
	if r.Override && r.Then != ThenDeny {
		return r, menshen.Errorf(menshen.CodeInvalid, op, "rule %s: override is for deny alone", r.ID).WithHint("leave it out: a guard answers every review")
	}
	if len(r.When) == 0 {
		return r, menshen.Errorf(menshen.CodeInvalid, op, "rule %s has no condition", r.ID).WithHint("say when it holds, for example: when: [active, fever, in]")
	}
	if words := reasonWords(); !slices.Contains(words, p.Reason) {
		return r, suggest(menshen.Errorf(menshen.CodeInvalid, op, "rule %s: the reason %q is unknown", r.ID, p.Reason), p.Reason, words)
	}
	return r, nil
}

func reasonWords() []string {
	var words []string
	for _, r := range menshen.Reasons() {
		words = append(words, string(r))
	}
	return words
}
