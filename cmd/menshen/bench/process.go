package bench

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// ticksPerSecond is Linux's USER_HZ, in which /proc counts processor time; 100 on every architecture that Go runs on.
const ticksPerSecond = 100

// usage is what a process has used.
type usage struct {
	cpu      time.Duration // on all threads, since its start
	resident int64         // bytes
	threads  int
}

func (u usage) plus(o usage) usage {
	return usage{u.cpu + o.cpu, u.resident + o.resident, u.threads + o.threads}
}

// processStat is what is used of /proc/<pid>/stat.
type processStat struct {
	parent int
	usage  usage
}

// parseStat reads the text of /proc/<pid>/stat; page is the size of a memory page. The name, in brackets, may hold
// anything, brackets and blanks too.
func parseStat(text []byte, page int) (processStat, error) {
	i := bytes.LastIndexByte(text, ')')
	fields := strings.Fields(string(text[i+1:]))
	if i < 0 || len(fields) < 22 {
		return processStat{}, fmt.Errorf("the text %q is no /proc stat", text)
	}
	var n [5]int64
	for k, at := range []int{1, 11, 12, 17, 21} { // ppid, utime, stime, num_threads, rss; see proc(5), less the first two
		v, err := strconv.ParseInt(fields[at], 10, 64)
		if err != nil {
			return processStat{}, err
		}
		n[k] = v
	}
	return processStat{parent: int(n[0]), usage: usage{
		cpu: time.Duration(n[1]+n[2]) * time.Second / ticksPerSecond, threads: int(n[3]), resident: n[4] * int64(page),
	}}, nil
}

// parts is the usage of a hub and its children by role: "hub", "camera", "recognizer".
type parts map[string]usage

// measureParts reads what a hub and its children have used. A process that ends meanwhile is left out.
func measureParts(hub int) (parts, error) {
	processes, err := hubProcesses(hub)
	if err != nil {
		return nil, err
	}
	all := parts{}
	for _, x := range processes {
		all[x.role] = all[x.role].plus(x.usage)
	}
	return all, nil
}

// hubProcess is the hub or one of its children.
type hubProcess struct {
	role  string
	pid   int
	usage usage
}

// hubProcesses gives the hub and its children.
func hubProcesses(hub int) (all []hubProcess, err error) {
	folders, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return nil, err
	}
	for _, f := range folders {
		text, err := os.ReadFile(filepath.Join(f, "stat"))
		if err != nil {
			continue // it has ended
		}
		s, err := parseStat(text, os.Getpagesize())
		if err != nil {
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(f))
		if err != nil || pid != hub && s.parent != hub {
			continue
		}
		role := "hub"
		if pid != hub {
			command, err := os.ReadFile(filepath.Join(f, "cmdline"))
			words := strings.Split(string(command), "\x00")
			if err != nil || len(words) < 2 {
				continue
			}
			role = words[1]
		}
		all = append(all, hubProcess{role, pid, s.usage})
	}
	return all, nil
}

// ownUsage is the processor time of this process and of its children that have ended.
func ownUsage() time.Duration {
	total := time.Duration(0)
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var r syscall.Rusage
		if err := syscall.Getrusage(who, &r); err == nil {
			total += time.Duration(r.Utime.Nano() + r.Stime.Nano())
		}
	}
	return total
}

// machineBusy is the processor time that all programs of the machine have used since it started, on all processors.
func machineBusy() (time.Duration, error) {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, err
	}
	return parseBusy(string(text))
}

// parseBusy sums up the first line of /proc/stat, less idle, waiting for disks, time that the host of a virtual machine took, and
// what is counted twice (guests).
func parseBusy(text string) (time.Duration, error) {
	line, _, _ := strings.Cut(text, "\n")
	fields := strings.Fields(line)
	if len(fields) < 9 || fields[0] != "cpu" {
		return 0, fmt.Errorf("the text %q is no /proc/stat", line)
	}
	ticks := int64(0)
	for i, f := range fields[1:9] {
		v, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return 0, err
		}
		if i != 3 && i != 4 && i != 7 {
			ticks += v
		}
	}
	return time.Duration(ticks) * time.Second / ticksPerSecond, nil
}
