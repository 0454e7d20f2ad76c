package web

import (
	"net/http"
	"strconv"
	"time"

	"menshen"
)

// dailyView is the day of a contact's follow-up as their page shows it.
type dailyView struct {
	Day, Last    string
	Number, Days int
}

// The questions of a daily report. Symptoms are kept by the words that their choice has in Chinese, as staff write them.
const (
	dailyCelsius = "celsius"
	dailyNote    = "note"
)

var dailySymptoms = []menshen.FormChoice{
	{Value: "cough", Label: menshen.Text{ZH: "咳嗽", EN: "cough"}},
	{Value: "throat", Label: menshen.Text{ZH: "咽痛", EN: "sore throat"}},
	{Value: "fatigue", Label: menshen.Text{ZH: "乏力", EN: "fatigue"}},
	{Value: "breath", Label: menshen.Text{ZH: "气促", EN: "short of breath"}},
	{Value: "diarrhoea", Label: menshen.Text{ZH: "腹泻", EN: "diarrhoea"}},
	{Value: "smell", Label: menshen.Text{ZH: "嗅觉或味觉减退", EN: "loss of smell or taste"}},
}

// dailyForm asks for the temperature and each symptom.
func dailyForm() menshen.Form {
	form := menshen.Form{ID: "follow-up", Fields: []menshen.Field{
		{ID: dailyCelsius, Kind: menshen.FieldNumber, Label: menshen.Text{ZH: "今天的体温（°C）", EN: "temperature today (°C)"}, Required: true},
	}}
	for _, s := range dailySymptoms {
		form.Fields = append(form.Fields, menshen.Field{ID: s.Value, Kind: menshen.FieldYesNo, Label: s.Label, Required: true})
	}
	return menshen.Form{ID: form.ID, Fields: append(form.Fields, menshen.Field{ID: dailyNote, Kind: menshen.FieldText, Label: menshen.Text{ZH: "其他不适或需要帮助", EN: "anything else, or help you need"}})}
}

// serveFollowUp takes a contact's report of today. Unlike other links this one is good each day until the plan ends.
func (p *linkPage) serveFollowUp(w http.ResponseWriter, r *http.Request, v linkView, token string, page FollowUpPage) {
	v.Daily = newDailyView(page)
	if page.Done {
		v.Notice = []menshen.Text{linkTexts["done"]}
		p.show(w, r, v, http.StatusOK)
		return
	}
	if page.Day < page.First {
		v.Notice = []menshen.Text{{ZH: "从" + page.First + "起填报，请在那一天再次打开此链接。", EN: "The first day to report is " + page.First + ": open this link again on that day."}}
		v.Daily = nil
		p.show(w, r, v, http.StatusOK)
		return
	}
	form := dailyForm()
	if r.Method != http.MethodPost {
		v.Fields, _ = readFields(form, nil)
		p.show(w, r, v, http.StatusOK)
		return
	}
	if err := r.ParseForm(); err != nil {
		p.fail(w, r, v, menshen.CodeInvalid, err)
		return
	}
	var answers map[string]string
	v.Fields, answers = readFields(form, r.PostForm)
	entry := FollowUpEntry{Day: page.Day, Reached: true}
	if answers != nil {
		entry.Celsius, _ = strconv.ParseFloat(answers[dailyCelsius], 64) // readFields has checked that it is a number
		if !(entry.Celsius >= 34 && entry.Celsius <= 43) {
			v.Fields[0].Error = &menshen.Text{ZH: "请重新测量，填写 34 至 43 °C", EN: "measure again, and write 34 to 43 °C"}
			answers = nil
		}
	}
	if answers == nil {
		v.Notice, v.Failed = []menshen.Text{linkTexts["mend"]}, true
		p.show(w, r, v, http.StatusUnprocessableEntity)
		return
	}
	for _, s := range dailySymptoms {
		if answers[s.Value] == "yes" {
			entry.Symptoms = append(entry.Symptoms, s.Label.ZH)
		}
	}
	entry.Note = answers[dailyNote]
	if err := p.recorder.record(r.Context(), "link.follow_up", "", dailyVisit, map[string]any{"link": linkName(token), "day": page.Day}); err != nil {
		p.fail(w, r, v, menshen.ErrorCode(err), err)
		return
	}
	done, err := p.follow.FollowUpByLink(r.Context(), token, entry)
	if err != nil {
		p.fail(w, r, v, menshen.ErrorCode(err), err)
		return
	}
	v.Fields, v.Notice = nil, []menshen.Text{linkTexts["reported"]}
	if page.Day >= page.Last {
		v.Notice = []menshen.Text{linkTexts["last"]}
	}
	if done.Fever {
		v.Notice, v.Failed = append(v.Notice, linkTexts["fever"]), true
	}
	p.show(w, r, v, http.StatusOK)
}

func newDailyView(page FollowUpPage) *dailyView {
	v := &dailyView{Day: page.Day, Last: page.Last}
	first, err1 := time.Parse(time.DateOnly, page.First)
	last, err2 := time.Parse(time.DateOnly, page.Last)
	day, err3 := time.Parse(time.DateOnly, page.Day)
	if err1 == nil && err2 == nil && err3 == nil {
		v.Number, v.Days = int(day.Sub(first).Hours()/24)+1, int(last.Sub(first).Hours()/24)+1
	}
	return v
}
