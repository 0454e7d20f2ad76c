// Package evidence gathers what the faces of one track say and concludes known, unsure or unknown.
//
// It is pure: no goroutines, no clock, no gallery. The caller searches the gallery for every face, adds the face with
// the people found, and asks for a finding after each face and from time to time. It owns the rules of when evidence is
// enough; what follows from a finding (doors, passes) is package access.
//
// The rules. A face votes for its nearest person where that distance is within Known and the runner-up is farther by
// MinMargin; a person who looks like somebody else has stricter ones of their own (Personal), covered faces have others
// (Masked). It speaks for nobody where no enrolled person is within Unsure. A person is known with MinAgreeing votes of
// enough quality, more votes and more quality than any other person, and a fair share against the good faces that speak
// for nobody. Votes of different people never add up: a tracker that swaps two people makes two tallies, not one.
// After a known finding the tally starts anew, so that whoever continues under the same track must earn a name again.
package evidence
