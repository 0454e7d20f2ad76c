package web

import (
	"context"

	"connectrpc.com/connect"

	"menshen"
	"menshen/proto"
	menshenv1 "menshen/proto/menshen/v1"
)

type calibrationService struct {
	calibrator Calibrator
	people     People
	recorder   recorder
}

const (
	leastFPIR     = 0.0001
	mostFPIR      = 0.05
	maxLookAlikes = 100 // pairs named in one answer
)

// Calibrate records the question before anything is done, and each person whom the answer names before it is given.
func (s calibrationService) Calibrate(ctx context.Context, req *connect.Request[menshenv1.CalibrateRequest]) (*connect.Response[menshenv1.CalibrateResponse], error) {
	m := req.Msg
	if m.Fpir != 0 && !(m.Fpir >= leastFPIR && m.Fpir <= mostFPIR) {
		return nil, menshen.Errorf(menshen.CodeInvalid, "web.calibrate", "fpir: %v is out of range", m.Fpir).WithHint("use %v to %v", leastFPIR, mostFPIR)
	}
	if err := s.recorder.record(ctx, "calibration.calibrate", "", "", map[string]any{"fpir": m.Fpir, "dry_run": m.DryRun}); err != nil {
		return nil, err
	}
	r, err := s.calibrator.Calibrate(ctx, m.Fpir, m.DryRun)
	if err != nil {
		return nil, err
	}
	res := &menshenv1.CalibrateResponse{
		Calibration: proto.CalibrationToWire(r.Calibration), InUse: r.InUse, LookAlikePairs: uint64(max(r.Pairs, 0)),
		NetworkKnown: r.NetworkKnown, NetworkUnsure: r.NetworkUnsure, NetworkSource: r.NetworkSource,
	}
	for _, b := range r.Strangers {
		res.Strangers = append(res.Strangers, &menshenv1.DistanceShare{From: b.From, To: b.To, Share: b.Share})
	}
	for _, b := range r.Own {
		res.Own = append(res.Own, &menshenv1.DistanceShare{From: b.From, To: b.To, Share: b.Share})
	}
	for _, p := range r.Curve {
		res.Curve = append(res.Curve, &menshenv1.ThresholdPoint{Known: p.Known, Taken: p.Taken, Missed: p.Missed})
	}
	res.LookAlikes, err = s.lookAlikes(ctx, r.LookAlikes[:min(len(r.LookAlikes), maxLookAlikes)])
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(res), nil
}

// lookAlikes names the pairs. Somebody who is gone from the registry keeps the id.
func (s calibrationService) lookAlikes(ctx context.Context, pairs []LookAlike) ([]*menshenv1.LookAlike, error) {
	views := map[string]*menshenv1.PersonView{}
	var ids []string
	for _, p := range pairs {
		for _, id := range []string{p.A, p.B} {
			if views[id] == nil {
				views[id] = &menshenv1.PersonView{Id: id}
				ids = append(ids, id)
			}
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	for _, id := range ids {
		if err := s.recorder.record(ctx, "calibration.look_alike", id, "", nil); err != nil {
			return nil, err
		}
	}
	people, err := s.people.PeopleByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	for id, p := range people {
		views[id] = proto.PersonViewToWire(p.Person, p.Templates)
	}
	all := make([]*menshenv1.LookAlike, len(pairs))
	for i, p := range pairs {
		all[i] = &menshenv1.LookAlike{A: views[p.A], B: views[p.B], Distance: p.Distance, KnownA: p.KnownA, KnownB: p.KnownB}
	}
	return all, nil
}
