package webhook

import (
	"encoding/json"
	"time"

	"menshen"
)

// Types of events.
const (
	TypePass  = "pass"
	TypeAlert = "alert"
	TypeDoor  = "door" // over MQTT only
)

// Event is what is told, as JSON. One of Pass, Alert and Door is there, as Type says.
type Event struct {
	ID   string    `json:"id"` // the same each time that it comes
	Type string    `json:"type"`
	Site string    `json:"site"`
	Time time.Time `json:"time"` // when it happened, UTC

	Pass  *Pass  `json:"pass,omitempty"`
	Alert *Alert `json:"alert,omitempty"`
	Door  *Door  `json:"door,omitempty"`
}

// Words is a text in both languages.
type Words struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// Reason is why, as a stable word and in words for people.
type Reason struct {
	Code string `json:"code"`
	Words
}

// Pass is one crossing or refused attempt.
type Pass struct {
	ID        string    `json:"id"` // gate:sequence
	Gate      string    `json:"gate"`
	Direction string    `json:"direction"` // in or out
	Means     string    `json:"means"`     // face, qr, card, pin or guard
	Outcome   string    `json:"outcome"`   // allow, deny or review
	Reasons   []Reason  `json:"reasons"`   // the deciding one first
	Captured  time.Time `json:"captured"`
	Decided   time.Time `json:"decided"`
	Person    string    `json:"person,omitempty"` // id; none for somebody unknown
	Name      string    `json:"name,omitempty"`   // where the receiver gets names
}

// Alert is something that somebody must look at now.
type Alert struct {
	Kind     string `json:"kind"`
	Gate     string `json:"gate,omitempty"`
	GateName *Words `json:"gate_name,omitempty"`
	Person   string `json:"person,omitempty"`
	Name     string `json:"name,omitempty"`
	Text     *Words `json:"text,omitempty"` // may name people: only where the receiver gets names
	// "cases" for those who work on cases alone: what it is of whom they look up; absent for everybody.
	Audience string `json:"audience,omitempty"`
}

// Door is how a door is.
type Door struct {
	Gate     string `json:"gate"`
	Position string `json:"position"` // closed, open or unknown
	Lock     string `json:"lock"`     // locked, unlocked, held or unknown
	Alarm    string `json:"alarm,omitempty"`
}

// PassEvent tells of a pass. name is the person's, "" to leave it out.
func PassEvent(p menshen.Pass, name string) Event {
	out := &Pass{
		ID: p.ID.String(), Gate: p.ID.Gate, Direction: string(p.Direction), Means: string(p.Means), Outcome: string(p.Decision.Outcome),
		Reasons: []Reason{}, Captured: p.Captured.UTC(), Decided: p.Decided.UTC(), Person: p.Person, Name: name,
	}
	for _, r := range p.Decision.Reasons {
		out.Reasons = append(out.Reasons, Reason{Code: string(r), Words: Words(r.Text())})
	}
	return Event{ID: "pass:" + p.Site + ":" + p.ID.String(), Type: TypePass, Site: p.Site, Time: p.Captured.UTC(), Pass: out}
}

// AlertEvent tells of an alert. Its text may name people, so without names it is left out with the name.
func AlertEvent(site menshen.Site, id string, a menshen.Alert, names bool, name string) Event {
	out := &Alert{Kind: string(a.Kind), Gate: a.Gate, Person: a.Person, Audience: string(a.Audience)}
	if gate, found := site.Gate(a.Gate); found && gate.Name != (menshen.Text{}) {
		words := Words(gate.Name)
		out.GateName = &words
	}
	if names {
		text := Words(a.Text)
		out.Name, out.Text = name, &text
	}
	return Event{ID: "alert:" + site.ID + ":" + id, Type: TypeAlert, Site: site.ID, Time: a.At.UTC(), Alert: out}
}

// DoorEvent tells how a door is.
func DoorEvent(site string, s menshen.DoorState) Event {
	return Event{
		ID: "door:" + site + ":" + s.Gate + ":" + s.At.UTC().Format(time.RFC3339Nano), Type: TypeDoor, Site: site, Time: s.At.UTC(),
		Door: &Door{Gate: s.Gate, Position: string(s.Position), Lock: string(s.Lock), Alarm: s.Alarm},
	}
}

// JSON gives the bytes that are sent.
func (e Event) JSON() ([]byte, error) {
	b, err := json.Marshal(e)
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeInternal, "webhook.event", "an event cannot be put into JSON").WithCause(err)
	}
	return b, nil
}
