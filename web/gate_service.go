package web

import (
	"cmp"
	"context"

	"connectrpc.com/connect"

	"menshen"
	"menshen/proto"
	menshenv1 "menshen/proto/menshen/v1"
)

type gateService struct {
	desk

	overview Overview
	settings GateSettings
	doors    Doors
}

func (s gateService) SetGates(ctx context.Context, req *connect.Request[menshenv1.SetGatesRequest]) (*connect.Response[menshenv1.SetGatesResponse], error) {
	m := req.Msg
	const op = "web.gates"
	r := GatesRequest{Gates: m.Gates, State: menshen.GateState(m.State), Others: m.Others}
	switch r.State {
	case menshen.GateOpen, menshen.GateGuarded, menshen.GateClosed:
	default:
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "state: %q is unknown", m.State).WithHint("use open, guarded or closed")
	}
	if len(r.Gates) == 0 {
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "gates: none is named").WithHint("name the gates; menshen gate list shows them")
	}
	reason, err := readNote("reason", m.Reason)
	if err != nil {
		return nil, err
	}
	if err := checkGates(ctx, s.overview, r.Gates...); err != nil {
		return nil, err
	}
	if err := s.recorder.record(ctx, "gates.set", "", reason, map[string]any{"gates": r.Gates, "state": r.State, "others": r.Others}); err != nil {
		return nil, err
	}
	changed, err := s.settings.SetGates(ctx, r)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.SetGatesResponse{Changed: changed}), nil
}

func (s gateService) SetMode(ctx context.Context, req *connect.Request[menshenv1.SetModeRequest]) (*connect.Response[menshenv1.SetModeResponse], error) {
	mode := menshen.SiteMode(req.Msg.Mode)
	if !mode.Valid() {
		return nil, menshen.Errorf(menshen.CodeInvalid, "web.mode", "mode: %q is unknown", req.Msg.Mode).WithHint("use normal, closed or lock-down")
	}
	reason, err := readNote("reason", req.Msg.Reason)
	if err != nil {
		return nil, err
	}
	if err := s.recorder.record(ctx, "site.mode", string(mode), reason, nil); err != nil {
		return nil, err
	}
	if err := s.settings.SetMode(ctx, mode); err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.SetModeResponse{}), nil
}

func (s gateService) ListGates(ctx context.Context, _ *connect.Request[menshenv1.ListGatesRequest]) (*connect.Response[menshenv1.ListGatesResponse], error) {
	if err := s.recorder.record(ctx, "gates.list", "", "", nil); err != nil {
		return nil, err
	}
	site, err := s.overview.Site(ctx)
	if err != nil {
		return nil, err
	}
	set, err := s.settings.GateSettings(ctx)
	if err != nil {
		return nil, err
	}
	of, err := s.settings.SiteSetting(ctx)
	if err != nil {
		return nil, err
	}
	res := &menshenv1.ListGatesResponse{Mode: string(cmp.Or(of.Mode, menshen.ModeNormal))}
	doors := s.doors.DoorStates(ctx)
	for _, g := range site.Gates {
		g.State = cmp.Or(set[g.ID], g.State)
		door := doors[g.ID]
		res.Gates = append(res.Gates, &menshenv1.GateView{
			Gate: proto.GateToWire(g), Door: cmp.Or(door.State, "unknown"), DoorMessage: proto.TextToWire(door.Message),
		})
	}
	return connect.NewResponse(res), nil
}

// CommandDoors names every gate one by one to the doors: an answer about each is what an emergency needs.
func (s gateService) CommandDoors(ctx context.Context, req *connect.Request[menshenv1.CommandDoorsRequest]) (*connect.Response[menshenv1.CommandDoorsResponse], error) {
	m := req.Msg
	const op = "web.doors"
	action := menshen.DoorAction(m.Action)
	gates := m.Gates
	switch {
	case !action.Valid():
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "action: %q is unknown", m.Action).WithHint("use open, hold, lock, normal or emergency")
	case action == menshen.DoorEmergency && len(gates) > 0:
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "gates: an emergency opens every door").WithHint("leave the gates out, or use hold for some of them")
	}
	reason, err := readNote("reason", m.Reason)
	if err != nil {
		return nil, err
	}
	if len(gates) == 0 {
		site, err := s.overview.Site(ctx)
		if err != nil {
			return nil, err
		}
		for _, g := range site.Gates {
			gates = append(gates, g.ID)
		}
	} else if err := checkGates(ctx, s.overview, gates...); err != nil {
		return nil, err
	}
	if action != menshen.DoorEmergency { // the one thing that nobody is kept from
		for _, g := range gates {
			if err := checkBearerGate(ctx, g); err != nil {
				return nil, err
			}
		}
	}
	if err := s.recorder.record(ctx, "doors."+string(action), "", reason, map[string]any{"gates": gates}); err != nil {
		return nil, err
	}
	res := &menshenv1.CommandDoorsResponse{}
	for _, d := range s.doors.CommandDoors(ctx, gates, action, callerOf(ctx).actor) {
		res.Doors = append(res.Doors, &menshenv1.DoorResult{Gate: d.Gate, Confirmed: d.Confirmed, Message: proto.TextToWire(d.Message)})
	}
	return connect.NewResponse(res), nil
}

func (s gateService) GetOccupancy(ctx context.Context, _ *connect.Request[menshenv1.GetOccupancyRequest]) (*connect.Response[menshenv1.GetOccupancyResponse], error) {
	if err := s.recorder.record(ctx, "occupancy.show", "", "", nil); err != nil {
		return nil, err
	}
	site, err := s.overview.Site(ctx)
	if err != nil {
		return nil, err
	}
	people := s.doors.Occupancy()
	res := &menshenv1.GetOccupancyResponse{}
	for _, z := range site.Zones {
		if z.ID != menshen.OutsideZone {
			res.Zones = append(res.Zones, &menshenv1.ZoneOccupancy{Zone: z.ID, People: count(people[z.ID]), Capacity: count(z.Capacity)})
		}
	}
	return connect.NewResponse(res), nil
}
