package audit

import (
	"bytes"
	"cmp"
	"iter"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"menshen"
)

// Entry is an entry of a log as it lies on the disk.
type Entry struct {
	Number uint64
	Entry  menshen.AuditEntry
	Leaf   []byte // what the tree has of it; nil for none
}

// Fault is what is wrong with a log.
type Fault string

const (
	FaultChanged   Fault = "changed"   // the entry is not the one that was written
	FaultMissing   Fault = "missing"   // entries are gone from the middle
	FaultCut       Fault = "cut"       // entries are gone from the end
	FaultUnhashed  Fault = "unhashed"  // the tree has nothing of the entry
	FaultRewritten Fault = "rewritten" // the log up to here is not the one that was signed
	FaultEarly     Fault = "early"     // entries were removed before their time
)

// Finding is one fault, of entries from First to Last.
type Finding struct {
	Fault       Fault
	First, Last uint64
}

// Result is what a check found.
type Result struct {
	Entries  uint64       // those that were removed because of their age included
	Removed  uint64       // of them, from the first on
	Root     [32]byte     // over all entries
	Held     []Checkpoint // checkpoints that hold, the shortest first
	Findings []Finding    // none for a whole log; at most maxFindings
}

// maxFindings is how many are told; more say nothing new.
const maxFindings = 100

// Verify checks a log, in the order of its numbers, against its tree, of which it has so many leaves, and against checkpoints whose
// signatures were verified. gone is what the site signed of entries that were removed because of their age, zero for none. What no checkpoint covers is checked against the tree alone, which whoever can write the file can
// write too. Errors are those of reading.
func Verify(entries iter.Seq2[Entry, error], leaves uint64, checkpoints []Checkpoint, gone Removed) (Result, error) {
	checkpoints = slices.SortedFunc(slices.Values(checkpoints), func(a, b Checkpoint) int { return cmp.Compare(a.Size, b.Size) })
	var r Result
	var tree mountains
	next, broken := uint64(1), false // broken: numbers are missing, and what follows has no place in the tree
	passed := func(size uint64) {
		for len(checkpoints) > 0 && checkpoints[0].Size <= size {
			c := checkpoints[0]
			checkpoints = checkpoints[1:]
			switch {
			case broken:
			case c.Size == size && c.Root == tree.root():
				r.Held = append(r.Held, c)
			default:
				r.find(FaultRewritten, after(r.Held)+1, c.Size)
			}
		}
	}
	passed(0)
	if err := r.take(gone, &tree, passed); err != nil {
		return r, err
	}
	next += gone.Size
	for e, err := range entries {
		if err != nil {
			return r, err
		}
		if e.Number != next {
			r.find(FaultMissing, next, e.Number-1)
			broken = true
		}
		next = e.Number + 1
		leaf := tlog.RecordHash(e.Entry.Record(e.Number))
		switch {
		case e.Leaf == nil:
			r.find(FaultUnhashed, e.Number, e.Number)
		case !bytes.Equal(e.Leaf, leaf[:]):
			r.find(FaultChanged, e.Number, e.Number)
		}
		tree.add(leaf)
		r.Entries++
		passed(e.Number)
	}
	if last := max(leaves, longest(checkpoints)); last >= next {
		r.find(FaultCut, next, last)
	}
	r.Root = tree.root()
	return r, nil
}

func after(held []Checkpoint) uint64 {
	if len(held) == 0 {
		return 0
	}
	return held[len(held)-1].Size
}

func longest(checkpoints []Checkpoint) uint64 {
	if len(checkpoints) == 0 {
		return 0
	}
	return checkpoints[len(checkpoints)-1].Size
}

// find notes a fault; entries of one kind in a row are one finding.
func (r *Result) find(f Fault, first, last uint64) {
	if n := len(r.Findings); n > 0 && r.Findings[n-1].Fault == f && f != FaultRewritten && r.Findings[n-1].Last+1 == first {
		r.Findings[n-1].Last = last
		return
	}
	if len(r.Findings) < maxFindings {
		r.Findings = append(r.Findings, Finding{f, first, last})
	}
}

// mountains are the complete subtrees of a growing tree, the highest first: what its root is made of (RFC 6962, 2.1).
type mountains []mountain

type mountain struct {
	height int
	hash   tlog.Hash
}

func (m *mountains) add(leaf tlog.Hash) {
	*m = append(*m, mountain{0, leaf})
	for n := len(*m); n > 1 && (*m)[n-2].height == (*m)[n-1].height; n = len(*m) {
		*m = append((*m)[:n-2], mountain{(*m)[n-1].height + 1, tlog.NodeHash((*m)[n-2].hash, (*m)[n-1].hash)})
	}
}

func (m mountains) root() tlog.Hash {
	if len(m) == 0 {
		root, _ := tlog.TreeHash(0, nil) // of no entries: that of nothing; reads nothing
		return root
	}
	hash := m[len(m)-1].hash
	for i := len(m) - 2; i >= 0; i-- {
		hash = tlog.NodeHash(m[i].hash, hash)
	}
	return hash
}
