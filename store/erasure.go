package store

import "time"

// ErasureScope is what of a person was erased.
type ErasureScope string

const (
	ErasedFace   ErasureScope = "face"   // templates and photographs: the person stays in the registry
	ErasedPerson ErasureScope = "person" // all that only their keys opened
)

// Erasure is the destruction of a person's keys, and what went with them.
type Erasure struct {
	Number    int64
	Person    string // id
	Scope     ErasureScope
	At        time.Time
	Keys      []string // random names of the keys, hexadecimal: they say nothing about the keys
	Counts    ErasureCounts
	Certified bool
}

// ErasureCounts says how much was erased of each class.
type ErasureCounts struct {
	Templates   int `json:"templates"`
	Photographs int `json:"photographs"`
	Names       int `json:"names"`
	Particulars int `json:"particulars"`
	Signatures  int `json:"signatures"`
	Answers     int `json:"answers"` // filled-in forms
	Credentials int `json:"credentials"`
	Records     int `json:"records,omitempty"` // state of health, readings, and visits and permits that said something of them
}
