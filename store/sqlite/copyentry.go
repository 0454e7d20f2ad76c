package sqlite

import (
	"encoding/json"
	"time"

	"menshen"
)

// copied is the content of an entry as it is sealed: JSON. People and permits, of which there are very many, have short
// names and times as numbers, since a post reads all of them when it starts; a template has its descriptor as bytes.
type copied struct {
	Person     *copiedPerson        `json:"p,omitempty"`
	Permit     *copiedPermit        `json:"e,omitempty"`
	Health     *menshen.Health      `json:"h,omitempty"`
	Credential *menshen.Credential  `json:"c,omitempty"`
	Template   *menshen.Template    `json:"t,omitempty"`
	Descriptor []byte               `json:"d,omitempty"`
	Gate       *menshen.GateSetting `json:"g,omitempty"`
	Site       *menshen.SiteSetting `json:"s,omitempty"`
	Rules      *menshen.RuleText    `json:"r,omitempty"`
}

type copiedPerson struct {
	ID        string `json:"i"`
	Name      string `json:"n"`
	Household string `json:"h,omitempty"`
	Building  string `json:"b,omitempty"`
	Unit      string `json:"u,omitempty"`
	Floor     int    `json:"f,omitempty"`
	Room      string `json:"r,omitempty"`
	State     string `json:"s"`
	Created   int64  `json:"c,omitempty"`
}

type copiedPermit struct {
	ID         string         `json:"i"`
	Kind       string         `json:"k"`
	Person     string         `json:"p"`
	Plate      string         `json:"l,omitempty"`
	From       int64          `json:"f,omitempty"`
	To         int64          `json:"t,omitempty"`
	Gates      []string       `json:"g,omitempty"`
	Weekdays   uint8          `json:"w,omitempty"`
	HoursFrom  int            `json:"hf,omitempty"`
	HoursTo    int            `json:"ht,omitempty"`
	Quota      *menshen.Quota `json:"q,omitempty"`
	Visit      string         `json:"v,omitempty"`
	Renews     string         `json:"n,omitempty"`
	Issued     int64          `json:"s,omitempty"`
	IssuedBy   string         `json:"sb,omitempty"`
	Revoked    int64          `json:"r,omitempty"`
	RevokedBy  string         `json:"rb,omitempty"`
	RevokedFor string         `json:"rf,omitempty"`
}

// shortTime gives a time as a number that is 0 for the zero time only: nanoseconds since 1970, from there on one more.
func shortTime(t time.Time, bad *error) int64 {
	n, err := encodeTime(t)
	if err != nil {
		*bad = err
	}
	v, _ := n.(int64)
	if n != nil && v >= 0 {
		v++
	}
	return v
}

// longTime is the inverse of shortTime.
func longTime(v int64) time.Time {
	switch {
	case v == 0:
		return time.Time{}
	case v > 0:
		v--
	}
	return time.Unix(0, v).UTC()
}

// encodeEntry gives the content of a change that is not gone.
func encodeEntry(x menshen.Change) ([]byte, error) {
	e := copied{Health: x.Health, Credential: x.Credential, Gate: x.Gate, Site: x.Site, Rules: x.Rules}
	var bad error
	if p := x.Person; p != nil {
		d := p.Dwelling
		e.Person = &copiedPerson{p.ID, p.Name, p.Household, d.Building, d.Unit, d.Floor, d.Room, string(p.State), shortTime(p.Created, &bad)}
	}
	if p := x.Permit; p != nil {
		e.Permit = &copiedPermit{
			ID: p.ID, Kind: string(p.Kind), Person: p.Person, Plate: p.Plate, From: shortTime(p.From, &bad), To: shortTime(p.To, &bad),
			Gates: p.Gates, Weekdays: uint8(p.Weekdays), HoursFrom: p.Hours.From, HoursTo: p.Hours.To, Visit: p.Visit, Renews: p.Renews,
			Issued: shortTime(p.Issued, &bad), IssuedBy: p.IssuedBy, Revoked: shortTime(p.Revoked, &bad), RevokedBy: p.RevokedBy, RevokedFor: p.RevokedFor,
		}
		if p.Quota != (menshen.Quota{}) {
			e.Permit.Quota = &p.Quota
		}
	}
	if x.Template != nil {
		t := *x.Template
		e.Template, e.Descriptor, t.Descriptor = &t, encodeDescriptor(t.Descriptor), nil
	}
	if bad != nil {
		return nil, bad
	}
	return json.Marshal(e)
}

// decodeEntry puts the content into the change that it was made of.
func decodeEntry(plain []byte, x *menshen.Change) error {
	var e copied
	if err := json.Unmarshal(plain, &e); err != nil {
		return err
	}
	if p := e.Person; p != nil {
		x.Person = &menshen.Person{
			ID: p.ID, Name: p.Name, Household: p.Household, State: menshen.PersonState(p.State), Created: longTime(p.Created),
			Dwelling: menshen.Dwelling{Building: p.Building, Unit: p.Unit, Floor: p.Floor, Room: p.Room},
		}
	}
	if p := e.Permit; p != nil {
		x.Permit = &menshen.Permit{
			ID: p.ID, Kind: menshen.PermitKind(p.Kind), Person: p.Person, Plate: p.Plate, Span: menshen.Span{From: longTime(p.From), To: longTime(p.To)},
			Gates: p.Gates, Weekdays: menshen.Weekdays(p.Weekdays), Hours: menshen.DayHours{From: p.HoursFrom, To: p.HoursTo}, Visit: p.Visit, Renews: p.Renews,
			Issued: longTime(p.Issued), IssuedBy: p.IssuedBy, Revoked: longTime(p.Revoked), RevokedBy: p.RevokedBy, RevokedFor: p.RevokedFor,
		}
		if p.Quota != nil {
			x.Permit.Quota = *p.Quota
		}
	}
	if e.Template != nil {
		var err error
		if e.Template.Descriptor, err = decodeDescriptor(e.Descriptor, e.Template.Engine); err != nil {
			return err
		}
	}
	x.Health, x.Credential, x.Template, x.Gate, x.Site, x.Rules = e.Health, e.Credential, e.Template, e.Gate, e.Site, e.Rules
	return nil
}
