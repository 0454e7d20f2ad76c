package policy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"menshen"
)

// page is a policy as it is written. Values are pointers, so that what is missing is told from what is zero, and texts, so
// that what is no number can be told with its place.
type page struct {
	Format      *string     `yaml:"format"`
	ID          *string     `yaml:"id"`
	Name        textPage    `yaml:"name"`
	About       textPage    `yaml:"about"`
	Source      *string     `yaml:"source"`
	Window      *windowPage `yaml:"window"`
	Rules       []rulePage  `yaml:"rules"`
	Next        []rulePage  `yaml:"next"`
	NextOf      *string     `yaml:"next_of"`
	Generations *string     `yaml:"generations"`
	Latency     *string     `yaml:"latency"`
	NextFrom    *string     `yaml:"next_from"`
	Levels      []levelPage `yaml:"levels"`
	Follow      *followPage `yaml:"follow"`
}

type textPage struct {
	ZH string `yaml:"zh"`
	EN string `yaml:"en"`
}

type windowPage struct {
	BeforeOnset    *string `yaml:"before_onset"`
	BeforeSample   *string `yaml:"before_sample"`
	AfterOnset     *string `yaml:"after_onset"`
	AfterSample    *string `yaml:"after_sample"`
	SymptomFree    *string `yaml:"symptom_free"`
	AtLeast        *string `yaml:"at_least"`
	UntilIsolation *string `yaml:"until_isolation"`
	LookBack       *string `yaml:"look_back"`
	SameDay        *string `yaml:"same_day"`
}

type rulePage struct {
	ID     *string  `yaml:"id"`
	Name   textPage `yaml:"name"`
	Kind   *string  `yaml:"kind"`
	Zones  []string `yaml:"zones"`
	Each   *string  `yaml:"each"`
	Total  *string  `yaml:"total"`
	Per    *string  `yaml:"per"`
	Within *string  `yaml:"within"`
	Floors *string  `yaml:"floors"`
	Homes  *string  `yaml:"homes"`
	Level  *string  `yaml:"level"`
	Risk   *string  `yaml:"risk"`
}

type levelPage struct {
	Level   *string  `yaml:"level"`
	Central *string  `yaml:"central"`
	Home    *string  `yaml:"home"`
	From    *string  `yaml:"from"`
	Advice  textPage `yaml:"advice"`
}

type followPage struct {
	Days  *string `yaml:"days"`
	From  *string `yaml:"from"`
	Fever *string `yaml:"fever"`
}

// keys are all that a policy may have.
func keys() []string {
	return []string{
		"format", "id", "name", "about", "source", "window", "rules", "next", "next_of", "generations", "latency", "next_from", "levels", "follow", "zh", "en",
		"before_onset", "before_sample", "after_onset", "after_sample", "symptom_free", "at_least", "until_isolation", "look_back", "same_day",
		"kind", "zones", "each", "total", "per", "within", "floors", "homes", "level", "risk", "central", "home", "from", "advice", "days", "fever",
	}
}

// decode reads one document of YAML and refuses unknown and doubled keys. The library panics on some broken files.
func decode(text []byte, p *page) (err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("the text is not YAML")
		}
	}()
	d := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict())
	if err := d.Decode(p); err != nil {
		return err
	}
	var more any
	if err := d.Decode(&more); !errors.Is(err, io.EOF) {
		return errors.New("there is a second document after the first")
	}
	return nil
}

// unreadable says where a text is not as a policy is written.
func unreadable(text []byte, err error) error {
	if errors.Is(err, io.EOF) {
		return menshen.Errorf(menshen.CodeInvalid, op, "the policy is empty").WithHint("start from one that comes with Menshen: menshen trace policy show nhc-9")
	}
	e, ok := errors.AsType[yaml.Error](err)
	if !ok || e.GetToken() == nil || e.GetToken().Position == nil {
		return menshen.Errorf(menshen.CodeInvalid, op, "the policy cannot be read").
			WithHint("write it as one that comes with Menshen: menshen trace policy show nhc-9").WithCause(err)
	}
	t := e.GetToken()
	path, line := pathAt(text, t.Position.Offset), t.Position.Line
	if path == "" {
		path = "policy"
	}
	if _, ok := errors.AsType[*yaml.UnknownFieldError](err); ok {
		if !strings.HasSuffix(path, t.Value) {
			path = t.Value
		}
		bad := menshen.Errorf(menshen.CodeInvalid, op, "%s: unknown key %q in line %d", path, t.Value, line)
		return suggest(bad, t.Value, keys())
	}
	if _, ok := errors.AsType[*yaml.SyntaxError](err); ok {
		return menshen.Errorf(menshen.CodeInvalid, op, "line %d is no YAML: %s", line, e.GetMessage()).
			WithHint("correct that line; write it as in: menshen trace policy show nhc-9").WithCause(err)
	}
	return menshen.Errorf(menshen.CodeInvalid, op, "%s: what line %d has does not belong there", path, line).
		WithHint("write it as in: menshen trace policy show nhc-9").WithCause(err)
}

// pathAt gives the path of the deepest thing that begins at an offset of the text, like rules[1].total; "" for none.
func pathAt(text []byte, offset int) (path string) {
	defer func() {
		if recover() != nil {
			path = "" // the place is a help: without it there is still the line
		}
	}()
	f, err := parser.ParseBytes(text, 0)
	if err != nil || len(f.Docs) == 0 || f.Docs[0].Body == nil {
		return ""
	}
	v := &finder{offset: offset}
	ast.Walk(v, f.Docs[0].Body)
	return strings.TrimPrefix(strings.TrimPrefix(v.path, "$"), ".")
}

type finder struct {
	offset int
	path   string
}

// Visit implements ast.Visitor.
func (v *finder) Visit(n ast.Node) ast.Visitor {
	if t := n.GetToken(); t != nil && t.Position != nil && t.Position.Offset == v.offset && len(n.GetPath()) >= len(v.path) {
		v.path = n.GetPath()
	}
	return v
}

// suggest adds the word that was probably meant, or all of them.
func suggest(e *menshen.Error, word string, words []string) *menshen.Error {
	best, least := "", 3
	for _, w := range words {
		if d := menshen.Edits(word, w); d < least && d < len(w) {
			best, least = w, d
		}
	}
	if best != "" {
		return e.WithHint("did you mean %q?", best)
	}
	return e.WithHint("use one of: %s", strings.Join(words, ", "))
}

// at makes the path of an element.
func at(list string, i int) string { return fmt.Sprintf("%s[%d]", list, i) }
