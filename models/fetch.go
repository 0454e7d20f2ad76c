package models

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"menshen"
)

// Progress is told how the fetching of a file goes. Its calls come from one goroutine at a time.
type Progress interface {
	Start(f File, total int64) // total in bytes; -1 where it is not known yet (packed files)
	Add(n int64)               // bytes more; negative where a server makes the download start over
	Done(err error)            // nil: the file is in place
}

// FetchOptions says where files may come from. The zero value fetches all files for production.
type FetchOptions struct {
	From    string   // a folder to look in first; "" for none. An altered file in it is an error
	Nearby  []string // folders to look in next, where they exist; ["../shared/models"] if nil. Altered files in them are passed over
	Only    []string // ids or file names; none: all for production, and of those for evaluation the ones in From and Nearby
	Offline bool     // never use the network

	Client   *http.Client  // one with the proxy of the environment if nil; redirects are followed to https addresses only
	Progress Progress      // may be nil
	Attempts int           // in a row without a byte before an address is given up; 5 if 0
	Backoff  time.Duration // before the second attempt, then doubled, with jitter; 1 s if 0
	Stall    time.Duration // an answer that brings no byte for so long is cut and resumed; 30 s if 0

	dead map[string]bool // hosts that could not be reached in this call: the next file does not wait for them again
}

// Source says where a file came from.
type Source string

const (
	FromStore   Source = "present" // was in the folder
	FromFolder  Source = "folder"  // copied from another folder
	FromAddress Source = "network" // downloaded
)

// Fetched is a file that is in place and verified.
type Fetched struct {
	Located
	Source Source
	Origin string // the path it was copied from or the address; "" for FromStore
}

const (
	partSuffix    = ".part"
	noteSuffix    = ".json" // after partSuffix
	defaultNearby = "../shared/models"
)

// Fetch puts files in place: what is there and verified stays; else a copy from a folder; else a download, which goes on
// where an earlier one was cut off. A file gets its name only after its checksum is verified and it is on disk. Files
// are fetched one after another, a failed one does not stop the others, and the error names each of them: CodeInvalid
// for a name that is not in the manifest (nothing is fetched then), CodeCorrupt for a wrong checksum, CodeUnavailable for
// the network, CodeMissing where no source is left, CodeExhausted for a full disk. Several processes may fetch into one
// folder: they take turns at a file. A cancelled context ends it at once and keeps what has been downloaded.
func (s *Store) Fetch(ctx context.Context, o FetchOptions) ([]Fetched, error) {
	o = o.withDefaults()
	if o.Client == nil {
		client, closeIdle := newClient()
		defer closeIdle()
		o.Client = client
	}
	files := s.manifest.Files
	if len(o.Only) > 0 {
		var err error
		if files, err = s.manifest.pick(o.Only); err != nil {
			return nil, err
		}
	}
	if o.From != "" {
		if info, err := os.Stat(o.From); err != nil || !info.IsDir() {
			return nil, menshen.Errorf(menshen.CodeInvalid, "models.fetch", "%s is not a folder that can be read", o.From).
				WithHint("name the folder that holds the model files").WithCause(err)
		}
	}
	var done []Fetched
	var failed []error
	for _, f := range files {
		if len(o.Only) == 0 && f.Use == EvaluationOnly && !s.nearby(ctx, f, o) {
			continue
		}
		got, err := s.fetch(ctx, f, o)
		switch {
		case err == nil:
			done = append(done, got)
		case ctx.Err() != nil:
			return done, ctx.Err()
		default:
			failed = append(failed, err)
		}
	}
	return done, summary("models.fetch", "%d model files could not be fetched: %s", failed)
}

func (o FetchOptions) withDefaults() FetchOptions {
	if o.Nearby == nil {
		o.Nearby = []string{filepath.FromSlash(defaultNearby)}
	}
	if o.Progress == nil {
		o.Progress = silent{}
	}
	if o.Attempts <= 0 {
		o.Attempts = 5
	}
	if o.Backoff <= 0 {
		o.Backoff = time.Second
	}
	if o.Stall <= 0 {
		o.Stall = 30 * time.Second
	}
	o.dead = map[string]bool{}
	return o
}

// nearby reports whether a file is in the store or in one of the folders.
func (s *Store) nearby(ctx context.Context, f File, o FetchOptions) bool {
	return slices.ContainsFunc(append([]string{s.root}, o.folders()...), func(folder string) bool {
		st, err := s.look(ctx, folder, f)
		return err == nil && st.State == Present
	})
}

// folders are the folders to look in, From first.
func (o FetchOptions) folders() []string {
	if o.From == "" {
		return o.Nearby
	}
	return append([]string{o.From}, o.Nearby...)
}

