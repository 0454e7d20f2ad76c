package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestLicences(t *testing.T) {
	for name, c := range map[string]struct{ components, want string }{ // want "" fits
		"one":         {`{"name":"a","version":"1","licenses":[{"license":{"id":"MIT"}}]}`, ""},
		"found":       {`{"name":"a","version":"1","evidence":{"licenses":[{"license":{"id":"ISC"}}]}}`, ""},
		"either":      {`{"name":"a","version":"1","licenses":[{"expression":"(GPL-3.0-only OR MIT)"}]}`, ""},
		"both":        {`{"name":"a","version":"1","licenses":[{"expression":"MIT AND GPL-3.0-only"}]}`, "GPL-3.0-only"},
		"two":         {`{"name":"a","version":"1","licenses":[{"license":{"id":"MIT"}},{"license":{"id":"AGPL-3.0"}}]}`, "AGPL-3.0"},
		"unknown":     {`{"name":"a","version":"1"}`, "not known"},
		"another":     {`{"name":"github.com/pressly/goose/v3","version":"v3.99.0"}`, "not known"},
		"read by us":  {`{"name":"github.com/pressly/goose/v3","version":"v3.29.0"}`, ""},
		"misread":     {`{"name":"kernel.org/pub/linux/libs/security/libcap/psx","version":"v1.2.78","licenses":[{"license":{"id":"GPL-2.0-or-later"}}]}`, ""},
		"proprietary": {`{"name":"a","version":"1","licenses":[{"license":{"name":"SEE LICENSE"}}]}`, "SEE LICENSE"},
		"nothing":     {``, "lists nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "bom.json")
			if err := os.WriteFile(path, []byte(`{"components":[`+c.components+`]}`), 0o600); err != nil {
				t.Fatal(err)
			}
			var out strings.Builder
			err := run([]string{filepath.Join(dir, "report"), path}, &out)
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}
