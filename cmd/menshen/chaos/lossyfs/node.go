package lossyfs

import (
	"context"
	"maps"
	"slices"
	"syscall"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
	"golang.org/x/sys/unix"
)

// node is an entry of the tree as one mount sees it.
type node struct {
	fs.Inode

	tree  *tree
	entry *entry
}

var (
	_ fs.NodeLookuper  = (*node)(nil)
	_ fs.NodeReaddirer = (*node)(nil)
	_ fs.NodeGetattrer = (*node)(nil)
	_ fs.NodeSetattrer = (*node)(nil)
	_ fs.NodeMkdirer   = (*node)(nil)
	_ fs.NodeCreater   = (*node)(nil)
	_ fs.NodeOpener    = (*node)(nil)
	_ fs.NodeReader    = (*node)(nil)
	_ fs.NodeWriter    = (*node)(nil)
	_ fs.NodeFlusher   = (*node)(nil)
	_ fs.NodeFsyncer   = (*node)(nil)
	_ fs.NodeUnlinker  = (*node)(nil)
	_ fs.NodeRmdirer   = (*node)(nil)
	_ fs.NodeRenamer   = (*node)(nil)
	_ fs.NodeLinker    = (*node)(nil)
	_ fs.NodeStatfser  = (*node)(nil)
	_ fs.NodeAllocater = (*node)(nil)
)

// child gives the inode of an entry below this one.
func (n *node) child(ctx context.Context, e *entry) *fs.Inode {
	kind := uint32(fuse.S_IFREG)
	if e.folder != nil {
		kind = fuse.S_IFDIR
	}
	return n.NewInode(ctx, &node{tree: n.tree, entry: e}, fs.StableAttr{Mode: kind, Ino: e.ino})
}

// describe fills in what is known of an entry.
func describe(e *entry, out *fuse.Attr) {
	out.Ino, out.Nlink, out.Blksize = e.ino, 1, pageSize
	if e.folder != nil {
		out.Mode = fuse.S_IFDIR | e.mode
		return
	}
	c := e.content
	c.mu.Lock()
	defer c.mu.Unlock()
	out.Mode = fuse.S_IFREG | c.mode
	out.Size = uint64(c.size)
	out.Blocks = (out.Size + 511) / 512
	out.SetTimes(nil, &c.mtime, &c.mtime)
}

// Lookup implements fs.NodeLookuper.
func (n *node) Lookup(ctx context.Context, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	n.tree.mu.Lock()
	e := n.entry.folder[name]
	n.tree.mu.Unlock()
	if e == nil {
		return nil, syscall.ENOENT
	}
	describe(e, &out.Attr)
	return n.child(ctx, e), 0
}

// Readdir implements fs.NodeReaddirer.
func (n *node) Readdir(context.Context) (fs.DirStream, syscall.Errno) {
	n.tree.mu.Lock()
	defer n.tree.mu.Unlock()
	var list []fuse.DirEntry
	for _, name := range slices.Sorted(maps.Keys(n.entry.folder)) {
		e := n.entry.folder[name]
		kind := uint32(fuse.S_IFREG)
		if e.folder != nil {
			kind = fuse.S_IFDIR
		}
		list = append(list, fuse.DirEntry{Name: name, Ino: e.ino, Mode: kind})
	}
	return fs.NewListDirStream(list), 0
}

// Getattr implements fs.NodeGetattrer.
func (n *node) Getattr(_ context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	describe(n.entry, &out.Attr)
	return 0
}

// Setattr implements fs.NodeSetattrer. Modes and times are kept at once: nothing here depends on them.
func (n *node) Setattr(_ context.Context, _ fs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	if c := n.entry.content; c != nil {
		if size, ok := in.GetSize(); ok {
			c.truncate(int64(size))
		}
		c.mu.Lock()
		if mode, ok := in.GetMode(); ok {
			c.mode = mode & 0o7777
		}
		if at, ok := in.GetMTime(); ok {
			c.mtime = at
		}
		c.mu.Unlock()
	} else if mode, ok := in.GetMode(); ok {
		n.entry.mode = mode & 0o7777
	}
	describe(n.entry, &out.Attr)
	return 0
}

// Mkdir implements fs.NodeMkdirer.
func (n *node) Mkdir(ctx context.Context, name string, mode uint32, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	n.tree.mu.Lock()
	if n.entry.folder[name] != nil {
		n.tree.mu.Unlock()
		return nil, syscall.EEXIST
	}
	e := n.tree.newFolder(mode & 0o7777)
	n.tree.set(n.entry, name, e)
	n.tree.mu.Unlock()
	describe(e, &out.Attr)
	return n.child(ctx, e), 0
}

