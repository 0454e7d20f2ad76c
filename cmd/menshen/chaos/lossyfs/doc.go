// Package lossyfs is a file system that forgets, at a power cut, what was not synced. It simulates a disk with its kernel: what
// programs have written is there for every program until the cut; after it there is only
//
//   - the content of a file, and its length, as of the last fsync or fdatasync of that file,
//   - the entries of a folder (names made, removed and renamed) as of the last fsync of that folder.
//
// That is what POSIX promises and no more: most real file systems keep more than they must. In the torn variant some of what was
// not synced has reached the disk all the same: each page of 4 KiB by itself at random, and the changes of folders up to some
// moment, in their order, as a journal would have them.
//
// It does not simulate: sectors that are half written, disks that reorder or lose what they have reported as synced (but see
// SetLying), bits that flip, and file systems that keep a rename after the content of the renamed file was synced only, as ext4
// does by default.
//
// Files whose name ends in -shm are memory that programs share and rebuild: they are never kept over a cut. All content is held
// in memory. It is served over FUSE (github.com/hanwen/go-fuse/v2) and needs /dev/fuse and the right to mount.
package lossyfs
