package bench

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"menshen"
)

func TestTruth(t *testing.T) {
	folder := t.TempDir()
	clip := filepath.Join(folder, "a.mp4")
	write := func(text string) {
		if err := os.WriteFile(filepath.Join(folder, "truth.csv"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const head = "clip,person,first_frame,last_frame,enrolled,source_image\n"
	write(head + "b.mp4,Bo,1,2,1,Bo/1.jpg\na.mp4,An,14,66,1,An/An_1.jpg\na.mp4,Eve,70,90,0,Eve/2.jpg\n")
	got, err := readTruth(clip)
	want := []actor{{name: "An", first: 14, last: 66, enrolled: true, source: "An_1.jpg"}, {name: "Eve", first: 70, last: 90, source: "2.jpg"}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	for _, bad := range []string{head, head + "a.mp4,An,x,66,1,1.jpg\n", head + "a.mp4,../An,1,6,1,1.jpg\n", head + "a.mp4,An,9,6,1,1.jpg\n", "a,\"b\nc"} {
		write(bad)
		_, err := readTruth(clip)
		if _, hint := menshen.ErrorMessage(err); err == nil || hint == "" {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
