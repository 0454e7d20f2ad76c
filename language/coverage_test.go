package language_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// wrappers are functions of ours that pass a format or a text on to an error, by folder and name, with the arguments
// that are such texts. An Errorf with a format that is no constant fails the test unless it is inside one of them.
var wrappers = map[string][]int{
	". bad":                     {0},
	"access failed":             {0},
	"access/credential bad":     {0, 1},
	"access/door bad":           {0},
	"camera/address bad":        {0, 1},
	"camera/address checkPath":  {0, 1},
	"camera/probe fail":         {2, 3},
	"cmd/menshen/bench failure": {0},
	"config invalid":            {1},
	"models summary":            {1},
	"office bad":                {0},
	"office/form bad":           {0},
	"proto invalid":             {1},
	"simulation bad":            {2},
	"store/sqlite bad":          {0},
	"tracing bad":               {0, 1},
	"web bad":                   {0},
	"web newError":              {2, 3},
	"web/client bad":            {0},
	"web/client fail":           {0, 1},
}

// sayers are functions whose results are texts of errors.
var sayers = map[string]bool{
	". ErrorMessage":      true,
	"config form":         true,
	"models check":        true,
	"models checkUses":    true,
	"models checkSums":    true,
	"models byHand":       true,
	"models handOrFolder": true,
}

// suites are packages for tests of others: their words are for programmers.
var suites = []string{"access/door/doortest", "recognizer/enginetest", "store/storetest"}

// text is a format in the code.
type text struct {
	format string
	at     string
}

// source is what the test knows of the code.
type source struct {
	texts    []text          // formats that people get to read
	literals map[string]bool // every string there is
	loose    []string        // places with a format that is no constant
}

func TestEveryTextHasItsChinese(t *testing.T) {
	pairs, code := mustPairs(t), mustReadCode(t, "..")
	for _, place := range code.loose {
		t.Errorf("%s: the format is no constant, so its Chinese cannot be checked", place)
	}
	for _, x := range code.texts {
		if _, ok := pairs[x.format]; !ok && hasWords(x.format) {
			t.Errorf("%s: no Chinese for %q", x.at, x.format)
		}
		code.literals[x.format] = true
	}
	for en, zh := range mustReadManifest(t, "../models/manifest.yaml") {
		if pairs[en] != zh {
			t.Errorf("models/manifest.yaml: %q is %q there and %q here", en, zh, pairs[en])
		}
		code.literals[en] = true
	}
	for en := range pairs {
		if hasWords(en) && !code.literals[en] && !slices.Contains(foreign, en) {
			t.Errorf("zh.yaml: no code says %q any more", en)
		}
	}
}

func TestChineseIsChinese(t *testing.T) {
	for en, zh := range mustPairs(t) {
		if hasWords(en) && !strings.ContainsFunc(zh, func(r rune) bool { return r >= 0x4e00 && r <= 0x9fff }) && !slices.Contains(untranslatable, en) {
			t.Errorf("%q is %q in Chinese", en, zh)
		}
	}
}

// untranslatable are texts that are commands, and so the same in both languages.
var untranslatable = []string{"apt-get install ffmpeg"}

// foreign are texts of Cobra and pflag that people meet; %q twice stands for their list of flags.
var foreign = []string{
	"unknown command %q for %q", "requires at least %d arg(s), only received %d", "accepts at most %d arg(s), received %d",
	"accepts %d arg(s), received %d", "accepts between %d and %d arg(s), received %d", "required flag(s) %q not set",
	"required flag(s) %q, %q not set", "unknown flag: --%s", "unknown shorthand flag: %q in -%s", "flag needs an argument: %q in -%s",
	"flag needs an argument: --%s", "invalid argument %q for %q flag: %v", "bad flag syntax: %s",
}

var verb = regexp.MustCompile(`%[-+# 0]*[0-9.]*(\[[0-9]+\])?[a-zA-Z%]`)

// hasWords reports whether a format says anything beside its verbs.
func hasWords(format string) bool {
	return regexp.MustCompile(`\pL`).MatchString(verb.ReplaceAllString(format, ""))
}

