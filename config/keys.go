package config

import (
	"reflect"
	"strings"

	"menshen"
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
		if d := menshen.Edits(strings.ToLower(key), k); d < at {
			best, at = k, d
		}
	}
	return best
}
