// Package simulation makes a community that does not exist (zones, gates, households, people and their habits) and the
// passes its people make, at a chosen size and seed. It also knows the truth behind the passes, so that tracing can be
// judged by it.
//
// A community is the same for the same seed, size and number of buildings, on any day and any machine: the same people
// with the same ids live in the same flats. What happens on a calendar day follows from the seed and that day alone, so
// a community can be asked for any span of time, in parts or at once, and nothing is kept between the questions.
//
// It does no I/O and knows neither the store nor the bus: whoever wants its passes takes them from Passes or Live.
package simulation
