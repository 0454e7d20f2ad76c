package report

import (
	"encoding/json"
	"time"

	"menshen"
)

// The JSON of a case is read by other programs: keys are added, never renamed. Times are RFC 3339 in the site's zone,
// durations seconds.

type document struct {
	Exported  exported      `json:"exported"`
	Case      caseJSON      `json:"case"`
	Movements movementsJSON `json:"movements"`
	Contacts  []contactJSON `json:"contacts"` // also those withdrawn and merged
	Chain     []edgeJSON    `json:"chain"`
	History   []changeJSON  `json:"history"`
}

type exported struct {
	By      string    `json:"by"`
	At      time.Time `json:"at"`
	Purpose string    `json:"purpose"`
}

type personJSON struct {
	ID       string `json:"id,omitempty"`
	Name     string `json:"name"`
	Dwelling string `json:"dwelling,omitempty"`
	Sex      string `json:"sex,omitempty"` // male or female
	Age      *int   `json:"age,omitempty"`
	Phone    string `json:"phone,omitempty"`
	Document string `json:"document,omitempty"`
}

type caseJSON struct {
	ID          string     `json:"id"`
	Number      string     `json:"number"`
	Person      personJSON `json:"person"`
	Purpose     string     `json:"purpose"`
	State       string     `json:"state"`
	Expires     time.Time  `json:"expires"`
	Onset       time.Time  `json:"onset,omitzero"`
	Sampled     time.Time  `json:"sampled,omitzero"`
	Isolated    time.Time  `json:"isolated,omitzero"`
	SymptomFree time.Time  `json:"symptom_free,omitzero"`
	Symptoms    []string   `json:"symptoms"`
	Tests       []testJSON `json:"tests"`
	Policy      policyJSON `json:"policy"`
	Window      spanJSON   `json:"window"`
	Parent      string     `json:"parent,omitempty"`
	RequestedBy string     `json:"requested_by"`
	Requested   time.Time  `json:"requested"`
	DecidedBy   string     `json:"decided_by,omitempty"`
	Decided     time.Time  `json:"decided,omitzero"`
	Judged      time.Time  `json:"judged,omitzero"`
}

type policyJSON struct {
	ID      string            `json:"id"`
	Version uint64            `json:"version"`
	Name    map[string]string `json:"name,omitempty"`
	Source  string            `json:"source,omitempty"`
}

type spanJSON struct {
	From time.Time `json:"from,omitzero"`
	To   time.Time `json:"to,omitzero"`
}

type testJSON struct {
	Kind    string    `json:"kind"`
	Sampled time.Time `json:"sampled"`
	Result  string    `json:"result"`
}

type movementsJSON struct {
	Stays  []stayJSON `json:"stays"`
	Passes []passJSON `json:"passes"`
}

type stayJSON struct {
	Zone         string    `json:"zone"`
	From         time.Time `json:"from"`
	To           time.Time `json:"to"`
	FromObserved bool      `json:"from_observed"`
	ToObserved   bool      `json:"to_observed"`
	Open         bool      `json:"open"`
}

type passJSON struct {
	ID        string    `json:"id"`
	Gate      string    `json:"gate"`
	Direction string    `json:"direction"`
	Captured  time.Time `json:"captured"`
	Decision  string    `json:"decision"`
}

