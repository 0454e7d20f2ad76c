package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"

	"menshen"
)

// dataFolder is a data folder that this process alone uses.
type dataFolder struct {
	path string
	lock *os.File
}

// openDataFolder makes the folder where it is missing and locks it.
func openDataFolder(path string) (*dataFolder, error) {
	const op = "cmd.data"
	if err := makeFolder(path); err != nil {
		return nil, diskError(op, path, err)
	}
	lock, err := os.OpenFile(filepath.Join(path, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, diskError(op, path, err)
	}
	if err := unix.Flock(int(lock.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		closing := lock.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, menshen.Errorf(menshen.CodeConflict, op, "another menshen uses the data folder %s", path).
				WithHint("stop that one first, or set another folder: data in menshen.yaml").WithCause(closing)
		}
		return nil, errors.Join(diskError(op, path, err), closing)
	}
	// Where one that was killed listened. Whoever has its port now must not be sent a token, in the moment before this one says
	// where it listens itself.
	if err := os.Remove(filepath.Join(path, runningFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, errors.Join(diskError(op, path, err), lock.Close())
	}
	return &dataFolder{path: path, lock: lock}, nil
}

// locked reports whether a running Menshen has the folder.
func locked(folder string) bool {
	f, err := os.Open(filepath.Join(folder, "lock"))
	if err != nil {
		return false
	}
	defer f.Close()
	return errors.Is(unix.Flock(int(f.Fd()), unix.LOCK_SH|unix.LOCK_NB), unix.EWOULDBLOCK)
}

// file gives a path in the folder.
func (d *dataFolder) file(name string) string { return filepath.Join(d.path, name) }

// Close gives the folder free.
func (d *dataFolder) Close() error { return d.lock.Close() }

func diskError(op, path string, err error) *menshen.Error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return menshen.Errorf(menshen.CodeExhausted, op, "the disk of %s is full", path).WithHint("free disk space").WithCause(err)
	}
	return menshen.Errorf(menshen.CodeUnavailable, op, "the folder %s cannot be used", path).
		WithHint("check that it exists and may be written").WithCause(err)
}
