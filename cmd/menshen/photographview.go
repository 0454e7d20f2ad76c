package main

import (
	"context"
	"sync/atomic"

	"menshen"
	"menshen/enrolment"
	"menshen/recognizer/calibration"
	"menshen/web"
)

// likeness is what distances mean now, as the calibration says it.
type likeness struct {
	now atomic.Pointer[calibration.Point]
}

func (l *likeness) set(p calibration.Point) { l.now.Store(&p) }

// photographView finds people by a photograph.
type photographView struct{ *hub }

// FindByPhotograph implements web.PhotographSearch.
func (v photographView) FindByPhotograph(ctx context.Context, photograph []byte, most int) (web.PhotographFinding, error) {
	if v.noEngine != nil {
		return web.PhotographFinding{}, v.noEngine
	}
	point := v.likeness.now.Load()
	found, err := v.enroller.Find(ctx, photograph, point.Unsure, func(person string) float64 { return point.Limits[person].Known }, most)
	if err != nil {
		return web.PhotographFinding{}, err
	}
	var ids []string
	for _, p := range found.People {
		ids = append(ids, p.ID)
	}
	people, err := peopleView(v).PeopleByID(ctx, ids)
	if err != nil {
		return web.PhotographFinding{}, err
	}
	out := web.PhotographFinding{Doubts: converted(found.Doubts, func(c enrolment.Code) menshen.Text { return c.Text() })}
	if c := found.Refused; c != "" {
		out.Refused = &web.PhotoResult{Code: string(c), Message: c.Text(), Hint: c.Hint()}
	}
	for _, p := range found.People {
		one := web.PhotographMatch{Registered: people[p.ID], Sure: p.Sure}
		if one.ID == "" {
			continue // erased a moment ago
		}
		if p.Photograph != nil {
			one.Photograph = p.Photograph.Data
		}
		out.People = append(out.People, one)
	}
	return out, nil
}
