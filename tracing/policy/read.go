package policy

import (
	"bytes"
	"strconv"
	"time"
	"unicode/utf8"

	"menshen"
)

const op = "policy.read"

// maxText bounds a policy in bytes.
const maxText = 256 << 10

// Read reads a policy strictly. What is unknown, missing, doubled or out of range is CodeInvalid with the path of the field,
// like rules[1].total, lists counted from 0, and with what to write instead. The version is 0: who keeps policies numbers them.
func Read(text []byte) (*Policy, error) {
	if len(text) > maxText {
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "the policy is larger than %d kB", maxText>>10).WithHint("make it shorter")
	}
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")) // editors on Windows begin files so
	if !utf8.Valid(text) {
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "the policy is no text in UTF-8").WithHint("save it as UTF-8 in your editor")
	}
	var p page
	if err := decode(text, &p); err != nil {
		return nil, unreadable(text, err)
	}
	var r reader
	out := r.policy(&p)
	if r.err != nil {
		return nil, r.err
	}
	if err := out.Validate(); err != nil {
		return nil, err
	}
	return out, nil
}

// reader turns a page into a policy and keeps the first thing that is wrong.
type reader struct{ err error }

func (r *reader) fail(err *menshen.Error) {
	if r.err == nil {
		r.err = err
	}
}

func (r *reader) policy(p *page) *Policy {
	if f := r.number("format", p.Format); r.err == nil && f != 1 {
		r.fail(menshen.Errorf(menshen.CodeInvalid, op, "format: %d is not known", f).WithHint("begin the file with: format: 1"))
	}
	out := &Policy{ID: r.word("id", p.ID), Name: menshen.Text(p.Name), About: menshen.Text(p.About), Source: r.word("source", p.Source)}
	if p.Window == nil {
		r.fail(menshen.Errorf(menshen.CodeInvalid, op, "window: missing").WithHint("say when a case is infectious, for example: window: {before_onset: 2d, before_sample: 2d, until_isolation: true}"))
		return out
	}
	out.Window = r.window(p.Window)
	out.Rules = r.rules("rules", p.Rules)
	out.Next = r.rules("next", p.Next)
	out.NextOf = r.optional(p.NextOf)
	out.Generations = r.number("generations", p.Generations)
	if out.Generations > 1 || p.Latency != nil {
		out.Latency = r.duration("latency", p.Latency)
	}
	if out.Generations > 1 || p.NextFrom != nil {
		out.NextFrom = Anchor(r.word("next_from", p.NextFrom))
	}
	for i, l := range p.Levels {
		path := at("levels", i)
		out.Levels = append(out.Levels, Level{
			Level:   menshen.ContactLevel(r.word(path+".level", l.Level)),
			Central: r.duration(path+".central", l.Central), Home: r.duration(path+".home", l.Home),
			From: Anchor(r.word(path+".from", l.From)), Advice: menshen.Text(l.Advice),
		})
	}
	if p.Follow == nil {
		r.fail(menshen.Errorf(menshen.CodeInvalid, op, "follow: missing").WithHint("say how contacts are followed, for example: follow: {days: 14, from: last, fever: 37.3}"))
		return out
	}
	out.Follow = Follow{Days: r.number("follow.days", p.Follow.Days), From: Anchor(r.word("follow.from", p.Follow.From)), Fever: r.decimal("follow.fever", p.Follow.Fever)}
	return out
}

func (r *reader) window(p *windowPage) Window {
	var w Window
	w.UntilIsolation = r.truth("window.until_isolation", p.UntilIsolation)
	w.SameDay = r.truth("window.same_day", p.SameDay)
	if p.LookBack != nil {
		w.LookBack = r.span("window.look_back", p.LookBack)
	} else {
		w.BeforeOnset = r.duration("window.before_onset", p.BeforeOnset)
		w.BeforeSample = r.duration("window.before_sample", p.BeforeSample)
	}
	for _, x := range []struct {
		path string
		from *string
		to   *time.Duration
	}{
		{"window.after_onset", p.AfterOnset, &w.AfterOnset}, {"window.after_sample", p.AfterSample, &w.AfterSample},
		{"window.symptom_free", p.SymptomFree, &w.SymptomFree}, {"window.at_least", p.AtLeast, &w.AtLeast},
	} {
		if x.from != nil {
			*x.to = r.span(x.path, x.from)
		}
	}
	if p.LookBack != nil && (p.BeforeOnset != nil || p.BeforeSample != nil) {
		r.fail(menshen.Errorf(menshen.CodeInvalid, op, "window.look_back: it takes the place of before_onset and before_sample").WithHint("leave it out, or leave them out"))
	}
	return w
}

