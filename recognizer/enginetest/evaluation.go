package enginetest

import (
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"menshen"
	"menshen/recognizer"
)

// Evaluation is what an engine made of the photographs in ../shared/testdata/faces.
type Evaluation struct {
	Photographs int
	Missed      []string // photographs without a descriptor
	Pairs       []Pair   // those of pairs.csv
	Descriptors map[string]menshen.Descriptor
}

// Pair is two photographs and how far apart they are; infinitely where one of them was missed.
type Pair struct {
	Same     bool
	Distance float64
}

// MustEvaluate runs an engine on all photographs: of each the face that is largest and nearest to the middle.
func MustEvaluate(tb testing.TB, engine recognizer.Engine) Evaluation {
	tb.Helper()
	folder := MustShared(tb, "testdata", "faces")
	names, err := filepath.Glob(filepath.Join(folder, "*", "*.jpg"))
	if err != nil || len(names) == 0 {
		tb.Fatalf("no photographs in %s: %v", folder, err)
	}
	e := Evaluation{Photographs: len(names), Descriptors: map[string]menshen.Descriptor{}}
	var mu sync.Mutex
	var running sync.WaitGroup
	next := make(chan string)
	var failures []error
	for range 2 {
		running.Go(func() {
			for path := range next {
				name := filepath.ToSlash(path[len(folder)+1:])
				d, err := embedMain(tb.Context(), engine, path)
				mu.Lock()
				switch {
				case menshen.ErrorCode(err) == menshen.CodeNotFound:
					e.Missed = append(e.Missed, name)
				case err != nil:
					failures = append(failures, err)
				default:
					e.Descriptors[name] = d
				}
				mu.Unlock()
			}
		})
	}
	for _, path := range names {
		next <- path
	}
	close(next)
	running.Wait()
	if err := errors.Join(failures...); err != nil {
		tb.Fatal(err)
	}
	slices.Sort(e.Missed)
	e.readPairs(tb, filepath.Join(folder, "pairs.csv"))
	return e
}

func (e *Evaluation) readPairs(tb testing.TB, path string) {
	tb.Helper()
	f, err := os.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		tb.Fatal(err)
	}
	for _, r := range records[1:] {
		p := Pair{Same: r[2] == "1", Distance: math.Inf(1)}
		a, b := e.Descriptors[r[0]], e.Descriptors[r[1]]
		if a != nil && b != nil {
			p.Distance = a.Distance(b)
		}
		e.Pairs = append(e.Pairs, p)
	}
}

// Accuracy is the share of pairs that a threshold puts right, and the shares of same and of different pairs that it
// accepts. A pair with a missed photograph counts as not accepted.
func (e Evaluation) Accuracy(threshold float64) (accuracy, tar, far float64) {
	var same, different, right float64
	for _, p := range e.Pairs {
		accepted := p.Distance <= threshold
		if accepted == p.Same {
			right++
		}
		if p.Same {
			same++
		} else {
			different++
		}
		if accepted && p.Same {
			tar++
		} else if accepted {
			far++
		}
	}
	return right / float64(len(e.Pairs)), tar / same, far / different
}

// embedMain embeds the main face of a photograph; CodeNotFound where there is none.
func embedMain(ctx context.Context, engine recognizer.Engine, path string) (menshen.Descriptor, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	p, err := decode(data)
	if err != nil {
		return nil, err
	}
	return EmbedMain(ctx, engine, p)
}

// EmbedMain embeds the face of a picture that is largest and nearest to the middle; CodeNotFound where there is none.
func EmbedMain(ctx context.Context, engine recognizer.Engine, p recognizer.Picture) (menshen.Descriptor, error) {
	found, err := engine.Detect(ctx, p)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, menshen.Errorf(menshen.CodeNotFound, "enginetest", "no face was found")
	}
	main := slices.MaxFunc(found, func(a, b menshen.Detection) int { return cmp.Compare(weight(p, a), weight(p, b)) })
	chip, err := engine.Align(p, main)
	if err != nil {
		return nil, err
	}
	return engine.Embed(ctx, chip)
}

// weight is the area of a face less twice the square of its distance from the middle, as the Labeled Faces in the Wild
// are usually read.
func weight(p recognizer.Picture, d menshen.Detection) float64 {
	c := d.Box.Center()
	dx, dy := c.X-float64(p.Width)/2, c.Y-float64(p.Height)/2
	return d.Box.W*d.Box.H - 2*(dx*dx+dy*dy)
}
