package proto

import (
	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// PackRequestToWire converts a request for somebody's passes, with who that is. It goes one way.
func PackRequestToWire(r menshen.PackRequest, who *menshenv1.PersonView) *menshenv1.PackRequest {
	return &menshenv1.PackRequest{
		Id: r.ID, Person: who, AskedBy: r.AskedBy, State: string(r.State), RequestedBy: r.RequestedBy, Requested: timeToWire(r.Requested),
		DecidedBy: r.DecidedBy, Decided: timeToWire(r.Decided), Why: r.Why, Expires: timeToWire(r.Expires),
		Fetched: countToWire(r.Fetched), Fetches: menshen.PackFetches,
	}
}
