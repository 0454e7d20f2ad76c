// Package models owns the neural-network files: the manifest that lists them with their source, licence, size and
// checksums, and the folder they are kept in, with fetching, verifying and locating. Nothing loads a network that did not
// come through here: the native loaders end the process on a broken file.
//
// It does not load networks and draws no progress bar. The manifest is part of the program; a file that it does not list
// is refused by name.
package models
