// Package credential owns what people show in the place of a face: the codes of a QR, and how PINs and card numbers are
// kept. It makes codes and tells whether a code is genuine, of this site and fresh. It does not know people, permits or the
// policy, remembers nothing, and so cannot tell that a code was used before: package access does.
//
// There are two kinds of code, both signed with Ed25519 (RFC 8032), so that a gate can check them with public keys alone
// while everything else is out of reach:
//
//   - A personal code is made by the person's own device, anew every few seconds, with a key that never leaves it. It is good
//     for a minute and once only.
//   - A permit's code is made by the site, once. It is good as long as the permit is: for a visitor's phone, or printed on
//     a sheet that a guard looks at.
package credential