func (r *reader) rules(list string, pages []rulePage) []Rule {
	var out []Rule
	for i, p := range pages {
		path := at(list, i)
		rule := Rule{
			ID: r.word(path+".id", p.ID), Name: menshen.Text(p.Name), Kind: RuleKind(r.word(path+".kind", p.Kind)),
			Homes: r.optional(p.Homes), Level: menshen.ContactLevel(r.word(path+".level", p.Level)), Risk: r.word(path+".risk", p.Risk),
		}
		for _, z := range p.Zones {
			rule.Zones = append(rule.Zones, menshen.ZoneKind(z))
		}
		// What a kind needs must be there; what it does not know is refused even where it is zero.
		for _, x := range []struct {
			key    string
			there  bool
			needed bool
			of     []RuleKind
			read   func(path string)
		}{
			{"zones", p.Zones != nil, true, []RuleKind{RuleZone}, func(string) {}},
			{"each", p.Each != nil, false, []RuleKind{RuleZone}, func(path string) { rule.Each = r.duration(path, p.Each) }},
			{"total", p.Total != nil, true, []RuleKind{RuleZone}, func(path string) { rule.Total = r.duration(path, p.Total) }},
			{"per", p.Per != nil, false, []RuleKind{RuleZone}, func(path string) { rule.Per = r.span(path, p.Per) }},
			{"within", p.Within != nil, true, []RuleKind{RuleGate}, func(path string) { rule.Within = r.duration(path, p.Within) }},
			{"floors", p.Floors != nil, true, []RuleKind{RuleFloor}, func(path string) { rule.Floors = r.number(path, p.Floors) }},
			{"homes", p.Homes != nil, false, []RuleKind{RuleHousehold, RuleFloor, RuleBuilding}, func(string) {}},
		} {
			belongs := false
			for _, k := range x.of {
				belongs = belongs || rule.Kind == k
			}
			switch {
			case x.there && !belongs && rule.Kind.valid():
				r.fail(foreign(path+"."+x.key, rule.Kind))
			case belongs && (x.there || x.needed && x.key != "zones"):
				x.read(path + "." + x.key)
			}
		}
		out = append(out, rule)
	}
	return out
}

func foreign(path string, k RuleKind) *menshen.Error {
	return menshen.Errorf(menshen.CodeInvalid, op, "%s: a rule of kind %s has no such thing", path, k).WithHint("leave it out")
}

func (r *reader) word(path string, s *string) string {
	if s == nil {
		r.fail(menshen.Errorf(menshen.CodeInvalid, op, "%s: missing", path).WithHint("write it as in: menshen trace policy show nhc-9"))
		return ""
	}
	return *s
}

func (*reader) optional(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// duration reads a duration that may be 0.
func (r *reader) duration(path string, s *string) time.Duration {
	if s == nil {
		r.fail(menshen.Errorf(menshen.CodeInvalid, op, "%s: missing", path).WithHint("write a duration like 15m, 48h or 14d"))
		return 0
	}
	d, ok := ParseDuration(*s)
	if !ok {
		r.fail(menshen.Errorf(menshen.CodeInvalid, op, "%s: %q is no duration", path, *s).WithHint("write a duration like 15m, 48h or 14d, up to 366d"))
	}
	return d
}

// span reads a duration that means nothing if it is 0.
func (r *reader) span(path string, s *string) time.Duration {
	d := r.duration(path, s)
	if d == 0 {
		r.fail(menshen.Errorf(menshen.CodeInvalid, op, "%s: a length of 0 is none", path).WithHint("write a duration like 15m, 48h or 14d, or leave it out"))
	}
	return d
}

func (r *reader) number(path string, s *string) int {
	if s == nil {
		r.fail(menshen.Errorf(menshen.CodeInvalid, op, "%s: missing", path).WithHint("write a whole number"))
		return 0
	}
	n, err := strconv.Atoi(*s)
	if err != nil {
		r.fail(menshen.Errorf(menshen.CodeInvalid, op, "%s: %q is no whole number", path, *s).WithHint("write a whole number"))
	}
	return n
}

func (r *reader) decimal(path string, s *string) float64 {
	if s == nil {
		r.fail(menshen.Errorf(menshen.CodeInvalid, op, "%s: missing", path).WithHint("write a number like 37.3"))
		return 0
	}
	n, err := strconv.ParseFloat(*s, 64)
	if err != nil {
		r.fail(menshen.Errorf(menshen.CodeInvalid, op, "%s: %q is no number", path, *s).WithHint("write a number like 37.3"))
	}
	return n
}

func (r *reader) truth(path string, s *string) bool {
	switch {
	case s == nil || *s == "false":
		return false
	case *s == "true":
		return true
	}
	r.fail(menshen.Errorf(menshen.CodeInvalid, op, "%s: %q is neither true nor false", path, *s).WithHint("write true or false"))
	return false
}
