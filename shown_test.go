package menshen_test

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Pages that say what shows it: the threat model and the promises.

// shownBy gives what a pattern finds in a page and in its Chinese, which must be the same in the same order.
func shownBy(t *testing.T, page, pattern string) []string {
	t.Helper()
	find := func(path string) (all []string) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(string(text), -1) {
			all = append(all, strings.ReplaceAll(m[1], `\|`, "|"))
		}
		return all
	}
	en, zh := find(page+".md"), find(page+".zh.md")
	if !slices.Equal(en, zh) {
		t.Errorf("%s: the languages name different ones:\n%v\n%v", page, en, zh)
	}
	return en
}

// declaredTests gives the tests there are, as "folder name".
func declaredTests(t *testing.T) map[string]bool {
	t.Helper()
	there := map[string]bool{}
	declaration := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)[A-Za-z0-9]+)\(`)
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if d != nil && d.IsDir() && (d.Name() == "ui" || d.Name() == "build" || d.Name() == ".git") {
			return fs.SkipDir
		}
		if err != nil || !strings.HasSuffix(file, "_test.go") {
			return err
		}
		text, err := os.ReadFile(file)
		for _, m := range declaration.FindAllSubmatch(text, -1) {
			there[path.Dir(filepath.ToSlash(file))+" "+string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return there
}

// TestThreatsAreShown: every test that the threat model names is there.
func TestThreatsAreShown(t *testing.T) {
	names := map[string]bool{}
	for place := range declaredTests(t) {
		names[place[strings.IndexByte(place, ' ')+1:]] = true
	}
	named := shownBy(t, "docs/threats", "`(Test[A-Za-z0-9]+)`")
	if len(named) < 50 {
		t.Errorf("%d tests are named, want one for each measure", len(named))
	}
	for _, name := range named {
		if !names[name] {
			t.Errorf("there is no test %s", name)
		}
	}
}

// TestPromisesAreShown: every test that the page of promises has run is in the package that the command names.
func TestPromisesAreShown(t *testing.T) {
	there := declaredTests(t)
	commands := shownBy(t, "docs/promises", "`((?:go test|make|menshen) [^`]+)`")
	test := regexp.MustCompile(`^go test (\S+) -run '?([A-Za-z0-9|^$]+)'?$`)
	tests := 0
	for _, command := range commands {
		if !strings.HasPrefix(command, "go test") {
			continue
		}
		m := test.FindStringSubmatch(command)
		if m == nil {
			t.Errorf("%q does not say which tests", command)
			continue
		}
		for name := range strings.SplitSeq(m[2], "|") {
			tests++
			if place := path.Clean(m[1]) + " " + strings.Trim(name, "^$"); !there[place] {
				t.Errorf("%q: there is no test %s", command, place)
			}
		}
	}
	if tests < 60 {
		t.Errorf("%d tests are named, want those of every promise", tests)
	}
}
