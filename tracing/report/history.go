package report

import (
	"slices"
	"strings"

	"menshen"
	"menshen/tracing/casebook"
)

// FieldText names a field of the history for people; an unknown one stays as it is.
func FieldText(field string) menshen.Text {
	if day, ok := strings.CutPrefix(field, "follow_up:"); ok {
		return menshen.Text{ZH: "随访 " + day, EN: "follow-up " + day}
	}
	if strings.HasPrefix(field, "test:") {
		return menshen.Text{ZH: "检测", EN: "test"}
	}
	texts := map[string]menshen.Text{
		"number": {ZH: "编号", EN: "number"}, "person": {ZH: "人员", EN: "person"}, "name": {ZH: "姓名", EN: "name"}, "phone": {ZH: "电话", EN: "telephone"},
		"purpose": {ZH: "事由", EN: "purpose"}, "expires": {ZH: "有效期至", EN: "open until"}, "state": {ZH: "状态", EN: "state"},
		"requested_by": {ZH: "申请人", EN: "requested by"}, "decided_by": {ZH: "批准人", EN: "decided by"}, "closed_by": {ZH: "结案人", EN: "closed by"},
		"onset": {ZH: "发病", EN: "onset"}, "sampled": {ZH: "阳性采样", EN: "sampled"}, "isolated": {ZH: "隔离", EN: "isolated"}, "symptom_free": {ZH: "症状消失", EN: "free of symptoms"},
		"symptoms": {ZH: "症状", EN: "symptoms"}, "policy": {ZH: "判定标准", EN: "policy"}, "parent": {ZH: "上级病例", EN: "parent case"}, "judged": {ZH: "判定", EN: "judged"},
		"source": {ZH: "来源", EN: "source"}, "exposure": {ZH: "接触", EN: "exposure"}, "note": {ZH: "备注", EN: "note"}, "status": {ZH: "处置状态", EN: "status"},
		"owner": {ZH: "负责人", EN: "owner"}, "follow": {ZH: "随访日期", EN: "days of follow-up"}, "isolation": {ZH: "观察或隔离", EN: "observation or isolation"},
		"central": {ZH: "集中隔离", EN: "central isolation"}, "said": {ZH: "流调所述", EN: "by interview"},
		"fixed": {ZH: "手工设定", EN: "set by hand"}, "merged_into": {ZH: "合并到", EN: "merged into"}, "withdrawn_for": {ZH: "不再计入", EN: "counts no longer"},
		"merged": {ZH: "合并", EN: "merged"}, "promoted": {ZH: "转为病例", EN: "made a case"}, "link": {ZH: "链接", EN: "link"},
	}
	if t, ok := texts[field]; ok {
		return t
	}
	return menshen.Text{ZH: field, EN: field}
}

// untold are fields that the other columns of the history tell, or that are too long to be read. The JSON has them.
var untold = []string{"person", "source", "exposure", "requested_by", "decided_by", "closed_by", "fixed", "central", "said"}

// historyPart tells what was changed: what one act changed of one subject is one row.
func (s Source) historyPart() part {
	p := part{
		Title: s.t("变更记录", "History of changes"), Empty: s.t("没有变更。", "Nothing was changed."), Wide: true,
		Columns: []string{s.t("时间", "at"), s.t("操作人", "by"), s.t("对象", "about"), s.t("变更", "change"), s.t("原因", "why")},
	}
	name := map[string]string{}
	for _, c := range s.Contacts {
		name[c.ID] = s.name(c.CaseContact)
	}
	for i := 0; i < len(s.History); {
		first, lines := s.History[i], []string(nil)
		for ; i < len(s.History) && sameAct(first, s.History[i]); i++ {
			if h := s.withheld(s.History[i]); !slices.Contains(untold, h.Field) {
				lines = append(lines, s.changeText(h))
			}
		}
		if len(lines) == 0 {
			continue
		}
		about := s.t("病例", "the case")
		if first.Contact != "" {
			about = name[first.Contact]
		}
		p.Rows = append(p.Rows, row{Cells: []cell{{Text: s.time(first.At), Kind: "nowrap"}, {Text: s.say(ByText(first.By))}, {Text: about}, {Text: strings.Join(lines, "\n")}, {Text: s.say(WhyText(first.Why))}}})
	}
	return p
}

// notTold stands in a history for what leaves the house with particulars alone.
const notTold = "…"

// withheld gives a change without telephone numbers, unless particulars were asked for.
func (s Source) withheld(c menshen.CaseChange) menshen.CaseChange {
	if s.Particulars || c.Field != "phone" {
		return c
	}
	for _, v := range []*string{&c.Before, &c.After} {
		if *v != "" {
			*v = notTold
		}
	}
	return c
}

func sameAct(a, b menshen.CaseChange) bool {
	return a.At.Equal(b.At) && a.By == b.By && a.Contact == b.Contact && a.Why == b.Why
}

// named gives the name that a value of a history stands for, where it is the id of a contact.
func (s Source) named(field, value string) (string, bool) {
	if field != "merged_into" && field != "merged" {
		return "", false
	}
	i := slices.IndexFunc(s.Contacts, func(c casebook.ContactView) bool { return c.ID == value })
	if i < 0 {
		return "", false
	}
	return s.name(s.Contacts[i].CaseContact), true
}

func (s Source) changeText(h menshen.CaseChange) string {
	value := func(v string) string {
		if v == "" {
			return "–"
		}
		if name, ok := s.named(h.Field, v); ok {
			return name
		}
		return s.say(ValueText(h.Field, v, s.location()))
	}
	text := s.say(FieldText(h.Field)) + s.unit("：", ": ")
	if h.Before == "" {
		return text + value(h.After)
	}
	return text + value(h.Before) + " → " + value(h.After)
}
