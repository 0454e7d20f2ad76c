// Package audit makes the audit log tamper-evident: checkpoints of its Merkle tree (RFC 6962) that are signed with Ed25519 and can
// be taken off the machine, and the check of a log against them. Whoever can write the file of the log can write the whole tree
// anew; what a checkpoint kept elsewhere covers they cannot change without a trace. Reading and keeping the log is of package
// store. Everything here is safe for concurrent use.
package audit
