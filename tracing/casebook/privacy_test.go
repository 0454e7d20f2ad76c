package casebook_test

import (
	"strings"
	"testing"
	"time"

	"menshen"
	"menshen/tracing/casebook"
)

// TestAlertsAreOfCases: everything that cases tell is for who works on them, and two strangers are told apart.
func TestAlertsAreOfCases(t *testing.T) {
	w, c, _ := followed(t)
	var ids []string
	for _, name := range []string{"外地人甲", "外地人乙"} {
		x, err := w.AddContact(t.Context(), c.ID, casebook.NewContact{Name: name, Phone: "13800001111"}, by("li"))
		must(t, err)
		ids = append(ids, x.ID)
	}
	w.clock.Set("2020-03-06 10:00") // their first day
	for _, id := range ids {
		_, err := w.RecordFollowUp(t.Context(), id, casebook.FollowUpEntry{Celsius: 38.5, Reached: true}, by("zhao"))
		must(t, err)
		_, err = w.AddTest(t.Context(), c.ID, id, menshen.LabTest{Kind: "pcr", Sampled: w.clock.Now(), Result: menshen.LabTestPositive}, by("zhao"))
		must(t, err)
	}
	subjects := map[string]bool{}
	w.alerts.mu.Lock()
	defer w.alerts.mu.Unlock()
	for _, a := range w.alerts.list {
		if a.Audience != menshen.AudienceCases || a.Subject == "" {
			t.Errorf("%+v", a)
		}
		subjects[string(a.Kind)+a.Subject] = true
	}
	if len(subjects) != 4 || len(w.alerts.list) != 4 {
		t.Errorf("%d subjects of %d alerts", len(subjects), len(w.alerts.list))
	}
}

// TestReasonsStayInTheCase: the registry, which is not sealed, and which gates hear of, is not told what people wrote.
func TestReasonsStayInTheCase(t *testing.T) {
	w := MustWorld(t)
	c := w.MustOpenCase(t)
	_, all := w.MustJudge(t, c)
	for _, status := range []menshen.ContactStatus{menshen.ContactNotified, menshen.ContactCentralIsolation, menshen.ContactReleased} {
		_, err := w.SetStatus(t.Context(), all["李"].ID, casebook.StatusChange{Status: status}, casebook.Act{By: "li", Why: "独居老人"})
		must(t, err)
		if h := w.health(t, "李"); strings.Contains(h.Reason, "独居") || status != menshen.ContactNotified && !strings.HasPrefix(h.Reason, c.Number+" ") {
			t.Errorf("%s: %q", status, h.Reason)
		}
	}
}

// TestIsolatedBeforeTheWindow: a case isolated before its window opens met nobody; a day mistyped like that can be repaired.
func TestIsolatedBeforeTheWindow(t *testing.T) {
	w := MustWorld(t)
	r := w.request()
	r.Isolated = at("2020-02-28 08:00")
	c, err := w.Request(t.Context(), r, by("li"))
	must(t, err)
	c, err = w.Decide(t.Context(), c.Number, true, by("wu"))
	must(t, err)
	_, err = w.Judge(t.Context(), c.ID, by("li"))
	must(t, err)
	report, err := w.Report(t.Context(), c.ID)
	must(t, err)
	if report.Window.From.Before(report.Window.To) {
		t.Errorf("the window %v", report.Window)
	}
	better := r.Clinical
	better.Isolated = time.Time{}
	judged, err := w.SetClinical(t.Context(), c.ID, better, by("li"))
	must(t, err)
	if !judged.Window.From.Before(judged.Window.To) || len(judged.New) == 0 || judged.NotJudged != nil {
		t.Errorf("repaired: %+v", judged)
	}
}
