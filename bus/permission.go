package bus

import (
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"menshen/proto"
)

// answerLimit is how long after a request its answer may be published.
const answerLimit = 2 * time.Minute

// permissions gives what a role may do: what is not listed is refused. A list with nothing in it would allow everything,
// so there is always at least a deny. gates are those of a post.
func permissions(s proto.Subjects, r Role, gates []string) *server.Permissions {
	nothing := func() *server.SubjectPermission { return &server.SubjectPermission{Deny: []string{">"}} }
	only := func(subjects ...string) *server.SubjectPermission { return &server.SubjectPermission{Allow: subjects} }
	answers := &server.ResponsePermission{MaxMsgs: 1, Expires: answerLimit}

	switch r.kind {
	case kindHub:
		own := r.inbox() + ".>"
		return &server.Permissions{
			// It answers its own reconcile requests, so it may publish to its inbox too; those of posts and readers as answers.
			Publish:   only(s.All(), "$JS.API.>", "$JS.ACK.>", own),
			Subscribe: only(s.All(), own),
			Response:  answers,
		}
	case kindCamera:
		return &server.Permissions{
			Publish:   only(s.Sighting(r.name), s.Health(r.String())),
			Subscribe: only(s.Frame(r.name)),
			Response:  answers,
		}
	case kindRecognizer:
		return &server.Permissions{
			Publish: only(s.AnyFace(), s.Health(r.String())),
			// With a queue behind the subject a plain subscription is refused: it would get every sighting and let the
			// work be done twice.
			Subscribe: only(s.AnySighting()+" "+RecognizerQueue, s.Analyse()+" "+RecognizerQueue),
			Response:  answers,
		}
	case kindDoor:
		return &server.Permissions{
			Publish:   only(s.Health(r.String()), s.Present(r.name)),
			Subscribe: only(s.Door(r.name), s.DoorState(r.name), r.inbox()+".>"),
			Response:  answers,
		}
	case kindPost:
		publish := []string{s.Health(r.String()), s.Changes(r.name), s.Passed(r.name)}
		subscribe := []string{s.Nudge(), r.inbox() + ".>"}
		for _, g := range gates {
			publish = append(publish, s.Pass(g), s.Reconcile(g))
			subscribe = append(subscribe, s.Receipt(g), s.Door(g), s.DoorState(g))
		}
		return &server.Permissions{Publish: only(publish...), Subscribe: only(subscribe...), Response: answers}
	}
	return &server.Permissions{Publish: nothing(), Subscribe: nothing()}
}
