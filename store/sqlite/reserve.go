package sqlite

import (
	"fmt"
	"path/filepath"
	"syscall"
)

// keepReserve refuses to grow the file when the disk is nearly full. Taking passes out of the outbox needs space for the
// write-ahead log, so without a reserve a full disk could never be left again by delivering what waits.
func (d *database) keepReserve(op string) error {
	if d.opts.Reserve < 0 {
		return nil
	}
	dir := filepath.Dir(d.path)
	var disk syscall.Statfs_t
	if err := syscall.Statfs(dir, &disk); err != nil {
		return fault(op, d.path, err)
	}
	free := disk.Bavail * uint64(disk.Bsize)
	if free >= uint64(d.opts.Reserve) {
		return nil
	}
	return full(op, d.path, fmt.Errorf("%d bytes are free, %d are kept in reserve", free, d.opts.Reserve))
}
