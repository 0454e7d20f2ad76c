package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// TestNoteOfTheKilledGoes: who takes a data folder over takes away where the one before it listened, for its port may be
// somebody else's by now.
func TestNoteOfTheKilledGoes(t *testing.T) {
	folder := t.TempDir()
	note := filepath.Join(folder, runningFile)
	if err := writeRunning(folder, "http://127.0.0.1:1", ""); err != nil {
		t.Fatal(err)
	}
	data, err := openDataFolder(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer data.Close()
	if _, err := os.Stat(note); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the note of the one before is there: %v", err)
	}
}
