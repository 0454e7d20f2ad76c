package main_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"menshen"
	"menshen/access/credential"
	menshenv1 "menshen/proto/menshen/v1"
	"menshen/web"
	"menshen/web/client"
)

// api connects to the running service of the community as an office's program would.
func (c *community) api(folder string) *client.Client {
	c.tb.Helper()
	token, err := web.ReadToken(filepath.Join(folder, "operator.token"))
	if err != nil {
		c.tb.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(folder, "running.json"))
	if err != nil {
		c.tb.Fatal(err)
	}
	var at struct{ URL, Key string }
	if err := json.Unmarshal(b, &at); err != nil {
		c.tb.Fatal(err)
	}
	api, err := client.New(at.URL, token, at.Key)
	if err != nil {
		c.tb.Fatal(err)
	}
	return api
}

// call makes a call that is to succeed.
func call[Q, A any](tb testing.TB, f func(context.Context, *connect.Request[Q]) (*connect.Response[A], error), q *Q) *A {
	tb.Helper()
	res, err := f(tb.Context(), connect.NewRequest(q))
	if err != nil {
		message, hint := menshen.ErrorMessage(err)
		tb.Fatalf("%T: %s (%s)", q, message, hint)
	}
	return res.Msg
}

// refuse makes a call that is to fail with a code.
func refuse[Q, A any](tb testing.TB, code menshen.Code, f func(context.Context, *connect.Request[Q]) (*connect.Response[A], error), q *Q) string {
	tb.Helper()
	_, err := f(tb.Context(), connect.NewRequest(q))
	if menshen.ErrorCode(err) != code {
		tb.Fatalf("%T: got %v, want an error of code %q", q, err, code)
	}
	message, hint := menshen.ErrorMessage(err)
	return message + " → " + hint
}

