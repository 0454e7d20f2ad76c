package form

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/width"

	"menshen"
	"menshen/table"
)

// Answers to questions of kind yes_no.
const (
	yes = "yes"
	no  = "no"
)

// maxAnswer is the longest text in characters.
const maxAnswer = 1000

// Check gives the answers in the form that is kept: trimmed, dates like 2020-02-14, empty ones left out. today bounds dates:
// none may lie in the future. The error is CodeInvalid and names the question.
func Check(f menshen.Form, answers map[string]string, today time.Time) (map[string]string, error) {
	bad := func(format string, args ...any) *menshen.Error {
		return menshen.Errorf(menshen.CodeInvalid, "office.answer", format, args...)
	}
	for id := range answers {
		if !slices.ContainsFunc(f.Fields, func(q menshen.Field) bool { return q.ID == id }) {
			return nil, bad("the form %q has no question %q", f.ID, id).WithHint("answer only what is asked")
		}
	}
	out := map[string]string{}
	for _, q := range f.Fields {
		a := strings.TrimSpace(answers[q.ID])
		if a == "" {
			if q.Required {
				return nil, bad("the question %q has no answer", q.ID).WithHint("answer: %s", q.Label.EN)
			}
			continue
		}
		a, err := checkField(q, a, today)
		if err != nil {
			return nil, err
		}
		out[q.ID] = a
	}
	return out, nil
}

func checkField(q menshen.Field, a string, today time.Time) (string, error) {
	bad := func(format string, args ...any) *menshen.Error {
		return menshen.Errorf(menshen.CodeInvalid, "office.answer", format, args...)
	}
	if !utf8.ValidString(a) || utf8.RuneCountInString(a) > maxAnswer {
		return "", bad("the answer to %q is too long or no text", q.ID).WithHint("use at most %d characters", maxAnswer)
	}
	switch q.Kind {
	case menshen.FieldDate:
		day, err := table.Date(width.Narrow.String(a))
		if err != nil {
			return "", bad("the answer to %q is no date", q.ID).WithHint("write it like 2020-02-14").WithCause(err)
		}
		if day.After(today) || day.Year() < 1880 {
			return "", bad("the date of %q lies in the future or too far back", q.ID).WithHint("give a day up to today")
		}
		return day.Format(time.DateOnly), nil
	case menshen.FieldYesNo:
		switch strings.ToLower(a) {
		case yes, "是", "有":
			return yes, nil
		case no, "否", "无", "没有":
			return no, nil
		}
		return "", bad("the answer to %q is neither yes nor no", q.ID).WithHint("answer yes or no")
	case menshen.FieldChoice:
		for _, c := range q.Choices {
			if a == c.Value || a == c.Label.ZH || a == c.Label.EN {
				return c.Value, nil
			}
		}
		return "", bad("the answer to %q is none of the choices", q.ID).WithHint("choose one of: %s", choices(q))
	case menshen.FieldNumber:
		a = width.Narrow.String(a)
		n, err := strconv.ParseFloat(a, 64)
		if err != nil || n != n || n > 1e12 || n < -1e12 {
			return "", bad("the answer to %q is no number", q.ID).WithHint("write digits, for example 36.5")
		}
		return strconv.FormatFloat(n, 'f', -1, 64), nil
	}
	return a, nil
}

func choices(q menshen.Field) string {
	var values []string
	for _, c := range q.Choices {
		values = append(values, c.Value)
	}
	return strings.Join(values, ", ")
}
