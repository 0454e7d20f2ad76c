package policy_test

import (
	"strings"
	"testing"

	"menshen"
	"menshen/tracing/policy"
)

// whole has one rule of each kind.
const whole = `
format: 1
id: small
name: {zh: 小, en: small}
about: {zh: 一句话, en: a sentence}
source: nobody
window:
  before_onset: 2d
  before_sample: 48h
  after_onset: 10d
  after_sample: 10d
  symptom_free: 3d
  at_least: 13d
  until_isolation: true
rules:
  - {id: home, name: {zh: 同住, en: home}, kind: household, homes: own, level: close, risk: high}
  - {id: zone, name: {zh: 区域, en: zone}, kind: zone, zones: [lift, shop], each: 5m, total: 15m, per: 24h, level: close, risk: medium}
  - {id: gate, name: {zh: 门, en: gate}, kind: gate, within: 60s, level: close, risk: medium}
  - {id: floor, name: {zh: 层, en: floor}, kind: floor, floors: 1, level: secondary, risk: low}
  - {id: building, name: {zh: 楼, en: building}, kind: building, level: secondary, risk: low}
next:
  - {id: next, name: {zh: 下一代, en: next}, kind: gate, within: 1m, level: secondary, risk: low}
next_of: medium
generations: 2
latency: 12h
next_from: threshold
levels:
  - {level: close, central: 7d, home: 3d, from: last, advice: {zh: 建议, en: advice}}
  - {level: secondary, central: 0d, home: 7d, from: first}
follow: {days: 14, from: last, fever: 37.3}
`

func TestReadWhole(t *testing.T) {
	p, err := policy.Read([]byte(whole))
	if err != nil {
		t.Fatal(err)
	}
	z := p.Rules[1]
	if p.Window.BeforeOnset.Hours() != 48 || z.Each.Minutes() != 5 || z.Total.Minutes() != 15 || z.Per.Hours() != 24 || p.Latency.Hours() != 12 || p.NextOf != "medium" ||
		p.Rules[3].Floors != 1 || p.Rules[0].Homes != "own" || p.Levels[0].Central.Hours() != 168 || p.Follow != (policy.Follow{Days: 14, From: policy.AnchorLast, Fever: 37.3}) {
		t.Errorf("%+v", p)
	}
}

