package enrolment

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"menshen"
)

// maxPhotoBytes is the largest file that is read as a photograph.
const maxPhotoBytes = 20 << 20

// album is a folder of photographs. Nothing outside it is read, whatever names or links say.
type album struct{ root *os.Root }

func openAlbum(folder string) (*album, error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeInvalid, "enrolment.photos", "%s is not a folder that can be read", folder).
			WithHint("name the folder that holds the photographs: --photos FOLDER").WithCause(err)
	}
	return &album{root}, nil
}

func (a *album) Close() error { return a.root.Close() }

// of gives the paths of a row's photographs below the folder: those that it names, else the pictures in the folder of
// the person's name, else the picture of that name.
func (a *album) of(r Row) ([]string, []Refusal) {
	if len(r.Photos) == 0 {
		return a.byName(r)
	}
	var found []string
	var refused []Refusal
	for _, name := range r.Photos {
		p := path.Clean(strings.ReplaceAll(name, `\`, "/"))
		if !filepath.IsLocal(filepath.FromSlash(p)) {
			refused = append(refused, refusal(r, name, CodeBadPath))
			continue
		}
		if !a.has(p) && single(r.Name) && a.has(path.Join(r.Name, p)) {
			p = path.Join(r.Name, p)
		}
		found = append(found, p)
	}
	return found, refused
}

func (a *album) byName(r Row) ([]string, []Refusal) {
	if !single(r.Name) {
		return nil, []Refusal{refusal(r, "", CodeNoPhotos)}
	}
	var found []string
	if list, err := fs.ReadDir(a.root.FS(), r.Name); err == nil {
		for _, e := range list {
			if picture(e.Name()) && !e.IsDir() {
				found = append(found, path.Join(r.Name, e.Name()))
			}
		}
	}
	for _, ext := range extensions {
		if len(found) == 0 && a.has(r.Name+ext) {
			found = append(found, r.Name+ext)
		}
	}
	if len(found) == 0 {
		return nil, []Refusal{refusal(r, "", CodeNoPhotos)}
	}
	slices.Sort(found)
	return found, nil
}

// read gives a photograph, or why it cannot be had.
func (a *album) read(p string) ([]byte, Code) {
	info, err := a.root.Stat(p) // before opening: to open a pipe would wait for ever
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, CodePhotoMissing
	case err != nil || !info.Mode().IsRegular():
		return nil, CodeBadPath
	case info.Size() > maxPhotoBytes:
		return nil, CodeUnreadable
	}
	f, err := a.root.Open(p)
	if err != nil {
		return nil, CodeBadPath
	}
	data, err := io.ReadAll(io.LimitReader(f, maxPhotoBytes+1))
	if err = errors.Join(err, f.Close()); err != nil || len(data) > maxPhotoBytes {
		return nil, CodeUnreadable
	}
	return data, ""
}

func (a *album) has(p string) bool {
	info, err := a.root.Stat(p)
	return err == nil && info.Mode().IsRegular()
}

var extensions = []string{".jpg", ".jpeg", ".png", ".JPG", ".JPEG", ".PNG"}

func picture(name string) bool {
	return name[0] != '.' && slices.Contains(extensions, path.Ext(name))
}

// single reports whether a person's name can be the name of one file.
func single(name string) bool {
	return filepath.IsLocal(name) && !strings.ContainsAny(name, `/\`) && name != "." && name[0] != '.'
}
