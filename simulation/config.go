package simulation

import (
	"time"

	"menshen"
)

// Config says what community to make.
type Config struct {
	Site      string         // id of the site; default "demo"
	People    int            // 1 to 1,000,000; default 600
	Buildings int            // default one for every hundred people
	Seed      uint64         // any number; another seed is another community
	Start     time.Time      // nobody passes earlier, and people are registered then; default 1 January 2020
	Location  *time.Location // the time that people live by; default Asia/Shanghai
}

const (
	defaultSite       = "demo"
	defaultPeople     = 600
	maxPeople         = 1_000_000
	peoplePerBuilding = 100
	unitsPerBuilding  = 2
	lowestFloor       = 2 // the ground floor has the lobby
	highestFloor      = 34
	maxRooms          = 6 // to a floor of a unit
)

func (c Config) withDefaults() Config {
	if c.Site == "" {
		c.Site = defaultSite
	}
	if c.People == 0 {
		c.People = defaultPeople
	}
	if c.Buildings == 0 {
		c.Buildings = (c.People + peoplePerBuilding - 1) / peoplePerBuilding
	}
	if c.Location == nil {
		c.Location = shanghai()
	}
	if c.Start.IsZero() {
		c.Start = time.Date(2020, 1, 1, 0, 0, 0, 0, c.Location)
	}
	return c
}

// shanghai gives the time zone of China also where the machine has no time zone data: it has had no summer time since 1991.
func shanghai() *time.Location {
	const name = "Asia/Shanghai"
	if l, err := time.LoadLocation(name); err == nil {
		return l
	}
	return time.FixedZone(name, 8*60*60)
}

func (c Config) validate() error {
	bad := func(key string, value any, hint string) error {
		return menshen.Errorf(menshen.CodeInvalid, "simulation.new", "%s is %v", key, value).WithHint("%s", hint)
	}
	if err := menshen.ValidateSlug("site", c.Site); err != nil {
		return err
	}
	switch {
	case c.People < 1 || c.People > maxPeople:
		return bad("people", c.People, "use 1 to 1000000; 0 is 600")
	case c.Buildings < 1 || c.Buildings > maxPeople:
		return bad("buildings", c.Buildings, "use 1 or more; 0 is one for every hundred people")
	case c.Start.Year() < 2000 || c.Start.Year() > 2199:
		return bad("start", c.Start.Format(time.RFC3339), "use a time from 2000 to 2199")
	}
	return nil
}
