// Package chain finds chains of transmission (传播链) over a list of contacts from elsewhere: who could have been reached from
// a root, in which generation, when at the earliest and by which path, or, backward, who could have reached it. It knows
// neither passes nor zones nor policies: chains over those are tracing's. It keeps nothing and starts no goroutine.
//
// # What counts
//
// A contact is an interval [Start, End], or an instant where both are the same. Somebody exposed at T passes it on in a
// contact that ends after T; a contact that began before T counts from T on. So the other is exposed at max(Start, T). With
// ties excluded (the default) "after" is strict: neither an instant at T nor an interval that ends at T passes anything on,
// while an interval that begins at or before T and lasts longer does, and exposes the other at T itself. With ties included
// what ends at T counts too, so that within one instant it is passed on along any number of contacts. The root is exposed
// before all contacts, and is never its own contact.
//
// Somebody's generation is the fewest contacts in a row that lead to them, and their exposure the earliest that so many
// contacts allow. There may be an earlier exposure by more contacts: it is not what is told, but it counts for those who are
// reached through it. So for each number of contacts the earliest exposure is kept (Bellman 1958, by number of hops).
//
// Backward is the same with time reversed: the root is reached after all contacts, and what is told of the others is the
// latest time at which they could have passed it on so that it still came to the root. Somebody is reached backward from the
// root in as many generations as the root is reached from them forward.
//
// Options.From and To cut the contacts to [From, To): of an interval what lies within counts, an instant counts if it does.
package chain
