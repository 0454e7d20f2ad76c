package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestRemoveHalves: what a crash left of a backup goes; whole backups, and what is none, stay.
func TestRemoveHalves(t *testing.T) {
	folder := t.TempDir()
	write := func(name ...string) {
		path := filepath.Join(append([]string{folder}, name...)...)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(backupPrefix+"20260301T080000Z", backupNote)
	write(backupPrefix+"20260302T080000Z", "gate.db")
	write(backupPrefix + "notes.txt")
	write("photographs", "one.jpg")
	if err := removeHalves(folder); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var left []string
	for _, e := range entries {
		left = append(left, e.Name())
	}
	if want := []string{backupPrefix + "20260301T080000Z", backupPrefix + "notes.txt", "photographs"}; !slices.Equal(left, want) {
		t.Errorf("left: %q", left)
	}
}
