package web

import (
	"context"

	"menshen"
)

// Packs hands people what is held about them. Safe for concurrent use.
type Packs interface {
	// Pack gives what is held about a person and who looked at it, but for their passes, as a ZIP to hand to them, with the name of its file.
	Pack(ctx context.Context, person, askedBy string) (zip []byte, name string, err error)
	// PackWithPasses is Pack with the passes, by a request of this person that a second person approved; it counts that first.
	// CodeDenied where the request does not give them.
	PackWithPasses(ctx context.Context, person, request string) (zip []byte, name string, err error)
	// RequestPack asks for the passes of a person. CodeConflict where somebody did already.
	RequestPack(ctx context.Context, person, askedBy, by string) (PackView, error)
	// DecidePack approves or refuses a request. CodeDenied for whoever asked for it, CodeConflict for one that was decided.
	DecidePack(ctx context.Context, request string, approve bool, why, by string) (PackView, error)
	// PackRequest gives one, or CodeNotFound.
	PackRequest(ctx context.Context, request string) (PackView, error)
	// PackRequests gives those of a query, the latest first.
	PackRequests(ctx context.Context, q PackQuery) ([]PackView, error)
}

// PackQuery selects requests; zero fields select all.
type PackQuery struct {
	Person string
	State  menshen.PackState
	Limit  int
}

// PackView is a request as lists show it.
type PackView struct {
	menshen.PackRequest
	Name     string // of the person
	Dwelling menshen.Dwelling
	Expired  bool
}
