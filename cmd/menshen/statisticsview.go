package main

import (
	"context"
	"time"

	"menshen/office/tally"
	"menshen/web"
)

// statisticsView counts passes and people.
type statisticsView struct{ *hub }

// Statistics implements web.Statistics.
func (v statisticsView) Statistics(ctx context.Context, days int) (web.SiteStatistics, error) {
	now := time.Now().In(caseView(v).zone())
	r, err := v.tally.Count(ctx, days, now)
	if err != nil {
		return web.SiteStatistics{}, err
	}
	fever := figures{v.roll}.Fever()
	today := r.Days[len(r.Days)-1].Date
	people, err := v.pipeline.store.SiteFigures(ctx, today, now, fever)
	if err != nil {
		return web.SiteStatistics{}, err
	}
	all := web.SiteStatistics{Span: r.Span, Figures: people, Fever: fever}
	for i, h := range r.Hours {
		all.Hours[i] = web.HourCount{Gates: gateCounts(h.ByGate), Times: h.Times}
	}
	for _, d := range r.Days {
		all.Days = append(all.Days, web.DayCount{Gates: gateCounts(d.ByGate), Date: d.Date})
	}
	for _, reason := range r.Reasons {
		all.Reasons = append(all.Reasons, web.ReasonCount(reason))
	}
	return all, nil
}

func gateCounts(gates tally.ByGate) map[string]web.GateCount {
	all := make(map[string]web.GateCount, len(gates))
	for id, c := range gates {
		all[id] = web.GateCount(c)
	}
	return all
}
