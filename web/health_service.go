package web

import (
	"context"
	"time"

	"connectrpc.com/connect"

	"menshen"
	"menshen/proto"
	menshenv1 "menshen/proto/menshen/v1"
)

type healthService struct {
	desk

	overview Overview
	health   Health
	tables   Tables
	people   Registry
}

// temperaturesShown is how far back the temperatures of a health list go.
const temperaturesShown = 30 * 24 * time.Hour

func (s healthService) ListHealth(ctx context.Context, req *connect.Request[menshenv1.ListHealthRequest]) (*connect.Response[menshenv1.ListHealthResponse], error) {
	state := menshen.HealthState(req.Msg.State)
	if state != "" {
		if err := checkHealthState(state); err != nil {
			return nil, err
		}
	}
	if err := s.recorder.record(ctx, "health.list", "", "", map[string]any{"state": state, "temperatures": req.Msg.Temperatures}); err != nil {
		return nil, err
	}
	all, err := s.health.HealthList(ctx, state)
	if err != nil {
		return nil, err
	}
	fever, days := s.health.HealthRules()
	res := &menshenv1.ListHealthResponse{Fever: fever, ObservationDays: count(days)}
	for _, h := range all {
		if callerOf(ctx).role == RoleGuard {
			h.Reason = "" // a gate must know who stays at home; why is between them and the office
		}
		view := &menshenv1.HealthView{Health: proto.HealthToWire(h.Health), Name: h.Name, Dwelling: dwellingText(h.Dwelling)}
		if req.Msg.Temperatures {
			if err := s.addTemperatures(ctx, view, h); err != nil {
				return nil, err
			}
		}
		res.People = append(res.People, view)
	}
	return connect.NewResponse(res), nil
}

// addTemperatures adds what was measured since a state began, and where to call.
func (s healthService) addTemperatures(ctx context.Context, view *menshenv1.HealthView, h HealthView) error {
	from := s.now().Add(-temperaturesShown)
	if h.State != menshen.HealthNormal && h.Since.After(from) {
		from = h.Since.Add(-24 * time.Hour) // the one that it began with too
	}
	all, err := s.health.Temperatures(ctx, TemperatureQuery{Person: h.Person, From: from})
	if err != nil {
		return err
	}
	for _, t := range all {
		view.Temperatures = append(view.Temperatures, proto.TemperatureToWire(t))
	}
	if callerOf(ctx).role == RoleGuard {
		return nil
	}
	record, err := s.people.Record(ctx, h.Person)
	if err != nil {
		return err
	}
	view.Phone = record.Particulars.Phone
	return nil
}

func checkHealthState(s menshen.HealthState) error {
	if s.Valid() {
		return nil
	}
	return menshen.Errorf(menshen.CodeInvalid, "web.health", "state: %q is unknown", s).WithHint("use normal, observation, monitoring, isolated or recovered")
}

func (s healthService) SetHealth(ctx context.Context, req *connect.Request[menshenv1.SetHealthRequest]) (*connect.Response[menshenv1.SetHealthResponse], error) {
	m := req.Msg
	h := HealthChange{State: menshen.HealthState(m.State)}
	if err := checkHealthState(h.State); err != nil {
		return nil, err
	}
	var err error
	if h.Since, err = readTime("since", m.Since); err != nil {
		return nil, err
	}
	if h.Until, err = readTime("until", m.Until); err != nil {
		return nil, err
	}
	begin := h.Since // a zero one is now; what that means for an observation that ends is the office's to say
	if begin.IsZero() {
		begin = s.now()
	}
	if !h.Until.IsZero() && !begin.Before(h.Until) {
		return nil, menshen.Errorf(menshen.CodeInvalid, "web.health", "until: it ends before it begins").WithHint("give an end after the beginning")
	}
	if h.Reason, err = readNote("reason", m.Reason); err != nil {
		return nil, err
	}
	person, err := s.subject(ctx, "health.set", m.Person, map[string]any{"state": h.State, "since": h.Since, "until": h.Until, "reason": h.Reason})
	if err != nil {
		return nil, err
	}
	h.Person = person.ID
	set, err := s.health.SetHealth(ctx, h, callerOf(ctx).actor)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.SetHealthResponse{Health: proto.HealthToWire(set)}), nil
}

