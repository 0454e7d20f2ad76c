// Package enrolment owns how a face gets into the registry: which photographs are good enough, whether they show one
// person and one who is not enrolled already, what the office is told about each that is refused, and how registry and
// gallery are kept in step. It also reads the tables that offices enrol many people from.
//
// It finds no faces and makes no descriptors (the recognizer's analysis comes in through Analyser), and it neither keeps
// nor searches templates itself (Registry, Gallery). It imports the root package only.
package enrolment
