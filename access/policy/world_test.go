package policy_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"menshen"
	"menshen/access/policy"
)

// world is testdata/world.yaml: what cases are made of.
type world struct {
	People map[string]struct {
		Household string `yaml:"household"`
		State     string `yaml:"state"`
		Gone      bool   `yaml:"gone"`
	} `yaml:"people"`
	Gates   map[string]gate   `yaml:"gates"`
	Permits map[string]permit `yaml:"permits"`
}

type gate struct {
	State    string `yaml:"state"`
	From     string `yaml:"from"`
	To       string `yaml:"to"`
	Passback string `yaml:"passback"`
	Liveness string `yaml:"liveness"`
}

type quota struct {
	Outings int    `yaml:"outings"`
	Days    int    `yaml:"days"`
	Of      string `yaml:"of"`
}

type permit struct {
	Kind     string   `yaml:"kind"`
	From     string   `yaml:"from"`
	To       string   `yaml:"to"`
	Revoked  string   `yaml:"revoked"`
	Gates    []string `yaml:"gates"`
	Weekdays []string `yaml:"weekdays"`
	Hours    string   `yaml:"hours"`
	Quota    quota    `yaml:"quota"`
}

// caseFile is a file of testdata/cases.
type caseFile struct {
	Subject string  `yaml:"subject"`
	Cases   []cases `yaml:"cases"`
}

type cases struct {
	Title  string `yaml:"title"`
	Given  given  `yaml:"given"`
	Expect struct {
		Outcome  string           `yaml:"outcome"`
		Reasons  []menshen.Reason `yaml:"reasons"`
		Permit   string           `yaml:"permit"`
		MayGuard *bool            `yaml:"may_guard"` // whether a guard may override
	} `yaml:"expect"`
}

// given is what a case starts from. What is left out: the gate 东门, in, Monday 09:00, normal mode, a sure face.
type given struct {
	Person    string   `yaml:"person"`
	Shows     string   `yaml:"shows"`
	Gate      string   `yaml:"gate"`
	State     string   `yaml:"state"` // of the gate, in the place of its own
	Direction string   `yaml:"direction"`
	At        string   `yaml:"at"`
	Mode      string   `yaml:"mode"`
	Permits   []string `yaml:"permits"`
	Health    struct {
		State       string  `yaml:"state"`
		Until       string  `yaml:"until"`
		Code        string  `yaml:"code"`
		Temperature float64 `yaml:"temperature"`
		Measured    string  `yaml:"measured"`
	} `yaml:"health"`
	Outings struct {
		Own       []string `yaml:"own"`
		Household []string `yaml:"household"`
	} `yaml:"outings"`
	Last struct {
		Gate      string `yaml:"gate"`
		Direction string `yaml:"direction"`
		At        string `yaml:"at"`
	} `yaml:"last"`
	Inside      bool `yaml:"inside"`
	Full        bool `yaml:"full"`
	RecordsFull bool `yaml:"records_full"`
	Guard       bool `yaml:"guard"`
	Past        bool `yaml:"past"`
	Parameters  struct {
		TemperatureRequired []menshen.SiteMode `yaml:"temperature_required"`
		PermitRequired      []menshen.SiteMode `yaml:"permit_required"`
		Fever               float64            `yaml:"fever"`
		Quotas              map[string]quota   `yaml:"quotas"`
	} `yaml:"parameters"`
}

func mustWorld(tb testing.TB) world {
	tb.Helper()
	var w world
	mustYAML(tb, filepath.Join("testdata", "world.yaml"), &w)
	return w
}

func mustCases(tb testing.TB) map[string]caseFile {
	tb.Helper()
	names, err := filepath.Glob(filepath.Join("testdata", "cases", "*.yaml"))
	if err != nil || len(names) == 0 {
		tb.Fatalf("no cases: %v", err)
	}
	files := map[string]caseFile{}
	for _, name := range names {
		var f caseFile
		mustYAML(tb, name, &f)
		files[filepath.Base(name)] = f
	}
	return files
}

