package evaluation_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"menshen"
	"menshen/evaluation"
)

func TestReadPairs(t *testing.T) {
	pairs, err := evaluation.ReadPairs(strings.NewReader("\ufeffsame,image2,note,image1\n1,a/2.jpg,x,a/1.jpg\nfalse,b/1.jpg,,a/1.jpg\n"))
	if err != nil || len(pairs) != 2 || pairs[0] != (evaluation.Pair{First: "a/1.jpg", Second: "a/2.jpg", Same: true}) || pairs[1].Same {
		t.Errorf("%+v, error %v", pairs, err)
	}
}

func TestReadPairsRefuses(t *testing.T) {
	for name, test := range map[string]struct{ table, want string }{
		"nothing":        {"", `no column "image1"`},
		"no header":      {"a,b,1\n", `no column "image1" in line 1`},
		"no pairs":       {"image1,image2,same\n", "no pairs"},
		"short":          {"image1,image2,same\na,b,1\na,b\n", "line 3 "},
		"open quote":     {"image1,image2,same\na,\"b,1\n", "cannot be read"},
		"no truth":       {"image1,image2,same\na,b,1\na,c,perhaps\n", `line 3 of the table of pairs: same is "perhaps"`},
		"outside":        {"image1,image2,same\n../a,b,1\n", `line 2 of the table of pairs: "../a" is no path`},
		"absolute":       {"image1,image2,same\na,/etc/passwd,1\n", `line 2 of the table of pairs: "/etc/passwd" is no path`},
		"empty":          {"image1,image2,same\n,b,1\n", `line 2 of the table of pairs: "" is no path`},
		"a line between": {"image1,image2,same\n\n\"a\nb\",c,1\nd,e,2\n", "line 5 of"},
	} {
		_, err := evaluation.ReadPairs(strings.NewReader(test.table))
		message, hint := menshen.ErrorMessage(err)
		if menshen.ErrorCode(err) != menshen.CodeInvalid || !strings.Contains(message, test.want) || hint == "" {
			t.Errorf("%s: %q (%q) instead of %q", name, message, hint, test.want)
		}
	}
}

func FuzzReadPairs(f *testing.F) {
	f.Add("image1,image2,same\na,b,1\n")
	f.Add("same,\"image1\",image2\n0,\"x\ny\",z")
	f.Fuzz(func(t *testing.T, table string) {
		pairs, err := evaluation.ReadPairs(strings.NewReader(table))
		if err == nil && len(pairs) == 0 || err != nil && menshen.ErrorCode(err) != menshen.CodeInvalid {
			t.Errorf("%d pairs, error %v", len(pairs), err)
		}
	})
}

func TestPeople(t *testing.T) {
	file := &fstest.MapFile{}
	people, err := evaluation.People(fstest.MapFS{
		"b/2.JPG": file, "b/1.png": file, "b/notes.txt": file, "a/x.jpeg": file, "pairs.csv": file, "c/.hidden.jpg": file, ".git/y.jpg": file,
	})
	if err != nil || len(people) != 2 || people[0].Name != "a" || strings.Join(people[1].Images, " ") != "b/1.png b/2.JPG" {
		t.Errorf("%+v, error %v", people, err)
	}
	if all := evaluation.AllPairs(people); len(all) != 3 || !all[2].Same && !all[0].Same && !all[1].Same {
		t.Errorf("%+v", all)
	}
	if _, err := evaluation.People(fstest.MapFS{"1.jpg": file}); menshen.ErrorCode(err) != menshen.CodeInvalid {
		t.Errorf("photographs without people: error %v", err)
	}
}

func TestMainFace(t *testing.T) {
	near := menshen.Detection{Box: menshen.Box{X: 80, Y: 80, W: 90, H: 90}}
	large := menshen.Detection{Box: menshen.Box{X: 0, Y: 0, W: 95, H: 95}}
	if got, ok := evaluation.MainFace(250, 250, []menshen.Detection{large, near}); !ok || got != near {
		t.Errorf("%+v, %v", got, ok)
	}
	if _, ok := evaluation.MainFace(250, 250, nil); ok {
		t.Error("a face where there is none")
	}
}
