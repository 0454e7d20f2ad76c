package models

import (
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"menshen"
)

// State says how a file of the manifest lies in the folder.
type State string

const (
	Present  State = "present"  // there, and what the manifest says
	Missing  State = "missing"  // not there
	Altered  State = "altered"  // there, and not what the manifest says
	Unlisted State = "unlisted" // there, and not in the manifest
)

// Status is how one file lies in the folder.
type Status struct {
	File   File   // the zero File for an unlisted one
	State  State  // see the constants
	Path   string // where it lies, or would lie
	SHA256 string // of what lies there; "" where that was not read
}

// Store is a folder of model files. Safe for concurrent use, also by several processes: files appear in it whole or not
// at all.
type Store struct {
	manifest *Manifest
	root     string

	mu    sync.Mutex
	known map[string]digest // by path
}

// digest remembers what a file contained when it had this size and time, so that a file is read once in a process.
type digest struct {
	info fs.FileInfo
	sums sums
}

// NewStore gives the store over a folder. The folder need not exist: it is then empty, and Fetch makes it.
func NewStore(m *Manifest, folder string) (*Store, error) {
	root, err := filepath.Abs(folder)
	if m == nil || folder == "" || err != nil {
		return nil, menshen.Errorf(menshen.CodeInvalid, "models.open", "the models folder %q is not usable", folder).
			WithHint("name a folder, for example models/files").WithCause(err)
	}
	return &Store{manifest: m, root: root, known: map[string]digest{}}, nil
}

// Folder gives the absolute path of the folder.
func (s *Store) Folder() string { return s.root }

// Manifest gives the manifest that the store goes by.
func (s *Store) Manifest() *Manifest { return s.manifest }

// List gives the state of every file of the manifest in its order, then the unlisted files of the folder by path. It
// reads every file that is there once.
func (s *Store) List(ctx context.Context) ([]Status, error) {
	all := make([]Status, 0, len(s.manifest.Files))
	for _, f := range s.manifest.Files {
		st, err := s.look(ctx, s.root, f)
		if err != nil {
			return nil, err
		}
		all = append(all, st)
	}
	unlisted, err := s.unlisted()
	return append(all, unlisted...), err
}

// Verify checks files named by id or file name; none are all that lie in the folder, unlisted ones included. It gives an
// error that names every bad file: CodeCorrupt for altered ones, CodeInvalid for unlisted ones, and CodeMissing for
// missing ones that were asked for.
func (s *Store) Verify(ctx context.Context, names ...string) error {
	const op = "models.verify"
	var status []Status
	var err error
	if len(names) == 0 {
		status, err = s.List(ctx)
	} else {
		var files []File
		if files, err = s.manifest.pick(names); err != nil {
			return err
		}
		for _, f := range files {
			st, lookErr := s.look(ctx, s.root, f)
			err = cmp.Or(err, lookErr)
			status = append(status, st)
		}
	}
	if err != nil {
		return err
	}
	var bad []error
	for _, st := range status {
		switch {
		case st.State == Altered:
			bad = append(bad, altered(op, st.File, st.Path))
		case st.State == Unlisted:
			bad = append(bad, menshen.Errorf(menshen.CodeInvalid, op, "%s is not in the manifest", st.Path).
				WithHint("delete it, or move it elsewhere"))
		case st.State == Missing && len(names) > 0:
			bad = append(bad, missing(op, st.File))
		}
	}
	return summary(op, "%d model files are not in order: %s", bad)
}

// Locate gives the path of a file named by id, after checking its content, and its SHA-256 in lower-case hex. A file that
// is not there is CodeMissing, one that is altered CodeCorrupt, one that is not in the manifest CodeInvalid.
func (s *Store) Locate(id string) (location, sha256 string, err error) {
	f, ok := s.manifest.File(id)
	if !ok {
		_, err := s.manifest.pick([]string{id})
		if err == nil {
			err = menshen.Errorf(menshen.CodeInvalid, "models.locate", "%q is a file name, not the id of a model", id)
		}
		return "", "", err
	}
	st, err := s.look(context.Background(), s.root, f)
	if err != nil {
		return "", "", err
	}
	switch st.State {
	case Present:
		return st.Path, st.SHA256, nil
	case Altered:
		return "", "", altered("models.locate", f, st.Path)
	}
	return "", "", missing("models.locate", f)
}

// place is where a file belongs in the folder.
func (s *Store) place(f File) string { return filepath.Join(s.root, f.Folder, f.Name) }

