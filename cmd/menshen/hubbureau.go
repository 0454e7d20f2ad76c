package main

import (
	"context"
	"time"

	"menshen"
	"menshen/access/policy"
	"menshen/access/roll"
	bureau "menshen/office"
	"menshen/web"
)

// openBureau joins the rules of the property office with store, policy and keys.
func (h *hub) openBureau(context.Context) (err error) {
	h.bureau, err = bureau.New(bureau.Deps{
		Store: correctingStore{h.pipeline.store, h.pipeline}, Policy: figures{h.roll}, Signer: h.credentials, Numbers: h.credentials, Rules: ruleReader{}, Alerter: h,
		Clock: time.Now, Log: h.log, Site: func() menshen.Site { return h.site }, Chinese: h.chinese,
	}, bureau.Config{})
	return err
}

// figures are those of the policy in force.
type figures struct{ roll *roll.Roll }

// ObservationDays implements office.Policy.
func (f figures) ObservationDays() int { return f.roll.Rules().Parameters().ObservationDays }

// Fever implements office.Policy.
func (f figures) Fever() float64 { return f.roll.Rules().Parameters().Fever }

// ruleReader knows what rules may say.
type ruleReader struct{}

// CheckRules implements office.RuleChecker.
func (ruleReader) CheckRules(yaml string) error {
	_, err := policy.Parse([]byte(yaml))
	return err
}

// readingsWaiting is how many temperatures may wait to be kept: a burst at all gates.
const readingsWaiting = 256

// measured takes a temperature of a reader at a gate. It never waits; the decision has counted it already.
func (h *hub) measured(t menshen.Temperature) {
	select {
	case h.readings <- t:
	default:
		h.log.Error("a temperature could not be kept: too many wait", "person", t.Person, "gate", t.Gate)
	}
}

// keepReadings keeps what readers measured, and alerts a fever, until ctx ends.
func (h *hub) keepReadings(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case t := <-h.readings:
			if _, _, err := h.bureau.RecordTemperature(ctx, t, "reader@"+t.Gate); err != nil && ctx.Err() == nil {
				h.log.Error("a temperature could not be kept", "person", t.Person, "gate", t.Gate, "error", err)
			}
		}
	}
}

// due looks once a minute at what time has brought, until ctx ends.
func (h *hub) due(ctx context.Context) error {
	ticker := time.NewTicker(time.Minute)
	defer ticker.Stop()
	h.tellOffice(ctx, h.pipeline.untold)
	for {
		if err := h.bureau.Due(ctx); err != nil && ctx.Err() == nil {
			h.log.Error("what is due could not be looked at", "error", err)
		}
		// A refusal that was recorded a moment ago is erased by whoever recorded it.
		if err := h.eraseRefused(ctx, time.Now().Add(-time.Minute), enrolView{h}.EraseFace); err != nil && ctx.Err() == nil {
			h.log.Error("the face of somebody who refused could not be erased: it is tried again", "error", err)
		}
		h.settleCases(ctx)
		if err := web.TokenFolder(h.data.file(tokensFolder)).Record(ctx, h.pipeline.store, time.Now); err != nil && ctx.Err() == nil {
			h.log.Error("the issue of a token could not be recorded", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// committed tells gates and office of passes that are in the log. The office follows visitors, and looks at whoever should not
// be about; the others are none of its business. A pass that it cannot follow now it follows with what is due.
func (h *hub) committed(ctx context.Context, passes []menshen.Pass) {
	h.tally.Passed(passes...)
	for _, p := range passes {
		h.roll.Passed(p)
	}
	h.tellOffice(ctx, passes)
	if len(passes) > 0 {
		h.nudge()
	}
}

// tellOffice has the office follow visitors, and look at whoever should not be about.
func (h *hub) tellOffice(ctx context.Context, passes []menshen.Pass) {
	for _, p := range passes {
		s, known := h.roll.Standing(p.Person)
		if !known || s.Person.Household != "" && s.Health.State() == menshen.HealthNormal {
			continue
		}
		if err := h.bureau.Passed(ctx, p); err != nil {
			h.log.Error("a pass could not be told to the office", "pass", p.ID, "error", err)
		}
	}
}
