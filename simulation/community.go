package simulation

import (
	"fmt"
	"slices"
	"strconv"

	"menshen"
)

// Habit is how somebody spends their days.
type Habit string

const (
	HabitWorker     Habit = "worker"     // goes out to work
	HabitPupil      Habit = "pupil"      // goes to school
	HabitPensioner  Habit = "pensioner"  // walks, shops, meets others
	HabitClerk      Habit = "clerk"      // works in the property office
	HabitShopkeeper Habit = "shopkeeper" // works in the shop
	HabitMoved      Habit = "moved"      // has moved away and is refused where they still try
)

const (
	pensionAge = 60
	grownUp    = 18
)

// Resident is a person of the community.
type Resident struct {
	menshen.Person
	Age    int // years, 6 or more
	Female bool
	Habit  Habit
	Means  menshen.Means // what they identify themselves with

	home  place
	gate  int32 // the outer gate they like best
	works int   // seconds that their working hours are off the mean
}

// Community is a community with its people. It never changes and is safe for concurrent use.
type Community struct {
	cfg        Config
	layout     *layout
	households []household
	residents  []Resident
	number     map[string]int32 // of a resident by id
}

type household struct {
	menshen.Household
	home  place
	first int32 // its residents are numbered on from here
	count int32
}

// New makes a community. The error, if any, names the key that is out of range.
func New(cfg Config) (*Community, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	c := &Community{cfg: cfg, layout: newLayout(cfg), number: make(map[string]int32, cfg.People)}
	c.settle()
	if err := c.house(); err != nil {
		return nil, err
	}
	c.employ()
	return c, nil
}

// Config gives what the community was made from, defaults filled in.
func (c *Community) Config() Config { return c.cfg }

// Site gives the zones and gates. What it holds must not be changed.
func (c *Community) Site() menshen.Site { return c.layout.site }

// Households gives all households.
func (c *Community) Households() []menshen.Household {
	out := make([]menshen.Household, len(c.households))
	for i, h := range c.households {
		out[i] = h.Household
	}
	return out
}

// Residents gives all people with what is known of them here, household by household.
func (c *Community) Residents() []Resident { return slices.Clone(c.residents) }

// People gives the records of all people, in the same order.
func (c *Community) People() []menshen.Person {
	out := make([]menshen.Person, len(c.residents))
	for i, r := range c.residents {
		out[i] = r.Person
	}
	return out
}

// settle makes households until there are people enough.
func (c *Community) settle() {
	for len(c.residents) < c.cfg.People {
		n := uint64(len(c.households))
		d := c.dice(streamHousehold, n, 0)
		h := household{Household: menshen.Household{ID: id(c.cfg.Seed, 1, n)}, first: int32(len(c.residents))}
		family := d.family()
		family = family[:min(len(family), c.cfg.People-len(c.residents))]
		for _, r := range family {
			k := len(c.residents)
			r.Person = menshen.Person{
				ID: id(c.cfg.Seed, 2, uint64(k)), Name: r.Name, Household: h.ID, State: menshen.PersonActive, Created: c.cfg.Start,
			}
			r.gate = c.layout.outer[0]
			if d.chance(0.4) {
				r.gate = c.layout.outer[d.IntN(len(c.layout.outer))]
			}
			r.works = int(d.near(0, 30*60))
			r.Means = d.means(r.Age)
			c.number[r.ID] = int32(k)
			c.residents = append(c.residents, r)
		}
		h.count = int32(len(family))
		c.households = append(c.households, h)
	}
}

// means draws what somebody identifies themselves with.
func (d dice) means(age int) menshen.Means {
	card := 0.02
	if age >= pensionAge {
		card = 0.08
	}
	switch x := d.Float64(); {
	case x < card:
		return menshen.MeansCard
	case x < card+0.01:
		return menshen.MeansQR
	case x < card+0.015:
		return menshen.MeansPIN
	}
	return menshen.MeansFace
}

// house gives every household a flat: round the buildings, then the units, then room by room and upwards.
func (c *Community) house() error {
	buildings := len(c.layout.buildings)
	perUnit := (len(c.households) + buildings*unitsPerBuilding - 1) / (buildings * unitsPerBuilding)
	rooms := 2
	for perUnit > rooms*(highestFloor-lowestFloor+1) {
		if rooms++; rooms > maxRooms {
			return menshen.Errorf(menshen.CodeInvalid, "simulation.new", "buildings is %d, too few for %d people", buildings, c.cfg.People).
				WithHint("use at least %d", c.cfg.People/500+1)
		}
	}
	for i := range c.households {
		h := &c.households[i]
		b, rest := i%buildings, i/buildings
		u, rest := rest%unitsPerBuilding, rest/unitsPerBuilding
		floor, room := lowestFloor+rest/rooms, rest%rooms+1
		h.home = place{kind: inUnit, building: b, unit: u}
		h.Dwelling = menshen.Dwelling{
			Building: strconv.Itoa(b + 1), Unit: strconv.Itoa(u + 1), Floor: floor, Room: fmt.Sprintf("%d%02d", floor, room),
		}
		for k := range c.of(h) {
			r := &c.of(h)[k]
			r.home, r.Dwelling = h.home, h.Dwelling
		}
	}
	return nil
}

// of gives the residents of a household.
func (c *Community) of(h *household) []Resident { return c.residents[h.first : h.first+h.count] }

// employ makes some of the workers clerks and shopkeepers, and lets some have moved away.
func (c *Community) employ() {
	var workers []int
	for i, r := range c.residents {
		if r.Habit == HabitWorker {
			workers = append(workers, i)
		}
	}
	d := c.dice(streamJobs, 0, 0)
	d.Shuffle(len(workers), func(i, j int) { workers[i], workers[j] = workers[j], workers[i] })
	for i, k := range workers {
		r := &c.residents[k]
		switch clerks, keepers := 1+c.cfg.People/200, 1+c.cfg.People/200; {
		case i < clerks:
			r.Habit = HabitClerk
		case i < clerks+keepers:
			r.Habit = HabitShopkeeper
		case i < clerks+keepers+c.cfg.People/100:
			r.Habit, r.State = HabitMoved, menshen.PersonInactive
		}
	}
}