// TestReturnee is the story of somebody who comes back in an epidemic, told through the API and one camera alone. What takes
// days is told by moving the beginning of the observation back.
func TestReturnee(t *testing.T) {
	c := newCommunity(t, `site:
  id: story
  zones: [{id: compound, kind: compound}]
  gates: [{id: east, from: outside, to: compound}]
cameras: [{id: east-1, gate: east, source: walk.mp4, loop: true}]
access: {cooldown: 1s}
engine: {name: opencv, models: models, evaluation: true}`)
	c.try("models", "fetch", "--offline", "--from", mustShared(t, "models")) // not all are to be had
	faces := mustShared(t, "testdata/faces")
	mustFilm(t, filepath.Join(faces, "Gerry_Adams", "Gerry_Adams_0001.jpg"), filepath.Join(c.dir, "walk.mp4"))
	c.serve()
	api := c.api(filepath.Join(c.dir, "data"))

	// She is a resident: her face is enrolled, and in normal times that is enough.
	var photos []*menshenv1.Photo
	for _, n := range []string{"0002", "0003", "0004"} {
		data, err := os.ReadFile(filepath.Join(faces, "Gerry_Adams", "Gerry_Adams_"+n+".jpg"))
		if err != nil {
			t.Fatal(err)
		}
		photos = append(photos, &menshenv1.Photo{Name: n, Data: data})
	}
	person := call(t, api.People.Enroll, &menshenv1.EnrollRequest{Name: "张三", Dwelling: "3-2-14-1402", Photos: photos, Consent: &menshenv1.EnrolmentConsent{Signer: "张三"}}).GetPerson()
	if person == "" {
		t.Fatal("nobody was enrolled")
	}
	mustPass(t, api, time.Now(), menshenv1.Outcome_OUTCOME_ALLOW, menshen.ReasonActiveResident)

	// She went away and comes back: a link to the questionnaire, without an account, puts her under observation.
	link := call(t, api.Forms.CreateLink, &menshenv1.CreateLinkRequest{Purpose: "form", Subject: "returnee", Person: person}).GetUrl()
	mustFill(t, link, url.Values{
		"return-date": {time.Now().Format(time.DateOnly)}, "came-from": {"武汉"}, "abroad": {"no"}, "contact": {"no"}, "symptoms": {"none"},
	})
	health := call(t, api.Registry.GetPerson, &menshenv1.GetPersonRequest{Person: person}).GetRecord().GetHealth()
	if health.GetState() != string(menshen.HealthObservation) || health.GetUntil().AsTime().Before(time.Now().AddDate(0, 0, 12)) {
		t.Fatalf("after the questionnaire: %v", health)
	}
	mustPass(t, api, time.Now(), menshenv1.Outcome_OUTCOME_DENY, menshen.ReasonHomeObservation)
	t.Log(refuse(t, menshen.CodeConflict, api.Permits.IssuePermit, &menshenv1.IssuePermitRequest{Permit: &menshenv1.Permit{Kind: "returnee", Person: person}}))

	// Day 3: a fever.
	days := func(n int) *timestamppb.Timestamp { return timestamppb.New(time.Now().AddDate(0, 0, n)) }
	call(t, api.Health.SetHealth, &menshenv1.SetHealthRequest{Person: person, State: "observation", Since: days(-3), Until: days(11), Reason: "returned"})
	if r := call(t, api.Health.RecordTemperature, &menshenv1.RecordTemperatureRequest{Person: person, Celsius: 37.8, Source: "self"}); !r.GetFever() {
		t.Error("37.8 °C is no fever")
	}
	if list := call(t, api.Health.ListTemperatures, &menshenv1.ListTemperaturesRequest{Fever: true}).GetTemperatures(); len(list) != 1 || list[0].GetPerson() != person {
		t.Errorf("fevers: %v", list)
	}
	eventually(t, "the fever is an alert", func() bool {
		return slices.ContainsFunc(call(t, api.Site.GetStatus, &menshenv1.GetStatusRequest{}).GetConditions(), func(c *menshenv1.Condition) bool {
			return strings.HasPrefix(c.GetId(), "fever:")
		})
	})
	if r := call(t, api.Health.RecordTemperature, &menshenv1.RecordTemperatureRequest{Person: person, Celsius: 36.5, Source: "self"}); r.GetFever() {
		t.Error("36.5 °C is a fever")
	}

	// Day 14: she is cleared, and gets a green permit; now the site is under closed management.
	call(t, api.Health.SetHealth, &menshenv1.SetHealthRequest{Person: person, State: "observation", Since: days(-14), Until: timestamppb.New(time.Now().Add(-time.Minute)), Reason: "returned"})
	call(t, api.Health.SetHealth, &menshenv1.SetHealthRequest{Person: person, State: "normal", Reason: "14 days over"})
	call(t, api.Gates.SetMode, &menshenv1.SetModeRequest{Mode: "closed", Reason: "epidemic"})
	mustPass(t, api, time.Now(), menshenv1.Outcome_OUTCOME_DENY, menshen.ReasonNoPermit)
	permit := call(t, api.Permits.IssuePermit, &menshenv1.IssuePermitRequest{Permit: &menshenv1.Permit{Kind: "returnee", Person: person}}).GetPermit()
	p := mustPass(t, api, time.Now(), menshenv1.Outcome_OUTCOME_ALLOW, menshen.ReasonPermitValid)
	if p.GetPermit() != permit.GetId() {
		t.Errorf("she passed by permit %q, not %q", p.GetPermit(), permit.GetId())
	}
	if p.GetMeans() != menshenv1.Means_MEANS_FACE {
		t.Errorf("she passed by %v", p.GetMeans())
	}

	// A card opens the door as her face does.
	call(t, api.Credentials.IssueCredential, &menshenv1.IssueCredentialRequest{Person: person, Kind: "card", Card: "04:A2:B3:C4"})
	if r := call(t, api.Guard.Present, &menshenv1.PresentRequest{Gate: "east", Direction: menshenv1.Direction_DIRECTION_IN, Kind: "card", Value: "04a2b3c4"}); r.GetOutcome() != menshenv1.Outcome_OUTCOME_ALLOW {
		t.Errorf("by card: %v", r)
	}

	// The QR on her telephone does too, and a photograph of it does not.
	issued := call(t, api.Credentials.IssueCredential, &menshenv1.IssueCredentialRequest{Person: person, Kind: "qr", Label: "phone"})
	key, err := credential.ParseKey(menshen.Secret(issued.GetSecret()))
	if err != nil {
		t.Fatal(err)
	}
	code, err := key.Code(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"OUTCOME_ALLOW []", "OUTCOME_DENY [credential_replayed]"} {
		r := call(t, api.Guard.Present, &menshenv1.PresentRequest{Gate: "east", Direction: menshenv1.Direction_DIRECTION_OUT, Kind: "qr", Value: code})
		if r.GetOutcome() == menshenv1.Outcome_OUTCOME_ALLOW {
			r.ReasonWords = nil
		}
		if got := fmt.Sprint(r.GetOutcome(), " ", r.GetReasonWords()); got != want {
			t.Errorf("by QR: %s, want %s", got, want)
		}
	}

	// She loses the permit, and is refused within seconds.
	revoked := time.Now()
	call(t, api.Permits.RevokePermit, &menshenv1.RevokePermitRequest{Permit: permit.GetId(), Reason: "moved in with a case"})
	p = mustPass(t, api, revoked, menshenv1.Outcome_OUTCOME_DENY, menshen.ReasonPermitRevoked)
	if late := allowedAfter(t, api, revoked.Add(5*time.Second)); late != nil {
		t.Errorf("5 s after the permit was revoked she still passed: %v", late)
	}
	t.Logf("refused %v after the permit was revoked", p.GetDecided().AsTime().Sub(revoked).Round(time.Millisecond))
	why := call(t, api.Policy.CheckPolicy, &menshenv1.CheckPolicyRequest{Pass: p.GetGate() + ":" + strconv.FormatUint(p.GetSequence(), 10)})
	if why.GetOutcome() != "deny" || len(why.GetRules()) == 0 || why.GetRules()[0].GetReason() != string(menshen.ReasonPermitRevoked) {
		t.Errorf("why was she stopped? %v", why)
	}
}

