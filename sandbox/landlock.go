package sandbox

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/landlock-lsm/go-landlock/landlock"
	ll "github.com/landlock-lsm/go-landlock/landlock/syscall"
)

// landlock lets the process open what the plan names and nothing else, and connect to its ports only.
//
// Names of hosts are asked for over UDP, which Landlock leaves alone up to version 9 and which a plan with Names keeps.
func (p Plan) landlock(got *Protection) error {
	offered := Offered()
	if !offered.Files {
		return nil
	}
	var rules []landlock.Rule
	for _, path := range p.Read {
		if info, err := os.Stat(path); err == nil {
			rules = append(rules, landlock.PathAccess(reading(info), path).IgnoreIfMissing())
		}
	}
	for _, path := range p.Devices {
		rules = append(rules, landlock.PathAccess(ll.AccessFSReadFile|ll.AccessFSWriteFile|ll.AccessFSIoctlDev, path).IgnoreIfMissing())
	}
	ports := slices.Clone(p.Connect)
	if p.Names {
		ports = append(ports, 53) // long answers of name servers come over TCP
	}
	for _, port := range ports {
		rules = append(rules, landlock.ConnectTCP(port))
	}
	config := landlock.V11
	if p.Names {
		config = landlock.V9 // the later ones know UDP, and the ports of a stream over UDP are the camera's to choose
		rules = append(rules, landlock.BindTCP(0))
	}
	if err := config.BestEffort().Restrict(rules...); err != nil {
		return fmt.Errorf("landlock: %w", err)
	}
	if !shutIn() {
		return errors.New("landlock was taken and is not in force")
	}
	got.Landlock, got.Files, got.Network, got.Signals = offered.Landlock, true, offered.Network, offered.Signals
	return nil
}

// reading is the right to read a file, or a folder and all in it; the kernel refuses rights that do not fit.
func reading(info os.FileInfo) landlock.AccessFSSet {
	if info.IsDir() {
		return ll.AccessFSReadFile | ll.AccessFSReadDir
	}
	return ll.AccessFSReadFile
}
