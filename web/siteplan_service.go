package web

import (
	"context"

	"connectrpc.com/connect"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// sitePlanService tells nothing about people; only changes are audited.
type sitePlanService struct {
	desk

	overview Overview
	plans    SitePlans
}

func (s sitePlanService) GetSitePlan(ctx context.Context, _ *connect.Request[menshenv1.GetSitePlanRequest]) (*connect.Response[menshenv1.GetSitePlanResponse], error) {
	p, err := s.plans.SitePlan(ctx, 0)
	if err != nil {
		return nil, err
	}
	history, err := s.plans.PlanHistory(ctx)
	if err != nil {
		return nil, err
	}
	res := &menshenv1.GetSitePlanResponse{Plan: planToWire(p)}
	for _, r := range history {
		res.History = append(res.History, &menshenv1.PlanRevision{Revision: r.Revision, At: timeToWire(r.At), By: r.By, Picture: r.Picture, Places: count(r.Places)})
	}
	return connect.NewResponse(res), nil
}

func (s sitePlanService) GetPlanPicture(ctx context.Context, req *connect.Request[menshenv1.GetPlanPictureRequest]) (*connect.Response[menshenv1.GetPlanPictureResponse], error) {
	p, err := s.plans.PlanPicture(ctx, req.Msg.Id)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.GetPlanPictureResponse{Picture: pictureToWire(p), Data: p.Data}), nil
}

func (s sitePlanService) PutSitePlan(ctx context.Context, req *connect.Request[menshenv1.PutSitePlanRequest]) (*connect.Response[menshenv1.PutSitePlanResponse], error) {
	m := req.Msg
	var p menshen.SitePlan
	var err error
	if p.Places, err = s.places(ctx, m.Places); err != nil {
		return nil, err
	}
	switch {
	case len(m.Picture) > 0:
		if p.Picture, err = readPlanPicture(m.Picture); err != nil {
			return nil, err
		}
	case !m.NoPicture && m.Base != 0:
		before, err := s.plans.SitePlan(ctx, m.Base)
		if err != nil {
			return nil, err
		}
		p.Picture = before.Picture
	}
	if err := s.recorder.record(ctx, "plan.put", "", "", map[string]any{"base": m.Base, "picture": p.Picture.ID, "places": len(p.Places)}); err != nil {
		return nil, err
	}
	kept, err := s.add(ctx, p, m.Base)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.PutSitePlanResponse{Plan: planToWire(kept)}), nil
}

func (s sitePlanService) RestoreSitePlan(ctx context.Context, req *connect.Request[menshenv1.RestoreSitePlanRequest]) (*connect.Response[menshenv1.RestoreSitePlanResponse], error) {
	m := req.Msg
	var p menshen.SitePlan // revision 0: as it was before anybody made one
	if m.Revision != 0 {
		var err error
		if p, err = s.plans.SitePlan(ctx, m.Revision); err != nil {
			return nil, err
		}
	}
	if err := s.recorder.record(ctx, "plan.restore", "", "", map[string]any{"base": m.Base, "revision": m.Revision}); err != nil {
		return nil, err
	}
	kept, err := s.add(ctx, p, m.Base)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.RestoreSitePlanResponse{Plan: planToWire(kept)}), nil
}

func (s sitePlanService) add(ctx context.Context, p menshen.SitePlan, base uint64) (menshen.SitePlan, error) {
	p.At, p.By = s.now(), callerOf(ctx).actor
	var err error
	p.Revision, err = s.plans.AddSitePlan(ctx, p, base)
	return p, err
}

// places reads places of zones and gates that the site has, each once.
func (s sitePlanService) places(ctx context.Context, in []*menshenv1.PlanPlace) ([]menshen.PlanPlace, error) {
	const op = "web.plan"
	site, err := s.overview.Site(ctx)
	if err != nil {
		return nil, err
	}
	left := map[[2]string]bool{}
	for _, g := range site.Gates {
		left[[2]string{g.ID, ""}] = true
	}
	for _, z := range site.Zones {
		left[[2]string{"", z.ID}] = true
	}
	var all []menshen.PlanPlace
	for _, m := range in {
		p := menshen.PlanPlace{Gate: m.GetGate(), Zone: m.GetZone(), X: m.GetX(), Y: m.GetY(), Width: m.GetWidth(), Height: m.GetHeight()}
		if err := p.Validate(); err != nil {
			return nil, err
		}
		if key := [2]string{p.Gate, p.Zone}; !left[key] {
			return nil, menshen.Errorf(menshen.CodeInvalid, op, "places: %q is not of this site, or is there twice", p.Gate+p.Zone).
				WithHint("load the page again: zones and gates may have changed")
		} else {
			left[key] = false
		}
		all = append(all, p)
	}
	return all, nil
}

func planToWire(p menshen.SitePlan) *menshenv1.SitePlan {
	m := &menshenv1.SitePlan{Revision: p.Revision, At: timeToWire(p.At), By: p.By}
	if p.Picture.ID != "" {
		m.Picture = pictureToWire(p.Picture)
	}
	for _, place := range p.Places {
		m.Places = append(m.Places, &menshenv1.PlanPlace{Gate: place.Gate, Zone: place.Zone, X: place.X, Y: place.Y, Width: place.Width, Height: place.Height})
	}
	return m
}

func pictureToWire(p menshen.PlanPicture) *menshenv1.PlanPicture {
	return &menshenv1.PlanPicture{Id: p.ID, Type: p.Type, Width: count(p.Width), Height: count(p.Height)}
}
