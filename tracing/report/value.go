package report

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"menshen"
	"menshen/tracing/casebook"
	"menshen/tracing/policy"
)

// ValueText writes a value of the history for people: words for states and judgements, times without fractions, long ones cut.
// What it does not know stays as it is.
func ValueText(field, value string, loc *time.Location) menshen.Text {
	t := valueText(field, value, loc)
	return menshen.Text{ZH: cut(t.ZH), EN: cut(t.EN)}
}

// cut leaves as much of a text as a table bears.
func cut(text string) string {
	const most = 120
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}

func plain(text string) menshen.Text { return menshen.Text{ZH: text, EN: text} }

func valueText(field, value string, loc *time.Location) menshen.Text {
	kind, _, _ := strings.Cut(field, ":")
	switch kind {
	case "state":
		return menshen.CaseState(value).Text()
	case "status":
		return menshen.ContactStatus(value).Text()
	case "source":
		return sourceText(menshen.ContactSource(value))
	case "name", "phone":
		switch value {
		case "given":
			return menshen.Text{ZH: "已登记", EN: "given"}
		case "erased":
			return menshen.Text{ZH: "已删除", EN: "erased"}
		}
	case "isolation", "central":
		parts := strings.Split(value, " – ")
		for i, p := range parts {
			parts[i] = minuteText(p, loc)
		}
		return plain(strings.Join(parts, " – "))
	case "policy":
		return plain(strings.TrimSuffix(value, "@0"))
	case "judged":
		if t, ok := judgedText(value); ok {
			return t
		}
	case "exposure":
		return exposureText(value, loc)
	case "follow_up":
		return followText(value)
	case "test":
		return testText(value, loc)
	case "link":
		if until, ok := strings.CutPrefix(value, "good until "); ok {
			until = minuteText(until, loc)
			return menshen.Text{ZH: "有效期至 " + until, EN: "good until " + until}
		}
		if value == "ended" {
			return menshen.Text{ZH: "已作废", EN: "ended"}
		}
	case "fixed":
		return menshen.Text{
			ZH: strings.NewReplacer("level", "判定级别", "follow", "随访日期", " ", "、").Replace(value),
			EN: strings.NewReplacer("follow", "days of follow-up", " ", ", ").Replace(value),
		}
	case "withdrawn_for":
		return casebook.WithdrawnText(strings.TrimSuffix(value, "@0"))
	}
	return plain(minuteText(value, loc))
}

// minuteText writes a time as people read it, and leaves anything else as it is.
func minuteText(value string, loc *time.Location) string {
	at, err := time.Parse(time.RFC3339Nano, value)
	if err != nil {
		return value
	}
	return at.In(loc).Format("2006-01-02 15:04")
}

var judgedLine = regexp.MustCompile(`^(\w+), generation (\d+), risk (\S+), rule (\S+), policy (\S+)$`)

// judgedText reads what a judgement left: "close, generation 1, risk high, rule lift, policy nhc-9@0".
func judgedText(value string) (menshen.Text, bool) {
	m := judgedLine.FindStringSubmatch(value)
	if m == nil {
		return menshen.Text{}, false
	}
	t := menshen.ContactLevel(m[1]).Text()
	t.ZH, t.EN = t.ZH+"，第"+m[2]+"代", t.EN+", generation "+m[2]
	if m[3] != "-" {
		risk := riskText(m[3])
		t.ZH, t.EN = t.ZH+"，"+risk.ZH+"风险", t.EN+", "+risk.EN+" risk"
	}
	if m[4] != "-" {
		rule := ruleText(m[5], m[4])
		t.ZH, t.EN = t.ZH+"，"+rule.ZH, t.EN+", "+rule.EN
	}
	return t, true
}

// ruleText names a rule of a policy that comes with Menshen, or has kept the names of its rules; others are called by id.
func ruleText(ref, rule string) menshen.Text {
	id, _, _ := strings.Cut(ref, "@")
	for _, p := range policy.Builtin() {
		if p.ID != id {
			continue
		}
		for _, rules := range [][]policy.Rule{p.Rules, p.Next} {
			for _, r := range rules {
				if r.ID == rule {
					return menshen.Text{ZH: r.Name.In("zh"), EN: r.Name.In("en")}
				}
			}
		}
	}
	return plain(rule)
}

