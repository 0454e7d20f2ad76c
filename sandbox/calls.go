package sandbox

import (
	seccomp "github.com/elastic/go-seccomp-bpf"
	"golang.org/x/sys/unix"
)

// never are calls that no child makes, whatever it is for.
var never = []string{
	// programs and processes; clone is refused by its flags below
	"execve", "execveat", "fork", "vfork",
	// other processes
	"ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "process_mrelease", "kcmp",
	"pidfd_open", "pidfd_getfd", "pidfd_send_signal", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "tkill",
	// the system
	"bpf", "perf_event_open", "userfaultfd", "kexec_load", "kexec_file_load", "init_module", "finit_module", "delete_module",
	"keyctl", "add_key", "request_key", "reboot", "swapon", "swapoff", "acct", "quotactl", "quotactl_fd", "syslog",
	"settimeofday", "clock_settime", "clock_adjtime", "adjtimex", "sethostname", "setdomainname", "personality",
	"iopl", "ioperm", "modify_ldt", "vhangup", "lookup_dcookie", "fanotify_init", "fanotify_mark", "nfsservctl",
	// name spaces and mounts
	"mount", "umount2", "pivot_root", "chroot", "unshare", "setns", "move_mount", "open_tree", "open_tree_attr", "fsopen", "fsconfig", "fsmount", "fspick", "mount_setattr",
	// who it is, and its limits
	"setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setgroups", "setfsuid", "setfsgid", "capset", "setrlimit",
	// ways around the other rules
	"io_uring_setup", "io_uring_enter", "io_uring_register", "open_by_handle_at", "name_to_handle_at", "memfd_secret",
	// files, which Landlock guards only in part: modes, owners, attributes, times
	"chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "fchown", "lchown", "fchownat", "utime", "utimes", "futimesat", "utimensat",
	"setxattr", "lsetxattr", "fsetxattr", "setxattrat", "removexattr", "lremovexattr", "fremovexattr", "removexattrat",
	"creat", "truncate", "mkdir", "mkdirat", "rmdir", "rename", "renameat", "renameat2", "link", "linkat", "symlink", "symlinkat",
	"unlink", "unlinkat", "mknod", "mknodat",
	// what processes share
	"shmget", "shmat", "shmctl", "msgget", "msgsnd", "msgrcv", "msgctl", "semget", "semop", "semtimedop", "semctl", "mq_open", "mq_unlink",
	// a service of its own
	"listen", "accept", "accept4",
}

// The kinds of sockets are combined with these flags.
var socketFlags = []uint64{0, unix.SOCK_NONBLOCK, unix.SOCK_CLOEXEC, unix.SOCK_NONBLOCK | unix.SOCK_CLOEXEC}

// lastProtocol is the highest that sockets may have: MPTCP, to which the rules of Landlock for TCP do not apply, is above it.
const lastProtocol = unix.IPPROTO_UDP

// otherKinds are the bits of all kinds of sockets above streams, datagrams and raw ones.
const otherKinds = 0b1100

// refused is what the kernel shall refuse to a process with this plan.
func (p Plan) refused(pid uint64) []seccomp.SyscallGroup {
	when := func(call string, all ...seccomp.Condition) seccomp.NameWithConditions {
		return seccomp.NameWithConditions{Name: call, Conditions: all}
	}
	is := func(argument uint32, how seccomp.Operation, value uint64) seccomp.Condition {
		return seccomp.Condition{Argument: argument, Operation: how, Value: value}
	}
	some := []seccomp.NameWithConditions{
		when("clone", is(0, seccomp.BitsNotSet, unix.CLONE_THREAD)), // threads only
		when("kill", is(0, seccomp.NotEqual, pid)),
		when("tgkill", is(0, seccomp.NotEqual, pid)), // the Go runtime and abort signal their own threads
		when("prlimit64", is(2, seccomp.NotEqual, 0)),
		when("prctl", is(0, seccomp.Equal, unix.PR_SET_DUMPABLE)),
		when("prctl", is(0, seccomp.Equal, unix.PR_SET_PTRACER)),
		when("ioctl", is(1, seccomp.Equal, unix.TIOCSTI)),
		when("ioctl", is(1, seccomp.Equal, unix.TIOCLINUX)),
		// Addresses of the internet only: no socket of another service on this machine, no packets below TCP and UDP.
		when("socket", is(0, seccomp.LessThan, unix.AF_INET)),
		when("socket", is(0, seccomp.GreaterThan, unix.AF_INET), is(0, seccomp.LessThan, unix.AF_INET6)),
		when("socket", is(0, seccomp.GreaterThan, unix.AF_INET6), is(0, seccomp.LessThan, unix.AF_NETLINK)),
		when("socket", is(0, seccomp.GreaterThan, unix.AF_NETLINK)),
		when("socket", is(0, seccomp.NotEqual, unix.AF_NETLINK), is(1, seccomp.BitsSet, otherKinds)),
		when("socket", is(2, seccomp.GreaterThan, lastProtocol)),
	}
	kinds := []uint64{unix.SOCK_RAW}
	if !p.Names {
		kinds = append(kinds, unix.SOCK_DGRAM)
		some = append(some, when("socket", is(0, seccomp.Equal, unix.AF_NETLINK)))
	}
	for _, kind := range kinds {
		for _, flags := range socketFlags {
			some = append(some, when("socket", is(0, seccomp.NotEqual, unix.AF_NETLINK), is(1, seccomp.Equal, kind|flags)))
		}
	}
	names := never
	if !p.Names {
		names = append([]string{"bind"}, never...)
	}
	if len(p.Devices) == 0 { // a device is opened for writing
		const changing = unix.O_WRONLY | unix.O_RDWR | unix.O_CREAT | unix.O_TRUNC
		some = append(some, when("open", is(1, seccomp.BitsSet, changing)), when("openat", is(2, seccomp.BitsSet, changing)))
	}
	return []seccomp.SyscallGroup{
		{Names: names, Action: seccomp.ActionErrno},
		{NamesWithCondtions: some, Action: seccomp.ActionErrno},
		// Their arguments lie in memory, where no filter can look. The C library does without where they are not there.
		{Names: []string{"clone3", "openat2"}, Action: seccomp.ActionErrno | seccomp.Action(unix.ENOSYS)},
	}
}
