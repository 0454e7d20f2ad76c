package audit

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"menshen"
)

// KeptFor is how long an entry must have been in the log before it may go: records of processing are kept for three years at least
// (PIPL, Article 56).
const KeptFor = 1095 * 24 * time.Hour

// Removal says that the first entries of a log were removed because of their age. Their hashes stay in the tree.
type Removal struct {
	Log   string
	Size  uint64    // entries removed since the log began
	Root  [32]byte  // over all of them
	Until time.Time // of the latest of them, to the second
	At    time.Time // when they were removed, to the second
}

// removed is the second line of a removal, where a checkpoint has a number.
const removed = "removed"

func (r Removal) text() string {
	return fmt.Sprintf("%s\n%s\n%d\n%s\n%s\n%s\n", r.Log, removed, r.Size, base64.StdEncoding.EncodeToString(r.Root[:]), r.Until.UTC().Format(time.RFC3339), r.At.UTC().Format(time.RFC3339))
}

// SignRemoval gives a removal as a signed note. The name of the log is the key's.
func (k Key) SignRemoval(r Removal) (string, error) {
	r.Log = k.signer.Name()
	signed, err := note.Sign(&note.Note{Text: r.text()}, k.signer)
	if err != nil {
		return "", menshen.Errorf(menshen.CodeInternal, "audit.sign", "a checkpoint cannot be signed").WithCause(err)
	}
	return string(signed), nil
}

// ReadRemoval gives the removal of a signed note. CodeDenied for what the site did not sign, or is none.
func (v Verifier) ReadRemoval(signed string) (Removal, error) {
	bad := menshen.Errorf(menshen.CodeDenied, "audit.removal", "the site did not sign that the first entries of the audit log were removed").
		WithHint("somebody took them out, or the file is of another site")
	n, err := note.Open([]byte(signed), note.VerifierList(v.verifier))
	if err != nil {
		return Removal{}, bad.WithCause(err)
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 7 || lines[0] != v.verifier.Name() || lines[1] != removed || lines[6] != "" {
		return Removal{}, bad
	}
	r := Removal{Log: lines[0]}
	size, err := strconv.ParseUint(lines[2], 10, 63)
	root, rootErr := base64.StdEncoding.Strict().DecodeString(lines[3])
	until, untilErr := time.Parse(time.RFC3339, lines[4])
	at, atErr := time.Parse(time.RFC3339, lines[5])
	if err != nil || rootErr != nil || untilErr != nil || atErr != nil || len(root) != len(r.Root) {
		return Removal{}, bad
	}
	r.Size, r.Root, r.Until, r.At = size, [32]byte(bytes.Clone(root)), until, at
	return r, nil
}

// Removed is what is left of entries that were removed because of their age.
type Removed struct {
	Removal

	Leaves iter.Seq2[[]byte, error] // the hashes that the tree has of them, in order; nil for one that it has not
}

// take puts the hashes of removed entries in the places of the entries. passed is told after each.
func (r *Result) take(gone Removed, tree *mountains, passed func(size uint64)) error {
	size := uint64(0)
	if gone.Leaves != nil {
		for leaf, err := range gone.Leaves {
			if err != nil {
				return err
			}
			size++
			if len(leaf) != tlog.HashSize {
				r.find(FaultUnhashed, size, size)
			}
			var h tlog.Hash
			copy(h[:], leaf)
			tree.add(h)
			passed(size)
			if size == gone.Size {
				break
			}
		}
	}
	switch {
	case size < gone.Size:
		r.find(FaultUnhashed, size+1, gone.Size)
	case tree.root() != gone.Root && gone.Size > 0:
		r.find(FaultRewritten, 1, gone.Size)
	case gone.At.Sub(gone.Until) < KeptFor-time.Second && gone.Size > 0:
		r.find(FaultEarly, 1, gone.Size)
	}
	r.Entries, r.Removed = gone.Size, gone.Size
	return nil
}
