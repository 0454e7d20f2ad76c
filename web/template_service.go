package web

import (
	"context"
	"slices"

	"connectrpc.com/connect"

	menshenv1 "menshen/proto/menshen/v1"
)

type templateService struct {
	templates Templates
	recorder  recorder
}

func (s templateService) GetTemplates(ctx context.Context, _ *connect.Request[menshenv1.GetTemplatesRequest]) (*connect.Response[menshenv1.GetTemplatesResponse], error) {
	if err := s.recorder.record(ctx, "templates.list", "", "", nil); err != nil {
		return nil, err
	}
	engines, err := s.templates.Engines(ctx)
	if err != nil {
		return nil, err
	}
	people, err := s.templates.Untemplated(ctx)
	if err != nil {
		return nil, err
	}
	res := &menshenv1.GetTemplatesResponse{}
	for _, e := range engines {
		res.Engines = append(res.Engines, &menshenv1.EngineTemplates{Engine: e.Engine.String(), Templates: uint64(max(e.Templates, 0)), InUse: e.InUse})
	}
	for _, u := range people {
		res.Untemplated = append(res.Untemplated, &menshenv1.Untemplated{
			Person: u.Person, Name: u.Name, Dwelling: u.Dwelling, Photographs: uint64(max(u.Photographs, 0)), MaskedOnly: u.MaskedOnly,
		})
	}
	return connect.NewResponse(res), nil
}

// Renew records the start, and each person before templates are made of their photographs.
func (s templateService) Renew(ctx context.Context, _ *connect.Request[menshenv1.RenewRequest], stream *connect.ServerStream[menshenv1.RenewResponse]) error {
	if err := s.recorder.record(ctx, "templates.renew", "", "", nil); err != nil {
		return err
	}
	people, err := s.templates.Untemplated(ctx)
	if err != nil {
		return err
	}
	// Who is only not recognised in a mask, and of whom nothing is kept, has nothing to be renewed.
	people = slices.DeleteFunc(people, func(u Untemplated) bool { return u.MaskedOnly && u.Photographs == 0 })
	for i, u := range people {
		if err := s.recorder.record(ctx, "person.renew", u.Person, "", nil); err != nil {
			return err
		}
		err := s.templates.Renew(ctx, []string{u.Person}, func(r Renewed) error {
			return stream.Send(&menshenv1.RenewResponse{
				Done: uint64(i + 1), Total: uint64(len(people)), Person: u.Person, Name: u.Name, Dwelling: u.Dwelling,
				Templates: uint64(max(r.Templates, 0)), Refused: photoResults(r.Refused),
			})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (s templateService) Forget(ctx context.Context, req *connect.Request[menshenv1.ForgetRequest]) (*connect.Response[menshenv1.ForgetResponse], error) {
	if err := s.recorder.record(ctx, "templates.forget", req.Msg.Person, "", map[string]any{"photographs": req.Msg.Photographs}); err != nil {
		return nil, err
	}
	if req.Msg.Photographs {
		n, err := s.templates.ForgetPhotographs(ctx, req.Msg.Person)
		if err != nil {
			return nil, err
		}
		return connect.NewResponse(&menshenv1.ForgetResponse{Photographs: uint64(max(n, 0))}), nil
	}
	n, err := s.templates.Forget(ctx, req.Msg.Person)
	if err != nil {
		return nil, err
	}
	return connect.NewResponse(&menshenv1.ForgetResponse{Templates: uint64(max(n, 0))}), nil
}
