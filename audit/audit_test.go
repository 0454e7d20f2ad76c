package audit_test

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"menshen"
	"menshen/audit"
)

var (
	began   = time.Date(2020, 2, 20, 8, 0, 0, 0, time.UTC)
	siteKey = []byte("0123456789abcdef0123456789abcdef")
)

// mustLog gives so many entries with their leaves, and a checkpoint of each length.
func mustLog(tb testing.TB, n uint64) (entries []audit.Entry, signed []string, v audit.Verifier) {
	tb.Helper()
	key, err := audit.NewKey(siteKey)
	if err != nil {
		tb.Fatal(err)
	}
	for i := range n + 1 {
		root := rootOf(tb, entries)
		s, err := key.Sign(i, root, began.Add(time.Duration(i)*time.Minute))
		if err != nil {
			tb.Fatal(err)
		}
		signed = append(signed, s)
		if i < n {
			entries = append(entries, leafed(audit.Entry{Number: i + 1, Entry: menshen.AuditEntry{At: began, Actor: "office@" + fmt.Sprint(i), Action: "person.show", Subject: fmt.Sprint("p-", i)}}))
		}
	}
	v, err = audit.NewVerifier(key.Public())
	if err != nil {
		tb.Fatal(err)
	}
	return entries, signed, v
}

func leafed(e audit.Entry) audit.Entry {
	leaf := tlog.RecordHash(e.Entry.Record(e.Number))
	e.Leaf = leaf[:]
	return e
}

// rootOf gives the root by package tlog's own tree.
func rootOf(tb testing.TB, entries []audit.Entry) [32]byte {
	tb.Helper()
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(indexes []int64) (all []tlog.Hash, err error) {
		for _, i := range indexes {
			all = append(all, stored[i])
		}
		return all, nil
	})
	for i, e := range entries {
		hashes, err := tlog.StoredHashes(int64(i), e.Entry.Record(e.Number), reader)
		if err != nil {
			tb.Fatal(err)
		}
		stored = append(stored, hashes...)
	}
	root, err := tlog.TreeHash(int64(len(entries)), reader)
	if err != nil {
		tb.Fatal(err)
	}
	return root
}

func mustRead(tb testing.TB, v audit.Verifier, signed ...string) (all []audit.Checkpoint) {
	tb.Helper()
	for _, s := range signed {
		c, err := v.Read(s)
		if err != nil {
			tb.Fatal(err)
		}
		all = append(all, c)
	}
	return all
}

func of(entries []audit.Entry) iter.Seq2[audit.Entry, error] {
	return func(yield func(audit.Entry, error) bool) {
		for _, e := range entries {
			if !yield(e, nil) {
				return
			}
		}
	}
}

