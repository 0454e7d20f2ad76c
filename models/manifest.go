package models

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"

	"github.com/goccy/go-yaml"

	"menshen"
)

//go:embed manifest.yaml
var embedded []byte

// Role is what an engine uses a file for.
type Role string

const (
	RoleDetector  Role = "detector"
	RoleLandmarks Role = "landmarks"
	RoleEmbedder  Role = "embedder"
	RoleLiveness  Role = "liveness"
)

// Purpose says what a file may be used for.
type Purpose string

const (
	Production     Purpose = "production"
	EvaluationOnly Purpose = "evaluation only" // not licensed, or not good enough, for a gate
)

// PackingBzip2 marks official files that are packed; all else is as it is.
const PackingBzip2 = "bzip2"

// Manifest lists the files in order. It is read-only and safe for concurrent use.
type Manifest struct {
	Version int    `yaml:"version"`
	Files   []File `yaml:"files"`
}

// File is one entry of the manifest.
type File struct {
	ID        string       `yaml:"id"`
	Name      string       `yaml:"name"`   // in the models folder
	Folder    string       `yaml:"folder"` // below the models folder; "" for none
	Also      []string     `yaml:"also"`   // other names of the same file, as relative paths with '/'
	What      menshen.Text `yaml:"what"`
	UsedBy    []Use        `yaml:"used_by"`
	Origin    string       `yaml:"origin"`
	Addresses []string     `yaml:"addresses"` // https, tried in order; none where it is never fetched from the network
	Packing   string       `yaml:"packing"`   // "" or PackingBzip2
	Licence   string       `yaml:"licence"`
	Size      int64        `yaml:"size"`   // bytes, unpacked
	Accept    []Checksum   `yaml:"accept"` // any one of them, of the unpacked file
	Use       Purpose      `yaml:"use"`
}

// Use says which engine uses a file, and for what.
type Use struct {
	Engine string `yaml:"engine"` // "opencv" or "dlib"
	Role   Role   `yaml:"role"`
}

// Checksum is one accepted content. Where both sums are given, both must match.
type Checksum struct {
	SHA256 string `yaml:"sha256"` // lower-case hex
	Git    string `yaml:"git"`    // git's blob id (SHA-1 over "blob <size>\0" and the content), lower-case hex
}

// Load gives the manifest that is part of the program.
func Load() (*Manifest, error) { return Parse(embedded) }

// Parse reads and checks a manifest. Unknown keys, missing values, paths that leave the folder, addresses that are not
// https and sums of the wrong form are all refused with CodeInvalid.
func Parse(data []byte) (*Manifest, error) {
	const op = "models.manifest"
	if len(data) > maxManifest {
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "the manifest has more than %d bytes", maxManifest)
	}
	var m Manifest
	if err := decode(data, &m); err != nil {
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "the manifest of the models cannot be read").WithCause(err)
	}
	if err := m.validate(); err != nil {
		return nil, err
	}
	return &m, nil
}

const maxManifest = 1 << 20

// decode reads YAML strictly. The decoder panics on some input, e.g. on an unknown tag before a missing list.
func decode(data []byte, m *Manifest) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the YAML decoder gave up: %v", p)
		}
	}()
	return yaml.NewDecoder(bytes.NewReader(data), yaml.Strict()).Decode(m)
}

// File gives the entry of an id.
func (m *Manifest) File(id string) (File, bool) {
	i := slices.IndexFunc(m.Files, func(f File) bool { return f.ID == id })
	if i < 0 {
		return File{}, false
	}
	return m.Files[i], true
}

// ForEngine gives the entries that an engine uses, in the manifest's order.
func (m *Manifest) ForEngine(engine string) []File {
	return slices.DeleteFunc(slices.Clone(m.Files), func(f File) bool {
		return !slices.ContainsFunc(f.UsedBy, func(u Use) bool { return u.Engine == engine })
	})
}

// HasRole reports whether an engine uses the file in a role.
func (f File) HasRole(engine string, role Role) bool {
	return slices.Contains(f.UsedBy, Use{Engine: engine, Role: role})
}

// pick gives the entries named by id or by file name, in the order asked for; each name may stand for several entries.
// A name that the manifest does not have is refused.
func (m *Manifest) pick(names []string) ([]File, error) {
	var files []File
	for _, name := range names {
		n := len(files)
		for _, f := range m.Files {
			if f.ID == name || f.Name == name || slices.Contains(f.Also, name) {
				files = append(files, f)
			}
		}
		if len(files) == n {
			return nil, menshen.Errorf(menshen.CodeInvalid, "models.manifest", "the file %q is not in the manifest and is refused", name).
				WithHint("see the files that are listed: menshen models list")
		}
	}
	return files, nil
}
