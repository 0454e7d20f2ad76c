package form

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/goccy/go-yaml"

	"menshen"
)

const op = "office.form"

// Bounds of a form.
const (
	maxYAML    = 256 << 10 // bytes
	maxFields  = 100
	maxChoices = 100
	maxRules   = 50
	maxDays    = 60
)

// The shape of a form in YAML.
type (
	document struct {
		ID        string     `yaml:"id"`
		Title     words      `yaml:"title"`
		Questions []question `yaml:"questions"`
		Rules     []rule     `yaml:"rules,omitempty"`
	}
	words struct {
		ZH string `yaml:"zh"`
		EN string `yaml:"en"`
	}
	question struct {
		ID       string   `yaml:"id"`
		Ask      words    `yaml:"ask"`
		Kind     string   `yaml:"kind"`
		Required bool     `yaml:"required,omitempty"`
		Choices  []choice `yaml:"choices,omitempty"`
	}
	choice struct {
		Value string `yaml:"value"`
		Label words  `yaml:"label"`
	}
	rule struct {
		When    []condition `yaml:"when"`
		Then    string      `yaml:"then"`
		Days    int         `yaml:"days,omitempty"`
		From    string      `yaml:"from,omitempty"`
		Because words       `yaml:"because"`
	}
	condition struct {
		Question string   `yaml:"question"`
		Is       string   `yaml:"is,omitempty"`
		In       []string `yaml:"in,omitempty"`
		AtLeast  *float64 `yaml:"at_least,omitempty"`
		Within   int      `yaml:"within_days,omitempty"`
	}
)

// Parse reads a form strictly: an unknown key, a doubled id, a rule about a question that is not there are CodeInvalid
// with the place. The version is 0: who keeps the form numbers it.
func Parse(text string) (menshen.Form, error) {
	bad := func(format string, args ...any) *menshen.Error {
		return menshen.Errorf(menshen.CodeInvalid, op, format, args...)
	}
	if len(text) > maxYAML {
		return menshen.Form{}, bad("the form has more than %d kB", maxYAML>>10).WithHint("make it shorter")
	}
	var d document
	if err := yaml.NewDecoder(bytes.NewReader([]byte(text)), yaml.Strict(), yaml.DisallowUnknownField()).Decode(&d); err != nil {
		if errors.Is(err, io.EOF) {
			return menshen.Form{}, bad("the form is empty").WithHint("start from: menshen form show returnee")
		}
		return menshen.Form{}, bad("the form is not written right: %s", firstLine(err)).WithHint("compare with: menshen form show returnee").WithCause(err)
	}
	f := menshen.Form{ID: d.ID, Title: menshen.Text(d.Title)}
	for _, q := range d.Questions {
		field := menshen.Field{ID: q.ID, Label: menshen.Text(q.Ask), Kind: menshen.FieldKind(q.Kind), Required: q.Required}
		for _, c := range q.Choices {
			field.Choices = append(field.Choices, menshen.FormChoice{Value: c.Value, Label: menshen.Text(c.Label)})
		}
		f.Fields = append(f.Fields, field)
	}
	for _, r := range d.Rules {
		to := menshen.FormRule{State: menshen.HealthState(r.Then), Days: r.Days, DaysFrom: r.From, Reason: menshen.Text(r.Because)}
		for _, c := range r.When {
			to.When = append(to.When, menshen.FormCondition{Field: c.Question, Is: c.Is, In: c.In, AtLeast: c.AtLeast, Within: c.Within})
		}
		f.Rules = append(f.Rules, to)
	}
	return f, Validate(f)
}

// firstLine gives what a YAML error says, without the excerpt below it.
func firstLine(err error) string {
	line, _, _ := bytes.Cut([]byte(err.Error()), []byte("\n"))
	return string(line)
}

// Write gives the YAML of a form, which Parse reads.
func Write(f menshen.Form) (string, error) {
	d := document{ID: f.ID, Title: words(f.Title)}
	for _, field := range f.Fields {
		q := question{ID: field.ID, Ask: words(field.Label), Kind: string(field.Kind), Required: field.Required}
		for _, c := range field.Choices {
			q.Choices = append(q.Choices, choice{Value: c.Value, Label: words(c.Label)})
		}
		d.Questions = append(d.Questions, q)
	}
	for _, r := range f.Rules {
		to := rule{Then: string(r.State), Days: r.Days, From: r.DaysFrom, Because: words(r.Reason)}
		for _, c := range r.When {
			to.When = append(to.When, condition{Question: c.Field, Is: c.Is, In: slices.Clone(c.In), AtLeast: c.AtLeast, Within: c.Within})
		}
		d.Rules = append(d.Rules, to)
	}
	b, err := yaml.Marshal(d)
	if err != nil {
		return "", menshen.Errorf(menshen.CodeInternal, op, "the form cannot be written").WithCause(fmt.Errorf("%s: %w", f.ID, err))
	}
	return string(b), nil
}
