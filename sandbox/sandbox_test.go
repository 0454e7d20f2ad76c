package sandbox_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"menshen/sandbox"
)

// Each of these tests starts this very binary as a child, shuts it in, and lets it try what whoever has taken it over would
// try. Nothing is believed that a real process was not refused.

// order is what a child is told: its plan and what to try then.
type order struct {
	Plan   sandbox.Plan
	Try    string
	Path   string // of a file or folder
	Number int    // of a port or process
	Thread bool   // try from a thread that was there before
	Open   bool   // try without a plan in force
}

// answer is what became of it.
type answer struct {
	In     sandbox.Protection
	Err    string        // of Apply
	Result string        // "done", or why not
	Errno  syscall.Errno // where the kernel said why
}

func TestMain(m *testing.M) {
	if os.Getenv("MENSHEN_TEST_SANDBOX") != "" {
		child()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func child() {
	var o order
	line, err := bufio.NewReader(os.Stdin).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
	// A thread of its own from before the plan is in force: what holds for one thread only would miss it.
	work, done := make(chan func()), make(chan struct{})
	ready := make(chan struct{})
	go func() {
		runtime.LockOSThread()
		close(ready)
		for f := range work {
			f()
			done <- struct{}{}
		}
	}()
	<-ready
	var a answer
	if !o.Open {
		a.In, err = sandbox.Apply(o.Plan)
	}
	if err != nil {
		a.Err = errors.Unwrap(err).Error()
	}
	try := func() {
		err := attempts[o.Try](o)
		a.Result = "done"
		if err != nil {
			a.Result = err.Error()
			errors.As(err, &a.Errno)
		}
	}
	if o.Thread {
		work <- try
		<-done
	} else {
		try()
	}
	_ = json.NewEncoder(os.Stdout).Encode(a)
}

func call(number uintptr, args ...uintptr) error {
	var a [6]uintptr
	copy(a[:], args)
	if _, _, errno := syscall.Syscall6(number, a[0], a[1], a[2], a[3], a[4], a[5]); errno != 0 {
		return errno
	}
	return nil
}

func pathOf(s string) uintptr {
	b, _ := unix.BytePtrFromString(s) // no zero bytes in these tests
	return uintptr(unsafe.Pointer(b))
}

var attempts = map[string]func(o order) error{
	"read":  func(o order) error { _, err := os.ReadFile(o.Path); return err },
	"list":  func(o order) error { _, err := os.ReadDir(o.Path); return err },
	"write": func(o order) error { return os.WriteFile(o.Path, []byte("x"), 0o600) },
	"append": func(o order) error {
		f, err := os.OpenFile(o.Path, os.O_WRONLY|os.O_APPEND, 0)
		if err == nil {
			err = errors.Join(nil, f.Close())
		}
		return err
	},
	"grow an open file": func(o order) error { // standard error, which the test makes a file
		_, err := os.Stderr.WriteString("x")
		return err
	},
	"memory file": func(order) error {
		fd, err := unix.MemfdCreate("x", 0)
		if err == nil {
			_, err = unix.Write(fd, []byte("x"))
		}
		return err
	},
	"remove":        func(o order) error { return syscall.Unlink(o.Path) },
	"rename":        func(o order) error { return syscall.Rename(o.Path, o.Path+"2") },
	"mkdir":         func(o order) error { return syscall.Mkdir(o.Path+"d", 0o700) },
	"link":          func(o order) error { return syscall.Link(o.Path, o.Path+"l") },
	"symlink":       func(o order) error { return syscall.Symlink("/etc/passwd", o.Path+"l") },
	"chmod":         func(o order) error { return syscall.Chmod(o.Path, 0o777) },
	"truncate":      func(o order) error { return syscall.Truncate(o.Path, 0) },
	"utimes":        func(o order) error { return os.Chtimes(o.Path, time.Unix(1, 0), time.Unix(1, 0)) },
	"exec":          func(order) error { return exec.Command("/bin/true").Run() },
	"exec in place": func(order) error { return syscall.Exec("/bin/true", []string{"true"}, nil) },
	"exec by fd": func(order) error {
		fd, err := unix.Open("/usr/lib", unix.O_PATH, 0)
		if err != nil {
			return err
		}
		empty := pathOf("")
		return call(unix.SYS_EXECVEAT, uintptr(fd), empty, 0, 0, unix.AT_EMPTY_PATH)
	},
	"fork": func(order) error {
		pid, _, errno := syscall.RawSyscall6(unix.SYS_CLONE, uintptr(unix.SIGCHLD), 0, 0, 0, 0, 0)
		if errno != 0 {
			return errno
		}
		if pid == 0 {
			syscall.RawSyscall(unix.SYS_EXIT_GROUP, 0, 0, 0)
		}
		return nil
	},
	"clone3":           func(order) error { return call(unix.SYS_CLONE3, 0, 0) },
	"connect":          func(o order) error { return connect(o, 0) },
	"connect by MPTCP": func(o order) error { return connect(o, unix.IPPROTO_MPTCP) },
	"listen": func(order) error {
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
		if err == nil {
			err = unix.Listen(fd, 1)
		}
		return err
	},
	"unix socket":         func(order) error { return socket(unix.AF_UNIX, unix.SOCK_STREAM, 0) },
	"packet socket":       func(order) error { return socket(unix.AF_PACKET, unix.SOCK_RAW, 0) },
	"raw socket":          func(order) error { return socket(unix.AF_INET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.IPPROTO_ICMP) },
	"vsock":               func(order) error { return socket(unix.AF_VSOCK, unix.SOCK_STREAM, 0) },
	"kernel crypto":       func(order) error { return socket(unix.AF_ALG, unix.SOCK_SEQPACKET, 0) },
	"datagram":            func(order) error { return socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_NONBLOCK, 0) },
	"netlink":             func(order) error { return socket(unix.AF_NETLINK, unix.SOCK_RAW, 0) },
	"signal":              func(o order) error { return syscall.Kill(o.Number, 0) },
	"signal a group":      func(o order) error { return syscall.Kill(-o.Number, 0) },
	"signal a thread":     func(o order) error { return unix.Tgkill(o.Number, o.Number, 0) },
	"signal by tkill":     func(o order) error { return call(unix.SYS_TKILL, uintptr(o.Number), 0) },
	"handle of a process": func(o order) error { _, err := unix.PidfdOpen(o.Number, 0); return err },
	"ptrace":              func(o order) error { return syscall.PtraceAttach(o.Number) },
	"read its memory":     func(o order) error { _, err := os.Open(fmt.Sprintf("/proc/%d/mem", o.Number)); return err },
	"read its settings":   func(o order) error { _, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", o.Number)); return err },
	"read memory by call": func(o order) error {
		b := make([]byte, 8)
		local := []unix.Iovec{{Base: &b[0], Len: 8}}
		_, err := unix.ProcessVMReadv(o.Number, local, []unix.RemoteIovec{{Base: 0x1000, Len: 8}}, 0)
		return err
	},
	"mount":          func(o order) error { return syscall.Mount("none", o.Path, "tmpfs", 0, "") },
	"unshare":        func(order) error { return syscall.Unshare(syscall.CLONE_NEWUSER) },
	"chroot":         func(o order) error { return syscall.Chroot(o.Path) },
	"bpf":            func(order) error { return call(unix.SYS_BPF, 0, 0, 0) },
	"perf":           func(order) error { _, err := unix.PerfEventOpen(&unix.PerfEventAttr{}, 0, -1, -1, 0); return err },
	"userfaultfd":    func(order) error { return call(unix.SYS_USERFAULTFD, 0) },
	"io_uring":       func(order) error { return call(unix.SYS_IO_URING_SETUP, 1, 0) },
	"keyctl":         func(order) error { _, err := unix.KeyctlGetKeyringID(unix.KEY_SPEC_SESSION_KEYRING, true); return err },
	"add_key":        func(order) error { return call(unix.SYS_ADD_KEY, 0, 0, 0, 0, 0) },
	"load a module":  func(order) error { return call(unix.SYS_FINIT_MODULE, 0, 0, 0) },
	"kexec":          func(order) error { return call(unix.SYS_KEXEC_LOAD, 0, 0, 0, 0) },
	"open by handle": func(order) error { return call(unix.SYS_OPEN_BY_HANDLE_AT, 0, 0, 0) },
	"set the clock":  func(order) error { return syscall.Settimeofday(&syscall.Timeval{Sec: 1}) },
	"become another": func(order) error { return call(unix.SYS_SETRESUID, 1, 1, 1) },
	"raise a limit": func(order) error {
		return unix.Prlimit(0, unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: 1 << 20, Max: 1 << 20}, nil)
	},
	"be dumped again": func(order) error { return unix.Prctl(unix.PR_SET_DUMPABLE, 1, 0, 0, 0) },
	"shared memory":   func(order) error { return call(unix.SYS_SHMGET, 0, 4096, 0o1000) },
	"many files": func(o order) error {
		for range 2000 {
			if _, err := unix.Open("/dev/null", unix.O_RDONLY, 0); err != nil {
				return err
			}
		}
		return nil
	},
	"much memory": func(o order) error {
		_, err := unix.Mmap(-1, 0, 1<<30, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
		return err
	},
	"grow in Go": func(o order) error { // the runtime ends the process
		var all [][]byte
		for range 64 {
			b := make([]byte, 32<<20)
			for i := 0; i < len(b); i += 4096 {
				b[i] = 1
			}
			all = append(all, b)
		}
		runtime.KeepAlive(all)
		return nil
	},
	"state": func(order) error {
		status, err := os.ReadFile("/proc/self/status")
		if err != nil {
			return err
		}
		for _, want := range []string{"NoNewPrivs:\t1", "Seccomp:\t2"} {
			if !strings.Contains(string(status), want) {
				return fmt.Errorf("/proc/self/status has no %q", want)
			}
		}
		return nil
	},
	"nothing": func(order) error { return nil },
}

func socket(family, kind, protocol int) error {
	_, err := unix.Socket(family, kind, protocol)
	return err
}

func connect(o order, protocol int) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, protocol)
	if err != nil {
		return err
	}
	return unix.Connect(fd, &unix.SockaddrInet4{Port: o.Number, Addr: [4]byte{127, 0, 0, 1}})
}

