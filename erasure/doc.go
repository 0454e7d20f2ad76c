// Package erasure proves that something of a person was erased: certificates that a site signs with Ed25519, which anybody can check
// without the site. A certificate names nobody: only the person's id, by which nobody is found who is not in the registry any more.
//
// It erases nothing itself, and knows no database: store destroys the keys of people, cmd joins the two.
package erasure