// mustPass waits for a pass at the camera, captured after a time, with an outcome for a reason.
func mustPass(t *testing.T, api *client.Client, after time.Time, outcome menshenv1.Outcome, reason menshen.Reason) *menshenv1.Pass {
	t.Helper()
	var found *menshenv1.Pass
	var seen []string
	for end := time.Now().Add(patience); time.Now().Before(end) && found == nil; time.Sleep(200 * time.Millisecond) {
		seen = nil
		for _, v := range call(t, api.Passes.ListPasses, &menshenv1.ListPassesRequest{Limit: 20}).GetPasses() {
			p := v.GetPass()
			seen = append(seen, p.GetOutcome().String()+" "+strings.Join(p.GetReasons(), ","))
			if p.GetCaptured().AsTime().After(after) && p.GetOutcome() == outcome && slices.Contains(p.GetReasons(), string(reason)) {
				found = p
			}
		}
	}
	if found == nil {
		t.Fatalf("never came: %v because of %s; latest %q", outcome, reason, seen)
	}
	return found
}

// allowedAfter gives a pass that was allowed after a time, nil for none.
func allowedAfter(t *testing.T, api *client.Client, after time.Time) *menshenv1.Pass {
	t.Helper()
	for _, v := range call(t, api.Passes.ListPasses, &menshenv1.ListPassesRequest{Limit: 100}).GetPasses() {
		if p := v.GetPass(); p.GetOutcome() == menshenv1.Outcome_OUTCOME_ALLOW && p.GetDecided().AsTime().After(after) {
			return p
		}
	}
	return nil
}

// mustFill opens a link as a telephone would, and sends the form.
func mustFill(t *testing.T, link string, answers url.Values) {
	t.Helper()
	page, err := http.Get(link)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(page.Body)
	page.Body.Close()
	if err != nil || page.StatusCode != http.StatusOK {
		t.Fatalf("%d %v %s", page.StatusCode, err, body)
	}
	for field := range answers {
		if !strings.Contains(string(body), `name="`+field+`"`) {
			t.Errorf("the form has no field %q:\n%s", field, body)
		}
	}
	sent, err := http.PostForm(link, answers)
	if err != nil {
		t.Fatal(err)
	}
	body, err = io.ReadAll(sent.Body)
	sent.Body.Close()
	if err != nil || sent.StatusCode != http.StatusOK {
		t.Fatalf("%d %v %s", sent.StatusCode, err, body)
	}
}
