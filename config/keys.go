package config

import (
	"reflect"
	"strings"
)

// keys lists every key word of the file, for suggestions.
func keys() []string {
	var all []string
	var walk func(t reflect.Type)
	walk = func(t reflect.Type) {
		for t.Kind() == reflect.Slice || t.Kind() == reflect.Array || t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct {
			return
		}
		for f := range t.Fields() {
			if tag := f.Tag.Get("yaml"); tag != "" {
				all = append(all, tag)
				walk(f.Type)
			}
		}
	}
	walk(reflect.TypeFor[Config]())
	return all
}

// nearestKey gives the key that a misspelt one most likely means, "" if none is near.
func nearestKey(key string) string {
	best, at := "", 3
	for _, k := range keys() {
		if d := editDistance(strings.ToLower(key), k); d < at {
			best, at = k, d
		}
	}
	return best
}

// editDistance is Levenshtein's (1966), in bytes.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
