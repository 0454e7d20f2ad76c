package policy

import (
	"fmt"
	"strconv"
	"time"

	"github.com/goccy/go-yaml"

	"menshen"
)

// YAML writes the policy so that Read makes the same of it. Comments of the file that it was read from are not kept, nor is
// the version: it is not the policy's to say.
func (p *Policy) YAML() string {
	s := sheet{}
	s.add("format", 1)
	s.add("id", p.ID)
	s.add("name", words(p.Name))
	s.add("about", words(p.About))
	s.add("source", p.Source)
	s.add("window", p.Window.sheet())
	s.add("rules", rules(p.Rules))
	if len(p.Next) > 0 {
		s.add("next", rules(p.Next))
	}
	s.some("next_of", p.NextOf)
	s.add("generations", p.Generations)
	if p.Generations > 1 || p.Latency > 0 {
		s.add("latency", FormatDuration(p.Latency))
	}
	s.some("next_from", string(p.NextFrom))
	var levels []sheet
	for _, l := range p.Levels {
		one := sheet{}
		one.add("level", string(l.Level))
		one.add("central", FormatDuration(l.Central))
		one.add("home", FormatDuration(l.Home))
		one.add("from", string(l.From))
		if l.Advice != (menshen.Text{}) {
			one.add("advice", words(l.Advice))
		}
		levels = append(levels, one)
	}
	s.add("levels", levels)
	s.add("follow", sheet{
		{Key: "days", Value: p.Follow.Days}, {Key: "from", Value: string(p.Follow.From)},
		{Key: "fever", Value: number(p.Follow.Fever)},
	})
	b, err := yaml.MarshalWithOptions(s, yaml.IndentSequence(true))
	if err != nil {
		panic(fmt.Sprintf("policy %s: %v", p.ID, err)) // texts and numbers alone: nothing in it can fail
	}
	return string(b)
}

// sheet is a map of YAML in order.
type sheet yaml.MapSlice

// MarshalYAML implements yaml.InterfaceMarshaler.
func (s sheet) MarshalYAML() (any, error) { return yaml.MapSlice(s), nil }

func (s *sheet) add(key string, value any) { *s = append(*s, yaml.MapItem{Key: key, Value: value}) }

// some adds what is not empty.
func (s *sheet) some(key, value string) {
	if value != "" {
		s.add(key, value)
	}
}

// length adds a duration that is not 0.
func (s *sheet) length(key string, d time.Duration) {
	if d != 0 {
		s.add(key, FormatDuration(d))
	}
}

func (w Window) sheet() sheet {
	s := sheet{}
	if w.LookBack == 0 {
		s.add("before_onset", FormatDuration(w.BeforeOnset))
		s.add("before_sample", FormatDuration(w.BeforeSample))
	}
	s.length("after_onset", w.AfterOnset)
	s.length("after_sample", w.AfterSample)
	s.length("symptom_free", w.SymptomFree)
	s.length("at_least", w.AtLeast)
	s.length("look_back", w.LookBack)
	if w.UntilIsolation {
		s.add("until_isolation", true)
	}
	if w.SameDay {
		s.add("same_day", true)
	}
	return s
}

func rules(list []Rule) []sheet {
	var out []sheet
	for i := range list {
		r, s := &list[i], sheet{}
		s.add("id", r.ID)
		s.add("name", words(r.Name))
		s.add("kind", string(r.Kind))
		switch r.Kind {
		case RuleZone:
			var zones []string
			for _, z := range r.Zones {
				zones = append(zones, string(z))
			}
			s.add("zones", zones)
			s.length("each", r.Each)
			s.add("total", FormatDuration(r.Total))
			s.length("per", r.Per)
		case RuleGate:
			s.add("within", FormatDuration(r.Within))
		case RuleFloor:
			s.add("floors", r.Floors)
		}
		s.some("homes", r.Homes)
		s.add("level", string(r.Level))
		s.add("risk", r.Risk)
		out = append(out, s)
	}
	return out
}

// number writes as many digits as there are.
type number float64

// MarshalYAML implements yaml.BytesMarshaler.
func (n number) MarshalYAML() ([]byte, error) {
	return strconv.AppendFloat(nil, float64(n), 'f', -1, 64), nil
}

func words(t menshen.Text) sheet { return sheet{{Key: "zh", Value: t.ZH}, {Key: "en", Value: t.EN}} }
