package main_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// socket is one that a process listens on.
type socket struct {
	network string // tcp or udp
	address string // host:port
}

// family gives a process and all that it started, and what those started.
func family(root int) []int {
	below := map[int][]int{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		stat, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
		parent, _ := strconv.Atoi(fields[1])
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		below[parent] = append(below[parent], pid)
	}
	all := []int{root}
	for i := 0; i < len(all); i++ {
		all = append(all, below[all[i]]...)
	}
	return all
}

// listening gives the sockets that a process waits at for strangers, as the kernel knows them: TCP that listens, and UDP that is
// connected to nobody.
func listening(tb testing.TB, pid int) []socket {
	tb.Helper()
	proc := filepath.Join("/proc", strconv.Itoa(pid))
	held := map[string]bool{} // inodes
	fds, err := filepath.Glob(proc + "/fd/*")
	if _, readErr := os.ReadDir(proc + "/fd"); errors.Is(readErr, os.ErrPermission) || err != nil {
		tb.Skip("SKIPPED: only root sees the sockets of processes that keep their memory private")
	}
	for _, fd := range fds {
		if to, err := os.Readlink(fd); err == nil && strings.HasPrefix(to, "socket:[") {
			held[strings.TrimSuffix(strings.TrimPrefix(to, "socket:["), "]")] = true
		}
	}
	var found []socket
	for file, waiting := range map[string]string{"tcp": "0A", "tcp6": "0A", "udp": "07", "udp6": "07"} {
		text, err := os.ReadFile(proc + "/net/" + file)
		if err != nil {
			continue // it has ended
		}
		for line := range strings.Lines(string(text)) {
			fields := strings.Fields(line)
			if len(fields) > 9 && fields[3] == waiting && held[fields[9]] {
				found = append(found, socket{strings.TrimSuffix(file, "6"), kernelAddress(tb, fields[1])})
			}
		}
	}
	slices.SortFunc(found, func(a, b socket) int { return strings.Compare(a.network+a.address, b.network+b.address) })
	return found
}

// kernelAddress reads an address as /proc/net/tcp writes it: words of 32 bits as they lie in memory, on machines of low byte first.
func kernelAddress(tb testing.TB, s string) string {
	tb.Helper()
	host, port, _ := strings.Cut(s, ":")
	b, err := hex.DecodeString(host)
	n, portErr := strconv.ParseUint(port, 16, 16)
	if err != nil || portErr != nil {
		tb.Fatalf("the kernel says %q", s)
	}
	for word := range slices.Chunk(b, 4) {
		slices.Reverse(word)
	}
	return net.JoinHostPort(net.IP(b).String(), strconv.FormatUint(n, 10))
}
