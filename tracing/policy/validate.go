package policy

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"menshen"
)

// Bounds of a policy.
const (
	maxGenerations = 5
	maxRules       = 50 // of a list
	maxWords       = 1000
	maxSource      = 500
	maxFloors      = 200
	maxDays        = 42
	longestWithin  = time.Hour
)

// Validate checks a policy. The error is CodeInvalid and begins with the path of the field, as Read says it.
func (p *Policy) Validate() error {
	if err := menshen.ValidateSlug("policy", p.ID); err != nil {
		return menshen.Errorf(menshen.CodeInvalid, op, "id: %q is not usable", p.ID).WithHint("use 1 to 48 lower-case letters, digits and '-'").WithCause(err)
	}
	if err := checkText("name", p.Name, true); err != nil {
		return err
	}
	if err := checkText("about", p.About, true); err != nil {
		return err
	}
	if n := utf8.RuneCountInString(p.Source); strings.TrimSpace(p.Source) == "" || n > maxSource || !utf8.ValidString(p.Source) {
		return menshen.Errorf(menshen.CodeInvalid, op, "source: the document that it follows is missing or too long").WithHint("name it in 1 to %d characters", maxSource)
	}
	if err := p.Window.validate(); err != nil {
		return err
	}
	if err := p.validateChain(); err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, x := range []struct {
		list  string
		rules []Rule
	}{{"rules", p.Rules}, {"next", p.Next}} {
		if len(x.rules) > maxRules {
			return menshen.Errorf(menshen.CodeInvalid, op, "%s: there are %d, more than %d", x.list, len(x.rules), maxRules).WithHint("join or remove some")
		}
		for i := range x.rules {
			r, path := &x.rules[i], at(x.list, i)
			if err := r.validate(path); err != nil {
				return err
			}
			if seen[r.ID] {
				return menshen.Errorf(menshen.CodeInvalid, op, "%s.id: there is a rule %q already", path, r.ID).WithHint("give each rule its own id; those of next too")
			}
			seen[r.ID] = true
			if !slices.ContainsFunc(p.Levels, func(l Level) bool { return l.Level == r.Level }) && r.Level.Valid() {
				return menshen.Errorf(menshen.CodeInvalid, op, "%s.level: nothing says what follows for the level %q", path, r.Level).
					WithHint("add it to levels, for example: {level: %s, central: 0d, home: 7d, from: last}", r.Level)
			}
		}
	}
	if err := p.validateLevels(); err != nil {
		return err
	}
	return p.Follow.validate()
}

func (p *Policy) validateChain() error {
	switch {
	case p.Generations < 1 || p.Generations > maxGenerations:
		return menshen.Errorf(menshen.CodeInvalid, op, "generations: %d is out of range", p.Generations).WithHint("use 1 to %d", maxGenerations)
	case len(p.Rules) == 0:
		return menshen.Errorf(menshen.CodeInvalid, op, "rules: missing").WithHint("say which exposures make a contact; see: menshen trace policy show nhc-9")
	case p.Generations > 1 && len(p.Next) == 0:
		return menshen.Errorf(menshen.CodeInvalid, op, "next: missing, though there are %d generations", p.Generations).WithHint("say which exposures to a contact make the next contacts, or write: generations: 1")
	case p.Generations == 1 && len(p.Next) > 0:
		return menshen.Errorf(menshen.CodeInvalid, op, "next: there are rules for next generations, but generations is 1").WithHint("write generations: 2 or more, or leave next out")
	case len(p.Next) == 0 && p.NextOf != "":
		return menshen.Errorf(menshen.CodeInvalid, op, "next_of: there are no rules for next generations").WithHint("leave it out")
	case p.NextOf != "" && !validRisk(p.NextOf):
		return menshen.Errorf(menshen.CodeInvalid, op, "next_of: the risk %q is unknown", p.NextOf).WithHint("use high, medium or low, or leave it out for all")
	case p.Latency < 0 || p.Latency > longest:
		return menshen.Errorf(menshen.CodeInvalid, op, "latency: %s is out of range", FormatDuration(p.Latency)).WithHint("use 0 to 366d")
	case (p.NextFrom != "" || p.Generations > 1) && !p.NextFrom.valid():
		return unknownAnchor("next_from", p.NextFrom)
	}
	return nil
}