// fetch puts one file in place.
func (s *Store) fetch(ctx context.Context, f File, o FetchOptions) (Fetched, error) {
	if st, err := s.look(ctx, s.root, f); err != nil || st.State == Present {
		return Fetched{Located: located(st), Source: FromStore}, err
	}
	target := s.place(f)
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return Fetched{}, writing(filepath.Dir(target), err)
	}
	unlock, err := lock(ctx, filepath.Join(filepath.Dir(target), "."+f.Name+".lock"))
	if err != nil {
		return Fetched{}, err
	}
	defer unlock()
	if st, err := s.look(ctx, s.root, f); err != nil || st.State == Present {
		return Fetched{Located: located(st), Source: FromStore}, err
	}
	if got, err := s.fromFolders(ctx, f, o); err != nil || got.Path != "" {
		return got, err
	}
	return s.fromNetwork(ctx, f, o)
}

// fromFolders copies a file from the first folder that has it; the zero Fetched where none does.
func (s *Store) fromFolders(ctx context.Context, f File, o FetchOptions) (Fetched, error) {
	for i, folder := range o.folders() {
		asked := i == 0 && o.From != ""
		st, err := s.look(ctx, folder, f)
		if err != nil && !asked && ctx.Err() == nil {
			continue
		}
		if err != nil {
			return Fetched{}, err
		}
		packed := filepath.Join(folder, f.Name+".bz2")
		switch {
		case st.State == Present:
			return s.copyFile(ctx, f, st.Path, "", o.Progress)
		case st.State == Altered && asked:
			return Fetched{}, altered("models.fetch", f, st.Path).
				WithHint("get a good copy of it; nothing was taken from there")
		case f.Packing == PackingBzip2 && isRegular(packed):
			got, err := s.copyFile(ctx, f, packed, PackingBzip2, o.Progress)
			if err != nil && !asked && menshen.ErrorCode(err) == menshen.CodeCorrupt {
				continue
			}
			return got, err
		}
	}
	return Fetched{}, nil
}

func (s *Store) copyFile(ctx context.Context, f File, from, packing string, progress Progress) (got Fetched, err error) {
	progress.Start(f, f.Size)
	defer func() { progress.Done(err) }()
	in, err := os.Open(from)
	if err != nil {
		return Fetched{}, unreadable(from, err)
	}
	defer in.Close()
	sum, err := s.write(f, from, unpack(contextReader{ctx, in}, packing), progress.Add)
	if err != nil {
		return Fetched{}, err
	}
	return Fetched{Located: Located{File: f, Path: s.place(f), SHA256: sum.SHA256}, Source: FromFolder, Origin: from}, nil
}

// fromNetwork downloads a file from the first of its addresses that gives it.
func (s *Store) fromNetwork(ctx context.Context, f File, o FetchOptions) (got Fetched, err error) {
	const op = "models.fetch"
	if len(f.Addresses) == 0 {
		return Fetched{}, menshen.Errorf(menshen.CodeMissing, op, "the model file %s (%s) is in none of the folders looked in, and it is not fetched from the network", f.ID, f.What.EN).
			WithHint("copy it into a folder and run: menshen models fetch %s --from FOLDER", f.ID)
	}
	if o.Offline {
		return Fetched{}, menshen.Errorf(menshen.CodeMissing, op, "the model file %s is in none of the folders looked in, and the network is not to be used", f.ID).
			WithHint("%s", byHand(f))
	}
	total := f.Size
	if f.Packing != "" {
		total = -1
	}
	o.Progress.Start(f, total)
	defer func() { o.Progress.Done(err) }()
	var failed []error
	d := download{store: s, file: f, options: o, part: s.place(f) + partSuffix}
	for _, address := range f.Addresses {
		d.address = address
		sum, err := d.run(ctx)
		if err == nil {
			return Fetched{Located: Located{File: f, Path: s.place(f), SHA256: sum.SHA256}, Source: FromAddress, Origin: address}, nil
		}
		if code := menshen.ErrorCode(err); ctx.Err() != nil || code == menshen.CodeExhausted || code == menshen.CodeDenied {
			return Fetched{}, err
		}
		failed = append(failed, err)
	}
	// The first address is the official one: what it answered says most, unless another gave a wrong file.
	for _, err := range failed {
		if menshen.ErrorCode(err) == menshen.CodeCorrupt {
			return Fetched{}, err
		}
	}
	return Fetched{}, failed[0]
}

// byHand says how to get a file where this machine does not reach its address.
func byHand(f File) string {
	unpacked := ""
	if f.Packing != "" {
		unpacked = " (packed as it is)"
	}
	return strings.Join([]string{
		"on a machine with access download " + f.Addresses[0], "copy it here" + unpacked,
		"then run: menshen models fetch " + f.ID + " --from FOLDER",
	}, ", ")
}

func isRegular(p string) bool {
	info, err := os.Stat(p)
	return err == nil && info.Mode().IsRegular()
}

// remove deletes a file that may not be there.
func remove(p string) error {
	if err := os.Remove(p); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

type silent struct{}

func (silent) Start(File, int64) {}
func (silent) Add(int64)         {}
func (silent) Done(error)        {}
