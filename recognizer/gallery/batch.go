package gallery

import "menshen"

// batchSize is how many queries go through the codes together.
const batchSize = 64

// SearchBatch is SearchQuery of many at once, in the same order and all of one moment. They share the way through
// memory, which is most of the time in a large gallery. Either all are answered or none.
func (g *Gallery) SearchBatch(queries []Query) ([][]menshen.Candidate, error) {
	for _, q := range queries {
		if err := g.checkQuery(q); err != nil {
			return nil, err
		}
	}
	s, answers := g.now.Load(), make([][]menshen.Candidate, 0, len(queries))
	var probes [batchSize]*probe
	for len(queries) > 0 {
		part := queries[:min(len(queries), batchSize)]
		queries = queries[len(part):]
		for i, q := range part {
			probes[i] = g.probes.Get().(*probe)
			people, within := q.limits()
			probes[i].begin(g.kernel, s, q.Descriptor, people, within, q.Permitted)
		}
		// What one query brings into the cache serves the others. The first part is larger, for a good first bound.
		for from, to := 0, (s.coded/16/blockRows+1)*blockRows; from < s.coded; from, to = to, to+blockRows {
			for _, p := range probes[:len(part)] {
				p.visit(g.kernel, from, min(to, s.coded))
			}
		}
		for _, p := range probes[:len(part)] {
			answers = append(answers, p.nearest.candidates())
			p.end()
			g.probes.Put(p)
		}
	}
	return answers, nil
}
