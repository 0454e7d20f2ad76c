package bench

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"menshen"
	"menshen/enrolment"
)

// actor is somebody who walks through a clip.
type actor struct {
	name        string
	first, last int  // frames, from 0 on, between which the whole face is in the picture
	enrolled    bool // false: a stranger
	source      string
}

// readTruth reads truth.csv beside a clip: clip, person, first_frame, last_frame, enrolled (0 or 1), source_image. The
// last is the photograph that the clip was made of, which nobody is enrolled with.
func readTruth(clip string) ([]actor, error) {
	const op = "cmd.bench"
	path := filepath.Join(filepath.Dir(clip), "truth.csv")
	f, err := os.Open(path)
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeMissing, op, "there is no %s, which says who is in the clip", path).
			WithHint("write one with the columns clip, person, first_frame, last_frame, enrolled, source_image").WithCause(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeInvalid, op, "%s is no table", path).WithHint("separate the columns by commas").WithCause(err)
	}
	var all []actor
	for i, r := range rows {
		if i == 0 || len(r) < 6 || r[0] != filepath.Base(clip) {
			continue
		}
		p := actor{name: r[1], enrolled: r[4] == "1", source: filepath.Base(r[5])}
		var errFirst, errLast error
		p.first, errFirst = strconv.Atoi(r[2])
		p.last, errLast = strconv.Atoi(r[3])
		if errFirst != nil || errLast != nil || p.first < 0 || p.last < p.first || p.name == "" || p.name != filepath.Base(p.name) {
			return nil, menshen.Errorf(menshen.CodeInvalid, op, "line %d of %s is not usable", i+1, path).
				WithHint("give a name, and two frames of which the first is not after the last")
		}
		all = append(all, p)
	}
	if len(all) == 0 {
		return nil, menshen.Errorf(menshen.CodeMissing, op, "%s says nothing about %s", path, filepath.Base(clip)).
			WithHint("add a line for each person in it")
	}
	return all, nil
}

// photographs are those of an actor's folder, each read by read, without the one that the clip shows.
func (p actor) photographs(faces string, read func(path string) ([]byte, error)) ([]enrolment.Photo, error) {
	const op = "cmd.bench"
	folder := filepath.Join(faces, p.name)
	files, err := os.ReadDir(folder)
	if err != nil {
		return nil, menshen.Errorf(menshen.CodeMissing, op, "there is no folder %s with photographs of %s", folder, p.name).
			WithHint("give the folder above it with --faces").WithCause(err)
	}
	var all []enrolment.Photo
	for _, f := range files {
		switch ext := strings.ToLower(filepath.Ext(f.Name())); {
		case f.Name() == p.source || ext != ".jpg" && ext != ".jpeg" && ext != ".png":
			continue
		}
		data, err := read(filepath.Join(folder, f.Name()))
		if err != nil {
			return nil, err
		}
		all = append(all, enrolment.Photo{Name: f.Name(), Data: data})
	}
	if len(all) == 0 {
		return nil, menshen.Errorf(menshen.CodeMissing, op, "there is no photograph of %s in %s but the one in the clip", p.name, folder).
			WithHint("put another one there")
	}
	return all, nil
}

// dwelling makes an address for an actor; the registry wants one.
func (p actor) dwelling(i int) (menshen.Dwelling, error) {
	return menshen.ParseDwelling(fmt.Sprintf("1-1-%d-%d01", i+1, i+1))
}
