// Package tracing answers where somebody was and who was there with them. It owns the pass log in memory (Log), the
// stays that follow from passes (Stays), and the questions about one person (Tracer).
//
// It does no I/O: the store keeps the truth, and whoever starts the process fills the Log from it and appends what comes
// later. Match details, cameras and tracks of a pass stay in the store. Policies, chains and cases are not here yet.
//
// # Which zones a person is in
//
// Stays lists every zone that a person is in: the innermost one and all zones around it. Who is in a lift of building 3
// is in the lift, in building 3 and in the compound, with one stay for each. So a missed pass at an inner door spoils the
// inner stay only, and an exposure can be looked for in zones of any size. Being outside is no stay: two people who are
// outside are not together.
//
// # What a pass proves
//
// An allowed pass at time t proves that the person was on the one side of the gate until t and is on the other side from
// t on. Between two proofs, a person is taken to be in a zone
//
//   - after a proof of being in it, until the next proof of being elsewhere, but no longer than the zone's cap;
//   - before a proof of being in it, back to the last proof of being elsewhere, but no further than the zone's cap;
//   - from a proof of being in it to the next pass, where that proves that they were in it until then, up to the zone's whole.
//
// A bound that falls on a crossing of the zone's own border is observed, any other is inferred. A second way in without a
// way out, a way out without a way in, and a person who never comes out are all cases of these rules. Refused passes
// and those under review are presence at the gate and prove nothing about stays: the door did not open, and who it was
// may be in doubt. Stays are worked out from the passes anew at each question, so a late pass needs no repair.
package tracing
