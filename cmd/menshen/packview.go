package main

import (
	"context"

	bureau "menshen/office"
	"menshen/store"
	"menshen/web"
)

// packView hands people what is held about them.
type packView struct{ *hub }

// Pack implements web.Packs.
func (v packView) Pack(ctx context.Context, person, askedBy string) ([]byte, string, error) {
	return v.packPerson(ctx, person, askedBy, nil)
}

// PackWithPasses implements web.Packs.
func (v packView) PackWithPasses(ctx context.Context, person, request string) ([]byte, string, error) {
	r, err := v.bureau.TakePack(ctx, request, person)
	if err != nil {
		return nil, "", err
	}
	return v.packPerson(ctx, person, r.AskedBy, &r)
}

// RequestPack implements web.Packs.
func (v packView) RequestPack(ctx context.Context, person, askedBy, by string) (web.PackView, error) {
	r, err := v.bureau.RequestPack(ctx, person, askedBy, by)
	if err != nil {
		return web.PackView{}, err
	}
	return v.PackRequest(ctx, r.ID)
}

// DecidePack implements web.Packs.
func (v packView) DecidePack(ctx context.Context, request string, approve bool, why, by string) (web.PackView, error) {
	r, err := v.bureau.DecidePack(ctx, request, approve, why, by)
	if err != nil {
		return web.PackView{}, err
	}
	return v.PackRequest(ctx, r.ID)
}

// PackRequest implements web.Packs.
func (v packView) PackRequest(ctx context.Context, request string) (web.PackView, error) {
	r, err := v.bureau.PackRequest(ctx, request)
	return web.PackView(r), err
}

// PackRequests implements web.Packs.
func (v packView) PackRequests(ctx context.Context, q web.PackQuery) ([]web.PackView, error) {
	all, err := v.bureau.PackRequests(ctx, store.PackFilter{Person: q.Person, State: q.State, Latest: q.Limit})
	return converted(all, func(r bureau.PackView) web.PackView { return web.PackView(r) }), err
}
