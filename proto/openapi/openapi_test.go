package openapi_test

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	_ "menshen/proto/menshen/v1" // the services
	"menshen/proto/openapi"
)

// document is what these tests read.
type document struct {
	OpenAPI string `yaml:"openapi"`
	Paths   map[string]map[string]struct {
		Operation string `yaml:"operationId"`
	} `yaml:"paths"`
	Components struct {
		Schemas map[string]any `yaml:"schemas"`
	} `yaml:"components"`
}

func mustRead(t *testing.T) document {
	t.Helper()
	var d document
	if err := yaml.Unmarshal(openapi.Document, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// Every call of the API is there, once, and nothing else.
func TestEveryCallIsDescribed(t *testing.T) {
	d := mustRead(t)
	if !strings.HasPrefix(d.OpenAPI, "3.1") {
		t.Errorf("it is of version %q", d.OpenAPI)
	}
	calls, names := 0, map[string]bool{}
	protoregistry.GlobalFiles.RangeFilesByPackage("menshen.v1", func(f protoreflect.FileDescriptor) bool {
		for i := range f.Services().Len() {
			s := f.Services().Get(i)
			for j := range s.Methods().Len() {
				calls++
				path := "/" + string(s.FullName()) + "/" + string(s.Methods().Get(j).Name())
				operation, ok := d.Paths[path]["post"]
				if !ok || names[operation.Operation] || operation.Operation == "" {
					t.Errorf("%s is not described, or its id %q is another's", path, operation.Operation)
				}
				names[operation.Operation] = true
			}
		}
		return true
	})
	if calls == 0 || calls != len(d.Paths) {
		t.Errorf("%d calls are described, there are %d", len(d.Paths), calls)
	}
}

// What is referred to is there.
func TestReferencesLeadSomewhere(t *testing.T) {
	d := mustRead(t)
	n := 0
	for line := range strings.Lines(string(openapi.Document)) {
		_, name, ok := strings.Cut(line, "#/components/schemas/")
		if !ok {
			continue
		}
		n++
		if name = strings.TrimRight(name, "\"\n"); d.Components.Schemas[name] == nil {
			t.Errorf("there is no schema %q", name)
		}
	}
	if n < 100 {
		t.Errorf("only %d references were found", n)
	}
}

// What is committed is what the .proto files give, the Go code too.
func TestGeneratedIsUpToDate(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	to := t.TempDir()
	cmd := exec.CommandContext(t.Context(), "go", "tool", "-modfile=tools/go.mod", "buf", "generate", "-o", to)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	files := 0
	err = filepath.WalkDir(to, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		files++
		name, err := filepath.Rel(to, path)
		if err != nil {
			return err
		}
		want, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if got, err := os.ReadFile(filepath.Join(root, name)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what the .proto files give (%v): run make generate", name, err)
		}
		return nil
	})
	if err != nil || files < 10 {
		t.Errorf("%d files were generated, %v", files, err)
	}
}
