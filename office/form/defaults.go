package form

import (
	"embed"
	"io/fs"

	"menshen"
)

//go:embed defaults/*.yaml
var files embed.FS

// Defaults gives the forms that come with Menshen, version 1 each, in order of id.
func Defaults() ([]menshen.Form, error) {
	names, err := fs.Glob(files, "defaults/*.yaml")
	if err != nil {
		return nil, err
	}
	var forms []menshen.Form
	for _, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		f, err := Parse(string(text))
		if err != nil {
			return nil, err
		}
		f.Version = 1
		forms = append(forms, f)
	}
	return forms, nil
}
