package web

import (
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"menshen"
)

// fieldView is a question of a form with what was answered and what is wrong with it.
type fieldView struct {
	menshen.Field

	Value string
	Error *menshen.Text
}

// Chosen reports whether an option is the one answered.
func (f fieldView) Chosen(value string) bool { return f.Value == value }

// YesNo gives the options of a question of kind yes_no.
func (f fieldView) YesNo() []menshen.FormChoice {
	return []menshen.FormChoice{{Value: "yes", Label: menshen.Text{ZH: "是", EN: "yes"}}, {Value: "no", Label: menshen.Text{ZH: "否", EN: "no"}}}
}

// readFields shows the questions of a form with the answers of a submission, nil for an empty form. answers is nil where
// one of them cannot be used; what is only blank is left out.
func readFields(form menshen.Form, sent url.Values) (fields []fieldView, answers map[string]string) {
	answers = map[string]string{}
	for _, f := range form.Fields {
		v := fieldView{Field: f, Value: strings.TrimSpace(sent.Get(f.ID))}
		if sent != nil {
			v.Error = fieldFault(f, v.Value)
		}
		fields = append(fields, v)
		switch {
		case v.Error != nil || answers == nil:
			answers = nil
		case v.Value != "":
			answers[f.ID] = v.Value
		}
	}
	if sent == nil {
		return fields, nil
	}
	return fields, answers
}

// fieldFault says what is wrong with an answer, nil for nothing.
func fieldFault(f menshen.Field, answer string) *menshen.Text {
	fault := func(zh, en string) *menshen.Text { return &menshen.Text{ZH: zh, EN: en} }
	if answer == "" {
		if f.Required {
			return fault("请填写", "please answer")
		}
		return nil
	}
	if utf8.RuneCountInString(answer) > maxAnswer || !utf8.ValidString(answer) {
		return fault("内容过长", "this is too long")
	}
	switch f.Kind {
	case menshen.FieldDate:
		if d, err := time.Parse(time.DateOnly, answer); err != nil || d.Year() < 1900 || d.Year() > 2200 {
			return fault("请填写日期，例如 2020-02-14", "write a date like 2020-02-14")
		}
	case menshen.FieldNumber:
		if n, err := strconv.ParseFloat(answer, 64); err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
			return fault("请填写数字，例如 36.5", "write a number like 36.5")
		}
	case menshen.FieldYesNo:
		if answer != "yes" && answer != "no" {
			return fault("请选择是或否", "choose yes or no")
		}
	case menshen.FieldChoice:
		for _, c := range f.Choices {
			if c.Value == answer {
				return nil
			}
		}
		return fault("请选择一项", "choose one of these")
	}
	return nil
}

// masked gives the first character of a name and a star: who knows them knows who it is, and nobody else does.
func masked(name string) string {
	first, size := utf8.DecodeRuneInString(strings.TrimSpace(name))
	if size == 0 {
		return ""
	}
	return string(first) + "*"
}
