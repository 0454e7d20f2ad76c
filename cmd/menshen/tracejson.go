package main

import (
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	menshenv1 "menshen/proto/menshen/v1"
)

// The JSON of the trace commands is read by other programs: keys are added, never renamed. Times are RFC 3339 in the
// site's zone, durations seconds.

type personJSON struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Dwelling string `json:"dwelling"`
}

type passJSON struct {
	ID        string    `json:"id"`
	Gate      string    `json:"gate"`
	Person    string    `json:"person,omitempty"`
	Name      string    `json:"name,omitempty"`
	Direction string    `json:"direction"`
	Captured  time.Time `json:"captured"`
	Decided   time.Time `json:"decided,omitzero"`
	Means     string    `json:"means"`
	Decision  string    `json:"decision"`
	Reasons   []string  `json:"reasons"`
	Camera    string    `json:"camera,omitempty"`
	Track     string    `json:"track,omitempty"`
	Distance  float64   `json:"distance,omitempty"` // to the nearest person
}

type stayJSON struct {
	Zone         string    `json:"zone"`
	From         time.Time `json:"from"`
	To           time.Time `json:"to"`
	FromObserved bool      `json:"from_observed"`
	ToObserved   bool      `json:"to_observed"`
	Open         bool      `json:"open"`
}

type exposureJSON struct {
	Kind     string    `json:"kind"`
	Zone     string    `json:"zone,omitempty"`
	Gate     string    `json:"gate,omitempty"`
	From     time.Time `json:"from"`
	To       time.Time `json:"to"`
	Inferred bool      `json:"inferred"`
}

type contactJSON struct {
	Person    personJSON     `json:"person"`
	TogetherS float64        `json:"together_s"`
	Exposures []exposureJSON `json:"exposures"`
}

type movementsAnswer struct {
	Person personJSON `json:"person"`
	From   time.Time  `json:"from"`
	To     time.Time  `json:"to"`
	Passes []passJSON `json:"passes"`
	Stays  []stayJSON `json:"stays"`
}

type contactsAnswer struct {
	Person   personJSON    `json:"person"`
	From     time.Time     `json:"from"`
	To       time.Time     `json:"to"`
	Contacts []contactJSON `json:"contacts"`
}

func person(p *menshenv1.PersonView) personJSON {
	return personJSON{ID: p.GetId(), Name: p.GetName(), Dwelling: p.GetDwelling()}
}

// local gives a time in the site's zone; the zero time for none.
func local(t *timestamppb.Timestamp, loc *time.Location) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.AsTime().In(loc)
}

func pass(p *menshenv1.Pass, loc *time.Location) passJSON {
	j := passJSON{
		ID: passID(p), Gate: p.GetGate(), Person: p.GetPerson(), Direction: directionWord(p.GetDirection()),
		Captured: local(p.GetCaptured(), loc), Decided: local(p.GetDecided(), loc), Means: meansWord(p.GetMeans()),
		Decision: outcomeWord(p.GetOutcome()), Reasons: p.GetReasons(), Camera: p.GetCamera(), Track: p.GetTrack(),
	}
	if c := p.GetMatch().GetCandidates(); len(c) > 0 {
		j.Distance = c[0].GetDistance()
	}
	return j
}

func movementsJSON(m *menshenv1.MovementsResponse, loc *time.Location) movementsAnswer {
	a := movementsAnswer{Person: person(m.GetPerson()), From: local(m.GetFrom(), loc), To: local(m.GetTo(), loc), Passes: []passJSON{}, Stays: []stayJSON{}}
	for _, p := range m.GetPasses() {
		a.Passes = append(a.Passes, pass(p, loc))
	}
	for _, s := range m.GetStays() {
		a.Stays = append(a.Stays, stayJSON{
			Zone: s.GetZone(), From: local(s.GetFrom(), loc), To: local(s.GetTo(), loc),
			FromObserved: s.GetFromObserved(), ToObserved: s.GetToObserved(), Open: s.GetOpen(),
		})
	}
	return a
}

func contactsJSON(m *menshenv1.ContactsResponse, loc *time.Location) contactsAnswer {
	a := contactsAnswer{Person: person(m.GetPerson()), From: local(m.GetFrom(), loc), To: local(m.GetTo(), loc), Contacts: []contactJSON{}}
	for _, c := range m.GetContacts() {
		j := contactJSON{Person: person(c.GetPerson()), TogetherS: c.GetTogether().AsDuration().Seconds(), Exposures: []exposureJSON{}}
		for _, e := range c.GetExposures() {
			j.Exposures = append(j.Exposures, exposureJSON{
				Kind: e.GetKind(), Zone: e.GetZone(), Gate: e.GetGate(), From: local(e.GetFrom(), loc), To: local(e.GetTo(), loc), Inferred: e.GetInferred(),
			})
		}
		a.Contacts = append(a.Contacts, j)
	}
	return a
}
