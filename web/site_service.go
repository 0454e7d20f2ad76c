package web

import (
	"context"

	"connectrpc.com/connect"

	"menshen/proto"
	menshenv1 "menshen/proto/menshen/v1"
)

// siteService tells nothing about people but what is urgent, and of cases that only to who works on them. It is not audited.
type siteService struct {
	overview Overview
	front    Front
}

func (s siteService) GetSite(ctx context.Context, _ *connect.Request[menshenv1.GetSiteRequest]) (*connect.Response[menshenv1.GetSiteResponse], error) {
	site, err := s.overview.Site(ctx)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.GetSiteResponse{
		Site: proto.SiteToWire(site), Version: s.front.Version, Simulated: s.front.Simulated,
	}), nil
}

func (s siteService) GetStatus(ctx context.Context, _ *connect.Request[menshenv1.GetStatusRequest]) (*connect.Response[menshenv1.GetStatusResponse], error) {
	status, err := s.overview.Status(ctx)
	if err != nil {
		return nil, err
	}
	res := &menshenv1.GetStatusResponse{People: status.People, Templates: status.Templates, Passes: status.Passes, Outbox: status.Outbox}
	role := callerOf(ctx).role
	for _, c := range status.Conditions {
		if !role.hears(c.Audience) {
			continue
		}
		res.Conditions = append(res.Conditions, proto.ConditionToWire(c))
	}
	for _, c := range status.Cameras {
		res.Cameras = append(res.Cameras, &menshenv1.CameraStatus{Id: c.ID, Gate: c.Gate, Ok: c.OK, Message: c.Message, Figures: c.Figures})
	}
	return connect.NewResponse(res), nil
}