type contactJSON struct {
	ID           string            `json:"id"`
	Person       personJSON        `json:"person"`
	Source       string            `json:"source"`
	Generation   int               `json:"generation"`
	Level        string            `json:"level"`
	Risk         string            `json:"risk"`
	Rule         string            `json:"rule,omitempty"`
	Policy       policyJSON        `json:"policy"`
	First        time.Time         `json:"first,omitzero"`
	Exposed      time.Time         `json:"exposed_at,omitzero"`
	Last         time.Time         `json:"last,omitzero"`
	TogetherS    float64           `json:"together_s"`
	LeastS       float64           `json:"least_s"`
	Sureness     float64           `json:"sureness"`
	Path         []string          `json:"path"` // person ids
	Words        map[string]string `json:"words"`
	Status       string            `json:"status"`
	Owner        string            `json:"owner,omitempty"`
	Isolated     spanJSON          `json:"isolated"`
	FollowFrom   string            `json:"follow_from,omitempty"`
	FollowTo     string            `json:"follow_to,omitempty"`
	FollowUps    []followUpJSON    `json:"follow_ups"`
	Missed       []string          `json:"missed"`
	Tests        []testJSON        `json:"tests"`
	Note         string            `json:"note,omitempty"`
	MergedInto   string            `json:"merged_into,omitempty"`
	WithdrawnFor string            `json:"withdrawn_for,omitempty"`
}

type followUpJSON struct {
	Day      string    `json:"day"`
	Celsius  float64   `json:"celsius,omitempty"`
	Fever    bool      `json:"fever"`
	Symptoms []string  `json:"symptoms"`
	Reached  bool      `json:"reached"`
	Note     string    `json:"note,omitempty"`
	Source   string    `json:"source"`
	By       string    `json:"by"`
	At       time.Time `json:"at"`
}

type edgeJSON struct {
	From       string    `json:"from"`
	To         string    `json:"to"`
	Generation int       `json:"generation"`
	Kind       string    `json:"kind"`
	Zone       string    `json:"zone,omitempty"`
	Gate       string    `json:"gate,omitempty"`
	Begin      time.Time `json:"begin,omitzero"`
	End        time.Time `json:"end,omitzero"`
	Exposed    time.Time `json:"exposed_at,omitzero"`
	Inferred   bool      `json:"inferred"`
	LeastS     float64   `json:"least_s"`
	Sureness   float64   `json:"sureness"`
}

type changeJSON struct {
	Contact string    `json:"contact,omitempty"`
	At      time.Time `json:"at"`
	By      string    `json:"by"`
	Why     string    `json:"why"`
	Field   string    `json:"field"`
	Before  string    `json:"before"`
	After   string    `json:"after"`
}

// JSON gives everything of a case as one document.
func JSON(s Source) ([]byte, error) {
	c := s.Case
	d := document{
		Exported: exported{s.By, s.local(s.At), s.Purpose},
		Case: caseJSON{
			ID: c.ID, Number: c.Number, Person: s.personJSON(c.Person, c.Name, dwelling(c.Dwelling), ""), Purpose: c.Purpose, State: string(c.State), Expires: s.local(c.Expires),
			Onset: s.local(c.Onset), Sampled: s.local(c.Sampled), Isolated: s.local(c.Isolated), SymptomFree: s.local(c.SymptomFree), Symptoms: some(c.Symptoms),
			Tests: s.testsJSON(""), Policy: policyJSON{ID: c.Policy.ID, Version: c.Policy.Version}, Window: s.spanJSON(s.Window), Parent: c.Parent,
			RequestedBy: c.RequestedBy, Requested: s.local(c.Requested), DecidedBy: c.DecidedBy, Decided: s.local(c.Decided), Judged: s.local(c.Judged),
		},
		Movements: movementsJSON{[]stayJSON{}, []passJSON{}}, Contacts: []contactJSON{}, Chain: []edgeJSON{}, History: []changeJSON{},
	}
	if p := s.Policy; p != nil {
		d.Case.Policy.Name, d.Case.Policy.Source = both(p.Name), p.Source
	}
	for _, st := range s.Stays {
		d.Movements.Stays = append(d.Movements.Stays, stayJSON{st.Zone, s.local(st.From), s.local(st.To), st.FromObserved, st.ToObserved, st.Open})
	}
	for _, p := range s.Passes {
		d.Movements.Passes = append(d.Movements.Passes, passJSON{p.ID.String(), p.ID.Gate, string(p.Direction), s.local(p.Captured), string(p.Decision.Outcome)})
	}
	for _, v := range s.contacts(true) {
		d.Contacts = append(d.Contacts, s.contactJSON(v.CaseContact, dwelling(v.Dwelling), v.Missed))
	}
	for _, h := range s.steps() {
		d.Chain = append(d.Chain, edgeJSON{
			h.From, h.To, h.generation, string(h.Kind), h.Zone, h.Gate, s.local(h.Exposure.From), s.local(h.Exposure.To), s.local(h.Exposed), h.Inferred, h.Least.Seconds(), h.Sureness,
		})
	}
	for _, h := range s.History {
		h = s.withheld(h)
		d.History = append(d.History, changeJSON{h.Contact, s.local(h.At), h.By, h.Why, h.Field, h.Before, h.After})
	}
	out, err := json.MarshalIndent(d, "", "  ")
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeInternal, "report.json", "the document cannot be made").WithCause(err)
	}
	return append(out, '\n'), nil
}

