package evaluation

import (
	"encoding/csv"
	"errors"
	"io"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"menshen"
)

// Pair is two photographs that are to be compared, as paths with slashes below the folder of images.
type Pair struct {
	First, Second string
	Same          bool // one person on both
}

// ReadPairs reads a CSV table with the columns image1, image2 and same (1 or 0), in any order, others beside them.
// Errors name the line.
func ReadPairs(r io.Reader) ([]Pair, error) {
	const op = "evaluation.pairs"
	in := csv.NewReader(r)
	in.TrimLeadingSpace = true
	header, err := in.Read()
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, badLine(op, err)
	}
	columns := make([]int, 3)
	for i, name := range []string{"image1", "image2", "same"} {
		columns[i] = slices.IndexFunc(header, func(h string) bool { return strings.TrimSpace(strings.TrimPrefix(h, "\ufeff")) == name })
		if columns[i] < 0 {
			return nil, menshen.Errorf(menshen.CodeInvalid, op, "the table of pairs has no column %q in line 1", name).
				WithHint("let it begin with the line: image1,image2,same")
		}
	}
	var pairs []Pair
	for {
		record, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, badLine(op, err)
		}
		line, _ := in.FieldPos(0)
		p := Pair{First: record[columns[0]], Second: record[columns[1]]}
		for _, image := range []string{p.First, p.Second} {
			if !filepath.IsLocal(filepath.FromSlash(image)) {
				return nil, menshen.Errorf(menshen.CodeInvalid, op, "line %d of the table of pairs: %q is no path below the folder of images", line, image).
					WithHint("write paths such as Name/Name_0001.jpg, relative to --images")
			}
		}
		switch strings.ToLower(strings.TrimSpace(record[columns[2]])) {
		case "1", "true":
			p.Same = true
		case "0", "false":
		default:
			return nil, menshen.Errorf(menshen.CodeInvalid, op, "line %d of the table of pairs: same is %q", line, record[columns[2]]).
				WithHint("write 1 for one person, 0 for two")
		}
		pairs = append(pairs, p)
	}
	if len(pairs) == 0 {
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "the table of pairs has no pairs").WithHint("write a line such as a/1.jpg,a/2.jpg,1 for each")
	}
	return pairs, nil
}

func badLine(op string, err error) error {
	line := 1
	if e, ok := errors.AsType[*csv.ParseError](err); ok {
		line = e.Line
	}
	return menshen.Errorf(menshen.CodeInvalid, op, "line %d of the table of pairs cannot be read", line).
		WithHint("every line needs as many columns as the first one, with commas between, and quotes closed").WithCause(err)
}

// AllPairs compares every photograph of these people with every other one.
func AllPairs(people []Person) []Pair {
	var pairs []Pair
	for i, a := range people {
		for k, first := range a.Images {
			for _, second := range a.Images[k+1:] {
				pairs = append(pairs, Pair{First: first, Second: second, Same: true})
			}
			for _, b := range people[i+1:] {
				for _, second := range b.Images {
					pairs = append(pairs, Pair{First: first, Second: second})
				}
			}
		}
	}
	return pairs
}

// PersonOf gives whose photograph this is: its folder, or the photograph itself where it lies in none.
func PersonOf(image string) string {
	if folder := path.Dir(image); folder != "." {
		return folder
	}
	return image
}