func (w Window) validate() error {
	for _, x := range []struct {
		key string
		d   time.Duration
	}{
		{"before_onset", w.BeforeOnset}, {"before_sample", w.BeforeSample}, {"after_onset", w.AfterOnset}, {"after_sample", w.AfterSample},
		{"symptom_free", w.SymptomFree}, {"at_least", w.AtLeast}, {"look_back", w.LookBack},
	} {
		if x.d < 0 || x.d > longest {
			return menshen.Errorf(menshen.CodeInvalid, op, "window.%s: %s is out of range", x.key, FormatDuration(x.d)).WithHint("use 0 to 366d")
		}
	}
	switch {
	case w.LookBack > 0 && (w.BeforeOnset > 0 || w.BeforeSample > 0 || w.AfterOnset > 0 || w.AfterSample > 0 || w.SymptomFree > 0 || w.AtLeast > 0):
		return menshen.Errorf(menshen.CodeInvalid, op, "window.look_back: it takes the place of all other lengths").WithHint("leave it out, or leave them out")
	case (w.AfterOnset > 0) != (w.AfterSample > 0):
		key := "after_onset"
		if w.AfterOnset > 0 {
			key = "after_sample"
		}
		return menshen.Errorf(menshen.CodeInvalid, op, "window.%s: missing", key).WithHint("say when it ends for cases with symptoms and for those without: give both, or neither")
	case w.SymptomFree > 0 && w.AfterOnset == 0:
		return menshen.Errorf(menshen.CodeInvalid, op, "window.symptom_free: there is no end that it could put off").WithHint("give after_onset too, or leave it out")
	case w.AtLeast > 0 && w.AfterOnset == 0:
		return menshen.Errorf(menshen.CodeInvalid, op, "window.at_least: there is no end that it could put off").WithHint("give after_onset too, or leave it out")
	case w.AtLeast > 0 && w.AtLeast < w.AfterOnset:
		return menshen.Errorf(menshen.CodeInvalid, op, "window.at_least: it ends before after_onset").WithHint("give a longer one than after_onset, or leave it out")
	}
	return nil
}

func (k RuleKind) valid() bool {
	return slices.Contains([]RuleKind{RuleZone, RuleGate, RuleHousehold, RuleFloor, RuleBuilding}, k)
}

func validRisk(s string) bool { return s == "high" || s == "medium" || s == "low" }

func (r *Rule) validate(path string) error {
	if menshen.ValidateSlug("rule", r.ID) != nil {
		return menshen.Errorf(menshen.CodeInvalid, op, "%s.id: %q is not usable", path, r.ID).WithHint("use 1 to 48 lower-case letters, digits and '-'")
	}
	if err := checkText(path+".name", r.Name, true); err != nil {
		return err
	}
	switch {
	case !r.Kind.valid():
		return suggest(menshen.Errorf(menshen.CodeInvalid, op, "%s.kind: the kind %q is unknown", path, r.Kind), string(r.Kind), []string{"zone", "gate", "household", "floor", "building"})
	case !r.Level.Valid():
		return suggest(menshen.Errorf(menshen.CodeInvalid, op, "%s.level: the level %q is unknown", path, r.Level), string(r.Level), []string{"close", "secondary", "general", "copresent"})
	case !validRisk(r.Risk):
		return menshen.Errorf(menshen.CodeInvalid, op, "%s.risk: the risk %q is unknown", path, r.Risk).WithHint("use high, medium or low")
	case r.Homes != "" && r.Homes != "own" && r.Homes != "shared":
		return menshen.Errorf(menshen.CodeInvalid, op, "%s.homes: %q is unknown", path, r.Homes).WithHint("use own or shared (kitchen and bath), or leave it out for all")
	}
	for _, x := range []struct {
		key   string
		there bool
		of    []RuleKind
	}{
		{"zones", r.Zones != nil, []RuleKind{RuleZone}}, {"each", r.Each != 0, []RuleKind{RuleZone}}, {"total", r.Total != 0, []RuleKind{RuleZone}},
		{"per", r.Per != 0, []RuleKind{RuleZone}}, {"within", r.Within != 0, []RuleKind{RuleGate}}, {"floors", r.Floors != 0, []RuleKind{RuleFloor}},
		{"homes", r.Homes != "", []RuleKind{RuleHousehold, RuleFloor, RuleBuilding}},
	} {
		if x.there && !slices.Contains(x.of, r.Kind) {
			return foreign(path+"."+x.key, r.Kind)
		}
	}
	switch r.Kind {
	case RuleZone:
		return r.validateZones(path)
	case RuleGate:
		if r.Within <= 0 || r.Within > longestWithin {
			return menshen.Errorf(menshen.CodeInvalid, op, "%s.within: %s is out of range", path, FormatDuration(r.Within)).WithHint("use more than 0 and at most 1h")
		}
	case RuleFloor:
		if r.Floors < 0 || r.Floors > maxFloors {
			return menshen.Errorf(menshen.CodeInvalid, op, "%s.floors: %d is out of range", path, r.Floors).WithHint("use 0 for the same floor, up to %d", maxFloors)
		}
	}
	return nil
}

