// Package office owns what a property office does with the registry: people and households, permits, health states,
// questionnaires, visitors and deliveries, credentials, and which gates are open. It holds the rules of that work - when a
// permit may be issued, what an answer means, which row of a table is refused and why - for API and commands alike. It
// decides nothing at a gate: that is package access.
package office
