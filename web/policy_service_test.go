package web_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"connectrpc.com/connect"
	"google.golang.org/protobuf/types/known/timestamppb"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
	"menshen/web"
)

func TestRules(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	res, err := s.client.Policy.GetRules(t.Context(), connect.NewRequest(&menshenv1.GetRulesRequest{}))
	if err != nil || res.Msg.GetRules().GetVersion() != 3 || res.Msg.GetRules().GetYaml() != "rules: []" || len(res.Msg.GetHistory()) != 2 || res.Msg.GetHistory()[0].GetYaml() != "" || !res.Msg.GetHistory()[0].GetAt().AsTime().Equal(now) {
		t.Errorf("rules %v, %v", res, err)
	}
	put, err := s.client.Policy.PutRules(t.Context(), connect.NewRequest(&menshenv1.PutRulesRequest{Yaml: "rules: []", Note: " the summer "}))
	if err != nil || put.Msg.GetVersion() != 4 || s.last() != [4]any{"rules: []", "the summer", false, "operator@terminal"} {
		t.Errorf("put %v, %v, asked with %v", put, err, s.last())
	}
	if a := s.audits[1]; a.Action != "rules.put" || a.Purpose != "the summer" {
		t.Errorf("audit %+v", a)
	}
	// Trying them needs no reason, and "" goes back to those that come with Menshen.
	if _, err := s.client.Policy.PutRules(t.Context(), connect.NewRequest(&menshenv1.PutRulesRequest{DryRun: true})); err != nil || s.last() != [4]any{"", "", true, "operator@terminal"} {
		t.Errorf("dry run: %v, asked with %v", err, s.last())
	}
}

func TestCheckPolicy(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	res, err := s.client.Policy.CheckPolicy(t.Context(), connect.NewRequest(&menshenv1.CheckPolicyRequest{Person: "王芳", Gate: "east-1"}))
	if err != nil {
		t.Fatal(err)
	}
	m := res.Msg
	if m.GetOutcome() != "deny" || m.GetVersion() != 3 || m.GetPass() != nil || m.GetFacts()[0].GetEn() != "Sunday" || len(m.GetRules()) != 1 {
		t.Errorf("answer %v", m)
	}
	if r := m.GetRules()[0]; r.GetRule() != "inactive" || r.GetReason() != "inactive_person" || r.GetText().GetEn() != "moved away or suspended" || r.GetBecause()[0].GetEn() != "suspended" {
		t.Errorf("rule %v", r)
	}
	q, _ := s.last().(menshen.PolicyQuestion)
	if q.Person != "p-1" || q.Gate != "east-1" || q.Direction != menshen.DirectionIn || !q.At.Equal(now) || q.Means != menshen.MeansFace {
		t.Errorf("asked with %+v", q)
	}
	if a := s.audits[0]; a.Action != "policy.check" || a.Subject != "p-1" {
		t.Errorf("audit %+v", a)
	}
	res, err = s.client.Policy.CheckPolicy(t.Context(), connect.NewRequest(&menshenv1.CheckPolicyRequest{Pass: "east-1:42", Yaml: "rules: []"}))
	if err != nil || res.Msg.GetPass().GetPass().GetSequence() != 42 || res.Msg.GetPass().GetPersonName() != "王芳" {
		t.Errorf("of a pass: %v, %v", res, err)
	}
	if s.last() != (menshen.PolicyQuestion{Pass: menshen.PassID{Gate: "east-1", Sequence: 42}, YAML: "rules: []"}) {
		t.Errorf("asked with %+v", s.last())
	}
}

func TestReplayPolicy(t *testing.T) {
	s := MustServe(t, newHouse(), web.Config{})
	res, err := s.client.Policy.ReplayPolicy(t.Context(), connect.NewRequest(&menshenv1.ReplayPolicyRequest{Yaml: "rules: []"}))
	if err != nil || res.Msg.GetPasses() != 10 || res.Msg.GetSame() != 9 || res.Msg.GetDifferent() != 1 || len(res.Msg.GetDifferences()) != 1 {
		t.Fatalf("%v, %v", res, err)
	}
	if d := res.Msg.GetDifferences()[0]; d.GetOutcome() != "deny" || d.GetPass().GetPersonName() != "王芳" || d.GetPass().GetPass().GetOutcome() != menshenv1.Outcome_OUTCOME_ALLOW || len(d.GetReasons()) != 1 {
		t.Errorf("difference %v", d)
	}
	if s.last() != [2]any{menshen.Span{From: now.Add(-24 * time.Hour), To: now}, 1000} {
		t.Errorf("asked with %v", s.last())
	}
}

func TestPolicyRefuses(t *testing.T) {
	ctx := context.Background()
	check := func(m *menshenv1.CheckPolicyRequest) func(s *served) error {
		return func(s *served) error { _, err := s.client.Policy.CheckPolicy(ctx, connect.NewRequest(m)); return err }
	}
	replay := func(m *menshenv1.ReplayPolicyRequest) func(s *served) error {
		return func(s *served) error { _, err := s.client.Policy.ReplayPolicy(ctx, connect.NewRequest(m)); return err }
	}
	ago := func(d time.Duration) *timestamppb.Timestamp { return timestamppb.New(now.Add(-d)) }
	wantRefusals(t, map[string]refusal{
		"nothing asked":       {check(&menshenv1.CheckPolicyRequest{}), "person or gate"},
		"nowhere":             {check(&menshenv1.CheckPolicyRequest{Person: "p-1"}), "person or gate"},
		"a pass and a person": {check(&menshenv1.CheckPolicyRequest{Pass: "east-1:1", Person: "p-1"}), "alone"},
		"a strange pass":      {check(&menshenv1.CheckPolicyRequest{Pass: "east"}), "gate:sequence"},
		"strange means":       {check(&menshenv1.CheckPolicyRequest{Person: "p-1", Gate: "east-1", Means: "song"}), "song"},
		"endless rules":       {check(&menshenv1.CheckPolicyRequest{Person: "p-1", Gate: "east-1", Yaml: strings.Repeat("x", 256<<10+1)}), "256 kB"},
		"no rules":            {replay(&menshenv1.ReplayPolicyRequest{}), "yaml"},
		"backwards":           {replay(&menshenv1.ReplayPolicyRequest{Yaml: "x", From: ago(0), To: ago(time.Hour)}), "31 days"},
		"a year":              {replay(&menshenv1.ReplayPolicyRequest{Yaml: "x", From: ago(365 * 24 * time.Hour)}), "31 days"},
		"rules without why": {func(s *served) error {
			_, err := s.client.Policy.PutRules(ctx, connect.NewRequest(&menshenv1.PutRulesRequest{Yaml: "x"}))
			return err
		}, "--note"},
	})
}
