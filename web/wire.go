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

func temperatureToWire(t menshen.Temperature) *menshenv1.Temperature {
	return &menshenv1.Temperature{
		Id: t.ID, Person: t.Person, At: timeToWire(t.At), Celsius: t.Celsius, Source: string(t.Source), Gate: t.Gate, By: t.By,
	}
}

func formAnswerToWire(a menshen.FormAnswer) *menshenv1.FormAnswer {
	return &menshenv1.FormAnswer{
		Id: a.ID, Form: a.Form, Version: count(a.Version), Person: a.Person, Answers: a.Answers, At: timeToWire(a.At), By: a.By,
		State: string(a.State), Reason: proto.TextToWire(a.Reason),
	}
}

func visitToWire(v menshen.Visit) *menshenv1.Visit {
	return &menshenv1.Visit{
		Id: v.ID, Person: v.Person, Host: v.Host, Reason: v.Reason, FromWhere: v.From, Celsius: v.Origin, Plate: v.Plate,
		From: timeToWire(v.Span.From), To: timeToWire(v.To), State: string(v.State), Permit: v.Permit,
		Registered: timeToWire(v.Registered), RegisteredBy: v.RegisteredBy, Answered: timeToWire(v.Answered), AnsweredBy: v.AnsweredBy,
		Entered: timeToWire(v.Entered), Left: timeToWire(v.Left),
	}
}

func deliveryToWire(d menshen.Delivery) *menshenv1.Delivery {
	return &menshenv1.Delivery{
		Id: d.ID, Gate: d.Gate, Carrier: d.Carrier, Phone: d.Phone, Dwelling: dwellingText(d.For), Item: d.Item, Arrived: timeToWire(d.Arrived),
		TakenBy: d.TakenBy, Handed: timeToWire(d.Handed), HandedBy: d.HandedBy, HandedTo: d.HandedTo,
	}
}

func annotationToWire(a menshen.Annotation) *menshenv1.Annotation {
	return &menshenv1.Annotation{
		Id: a.ID, Pass: a.Pass.String(), Kind: string(a.Kind), Person: a.Person, Text: a.Text, At: timeToWire(a.At), By: a.By,
	}
}

func ruleSetToWire(r RuleVersion) *menshenv1.RuleSet {
	return &menshenv1.RuleSet{Version: r.Version, Yaml: r.YAML, By: r.By, Note: r.Note, At: timeToWire(r.At)}
}

func firedRuleToWire(r menshen.FiredRule) *menshenv1.FiredRule {
	return &menshenv1.FiredRule{
		Rule: r.Rule, Outcome: string(r.Outcome), Reason: string(r.Reason), Text: proto.TextToWire(r.Reason.Text()), Because: textsToWire(r.Because),
	}
}
