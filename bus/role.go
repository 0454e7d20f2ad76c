package bus

import (
	"menshen"
	"menshen/proto"
)

// Role says who connects, and so what they may do. Roles are comparable.
type Role struct {
	kind roleKind
	name string
}

type roleKind string

const (
	kindHub        roleKind = "hub"
	kindCamera     roleKind = "camera"
	kindRecognizer roleKind = "recognizer"
	kindDoor       roleKind = "door"
	kindPost       roleKind = "post"
)

// RoleHub may use all subjects of the site, and JetStream.
func RoleHub() Role { return Role{kind: kindHub} }

// RoleCamera may publish the sightings and reports of the camera, and take and answer the frames that are sent to it.
func RoleCamera(camera string) Role { return Role{kind: kindCamera, name: camera} }

// RoleRecognizer may take sightings and photographs in the recognizers' queue, answer, and publish faces and its reports.
func RoleRecognizer(id string) Role { return Role{kind: kindRecognizer, name: id} }

// RolePost is a process that decides at gates of its own: it may publish their passes, take the receipts, ask which are
// committed, ask for what changed in the registry and who passed elsewhere, and take the commands for their doors.
func RolePost(id string) Role { return Role{kind: kindPost, name: id} }

// RoleDoor may take the commands for the door of the gate, answer, publish its reports, and hand over what was shown to the
// reader beside the door.
func RoleDoor(gate string) Role { return Role{kind: kindDoor, name: gate} }

// String gives the component's name, e.g. "camera-east-1".
func (r Role) String() string {
	switch r.kind {
	case kindCamera:
		return proto.CameraComponent(r.name)
	case kindRecognizer:
		return proto.RecognizerComponent(r.name)
	case kindDoor:
		return proto.DoorComponent(r.name)
	case kindPost:
		return proto.PostComponent(r.name)
	}
	return string(r.kind)
}

// inbox is the prefix under which the role's own requests are answered. Each role has another, so that nobody hears the
// answers to somebody else.
func (r Role) inbox() string { return "_INBOX." + r.String() }

// Credentials are what one role needs to connect. The seed prints as [secret] everywhere, in JSON too: reveal it where it
// is handed to a child.
type Credentials struct {
	Role Role
	URL  string         // "" where the server does not listen
	Seed menshen.Secret // of the nkey

	// Authority is who alone may sign the certificate of a server on tls://, in PEM. Empty is whom this machine trusts anyway.
	Authority []byte
}

// RecognizerQueue is the queue group in which recognizers share sightings and photographs.
const RecognizerQueue = "recognizers"
