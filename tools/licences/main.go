// Command licences reads bills of materials (CycloneDX, JSON) and says which licences the parts of Menshen have. It fails where one is
// unknown, or is not among those that fit the Apache License 2.0 under which Menshen is given away.
//
//	licences REPORT BOM…
package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// fitting are licences whose parts may be in Menshen as it is given away. Weak copyleft by file (MPL) fits: its files stay as they are.
var fitting = []string{
	"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSD-3-Clause-Clear", "BSL-1.0", "BlueOak-1.0.0", "CC0-1.0", "ISC", "MIT", "MIT-0", "MPL-2.0",
	"OFL-1.1", "Python-2.0", "Unicode-3.0", "Unlicense", "Zlib",
	"BSD-Source-Code", // what is read in the licence of Go and golang.org/x, which is BSD-3-Clause
}

// known are parts whose licence is not found by itself, or not rightly, by name and version, as somebody read it. Another version is to
// be read again.
var known = map[string]string{
	"github.com/pressly/goose/v3@v3.29.0":                   "MIT",
	"kernel.org/pub/linux/libs/security/libcap/psx@v1.2.78": "BSD-3-Clause OR GPL-2.0-only", // both texts stand in one file
}

// bom is what is read of a bill of materials.
type bom struct {
	Components []struct {
		Name, Version string
		Licenses      []stated
		Evidence      struct{ Licenses []stated }
	}
}

type stated struct {
	License    struct{ ID, Name string }
	Expression string
}

// part is one thing that others made.
type part struct{ name, version, licence string }

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "licences:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	if len(args) < 2 {
		return errors.New("name the report to write, then the bills of materials to read")
	}
	var all []part
	for _, path := range args[1:] {
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		parts, err := read(text)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		all = append(all, parts...)
	}
	slices.SortFunc(all, func(a, b part) int {
		return cmp.Or(strings.Compare(a.name, b.name), strings.Compare(a.version, b.version))
	})
	var report strings.Builder
	counts, bad := map[string]int{}, []string{}
	for _, p := range all {
		fmt.Fprintf(&report, "%s\t%s\t%s\n", p.name, p.version, cmp.Or(p.licence, "UNKNOWN"))
		counts[p.licence]++
		if why := refuse(p.licence); why != "" {
			bad = append(bad, fmt.Sprintf("%s %s: %s", p.name, p.version, why))
		}
	}
	if err := os.WriteFile(args[0], []byte(report.String()), 0o644); err != nil {
		return err
	}
	if len(bad) > 0 {
		return fmt.Errorf("of %d parts these do not fit:\n%s", len(all), strings.Join(bad, "\n"))
	}
	var said []string
	for l, n := range counts {
		said = append(said, fmt.Sprintf("%s %d", l, n))
	}
	slices.Sort(said)
	_, err := fmt.Fprintf(out, "licences of %d parts: %s\n", len(all), strings.Join(said, ", "))
	return err
}

func read(text []byte) ([]part, error) {
	var b bom
	if err := json.Unmarshal(text, &b); err != nil {
		return nil, err
	}
	if len(b.Components) == 0 {
		return nil, errors.New("it lists nothing")
	}
	parts := make([]part, 0, len(b.Components))
	for _, c := range b.Components {
		var ids []string
		for _, s := range append(c.Licenses, c.Evidence.Licenses...) {
			if id := cmp.Or(s.Expression, s.License.ID, s.License.Name); !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
		licence := cmp.Or(known[c.Name+"@"+c.Version], strings.Join(ids, " AND ")) // found in one part: all of them hold
		parts = append(parts, part{c.Name, c.Version, licence})
	}
	return parts, nil
}

// refuse says why a licence does not fit, "" where it does. Of "A OR B" one is enough; of "A AND B" all must fit.
func refuse(licence string) string {
	if licence == "" {
		return "its licence is not known: read it, and list it in tools/licences with this version"
	}
	for _, all := range strings.Split(strings.Trim(licence, "()"), " OR ") {
		if !slices.ContainsFunc(strings.Split(strings.Trim(all, "() "), " AND "), func(l string) bool { return !slices.Contains(fitting, strings.Trim(l, "() ")) }) {
			return ""
		}
	}
	return licence + " is not among the licences that fit: do without it, or list it in tools/licences with the reason"
}
