package lossyfs_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"menshen/cmd/menshen/chaos/lossyfs"
)

// inside says that the test runs in a mount namespace of its own.
const inside = "LOSSYFS_TEST_INSIDE"

// TestMain runs the tests in a mount namespace of their own, so that no mount is left behind.
func TestMain(m *testing.M) {
	if os.Getenv(inside) != "" {
		os.Exit(m.Run())
	}
	cmd := exec.Command("/proc/self/exe", os.Args[1:]...)
	cmd.Env = append(os.Environ(), inside+"=1")
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
	if os.Getuid() != 0 {
		cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	if err := cmd.Run(); err != nil {
		os.Stderr.WriteString("in a namespace of its own: " + err.Error() + "\n")
		os.Exit(1)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func mustDisk(t *testing.T) (*lossyfs.Disk, string) {
	t.Helper()
	folder := t.TempDir()
	d, err := lossyfs.New(folder)
	must(t, err)
	t.Cleanup(func() { must(t, d.Unmount()) })
	return d, folder
}

// write writes a file, and syncs it and its folder if asked to.
func write(t *testing.T, path, text string, flags int, syncFile, syncFolder bool) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|flags, 0o600)
	must(t, err)
	_, err = f.WriteString(text)
	must(t, err)
	if syncFile {
		must(t, f.Sync())
	}
	must(t, f.Close())
	if syncFolder {
		sync(t, filepath.Dir(path))
	}
}

func sync(t *testing.T, folder string) {
	t.Helper()
	f, err := os.Open(folder)
	must(t, err)
	must(t, f.Sync())
	must(t, f.Close())
}

func cut(t *testing.T, d *lossyfs.Disk, rng *rand.Rand) {
	t.Helper()
	_, _, err := d.Cut(rng, rng != nil)
	must(t, err)
	must(t, d.Mount())
}

func wantText(t *testing.T, path, want string) {
	t.Helper()
	if b, err := os.ReadFile(path); err != nil || string(b) != want {
		t.Errorf("%s has %q, want %q; %v", filepath.Base(path), b, want, err)
	}
}

func wantNone(t *testing.T, path string) {
	t.Helper()
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("%s is there: %v", filepath.Base(path), err)
	}
}

func TestCutKeepsWhatWasSynced(t *testing.T) {
	d, dir := mustDisk(t)
	write(t, filepath.Join(dir, "whole"), "synced", 0, true, true)
	write(t, filepath.Join(dir, "appended"), "synced", 0, true, true)
	write(t, filepath.Join(dir, "appended"), " and not", os.O_APPEND, false, false)
	write(t, filepath.Join(dir, "replaced"), "synced", 0, true, true)
	write(t, filepath.Join(dir, "replaced"), "not", os.O_TRUNC, false, false)
	write(t, filepath.Join(dir, "nameless"), "its folder was not synced", 0, true, false)
	write(t, filepath.Join(dir, "empty"), "only its name was synced", 0, false, true)
	sync(t, dir)
	must(t, os.Remove(filepath.Join(dir, "nameless")))
	sync(t, dir)
	write(t, filepath.Join(dir, "nameless"), "its folder was not synced", 0, true, false)
	wantText(t, filepath.Join(dir, "appended"), "synced and not")

	must(t, os.Rename(filepath.Join(dir, "whole"), filepath.Join(dir, "renamed")))
	cut(t, d, nil)
	wantText(t, filepath.Join(dir, "whole"), "synced")
	wantNone(t, filepath.Join(dir, "renamed"))
	wantText(t, filepath.Join(dir, "appended"), "synced")
	wantText(t, filepath.Join(dir, "replaced"), "synced")
	wantText(t, filepath.Join(dir, "empty"), "")
	wantNone(t, filepath.Join(dir, "nameless"))

	must(t, os.Rename(filepath.Join(dir, "whole"), filepath.Join(dir, "renamed")))
	sync(t, dir)
	must(t, os.Link(filepath.Join(dir, "renamed"), filepath.Join(dir, "again")))
	wantText(t, filepath.Join(dir, "again"), "synced")
	must(t, os.Remove(filepath.Join(dir, "appended")))
	cut(t, d, nil)
	wantText(t, filepath.Join(dir, "renamed"), "synced")
	wantNone(t, filepath.Join(dir, "whole"))
	wantText(t, filepath.Join(dir, "appended"), "synced")
}

// In the torn variant each page by itself is old or new.
func TestTornPages(t *testing.T) {
	d, dir := mustDisk(t)
	const pages, size = 64, 4096
	path := filepath.Join(dir, "file")
	write(t, path, string(bytes.Repeat([]byte{'o'}, pages*size)), 0, true, true)
	write(t, path, string(bytes.Repeat([]byte{'n'}, pages*size)), 0, false, false)
	cut(t, d, rand.New(rand.NewPCG(1, 2)))
	b, err := os.ReadFile(path)
	must(t, err)
	counts := map[byte]int{}
	for i := range pages {
		page := b[i*size : (i+1)*size]
		if !bytes.Equal(page, bytes.Repeat(page[:1], size)) {
			t.Fatalf("page %d is half old and half new", i)
		}
		counts[page[0]]++
	}
	if counts['o'] == 0 || counts['n'] == 0 || counts['o']+counts['n'] != pages {
		t.Errorf("%v", counts)
	}
}

// A disk that lies loses what it said it had synced.
func TestLying(t *testing.T) {
	d, dir := mustDisk(t)
	write(t, filepath.Join(dir, "file"), "before", 0, true, true)
	d.SetLying(true)
	write(t, filepath.Join(dir, "file"), "after!", 0, true, true)
	cut(t, d, nil)
	wantText(t, filepath.Join(dir, "file"), "before")
}

// Files that grow, shrink and have holes read as any other's.
func TestLikeAnyFile(t *testing.T) {
	_, dir := mustDisk(t)
	other := t.TempDir()
	rng := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		data := bytes.Repeat([]byte{byte('a' + rng.IntN(26))}, rng.IntN(9000))
		off, size := int64(rng.IntN(40_000)), int64(rng.IntN(50_000))
		shrink := rng.IntN(4) == 0
		var got [2][]byte
		for i, folder := range []string{dir, other} {
			f, err := os.OpenFile(filepath.Join(folder, "file"), os.O_RDWR|os.O_CREATE, 0o600)
			must(t, err)
			_, err = f.WriteAt(data, off)
			must(t, err)
			if shrink {
				must(t, f.Truncate(size))
			}
			must(t, f.Close())
			got[i], err = os.ReadFile(filepath.Join(folder, "file"))
			must(t, err)
		}
		if !bytes.Equal(got[0], got[1]) {
			t.Fatal("the content differs from that of a real file")
		}
	}
}