func (s healthService) SetHealthCode(ctx context.Context, req *connect.Request[menshenv1.SetHealthCodeRequest]) (*connect.Response[menshenv1.SetHealthCodeResponse], error) {
	code := menshen.HealthCode(req.Msg.Code)
	switch code {
	case menshen.HealthCodeNone, menshen.HealthCodeGreen, menshen.HealthCodeYellow, menshen.HealthCodeRed:
	default:
		return nil, menshen.Errorf(menshen.CodeInvalid, "web.health", "code: %q is unknown", req.Msg.Code).WithHint("use green, yellow or red")
	}
	source, err := readLine("source", req.Msg.Source)
	if err != nil {
		return nil, err
	}
	person, err := s.subject(ctx, "health.code", req.Msg.Person, map[string]any{"code": code, "source": source})
	if err != nil {
		return nil, err
	}
	h, err := s.health.SetHealthCode(ctx, person.ID, code, source, callerOf(ctx).actor)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.SetHealthCodeResponse{Health: proto.HealthToWire(h)}), nil
}

func (s healthService) RecordTemperature(ctx context.Context, req *connect.Request[menshenv1.RecordTemperatureRequest]) (*connect.Response[menshenv1.RecordTemperatureResponse], error) {
	m := req.Msg
	t := menshen.Temperature{Celsius: m.Celsius, Source: menshen.TemperatureSource(m.Source), Gate: m.Gate}
	if t.Source == "" {
		t.Source = menshen.TemperatureGuard
	}
	var err error
	if t.ID, err = readOwnID(m.Id); err != nil {
		return nil, err
	}
	if t.At, err = readTime("at", m.At); err != nil {
		return nil, err
	}
	if t.At.IsZero() {
		t.At = s.now()
	}
	if t.At.After(s.now().Add(time.Minute)) {
		return nil, menshen.Errorf(menshen.CodeInvalid, "web.health", "at: %s is still to come", t.At.Format(time.RFC3339)).WithHint("leave it out for now, or set the clock right")
	}
	checked := t
	checked.Person = "new"
	if err := checked.Validate(); err != nil {
		return nil, err
	}
	if t.Gate != "" {
		if err := checkOwnGate(ctx, s.overview, t.Gate); err != nil {
			return nil, err
		}
	}
	person, err := s.subject(ctx, "temperature.record", m.Person, map[string]any{"celsius": t.Celsius, "source": t.Source, "gate": t.Gate})
	if err != nil {
		return nil, err
	}
	t.Person = person.ID
	t, fever, err := s.health.RecordTemperature(ctx, t, callerOf(ctx).actor)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.RecordTemperatureResponse{Temperature: proto.TemperatureToWire(t), Fever: fever}), nil
}

func (s healthService) ListTemperatures(ctx context.Context, req *connect.Request[menshenv1.ListTemperaturesRequest]) (*connect.Response[menshenv1.ListTemperaturesResponse], error) {
	from, err := readTime("from", req.Msg.From)
	if err != nil {
		return nil, err
	}
	if from.IsZero() {
		from = s.now().Add(-usualSpan)
	}
	person, err := s.perhaps(ctx, "temperatures.list", req.Msg.Person, map[string]any{"from": from, "fever": req.Msg.Fever})
	if err != nil {
		return nil, err
	}
	all, err := s.health.Temperatures(ctx, TemperatureQuery{person, from, req.Msg.Fever})
	if err != nil {
		return nil, err
	}
	res := &menshenv1.ListTemperaturesResponse{}
	for _, t := range all {
		res.Temperatures = append(res.Temperatures, proto.TemperatureToWire(t))
	}
	return connect.NewResponse(res), nil
}

func (s healthService) RegisterReturnees(ctx context.Context, req *connect.Request[menshenv1.RegisterReturneesRequest]) (*connect.Response[menshenv1.RegisterReturneesResponse], error) {
	name, err := readFile(req.Msg.Name, req.Msg.Data)
	if err != nil {
		return nil, err
	}
	detail := map[string]any{"file": name, "bytes": len(req.Msg.Data), "dry_run": req.Msg.DryRun}
	if err := s.recorder.record(ctx, "returnees.register", "", "", detail); err != nil {
		return nil, err
	}
	r, err := s.tables.RegisterReturnees(ctx, req.Msg.Data, req.Msg.DryRun, callerOf(ctx).actor)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.RegisterReturneesResponse{
		Rows: count(r.Rows), Observed: count(r.Observed), Unchanged: count(r.Unchanged), Taken: resultsToWire(r.Taken), Refused: refusalsToWire(r.Refused),
	}), nil
}
