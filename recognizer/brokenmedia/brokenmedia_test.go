package brokenmedia_test

import (
	"bytes"
	"testing"

	"menshen/recognizer"
	"menshen/recognizer/brokenmedia"
)

// The same seed gives the same files, no two of the same name, and enough of them.
func TestTheSameFromTheSameSeed(t *testing.T) {
	film := brokenmedia.File{Name: "h264.mp4", Data: bytes.Repeat([]byte("0123moovavc1mdat"), 1000)}
	make := func() []brokenmedia.File { return append(brokenmedia.Pictures(3), brokenmedia.Films(3, film)...) }
	first, second := make(), make()
	if len(first) != len(second) || len(first) < 500 {
		t.Fatalf("%d and %d files, want as many and more than 500", len(first), len(second))
	}
	names := map[string]bool{}
	refused := 0
	for i, f := range first {
		if f.Name != second[i].Name || !bytes.Equal(f.Data, second[i].Data) {
			t.Fatalf("file %d is %s and then %s", i, f.Name, second[i].Name)
		}
		if names[f.Name] {
			t.Errorf("two files are called %s", f.Name)
		}
		names[f.Name] = true
		if _, _, err := recognizer.CheckHeader(f.Data); err != nil {
			refused++
		}
	}
	if refused == 0 || refused == len(first) {
		t.Errorf("%d of %d are refused by their header: they are all broken in the same way", refused, len(first))
	}
	t.Logf("%d files, %d refused by their header", len(first), refused)
}
