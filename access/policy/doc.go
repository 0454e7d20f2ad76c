// Package policy decides who may pass: a pure function of rules, which are data, and of what is known in the moment.
//
// A Request is turned into facts, each of which holds or does not: the direction is in, the person is under isolation, a
// permit is valid here and now. Rules say what follows from facts; the strictest of those that hold decides (deny before
// review before allow), and where none holds nobody passes. The package owns facts, rules and their order. It does no
// I/O, has no clock, and keeps nothing but answers it gave before; what it knows of people is handed in (package roll).
//
// Isolation comes before all rules: no set of rules, no guard and no gate lets somebody under isolation pass. Nor do rules
// let anybody pass who is not surely somebody active in the registry.
package policy
