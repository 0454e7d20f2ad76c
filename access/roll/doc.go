// Package roll is a gate's copy of the registry in memory: people, permits, health, credentials, the mode of the site, the
// state of gates and the rules in force, fed with the changes of the registry; and what passes say on top of it: where
// people are, how often they went out, which codes were used.
//
// It owns that memory and nothing else: it reads no database, has no clock and no goroutine, and decides nothing (package
// policy does). Templates are not kept here: the gallery follows them.
package roll
