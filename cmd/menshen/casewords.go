package main

import (
	"fmt"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// The words of cases for people.

func (a *app) yesNo(b bool) string {
	if b {
		return a.either("是", "yes")
	}
	return a.either("否", "no")
}

func (a *app) caseState(c *menshenv1.Case) string {
	text := a.text(menshen.CaseState(c.GetState()).Text())
	if c.GetExpired() {
		text += a.either("（已过期）", " (expired)")
	}
	return text
}

func (a *app) level(s string) string         { return a.text(menshen.ContactLevel(s).Text()) }
func (a *app) contactStatus(s string) string { return a.text(menshen.ContactStatus(s).Text()) }

func (a *app) risk(s string) string {
	switch s {
	case "high":
		return a.either("高", s)
	case "medium":
		return a.either("中", s)
	case "low":
		return a.either("低", s)
	}
	return s
}

func (a *app) testResult(s string) string {
	switch menshen.LabTestResult(s) {
	case menshen.LabTestPending:
		return a.either("待出结果", s)
	case menshen.LabTestPositive:
		return a.either("阳性", s)
	case menshen.LabTestNegative:
		return a.either("阴性", s)
	case menshen.LabTestInconclusive:
		return a.either("不确定", s)
	}
	return s
}

// policyRef writes the name of a policy's version as commands take it.
func policyRef(r *menshenv1.PolicyRef) string {
	if r.GetVersion() == 0 {
		return r.GetId()
	}
	return fmt.Sprintf("%s@%d", r.GetId(), r.GetVersion())
}

// minute gives a time without seconds, as long lists have it.
func (h *remote) minute(t *timestamppb.Timestamp) string {
	if t == nil {
		return "–"
	}
	return t.AsTime().In(h.location).Format("01-02 15:04")
}

func (h *remote) date(t *timestamppb.Timestamp) string {
	if t == nil {
		return "–"
	}
	return t.AsTime().In(h.location).Format(time.DateOnly)
}

// together writes how long people were together: whole minutes, or seconds where there are no more; "–" where no pass tells.
func together(d *durationpb.Duration) string {
	switch t := d.AsDuration(); {
	case t == 0:
		return "–"
	case t < time.Minute:
		return t.Round(time.Second).String()
	default:
		return strings.TrimSuffix(t.Round(time.Minute).String(), "0s")
	}
}

// followed is a follow-up in a few words.
func (a *app) followed(f *menshenv1.FollowUp) string {
	if f == nil {
		return "–"
	}
	if !f.GetReached() {
		return a.either("未联系上", "not reached")
	}
	var parts []string
	if f.GetCelsius() != 0 {
		parts = append(parts, fmt.Sprintf("%.1f °C", f.GetCelsius()))
	}
	if len(f.GetSymptoms()) > 0 {
		parts = append(parts, strings.Join(f.GetSymptoms(), "、"))
	}
	if len(parts) == 0 {
		return a.either("无症状", "no symptoms")
	}
	return strings.Join(parts, " ")
}
