package bench

import (
	"fmt"
	"math/rand/v2"
	"time"

	"menshen"
)

// township is a computed registry: people in households of three or so, permits, health, gates.
type township struct {
	o      AccessOptions
	rnd    *rand.Rand
	site   menshen.Site
	now    time.Time
	people []string // ids; each is a string of its own, as those that a gate is asked about are
}

func newTownship(o AccessOptions) *township {
	t := &township{o: o, rnd: rand.New(rand.NewPCG(o.Seed, 4)), now: time.Date(2020, 3, 2, 1, 0, 0, 0, time.UTC)}
	t.site = menshen.Site{
		ID: "bench", Location: time.FixedZone("Beijing", 8*3600),
		Zones: []menshen.Zone{{ID: menshen.OutsideZone, Kind: menshen.ZoneOutside}, {ID: "compound", Kind: menshen.ZoneCompound}},
	}
	if l, err := time.LoadLocation("Asia/Shanghai"); err == nil {
		t.site.Location = l
	}
	for i := range 9 {
		t.site.Gates = append(t.site.Gates, menshen.Gate{
			ID: fmt.Sprintf("gate-%d", i+1), From: menshen.OutsideZone, To: "compound", State: menshen.GateOpen, Passback: menshen.PassbackSoft,
		})
	}
	for range o.People {
		t.people = append(t.people, t.id())
	}
	return t
}

// id is as long as those that menshen.NewID makes.
func (t *township) id() string {
	a, b := t.rnd.Uint64(), t.rnd.Uint64()
	return fmt.Sprintf("%08x-%04x-7%03x-%04x-%012x", a>>32, a>>16&0xffff, a&0xfff, b>>48, b&(1<<48-1))
}

// size is how many changes there are.
func (t *township) size() int { return 2 + t.o.People + t.o.Permits + t.o.People/20 }

// change makes one of them. Nothing in it is shared with another one, as where it came over the network.
func (t *township) change(i int) menshen.Change {
	c := menshen.Change{Revision: uint64(i + 1)}
	switch {
	case i == 0:
		c.Kind, c.Site = menshen.ChangeSite, &menshen.SiteSetting{Mode: menshen.ModeClosed}
	case i == 1:
		c.Kind, c.Rules = menshen.ChangeRules, &menshen.RuleText{}
	case i < 2+t.o.People:
		n := i - 2
		home := n / 3
		p := menshen.Person{
			ID: string([]byte(t.people[n])), Name: fmt.Sprintf("住户%06d", n), State: menshen.PersonActive, Created: t.now,
			Household: fmt.Sprintf("%08x-0000-7000-8000-%012x", home, home),
			Dwelling:  menshen.Dwelling{Building: fmt.Sprint(home/500 + 1), Unit: fmt.Sprint(home%4 + 1), Floor: home%25 + 1, Room: fmt.Sprintf("%d%02d", home%25+1, home%4+1)},
		}
		if n%25 == 24 { // works here
			p.Household, p.Dwelling = "", menshen.Dwelling{}
		}
		c.Kind, c.Key, c.Person = menshen.ChangePerson, p.ID, &p
	case i < 2+t.o.People+t.o.Permits:
		p := t.permit(i)
		c.Kind, c.Key, c.Permit = menshen.ChangePermit, p.ID, &p
	default:
		h := menshen.Health{Person: string([]byte(t.people[t.rnd.IntN(len(t.people))])), Celsius: 36 + 1.5*t.rnd.Float64(), MeasuredAt: t.now}
		switch t.rnd.IntN(20) {
		case 0:
			h.State = menshen.HealthIsolated
		case 1, 2, 3:
			h.State, h.Until = menshen.HealthObservation, t.now.AddDate(0, 0, t.rnd.IntN(28)-14)
		case 4:
			h.State = menshen.HealthMonitoring
		}
		c.Kind, c.Key, c.Health = menshen.ChangeHealth, h.Person, &h
	}
	return c
}

// permit makes one of the permits of a person: the first is good, those before it are expired or revoked.
func (t *township) permit(i int) menshen.Permit {
	n := i - 2 - t.o.People
	holder, round := n%t.o.People, n/t.o.People
	p := menshen.Permit{
		ID: t.id(), Kind: menshen.PermitResident, Person: string([]byte(t.people[holder])), Issued: t.now, IssuedBy: "office@desk",
		Span: menshen.Span{From: t.now.AddDate(0, 0, -20*(round+1)), To: t.now.AddDate(0, 0, 30-20*round)},
	}
	if holder%25 == 24 {
		p.Kind, p.Hours = menshen.PermitWorker, menshen.DayHours{From: 6 * 60, To: 20 * 60}
	}
	switch holder % 4 {
	case 0:
		p.Quota = menshen.Quota{Outings: 1, Days: 2, Household: true}
	case 1:
		p.Gates = []string{"gate-1", "gate-2", fmt.Sprintf("gate-%d", holder%9+1)}
	}
	if round == 1 {
		p.Revoked, p.RevokedBy, p.RevokedFor = t.now.AddDate(0, 0, -1), "office@desk", "renewed"
	}
	return p
}

// question is somebody who stands before a gate.
type question struct {
	person    int32 // index; -1 is nobody
	gate      uint8
	means     uint8
	out       bool
	uncertain bool
	minute    int16 // after now
}

var questionMeans = [...]menshen.Means{menshen.MeansFace, menshen.MeansFace, menshen.MeansQR, menshen.MeansCard}

// questions are what a gate is asked in a morning: mostly people who are known, one of twelve a stranger, one of thirty unsure.
func (t *township) questions(n int) []question {
	all := make([]question, n)
	for i := range all {
		q := question{
			person: int32(t.rnd.IntN(len(t.people))), gate: uint8(t.rnd.IntN(9)), means: uint8(t.rnd.IntN(len(questionMeans))),
			out: t.rnd.IntN(2) == 0, minute: int16(t.rnd.IntN(600)),
		}
		switch {
		case t.rnd.IntN(12) == 0:
			q.person, q.means = -1, 0
		case t.rnd.IntN(30) == 0:
			q.uncertain, q.means = true, 0
		}
		all[i] = q
	}
	return all
}