func mustVerify(tb testing.TB, entries []audit.Entry, leaves uint64, checkpoints []audit.Checkpoint) audit.Result {
	tb.Helper()
	r, err := audit.Verify(of(entries), leaves, checkpoints, audit.Removed{})
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

func TestWholeLogHolds(t *testing.T) {
	entries, signed, v := mustLog(t, 70)
	r := mustVerify(t, entries, 70, mustRead(t, v, signed...))
	if len(r.Findings) > 0 || len(r.Held) != 71 || r.Entries != 70 || r.Root != rootOf(t, entries) || !r.Held[70].At.Equal(began.Add(70*time.Minute)) {
		t.Errorf("%+v", r)
	}
	if r := mustVerify(t, nil, 0, nil); len(r.Findings) > 0 || r.Root != rootOf(t, nil) {
		t.Errorf("of nothing: %+v", r)
	}
}

// Whoever tampers without writing the tree anew is found where they did it; whoever writes it anew, between the last checkpoint that
// holds and the next.
func TestTamperingIsFound(t *testing.T) {
	all, signed, v := mustLog(t, 20)
	for name, c := range map[string]struct {
		tamper func(e []audit.Entry) []audit.Entry
		leaves uint64
		want   string
	}{
		"changed":           {func(e []audit.Entry) []audit.Entry { e[6].Entry.Actor = "somebody"; return e }, 20, "[{changed 7 7} {rewritten 6 10} {rewritten 6 15}]"},
		"changed, rehashed": {func(e []audit.Entry) []audit.Entry { e[6].Entry.Actor = "somebody"; return renumbered(e) }, 20, "[{rewritten 6 10} {rewritten 6 15}]"},
		"removed":           {func(e []audit.Entry) []audit.Entry { return append(e[:6], e[7:]...) }, 20, "[{missing 7 7}]"},
		"removed, rehashed": {func(e []audit.Entry) []audit.Entry { return renumbered(append(e[:6], e[7:]...)) }, 19, "[{rewritten 6 10} {rewritten 6 15}]"},
		"two swapped": {func(e []audit.Entry) []audit.Entry {
			e[6].Entry, e[7].Entry = e[7].Entry, e[6].Entry
			return e
		}, 20, "[{changed 7 8} {rewritten 6 10} {rewritten 6 15}]"},
		"put in, rehashed":      {func(e []audit.Entry) []audit.Entry { return renumbered(append(e[:7:7], e[6:]...)) }, 21, "[{rewritten 6 10} {rewritten 6 15}]"},
		"cut":                   {func(e []audit.Entry) []audit.Entry { return e[:17] }, 20, "[{cut 18 20}]"},
		"cut, the tree too":     {func(e []audit.Entry) []audit.Entry { return e[:12] }, 12, "[{cut 13 15}]"},
		"cut after checkpoints": {func(e []audit.Entry) []audit.Entry { return e[:17] }, 17, "[]"}, // nothing can show that
		"without hashes":        {func(e []audit.Entry) []audit.Entry { e[3].Leaf, e[4].Leaf = nil, nil; return e }, 20, "[{unhashed 4 5}]"},
		"all gone":              {func([]audit.Entry) []audit.Entry { return nil }, 0, "[{cut 1 15}]"},
	} {
		t.Run(name, func(t *testing.T) {
			r := mustVerify(t, c.tamper(append([]audit.Entry(nil), all...)), c.leaves, mustRead(t, v, signed[15], signed[5], signed[10]))
			if got := fmt.Sprint(r.Findings); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

func renumbered(e []audit.Entry) []audit.Entry {
	out := append([]audit.Entry(nil), e...)
	for i := range out {
		out[i].Number = uint64(i + 1)
		out[i] = leafed(out[i])
	}
	return out
}

// Any change of any field of what a checkpoint covers is found, also with the whole tree written anew.
func TestAnyChangeIsFound(t *testing.T) {
	all, signed, v := mustLog(t, 50)
	checkpoints := mustRead(t, v, signed[50])
	r := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		e := append([]audit.Entry(nil), all...)
		x := &e[r.IntN(len(e))].Entry
		switch r.IntN(6) {
		case 0:
			x.At = x.At.Add(time.Nanosecond)
		case 1:
			x.Actor += "\n"
		case 2: // text that moves from one field to the next
			x.Action, x.Subject = x.Action[:3], x.Action[3:]+x.Subject
		case 3:
			x.Subject = ""
		case 4:
			x.Purpose = "x"
		case 5:
			x.Detail = "{}"
		}
		if got := mustVerify(t, renumbered(e), 50, checkpoints); len(got.Findings) != 1 || len(got.Held) != 0 {
			t.Fatalf("not found: %+v", got)
		}
	}
}

func TestCheckpointsOfOthers(t *testing.T) {
	_, signed, v := mustLog(t, 3)
	if strings.Count(signed[3], "\n") != 6 || !strings.HasPrefix(signed[3], "menshen.audit.") || !strings.Contains(signed[3], "\n3\n") {
		t.Errorf("%q", signed[3])
	}
	other, err := audit.NewKey([]byte("another key of another siteabcdef"))
	if err != nil {
		t.Fatal(err)
	}
	forged, _ := other.Sign(3, [32]byte{1}, began)
	for name, c := range map[string]struct {
		signed string
		code   menshen.Code
	}{
		"another key":    {forged, menshen.CodeDenied},
		"another length": {strings.Replace(signed[3], "\n3\n", "\n2\n", 1), menshen.CodeDenied},
		"no signature":   {strings.SplitAfter(signed[3], "\n\n")[0], menshen.CodeInvalid},
		"nothing":        {"", menshen.CodeInvalid},
		"some text":      {"a\n\n— b c\n", menshen.CodeInvalid},
	} {
		if _, err := v.Read(c.signed); menshen.ErrorCode(err) != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := audit.NewVerifier("no key"); menshen.ErrorCode(err) != menshen.CodeInvalid {
		t.Errorf("no key: %v", err)
	}
	again, err := audit.NewKey(siteKey)
	if first, _ := audit.NewKey(siteKey); err != nil || again.Public() != first.Public() || again.Public() == other.Public() {
		t.Errorf("a key derived twice: %v", err)
	}
}

// FuzzCheckpoint: whatever is read is an error or a checkpoint of this site's key.
func FuzzCheckpoint(f *testing.F) {
	_, signed, v := mustLog(f, 3)
	for _, s := range signed {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := v.Read(s)
		if err == nil && (c.Size > 3) {
			t.Errorf("%q is taken for %+v", s, c)
		}
	})
}

// TestRemoval: what the site signed of removed entries stands for them; nothing else does.
func TestRemoval(t *testing.T) {
	entries, signed, v := mustLog(t, 20)
	key, err := audit.NewKey(siteKey)
	if err != nil {
		t.Fatal(err)
	}
	leaves := func(yield func([]byte, error) bool) {
		for _, e := range entries {
			if !yield(e.Leaf, nil) {
				return
			}
		}
	}
	right := audit.Removal{Size: 8, Root: rootOf(t, entries[:8]), Until: began, At: began.Add(audit.KeptFor)}
	for name, c := range map[string]struct {
		alter func(*audit.Removal)
		want  string
	}{
		"as it is":       {func(*audit.Removal) {}, "[]"},
		"too early":      {func(r *audit.Removal) { r.At = r.At.Add(-time.Minute) }, "[{early 1 8}]"},
		"of another log": {func(r *audit.Removal) { r.Root[0] ^= 1 }, "[{rewritten 1 8}]"},
		"fewer":          {func(r *audit.Removal) { r.Size, r.Root = 7, rootOf(t, entries[:7]) }, "[{missing 8 8}]"},
	} {
		r := right
		c.alter(&r)
		note, err := key.SignRemoval(r)
		if err != nil {
			t.Fatal(err)
		}
		read, err := v.ReadRemoval(note)
		if err != nil || read.Size != r.Size || read.Root != r.Root || !read.Until.Equal(r.Until) || !read.At.Equal(r.At) {
			t.Fatalf("%s: %+v, %v", name, read, err)
		}
		got, err := audit.Verify(func(yield func(audit.Entry, error) bool) {
			for _, e := range entries[8:] {
				if !yield(e, nil) {
					return
				}
			}
		}, 20, mustRead(t, v, signed[5], signed[20]), audit.Removed{Removal: read, Leaves: leaves})
		if err != nil || fmt.Sprint(got.Findings) != c.want {
			t.Errorf("%s: %v, %v, want %s", name, got.Findings, err, c.want)
		}
		if c.want == "[]" && (len(got.Held) != 2 || got.Entries != 20 || got.Removed != 8) {
			t.Errorf("%s: %+v", name, got)
		}
	}
	// A checkpoint is no removal, a removal no checkpoint, and another site's is neither.
	if _, err := v.ReadRemoval(signed[8]); menshen.ErrorCode(err) != menshen.CodeDenied {
		t.Errorf("a checkpoint: %v", err)
	}
	note, err := key.SignRemoval(right)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.Read(note); err == nil {
		t.Error("a removal was taken for a checkpoint")
	}
	other, err := audit.NewKey([]byte(strings.Repeat("x", 32)))
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := other.SignRemoval(right)
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{foreign, strings.Replace(note, "\n8\n", "\n9\n", 1), ""} {
		if _, err := v.ReadRemoval(bad); menshen.ErrorCode(err) != menshen.CodeDenied {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
