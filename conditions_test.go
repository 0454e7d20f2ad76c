package menshen_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestEveryConditionSaysWhatToDo looks at every condition in the code: what it means and what to do are said, in Chinese and in
// English, and both manuals for operators have it. Conditions that come over the wire are checked where they are made.
func TestEveryConditionSaysWhatToDo(t *testing.T) {
	seen := map[string]bool{}
	ids := []string{"camera-down", "recognizer-down"} // made of the role of a child
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && path != ".") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasPrefix(path, "proto/") || strings.HasPrefix(path, "store/storetest/") {
			return nil
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, decl := range file.Decls {
			function, ok := decl.(*ast.FuncDecl)
			if !ok {
				continue
			}
			set := assigned(function)
			for _, c := range conditionsIn(function) {
				fields := map[string]ast.Expr{}
				for _, e := range c.Elts {
					if kv, ok := e.(*ast.KeyValueExpr); ok {
						fields[kv.Key.(*ast.Ident).Name] = kv.Value
					}
				}
				if len(fields) == 0 {
					continue // none
				}
				at := files.Position(c.Pos()).String()
				for _, name := range []string{"Meaning", "Action"} {
					text, there := fields[name]
					if !there && !slices.Contains(set, name) {
						t.Errorf("%s: a condition without %s", at, name)
					}
					checkText(t, at+": "+name, text)
				}
				if fields["Severity"] == nil {
					t.Errorf("%s: a condition without Severity", at)
				}
				seen[at] = true
				ids = append(ids, firstText(fields["ID"])...)
			}
			ast.Inspect(function, func(n ast.Node) bool { // those that are set afterwards
				if call, ok := n.(*ast.CallExpr); ok && len(call.Args) == 5 { // access: notices.post(now, life, condition, kind, subject)
					if s, ok := call.Fun.(*ast.SelectorExpr); ok && s.Sel.Name == "post" && strings.HasPrefix(path, "access/") && !strings.HasPrefix(path, "access/door/") {
						ids = append(ids, firstText(call.Args[3])...)
					}
				}
				if a, ok := n.(*ast.AssignStmt); ok && len(a.Lhs) == 1 {
					if s, ok := a.Lhs[0].(*ast.SelectorExpr); ok && (s.Sel.Name == "Meaning" || s.Sel.Name == "Action") {
						checkText(t, files.Position(a.Pos()).String(), a.Rhs[0])
					}
				}
				return true
			})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"docs/operators.md", "docs/operators.zh.md"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range ids {
			if !strings.Contains(string(text), "`"+id+"`") && !strings.Contains(string(text), "`"+id+":") {
				t.Errorf("%s says nothing of the condition %s", name, id)
			}
		}
	}
	if len(seen) < 30 || len(ids) < 30 {
		t.Errorf("only %d conditions with %d ids were found: the test looks for them in the wrong way", len(seen), len(ids))
	}
}

// firstText gives the text that an expression begins with, without what follows a colon; none where it does not begin with one.
func firstText(e ast.Expr) []string {
	for {
		sum, ok := e.(*ast.BinaryExpr)
		if !ok {
			break
		}
		e = sum.X
	}
	l, ok := e.(*ast.BasicLit)
	if !ok {
		return nil
	}
	text, err := strconv.Unquote(l.Value)
	if err != nil {
		return nil
	}
	id, _, _ := strings.Cut(text, ":")
	return []string{id}
}

// conditionsIn finds literals of menshen.Condition, in lists too.
func conditionsIn(f *ast.FuncDecl) (all []*ast.CompositeLit) {
	isCondition := func(e ast.Expr) bool {
		s, ok := e.(*ast.SelectorExpr)
		return ok && s.Sel.Name == "Condition" && s.X.(*ast.Ident).Name == "menshen"
	}
	ast.Inspect(f, func(n ast.Node) bool {
		c, ok := n.(*ast.CompositeLit)
		if !ok {
			return true
		}
		if isCondition(c.Type) {
			all = append(all, c)
		}
		if list, ok := c.Type.(*ast.ArrayType); ok && isCondition(list.Elt) {
			for _, e := range c.Elts {
				if element, ok := e.(*ast.CompositeLit); ok && element.Type == nil {
					all = append(all, element)
				}
			}
		}
		return true
	})
	return all
}

// assigned gives the names of the fields that a function sets.
func assigned(f *ast.FuncDecl) (names []string) {
	ast.Inspect(f, func(n ast.Node) bool {
		if a, ok := n.(*ast.AssignStmt); ok {
			for _, l := range a.Lhs {
				if s, ok := l.(*ast.SelectorExpr); ok {
					names = append(names, s.Sel.Name)
				}
			}
		}
		return true
	})
	return names
}

// checkText wants both languages of a text that is written out; one that is computed is left to whoever computes it.
func checkText(t *testing.T, at string, e ast.Expr) {
	t.Helper()
	c, ok := e.(*ast.CompositeLit)
	if !ok {
		return
	}
	given := map[string]bool{}
	for _, element := range c.Elts {
		kv, ok := element.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		given[kv.Key.(*ast.Ident).Name] = true
		if l, ok := kv.Value.(*ast.BasicLit); ok {
			if text, err := strconv.Unquote(l.Value); err != nil || strings.TrimSpace(text) == "" {
				t.Errorf("%s: an empty text", at)
			}
		}
	}
	if !given["ZH"] || !given["EN"] {
		t.Errorf("%s: a text without Chinese or without English", at)
	}
}