func riskText(risk string) menshen.Text {
	zh := map[string]string{"high": "高", "medium": "中", "low": "低"}[risk]
	if zh == "" {
		return plain(risk)
	}
	return menshen.Text{ZH: zh, EN: risk}
}

// exposureText reads what is known of an exposure; its path, which names people by id, is left out.
func exposureText(value string, loc *time.Location) menshen.Text {
	head, _, _ := strings.Cut(value, "; ")
	var t menshen.Text
	add := func(zh, en string) {
		if t.EN != "" {
			zh, en = "，"+zh, ", "+en
		}
		t.ZH, t.EN = t.ZH+zh, t.EN+en
	}
	for _, part := range strings.Split(head, ", ") {
		if first, ok := strings.CutPrefix(part, "first "); ok {
			at := minuteText(first, loc)
			add("首次 "+at, "first "+at)
		} else if last, ok := strings.CutPrefix(part, "last "); ok && last != "-" {
			at := minuteText(last, loc)
			add("末次 "+at, "last "+at)
		} else if together, ok := strings.CutPrefix(part, "together "); ok {
			if d, err := time.ParseDuration(together); err == nil && d > 0 {
				add("共 "+d.Round(time.Second).String(), "together "+d.Round(time.Second).String())
			}
		} else if sureness, ok := strings.CutPrefix(part, "sureness "); ok {
			if s, err := strconv.ParseFloat(sureness, 64); err == nil && s > 0 {
				percent := strconv.Itoa(int(100*s + 0.5))
				add("可信度 "+percent+"%", "sureness "+percent+" %")
			}
		}
	}
	if t.EN == "" {
		return menshen.Text{ZH: "时间未知", EN: "at no known time"}
	}
	return t
}

// followText reads what a day brought: "staff; reached; 36.5 °C; symptoms a, b; note n; by li".
func followText(value string) menshen.Text {
	parts := strings.Split(value, "; ")
	if len(parts) < 3 {
		return plain(value)
	}
	var zh, en []string
	for i, part := range parts {
		word, rest, _ := strings.Cut(part, " ")
		switch {
		case i == 0 && part == casebook.SourceLink:
			zh, en = append(zh, "本人通过链接填报"), append(en, "by the contact through a link")
		case i == 0 || i == len(parts)-1 && word == "by": // who wrote it stands beside it
		case part == "reached":
		case part == "not reached":
			zh, en = append(zh, "未联系上"), append(en, part)
		case word == "symptoms":
			zh, en = append(zh, "症状："+strings.ReplaceAll(rest, ", ", "、")), append(en, "symptoms: "+rest)
		case word == "note":
			zh, en = append(zh, "备注："+rest), append(en, "note: "+rest)
		default:
			zh, en = append(zh, part), append(en, part)
		}
	}
	if len(zh) == 0 {
		return menshen.Text{ZH: "已联系，无症状", EN: "reached, no symptoms"}
	}
	return menshen.Text{ZH: strings.Join(zh, "，"), EN: strings.Join(en, ", ")}
}

var testLine = regexp.MustCompile(`^(\w+) (\w+), sampled (\S+)$`)

// testText reads a test: "pcr positive, sampled T".
func testText(value string, loc *time.Location) menshen.Text {
	m := testLine.FindStringSubmatch(value)
	if m == nil {
		return plain(value)
	}
	kind := map[string]string{"pcr": "核酸", "antigen": "抗原", "antibody": "抗体"}[m[1]]
	result := map[string]string{"pending": "待出结果", "positive": "阳性", "negative": "阴性", "inconclusive": "不确定"}[m[2]]
	if kind == "" || result == "" {
		return plain(value)
	}
	at := minuteText(m[3], loc)
	return menshen.Text{ZH: kind + result + "，采样 " + at, EN: m[1] + " " + m[2] + ", sampled " + at}
}

// WhyText gives the reason of a change for people: those that nobody wrote are in both languages.
func WhyText(why string) menshen.Text {
	switch why {
	case casebook.Routine:
		return menshen.Text{ZH: "每日随访", EN: why}
	case casebook.ByLink:
		return menshen.Text{ZH: "本人通过链接填报", EN: why}
	}
	return plain(why)
}

// ByText names who changed something, for people.
func ByText(by string) menshen.Text {
	if by == casebook.LinkUser {
		return menshen.Text{ZH: "链接", EN: by}
	}
	return plain(by)
}
