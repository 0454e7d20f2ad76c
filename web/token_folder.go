package web

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"menshen"
)

// TokenFolder is the folder of the tokens that were made for readers, guards and the office. Each has one file, named by
// the SHA-256 of the token, so that whoever reads the folder cannot use it, a call costs opening one file, and a token
// that is revoked stops working with the next call. The folder is made when the first token is. Beside a token's file lies an
// empty one, .recorded, once its issue is in the audit log: no call is answered before, but for what is handed over at a door.
type TokenFolder string

// IssuedToken is a token of the folder, without the token.
type IssuedToken struct {
	Name   string    `json:"name"` // for the audit log
	Role   Role      `json:"role"`
	Gates  []string  `json:"gates,omitempty"`
	Issued time.Time `json:"issued"`
}

// Issue makes a token and keeps its hash. The token itself is nowhere but in the answer. CodeConflict where the name has
// one already.
func (f TokenFolder) Issue(i IssuedToken) (Token, error) {
	const op = "web.token_issue"
	if err := menshen.ValidateSlug("token", i.Name); err != nil {
		return "", err
	}
	if i.Role == RoleOperator || !i.Role.Valid() {
		return "", unknownRole(i.Role)
	}
	if i.Role == RoleReader && len(i.Gates) == 0 {
		return "", menshen.Errorf(menshen.CodeInvalid, op, "a reader's token names no gate").WithHint("say at which gate the reader is, with --gate")
	}
	for _, g := range i.Gates {
		if err := menshen.ValidateSlug("gate", g); err != nil {
			return "", err
		}
	}
	if i.Issued.IsZero() {
		return "", menshen.Errorf(menshen.CodeInvalid, op, "a token has no time at which it is made")
	}
	all, err := f.List()
	if err != nil {
		return "", err
	}
	if slices.ContainsFunc(all, func(o IssuedToken) bool { return o.Name == i.Name }) {
		return "", menshen.Errorf(menshen.CodeConflict, op, "there is a token named %q already", i.Name).
			WithHint("revoke that one first with menshen token revoke, or choose another name")
	}
	if err := os.MkdirAll(string(f), 0o700); err != nil {
		return "", f.trouble(err)
	}
	token := NewToken()
	text, err := json.MarshalIndent(i, "", "  ")
	if err != nil {
		return "", menshen.Errorf(menshen.CodeInternal, op, "the token cannot be kept").WithCause(err)
	}
	if err := os.WriteFile(f.file(hashOf(token)), append(text, '\n'), 0o600); err != nil {
		return "", f.trouble(err)
	}
	return token, nil
}

// List gives the tokens in order of their names. Without the folder there are none.
func (f TokenFolder) List() ([]IssuedToken, error) {
	var all []IssuedToken
	err := f.each(func(_ string, i IssuedToken) error {
		all = append(all, i)
		return nil
	})
	slices.SortFunc(all, func(a, b IssuedToken) int { return cmp.Compare(a.Name, b.Name) })
	return all, err
}

// Revoke takes the token of a name away: CodeNotFound where there is none.
func (f TokenFolder) Revoke(name string) error {
	found := false
	err := f.each(func(path string, i IssuedToken) error {
		if i.Name != name {
			return nil
		}
		found = true
		if err := os.Remove(path); err != nil {
			return err
		}
		if err := os.Remove(recordedFile(path)); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	})
	if err != nil {
		return err
	}
	if !found {
		return menshen.Errorf(menshen.CodeNotFound, "web.token_revoke", "there is no token named %q", name).WithHint("see: menshen token list")
	}
	return nil
}

func (f TokenFolder) each(do func(path string, i IssuedToken) error) error {
	paths, err := filepath.Glob(filepath.Join(escapeGlob(string(f)), "*.json"))
	if err != nil {
		return f.trouble(err)
	}
	for _, path := range paths {
		i, err := readIssued(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue // revoked this moment
		}
		if err == nil {
			err = do(path, i)
		}
		if err != nil {
			return f.trouble(err)
		}
	}
	return nil
}

// bearer finds a token by its hash. What cannot be read is nobody's.
func (f TokenFolder) bearer(hash [sha256.Size]byte) (Bearer, bool) {
	path := f.file(hash)
	i, err := readIssued(path)
	if err != nil || i.Name == "" || i.Role == RoleOperator || !i.Role.Valid() || i.Issued.IsZero() {
		return Bearer{}, false
	}
	who := i.bearer()
	if _, err := os.Stat(recordedFile(path)); err != nil {
		who.markRecorded = func() error { return f.markRecorded(path) }
	}
	return who, true
}

// Record puts the issue of every token into the audit log that is not there yet. It is for calling at start and about once a
// minute: that of a token which is used before is recorded with its first call.
func (f TokenFolder) Record(ctx context.Context, a Auditor, now func() time.Time) error {
	return f.each(func(path string, i IssuedToken) error {
		if _, err := os.Stat(recordedFile(path)); err == nil {
			return nil
		}
		if err := (recorder{a, now}).issue(ctx, i.bearer()); err != nil {
			return err
		}
		return f.markRecorded(path)
	})
}

func (i IssuedToken) bearer() Bearer {
	return Bearer{Actor: string(i.Role) + "@" + i.Name, Role: i.Role, Gates: i.Gates, Issued: i.Issued}
}

func recordedFile(path string) string { return strings.TrimSuffix(path, ".json") + ".recorded" }

func (f TokenFolder) markRecorded(path string) error {
	if err := os.WriteFile(recordedFile(path), nil, 0o600); err != nil {
		return f.trouble(err)
	}
	return nil
}

func (f TokenFolder) file(hash [sha256.Size]byte) string {
	return filepath.Join(string(f), hex.EncodeToString(hash[:])+".json")
}

func (f TokenFolder) trouble(err error) error {
	return menshen.Errorf(menshen.CodeUnavailable, "web.token_folder", "the folder of tokens %s cannot be used", string(f)).
		WithHint("run this as the user who runs menshen serve, and see that its disk is not full").WithCause(err)
}

func readIssued(path string) (i IssuedToken, err error) {
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, &i)
	}
	return i, err
}

// escapeGlob keeps a folder's own name from being taken for a pattern.
func escapeGlob(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}