// places are where a file may lie in a folder, best first: its own place, then without its sub-folder, then under its
// other names.
func places(folder string, f File) []string {
	all := []string{filepath.Join(folder, f.Folder, f.Name), filepath.Join(folder, f.Name)}
	for _, also := range f.Also {
		also = filepath.FromSlash(also)
		all = append(all, filepath.Join(folder, f.Folder, also), filepath.Join(folder, also))
	}
	return slices.Compact(all)
}

// look finds a file in a folder. Something else of the manifest that goes by the same name (the official dlib files and
// their stand-ins do) is neither the file nor an altered one.
func (s *Store) look(ctx context.Context, folder string, f File) (Status, error) {
	found := Status{File: f, State: Missing, Path: filepath.Join(folder, f.Folder, f.Name)}
	for _, p := range places(folder, f) {
		sums, err := s.digest(ctx, p)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return found, unreadable(p, err)
		case f.matches(sums):
			return Status{File: f, State: Present, Path: p, SHA256: sums.SHA256}, nil
		case found.State == Missing && !s.listed(sums):
			found = Status{File: f, State: Altered, Path: p, SHA256: sums.SHA256}
		}
	}
	return found, nil
}

func (s *Store) listed(c sums) bool {
	return slices.ContainsFunc(s.manifest.Files, func(f File) bool { return f.matches(c) })
}

// digest gives the checksums of a file, from memory while its size, time and identity stay. A file of a size that no
// entry has is not read. Something that is no regular file counts as a file without content.
func (s *Store) digest(ctx context.Context, p string) (sums, error) {
	info, err := os.Stat(p)
	if errors.Is(err, fs.ErrNotExist) || isNotDir(err) {
		return sums{}, fs.ErrNotExist
	}
	if err != nil {
		return sums{}, err
	}
	if !info.Mode().IsRegular() || !slices.ContainsFunc(s.manifest.Files, func(f File) bool { return f.Size == info.Size() }) {
		return sums{Size: info.Size()}, nil
	}
	s.mu.Lock()
	d, ok := s.known[p]
	s.mu.Unlock()
	if ok && os.SameFile(d.info, info) && d.info.Size() == info.Size() && d.info.ModTime().Equal(info.ModTime()) {
		return d.sums, nil
	}
	f, err := os.Open(p)
	if err != nil {
		return sums{}, err
	}
	defer f.Close()
	sum := newSummer(info.Size())
	if _, err := io.Copy(sum, contextReader{ctx, f}); err != nil {
		return sums{}, err
	}
	d = digest{info: info, sums: sum.sums()}
	// A file written within the clock's grain could change again without showing it.
	if time.Since(info.ModTime()) > settled {
		s.mu.Lock()
		s.known[p] = d
		s.mu.Unlock()
	}
	return d.sums, nil
}

// settled is how old a file's last change must be before its checksum is remembered.
const settled = 50 * time.Millisecond

// unlisted gives the files of the folder that no entry accounts for, hidden and unfinished ones left out.
func (s *Store) unlisted() ([]Status, error) {
	expected := map[string]bool{}
	for _, f := range s.manifest.Files {
		for _, p := range places(s.root, f) {
			expected[p] = true
		}
	}
	var all []Status
	err := filepath.WalkDir(s.root, func(p string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return unreadable(p, err)
		case p != s.root && d.Name()[0] == '.':
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir() || expected[p] || strings.HasSuffix(strings.TrimSuffix(p, noteSuffix), partSuffix):
			return nil
		}
		all = append(all, Status{State: Unlisted, Path: p})
		return nil
	})
	return all, err
}

func altered(op string, f File, p string) *menshen.Error {
	return menshen.Errorf(menshen.CodeCorrupt, op, "%s is not the file %q of the manifest: its size or checksum is wrong, so it is refused", p, f.ID).
		WithHint("delete it, then run: menshen models fetch %s", f.ID)
}

func missing(op string, f File) *menshen.Error {
	e := menshen.Errorf(menshen.CodeMissing, op, "the model file %s (%s) is missing", path.Join(f.Folder, f.Name), f.What.EN)
	return e.WithHint("run: menshen models fetch")
}

func unreadable(p string, err error) *menshen.Error {
	return menshen.Errorf(menshen.CodeInvalid, "models.read", "%s cannot be read", p).
		WithHint("let the user that runs menshen read it, for example with chmod a+rX").WithCause(err)
}
