package models

import (
	"bufio"
	"compress/bzip2"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"menshen"
)

// unpack gives the unpacked content of a stream.
func unpack(r io.Reader, packing string) io.Reader {
	if packing == PackingBzip2 {
		return bzip2.NewReader(bufio.NewReaderSize(r, 1<<16))
	}
	return r
}

// write puts content in the place of a file: into a temporary file beside it, verified on the way, synced, and only then
// given its name. Nothing stays behind on failure. from names the source in errors.
func (s *Store) write(f File, from string, content io.Reader, add func(int64)) (sums, error) {
	target := s.place(f)
	out, err := os.CreateTemp(filepath.Dir(target), "."+f.Name+".*")
	if err != nil {
		return sums{}, writing(target, err)
	}
	defer func() { _ = remove(out.Name()) }() // after the rename there is nothing to remove
	defer out.Close()
	sum := newSummer(f.Size)
	to := &tracked{w: out}
	_, err = io.Copy(io.MultiWriter(to, sum, counter(add)), io.LimitReader(content, f.Size+1))
	var damaged bzip2.StructuralError
	switch {
	case to.err != nil:
		return sums{}, writing(target, to.err)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return sums{}, err
	case errors.As(err, &damaged), errors.Is(err, io.ErrUnexpectedEOF):
		return sums{}, refused(f, from).WithCause(err)
	case err != nil:
		return sums{}, unreadable(from, err)
	}
	got := sum.sums()
	if !f.matches(got) {
		return sums{}, refused(f, from)
	}
	return got, commit(out, target)
}

// commit makes a written file permanent under its name: readable by all, on disk, then renamed, and the folder on disk.
func commit(out *os.File, target string) error {
	err := errors.Join(out.Chmod(0o644), out.Sync())
	if err == nil {
		err = out.Close()
	}
	if err == nil {
		err = os.Rename(out.Name(), target)
	}
	if err == nil {
		err = syncFolder(filepath.Dir(target))
	}
	return writing(target, err)
}

func syncFolder(folder string) error {
	d, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func refused(f File, from string) *menshen.Error {
	return menshen.Errorf(menshen.CodeCorrupt, "models.fetch", "what came from %s is not the file %q of the manifest (%s): its size or checksum is wrong, so it is refused", from, f.ID, f.Name).
		WithHint("try again later; if it stays so, something between here and there changes the file: %s", handOrFolder(f))
}

func handOrFolder(f File) string {
	if len(f.Addresses) == 0 {
		return "get a good copy of it"
	}
	return byHand(f)
}

// tracked tells an error of writing from one of reading.
type tracked struct {
	w   io.Writer
	err error
}

func (t *tracked) Write(p []byte) (int, error) {
	n, err := t.w.Write(p)
	if err != nil {
		t.err = err
	}
	return n, err
}

// counter counts the bytes written to it.
type counter func(int64)

func (c counter) Write(p []byte) (int, error) {
	c(int64(len(p)))
	return len(p), nil
}
