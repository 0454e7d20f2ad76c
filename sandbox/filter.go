package sandbox

import (
	"fmt"
	"os"
	"unsafe"

	seccomp "github.com/elastic/go-seccomp-bpf"
	"github.com/elastic/go-seccomp-bpf/arch"
	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// filter makes the kernel refuse the calls that no child needs, with EPERM, in all threads there are and will be.
//
// It is a list of what is refused, not of what is allowed: OpenCV, FFmpeg and the C library call what their version and the
// processor suggest, and a list of all that would stop cameras with an update of the system.
func (p Plan) filter(got *Protection) error {
	if !Offered().Calls {
		return nil
	}
	program, err := p.program(os.Getpid())
	if err != nil {
		return fmt.Errorf("seccomp: %w", err)
	}
	raw, err := bpf.Assemble(program)
	if err != nil {
		return fmt.Errorf("seccomp: %w", err)
	}
	filters := make([]unix.SockFilter, len(raw))
	for i, r := range raw {
		filters[i] = unix.SockFilter{Code: r.Op, Jt: r.Jt, Jf: r.Jf, K: r.K}
	}
	fprog := unix.SockFprog{Len: uint16(len(filters)), Filter: &filters[0]}
	err = onThread(func() error {
		if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
			return fmt.Errorf("no_new_privs: %w", err)
		}
		// With TSYNC it is for all threads, no_new_privs included. The result is a thread that could not follow.
		thread, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&fprog)))
		if errno != 0 {
			return fmt.Errorf("seccomp: %w", errno)
		}
		if thread != 0 {
			return fmt.Errorf("seccomp: the thread %d has a filter of its own", thread)
		}
		return nil
	})
	got.Calls = err == nil
	return err
}

// program is the filter. The library lets calls of another architecture pass (on amd64 those of 32-bit programs), which
// would be a way around it: they end the process.
func (p Plan) program(pid int) ([]bpf.Instruction, error) {
	here, err := arch.GetInfo("")
	if err != nil {
		return nil, err
	}
	policy := seccomp.Policy{DefaultAction: seccomp.ActionAllow}
	for _, g := range p.refused(uint64(pid)) {
		policy.Syscalls = append(policy.Syscalls, known(g, here))
	}
	rest, err := policy.Assemble()
	if err != nil {
		return nil, err
	}
	return append([]bpf.Instruction{
		bpf.LoadAbsolute{Off: archOffset, Size: 4},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: uint32(here.ID), SkipTrue: 1},
		bpf.RetConstant{Val: uint32(seccomp.ActionKillProcess)},
	}, rest...), nil
}

const archOffset = 4 // in struct seccomp_data

// known leaves out the calls that this architecture does not have.
func known(g seccomp.SyscallGroup, here *arch.Info) seccomp.SyscallGroup {
	kept := seccomp.SyscallGroup{Action: g.Action}
	for _, name := range g.Names {
		if _, ok := here.SyscallNames[name]; ok {
			kept.Names = append(kept.Names, name)
		}
	}
	for _, n := range g.NamesWithCondtions {
		if _, ok := here.SyscallNames[n.Name]; ok {
			kept.NamesWithCondtions = append(kept.NamesWithCondtions, n)
		}
	}
	return kept
}