// run gives a child its order. died says that it gave no answer.
func run(tb testing.TB, o order, stderr io.Writer) (a answer, died bool) {
	tb.Helper()
	exe, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	line, err := json.Marshal(o)
	if err != nil {
		tb.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Env = []string{"MENSHEN_TEST_SANDBOX=1"}
	cmd.Stdin, cmd.Stderr = strings.NewReader(string(line)+"\n"), stderr
	out, err := cmd.Output()
	if json.Unmarshal(out, &a) != nil {
		return a, true
	}
	if err != nil {
		tb.Fatalf("%s: %v", o.Try, err)
	}
	if a.Err != "" {
		tb.Fatalf("%s: the plan was not put into force: %s", o.Try, a.Err)
	}
	return a, false
}

// base lets the child of these tests live: its own libraries and what it says of itself.
func base() sandbox.Plan { return sandbox.Plan{Read: []string{"/usr/lib", "/dev/null"}} }

func mustListen(tb testing.TB) int {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = l.Close() })
	return l.Addr().(*net.TCPAddr).Port
}

// Everything that a child does not need is refused to it, also to a thread that was there before.
func TestRefused(t *testing.T) {
	offered := sandbox.Offered()
	t.Logf("this kernel offers %+v", offered)
	dir := t.TempDir()
	secret := filepath.Join(dir, "site.key")
	if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	elsewhere := mustListen(t)
	const files, network = 1, 4 // versions of Landlock
	type row struct {
		try      string
		landlock int // version that it takes; 0 where seccomp alone refuses it
	}
	var rows []row
	for _, try := range []string{
		"write", "append", "remove", "rename", "mkdir", "link", "symlink", "chmod", "truncate", "utimes",
		"exec", "exec in place", "exec by fd", "fork", "clone3", "connect by MPTCP", "listen", "unix socket", "packet socket", "raw socket", "vsock", "kernel crypto", "datagram", "netlink",
		"signal", "signal a group", "signal a thread", "signal by tkill", "handle of a process", "ptrace", "read memory by call",
		"mount", "unshare", "chroot", "bpf", "perf", "userfaultfd", "io_uring", "keyctl", "add_key", "load a module", "kexec", "open by handle",
		"set the clock", "become another", "raise a limit", "be dumped again", "shared memory",
	} {
		rows = append(rows, row{try: try})
	}
	rows = append(rows, row{"read", files}, row{"list", files}, row{"read its memory", files}, row{"read its settings", files}, row{"connect", network})
	refused := 0
	for _, r := range rows {
		for _, thread := range []bool{false, true} {
			t.Run(r.try+map[bool]string{true: " from another thread"}[thread], func(t *testing.T) {
				if r.landlock > offered.Landlock || r.landlock == 0 && !offered.Calls {
					t.Logf("not refused on this kernel, which is said aloud: %v", offered.Lacks())
					return
				}
				o := order{Plan: base(), Try: r.try, Path: secret, Number: os.Getppid(), Thread: thread}
				switch r.try {
				case "list":
					o.Path = dir
				case "connect", "connect by MPTCP":
					o.Number = elsewhere
				}
				a, died := run(t, o, io.Discard)
				if died || a.Errno != unix.EPERM && a.Errno != unix.EACCES && !(r.try == "clone3" && a.Errno == unix.ENOSYS) {
					t.Errorf("%s: %q (errno %d, died: %v), want it refused", r.try, a.Result, a.Errno, died)
				}
				refused++
			})
		}
	}
	t.Logf("%d attempts refused", refused)
	if b, err := os.ReadFile(secret); err != nil || string(b) != "secret" {
		t.Errorf("the file holds %q (%v) after all that", b, err)
	}
	if names, err := os.ReadDir(dir); err != nil || len(names) != 1 {
		t.Errorf("the folder holds %v (%v), want the one file", names, err)
	}
}