func mustYAML(tb testing.TB, name string, into any) {
	tb.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		tb.Fatal(err)
	}
	if err := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()).Decode(into); err != nil {
		tb.Fatalf("%s: %v", name, err)
	}
}

func beijing() *time.Location { return time.FixedZone("Beijing", 8*3600) }

// mustTime reads "周三 09:00" in the week of the cases, with "上" before it in the week before, or "周日前".
func mustTime(tb testing.TB, s string) time.Time {
	tb.Helper()
	monday := time.Date(2020, 3, 2, 0, 0, 0, 0, beijing())
	if s == "周日前" {
		return monday.AddDate(0, 0, -1)
	}
	day, clock, _ := strings.Cut(s, " ")
	weeks := 0
	if rest, ok := strings.CutPrefix(day, "上"); ok {
		day, weeks = rest, -7
	}
	at := strings.Index("一二三四五六日", strings.TrimPrefix(day, "周"))
	if clock == "" {
		clock = "12:00"
	}
	hm, err := time.Parse("15:04", clock)
	if at < 0 || err != nil {
		tb.Fatalf("%q is no time of the cases", s)
	}
	return monday.AddDate(0, 0, weeks+at/3).Add(time.Duration(hm.Hour())*time.Hour + time.Duration(hm.Minute())*time.Minute)
}

// mustRequest makes the request of a case.
func (w world) mustRequest(tb testing.TB, g given) *policy.Request {
	tb.Helper()
	orElse := func(s, other string) string {
		if s == "" {
			return other
		}
		return s
	}
	q := &policy.Request{
		Mode: menshen.SiteMode(orElse(g.Mode, "normal")), Direction: menshen.Direction(orElse(g.Direction, "in")),
		At: mustTime(tb, orElse(g.At, "周一 09:00")).UTC(), Location: beijing(), Inside: g.Inside, Full: g.Full, RecordsFull: g.RecordsFull,
		Guard: g.Guard, Past: g.Past, Seen: true,
	}
	name := orElse(g.Gate, "东门")
	at, ok := w.Gates[name]
	if !ok {
		tb.Fatalf("there is no gate %q", name)
	}
	q.Gate = menshen.Gate{
		ID: name, State: menshen.GateState(orElse(g.State, at.State)), From: orElse(at.From, menshen.OutsideZone), To: orElse(at.To, "compound"),
		Passback: menshen.Passback(at.Passback), Liveness: menshen.LivenessMode(at.Liveness),
	}
	if g.Person != "" {
		q.Standing = w.mustStanding(tb, g)
	}
	mustEvidence(tb, q, orElse(g.Shows, "人脸"), g.Person)
	return q
}

func (w world) mustStanding(tb testing.TB, g given) policy.Standing {
	tb.Helper()
	p, ok := w.People[g.Person]
	if !ok {
		tb.Fatalf("there is nobody %q", g.Person)
	}
	var s policy.Standing
	if !p.Gone {
		s.Found = true
		s.Person = menshen.Person{ID: g.Person, Name: g.Person, Household: p.Household, State: menshen.PersonActive}
		if p.State != "" {
			s.Person.State = menshen.PersonState(p.State)
		}
	}
	h := menshen.Health{Person: g.Person, State: menshen.HealthState(g.Health.State), Code: menshen.HealthCode(g.Health.Code), Celsius: g.Health.Temperature}
	if g.Health.Until != "" {
		h.Until = mustTime(tb, g.Health.Until)
	}
	if h.Celsius != 0 {
		h.MeasuredAt = mustTime(tb, "周一 08:50")
		if g.Health.Measured != "" {
			h.MeasuredAt = mustTime(tb, g.Health.Measured)
		}
	}
	s.Health = policy.HealthOf(h)
	for _, name := range g.Permits {
		s.Permits = append(s.Permits, policy.PermitOf(w.mustPermit(tb, name, g.Person)))
	}
	for i, days := range [][]string{g.Outings.Own, g.Outings.Household} {
		var o policy.Outings
		for _, day := range days {
			o = o.Add(policy.Day(mustTime(tb, day), beijing()))
		}
		if len(days) > 0 && i == 0 {
			s.Outings = &o
		} else if len(days) > 0 {
			s.Household = &o
		}
	}
	if g.Last.Gate != "" {
		s.Last = &policy.Crossing{Gate: g.Last.Gate, Direction: menshen.Direction(g.Last.Direction), At: mustTime(tb, g.Last.At)}
	}
	return s
}

