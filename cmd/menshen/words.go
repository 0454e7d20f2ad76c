package main

import (
	"strings"

	"google.golang.org/protobuf/types/known/timestamppb"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// time gives a time as people at the site read it.
func (h *remote) time(t *timestamppb.Timestamp) string {
	if t == nil {
		return "–"
	}
	return t.AsTime().In(h.location).Format("2006-01-02 15:04:05")
}

func (a *app) zoneName(h *remote, id string) string {
	for _, z := range h.site.GetZones() {
		if z.GetId() == id {
			return a.named(z.GetName(), id)
		}
	}
	return id
}

func (a *app) gateName(h *remote, id string) string {
	for _, g := range h.site.GetGates() {
		if g.GetId() == id {
			return a.named(g.GetName(), id)
		}
	}
	return id
}

// named gives the text in the user's language, or the id where there is none.
func (a *app) named(t *menshenv1.Text, id string) string {
	if s := a.text(menshen.Text{ZH: t.GetZh(), EN: t.GetEn()}); s != "" {
		return s
	}
	return id
}

func passID(p *menshenv1.Pass) string {
	return menshen.PassID{Gate: p.GetGate(), Sequence: p.GetSequence()}.String()
}

// The words for programs are the names of the enumerations without their prefix.
func directionWord(d menshenv1.Direction) string { return word(d.String(), "DIRECTION_") }
func outcomeWord(o menshenv1.Outcome) string     { return word(o.String(), "OUTCOME_") }
func meansWord(m menshenv1.Means) string         { return word(m.String(), "MEANS_") }

func word(name, prefix string) string { return strings.ToLower(strings.TrimPrefix(name, prefix)) }

func directionText(d menshenv1.Direction) menshen.Text {
	switch d {
	case menshenv1.Direction_DIRECTION_IN:
		return menshen.Text{ZH: "进", EN: "in"}
	case menshenv1.Direction_DIRECTION_OUT:
		return menshen.Text{ZH: "出", EN: "out"}
	}
	return menshen.Text{ZH: "？", EN: "?"}
}

func outcomeText(o menshenv1.Outcome) menshen.Text {
	switch o {
	case menshenv1.Outcome_OUTCOME_ALLOW:
		return menshen.Text{ZH: "放行", EN: "allowed"}
	case menshenv1.Outcome_OUTCOME_DENY:
		return menshen.Text{ZH: "拒绝", EN: "denied"}
	case menshenv1.Outcome_OUTCOME_REVIEW:
		return menshen.Text{ZH: "待核对", EN: "for review"}
	}
	return menshen.Text{ZH: "？", EN: "?"}
}

// boundsText says which ends of a stay were not seen.
func boundsText(s *menshenv1.Stay) menshen.Text {
	switch {
	case s.GetOpen():
		return menshen.Text{ZH: "仍在其中", EN: "still there"}
	case !s.GetFromObserved() && !s.GetToObserved():
		return menshen.Text{ZH: "两端均为推定", EN: "both ends inferred"}
	case !s.GetFromObserved():
		return menshen.Text{ZH: "进入时间为推定", EN: "entry inferred"}
	case !s.GetToObserved():
		return menshen.Text{ZH: "离开时间为推定", EN: "exit inferred"}
	}
	return menshen.Text{}
}

// word gives the words for a stable word of the registry that needs no more than translation; any other stays as it is.
func (a *app) word(of string) string {
	text, ok := map[string]menshen.Text{
		string(menshen.DocumentIDCard):    {ZH: "身份证", EN: "identity card"},
		string(menshen.DocumentPassport):  {ZH: "护照", EN: "passport"},
		string(menshen.DocumentHKMacau):   {ZH: "港澳居民来往内地通行证", EN: "permit of Hong Kong and Macau residents"},
		string(menshen.DocumentTaiwan):    {ZH: "台湾居民来往大陆通行证", EN: "permit of Taiwan residents"},
		string(menshen.DocumentResidence): {ZH: "外国人永久居留身份证", EN: "permanent residence card"},
		string(menshen.DocumentOther):     {ZH: "其他", EN: "other"},
		string(menshen.RoleHead):          {ZH: "户主", EN: "head"},
		string(menshen.RoleMember):        {ZH: "家庭成员", EN: "member"},
		string(menshen.RoleTenant):        {ZH: "租户", EN: "tenant"},
		string(menshen.RoleHelp):          {ZH: "保姆", EN: "help"},
		string(menshen.CredentialQR):      {ZH: "二维码", EN: "QR"},
		string(menshen.CredentialPIN):     {ZH: "密码", EN: "PIN"},
		string(menshen.CredentialCard):    {ZH: "卡", EN: "card"},
		"zh":                              {ZH: "中文", EN: "Chinese"},
		"en":                              {ZH: "英文", EN: "English"},
		"gate":                            {ZH: "出入口", EN: "gate"},
		"guard":                           {ZH: "保安", EN: "guard"},
		"self":                            {ZH: "自报", EN: "self"},
		"note":                            {ZH: "备注", EN: "note"},
		"not_them":                        {ZH: "不是本人", EN: "not this person"},
		"identity":                        {ZH: "更正身份", EN: "identity"},
		"visitor":                         {ZH: "访客", EN: "visitor"},
	}[of]
	if !ok {
		return of
	}
	return a.text(text)
}
