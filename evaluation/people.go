package evaluation

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"menshen"
)

// Person is somebody and the photographs of them, as paths with slashes below the folder of images, sorted.
type Person struct {
	Name   string
	Images []string
}

// People reads a folder of photographs, JPEG or PNG, a sub-folder for each person; sorted by name. Hidden ones and files
// beside the sub-folders are passed over. CodeInvalid where fewer than two people have photographs.
func People(folder fs.FS) ([]Person, error) {
	const op = "evaluation.people"
	entries, err := fs.ReadDir(folder, ".")
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeNotFound, op, "the folder of images cannot be read").WithHint("check the path and its permissions").WithCause(err)
	}
	var people []Person
	for _, e := range entries {
		if !e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		files, err := fs.ReadDir(folder, e.Name())
		if err != nil {
			return nil, menshen.Errorf(menshen.CodeNotFound, op, "the sub-folder %q cannot be read", e.Name()).WithHint("check its permissions").WithCause(err)
		}
		p := Person{Name: e.Name()}
		for _, f := range files {
			if !f.IsDir() && photograph(f.Name()) {
				p.Images = append(p.Images, path.Join(e.Name(), f.Name()))
			}
		}
		if len(p.Images) > 0 {
			people = append(people, p)
		}
	}
	if len(people) < 2 {
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "the folder of images has photographs of %d people in sub-folders", len(people)).
			WithHint("make a sub-folder of JPEG or PNG photographs for each person, and give the folder above them")
	}
	return people, nil
}

func photograph(name string) bool {
	return !strings.HasPrefix(name, ".") && slices.Contains([]string{".jpg", ".jpeg", ".png"}, strings.ToLower(path.Ext(name)))
}

// MainFace picks the face of a photograph that is meant, where there are several: the one that maximises its area less
// twice the square of its distance from the middle, as the Labeled Faces in the Wild are read. Pixels; ok is false where
// there is none.
func MainFace(width, height int, found []menshen.Detection) (main menshen.Detection, ok bool) {
	best := 0.0
	for _, d := range found {
		c := d.Box.Center()
		dx, dy := c.X-float64(width)/2, c.Y-float64(height)/2
		if w := d.Box.W*d.Box.H - 2*(dx*dx+dy*dy); !ok || w > best {
			main, best, ok = d, w, true
		}
	}
	return main, ok
}
