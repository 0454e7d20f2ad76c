package web_test

import (
	"context"
	"time"

	"menshen"
	"menshen/web"
)

// plan is the plan of the house: revision 3, with a picture.
func (h *house) plan() menshen.SitePlan {
	return menshen.SitePlan{
		Revision: 3, At: now, By: "office@test", Picture: menshen.PlanPicture{ID: "aa", Type: "image/png", Width: 40, Height: 30},
		Places: []menshen.PlanPlace{{Gate: "east-1", X: 0.9, Y: 0.5}, {Zone: "compound", X: 0.5, Y: 0.5, Width: 0.8, Height: 0.8}},
	}
}

func (h *house) SitePlan(_ context.Context, revision uint64) (menshen.SitePlan, error) {
	p := h.plan()
	if revision != 0 {
		p.Revision = revision
	}
	return p, h.did("plan")
}

func (h *house) PlanHistory(context.Context) ([]menshen.PlanRevision, error) {
	return []menshen.PlanRevision{{Revision: 3, At: now, By: "office@test", Picture: true, Places: 2}}, h.did("plan history")
}

func (h *house) PlanPicture(_ context.Context, id string) (menshen.PlanPicture, error) {
	p := h.plan().Picture
	p.Data = []byte("pixels of " + id)
	return p, h.did("plan picture")
}

func (h *house) AddSitePlan(_ context.Context, p menshen.SitePlan, base uint64) (uint64, error) {
	if err := h.askedWith("add plan", p); err != nil {
		return 0, err
	}
	return base + 1, nil
}

func (h *house) Statistics(_ context.Context, days int) (web.SiteStatistics, error) {
	s := web.SiteStatistics{
		Span:    menshen.Span{From: now.Add(-8 * time.Hour), To: now},
		Days:    []web.DayCount{{Date: time.Date(2026, 3, 15, 0, 0, 0, 0, time.UTC), Gates: map[string]web.GateCount{"west-1": {Out: 1}, "east-1": {In: 5, Refused: 1}}}},
		Reasons: []web.ReasonCount{{Reason: menshen.ReasonNoPermit, Refused: 1}},
		Figures: menshen.SiteFigures{People: 1200, Enrolled: 1100, Permitted: 900, Observed: 3, Fevers: 1, Measured: 40},
		Fever:   37.3,
	}
	s.Hours[7] = web.HourCount{Times: 1, Gates: map[string]web.GateCount{"east-1": {In: 5, Refused: 1}}}
	return s, h.askedWith("statistics", days)
}
