package bench

import (
	"os"
	"testing"
	"time"
)

func TestProcFiles(t *testing.T) {
	s, err := parseStat([]byte("42 (a (b) c) S 7 42 42 0 -1 4194304 99 0 0 0 150 50 0 0 20 0 9 0 418914 3133440 381 18446744073709551615\n"), 4096)
	want := processStat{parent: 7, usage: usage{cpu: 2 * time.Second, resident: 381 * 4096, threads: 9}}
	if err != nil || s != want {
		t.Errorf("%+v, %v", s, err)
	}
	busy, err := parseBusy("cpu  100 10 40 9999 77 5 5 1000 60 0\ncpu0 1 1 1 1 1 1 1 1 1 1\n")
	if err != nil || busy != 1600*time.Millisecond {
		t.Errorf("%s, %v", busy, err)
	}
	for _, bad := range []string{"", "42", "42 (x) S 1", "42 (x) S a 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1"} {
		if _, err := parseStat([]byte(bad), 4096); err == nil {
			t.Errorf("%q was read", bad)
		}
		if _, err := parseBusy(bad); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
	own, err := measureParts(os.Getpid())
	if err != nil || own["hub"].resident == 0 || own["hub"].threads == 0 {
		t.Errorf("%+v, %v", own, err)
	}
}
