package models

import (
	"fmt"
	"net/url"
	"path"
	"strings"

	"menshen"
)

// maxSize bounds what one file may claim, so that a slip in the manifest cannot fill a disk.
const maxSize = 1 << 30

func (m *Manifest) validate() error {
	const op = "models.manifest"
	if m.Version != 1 {
		return menshen.Errorf(menshen.CodeInvalid, op, "the manifest has version %d, this program reads version 1", m.Version)
	}
	if len(m.Files) == 0 {
		return menshen.Errorf(menshen.CodeInvalid, op, "the manifest lists no files")
	}
	ids, places := map[string]bool{}, map[string]bool{}
	for i, f := range m.Files {
		if why := f.check(); why != "" {
			return menshen.Errorf(menshen.CodeInvalid, op, "entry %d of the manifest, %q: %s", i+1, f.ID, why)
		}
		place := path.Join(f.Folder, f.Name)
		if ids[f.ID] || places[place] {
			return menshen.Errorf(menshen.CodeInvalid, op, "entry %d of the manifest, %q: its id or its place %q is taken", i+1, f.ID, place)
		}
		ids[f.ID], places[place] = true, true
	}
	return nil
}

// check says what is wrong with an entry on its own; "" for nothing.
func (f File) check() string {
	switch {
	case menshen.ValidateSlug("model", f.ID) != nil:
		return "the id may have a-z, 0-9 and '-' only"
	case !plainName(f.Name):
		return fmt.Sprintf("the name %q is not a plain file name", f.Name)
	case f.Folder != "" && !plainName(f.Folder):
		return fmt.Sprintf("the folder %q is not a plain name", f.Folder)
	case f.What.ZH == "" || f.What.EN == "":
		return "what it is must be said in zh and en"
	case f.Origin == "":
		return "the origin is missing"
	case f.Licence == "":
		return "the licence is missing"
	case f.Use != Production && f.Use != EvaluationOnly:
		return fmt.Sprintf("use is %q, not %q or %q", f.Use, Production, EvaluationOnly)
	case f.Use == Production && len(f.Addresses) == 0:
		return "a file for production needs an address"
	case f.Packing != "" && f.Packing != PackingBzip2:
		return fmt.Sprintf("the packing %q is not known", f.Packing)
	case f.Size <= 0 || f.Size > maxSize:
		return fmt.Sprintf("the size %d is not 1 … %d bytes", f.Size, maxSize)
	}
	for _, also := range f.Also {
		for part := range strings.SplitSeq(also, "/") {
			if !plainName(part) {
				return fmt.Sprintf("the other name %q is not a relative path", also)
			}
		}
	}
	for _, a := range f.Addresses {
		if u, err := url.Parse(a); err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
			return fmt.Sprintf("the address %q is not an https address", a)
		}
	}
	return first(checkUses(f.UsedBy), checkSums(f.Accept))
}

func checkUses(uses []Use) string {
	if len(uses) == 0 {
		return "used_by is missing"
	}
	for _, u := range uses {
		if menshen.ValidateSlug("engine", u.Engine) != nil {
			return fmt.Sprintf("the engine %q is not usable", u.Engine)
		}
		switch u.Role {
		case RoleDetector, RoleLandmarks, RoleEmbedder, RoleLiveness:
		default:
			return fmt.Sprintf("the role %q is not known", u.Role)
		}
	}
	return ""
}

func checkSums(sums []Checksum) string {
	if len(sums) == 0 {
		return "accept is missing: a file without a checksum is never used"
	}
	for _, c := range sums {
		if c == (Checksum{}) || !isHex(c.SHA256, 64) || !isHex(c.Git, 40) {
			return "a checksum is not lower-case hex of 64 (sha256) or 40 (git) digits"
		}
	}
	return ""
}

func first(reasons ...string) string {
	for _, r := range reasons {
		if r != "" {
			return r
		}
	}
	return ""
}

// isHex accepts n lower-case hex digits, or nothing.
func isHex(s string, n int) bool {
	return s == "" || len(s) == n && strings.Trim(s, "0123456789abcdef") == ""
}

// plainName accepts a name that is one harmless path element: it neither hides, nor leaves its folder, nor looks like one
// of the files that fetching makes.
func plainName(s string) bool {
	if s == "" || len(s) > 128 || s[0] == '.' || s[0] == '-' || strings.HasSuffix(s, partSuffix) {
		return false
	}
	for _, r := range s {
		ok := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '_' || r == '-'
		if !ok {
			return false
		}
	}
	return true
}