// Without a plan the same attempts succeed, those of them that any user may make: it is the plan that refuses them.
func TestAllowedWithoutAPlan(t *testing.T) {
	port := mustListen(t)
	for _, try := range []string{
		"read", "list", "append", "write", "chmod", "utimes", "mkdir", "link", "symlink", "truncate", "rename", "exec", "exec by fd", "fork", "connect", "listen",
		"unix socket", "datagram", "netlink", "signal", "handle of a process", "read its settings", "raise a limit", "be dumped again", "shared memory", "memory file",
	} {
		path := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		o := order{Open: true, Try: try, Path: path, Number: os.Getpid()}
		switch try {
		case "list":
			o.Path = filepath.Dir(path)
		case "connect":
			o.Number = port
		}
		if a, died := run(t, o, io.Discard); died || a.Result != "done" && try != "exec by fd" || a.Errno == unix.EPERM {
			t.Errorf("%s: %q (died: %v), want it done", try, a.Result, died)
		}
	}
}

// What a plan keeps can be done.
func TestKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "model.onnx")
	if err := os.WriteFile(path, []byte("weights"), 0o600); err != nil {
		t.Fatal(err)
	}
	port := mustListen(t)
	plan := base()
	plan.Read = append(plan.Read, path, "/proc/self/status", filepath.Join(t.TempDir(), "absent"))
	plan.Connect = []uint16{uint16(port)}
	for _, try := range []string{"read", "connect", "nothing", "datagram", "netlink"} {
		o := order{Plan: plan, Try: try, Path: path, Number: port}
		o.Plan.Names = try == "datagram" || try == "netlink"
		if a, died := run(t, o, io.Discard); died || a.Result != "done" {
			t.Errorf("%s: %q (died: %v), want it done", try, a.Result, died)
		}
	}
	// A device is written to and controlled.
	plan.Devices = []string{"/dev/null"}
	if a, died := run(t, order{Plan: plan, Try: "append", Path: "/dev/null"}, io.Discard); died || a.Result != "done" {
		t.Errorf("a device cannot be written to: %q (died: %v)", a.Result, died)
	}
	if a, _ := run(t, order{Plan: plan, Try: "write", Path: path + "2"}, io.Discard); sandbox.Offered().Files && a.Errno != unix.EACCES && a.Errno != unix.EPERM {
		t.Errorf("a file can be written by whoever has a device: %q", a.Result)
	}
}

