package casebook

import (
	"context"
	"fmt"
	"strings"

	"menshen"
	"menshen/store"
	"menshen/tracing/policy"
)

// The words with which WithdrawnFor begins; the policy's version follows.
const (
	withdrawnByPolicy   = "policy"   // by another policy than before it does not count
	withdrawnByExposure = "exposure" // passes, corrections or dates show no exposure that counts
)

// WithdrawnText says for people why a contact counts no longer, from its WithdrawnFor.
func WithdrawnText(reason string) menshen.Text {
	word, ref, _ := strings.Cut(reason, " ")
	switch word {
	case "":
		return menshen.Text{}
	case withdrawnByPolicy:
		return menshen.Text{ZH: "按判定标准 " + ref + " 不再计入", EN: "does not count by policy " + ref}
	case withdrawnByExposure:
		return menshen.Text{ZH: "按判定标准 " + ref + " 已无计入的暴露", EN: "has no exposure that counts by policy " + ref + " any more"}
	}
	return menshen.Text{ZH: reason, EN: reason}
}

// ruleName names a rule of a policy for people.
func ruleName(p *policy.Policy, id string) menshen.Text {
	for _, rules := range [][]policy.Rule{p.Rules, p.Next} {
		for _, r := range rules {
			if r.ID == id {
				return r.Name
			}
		}
	}
	return menshen.Text{ZH: id, EN: id}
}

// alert tells those who work on cases, and nobody else. subject tells alerts of one kind apart where the person does not, who
// may be nobody of the registry, or the contact of several cases.
func (b *Book) alert(ctx context.Context, kind menshen.AlertKind, person string, text menshen.Text, subject ...string) {
	b.deps.Alerter.Alert(ctx, menshen.Alert{
		Kind: kind, Audience: menshen.AudienceCases, Person: person, Subject: strings.Join(subject, "/"), At: b.deps.Clock(), Text: text,
	})
}

// alertHeld tells that somebody is held who counts no longer.
func (b *Book) alertHeld(ctx context.Context, c menshen.Case, e store.ContactEntry) {
	status := e.Status.Text()
	b.alert(ctx, menshen.AlertContact, e.Person, menshen.Text{
		ZH: fmt.Sprintf("病例%s：%s不再计入，但仍在%s，请解除或说明理由", c.Number, whoIs(e), status.ZH),
		EN: fmt.Sprintf("case %s: %s counts no longer and is still in %s: release them, or say why not", c.Number, whoIs(e), status.EN),
	}, e.ID)
}

// alertFollowUp tells of a temperature or symptoms, and reports whether there was anything to tell.
func (b *Book) alertFollowUp(ctx context.Context, c menshen.Case, e store.ContactEntry, f menshen.FollowUp, fever bool) bool {
	if !fever && len(f.Symptoms) == 0 {
		return false
	}
	kind := menshen.AlertSymptoms
	var zh, en []string
	if fever {
		kind = menshen.AlertFever
		zh, en = append(zh, fmt.Sprintf("体温%.1f ℃", f.Celsius)), append(en, fmt.Sprintf("a temperature of %.1f °C", f.Celsius))
	}
	if len(f.Symptoms) > 0 {
		zh, en = append(zh, "症状："+strings.Join(f.Symptoms, "、")), append(en, "symptoms: "+strings.Join(f.Symptoms, ", "))
	}
	level := e.Level.Text()
	b.alert(ctx, kind, e.Person, menshen.Text{
		ZH: fmt.Sprintf("病例%s的%s%s（%s）：%s", c.Number, level.ZH, whoIs(e), f.Day, strings.Join(zh, "，")),
		EN: fmt.Sprintf("%s, %s of case %s (%s): %s", whoIs(e), level.EN, c.Number, f.Day, strings.Join(en, ", ")),
	}, e.ID)
	return true
}