func (r *Rule) validateZones(path string) error {
	if len(r.Zones) == 0 {
		return menshen.Errorf(menshen.CodeInvalid, op, "%s.zones: missing", path).WithHint("name kinds of zone, for example: zones: [lift, shop]")
	}
	for i, z := range r.Zones {
		if !z.Valid() || z == menshen.ZoneOutside {
			return suggest(menshen.Errorf(menshen.CodeInvalid, op, "%s: the kind of zone %q is unknown", at(path+".zones", i), z), string(z),
				[]string{"compound", "building", "unit", "lift", "shop", "office"})
		}
		if slices.Contains(r.Zones[:i], z) {
			return menshen.Errorf(menshen.CodeInvalid, op, "%s: %q is there twice", at(path+".zones", i), z).WithHint("leave one of them out")
		}
	}
	for _, x := range []struct {
		key string
		d   time.Duration
	}{{"each", r.Each}, {"total", r.Total}, {"per", r.Per}} {
		if x.d < 0 || x.d > longest {
			return menshen.Errorf(menshen.CodeInvalid, op, "%s.%s: %s is out of range", path, x.key, FormatDuration(x.d)).WithHint("use 0 to 366d")
		}
	}
	if r.Per > 0 && (r.Total > r.Per || r.Each > r.Per) {
		return menshen.Errorf(menshen.CodeInvalid, op, "%s.per: within %s nobody can be together longer than that", path, FormatDuration(r.Per)).WithHint("make per longer than each and total, or leave it out for the whole window")
	}
	return nil
}

func (a Anchor) valid() bool { return a == AnchorFirst || a == AnchorThreshold || a == AnchorLast }

func unknownAnchor(path string, a Anchor) *menshen.Error {
	return menshen.Errorf(menshen.CodeInvalid, op, "%s: %q is unknown", path, a).WithHint("use first, threshold or last")
}

func (p *Policy) validateLevels() error {
	for i, l := range p.Levels {
		path := at("levels", i)
		switch {
		case !l.Level.Valid():
			return suggest(menshen.Errorf(menshen.CodeInvalid, op, "%s.level: the level %q is unknown", path, l.Level), string(l.Level), []string{"close", "secondary", "general", "copresent"})
		case slices.ContainsFunc(p.Levels[:i], func(o Level) bool { return o.Level == l.Level }):
			return menshen.Errorf(menshen.CodeInvalid, op, "%s.level: there is a level %q already", path, l.Level).WithHint("leave one of them out")
		case !slices.ContainsFunc(slices.Concat(p.Rules, p.Next), func(r Rule) bool { return r.Level == l.Level }):
			return menshen.Errorf(menshen.CodeInvalid, op, "%s.level: no rule gives the level %q", path, l.Level).WithHint("leave it out")
		case l.Central < 0 || l.Central > longest:
			return menshen.Errorf(menshen.CodeInvalid, op, "%s.central: %s is out of range", path, FormatDuration(l.Central)).WithHint("use 0 to 366d")
		case l.Home < 0 || l.Home > longest:
			return menshen.Errorf(menshen.CodeInvalid, op, "%s.home: %s is out of range", path, FormatDuration(l.Home)).WithHint("use 0 to 366d")
		case !l.From.valid():
			return unknownAnchor(path+".from", l.From)
		}
		if err := checkText(path+".advice", l.Advice, false); err != nil {
			return err
		}
	}
	return nil
}

func (f Follow) validate() error {
	switch {
	case f.Days < 1 || f.Days > maxDays:
		return menshen.Errorf(menshen.CodeInvalid, op, "follow.days: %d is out of range", f.Days).WithHint("use 1 to %d", maxDays)
	case !f.From.valid():
		return unknownAnchor("follow.from", f.From)
	case !(f.Fever >= 36 && f.Fever <= 42):
		return menshen.Errorf(menshen.CodeInvalid, op, "follow.fever: %g is out of range", f.Fever).WithHint("use 36 to 42 °C, for example 37.3")
	}
	return nil
}

// checkText checks words for people; they are in both languages or, where not required, in none.
func checkText(path string, t menshen.Text, required bool) error {
	for _, x := range []struct{ language, words, other string }{{"zh", t.ZH, t.EN}, {"en", t.EN, t.ZH}} {
		switch {
		case strings.TrimSpace(x.words) == "" && (required || x.other != ""):
			return menshen.Errorf(menshen.CodeInvalid, op, "%s.%s: missing", path, x.language).WithHint("write both languages: {zh: 中文, en: English}")
		case utf8.RuneCountInString(x.words) > maxWords || !utf8.ValidString(x.words):
			return menshen.Errorf(menshen.CodeInvalid, op, "%s.%s: it is too long or no text", path, x.language).WithHint("use at most %d characters", maxWords)
		}
	}
	return nil
}
