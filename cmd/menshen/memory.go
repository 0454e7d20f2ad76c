package main

import (
	"errors"
	"log/slog"

	"golang.org/x/sys/unix"
)

// keepMemoryPrivate keeps what this process has in memory (keys, faces, whereabouts) off the disk when it crashes and from other
// processes of the same user: no core dumps, no debugger, nothing to read below /proc. The limit is inherited by children. Where the
// kernel does not do it, it is said aloud, and Menshen goes on.
func keepMemoryPrivate(log *slog.Logger) {
	err := errors.Join(
		unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}),
		unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0), // the limit binds no program that core dumps are piped to
	)
	if err != nil {
		log.Warn("after a crash this process's memory may be written to the disk: the system does not let it be kept private", "error", err)
	}
}