func (w world) mustPermit(tb testing.TB, name, person string) menshen.Permit {
	tb.Helper()
	p, ok := w.Permits[name]
	if !ok {
		tb.Fatalf("there is no permit %q", name)
	}
	m := menshen.Permit{ID: name, Kind: menshen.PermitKind(p.Kind), Person: person, Gates: p.Gates}
	m.From, m.To = time.Date(2020, 1, 1, 0, 0, 0, 0, beijing()), time.Date(2021, 1, 1, 0, 0, 0, 0, beijing())
	if p.From != "" {
		m.From = mustTime(tb, p.From)
	}
	if p.To != "" {
		m.To = mustTime(tb, p.To)
	}
	if p.Revoked != "" {
		m.Revoked = mustTime(tb, p.Revoked)
	}
	for _, day := range p.Weekdays {
		m.Weekdays |= 1 << mustTime(tb, day).Weekday()
	}
	hours, err := menshen.ParseDayHours(p.Hours)
	if err != nil {
		tb.Fatal(err)
	}
	m.Hours = hours
	m.Quota = menshen.Quota{Outings: p.Quota.Outings, Days: p.Quota.Days, Household: p.Quota.Of == "household"}
	if p.Kind == "vehicle" {
		m.Plate = "京A12345"
	}
	valid := m
	valid.Gates = nil // the cases name gates in Chinese
	if err := valid.Validate(); err != nil {
		tb.Fatalf("%s: %v", name, err)
	}
	return m
}

// mustEvidence sets what is shown: a face as the camera sees it, a credential with what is wrong with it, or a guard's word.
func mustEvidence(tb testing.TB, q *policy.Request, shows, person string) {
	tb.Helper()
	match := menshen.Match{Verdict: menshen.VerdictKnown, Candidates: []menshen.Candidate{{Person: person, Distance: 0.3}}, Faces: 2}
	faces := map[string]func(){
		"人脸":     func() {},
		"像是某人":   func() { match.Verdict = menshen.VerdictUnsure },
		"陌生人脸":   func() { match.Verdict, match.Candidates = menshen.VerdictUnknown, nil },
		"戴口罩认不出": func() { match.Verdict, match.Candidates, q.Masked = menshen.VerdictUnknown, nil, true },
		"戴口罩认出":  func() { q.Masked = true },
		"看不清":    func() { match = menshen.Match{Verdict: menshen.VerdictUnknown} },
		"照片":     func() { q.NotLive = true },
		"没看清活体":  func() { q.Seen = false },
		"别人的登记":  func() { match.Candidates[0].Person = "另一人" },
	}
	if set, ok := faces[shows]; ok {
		q.Means, q.Match = menshen.MeansFace, &match
		set()
		return
	}
	codes := map[string]menshen.CredentialFault{
		"二维码": "", "无效码": menshen.CredentialUnknown, "伪造码": menshen.CredentialForged, "外小区码": menshen.CredentialForeign, "过期码": menshen.CredentialExpired,
		"未来码": menshen.CredentialEarly, "重复码": menshen.CredentialReplayed, "注销码": menshen.CredentialRevoked, "锁定": menshen.CredentialLocked, "纸质码": "",
	}
	if fault, ok := codes[shows]; ok {
		q.Means, q.Credential, q.Sheet = menshen.MeansQR, fault, shows == "纸质码"
		return
	}
	means := map[string]menshen.Means{"卡": menshen.MeansCard, "密码": menshen.MeansPIN, "保安指认": menshen.MeansGuard, "什么也没有": ""}
	m, ok := means[shows]
	if !ok {
		tb.Fatalf("%q is nothing that can be shown", shows)
	}
	q.Means = m
}
