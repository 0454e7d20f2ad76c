package web

import (
	"context"
	"time"

	"menshen"
)

// Statistics counts what goes on at the site. There is nothing about anybody in it. Safe for concurrent use.
type Statistics interface {
	// Statistics counts so many days of the site, today included.
	Statistics(ctx context.Context, days int) (SiteStatistics, error)
}

// SiteStatistics is what there was on some days.
type SiteStatistics struct {
	Span    menshen.Span
	Hours   [24]HourCount
	Days    []DayCount    // the earliest first
	Reasons []ReasonCount // the most frequent first
	Figures menshen.SiteFigures
	Fever   float64 // °C from which it is one
}

// GateCount is what happened at a gate.
type GateCount struct{ In, Out, Refused, Review int }

// HourCount is an hour of the day by the clocks of the site, all days together, and how often they showed it.
type HourCount struct {
	Gates map[string]GateCount
	Times int
}

// DayCount is a day of the site.
type DayCount struct {
	Gates map[string]GateCount
	Date  time.Time
}

// ReasonCount is how often something was the reason that somebody was not let through.
type ReasonCount struct {
	Reason          menshen.Reason
	Refused, Review int
}

// SitePlans keeps the site plan and what it was before. Safe for concurrent use.
type SitePlans interface {
	// SitePlan gives a revision, 0 for the latest, which is the zero plan where there is none; without the data of its picture.
	SitePlan(ctx context.Context, revision uint64) (menshen.SitePlan, error)
	// PlanHistory gives the revisions that are kept, the latest first.
	PlanHistory(ctx context.Context) ([]menshen.PlanRevision, error)
	// PlanPicture gives a picture with its data, CodeNotFound for one that no revision has.
	PlanPicture(ctx context.Context, id string) (menshen.PlanPicture, error)
	// AddSitePlan keeps a plan as the next revision, CodeConflict where base is no longer the latest.
	AddSitePlan(ctx context.Context, p menshen.SitePlan, base uint64) (revision uint64, err error)
}
