package web_test

import (
	"context"
	"fmt"

	"menshen"
	"menshen/web"
)

// Pack implements web.Packs.
func (h *house) Pack(_ context.Context, person, askedBy string) ([]byte, string, error) {
	return []byte("PK"), person + ".zip", h.did("pack " + person + " " + askedBy)
}

// PackWithPasses implements web.Packs.
func (h *house) PackWithPasses(_ context.Context, person, request string) ([]byte, string, error) {
	return []byte("PK"), person + ".zip", h.did("passes " + person + " " + request)
}

// aPack is the request of the house.
func (h *house) aPack() web.PackView {
	r := menshen.PackRequest{
		ID: "pack-1", Person: "p-1", AskedBy: "本人", State: menshen.PackRequested, RequestedBy: "account@desk", Requested: now, Expires: now.Add(menshen.PackWaits),
	}
	if h.alterPack != nil {
		h.alterPack(&r)
	}
	return web.PackView{PackRequest: r, Name: "王芳"}
}

// RequestPack implements web.Packs.
func (h *house) RequestPack(_ context.Context, person, askedBy, by string) (web.PackView, error) {
	return h.aPack(), h.did("request " + person + " " + askedBy + " " + by)
}

// DecidePack implements web.Packs.
func (h *house) DecidePack(_ context.Context, request string, approve bool, why, by string) (web.PackView, error) {
	return h.aPack(), h.did(fmt.Sprint("decide ", request, " ", approve, " ", why, " ", by))
}

// PackRequest implements web.Packs.
func (h *house) PackRequest(_ context.Context, request string) (web.PackView, error) {
	if request != "pack-1" {
		return web.PackView{}, menshen.Errorf(menshen.CodeNotFound, "house.pack", "there is no request %q", request)
	}
	return h.aPack(), h.did("find")
}

// PackRequests implements web.Packs.
func (h *house) PackRequests(_ context.Context, q web.PackQuery) ([]web.PackView, error) {
	return []web.PackView{h.aPack()}, h.did("packs " + q.Person + string(q.State))
}
