package web

import (
	"context"

	"connectrpc.com/connect"

	"menshen"
	"menshen/proto"
	menshenv1 "menshen/proto/menshen/v1"
)

const (
	defaultPacks = 100
	maxPacks     = 1000
)

// PackPerson takes an id and no name: what is held about one person is not handed to another of the same name. Passes are in it by a
// request that a second person approved, and by nothing else.
func (s registryService) PackPerson(ctx context.Context, req *connect.Request[menshenv1.PackPersonRequest]) (*connect.Response[menshenv1.PackPersonResponse], error) {
	person, err := readID("person", req.Msg.Person)
	if err != nil {
		return nil, err
	}
	request, err := readLine("request", req.Msg.Request)
	if err != nil {
		return nil, err
	}
	var zip []byte
	var name string
	if request != "" { // who asked is kept, sealed, with the request
		if err := s.recorder.record(ctx, "person.pack", person, "", map[string]any{"request": request}); err != nil {
			return nil, err
		}
		zip, name, err = s.packs.PackWithPasses(ctx, person, request)
	} else {
		askedBy, wrong := readAskedBy(req.Msg.AskedBy)
		if wrong != nil {
			return nil, wrong
		}
		if err := s.recorder.record(ctx, "person.pack", person, askedBy, nil); err != nil {
			return nil, err
		}
		zip, name, err = s.packs.Pack(ctx, person, askedBy)
	}
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.PackPersonResponse{Zip: zip, Name: name}), nil
}

func readAskedBy(s string) (string, error) {
	s, err := readLine("asked_by", s)
	if err == nil && s == "" {
		err = menshen.Errorf(menshen.CodeInvalid, "web.pack", "asked_by: nobody asked for it").WithHint("say who asked: the person themselves, a guardian, or whoever they named")
	}
	return s, err
}

// RequestPack keeps what people write of a request out of the audit log, as of cases.
func (s registryService) RequestPack(ctx context.Context, req *connect.Request[menshenv1.RequestPackRequest]) (*connect.Response[menshenv1.RequestPackResponse], error) {
	person, err := readID("person", req.Msg.Person)
	if err != nil {
		return nil, err
	}
	askedBy, err := readAskedBy(req.Msg.AskedBy)
	if err != nil {
		return nil, err
	}
	if err := s.recorder.record(ctx, "pack.request", person, "", nil); err != nil {
		return nil, err
	}
	v, err := s.packs.RequestPack(ctx, person, askedBy, callerOf(ctx).actor)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.RequestPackResponse{Request: packToWire(v)}), nil
}

func (s registryService) DecidePack(ctx context.Context, req *connect.Request[menshenv1.DecidePackRequest]) (*connect.Response[menshenv1.DecidePackResponse], error) {
	why, err := readText("why", req.Msg.Why, maxPurpose)
	if err == nil && why == "" {
		err = menshen.Errorf(menshen.CodeInvalid, "web.pack", "why: it is empty, and nothing is decided without a reason").WithHint("say why, with --why")
	}
	if err != nil {
		return nil, err
	}
	asked, err := readID("request", req.Msg.Request)
	if err != nil {
		return nil, err
	}
	old, lookup := s.packs.PackRequest(ctx, asked)
	if err := s.recorder.record(ctx, "pack.decide", old.Person, "", map[string]any{"request": asked, "approve": req.Msg.Approve}); err != nil {
		return nil, err
	}
	if lookup != nil {
		return nil, lookup
	}
	if err := secondPersonOfPack(ctx, old.PackRequest); req.Msg.Approve && err != nil {
		return nil, err
	}
	v, err := s.packs.DecidePack(ctx, old.ID, req.Msg.Approve, why, callerOf(ctx).actor)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.DecidePackResponse{Request: packToWire(v)}), nil
}

func (s registryService) ListPacks(ctx context.Context, req *connect.Request[menshenv1.ListPacksRequest]) (*connect.Response[menshenv1.ListPacksResponse], error) {
	limit, err := limitOf(req.Msg.Limit, defaultPacks, maxPacks)
	if err != nil {
		return nil, err
	}
	person, err := readLine("person", req.Msg.Person)
	if err != nil {
		return nil, err
	}
	if err := readOneOf("state", req.Msg.State, string(menshen.PackRequested), string(menshen.PackApproved), string(menshen.PackRefused)); err != nil {
		return nil, err
	}
	if err := s.recorder.record(ctx, "packs.list", person, "", map[string]any{"state": req.Msg.State}); err != nil {
		return nil, err
	}
	all, err := s.packs.PackRequests(ctx, PackQuery{Person: person, State: menshen.PackState(req.Msg.State), Limit: limit})
	if err != nil {
		return nil, err
	}
	res := &menshenv1.ListPacksResponse{}
	for _, v := range all {
		res.Requests = append(res.Requests, packToWire(v))
	}
	return connect.NewResponse(res), nil
}

func packToWire(v PackView) *menshenv1.PackRequest {
	m := proto.PackRequestToWire(v.PackRequest, &menshenv1.PersonView{Id: v.Person, Name: v.Name, Dwelling: dwellingText(v.Dwelling)})
	m.Expired = v.Expired
	return m
}
