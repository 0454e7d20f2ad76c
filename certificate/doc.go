// Package certificate owns the site's own certificate authority, which is made at the first run, and the certificates of the
// listeners that other machines reach: short-lived, kept in memory, and renewed by themselves. It listens on nothing.
//
// The authority is good for the names of its site and for addresses of private networks alone (name constraints of RFC 5280):
// a tablet that trusts it trusts it for no other site, also where the authority's key was stolen.
package certificate
