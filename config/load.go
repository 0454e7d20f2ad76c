package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/goccy/go-yaml"

	_ "embed" // the shipped file

	"menshen"
)

// Shipped is the commented file that `menshen config init` writes. It lists every key with its default.
//
//go:embed menshen.yaml
var Shipped []byte

// maxFile bounds the file in bytes.
const maxFile = 1 << 20

// Load reads a file over the defaults, then the environment (os.Environ) over both, and validates. A missing file at
// the default path is no error: its defaults give a simulated community. explicit says that the path was asked for.
func Load(path string, explicit bool, environ []string) (Config, error) {
	c := Default()
	data, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !explicit:
	case errors.Is(err, fs.ErrNotExist):
		return c, menshen.Errorf(menshen.CodeNotFound, "config.load", "there is no configuration file %s", path).
			WithHint("make one with: menshen config init")
	case err != nil:
		return c, menshen.Errorf(menshen.CodeUnavailable, "config.load", "the configuration file %s cannot be read", path).
			WithHint("check its permissions").WithCause(err)
	default:
		if err := parse(path, data, &c); err != nil {
			return c, err
		}
	}
	if dir := filepath.Dir(path); dir != "." {
		c.folder = dir
	}
	for i := range c.Cameras {
		c.Cameras[i].setDefaults()
	}
	if err := applyEnvironment(&c, environ); err != nil {
		return c, err
	}
	return c, c.Validate()
}

// Parse reads the text of a file over the defaults and validates. name stands for the file in errors.
func Parse(name string, data []byte) (Config, error) {
	c := Default()
	if err := parse(name, data, &c); err != nil {
		return c, err
	}
	for i := range c.Cameras {
		c.Cameras[i].setDefaults()
	}
	return c, c.Validate()
}

func parse(name string, data []byte, c *Config) error {
	const op = "config.load"
	if len(data) > maxFile {
		return menshen.Errorf(menshen.CodeInvalid, op, "the configuration file %s is larger than %d KB", name, maxFile>>10).
			WithHint("this is hardly a configuration file: give the right one with --config")
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return nil
	}
	err := decode(data, c)
	if err == nil || err.Error() == "EOF" { // EOF: nothing but comments
		return nil
	}
	line, what := 0, "cannot be read"
	var hint string
	if e, ok := errors.AsType[yaml.Error](err); ok {
		what = e.GetMessage()
		if t := e.GetToken(); t != nil && t.Position != nil {
			line = t.Position.Line
		}
	}
	if e, ok := errors.AsType[*yaml.UnknownFieldError](err); ok {
		key := e.GetToken().Value
		what, hint = fmt.Sprintf("unknown key %q", key), "see all keys with: menshen config init --print"
		if near := nearestKey(key); near != "" {
			hint = fmt.Sprintf("did you mean %q? see all keys with: menshen config init --print", near)
		}
	}
	if hint == "" {
		hint = "correct that line; see the form of every key with: menshen config init --print"
	}
	return menshen.Errorf(menshen.CodeInvalid, op, "%s, line %d: %s", name, line, what).WithHint("%s", hint)
}

// decode reads YAML and refuses unknown keys. The library panics on some broken files.
func decode(data []byte, c *Config) (err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("the file is not YAML")
		}
	}()
	return yaml.NewDecoder(bytes.NewReader(data), yaml.Strict()).Decode(c)
}
