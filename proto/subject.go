package proto

import (
	"strings"

	"menshen"
)

// root is the first token of every subject.
const root = "menshen"

// The kinds of events, the third token of a subject.
const (
	KindPass      = "pass"
	KindSighting  = "sighting"
	KindFace      = "face"
	KindDoor      = "door"
	KindReceipt   = "receipt"
	KindReconcile = "reconcile"
	KindHealth    = "health"
	KindAnalyse   = "analyse"
	KindProbe     = "probe"
	KindPassed    = "passed"
	KindChanges   = "changes"
	KindPresent   = "present"
	KindRegistry  = "registry"
	KindDoorState = "doorstate"
	KindAlert     = "alert"
	KindEvent     = "event"
	KindFrame     = "frame"
)

// anyToken is the wildcard of one token.
const anyToken = "*"

// Subjects gives the NATS subjects of one site: menshen.<site>.<kind>.<token>. The arguments of its methods are not
// checked: pass ids that menshen.ValidateSlug or ValidateComponent accepted.
type Subjects struct{ Site string }

func (s Subjects) subject(kind, token string) string {
	return root + "." + s.Site + "." + kind + "." + token
}

// Pass carries the passes of a gate (JetStream).
func (s Subjects) Pass(gate string) string { return s.subject(KindPass, gate) }

// AnyPass is Pass of every gate.
func (s Subjects) AnyPass() string { return s.Pass(anyToken) }

// Sighting carries the sightings of a camera.
func (s Subjects) Sighting(camera string) string { return s.subject(KindSighting, camera) }

// AnySighting is Sighting of every camera.
func (s Subjects) AnySighting() string { return s.Sighting(anyToken) }

// Face carries what a recognizer made of a camera's sightings.
func (s Subjects) Face(camera string) string { return s.subject(KindFace, camera) }

// AnyFace is Face of every camera.
func (s Subjects) AnyFace() string { return s.Face(anyToken) }

// Door takes requests to open the door of a gate.
func (s Subjects) Door(gate string) string { return s.subject(KindDoor, gate) }

// AnyDoor is Door of every gate.
func (s Subjects) AnyDoor() string { return s.Door(anyToken) }

// DoorState takes requests for how the door of a gate is.
func (s Subjects) DoorState(gate string) string { return s.subject(KindDoorState, gate) }

// Alert carries what somebody must look at now (JetStream).
func (s Subjects) Alert() string { return root + "." + s.Site + "." + KindAlert }

// Event carries the same as another subject, as JSON for readers outside: kind is KindPass, KindAlert or KindDoor, token the
// gate, or the kind of alert.
func (s Subjects) Event(kind, token string) string { return s.subject(KindEvent, kind+"."+token) }

// AnyEvent is Event of everything.
func (s Subjects) AnyEvent() string { return s.subject(KindEvent, ">") }

// Receipt says which passes of a gate are committed for good.
func (s Subjects) Receipt(gate string) string { return s.subject(KindReceipt, gate) }

// AnyReceipt is Receipt of every gate.
func (s Subjects) AnyReceipt() string { return s.Receipt(anyToken) }

// Reconcile takes requests for which passes of a gate are committed.
func (s Subjects) Reconcile(gate string) string { return s.subject(KindReconcile, gate) }

// AnyReconcile is Reconcile of every gate.
func (s Subjects) AnyReconcile() string { return s.Reconcile(anyToken) }

// Health carries the reports of a component.
func (s Subjects) Health(component string) string { return s.subject(KindHealth, component) }

// AnyHealth is Health of every component.
func (s Subjects) AnyHealth() string { return s.Health(anyToken) }

// Passed takes a post's requests for who passed at all gates.
func (s Subjects) Passed(post string) string { return s.subject(KindPassed, post) }

// AnyPassed is Passed of every post.
func (s Subjects) AnyPassed() string { return s.Passed(anyToken) }

// Analyse takes requests to find the faces of a still photograph.
func (s Subjects) Analyse() string { return root + "." + s.Site + "." + KindAnalyse }

// Frame takes the pictures for a camera whose source is a browser.
func (s Subjects) Frame(camera string) string { return s.subject(KindFrame, camera) }

// Changes takes requests of a gate post for what it lacks of the registry.
func (s Subjects) Changes(post string) string { return s.subject(KindChanges, post) }

// AnyChanges is Changes of every post.
func (s Subjects) AnyChanges() string { return s.Changes(anyToken) }

// Present takes what readers at a gate have read: a code, a PIN, a card.
func (s Subjects) Present(gate string) string { return s.subject(KindPresent, gate) }

// AnyPresent is Present of every gate.
func (s Subjects) AnyPresent() string { return s.Present(anyToken) }

// Nudge says, without content, that the registry has changed: posts then ask for Changes at once.
func (s Subjects) Nudge() string { return root + "." + s.Site + "." + KindRegistry }

// Probe is written to now and then to see that the stream of passes takes messages; nobody reads it.
func (s Subjects) Probe() string { return root + "." + s.Site + "." + KindProbe }

// All is everything of the site.
func (s Subjects) All() string { return root + "." + s.Site + ".>" }

// Token gives the last token of one of the site's subjects: the gate, camera or component. The subject must be of the
// kind (KindPass, …) and name exactly one thing; anything else is CodeInvalid.
func (s Subjects) Token(kind, subject string) (string, error) {
	token, ok := strings.CutPrefix(subject, s.subject(kind, ""))
	if !ok {
		return "", invalid("proto.subject", "subject %.80q is not one of %s", subject, s.subject(kind, anyToken))
	}
	return token, ValidateComponent(token)
}

// maxComponent leaves room for a kind before the longest slug, as in "camera-" and 48 characters.
const maxComponent = 64

// ValidateComponent reports whether s can name a component in a health subject: 1 to 64 of a–z, 0–9 and '-', no '-' at
// either end. Every slug is one.
func ValidateComponent(s string) error {
	ok := s != "" && len(s) <= maxComponent && s[0] != '-' && s[len(s)-1] != '-'
	for i := 0; ok && i < len(s); i++ {
		c := s[i]
		ok = c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-'
	}
	if !ok {
		return invalid("proto.subject", "component %.80q is not usable", s).
			WithHint("use 1 to %d lower-case letters, digits and '-', for example camera-east-1", maxComponent)
	}
	return nil
}

// CameraComponent is the component name of a camera's process, as in its reports.
func CameraComponent(camera string) string { return "camera-" + camera }

// RecognizerComponent is the component name of a recognizer process.
func RecognizerComponent(id string) string { return "recognizer-" + id }

// DoorComponent is the component name of a gate's door controller.
func DoorComponent(gate string) string { return "door-" + gate }

// PostComponent is the component name of a post.
func PostComponent(id string) string { return "post-" + id }

// invalid is the error of everything that cannot be used.
func invalid(op, format string, args ...any) *menshen.Error {
	return menshen.Errorf(menshen.CodeInvalid, op, format, args...)
}
