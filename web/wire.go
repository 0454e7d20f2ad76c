package web

import (
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"menshen"
	"menshen/proto"
	menshenv1 "menshen/proto/menshen/v1"
)

// timeToWire gives nil for the zero time.
func timeToWire(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
}

func textsToWire(texts []menshen.Text) (all []*menshenv1.Text) {
	for _, t := range texts {
		all = append(all, proto.TextToWire(t))
	}
	return all
}

// reasonsToWire gives the words for people, and for programs.
func reasonsToWire(reasons []menshen.Reason) (texts []*menshenv1.Text, words []string) {
	for _, r := range reasons {
		texts, words = append(texts, proto.TextToWire(r.Text())), append(words, string(r))
	}
	return texts, words
}

func ruleSetToWire(r RuleVersion) *menshenv1.RuleSet {
	return &menshenv1.RuleSet{Version: r.Version, Yaml: r.YAML, By: r.By, Note: r.Note, At: timeToWire(r.At)}
}

func firedRuleToWire(r menshen.FiredRule) *menshenv1.FiredRule {
	return &menshenv1.FiredRule{
		Rule: r.Rule, Outcome: string(r.Outcome), Reason: string(r.Reason), Text: proto.TextToWire(r.Reason.Text()), Because: textsToWire(r.Because),
	}
}
