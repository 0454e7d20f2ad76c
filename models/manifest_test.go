package models_test

import (
	"strings"
	"testing"

	"menshen"
	"menshen/models"
)

func TestLoad(t *testing.T) {
	m, err := models.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"yunet", "sface", "mobilefacenet", "minifasnet-v2", "minifasnet-v1se", "dlib-resnet", "dlib-landmarks", "dlib-mmod"} {
		f, ok := m.File(id)
		if !ok {
			t.Fatalf("no entry %q", id)
		}
		official := f.Use == models.Production
		if official != (len(f.Addresses) > 0) {
			t.Errorf("%s is for %s and has %d addresses", id, f.Use, len(f.Addresses))
		}
		if strings.HasPrefix(id, "dlib-") != (f.Packing == models.PackingBzip2) {
			t.Errorf("%s is packed as %q", id, f.Packing)
		}
	}
	if n := len(m.ForEngine("dlib")); n != 6 {
		t.Errorf("dlib has %d files, want three official ones and three stand-ins", n)
	}
	for _, f := range m.ForEngine("dlib") {
		if strings.Contains(f.ID, "standin") && (f.Use != models.EvaluationOnly || len(f.Addresses) > 0 || f.Folder != "dlib-standin") {
			t.Errorf("the stand-in %s must be for evaluation only, in its own folder, and never fetched", f.ID)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	good := "version: 1\nfiles:\n" + entry("one", "https://example.org/one.bin", content(10, 1), "    use: production\n")
	if _, err := models.Parse([]byte(good)); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][2]string{
		"unknown key":          {"    licence: none", "    licence: none\n    colour: red"},
		"another version":      {"version: 1", "version: 2"},
		"no licence":           {"    licence: none\n", ""},
		"no checksum":          {"    accept: [{sha256: " + sha(content(10, 1)) + "}]\n", ""},
		"empty checksum":       {sha(content(10, 1)), "\"\""},
		"short checksum":       {sha(content(10, 1)), "abcd"},
		"plain http":           {"https://", "http://"},
		"password in address":  {"https://", "https://a:b@"},
		"production, no https": {"    addresses: [\"https://example.org/one.bin\"]\n", ""},
		"no size":              {"size: 10", "size: 0"},
		"giant":                {"size: 10", "size: 99999999999"},
		"path in the name":     {"name: one.bin", "name: ../one.bin"},
		"hidden name":          {"name: one.bin", "name: .one"},
		"name of a part":       {"name: one.bin", "name: one.part"},
		"path in the folder":   {"    licence: none", "    folder: a/b\n    licence: none"},
		"alias that climbs":    {"    licence: none", "    also: [../x]\n    licence: none"},
		"unknown role":         {"role: embedder", "role: cook"},
		"unknown purpose":      {"use: production", "use: fun"},
		"unknown packing":      {"    licence: none", "    packing: zip\n    licence: none"},
		"one language":         {"zh: 测试", "zh: ''"},
		"empty":                {good, "version: 1"},
		"not YAML":             {good, "{{{"},
		"twice":                {good, good + strings.TrimPrefix(good, "version: 1\nfiles:\n")},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(good, change[0], change[1], 1)
			if text == good {
				t.Fatal("the change changes nothing")
			}
			_, err := models.Parse([]byte(text))
			if menshen.ErrorCode(err) != menshen.CodeInvalid {
				t.Fatalf("got %v, want it refused as invalid", err)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("version: 1\nfiles:\n" + entry("one", "https://example.org/one.bin", content(10, 1), "    use: production\n")))
	f.Add([]byte("version: 1\nfiles: [{id: a, accept: [{}]}]"))
	f.Add([]byte("a: &a [*a]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := models.Parse(data)
		if err != nil {
			if menshen.ErrorCode(err) != menshen.CodeInvalid {
				t.Fatalf("code %q: %v", menshen.ErrorCode(err), err)
			}
			return
		}
		for _, file := range m.Files {
			if strings.ContainsAny(file.Name+file.Folder, "/\\") || len(file.Accept) == 0 {
				t.Fatalf("accepted %+v", file)
			}
		}
	})
}
