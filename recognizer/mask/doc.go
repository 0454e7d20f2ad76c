// Package mask is about faces whose lower half is covered: it finds them (Covered), and draws masks on bare faces, so that
// people who were photographed without one can be compared with what a gate sees in an epidemic (Pictures). It
// works on pixels and the five points alone, at any size and for any engine. It makes no descriptors, keeps no thresholds
// (package recognizer has them, MaskedPointOf) and decides nothing.
//
// At enrolment: the pictures of Pictures are aligned and embedded as any other, with the same points; menshen.MeanDescriptor makes one
// descriptor of those and the bare ones of all photographs of a person. That is the person's masked template. At the gate:
// a face with Covered ≥ 0.5 is compared with masked templates only, under the masked operating point; any other one with
// bare templates only.
//
// Masks hands this to a recognizer.Worker. All functions are safe for concurrent use, keep nothing, and change no picture that they are given.
package mask
