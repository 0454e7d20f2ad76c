// Package sandbox takes from a process of Menshen what it does not need, once and for good, before it sees the first byte
// from outside: files, network, other processes, memory without end, core dumps. It is for the children in which native
// code decodes pictures and runs networks: whoever takes such a process over through a broken picture has little of it.
//
// It stands on what Linux offers without privileges: resource limits, no_new_privs, Landlock and seccomp. Where the kernel
// has less, less is in force, and Protection says what: a child never fails to start for it. It owns no policy about what a
// camera or a recognizer needs; that is its caller's.
package sandbox

import (
	"errors"
	"fmt"
	"os"
	"runtime"

	"golang.org/x/sys/unix"

	"menshen"
)

const op = "sandbox.apply"

// Plan is what a process keeps. The zero Plan keeps what is open, memory without a limit, and nothing else.
type Plan struct {
	Read      []string // files and folders that it may read; what is not there is left out
	Devices   []string // devices that it may read, write and control, e.g. /dev/video0
	Connect   []uint16 // TCP ports that it may connect to, on any machine
	Names     bool     // it looks names up and may take streams over UDP
	Memory    uint64   // bytes of private memory that can be written to (RLIMIT_DATA); 0 is no limit
	OpenFiles uint64   // descriptors at once; 256 if 0
}

// Apply puts a plan into force, in all threads of the process that calls it. There is no way back. Call it once.
//
// What the kernel does not offer is left out and is no error. The error says what the kernel offers and yet did not take;
// the rest is in force all the same. Limits count from the call on; what is open stays open.
func Apply(p Plan) (Protection, error) {
	var got Protection
	var errs []error
	// Limits first: the filter of system calls forbids to change them. Landlock before the filter too, which forbids it.
	errs = append(errs, p.limit(&got), p.landlock(&got), hideMemory(), p.filter(&got))
	if err := errors.Join(errs...); err != nil {
		return got, menshen.Errorf(menshen.CodeInternal, op, "this process is not shut in as far as the kernel would allow").
			WithHint("report this with the version of the kernel (uname -r); until then keep other services off this machine").WithCause(err)
	}
	return got, nil
}

// HideMemory keeps this process out of core dumps and its memory from other processes of the same user, also those that
// were started by it. It takes nothing else away: for the hub, which holds keys.
func HideMemory() error {
	if err := errors.Join(noCore(), hideMemory()); err != nil {
		return menshen.Errorf(menshen.CodeInternal, "sandbox.memory", "the memory of this process cannot be hidden from others").WithCause(err)
	}
	return nil
}

func hideMemory() error {
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		return fmt.Errorf("dumpable: %w", err)
	}
	return nil
}

// onThread runs f on one thread of the system.
func onThread(f func() error) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	return f()
}

// shutIn reports whether Landlock is in force: the root folder, which no plan names, cannot be read.
func shutIn() bool {
	_, err := os.ReadDir("/")
	return errors.Is(err, os.ErrPermission)
}