func mustPairs(tb testing.TB) map[string]string {
	tb.Helper()
	data, err := os.ReadFile("zh.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	var pairs map[string]string
	if err := yaml.Unmarshal(data, &pairs); err != nil {
		tb.Fatal(err)
	}
	return pairs
}

// mustReadManifest gives what the model files are, in both languages: messages name them in English.
func mustReadManifest(tb testing.TB, path string) map[string]string {
	tb.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	var manifest struct {
		Files []struct {
			What struct{ ZH, EN string }
		}
	}
	if err := yaml.Unmarshal(data, &manifest); err != nil {
		tb.Fatal(err)
	}
	what := map[string]string{}
	for _, f := range manifest.Files {
		what[f.What.EN] = f.What.ZH
	}
	if len(what) == 0 {
		tb.Fatal("the manifest names no file")
	}
	return what
}

func mustReadCode(tb testing.TB, root string) *source {
	tb.Helper()
	s := &source{literals: map[string]bool{}}
	folders := map[string][]*ast.File{}
	files := token.NewFileSet()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := d.Name(); d.IsDir() && path != root && (strings.HasPrefix(name, ".") || name == "testdata" || name == "node_modules") {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, ".pb.go") {
			return nil
		}
		f, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		folder, err := filepath.Rel(root, filepath.Dir(path))
		folders[filepath.ToSlash(folder)] = append(folders[filepath.ToSlash(folder)], f)
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	for folder, parsed := range folders {
		if slices.Contains(suites, folder) {
			continue
		}
		r := reader{source: s, folder: folder, files: files, constants: map[string]string{}}
		for _, f := range parsed {
			r.readConstants(f)
		}
		for _, f := range parsed {
			r.read(f)
		}
	}
	return s
}

// reader collects the texts of one package.
type reader struct {
	*source

	folder    string
	files     *token.FileSet
	constants map[string]string // strings of the package by name, those of its functions too
}

func (r *reader) readConstants(f *ast.File) {
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ValueSpec:
			for i, v := range n.Values {
				if s, ok := r.format(v); ok && i < len(n.Names) {
					r.constants[n.Names[i].Name] = s
				}
			}
		case *ast.BasicLit:
			if s, ok := r.format(n); ok {
				r.literals[s] = true
			}
		case *ast.BinaryExpr:
			if s, ok := r.format(n); ok {
				r.literals[s] = true
			}
		}
		return true
	})
}

func (r *reader) read(f *ast.File) {
	var within []string // the functions around the current node
	var visit func(n ast.Node) bool
	visit = func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			within = append(within, n.Name.Name)
			if n.Body != nil {
				ast.Inspect(n.Body, visit)
			}
			within = within[:len(within)-1]
			return false
		case *ast.AssignStmt:
			if name, body := closure(n); body != nil {
				within = append(within, name)
				ast.Inspect(body, visit)
				within = within[:len(within)-1]
				return false
			}
			r.assignment(n)
		case *ast.CompositeLit:
			r.literal(n)
		case *ast.ReturnStmt:
			if len(within) > 0 && sayers[r.folder+" "+within[len(within)-1]] {
				for _, v := range n.Results {
					r.take(v)
				}
			}
		case *ast.CallExpr:
			r.call(n, within)
		}
		return true
	}
	ast.Inspect(f, visit)
}

// closure gives name and body of `name := func…`.
func closure(n *ast.AssignStmt) (string, *ast.BlockStmt) {
	if len(n.Lhs) != 1 || len(n.Rhs) != 1 {
		return "", nil
	}
	name, ok := n.Lhs[0].(*ast.Ident)
	f, isFunc := n.Rhs[0].(*ast.FuncLit)
	if !ok || !isFunc {
		return "", nil
	}
	return name.Name, f.Body
}