// Create implements fs.NodeCreater.
func (n *node) Create(ctx context.Context, name string, flags uint32, mode uint32, out *fuse.EntryOut) (*fs.Inode, fs.FileHandle, uint32, syscall.Errno) {
	n.tree.mu.Lock()
	e := n.entry.folder[name]
	switch {
	case e != nil && (flags&syscall.O_EXCL != 0 || e.folder != nil):
		n.tree.mu.Unlock()
		return nil, nil, 0, syscall.EEXIST
	case e == nil:
		e = n.tree.newFile(mode & 0o7777)
		n.tree.set(n.entry, name, e)
	}
	n.tree.mu.Unlock()
	if flags&syscall.O_TRUNC != 0 {
		e.content.truncate(0)
	}
	describe(e, &out.Attr)
	return n.child(ctx, e), nil, 0, 0
}

// Open implements fs.NodeOpener.
func (n *node) Open(_ context.Context, flags uint32) (fs.FileHandle, uint32, syscall.Errno) {
	if n.entry.content == nil {
		return nil, 0, syscall.EISDIR
	}
	if flags&syscall.O_TRUNC != 0 {
		n.entry.content.truncate(0)
	}
	return nil, fuse.FOPEN_KEEP_CACHE, 0
}

// Read implements fs.NodeReader.
func (n *node) Read(_ context.Context, _ fs.FileHandle, dest []byte, off int64) (fuse.ReadResult, syscall.Errno) {
	return fuse.ReadResultData(dest[:n.entry.content.read(dest, off)]), 0
}

// Write implements fs.NodeWriter.
func (n *node) Write(_ context.Context, _ fs.FileHandle, data []byte, off int64) (uint32, syscall.Errno) {
	n.entry.content.write(data, off)
	return uint32(len(data)), 0
}

// Flush implements fs.NodeFlusher: closing a file makes nothing durable.
func (n *node) Flush(context.Context, fs.FileHandle) syscall.Errno { return 0 }

// Fsync implements fs.NodeFsyncer, for files and folders.
func (n *node) Fsync(context.Context, fs.FileHandle, uint32) syscall.Errno {
	n.tree.sync(n.entry)
	return 0
}

// Link implements fs.NodeLinker: a second name of a file.
func (n *node) Link(ctx context.Context, to fs.InodeEmbedder, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	target, ok := to.(*node)
	if !ok || target.entry.content == nil {
		return nil, syscall.EPERM
	}
	n.tree.mu.Lock()
	if n.entry.folder[name] != nil {
		n.tree.mu.Unlock()
		return nil, syscall.EEXIST
	}
	n.tree.set(n.entry, name, target.entry)
	n.tree.mu.Unlock()
	describe(target.entry, &out.Attr)
	return n.child(ctx, target.entry), 0
}

// Unlink implements fs.NodeUnlinker.
func (n *node) Unlink(_ context.Context, name string) syscall.Errno {
	n.tree.mu.Lock()
	defer n.tree.mu.Unlock()
	switch e := n.entry.folder[name]; {
	case e == nil:
		return syscall.ENOENT
	case e.folder != nil:
		return syscall.EISDIR
	}
	n.tree.set(n.entry, name, nil)
	return 0
}

// Rmdir implements fs.NodeRmdirer.
func (n *node) Rmdir(_ context.Context, name string) syscall.Errno {
	n.tree.mu.Lock()
	defer n.tree.mu.Unlock()
	switch e := n.entry.folder[name]; {
	case e == nil:
		return syscall.ENOENT
	case e.folder == nil:
		return syscall.ENOTDIR
	case len(e.folder) > 0:
		return syscall.ENOTEMPTY
	}
	n.tree.set(n.entry, name, nil)
	return 0
}

// Rename implements fs.NodeRenamer.
func (n *node) Rename(_ context.Context, name string, parent fs.InodeEmbedder, to string, flags uint32) syscall.Errno {
	target, ok := parent.(*node)
	if !ok || flags&^unix.RENAME_NOREPLACE != 0 {
		return syscall.EINVAL
	}
	n.tree.mu.Lock()
	defer n.tree.mu.Unlock()
	e, there := n.entry.folder[name], target.entry.folder[to]
	switch {
	case e == nil:
		return syscall.ENOENT
	case there != nil && flags&unix.RENAME_NOREPLACE != 0:
		return syscall.EEXIST
	case there != nil && there.folder != nil && len(there.folder) > 0:
		return syscall.ENOTEMPTY
	}
	n.tree.set(target.entry, to, e)
	n.tree.set(n.entry, name, nil)
	return 0
}

// Allocate implements fs.NodeAllocater.
func (n *node) Allocate(_ context.Context, _ fs.FileHandle, off, size uint64, mode uint32) syscall.Errno {
	const keepSize = 1
	c := n.entry.content
	if mode&^keepSize != 0 {
		return syscall.EOPNOTSUPP
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if end := int64(off + size); mode&keepSize == 0 && end > c.size {
		c.size, c.mtime = end, time.Now()
	}
	return 0
}

// Statfs implements fs.NodeStatfser: there is always room.
func (n *node) Statfs(_ context.Context, out *fuse.StatfsOut) syscall.Errno {
	const blocks = 64 << 30 / pageSize
	out.Bsize, out.Frsize, out.NameLen = pageSize, pageSize, 255
	out.Blocks, out.Bfree, out.Bavail = blocks, blocks, blocks
	out.Files, out.Ffree = 1<<20, 1<<20
	return 0
}