// Memory, descriptors and files cannot grow without end.
func TestLimits(t *testing.T) {
	plan := base()
	plan.Memory, plan.OpenFiles = 256<<20, 64
	if a, died := run(t, order{Plan: plan, Try: "much memory"}, io.Discard); died || a.Errno != unix.ENOMEM {
		t.Errorf("a gigabyte at once: %q (died: %v), want no memory", a.Result, died)
	}
	if a, died := run(t, order{Plan: plan, Try: "many files"}, io.Discard); died || a.Errno != unix.EMFILE {
		t.Errorf("two thousand files: %q (died: %v), want too many", a.Result, died)
	}
	var words strings.Builder
	if a, died := run(t, order{Plan: plan, Try: "grow in Go"}, &words); !died || !strings.Contains(words.String(), "out of memory") {
		t.Errorf("two gigabytes in Go: %q (died: %v, %.200s), want the process to end", a.Result, died, words.String())
	}
	plan.Memory = 4 << 30
	if a, died := run(t, order{Plan: plan, Try: "grow in Go"}, io.Discard); died || a.Result != "done" {
		t.Errorf("the same within the limit: %q (died: %v), want it done", a.Result, died)
	}
	// A file that was open before cannot grow, nor one in memory.
	f, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if a, died := run(t, order{Plan: plan, Try: "grow an open file"}, f); !died && a.Errno != unix.EFBIG {
		t.Errorf("a file that was open grew: %q", a.Result)
	}
	if info, err := f.Stat(); err != nil || info.Size() > 0 {
		t.Errorf("the file has %d bytes (%v), want none", info.Size(), err)
	}
	if a, died := run(t, order{Plan: plan, Try: "memory file"}, io.Discard); !died && a.Errno != unix.EFBIG {
		t.Errorf("a file in memory grew: %q", a.Result)
	}
}