func (s Source) contactJSON(c menshen.CaseContact, home string, missed []string) contactJSON {
	j := contactJSON{
		ID: c.ID, Person: s.personJSON(c.Person, c.Name, home, c.Phone.Reveal()), Source: string(c.Source), Generation: c.Generation, Level: string(c.Level), Risk: c.Risk, Rule: c.Rule,
		Policy: policyJSON{ID: c.Policy.ID, Version: c.Policy.Version}, First: s.local(c.First), Exposed: s.local(c.Threshold), Last: s.local(c.Last),
		TogetherS: c.Together.Seconds(), LeastS: c.Least.Seconds(), Sureness: c.Sureness, Path: []string{}, Words: both(s.reason(c)), Status: string(c.Status), Owner: c.Owner,
		Isolated: s.spanJSON(menshen.Span{From: c.IsolatedFrom, To: c.IsolatedTo}), FollowFrom: s.day(c.FollowFrom), FollowTo: s.day(c.FollowTo),
		FollowUps: []followUpJSON{}, Missed: some(missed), Tests: s.testsJSON(c.ID), Note: c.Note, MergedInto: c.MergedInto, WithdrawnFor: c.WithdrawnFor,
	}
	for i, h := range PathOf(c) {
		if i == 0 {
			j.Path = append(j.Path, h.From)
		}
		j.Path = append(j.Path, h.To)
	}
	for _, f := range s.FollowUps[c.ID] {
		j.FollowUps = append(j.FollowUps, followUpJSON{f.Day, f.Celsius, s.fever(f), some(f.Symptoms), f.Reached, f.Note, f.Source, f.By, s.local(f.At)})
	}
	return j
}

func (s Source) personJSON(id, name, home, phone string) personJSON {
	p := s.People[id]
	j := personJSON{ID: id, Name: name, Dwelling: home}
	if p.Name != "" {
		j.Name = p.Name
	}
	plain := s
	plain.Language = "en"
	j.Sex = plain.sex(p)
	if n := s.age(p); n >= 0 {
		j.Age = &n
	}
	if s.Particulars {
		if j.Phone = p.Phone; j.Phone == "" {
			j.Phone = phone
		}
		j.Document = p.Document.Number.Reveal()
	}
	return j
}

func (s Source) testsJSON(contact string) []testJSON {
	all := []testJSON{}
	for _, t := range s.Tests {
		if t.Contact == contact {
			all = append(all, testJSON{t.Kind, s.local(t.Sampled), string(t.Result)})
		}
	}
	return all
}

func (s Source) spanJSON(x menshen.Span) spanJSON { return spanJSON{s.local(x.From), s.local(x.To)} }

// local gives a time in the site's zone; the zero time stays.
func (s Source) local(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.In(s.location())
}

func both(t menshen.Text) map[string]string {
	return map[string]string{"zh": t.In("zh"), "en": t.In("en")}
}

// some gives an empty list for nil, which JSON tells apart.
func some(all []string) []string {
	if all == nil {
		return []string{}
	}
	return all
}