func TestReadNamesTheField(t *testing.T) {
	change := func(old, text string) string {
		if strings.Count(whole, old) == 0 {
			t.Fatalf("%q is not in the policy", old)
		}
		return strings.Replace(whole, old, text, 1)
	}
	for name, c := range map[string]struct{ text, message, hint string }{
		"empty":                 {"", "the policy is empty", "nhc-9"},
		"no UTF-8":              {"id: \xd0\xd0\n", "the policy is no text in UTF-8", "UTF-8"},
		"only a comment":        {"# nothing\n", "the policy is empty", ""},
		"no YAML":               {"id: [", "line 1 is no YAML", "correct that line"},
		"tabs":                  {"id: x\n\tname: y\n", "line 2 is no YAML", ""},
		"two documents":         {whole + "\n---\nid: other\n", "the policy cannot be read", ""},
		"list":                  {"- a\n- b\n", "what line 1 has does not belong there", ""},
		"large":                 {whole + "#" + strings.Repeat("x", 300<<10), "larger than 256 kB", ""},
		"unknown key":           {change("total: 15m", "totl: 15m"), `rules[1].totl: unknown key "totl" in line 17`, `did you mean "total"?`},
		"unknown key at top":    {change("next_of", "colour"), `colour: unknown key "colour"`, "use one of: "},
		"doubled key":           {change("source: nobody", "source: nobody\nsource: me"), `line 7 is no YAML: mapping key "source" already defined`, ""},
		"format":                {change("format: 1", "format: 2"), "format: 2 is not known", "format: 1"},
		"no format":             {change("format: 1\n", ""), "format: missing", ""},
		"no id":                 {change("id: small\n", ""), "id: missing", ""},
		"bad id":                {change("id: small", "id: Small One"), `id: "Small One" is not usable`, "lower-case"},
		"one language":          {change("name: {zh: 小, en: small}", "name: {zh: 小}"), "name.en: missing", "both languages"},
		"long words":            {change("a sentence", strings.Repeat("x", 1001)), "about.en: it is too long", "1000"},
		"no source":             {change("source: nobody", `source: " "`), "source: ", ""},
		"no window":             {"format: 1\nid: a\nsource: b\nrules: []\n", "window: missing", "before_onset"},
		"no before":             {change("  before_sample: 48h\n", ""), "window.before_sample: missing", "write a duration like 15m"},
		"negative":              {change("before_onset: 2d", "before_onset: -2d"), "window.before_onset: -2d is out of range", "0 to 366d"},
		"too long":              {change("before_onset: 2d", "before_onset: 367d"), `window.before_onset: "367d" is no duration`, ""},
		"no unit":               {change("before_onset: 2d", "before_onset: 2"), `window.before_onset: "2" is no duration`, "14d"},
		"one end":               {change("  after_sample: 10d\n", ""), "window.after_sample: missing", "both"},
		"other end":             {change("  after_onset: 10d\n", ""), "window.after_onset: missing", "both"},
		"end of nothing":        {change("after_onset: 10d", "after_onset: 0d"), "window.after_onset: a length of 0", "leave it out"},
		"end before start":      {change("at_least: 13d", "at_least: 9d"), "window.at_least: it ends before after_onset", "longer"},
		"free of no end":        {change("  after_onset: 10d\n  after_sample: 10d\n", ""), "window.symptom_free: there is no end", "after_onset"},
		"at least of no end":    {change("  after_onset: 10d\n  after_sample: 10d\n  symptom_free: 3d\n", ""), "window.at_least: there is no end", ""},
		"look back and before":  {change("until_isolation: true", "look_back: 14d"), "window.look_back: it takes the place", "leave"},
		"perhaps":               {change("until_isolation: true", "until_isolation: perhaps"), `window.until_isolation: "perhaps" is neither`, "true or false"},
		"no rules":              {change(whole[strings.Index(whole, "rules:"):strings.Index(whole, "next:")], ""), "rules: missing", ""},
		"no rule id":            {change("{id: gate, ", "{"), "rules[2].id: missing", ""},
		"doubled rule":          {change("id: gate", "id: home"), `rules[2].id: there is a rule "home" already`, "own id"},
		"doubled in next":       {change("id: next,", "id: gate,"), `next[0].id: there is a rule "gate" already`, "next too"},
		"rule id":               {change("id: gate", "id: GATE"), `rules[2].id: "GATE" is not usable`, ""},
		"rule name":             {change("{zh: 门, en: gate}", "{en: gate}"), "rules[2].name.zh: missing", ""},
		"unknown kind":          {change("kind: gate", "kind: gates"), `rules[2].kind: the kind "gates" is unknown`, `did you mean "gate"?`},
		"no kind":               {change("kind: gate, ", ""), "rules[2].kind: missing", ""},
		"missing number":        {change("total: 15m, ", ""), "rules[1].total: missing", "write a duration like 15m, 48h or 14d"},
		"null number":           {change("total: 15m", "total:"), "rules[1].total: missing", ""},
		"no within":             {change("within: 60s, ", ""), "rules[2].within: missing", ""},
		"within nothing":        {change("within: 60s", "within: 0s"), "rules[2].within: 0s is out of range", "at most 1h"},
		"within hours":          {change("within: 60s", "within: 2h"), "rules[2].within: 2h is out of range", "at most 1h"},
		"no floors":             {change("floors: 1, ", ""), "rules[3].floors: missing", "whole number"},
		"negative floors":       {change("floors: 1", "floors: -1"), "rules[3].floors: -1 is out of range", ""},
		"half floors":           {change("floors: 1", "floors: 1.5"), `rules[3].floors: "1.5" is no whole number`, ""},
		"minutes of a home":     {change("kind: household, ", "kind: household, total: 5m, "), "rules[0].total: a rule of kind household has no such thing", "leave it out"},
		"nought of a home":      {change("kind: household, ", "kind: household, floors: 0, "), "rules[0].floors: a rule of kind household has no such thing", ""},
		"homes of a gate":       {change("within: 60s", "within: 60s, homes: own"), "rules[2].homes: a rule of kind gate has no such thing", ""},
		"unknown homes":         {change("homes: own", "homes: rented"), `rules[0].homes: "rented" is unknown`, "own or shared"},
		"no zones":              {change("zones: [lift, shop], ", ""), "rules[1].zones: missing", "[lift, shop]"},
		"empty zones":           {change("zones: [lift, shop]", "zones: []"), "rules[1].zones: missing", ""},
		"unknown zone":          {change("zones: [lift, shop]", "zones: [lift, shopp]"), `rules[1].zones[1]: the kind of zone "shopp" is unknown`, `did you mean "shop"?`},
		"outside":               {change("zones: [lift, shop]", "zones: [outside]"), `rules[1].zones[0]: the kind of zone "outside" is unknown`, "compound, building"},
		"doubled zone":          {change("zones: [lift, shop]", "zones: [lift, lift]"), `rules[1].zones[1]: "lift" is there twice`, ""},
		"zones no list":         {change("zones: [lift, shop]", "zones: {lift: 1}"), "rules[1].zones: what line 17 has does not belong there", ""},
		"negative total":        {change("total: 15m", "total: -15m"), "rules[1].total: -15m is out of range", ""},
		"more than a day a day": {change("total: 15m", "total: 30h"), "rules[1].per: within 1d nobody", "longer than each and total"},
		"per nothing":           {change("per: 24h", "per: 0s"), "rules[1].per: a length of 0", ""},
		"unknown level":         {change("level: close, risk: high", "level: clos, risk: high"), `rules[0].level: the level "clos" is unknown`, `did you mean "close"?`},
		"unknown risk":          {change("risk: high", "risk: dire"), `rules[0].risk: the risk "dire" is unknown`, "high, medium or low"},
		"no generations":        {change("generations: 2\n", ""), "generations: missing", "whole number"},
		"six generations":       {change("generations: 2", "generations: 6"), "generations: 6 is out of range", "1 to 5"},
		"generations in words":  {change("generations: 2", "generations: two"), `generations: "two" is no whole number`, ""},
		"next of one":           {change("generations: 2", "generations: 1"), "next: there are rules", "generations: 2"},
		"no next":               {change(whole[strings.Index(whole, "next:"):strings.Index(whole, "next_of")], ""), "next: missing", "generations: 1"},
		"unknown next of":       {change("next_of: medium", "next_of: mild"), `next_of: the risk "mild" is unknown`, "high, medium or low"},
		"no latency":            {change("latency: 12h\n", ""), "latency: missing", ""},
		"negative latency":      {change("latency: 12h", "latency: -1h"), "latency: -1h is out of range", ""},
		"no next from":          {change("next_from: threshold\n", ""), "next_from: missing", ""},
		"unknown next from":     {change("next_from: threshold", "next_from: middle"), `next_from: "middle" is unknown`, "first, threshold or last"},
		"level without follow":  {change(whole[strings.Index(whole, "  - {level: secondary, c"):strings.Index(whole, "follow:")], ""), `rules[3].level: nothing says what follows for the level "secondary"`, "levels"},
		"level of no rule":      {change("level: secondary, central", "level: general, central"), `rules[3].level: nothing says`, ""},
		"idle level":            {change("follow:", "  - {level: general, central: 0d, home: 7d, from: first}\nfollow:"), `levels[2].level: no rule gives the level "general"`, ""},
		"doubled level":         {change("follow:", "  - {level: close, central: 0d, home: 7d, from: first}\nfollow:"), `levels[2].level: there is a level "close" already`, ""},
		"no home days":          {change("home: 3d, ", ""), "levels[0].home: missing", "14d"},
		"no central days":       {change("central: 7d, ", ""), "levels[0].central: missing", ""},
		"negative days":         {change("home: 3d", "home: -3d"), "levels[0].home: -3d is out of range", ""},
		"negative central":      {change("central: 7d", "central: -3d"), "levels[0].central: -3d is out of range", ""},
		"unknown from":          {change("from: last, advice", "from: now, advice"), `levels[0].from: "now" is unknown`, ""},
		"half advice":           {change("advice: {zh: 建议, en: advice}", "advice: {zh: 建议}"), "levels[0].advice.en: missing", ""},
		"no follow":             {change("follow: {days: 14, from: last, fever: 37.3}", ""), "follow: missing", "days: 14"},
		"no days":               {change("days: 14, ", ""), "follow.days: missing", ""},
		"too many days":         {change("days: 14", "days: 43"), "follow.days: 43 is out of range", "1 to 42"},
		"no fever":              {change(", fever: 37.3", ""), "follow.fever: missing", "37.3"},
		"cold fever":            {change("fever: 37.3", "fever: 20"), "follow.fever: 20 is out of range", ""},
		"no number":             {change("fever: 37.3", "fever: .nan"), "follow.fever: NaN is out of range", ""},
		"fever in words":        {change("fever: 37.3", "fever: warm"), `follow.fever: "warm" is no number`, ""},
		"unknown follow from":   {change("{days: 14, from: last", "{days: 14, from: end"), `follow.from: "end" is unknown`, ""},
	} {
		p, err := policy.Read([]byte(c.text))
		message, hint := menshen.ErrorMessage(err)
		if menshen.ErrorCode(err) != menshen.CodeInvalid || !strings.Contains(message, c.message) || !strings.Contains(hint, c.hint) || hint == "" || p != nil {
			t.Errorf("%s: %q (%q), want %q (%q); %v", name, message, hint, c.message, c.hint, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(whole))
	f.Add([]byte("id: &a [*a]"))
	for _, p := range policy.Builtin() {
		text, _ := policy.BuiltinText(p.ID)
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := policy.Read(text)
		if err != nil {
			if menshen.ErrorCode(err) != menshen.CodeInvalid {
				t.Fatal(err)
			}
			return
		}
		back, err := policy.Read([]byte(p.YAML()))
		if err != nil || !same(p, back) {
			t.Fatalf("%v\n%s\n%+v\n%+v", err, p.YAML(), p, back)
		}
	})
}

// TestReadTakesByteOrderMarks: editors on Windows begin files with one.
func TestReadTakesByteOrderMarks(t *testing.T) {
	p, err := policy.Read([]byte("\uFEFF" + whole))
	if err != nil || p.ID != "small" {
		t.Errorf("%+v, %v", p, err)
	}
}
