package policy

import (
	"embed"
	"fmt"
	"path"
	"slices"
	"strings"
)

//go:embed builtin/*.yaml
var builtin embed.FS

// DefaultID is the policy of cases for which nobody chose another.
const DefaultID = "nhc-9"

// Builtin gives the policies that come with Menshen in order of id. They are read anew each time: a caller may keep them.
func Builtin() []*Policy {
	entries, err := builtin.ReadDir("builtin")
	if err != nil {
		panic(err) // embedded
	}
	var all []*Policy
	for _, e := range entries {
		text, err := builtin.ReadFile(path.Join("builtin", e.Name()))
		if err != nil {
			panic(err)
		}
		p, err := Read(text)
		if err != nil {
			panic(fmt.Sprintf("%s: %v", e.Name(), err)) // a test reads the same text
		}
		if p.ID != strings.TrimSuffix(e.Name(), ".yaml") {
			panic(e.Name() + " has the policy " + p.ID)
		}
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b *Policy) int { return strings.Compare(a.ID, b.ID) })
	return all
}

// BuiltinText gives a policy that comes with Menshen as it is written, with its comments: the best start for one's own.
func BuiltinText(id string) (string, bool) {
	text, err := builtin.ReadFile("builtin/" + id + ".yaml")
	return string(text), err == nil
}
