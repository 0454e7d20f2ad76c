package main

import (
	"log/slog"

	"menshen/sandbox"
)

// keepMemoryPrivate keeps what this process has in memory (keys, faces, whereabouts) off the disk when it crashes and from other
// processes of the same user. Where the kernel does not do it, it is said aloud, and Menshen goes on.
func keepMemoryPrivate(log *slog.Logger) {
	if err := sandbox.HideMemory(); err != nil {
		log.Warn("after a crash this process's memory may be written to the disk: the system does not let it be kept private", "error", err)
	}
}