// What is said to be in force is what the kernel says.
func TestProtection(t *testing.T) {
	plan := base()
	plan.Read = append(plan.Read, "/proc/self")
	offered := sandbox.Offered()
	a, died := run(t, order{Plan: sandbox.Plan{Read: []string{"/proc"}}, Try: "state"}, io.Discard)
	if died || offered.Calls && a.Result != "done" {
		t.Errorf("%q (died: %v), want no_new_privs and a filter", a.Result, died)
	}
	if a.In != offered {
		t.Errorf("in force %+v, the kernel offers %+v", a.In, offered)
	}
	figures := map[string]float64{"fps": 5}
	a.In.Put(figures)
	if got, ok := sandbox.FromFigures(figures); !ok || got != a.In {
		t.Errorf("from figures %+v (%v), want %+v", got, ok, a.In)
	}
	if _, ok := sandbox.FromFigures(map[string]float64{"fps": 5}); ok {
		t.Error("figures of a process without a sandbox are read as one")
	}
	var lacks []string
	for _, l := range (sandbox.Protection{Limits: true, Calls: true, Files: true, Landlock: 3}).Lacks() {
		lacks = append(lacks, l.ID)
		if l.Text.ZH == "" || l.Text.EN == "" || l.Action.ZH == "" || l.Action.EN == "" {
			t.Errorf("%s has no words", l.ID)
		}
	}
	if !slices.Equal(lacks, []string{"network"}) {
		t.Errorf("without the network's rules these are missing: %v", lacks)
	}
}

// A hub that hides its memory leaves no core and cannot be looked into by its own user.
func TestHiddenMemory(t *testing.T) {
	if os.Getenv("MENSHEN_TEST_HIDDEN") == "" {
		exe, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(exe, "-test.run", "^TestHiddenMemory$", "-test.v")
		cmd.Env = append(os.Environ(), "MENSHEN_TEST_HIDDEN=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
		return
	}
	if err := sandbox.HideMemory(); err != nil {
		t.Fatal(err)
	}
	if v, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0); err != nil || v != 0 {
		t.Errorf("dumpable is %d (%v), want 0", v, err)
	}
	var core unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_CORE, &core); err != nil || core.Max != 0 {
		t.Errorf("the limit of cores is %s (%v), want 0", strconv.FormatUint(core.Max, 10), err)
	}
	if err := exec.Command("/bin/true").Run(); err != nil {
		t.Errorf("it cannot start children any more: %v", err)
	}
}