// assignment takes what is put into the fields and variables that are named so.
func (r *reader) assignment(n *ast.AssignStmt) {
	if len(n.Lhs) != len(n.Rhs) {
		return
	}
	for i, l := range n.Lhs {
		name := ""
		switch l := l.(type) {
		case *ast.SelectorExpr:
			name = l.Sel.Name
		case *ast.Ident:
			name = l.Name
		}
		s, ok := r.format(n.Rhs[i])
		if !ok || s == "" || !slices.Contains(named, name) {
			continue
		}
		if _, ok := n.Rhs[i].(*ast.BasicLit); ok {
			s = strings.ReplaceAll(s, "%", "%%") // a finished text, no format
		}
		if n.Tok == token.ADD_ASSIGN {
			s = "%s" + s
		}
		r.texts = append(r.texts, text{format: s, at: r.place(n)})
		r.literals[s] = true
	}
}

// named are the fields and variables that hold texts of errors.
var named = []string{"Message", "Hint", "Detail", "message", "hint", "what", "escape", "missing"}

// literal takes Message and Hint of &menshen.Error{…} and menshen.Report{…}.
func (r *reader) literal(n *ast.CompositeLit) {
	for _, e := range n.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		if k, ok := kv.Key.(*ast.Ident); ok && (k.Name == "Message" || k.Name == "Hint") {
			r.take(kv.Value)
		}
	}
}

func (r *reader) call(n *ast.CallExpr, within []string) {
	name, of := "", ""
	switch f := n.Fun.(type) {
	case *ast.Ident:
		name = f.Name
	case *ast.SelectorExpr:
		name = f.Sel.Name
		if x, ok := f.X.(*ast.Ident); ok {
			of = x.Name
		}
	}
	at := -1
	switch {
	case name == "Errorf" && (of == "menshen" || of == "" && r.folder == "."):
		at = 2
	case name == "WithHint":
		at = 0
	}
	if at >= 0 && at < len(n.Args) {
		inside := slices.ContainsFunc(within, func(f string) bool { _, ok := wrappers[r.folder+" "+f]; return ok })
		if !r.take(n.Args[at]) && !inside {
			r.loose = append(r.loose, r.place(n))
		}
		return
	}
	for _, i := range wrappers[r.folder+" "+name] {
		if i < len(n.Args) {
			r.take(n.Args[i])
		}
	}
}

// take notes the text of an expression, if it has one.
func (r *reader) take(e ast.Expr) bool {
	s, ok := r.format(e)
	if ok && s != "" {
		r.texts = append(r.texts, text{format: s, at: r.place(e)})
	}
	return ok
}

func (r *reader) place(n ast.Node) string {
	p := r.files.Position(n.Pos())
	return fmt.Sprintf("%s:%d", filepath.ToSlash(strings.TrimPrefix(p.Filename, ".."+string(filepath.Separator))), p.Line)
}

// format gives the format that an expression makes its text with: a literal, a constant, fmt.Sprintf of one, or a sum in
// which what is no constant counts as %s.
func (r *reader) format(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			s, err := strconv.Unquote(e.Value)
			return s, err == nil
		}
	case *ast.ParenExpr:
		return r.format(e.X)
	case *ast.Ident:
		s, ok := r.constants[e.Name]
		return s, ok
	case *ast.BinaryExpr:
		if e.Op != token.ADD {
			return "", false
		}
		a, ok := r.format(e.X)
		b, also := r.format(e.Y)
		if !ok && !also {
			return "", false
		}
		if !ok {
			a = "%s"
		}
		if !also {
			b = "%s"
		}
		return a + b, true
	case *ast.CallExpr:
		f, ok := e.Fun.(*ast.SelectorExpr)
		switch {
		case !ok:
		case f.Sel.Name == "Sprintf" && len(e.Args) > 0:
			return r.format(e.Args[0])
		case f.Sel.Name == "Join" && len(e.Args) == 2:
			return r.joined(e.Args[0], e.Args[1])
		}
	}
	return "", false
}

// joined gives the format of strings.Join([]string{…}, separator).
func (r *reader) joined(list, separator ast.Expr) (string, bool) {
	elements, ok := list.(*ast.CompositeLit)
	between, also := r.format(separator)
	if !ok || !also {
		return "", false
	}
	var formats []string
	for _, e := range elements.Elts {
		s, ok := r.format(e)
		if !ok {
			s = "%s"
		}
		formats = append(formats, s)
	}
	return strings.Join(formats, between), true
}
