package lossyfs

import (
	"errors"
	"math/rand/v2"
	"syscall"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"

	"menshen"
)

// Disk is one simulated disk. Not safe for concurrent use; the files on it are.
type Disk struct {
	tree   *tree
	folder string
	server *fuse.Server
}

// New makes an empty disk and mounts it on a folder.
func New(folder string) (*Disk, error) {
	d := &Disk{tree: newTree(), folder: folder}
	return d, d.Mount()
}

// Mount mounts the disk again after Cut. It fails with CodeDenied where nothing can be mounted.
func (d *Disk) Mount() error {
	hold := time.Second // the tree is changed by this mount only
	server, err := fs.Mount(d.folder, &node{tree: d.tree, entry: d.tree.root}, &fs.Options{
		EntryTimeout: &hold, AttrTimeout: &hold,
		MountOptions:   fuse.MountOptions{FsName: "menshen-lossyfs", Name: "lossyfs", DirectMountStrict: true, DisableXAttrs: true, MaxWrite: 128 << 10},
		RootStableAttr: &fs.StableAttr{Ino: d.tree.root.ino, Mode: fuse.S_IFDIR},
	})
	if err != nil {
		return menshen.Errorf(menshen.CodeDenied, "cmd.lossyfs", "no file system can be mounted over FUSE").
			WithHint("run it as root, with /dev/fuse there").WithCause(err)
	}
	d.server = server
	return nil
}

// Unmount takes the disk away. Nobody may use it any more.
func (d *Disk) Unmount() error {
	if d.server == nil {
		return nil
	}
	var err error
	for range 100 { // who used it has just ended
		if err = syscall.Unmount(d.folder, 0); !errors.Is(err, syscall.EBUSY) {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if err != nil {
		return menshen.Errorf(menshen.CodeUnavailable, "cmd.lossyfs", "the simulated disk is still in use").WithCause(err)
	}
	d.server.Wait()
	d.server = nil
	return nil
}

// Cut is a power cut: the disk is taken away and has lost what was not synced. It gives how many pages and how many names of
// folders that were. Programs that used it must have been killed before. torn has some of it be there all the same, as rng says.
func (d *Disk) Cut(rng *rand.Rand, torn bool) (pages, names int, err error) {
	if err := d.Unmount(); err != nil {
		return 0, 0, err
	}
	if !torn {
		rng = nil
	}
	pages, names = d.tree.cut(rng)
	return pages, names, nil
}

// Sync makes everything durable.
func (d *Disk) Sync() { d.tree.syncAll() }

// SetLying has the disk say that it has synced and not do it.
func (d *Disk) SetLying(lying bool) { d.tree.lying.Store(lying) }
