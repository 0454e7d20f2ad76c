package main_test

import (
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"testing"

	"menshen"
	menshenv1 "menshen/proto/menshen/v1"
)

// TestVisitor tells of a visit from the first question to the way out: asked, measured, registered, confirmed by the host
// through a link, let in by a code that is good for this visit alone, seen inside, and out again.
func TestVisitor(t *testing.T) {
	c := newCommunity(t, `site:
  id: visited
  zones: [{id: compound, kind: compound}]
  gates: [{id: east, from: outside, to: compound}, {id: west, from: outside, to: compound}]
access: {cooldown: 1s}`)
	c.serve()
	api := c.api(filepath.Join(c.dir, "data"))
	host := call(t, api.Registry.PutPerson, &menshenv1.PutPersonRequest{Name: "李雷", Dwelling: "1-1-3-301"}).GetPerson()

	ask := &menshenv1.RegisterVisitRequest{
		Name: "韩梅梅", Particulars: &menshenv1.Particulars{Phone: "13800001111"}, Host: "1-1-3-301", Reason: "探亲", FromWhere: "海淀", Celsius: 37.6, Gate: "east",
	}
	t.Log(refuse(t, menshen.CodeDenied, api.Visits.RegisterVisit, ask)) // a fever
	ask.Celsius = 36.4
	registered := call(t, api.Visits.RegisterVisit, ask)
	visit := registered.GetVisit()
	if visit.GetHost() != host || visit.GetState() != string(menshen.VisitAsked) {
		t.Fatalf("registered as %v", visit)
	}
	mustFill(t, registered.GetLink(), url.Values{"answer": {"yes"}})
	state := func() string {
		for _, v := range call(t, api.Visits.ListVisits, &menshenv1.ListVisitsRequest{}).GetVisits() {
			if v.GetVisit().GetId() == visit.GetId() {
				visit = v.GetVisit()
				return visit.GetState()
			}
		}
		return ""
	}
	if state() != string(menshen.VisitConfirmed) || visit.GetPermit() == "" || visit.GetAnsweredBy() != "host" {
		t.Fatalf("answered as %v", visit)
	}

	// The guard has the visitor's permit too: printed, with its QR; a visitor without a telephone shows that.
	page := call(t, api.Permits.PrintPermits, &menshenv1.PrintPermitsRequest{Permits: []string{visit.GetPermit()}}).GetPage()
	if len(page) == 0 {
		t.Error("the permit has no sheet")
	}
	inside := func() uint32 {
		zones := call(t, api.Gates.GetOccupancy, &menshenv1.GetOccupancyRequest{}).GetZones()
		return zones[slices.IndexFunc(zones, func(z *menshenv1.ZoneOccupancy) bool { return z.GetZone() == "compound" })].GetPeople()
	}
	card := call(t, api.Credentials.IssueCredential, &menshenv1.IssueCredentialRequest{Person: visit.GetPerson(), Kind: "card", Card: "V0001"}) // lent at the gate
	show := func(gate string, d menshenv1.Direction) string {
		r := call(t, api.Guard.Present, &menshenv1.PresentRequest{Gate: gate, Direction: d, Kind: "card", Value: "V0001"})
		return fmt.Sprint(r.GetOutcome(), r.GetReasonWords())
	}
	if got := show("east", menshenv1.Direction_DIRECTION_IN); got != "OUTCOME_ALLOW [permit_valid]" {
		t.Errorf("in: %s", got)
	}
	eventually(t, "the visitor is inside", func() bool { return state() == string(menshen.VisitInside) && inside() == 1 })
	if got := show("west", menshenv1.Direction_DIRECTION_OUT); got != "OUTCOME_ALLOW [permit_valid]" {
		t.Errorf("out: %s", got)
	}
	eventually(t, "the visitor has left", func() bool { return state() == string(menshen.VisitLeft) && inside() == 0 })
	call(t, api.Credentials.RevokeCredential, &menshenv1.RevokeCredentialRequest{Credential: card.GetCredential().GetId(), Reason: "given back"})
	eventually(t, "the card is good no more", func() bool {
		return show("east", menshenv1.Direction_DIRECTION_IN) == "OUTCOME_DENY [credential_revoked]"
	})

	// A reader that measures: a fever is refused at once, kept, and alerted.
	call(t, api.Credentials.IssueCredential, &menshenv1.IssueCredentialRequest{Person: host, Kind: "card", Card: "R0001"})
	feverish := call(t, api.Guard.Present, &menshenv1.PresentRequest{Gate: "east", Direction: menshenv1.Direction_DIRECTION_IN, Kind: "card", Value: "R0001", Celsius: 38.1})
	if feverish.GetOutcome() != menshenv1.Outcome_OUTCOME_DENY || feverish.GetReasonWords()[0] != string(menshen.ReasonFever) {
		t.Errorf("with 38.1 °C: %v", feverish)
	}
	eventually(t, "the fever is kept", func() bool {
		list := call(t, api.Health.ListTemperatures, &menshenv1.ListTemperaturesRequest{Person: host}).GetTemperatures()
		return len(list) == 1 && list[0].GetSource() == "gate" && list[0].GetGate() == "east"
	})

	// What couriers bring stays at the gate, and is handed over.
	taken := call(t, api.Visits.TakeDelivery, &menshenv1.TakeDeliveryRequest{Gate: "east", Carrier: "顺丰", Dwelling: "1-1-3-301", Item: "一箱"}).GetDelivery()
	if list := call(t, api.Visits.ListDeliveries, &menshenv1.ListDeliveriesRequest{Waiting: true}).GetDeliveries(); len(list) != 1 {
		t.Errorf("waiting: %v", list)
	}
	call(t, api.Visits.HandOver, &menshenv1.HandOverRequest{Delivery: taken.GetId(), To: "李雷"})
	if list := call(t, api.Visits.ListDeliveries, &menshenv1.ListDeliveriesRequest{Waiting: true}).GetDeliveries(); len(list) != 0 {
		t.Errorf("still waiting: %v", list)
	}
}
