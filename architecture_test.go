package menshen_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// mayImport is the direction of imports: each package of ours, and which others of ours its code (not its tests) may
// import. The root needs no mention: everybody may import it, and it imports nobody. ARCHITECTURE.md says why.
var mayImport = map[string][]string{
	"menshen":                     {},
	"menshen/access":              {"menshen/reach"},
	"menshen/account":             {"menshen/reach"},
	"menshen/audit":               {},
	"menshen/bus":                 {"menshen/proto"},
	"menshen/camera":              {"menshen/reach"},
	"menshen/certificate":         {"menshen/reach"},
	"menshen/config":              {},
	"menshen/enrolment":           {"menshen/table"},
	"menshen/erasure":             {},
	"menshen/evaluation":          {},
	"menshen/language":            {},
	"menshen/models":              {},
	"menshen/office":              {"menshen/store", "menshen/table"}, // of store only the words: filters and entries
	"menshen/proto":               {},
	"menshen/reach":               {},
	"menshen/recognizer":          {"menshen/models"},
	"menshen/recognizer/mask/fit": {"menshen/evaluation", "menshen/recognizer"}, // a tool that finds coefficients anew
	"menshen/retention":           {},
	"menshen/sandbox":             {},
	"menshen/simulation":          {},
	"menshen/store":               {},
	"menshen/supervisor":          {},
	"menshen/table":               {},
	"menshen/tracing":             {"menshen/table"},
	"menshen/tracing/casebook":    {"menshen/store", "menshen/tracing"}, // of store only the words
	"menshen/tracing/report":      {"menshen/table", "menshen/tracing", "menshen/tracing/casebook"},
	"menshen/web":                 {"menshen/proto"},
	"menshen/webhook":             {"menshen/reach"},
	"menshen/cmd/menshen":         {}, // knows all
	// What it measures, and no more: a new benchmark may add to it.
	"menshen/cmd/menshen/bench": {"menshen/access", "menshen/camera", "menshen/config", "menshen/enrolment", "menshen/proto", "menshen/recognizer", "menshen/store", "menshen/tracing", "menshen/web"},
	// What it breaks it knows from outside only: the bus of readers, and the API.
	"menshen/cmd/menshen/chaos": {"menshen/bus", "menshen/config", "menshen/proto", "menshen/tracing", "menshen/web"},
}

// native are modules with C or C++ code in them, and the only packages that may import them.
var native = map[string][]string{
	"gocv.io/x/gocv":              {"menshen/camera", "menshen/recognizer/opencv", "menshen/recognizer/liveness", "menshen/cmd/menshen", "menshen/cmd/menshen/bench"},
	"github.com/Kagami/go-face":   {"menshen/recognizer/dlib"},
	"github.com/mattn/go-sqlite3": {"menshen/store/sqlite", "menshen/cmd/menshen/chaos"},
}

func TestImportDirection(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		from := words[0]
		home := owner(from)
		allowed, known := mayImport[home]
		if !known {
			t.Errorf("package %s has no place in the house: add it to this table and to ARCHITECTURE.md", from)
			continue
		}
		for _, to := range words[1:] {
			checkNative(t, from, to)
			if !strings.HasPrefix(to, "menshen/") || home == "menshen/cmd/menshen" || owner(to) == home {
				continue // outside, wiring, or within one room
			}
			if !slices.Contains(allowed, owner(to)) {
				t.Errorf("%s imports %s: adapters know the root and never each other", from, to)
			}
		}
	}
}

func checkNative(t *testing.T, from, to string) {
	users, isNative := native[to]
	if isNative && !slices.Contains(users, from) {
		t.Errorf("%s imports %s: native code stays in its leaf packages", from, to)
	}
}

// owner gives the room of the table that a package belongs to: the longest prefix that is listed.
func owner(path string) string {
	for p := path; p != ""; {
		if _, ok := mayImport[p]; ok {
			if p == "menshen" {
				return path // the root owns only itself
			}
			return p
		}
		i := strings.LastIndexByte(p, '/')
		if i < 0 {
			break
		}
		p = p[:i]
	}
	return path
}
