// Package bus carries what happens at a site over NATS: the embedded server with its users and what each of them may do
// (Server), connections that speak in the types of the root package (Conn), and the way of the passes from the outbox to
// where they are kept (Relay and Consumer). It keeps nothing for good, decides nothing, and knows no database: the
// outbox and the pass log come in as small interfaces.
//
// # What may be lost, and what not
//
// Sightings, faces, reports, analyses and door commands are core NATS: stored nowhere, delivered at most once. A
// subscriber that is too slow loses the oldest sightings and faces (the end of a track only where nothing else waits), and
// all losses are counted. While a connection is down publishing fails at once: a sighting that comes
// seconds late is worth nothing, and a door must never be opened by an old command.
//
// Passes are never lost. The outbox is the truth: JetStream acknowledges before a message is on the disk, may discard the
// oldest messages when it is full, and does not survive every power cut, and none of it matters, because a row leaves
// the outbox only on the consumer's receipt that the pass is committed. What is not receipted in time is asked about, and
// published again. Everything on the way may come twice, in any order, or late; the consumer's commit is idempotent.
//
// # Who may do what
//
// Nobody connects without an nkey, from this process neither. Each camera, recognizer and door has a user of its own that
// may publish and subscribe what it needs and nothing else; the hub may use all subjects of its site. Keys of the hub and
// its children are made anew at every start and live in memory; those of doors are made once and kept by the caller.
package bus
