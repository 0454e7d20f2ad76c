package bench

import (
	"fmt"

	"menshen"
	"menshen/access/evidence"
	"menshen/recognizer/gallery"
	"menshen/recognizer/gallery/synthetic"
)

// Sizes of the galleries that are searched, in templates.
var gallerySizes = []int{1_000, 10_000, 100_000}

const (
	templatesEach = 5 // of a person
	faceSeed      = 1
)

// measureSearch measures the search that the hub makes for every face, half of them of people who are enrolled.
func measureSearch(w *stopwatch, engine menshen.EngineID) error {
	faces := synthetic.New(engine.Dim, faceSeed)
	g := gallery.New(engine)
	people := 0
	for _, size := range gallerySizes {
		var batch []menshen.Template
		for g.Len()+len(batch) < size {
			for k := range templatesEach {
				batch = append(batch, menshen.Template{
					ID: fmt.Sprintf("%d-%d", people, k), Person: fmt.Sprint(people), Engine: engine, Descriptor: faces.Face(uint64(people), uint64(k)), Quality: 1,
				})
			}
			people++
			if err := w.ctx.Err(); err != nil {
				return err
			}
		}
		if err := g.Insert(batch...); err != nil {
			return err
		}
		probes := make([]menshen.Descriptor, 64)
		for i := range probes {
			who := uint64(i * people / len(probes))
			if i%2 == 1 {
				who += 1 << 32 // nobody who is enrolled
			}
			probes[i] = faces.Face(who, templatesEach)
		}
		err := w.measure(fmt.Sprintf("search %d templates", g.Len()), "face", func(i int) error {
			_, err := g.Search(probes[i%len(probes)], evidence.SearchPeople)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
