package sandbox

import (
	"cmp"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

const defaultOpenFiles = 256

// limit sets the limits of resources. There is none of processes (RLIMIT_NPROC): it counts all processes and threads of a
// user, the hub's too, so that no number would be right. The filter of calls lets no process begin.
func (p Plan) limit(got *Protection) error {
	errs := []error{
		setLimit("file size", unix.RLIMIT_FSIZE, 0), // pipes and sockets have no size
		setLimit("open files", unix.RLIMIT_NOFILE, cmp.Or(p.OpenFiles, defaultOpenFiles)),
		setLimit("locked memory", unix.RLIMIT_MEMLOCK, 0),
		setLimit("message queues", unix.RLIMIT_MSGQUEUE, 0),
		noCore(),
	}
	if p.Memory > 0 {
		errs = append(errs, setLimit("memory", unix.RLIMIT_DATA, p.Memory))
	}
	err := errors.Join(errs...)
	got.Limits = err == nil
	return err
}

func noCore() error { return setLimit("core", unix.RLIMIT_CORE, 0) }

// setLimit sets a limit that cannot be raised again. One that is lower already stays.
func setLimit(name string, resource int, most uint64) error {
	var now unix.Rlimit
	if err := unix.Getrlimit(resource, &now); err != nil {
		return fmt.Errorf("limit of %s: %w", name, err)
	}
	most = min(most, now.Max)
	if err := unix.Setrlimit(resource, &unix.Rlimit{Cur: most, Max: most}); err != nil {
		return fmt.Errorf("limit of %s: %w", name, err)
	}
	return nil
}
