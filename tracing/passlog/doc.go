// Package passlog is the hot pass log: the passes of the last days in memory, columnar and without pointers, by person and
// by gate, in about 18.5 bytes a pass all in. It is appended to live, corrected, cut at its old end every night, and built
// from the pages of the store at a start. It knows nothing of zones, stays or cases: package tracing asks it, the store
// keeps the truth.
//
// Times are ticks of 10 ms since the origin of the log, a uint32 that reaches 497 days; the store has the exact times. The
// order of passes is by tick, at equal ticks by the id of the gate, then by sequence: never by arrival.
//
// By person there is a trail: entries of 8 bytes (tick, gate and flags) in chunks of 16. By gate there is a register: columns
// of ticks, people and manners in chunks of 128, with the sequences beside them, which mostly follow from the place and then
// take no memory at all. All chunks but the last of a trail or register are full, so that a late pass moves what is later by
// one place, and chunks live in blocks that never move. A bulk build lays out the chunks of a trail, or of a register, one
// after the other.
package passlog
