package form_test

import (
	"strings"
	"testing"
	"time"

	"menshen"
	"menshen/office/form"
)

func MustDefault(tb testing.TB, id string) menshen.Form {
	tb.Helper()
	forms, err := form.Defaults()
	if err != nil {
		tb.Fatal(err)
	}
	for _, f := range forms {
		if f.ID == id {
			return f
		}
	}
	tb.Fatalf("no form %s", id)
	return menshen.Form{}
}

func now(tb testing.TB, text string) time.Time {
	tb.Helper()
	zone := time.FixedZone("CST", 8*3600)
	t, err := time.ParseInLocation("2006-01-02 15:04", text, zone)
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

func TestDefaultsAreWholeAndComeBack(t *testing.T) {
	forms, err := form.Defaults()
	if err != nil || len(forms) != 2 {
		t.Fatalf("%d forms, %v", len(forms), err)
	}
	for _, f := range forms {
		text, err := form.Write(f)
		if err != nil {
			t.Fatal(err)
		}
		back, err := form.Parse(text)
		if err != nil || !form.Same(f, back) || f.Version != 1 {
			t.Errorf("%s: %v\n%s", f.ID, err, text)
		}
	}
}

const small = `
id: small
title: {zh: 小, en: small}
questions:
  - {id: day, ask: {zh: 日, en: day}, kind: date}
  - {id: ill, ask: {zh: 病, en: ill}, kind: yes_no, required: true}
  - {id: heat, ask: {zh: 温, en: heat}, kind: number}
rules:
  - when: [{question: ill, is: "yes"}]
    then: observation
    days: 7
    because: {zh: 病, en: ill}
`

func TestParseRefuses(t *testing.T) {
	if _, err := form.Parse(small); err != nil {
		t.Fatal(err)
	}
	change := func(old, text string) string {
		if !strings.Contains(small, old) {
			t.Fatalf("%q is not in the form", old)
		}
		return strings.Replace(small, old, text, 1)
	}
	for name, c := range map[string]struct{ text, says string }{
		"empty":               {"", "empty"},
		"no YAML":             {"id: [", "not written right"},
		"unknown key":         {change("kind: date", "kind: date, colour: red"), "not written right"},
		"bad id":              {change("id: small", "id: Small Form"), "not usable"},
		"one language":        {change("title: {zh: 小, en: small}", "title: {zh: 小}"), "title"},
		"question twice":      {change("id: heat", "id: day"), "twice"},
		"unknown kind":        {change("kind: number", "kind: colour"), "unknown kind"},
		"no choices":          {change("kind: number", "kind: choice"), "choices"},
		"choices of a date":   {change("kind: date", "kind: date, choices: [{value: a, label: {zh: a, en: a}}]"), "choices"},
		"unknown question":    {change("question: ill", "question: well"), "not there"},
		"a milder state":      {change("then: observation", "then: normal"), "stricter"},
		"days of isolation":   {change("then: observation", "then: isolated"), "only observation"},
		"an answer nobody":    {change(`is: "yes"`, `is: "maybe"`), "nobody can answer"},
		"two things":          {change(`is: "yes"`, `is: "yes", at_least: 3`), "2 things"},
		"a number of a yes":   {change(`is: "yes"`, `at_least: 3`), "wants a number"},
		"a date of a yes":     {change(`is: "yes"`, `within_days: 3`), "wants a date"},
		"from no date":        {change("days: 7", "days: 7\n    from: heat"), "no question for a date"},
		"too many days":       {change("days: 7", "days: 700"), "lasts 700 days"},
		"no reason":           {change("    because: {zh: 病, en: ill}\n", ""), "reason"},
		"no condition":        {change(`[{question: ill, is: "yes"}]`, "[]"), "no condition"},
		"longer than allowed": {small + "#" + strings.Repeat("x", 300<<10), "kB"},
	} {
		_, err := form.Parse(c.text)
		message, hint := menshen.ErrorMessage(err)
		if menshen.ErrorCode(err) != menshen.CodeInvalid || !strings.Contains(message+hint, c.says) || hint == "" {
			t.Errorf("%s: %q (%q), want %q", name, message, hint, c.says)
		}
	}
}

func TestCheckNamesTheQuestion(t *testing.T) {
	f := MustDefault(t, "returnee")
	today := time.Date(2020, 2, 20, 0, 0, 0, 0, time.UTC)
	good := func() map[string]string {
		return map[string]string{"return-date": "2020/2/14", "came-from": " 湖北 ", "abroad": "否", "contact": "no", "symptoms": "无", "celsius": "３６．５"}
	}
	got, err := form.Check(f, good(), today)
	if err != nil || got["return-date"] != "2020-02-14" || got["came-from"] != "湖北" || got["abroad"] != "no" || got["symptoms"] != "none" || got["celsius"] != "36.5" || len(got) != 6 {
		t.Errorf("%v %v", got, err)
	}
	for id, bad := range map[string]string{
		"return-date": "2020-02-21", "came-from": "", "abroad": "perhaps", "symptoms": "tired", "celsius": "warm", "colour": "red", "travel": strings.Repeat("x", 1001),
	} {
		a := good()
		a[id] = bad
		_, err := form.Check(f, a, today)
		if menshen.ErrorCode(err) != menshen.CodeInvalid || !strings.Contains(err.Error(), id) {
			t.Errorf("%s: %v", id, err)
		}
	}
}

func TestDecide(t *testing.T) {
	f := MustDefault(t, "returnee")
	at := now(t, "2020-02-20 10:00")
	fine := map[string]string{"return-date": "2020-02-14", "abroad": "no", "contact": "no", "symptoms": "none"}
	for name, c := range map[string]struct {
		change       map[string]string
		state        menshen.HealthState
		since, until string
		says         string
	}{
		"came back":              {nil, menshen.HealthObservation, "2020-02-14 00:00", "2020-02-28 00:00", "came back within"},
		"today":                  {map[string]string{"return-date": "2020-02-20"}, menshen.HealthObservation, "2020-02-20 00:00", "2020-03-05 00:00", "came back within"},
		"from abroad":            {map[string]string{"abroad": "yes"}, menshen.HealthObservation, "2020-02-14 00:00", "2020-02-28 00:00", "abroad"},
		"13 days ago":            {map[string]string{"return-date": "2020-02-07"}, menshen.HealthObservation, "2020-02-07 00:00", "2020-02-21 00:00", "came back"},
		"just over":              {map[string]string{"return-date": "2020-02-06"}, "", "", "", ""},
		"long ago":               {map[string]string{"return-date": "2020-01-01"}, "", "", "", ""},
		"long ago, with a cough": {map[string]string{"return-date": "2020-01-01", "symptoms": "cough"}, menshen.HealthObservation, "2020-02-20 10:00", "2020-03-05 10:00", "symptoms"},
		"fever measured":         {map[string]string{"celsius": "37.3"}, menshen.HealthObservation, "2020-02-20 10:00", "2020-03-05 10:00", "37.3"},
		"no fever":               {map[string]string{"celsius": "37.2", "return-date": "2020-01-01"}, "", "", "", ""},
		"contact":                {map[string]string{"contact": "yes", "symptoms": "fever"}, menshen.HealthIsolated, "2020-02-20 10:00", "", "contact"},
	} {
		answers := map[string]string{}
		for k, v := range fine {
			answers[k] = v
		}
		for k, v := range c.change {
			answers[k] = v
		}
		got := form.Decide(f, answers, at, 14)
		var since, until time.Time
		if c.since != "" {
			since = now(t, c.since)
		}
		if c.until != "" {
			until = now(t, c.until)
		}
		if got.State != c.state || !got.Since.Equal(since) || !got.Until.Equal(until) || !strings.Contains(got.Reason.EN, c.says) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// A date of so many days ago is counted by the calendar, at midnight as at noon.
func TestWithinCountsDays(t *testing.T) {
	f := MustDefault(t, "tenant")
	for _, hour := range []string{"00:00", "12:00", "23:59"} {
		for day, want := range map[string]menshen.HealthState{"2020-02-07": menshen.HealthObservation, "2020-02-06": ""} {
			answers := map[string]string{"left-town": "no", "return-date": day, "contact": "no", "symptoms": "none"}
			f.Rules = []menshen.FormRule{{When: []menshen.FormCondition{{Field: "return-date", Within: 13}}, State: menshen.HealthObservation}}
			if got := form.Decide(f, answers, now(t, "2020-02-20 "+hour), 14); got.State != want {
				t.Errorf("%s at %s: %q", day, hour, got.State)
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(small)
	f.Add("id: a\nquestions: [{}]")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := form.Parse(text)
		if err != nil {
			if menshen.ErrorCode(err) != menshen.CodeInvalid {
				t.Fatal(err)
			}
			return
		}
		written, err := form.Write(got)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := form.Parse(written); err != nil || !form.Same(got, back) {
			t.Fatalf("%v\n%s", err, written)
		}
	})
}
