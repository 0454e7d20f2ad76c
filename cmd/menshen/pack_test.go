package main_test

import (
	"archive/zip"
	"bytes"
	"crypto/tls"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// account signs the holder of a new account in, with a second factor.
func (c *community) account(t *testing.T, hc *http.Client, base, name string, roles ...string) *caller {
	t.Helper()
	args := []string{"account", "invite", name}
	for _, r := range roles {
		args = append(args, "--role", r)
	}
	_, code, _ := strings.Cut(strings.TrimSpace(c.must(args...)), "code=")
	a := &caller{t: t, base: base, hc: hc}
	a.must("SignInService/AcceptInvitation", map[string]any{"code": code, "password": "a long enough password of " + name})
	seed := a.must("AccountService/BeginCodeFactor", nil)["secret"].(string)
	now, err := totp.GenerateCode(seed, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	a.must("AccountService/AddCodeFactor", map[string]any{"secret": seed, "code": now})
	return a
}

// fetch gives the file for programs of a pack, "" where there is none.
func (c *caller) fetch(ask map[string]any) (facts string) {
	c.t.Helper()
	status, answer := c.ask("RegistryService/PackPerson", ask)
	if status != http.StatusOK {
		return ""
	}
	b, err := base64.StdEncoding.DecodeString(answer["zip"].(string))
	if err != nil {
		c.t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		c.t.Fatal(err)
	}
	f, err := z.Open("data.json")
	if err != nil {
		c.t.Fatal(err)
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	if err != nil {
		c.t.Fatal(err)
	}
	return string(text)
}

// TestNoPassesInAPackWithoutASecondPerson asks a real hub for everybody's packs as every role, in every state of a request: there are
// passes in none but that of the person whose request somebody else approved, for its time, as often as it says.
func TestNoPassesInAPackWithoutASecondPerson(t *testing.T) {
	c := newCommunity(t, `site:
  id: packs
  zones: [{id: compound, kind: compound}]
  gates: [{id: east-gate-1, from: outside, to: compound}]
access: {cooldown: 1s}`)
	c.serve()
	data := filepath.Join(c.dir, "data")
	api := c.api(data)
	person := func(name, dwelling, card string) string {
		id := call(t, api.Registry.PutPerson, &menshenv1.PutPersonRequest{Name: name, Dwelling: dwelling}).GetPerson()
		call(t, api.Credentials.IssueCredential, &menshenv1.IssueCredentialRequest{Person: id, Kind: "card", Card: card})
		call(t, api.Guard.Present, &menshenv1.PresentRequest{Gate: "east-gate-1", Direction: menshenv1.Direction_DIRECTION_IN, Kind: "card", Value: card})
		call(t, api.Health.RecordTemperature, &menshenv1.RecordTemperatureRequest{Person: id, Celsius: 36.4, Source: "gate", Gate: "east-gate-1"}) // as good as a pass
		return id
	}
	li, wang := person("李雷", "1-1-3-301", "C0001"), person("王芳", "1-1-3-302", "C0002")
	eventually(t, "both passes are in the log", func() bool { return len(mustJSON[[]passJSON](c, "passes", "list")) == 2 })

	hc := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}} //nolint:gosec // the hub is this test's
	defer hc.CloseIdleConnections()
	note, err := os.ReadFile(filepath.Join(data, "running.json"))
	if err != nil {
		t.Fatal(err)
	}
	var at struct{ URL string }
	if err := json.Unmarshal(note, &at); err != nil {
		t.Fatal(err)
	}
	base := at.URL
	callers := map[string]*caller{}
	for _, role := range []string{"office", "investigator", "approver", "operator", "guard", "auditor"} {
		callers[role] = c.account(t, hc, base, role+"-1", role)
	}
	callers["both"] = c.account(t, hc, base, "both", "office", "approver")
	callers["all"] = c.account(t, hc, base, "all", "office", "approver", "investigator", "operator", "guard", "auditor")
	for _, role := range []string{"office", "investigator", "guard"} {
		text, err := os.ReadFile(c.token(role, role))
		if err != nil {
			t.Fatal(err)
		}
		callers[role+"'s token"] = &caller{t: t, base: base, hc: hc, token: strings.TrimSpace(string(text))}
	}
	text, err := os.ReadFile(filepath.Join(data, "operator.token"))
	if err != nil {
		t.Fatal(err)
	}
	callers["operator's token"] = &caller{t: t, base: base, hc: hc, token: strings.TrimSpace(string(text))}
	ofOffice := []string{"all", "both", "office", "office's token", "operator's token"}

	// nobody finds that whoever asks for a person's pack, by this request or without one, gets no passes.
	nobody := func(when, id, request string) {
		t.Helper()
		for _, who := range slices.Sorted(maps.Keys(callers)) {
			facts := callers[who].fetch(map[string]any{"person": id, "request": request, "askedBy": "本人"})
			if strings.Contains(facts, "east-gate-1") || (facts != "") != (request == "" && slices.Contains(ofOffice, who)) {
				t.Errorf("%s: %s gets %q", when, who, facts)
			}
		}
	}
	ask := func(who, id string) string {
		t.Helper()
		return callers[who].must("RegistryService/RequestPack", map[string]any{"person": id, "askedBy": "本人，已核对身份证"})["request"].(map[string]any)["id"].(string)
	}
	decide := func(who, request string, approve bool) int {
		status, _ := callers[who].ask("RegistryService/DecidePack", map[string]any{"request": request, "approve": approve, "why": "已核实"})
		return status
	}
	nobody("before anybody asked", li, "")
	nobody("by no request", li, menshen.NewID())

	r := ask("office", li)
	for _, who := range slices.Sorted(maps.Keys(callers)) {
		if who == "approver" || who == "both" || who == "all" || who == "operator's token" {
			continue
		}
		if status := decide(who, r, true); status != http.StatusForbidden {
			t.Errorf("%s decides: %d", who, status)
		}
	}
	nobody("before the decision", li, r)
	if status := decide("approver", r, false); status != http.StatusOK {
		t.Fatalf("refused: %d", status)
	}
	nobody("after the refusal", li, r)
	if status := decide("approver", r, true); status != http.StatusConflict {
		t.Errorf("decided twice: %d", status)
	}

	for _, who := range []string{"both", "all"} { // with all the roles there are
		r = ask(who, wang)
		if status := decide(who, r, true); status != http.StatusForbidden {
			t.Errorf("%s approves their own: %d", who, status)
		}
		nobody("after self-approval", wang, r)
		if status := decide("approver", r, false); status != http.StatusOK {
			t.Fatalf("refused: %d", status)
		}
	}

	// The operator is one person, whichever way they come.
	if out := c.must("pack", "request", wang, "--asked-by", "本人"); !strings.Contains(out, "Somebody else must approve it") {
		t.Errorf("%s", out)
	}
	r = mustJSON[struct{ Requests []struct{ ID string } }](c, "pack", "list", "--state", "requested").Requests[0].ID
	if res := c.try("pack", "approve", r, "--why", "x"); res.code == 0 || !strings.Contains(res.err, "an operator cannot approve it") {
		t.Errorf("the operator approves their own: %s%s", res.out, res.err)
	}
	nobody("after the operator's own approval", wang, r)
	if res := c.try("person", "pack", wang, "--request", r, "--out", "no.zip"); res.code == 0 || !strings.Contains(res.err, "waits for the approval") {
		t.Errorf("%s%s", res.out, res.err)
	}
	late := c.account(t, hc, base, "late", "approver") // somebody the operator makes for it
	if status, answer := late.ask("RegistryService/DecidePack", map[string]any{"request": r, "approve": true, "why": "x"}); status != http.StatusForbidden {
		t.Errorf("an account that was made for it: %d %v", status, answer)
	}
	if status := decide("approver", r, true); status != http.StatusOK {
		t.Fatalf("approved: %d", status)
	}
	c.must("person", "pack", wang, "--request", r, "--out", "wang.zip")
	page, facts := unpack(t, filepath.Join(c.dir, "wang.zip"))
	for _, word := range []string{"east-gate-1", "王芳", "operator@terminal", "account@approver-1", "Your passes are in here", "本人"} {
		if !strings.Contains(page, word) || word != "Your passes are in here" && !strings.Contains(facts, word) {
			t.Errorf("the pack does not say %q", word)
		}
	}
	if facts := callers["office"].fetch(map[string]any{"person": li, "request": r}); facts != "" {
		t.Errorf("by somebody else's request: %s", facts)
	}
	for _, who := range []string{"investigator", "approver", "operator", "guard", "auditor", "guard's token", "investigator's token"} {
		if facts := callers[who].fetch(map[string]any{"person": wang, "request": r}); facts != "" {
			t.Errorf("%s fetches: %s", who, facts)
		}
	}
	for range menshen.PackFetches - 1 {
		if facts := callers["office"].fetch(map[string]any{"person": wang, "request": r}); !strings.Contains(facts, "east-gate-1") {
			t.Errorf("the office gets %q", facts)
		}
	}
	nobody("once it was fetched as often as it may be", wang, r)

	// After its time nothing is given any more. What takes a week is told by moving the end back.
	r = ask("office", li)
	if status := decide("operator's token", r, true); status != http.StatusOK {
		t.Fatalf("approved: %d", status)
	}
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(data, "site.db")+"?_busy_timeout=60000")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("UPDATE pack_requests SET expires = ? WHERE id = ?", time.Now().UnixNano(), r); err != nil {
		t.Fatal(err)
	}
	nobody("after its time", li, r)
	nobody("without a request, after all that", li, "")

	// Each step is in the audit log, without what people wrote of a request.
	var said int
	if err := db.QueryRow("SELECT count(*) FROM audit WHERE action IN ('pack.request', 'pack.decide') AND subject IN (?, ?) AND purpose = '' AND detail NOT LIKE '%本人%'", li, wang).Scan(&said); err != nil || said < 5+8 {
		t.Errorf("%d records, %v", said, err)
	}
}
