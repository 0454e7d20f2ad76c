package main_test

import (
	"bytes"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// as runs a command with the token of somebody else than the operator.
func (c *community) as(token string, args ...string) result {
	c.tb.Helper()
	return c.try(append(args, "--token-file", token)...)
}

func (c *community) mustAs(token string, args ...string) string {
	c.tb.Helper()
	r := c.as(token, args...)
	if r.code != 0 {
		c.tb.Fatalf("menshen %s: exit code %d\n%s%s", strings.Join(args, " "), r.code, r.out, r.err)
	}
	return r.out
}

// token makes a token and gives its file.
func (c *community) token(name, role string) string {
	c.tb.Helper()
	path := filepath.Join(c.dir, name+".token")
	if err := os.WriteFile(path, []byte(c.must("token", "new", name, "--role", role)), 0o600); err != nil {
		c.tb.Fatal(err)
	}
	return path
}

// openCase opens a case of somebody by two people: an investigator asks, the operator approves.
func (c *community) openCase(number, person string) {
	c.tb.Helper()
	c.mustAs(c.token("asks-"+number, "investigator"), "case", "request", number, "--person", person, "--purpose", "test", "--onset", time.Now().AddDate(0, 0, -1).Format(time.DateOnly))
	c.must("case", "approve", number, "--why", "test")
}

// chainAnswer is the JSON of menshen trace case.
type chainAnswer struct {
	Root   string
	People []struct {
		Person, Name, Level string
		Generation          int
		ExposedAt           time.Time `json:"exposed_at"`
		Path                []string
		Hops                []struct {
			From, To, Kind string
			ExposedAt      time.Time `json:"exposed_at"`
		}
		Words map[string]string
	}
}

// TestCase tells of a case from its request to the report: in a community with some days of passes, at a terminal, by people
// with tokens of their own.
func TestCase(t *testing.T) {
	c := newCommunity(t, "simulation: {people: 150, days: 4}")
	c.serve()
	api := c.api(filepath.Join(c.dir, "data/simulated"))
	zhang, wang, office, guard := c.token("zhang", "investigator"), c.token("wang", "investigator"), c.token("office", "office"), c.token("guard", "guard")
	location, err := time.LoadLocation(call(t, api.Site.GetSite, &menshenv1.GetSiteRequest{}).GetSite().GetTimeZone())
	if err != nil {
		t.Fatal(err)
	}

	// Who passed most is the case. Symptoms began two days ago, and since last evening nobody met them any more.
	often := map[string]int{}
	person := ""
	for _, p := range call(t, api.Passes.ListPasses, &menshenv1.ListPassesRequest{Limit: 1000}).GetPasses() {
		if id := p.GetPass().GetPerson(); id != "" {
			if often[id]++; person == "" || often[id] > often[person] {
				person = id
			}
		}
	}
	now := time.Now().In(location)
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, location)
	onset, isolated := midnight.Add(-40*time.Hour).Format("2006-01-02T15:04"), midnight.Add(-time.Hour).Format("2006-01-02T15:04")
	const number = "朝疾控2020-118"
	for what, args := range map[string][]string{
		"onset":  {"--person", person, "--purpose", "流调", "--onset", now.AddDate(0, 0, 2).Format(time.DateOnly)},
		"person": {"--person", "nobody at all", "--purpose", "流调", "--onset", onset},
		"policy": {"--person", person, "--purpose", "流调", "--onset", onset, "--policy", "no-such"},
	} {
		if r := c.as(zhang, append([]string{"case", "request", number}, args...)...); r.code == 0 || !strings.Contains(r.err, what+":") && !strings.Contains(r.err, what+" ") {
			t.Errorf("a wrong %s: exit code %d: %s", what, r.code, r.err)
		}
	}
	c.mustAs(zhang, "case", "request", number, "--person", person, "--purpose", "确诊病例流调", "--onset", onset, "--isolated", isolated, "--symptom", "发热")

	// Nobody looks into it before a second person approved it: neither who asked for it, nor the operator.
	for _, r := range []result{c.as(zhang, "case", "show", number), c.try("case", "contacts", number), c.as(zhang, "trace", "case", number), c.as(zhang, "case", "approve", number, "--why", "自己批准")} {
		if r.code == 0 || strings.Contains(r.out, "发热") {
			t.Errorf("before approval: exit code %d\n%s%s", r.code, r.out, r.err)
		}
	}
	if r := c.as(guard, "case", "list"); r.code == 0 {
		t.Errorf("a guard lists cases: %s", r.out)
	}
	c.mustAs(wang, "case", "approve", number, "--why", "已核实编号")
	c.mustAs(zhang, "case", "judge", number, "--why", "首次判定")
	if out := c.mustAs(zhang, "case", "show", number); !strings.Contains(out, "nhc-9") || !strings.Contains(out, "infectious") {
		t.Errorf("the case: %s", out)
	}

	// The contacts, each with the reason, and the same from the engine alone.
	contacts := call(t, api.Cases.ListContacts, &menshenv1.ListContactsRequest{Case: number}).GetContacts()
	if len(contacts) == 0 {
		t.Fatalf("no contacts of %s:\n%s", person, c.must("case", "show", number))
	}
	var chain chainAnswer
	if err := json.Unmarshal([]byte(c.mustAs(zhang, "trace", "case", number, "--format", "json")), &chain); err != nil {
		t.Fatal(err)
	}
	if chain.Root != person || len(chain.People) == 0 {
		t.Fatalf("chain %+v", chain)
	}
	var back chainAnswer
	if err := json.Unmarshal([]byte(c.mustAs(zhang, "trace", "case", number, "--direction", "backward", "--format", "json")), &back); err != nil {
		t.Fatal(err)
	}
	for _, p := range back.People {
		if p.Hops[0].To != person || p.Hops[p.Generation-1].From != p.Person {
			t.Fatalf("who may have infected them: %+v", p)
		}
	}
	for _, p := range append(chain.People, back.People...) {
		if last := p.Hops[len(p.Hops)-1]; !p.ExposedAt.Equal(last.ExposedAt) {
			t.Fatalf("exposed at %s, by the path at %s", p.ExposedAt, last.ExposedAt)
		}
		if p.Generation != len(p.Hops) || len(p.Path) != p.Generation+1 || p.Path[0] != person || p.Path[p.Generation] != p.Person || p.ExposedAt.IsZero() || !strings.Contains(p.Words["zh"], "→") || p.Words["en"] == "" {
			t.Fatalf("one of the chain: %+v", p)
		}
	}
	var twice chainAnswer // the same case named twice is one
	if err := json.Unmarshal([]byte(c.mustAs(zhang, "trace", "case", number, number, "--format", "json")), &twice); err != nil || len(twice.People) != len(chain.People) {
		t.Errorf("%d people, %v", len(twice.People), err)
	}
	if r := c.as(zhang, "trace", "case", number, "no-such"); r.code == 0 {
		t.Error("a case that is not there was traced")
	}
	t.Log(c.mustAs(zhang, "case", "contacts", number))
	t.Log(c.mustAs(zhang, "case", "what-if", number, "--policy", "gates-and-lifts"))
	t.Log(c.mustAs(zhang, "trace", "case", number, "--direction", "backward"))

	// One of the registry is isolated: the gate says so at once.
	contact := contacts[0]
	card := &menshenv1.IssueCredentialRequest{Person: contact.GetPerson().GetId(), Kind: "card", Card: "C0001"}
	call(t, api.Credentials.IssueCredential, card)
	gate := call(t, api.Site.GetSite, &menshenv1.GetSiteRequest{}).GetSite().GetGates()[0].GetId()
	show := func() string {
		r := call(t, api.Guard.Present, &menshenv1.PresentRequest{Gate: gate, Direction: menshenv1.Direction_DIRECTION_IN, Kind: "card", Value: "C0001"})
		return r.GetOutcome().String() + " " + strings.Join(r.GetReasonWords(), " ")
	}
	eventually(t, "the card is good", func() bool { return strings.HasPrefix(show(), "OUTCOME_ALLOW") })
	if r := c.as(office, "case", "status", number, contact.GetId(), "released", "--why", "x"); r.code == 0 {
		t.Error("the office released a contact")
	}
	c.mustAs(office, "case", "status", number, contact.GetId(), "notified", "--why", "已电话通知")
	c.mustAs(zhang, "case", "status", number, contact.GetId(), "central_isolation", "--why", "集中隔离")
	last := ""
	eventually(t, "the gate refuses", func() bool {
		if got := show(); got != last {
			last = got
			t.Log(last)
		}
		return strings.HasPrefix(last, "OUTCOME_DENY "+string(menshen.ReasonIsolated))
	})

	// The office visits: a fever is alerted. Another one reports by a link.
	if out := c.mustAs(office, "case", "due"); !strings.Contains(out, contact.GetPerson().GetName()) {
		t.Errorf("due: %s", out)
	}
	if out := c.mustAs(office, "case", "follow", number, contact.GetId(), "--celsius", "38.2", "--symptom", "咳嗽"); !strings.Contains(out, "fever") {
		t.Errorf("follow-up: %s", out)
	}
	eventually(t, "the fever is alerted", func() bool {
		return strings.Contains(c.must("status"), "38.2")
	})
	if len(contacts) > 1 {
		link := call(t, api.Cases.CreateFollowUpLink, &menshenv1.CreateFollowUpLinkRequest{Case: number, Contact: contacts[1].GetId()}).GetLink()
		answers := url.Values{"celsius": {"36.4"}}
		for _, s := range []string{"cough", "throat", "fatigue", "breath", "diarrhoea", "smell"} {
			answers.Set(s, "no")
		}
		mustFill(t, link, answers)
		days := call(t, api.Cases.GetContact, &menshenv1.GetContactRequest{Case: number, Contact: contacts[1].GetId()}).GetFollowUps()
		if len(days) != 1 || days[0].GetSource() != "link" || days[0].GetCelsius() != 36.4 {
			t.Errorf("by link: %v", days)
		}
	}

	// Somebody who is not in the registry was told of in the interview.
	c.mustAs(zhang, "case", "add-contact", number, "--name", "孙莉", "--phone", "13700003333", "--note", "同桌用餐", "--why", "本人陈述")
	for _, args := range [][]string{
		{"export", number, "-o", "contacts.csv"}, {"export", number, "--format", "xlsx", "-o", "contacts.xlsx"}, {"export", number, "--table", "follow_up", "-o", "days.csv"},
		{"export", number, "--format", "json", "-o", "case.json"}, {"report", number, "-o", "report.html"},
	} {
		c.mustAs(zhang, append(append([]string{"case"}, args...), "--purpose", "上报区疾控")...)
	}
	for file, want := range map[string]string{"contacts.csv": "孙莉", "contacts.xlsx": "PK", "days.csv": "38.2", "case.json": `"chain"`, "report.html": "流行病学调查报告"} {
		data, err := os.ReadFile(filepath.Join(c.dir, file))
		if err != nil || !strings.Contains(string(data), want) {
			t.Errorf("%s: no %q in %d bytes, %v", file, want, len(data), err)
		}
		if file == "contacts.csv" && strings.Contains(string(data), "13700003333") {
			t.Error("a telephone number was exported without being asked for")
		}
		if dir := os.Getenv("REPORT_DIR"); dir != "" { // to look at it
			_ = os.WriteFile(filepath.Join(dir, file), data, 0o600)
		}
	}

	// Every change has who and why.
	history := c.mustAs(wang, "case", "history", number)
	for _, want := range []string{"zhang", "wang", "office", "已核实编号", "集中隔离", "本人陈述"} {
		if !strings.Contains(history, want) {
			t.Errorf("no %s in the history:\n%s", want, history)
		}
	}
	t.Log(history)
	// Where somebody was is asked within the case alone, and a token made after a request does not approve it.
	for _, args := range [][]string{{"--person", person}, {"--person", person, "--case", "no-such"}} {
		if r := c.as(zhang, append([]string{"trace", "movements"}, args...)...); r.code == 0 {
			t.Errorf("movements with %v: %s", args, r.out)
		}
	}
	for _, who := range []string{person, contact.GetPerson().GetId()} {
		c.mustAs(zhang, "trace", "movements", "--person", who, "--case", number)
		c.mustAs(zhang, "trace", "contacts", "--person", who, "--case", number)
	}
	c.must("trace", "movements", "--person", person, "--purpose", "test")
	another := ""
	for id := range often {
		if id != person && id != contact.GetPerson().GetId() {
			another = id
		}
	}
	c.mustAs(zhang, "case", "request", "another", "--person", another, "--purpose", "密接转阳", "--onset", onset)
	late := c.token("late", "investigator")
	if r := c.as(late, "case", "approve", "another", "--why", "x"); r.code == 0 || !strings.Contains(r.err, "after case") {
		t.Errorf("a token of after the request: %s%s", r.out, r.err)
	}
	// Guards hear nothing of cases.
	if out := c.mustAs(guard, "status"); strings.Contains(out, "38.2") || strings.Contains(out, number) || strings.Contains(out, "集中隔离") {
		t.Errorf("the status of a guard: %s", out)
	}
	// What was written of the case can be read nowhere in the database, the audit log included.
	for _, file := range []string{"site.db", "site.db-wal"} {
		data, err := os.ReadFile(filepath.Join(c.dir, "data/simulated", file))
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{"孙莉", "13700003333", "同桌用餐", "本人陈述", "确诊病例流调", "已核实编号", "首次判定", "已电话通知", "上报区疾控", "密接转阳", "咳嗽", "发热"} {
			if bytes.Contains(data, []byte(text)) {
				t.Errorf("%s: %q can be read", file, text)
			}
		}
	}

	if !strings.Contains(history, contact.GetPerson().GetName()) {
		t.Errorf("the history does not name %s", contact.GetPerson().GetName())
	}

	// A contact who falls ill is a case by the policy of the first one, and isolated as before.
	c.mustAs(zhang, "case", "policy", number, "gates-and-lifts", "--why", "新通知")
	c.mustAs(zhang, "case", "promote", number, contact.GetId(), "--number", "朝疾控2020-119", "--onset", now.Add(-2*time.Hour).Format("2006-01-02T15:04"), "--why", "核酸阳性")
	c.mustAs(wang, "case", "approve", "朝疾控2020-119", "--why", "已核实")
	if child := call(t, api.Cases.GetCase, &menshenv1.GetCaseRequest{Case: "朝疾控2020-119"}).GetCase(); child.GetPolicy().GetId() != "gates-and-lifts" || child.GetClinical().GetIsolated() == nil {
		t.Errorf("the new case: %v", child)
	}

	// The index person is isolated at the gates until the case is closed.
	isolated = c.must("health", "list")
	if !strings.Contains(isolated, person) || !strings.Contains(isolated, number) {
		t.Errorf("isolated are:\n%s", isolated)
	}
	c.mustAs(zhang, "case", "close", number, "--why", "结案")
	if left := c.must("health", "list"); strings.Contains(left, person) || !strings.Contains(left, contact.GetPerson().GetId()) {
		t.Errorf("isolated after the end of the first case are:\n%s", left)
	}
	if r := c.as(zhang, "case", "judge", number, "--why", "再判定"); r.code == 0 {
		t.Error("a closed case was judged")
	}
}
