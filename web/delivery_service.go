package web

import (
	"context"

	"connectrpc.com/connect"

	"menshen"
	"menshen/proto"
	menshenv1 "menshen/proto/menshen/v1"
)

// Deliveries are part of the visit service: they are what spares a courier a visit.

func (s visitService) TakeDelivery(ctx context.Context, req *connect.Request[menshenv1.TakeDeliveryRequest]) (*connect.Response[menshenv1.TakeDeliveryResponse], error) {
	m := req.Msg
	d := menshen.Delivery{Gate: m.Gate, Phone: menshen.NormalizePhone(m.Phone)}
	var err error
	if d.ID, err = readOwnID(m.Id); err != nil {
		return nil, err
	}
	if d.For, err = menshen.ParseDwelling(m.Dwelling); err != nil {
		return nil, err
	}
	if d.Carrier, err = readLine("carrier", m.Carrier); err != nil {
		return nil, err
	}
	if d.Item, err = readLine("item", m.Item); err != nil {
		return nil, err
	}
	if d.Item == "" {
		return nil, menshen.Errorf(menshen.CodeInvalid, "web.delivery", "item: it is empty").WithHint("say what it is and where it was put")
	}
	if err := (menshen.Particulars{Phone: d.Phone}).Validate(); err != nil {
		return nil, err
	}
	if err := checkOwnGate(ctx, s.overview, d.Gate); err != nil {
		return nil, err
	}
	if err := s.recorder.record(ctx, "delivery.take", d.For.String(), "", map[string]any{"gate": d.Gate, "carrier": d.Carrier, "item": d.Item}); err != nil {
		return nil, err
	}
	if d, err = s.deliveries.TakeDelivery(ctx, d, callerOf(ctx).actor); err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.TakeDeliveryResponse{Delivery: proto.DeliveryToWire(d)}), nil
}

func (s visitService) HandOver(ctx context.Context, req *connect.Request[menshenv1.HandOverRequest]) (*connect.Response[menshenv1.HandOverResponse], error) {
	id, err := readID("delivery", req.Msg.Delivery)
	if err != nil {
		return nil, err
	}
	to, err := readLine("to", req.Msg.To)
	if err != nil {
		return nil, err
	}
	if to == "" {
		return nil, menshen.Errorf(menshen.CodeInvalid, "web.delivery", "to: it is empty").WithHint("say who fetched it")
	}
	if err := s.recorder.record(ctx, "delivery.hand_over", id, "", map[string]any{"to": to}); err != nil {
		return nil, err
	}
	d, err := s.deliveries.HandOver(ctx, id, to, callerOf(ctx).actor)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.HandOverResponse{Delivery: proto.DeliveryToWire(d)}), nil
}

func (s visitService) ListDeliveries(ctx context.Context, req *connect.Request[menshenv1.ListDeliveriesRequest]) (*connect.Response[menshenv1.ListDeliveriesResponse], error) {
	limit, err := limitOf(req.Msg.Limit, defaultDeliveries, maxDeliveries)
	if err != nil {
		return nil, err
	}
	var dwelling menshen.Dwelling
	if req.Msg.Dwelling != "" {
		if dwelling, err = menshen.ParseDwelling(req.Msg.Dwelling); err != nil {
			return nil, err
		}
	}
	if err := s.recorder.record(ctx, "deliveries.list", dwellingText(dwelling), "", map[string]any{"waiting": req.Msg.Waiting, "limit": limit}); err != nil {
		return nil, err
	}
	all, err := s.deliveries.Deliveries(ctx, DeliveryQuery{req.Msg.Waiting, dwelling, limit})
	if err != nil {
		return nil, err
	}
	res := &menshenv1.ListDeliveriesResponse{}
	for _, d := range all {
		res.Deliveries = append(res.Deliveries, proto.DeliveryToWire(d))
	}
	return connect.NewResponse(res), nil
}
